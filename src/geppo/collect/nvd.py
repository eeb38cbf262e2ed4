"""NVD's interface 2.0: one document a CVE. The address carries the selection, such as `?hasKev` or `?keywordSearch=…`.

With `secret_env` the key of the interface is sent. Without `--since` and at the first collection everything that the
address selects is read; afterwards what has been modified since (the interface takes spans of at most 120 days).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from geppo.collect import Entry
from geppo.collect._access import secret
from geppo.collect._made import dumped, json_object, objects, plain_name, taken, text_of
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.collect._when import day_of
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "nvd"
OPTIONS = {"secret_env": "name of the environment variable that holds the key of the interface"}
_SPAN = timedelta(days=119)
_MOST_PAGES = 300
_CURSOR = "cursor modified"
_FORM = "%Y-%m-%dT%H:%M:%S.000Z"


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """CVEs in the order of the interface. Gaps: what `_http` gives, no-secret, not-json, not-nvd, more."""
    visit = current(settings)
    for item in limited(visit.pending(_items(entry, visit, now)), entry, settings):
        if isinstance(item, Gap):
            yield item
            return
        day = item.day.isoformat() if item.day else ""
        page = f"https://nvd.nist.gov/vuln/detail/{item.what['id']}"
        envelope = {"format": "NVD_CVE", "version": "2.0", "vulnerabilities": [{"cve": item.what}]}
        yield taken(entry, item.name, dumped(envelope), now, url=page, published=day, language="en")
        visit.done(entry, item)
    visit.move(entry, _CURSOR, now.astimezone(UTC).strftime(_FORM))


def _spans(visit: Visit, now: datetime) -> list[dict[str, str]]:
    """Queries that cover what is new: whole, or one a span of days."""
    start = visit.cursor(_CURSOR)
    if not start and visit.since is None:
        return [{}]
    names = ("lastModStartDate", "lastModEndDate") if start else ("pubStartDate", "pubEndDate")
    try:
        begin = datetime.strptime(start, _FORM).replace(tzinfo=UTC) if start else None
    except ValueError:
        begin = None
    if begin is None:
        since = visit.since or now.date()
        begin = datetime(since.year, since.month, since.day, tzinfo=UTC)
    spans = []
    while begin < now:
        end = min(begin + _SPAN, now.astimezone(UTC))
        spans.append({names[0]: begin.strftime(_FORM), names[1]: end.strftime(_FORM)})
        begin = end
    return spans


def _items(entry: Entry, visit: Visit, now: datetime) -> Iterator[Item[dict[str, Any]]]:
    key = secret(entry, "secret_env")
    private = {"apiKey": key} if key else {}
    for span in _spans(visit, now):
        start = 0
        for _ in range(_MOST_PAGES):
            query = urlencode({**span, "startIndex": start})
            url = entry.place + ("&" if "?" in entry.place else "?") + query
            found = json_object(
                visit.client.get(url, entry, accept="application/json", robots=False, private=private).data, url
            )
            rows = objects(found.get("vulnerabilities"))
            if "vulnerabilities" not in found:
                raise InputError("not-nvd", f"{url}: expected an answer of NVD's interface 2.0")
            yield from _of(rows)
            start += len(rows)
            total = found.get("totalResults")
            if not rows or not isinstance(total, int) or start >= total:
                break


def _of(rows: list[dict[str, Any]]) -> Iterator[Item[dict[str, Any]]]:
    for row in rows:
        cve = row.get("cve")
        if isinstance(cve, dict) and text_of(cve, "id").startswith("CVE-"):
            name = plain_name(f"{text_of(cve, 'id')}.nvd.json")
            yield Item(name=name, stamp=text_of(cve, "lastModified"), what=cve, day=day_of(text_of(cve, "published")))
