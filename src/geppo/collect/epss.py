"""FIRST's Exploit Prediction Scoring System: one document a day of scores.

The address is a day's file (`….csv.gz` or `.csv`), of which rows below `collect.epss_least` are left out, or the
interface, of which every page of the selection is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import re2

from geppo.collect import Entry
from geppo.collect._links import unpacked
from geppo.collect._made import dumped, json_object, name_of, objects, plain_name, taken, text_of
from geppo.collect._visit import Item, Visit, current, failing_as_gap
from geppo.collect._when import day_of
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "epss"
_ROW = re2.compile(r"(CVE-\d{4}-\d{4,}),([0-9.eE+-]+),([0-9.eE+-]+)")
_DATE = re2.compile(r"score_date:(\d{4}-\d{2}-\d{2})")
_MOST_PAGES = 100


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """One document. Gaps: what `_http` gives, not-epss, not-json, bomb."""
    visit = current(settings)
    page = visit.client.get(entry.place, entry, accept="application/json, text/csv, */*;q=0.5", robots=False)
    if page.data.lstrip()[:1] == b"{":
        day, data = _pages(json_object(page.data, page.url), entry, visit)
        ending = "json"
    else:
        day, data = _rows(page.data, page.url, settings)
        ending = "csv"
    item = Item(name=plain_name(f"{name_of(entry.place)}-{day}.{ending}"), stamp=day, what=data, day=day_of(day))
    for one in visit.pending([item]):
        yield taken(entry, one.name, one.what, now, url=page.url, published=day, language="en")
        visit.done(entry, one)


def _rows(data: bytes, where: str, settings: Settings) -> tuple[str, bytes]:
    """A file's head, and its rows from the least score on."""
    text = unpacked(data, settings.integer("collect.max_bytes"), where).decode("utf-8", "replace")
    least = settings.number("collect.epss_least")
    date = _DATE.search(text[:500])
    lines = text.splitlines()
    kept = [line for line in lines if (found := _ROW.fullmatch(line.strip())) and _score(found.group(2)) >= least]
    if date is None or not any(_ROW.fullmatch(line.strip()) for line in lines[:50]):
        raise InputError("not-epss", f"{where}: expected an EPSS file with score_date and rows cve,epss,percentile")
    head = [line for line in lines[:2] if not _ROW.fullmatch(line.strip())]
    return str(date.group(1)), ("\n".join([*head, *kept]) + "\n").encode()


def _score(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _pages(first: Any, entry: Entry, visit: Visit) -> tuple[str, bytes]:
    rows = objects(first.get("data"))
    if not rows or not text_of(rows[0], "cve"):
        raise InputError("not-epss", f"{entry.place}: expected an answer of the EPSS interface with data")
    total = first.get("total")
    for _ in range(_MOST_PAGES):
        if not isinstance(total, int) or len(rows) >= total:
            break
        url = entry.place + ("&" if "?" in entry.place else "?") + urlencode({"offset": len(rows)})
        more = objects(json_object(visit.client.get(url, entry, robots=False).data, url).get("data"))
        if not more:
            break
        rows += more
    day = max(text_of(row, "date") for row in rows)
    return (day if day_of(day) else ""), dumped({**first, "offset": 0, "data": rows})
