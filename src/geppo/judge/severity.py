"""How bad the vulnerabilities of a story are: known to be exploited, with what due date, and scores that pages print.

CVSS base scores (0-10) and EPSS probabilities are taken from the sentences that name a vulnerability, where a page
prints them; nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import re2

from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind
from geppo.model.report import Report
from geppo.model.time import Period

_CVSS = re2.compile(r"(?i)\bCVSS\b[^0-9\n]{0,40}(?:v?[234](?:\.[01])?[^0-9\n]{1,20})?(\d{1,2}(?:\.\d)?)\b")
_EPSS = re2.compile(r"(?i)\bEPSS\b[^0-9\n]{0,40}(\d{1,3}(?:\.\d+)?) ?(%|％|percent)?")
_REACH = 300
_SOON = timedelta(days=31)
_CRITICAL = 9.0
_LISTED, _DUE, _SCORED, _PROBABLE = 0.5, 0.2, 0.2, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """What is known of a story's vulnerabilities; `cvss` and `epss` are the highest that a page prints, else 0."""

    listed: bool
    due: bool
    cvss: float
    epss: float

    @property
    def share(self) -> float:
        """0 to 1: known exploitation counts half, a near due date and a critical score a fifth each, EPSS a tenth."""
        scored = min(1.0, self.cvss / _CRITICAL) if self.cvss else 0.0
        return _LISTED * self.listed + _DUE * self.due + _SCORED * scored + _PROBABLE * self.epss


def severity(claims: Iterable[Claim], reports: Mapping[str, Report], period: Period) -> Severity:
    """The severity of the vulnerabilities that some claims are about."""
    listed = due = False
    cvss = epss = 0.0
    for claim in claims:
        terms = (claim.subject, claim.object, *(term for _, term in claim.qualifiers))
        if claim.negated or not any(term is not None and term.kind is Kind.VULNERABILITY for term in terms):
            continue
        if claim.predicate is Predicate.LISTS:
            listed = True
            until = claim.qualifier("due")
            due = due or (until is not None and _near(until.id or until.name, period))
        document = reports[claim.report].document
        text = document.text[max(0, claim.passage.start - _REACH) : claim.passage.end + _REACH]
        cvss = max([cvss, *(float(found) for found in _CVSS.findall(text) if float(found) <= 10)])
        for number, percent in _EPSS.findall(text):
            value = float(number) / (100 if percent else 1)
            epss = max(epss, value if value <= 1 else 0.0)
    return Severity(listed=listed, due=due, cvss=cvss, epss=epss)


def _near(iso: str, period: Period) -> bool:
    """True for a date from the month on, up to a month after it: later than that there is time."""
    try:
        day = date.fromisoformat(iso.rpartition("/")[2][:10])
    except ValueError:
        return False
    return period.span.start <= day <= period.span.end + _SOON
