"""CISA's Known Exploited Vulnerabilities: one document a day of additions.

The catalogue is one file that grows. Each day's entries keep the file's own form, so they are read as the file is, and
a day comes again only when one of its entries was revised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from geppo.collect import Entry
from geppo.collect._made import dumped, json_object, objects, taken, text_of
from geppo.collect._visit import Item, current, failing_as_gap, limited
from geppo.collect._when import day_of
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "kev"
_TITLE = "title"


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """Days in order. Gaps: what `_http` gives, not-json, not-kev."""
    visit = current(settings)
    page = visit.client.get(entry.place, entry, accept="application/json")
    catalogue = json_object(page.data, page.url)
    rows = objects(catalogue.get("vulnerabilities"))
    if not any(text_of(row, "cveID") for row in rows):
        raise InputError("not-kev", f"{page.url}: expected the KEV catalogue, with vulnerabilities and their cveID")
    for item in limited(visit.pending(_days(rows, text_of(catalogue, _TITLE))), entry, settings):
        if isinstance(item, Gap):
            yield item
            continue
        day = item.day.isoformat() if item.day else ""
        yield taken(entry, item.name, item.what, now, url=page.url, published=day, language="en")
        visit.done(entry, item)


def _days(rows: list[dict[str, Any]], title: str) -> Iterator[Item[bytes]]:
    by_day: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        day = day_of(text_of(row, "dateAdded"))
        if day is not None and text_of(row, "cveID"):
            by_day.setdefault(day.isoformat(), []).append(row)
    for added, own in sorted(by_day.items()):
        own.sort(key=lambda row: text_of(row, "cveID"))
        data = dumped(
            {
                _TITLE: title,
                "catalogVersion": added.replace("-", "."),
                "dateReleased": f"{added}T00:00:00Z",
                "count": len(own),
                "vulnerabilities": own,
            }
        )
        stamp = hashlib.sha256(data).hexdigest()[:16]
        yield Item(name=f"kev-{added}.json", stamp=stamp, what=data, day=day_of(added))
