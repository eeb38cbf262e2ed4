"""MISP events: a static feed (`manifest.json` and a file an event), or an instance by its REST interface.

With `secret_env` (the variable that holds the automation key) the address is an instance, without it a feed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import re2

from geppo.collect import Entry
from geppo.collect._access import secret
from geppo.collect._http import PASSING
from geppo.collect._made import dumped, json_object, json_of, objects, taken
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.collect._when import day_of
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "misp"
OPTIONS = {"secret_env": "name of the environment variable that holds the automation key of an instance"}
_UUID = re2.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PAGE = 50
_MOST_PAGES = 1_000


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """New and changed events. Gaps: what `_http` gives, no-secret, not-json, not-misp, more."""
    visit = current(settings)
    if entry.option("secret_env"):
        yield from _from_instance(entry, settings, now, visit)
    else:
        yield from _from_feed(entry, settings, now, visit)


def _folder(entry: Entry) -> str:
    place = entry.place.removesuffix("manifest.json")
    return place if place.endswith("/") else place + "/"


def _from_feed(entry: Entry, settings: Settings, now: datetime, visit: Visit) -> Iterator[Fetched | Gap]:
    base = _folder(entry)
    manifest = json_object(visit.client.get(base + "manifest.json", entry, accept="application/json").data, base)
    offered = [
        Item(name=f"{key}.misp.json", stamp=str(one.get("timestamp", "")), what=key, day=_day(one))
        for key, one in sorted(manifest.items())
        if _UUID.fullmatch(key) and isinstance(one, dict)
    ]
    if manifest and not offered:
        raise InputError("not-misp", f"{base}manifest.json: no event in it; expected UUIDs with what they describe")
    for item in limited(visit.pending(offered), entry, settings):
        if isinstance(item, Gap):
            yield item
            continue
        url = urljoin(base, f"{item.what}.json")
        try:
            data = visit.client.get(url, entry, accept="application/json").data
            if not isinstance(json_object(data, url).get("Event"), dict):
                raise InputError("not-misp", f"{url}: expected a MISP event")
        except InputError as error:
            yield Gap(source=item.name, kind=error.kind, message=str(error))
            if error.kind not in PASSING:
                visit.done(entry, item)
            continue
        yield taken(entry, item.name, data, now, url=url, published=item.day.isoformat() if item.day else "")
        visit.done(entry, item)


def _from_instance(entry: Entry, settings: Settings, now: datetime, visit: Visit) -> Iterator[Fetched | Gap]:
    key = secret(entry, "secret_env")
    base = _folder(entry)
    after = visit.cursor("cursor events")
    newest = int(after) if after.isdigit() else 0
    for number in range(1, _MOST_PAGES):
        wanted: dict[str, Any] = {"returnFormat": "json", "published": 1, "page": number, "limit": _PAGE}
        if after:
            wanted["timestamp"] = after
        elif visit.since is not None:
            wanted["from"] = visit.since.isoformat()
        page = visit.client.get(
            base + "events/restSearch",
            entry,
            accept="application/json",
            robots=False,
            private={"authorization": key},
            body=json.dumps(wanted).encode(),
        )
        events = _events(json_of(page.data, page.url), page.url)
        for item in visit.pending(_items(events)):
            day = item.day.isoformat() if item.day else ""
            yield taken(entry, item.name, dumped({"Event": item.what}), now, published=day)
            visit.done(entry, item)
            newest = max(newest, int(item.stamp or 0))
        if len(events) < _PAGE:
            break
    if newest:
        visit.move(entry, "cursor events", str(newest))


def _events(found: Any, where: str) -> list[dict[str, Any]]:
    """Events of an answer: `{"response": [{"Event": …}]}`, in older versions the list alone."""
    rows = found.get("response") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise InputError("not-misp", f"{where}: expected a list of MISP events")
    return [one["Event"] for one in objects(rows) if isinstance(one.get("Event"), dict)]


def _items(events: list[dict[str, Any]]) -> Iterator[Item[dict[str, Any]]]:
    for one in events:
        key, stamp = str(one.get("uuid", "")), str(one.get("timestamp", ""))
        if _UUID.fullmatch(key):
            stamp = stamp if stamp.isascii() and stamp.isdigit() and len(stamp) < 12 else "0"
            yield Item(name=f"{key}.misp.json", stamp=stamp, what=one, day=_day(one))


def _day(one: dict[str, Any]) -> Any:
    """The event's own date; else the day of its last change."""
    found = day_of(str(one.get("date", "")))
    stamp = str(one.get("timestamp", ""))
    if found is None and stamp.isascii() and stamp.isdigit() and len(stamp) < 12:
        return datetime.fromtimestamp(int(stamp), UTC).date()
    return found
