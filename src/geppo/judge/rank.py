"""How much a story matters to the reader. The parts stay beside the total; weights are settings.

Parts: `effect`, `profile`, `novelty`, `support`, `dispute`, `pair` (partners targeted, states sharing something),
`recency`, `warning`, `severity` (of exploited vulnerabilities), `coverage` (how many houses tell of it), and two that
are negative: `unnamed` where nothing in it has a name, `out-of-period` for what is only background.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geppo.config import Settings
from geppo.judge._reference import effect, predicates
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.entity import Kind
from geppo.model.report import Report
from geppo.model.time import Period

_STRONGEST = 3
_HUGE = 6.0
_MANY_REPORTS = 5.0
_MANY_CONFLICTS = 3.0
_FOLLOW_UP = 0.4
_AT_HOME = 0.7
_NEW_NAME = "new:"
_MANY_HOUSES = 5.0
_NAMED = frozenset(
    {Kind.INTRUSION_SET, Kind.MALWARE, Kind.TOOL, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.VULNERABILITY, Kind.IDENTITY,
     Kind.PRODUCT, Kind.AGREEMENT, Kind.LOCATION}
)  # fmt: skip
"""Kinds of things with a name of their own; "police seized phones" has none."""
_PRODUCTS = frozenset({Kind.PRODUCT, Kind.VULNERABILITY, Kind.TOOL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rankable:
    """What the parts are reckoned from.

    `pair`: how unusual it is that these states' groups meet, 0 (no such pair) to 1; `warned_at_home`: an agency of the
    reader's country published on it.
    """

    claims: Sequence[Claim]
    reports: Sequence[Report]
    origins: Sequence[str]
    assessments: Sequence[Assessment]
    pair: float
    previously: bool
    new_facts: bool
    severity: float = 0.0
    warned_at_home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom the issue is for, as the settings `reader.…` say; products in lower case."""

    country: str
    sectors: frozenset[str]
    products: tuple[str, ...]
    language: str


def _effect(story: Rankable) -> float:
    """Mean of the strongest events, each by its kind and the hedge it was told with; numbers add up to a third."""
    events = sorted(
        (
            effect(claim.predicate) * (STRENGTH[claim.hedge.rung] / STRENGTH[Rung.CONFIRMED])
            for claim in story.claims
            if not claim.negated
        ),
        reverse=True,
    )[:_STRONGEST]
    if not events:
        return 0.0
    largest = max((claim.count.value for claim in story.claims if claim.count is not None), default=1.0)
    size = min(1.0, math.log10(max(1.0, largest)) / _HUGE)
    return math.fsum(events) / _STRONGEST * 0.75 + size * 0.25


def _profile(story: Rankable, reader: Reader) -> float:
    """1 where somebody acts in the reader's country or sector or against a product of the reader's; less where a page
    or an agency at home tells of it, or it is only named.
    """
    hostile, best = predicates("hostile") | predicates("victim-subject") | {Predicate.WARNS, Predicate.COUNTS}, 0.0
    for claim in story.claims:
        for term in (claim.object, claim.subject, *(term for _, term in claim.qualifiers)):
            if term is None:
                continue
            place = term.kind is Kind.LOCATION and term.id == f"country/{reader.country}"
            sector = term.kind is Kind.SECTOR and term.id in reader.sectors
            product = term.kind in _PRODUCTS and any(one in term.name.casefold() for one in reader.products)
            if place or sector or product:
                best = max(best, 1.0 if claim.predicate in hostile and not claim.negated else 0.5)
    seen_at_home = any(
        report.document.language == reader.language and report.own_observation for report in story.reports
    )
    return max(best, _AT_HOME) if seen_at_home or story.warned_at_home else best


def _novelty(story: Rankable) -> float:
    if story.previously:
        return _FOLLOW_UP if story.new_facts else -1.0
    new = any(claim.subject.id.startswith(_NEW_NAME) for claim in story.claims)
    return 1.0 if new else 0.8


def _support(story: Rankable) -> float:
    origins, reports = len(story.origins), len(story.reports)
    return 0.7 * (1 - 1 / (1 + origins)) + 0.3 * min(1.0, math.log2(1 + reports) / _MANY_REPORTS)


def _dispute(story: Rankable) -> float:
    conflicts = [
        one
        for one in story.assessments
        if one.kind is AssessmentKind.CONTRADICTION and one.get("type") in ("identity", "polarity", "value", "date")
    ]
    return min(1.0, len(conflicts) / _MANY_CONFLICTS)


def _coverage(story: Rankable) -> float:
    """How widely it is told: the binary logarithm of the houses, 1 for 32. Repeats count here, and only here."""
    houses = {report.document.publisher for report in story.reports}
    return min(1.0, math.log2(max(1, len(houses))) / _MANY_HOUSES)


def _unnamed(story: Rankable) -> float:
    """1 where nothing said has a name; a house that tells on its own page what befell it names itself."""
    own = {report.id for report in story.reports if report.own_observation}
    for claim in story.claims:
        if claim.negated:
            continue
        if claim.predicate in predicates("victim-subject") and claim.report in own and not claim.voices:
            return 0.0
        if any(term is not None and term.kind in _NAMED for term in (claim.subject, claim.object)):
            return 0.0
    return 1.0


def _warning(story: Rankable) -> float:
    kinds = {claim.predicate for claim in story.claims if not claim.negated}
    return 1.0 if kinds & {Predicate.WARNS, Predicate.LISTS} else 0.0


def score(story: Rankable, period: Period, settings: Settings) -> tuple[tuple[str, float], ...]:
    """All parts, weighted, in a fixed order."""
    inside = [report for report in story.reports if period.span.start <= report.document.published <= period.span.end]
    products = [name.strip().casefold() for name in settings.text("reader.products").split(";")]
    reader = Reader(
        country=settings.text("reader.country"),
        sectors=frozenset(settings.text("reader.sectors").split()),
        products=tuple(name for name in products if name),
        language=settings.text("reader.language"),
    )
    parts: Mapping[str, float] = {
        "effect": _effect(story),
        "profile": _profile(story, reader),
        "novelty": _novelty(story),
        "support": _support(story),
        "dispute": _dispute(story),
        "pair": story.pair,
        "recency": len(inside) / max(1, len(story.reports)),
        "warning": _warning(story),
        "severity": story.severity,
        "coverage": _coverage(story),
        "unnamed": -_unnamed(story),
    }
    weighted = [(name, round(value * settings.number(f"judge.rank.{name}"), 4)) for name, value in parts.items()]
    if not inside:
        weighted.append(("out-of-period", -settings.number("judge.rank.out_of_period")))
    return tuple(weighted)
