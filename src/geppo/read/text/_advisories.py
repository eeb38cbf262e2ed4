"""Lists of exploited vulnerabilities (CISA's KEV schema) and advisories (CSAF 2.0) as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text._page import Page
from geppo.read.text._records import day, rows, said, sayings, sentence, text

_AGENCY = "CISA"


def is_kev(raw: Mapping[str, Any]) -> bool:
    """True for a catalogue of known exploited vulnerabilities."""
    return next((True for row in rows(raw, "vulnerabilities") if "cveID" in row), False)


def kev(raw: Mapping[str, Any], fetched: Fetched, settings: Settings) -> Page:
    """Entries added in the last days before the release (`text.kev.days`), newest first; the older ones are counted."""
    released = day(text(raw, "dateReleased")) or fetched.collected.date()
    since = released - timedelta(days=settings.integer("text.kev.days"))
    publisher = dict(fetched.declared).get("publisher", "") or _AGENCY
    entries = [(added, row) for row in rows(raw, "vulnerabilities") if (added := day(text(row, "dateAdded")))]
    entries.sort(key=lambda pair: (-pair[0].toordinal(), text(pair[1], "cveID")))
    told = [_entry(row, added, publisher) for added, row in entries if since <= added <= released]
    earlier = len(entries) - len(told)
    if earlier:
        told.append(sayings()["kev"]["earlier"].format(count=earlier, date=said(since)))
    title = text(raw, "title") or "Known Exploited Vulnerabilities"
    return Page(
        text="\n\n".join(told),
        media_type="application/json",
        title=sayings()["kev"]["title"].format(title=title, date=said(released)),
        publisher=publisher,
        language="en",
        language_sure=True,
        published=released.isoformat(),
    )


def _entry(row: Mapping[str, Any], added: date, publisher: str) -> str:
    forms, cve = sayings()["kev"], text(row, "cveID")
    product = f"{text(row, 'vendorProject')} {text(row, 'product')}".strip() or "a product"
    described = sentence(text(row, "shortDescription"))
    told = str(forms["entry"].format(cve=cve, publisher=publisher, product=product, added=said(added),
                                     description=described)).strip()  # fmt: skip
    if due := day(text(row, "dueDate")):
        told += forms["due"].format(cve=cve, due=said(due))
    if text(row, "knownRansomwareCampaignUse").casefold() == "known":
        told += forms["ransomware"].format(cve=cve)
    return told


def is_csaf(raw: Mapping[str, Any]) -> bool:
    """True for a CSAF document."""
    return bool(text(raw, "document", "csaf_version") or text(raw, "document", "tracking", "id"))


def csaf(raw: Mapping[str, Any], fetched: Fetched, settings: Settings) -> Page:
    """An advisory: its notes, then each vulnerability with its notes, scores and remedies."""
    del settings
    document: Mapping[str, Any] = raw["document"] if isinstance(raw.get("document"), Mapping) else {}
    published = text(document, "tracking", "current_release_date") or text(document, "tracking", "initial_release_date")
    if day(published) is None:
        raise InputError("no-date", f"{fetched.name}: expected document.tracking.current_release_date as an ISO date.")
    publisher, title = text(document, "publisher", "name"), text(document, "title")
    parts = [
        sentence(text(note, "text")) for note in rows(document, "notes") if text(note, "category") != "legal_disclaimer"
    ]
    parts += [_flaw(flaw, publisher, title) for flaw in rows(raw, "vulnerabilities")]
    links = tuple(text(one, "url") for one in rows(document, "references") if text(one, "url"))
    own = next((text(one, "url") for one in rows(document, "references") if text(one, "category") == "self"), "")
    return Page(
        text="\n\n".join([f"# {title}", *filter(None, parts)]),
        media_type="application/json",
        title=title,
        publisher=publisher,
        url=own,
        language=text(document, "lang").partition("-")[0],
        published=published[:10],
        links=links,
        marking=text(document, "distribution", "tlp", "label"),
    )


def _flaw(flaw: Mapping[str, Any], publisher: str, product: str) -> str:
    forms = sayings()["csaf"]
    cve = text(flaw, "cve") or text(flaw, "title")
    return str(forms["vulnerability"].format(cve=cve, text=" ".join(_said_of(flaw, cve, publisher, product))))


def _said_of(flaw: Mapping[str, Any], cve: str, publisher: str, product: str) -> Iterator[str]:
    forms = sayings()["csaf"]
    yield from (sentence(text(note, "text")) for note in rows(flaw, "notes"))
    for scored in rows(flaw, "scores"):
        cvss = scored.get("cvss_v3") or scored.get("cvss_v4")
        score = cvss.get("baseScore") if isinstance(cvss, Mapping) else None
        if isinstance(score, int | float):
            yield forms["scored"].format(cve=cve, score=score)
    for remedy in rows(flaw, "remediations"):
        if text(remedy, "category") == "vendor_fix":
            yield forms["fixed"].format(publisher=publisher, cve=cve, product=product)
        yield sentence(text(remedy, "details"))
    yield from (sentence(text(threat, "details")) for threat in rows(flaw, "threats"))
