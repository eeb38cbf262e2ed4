"""CSAF 2.0 advisories of a provider: by its metadata, a ROLIE feed, a folder with `changes.csv`, or one advisory.

The address is of any of these. Of a provider's feeds those marked TLP:WHITE or TLP:CLEAR are read, and its folders
where it has no feed (CSAF 2.0 section 7.1).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from geppo.collect import Entry
from geppo.collect._access import OPTIONS as ACCESS
from geppo.collect._access import basic_or_bearer
from geppo.collect._http import PASSING, Page
from geppo.collect._made import json_object, name_of, objects, taken, text_of
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.collect._when import day_of
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "csaf"
OPTIONS = ACCESS
_OPEN = frozenset({"", "WHITE", "CLEAR"})
_JSON = "application/json"


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """New and changed advisories in the order of the lists. Gaps: what `_http` gives, not-json, not-csaf."""
    visit = current(settings)
    page = _ask(entry.place, entry, visit)
    if entry.place.endswith(".csv"):
        offered = list(_changes(page))
    else:
        found = json_object(page.data, page.url)
        if isinstance(found.get("document"), dict):
            stamp = _stamp(found)
            own = Item(name=name_of(page.url), stamp=stamp, what=page.url, day=day_of(stamp))
            for one in visit.pending([own]):
                yield taken(entry, one.name, page.data, now, url=page.url)
                visit.done(entry, one)
            return
        offered = list(_listed(found, page, entry, visit))
    for item in limited(visit.pending(offered), entry, settings):
        if isinstance(item, Gap):
            yield item
        else:
            yield from _advisory(item, entry, now, visit)


def _ask(url: str, entry: Entry, visit: Visit) -> Page:
    return visit.client.get(url, entry, accept=f"{_JSON}, text/csv;q=0.9", private=basic_or_bearer(entry))


def _advisory(item: Item[str], entry: Entry, now: datetime, visit: Visit) -> Iterator[Fetched | Gap]:
    try:
        page = _ask(item.what, entry, visit)
        if not isinstance(json_object(page.data, page.url).get("document"), dict):
            raise InputError("not-csaf", f"{item.what}: expected a CSAF advisory")
    except InputError as error:
        yield Gap(source=item.name, kind=error.kind, message=str(error))
        if error.kind not in PASSING:
            visit.done(entry, item)
        return
    yield taken(entry, item.name, page.data, now, url=item.what)
    visit.done(entry, item)


def _stamp(advisory: Any) -> str:
    tracking = advisory["document"].get("tracking")
    return text_of(tracking, "current_release_date") if isinstance(tracking, dict) else ""


def _listed(found: Any, page: Page, entry: Entry, visit: Visit) -> Iterator[Item[str]]:
    """What a provider's metadata or a ROLIE feed lead to."""
    if isinstance(found.get("feed"), dict):
        yield from _rolie(found["feed"], page.url)
        return
    if not isinstance(found.get("distributions"), list):
        raise InputError("not-csaf", f"{page.url}: expected provider metadata, a ROLIE feed or an advisory of CSAF")
    for one in objects(found["distributions"]):
        rolie = one.get("rolie")
        for feed in objects(rolie.get("feeds")) if isinstance(rolie, dict) else ():
            if text_of(feed, "tlp_label").upper() in _OPEN and text_of(feed, "url"):
                part = _ask(urljoin(page.url, text_of(feed, "url")), entry, visit)
                inner = json_object(part.data, part.url).get("feed")
                yield from _rolie(inner if isinstance(inner, dict) else {}, part.url)
    if not any(isinstance(one.get("rolie"), dict) for one in objects(found["distributions"])):
        for one in objects(found["distributions"]):
            folder = text_of(one, "directory_url")
            if folder:
                yield from _changes(_ask(urljoin(folder.rstrip("/") + "/", "changes.csv"), entry, visit))


def _rolie(feed: Any, base: str) -> Iterator[Item[str]]:
    for one in objects(feed.get("entry")):
        content = one.get("content")
        links = [text_of(link, "href") for link in objects(one.get("link")) if link.get("rel") == "self"]
        url = (text_of(content, "src") if isinstance(content, dict) else "") or next(iter(links), "")
        stamp = text_of(one, "updated") or text_of(one, "published")
        if url:
            url = urljoin(base, url)
            yield Item(name=name_of(url), stamp=stamp, what=url, day=day_of(stamp))


def _changes(page: Page) -> Iterator[Item[str]]:
    """Lines `"path","time"`, newest first."""
    lines = page.data.decode("utf-8", "replace").replace("\x00", "").splitlines()
    try:
        rows = [row for row in csv.reader(lines) if len(row) >= 2 and row[0].endswith(".json")]
    except csv.Error as error:
        raise InputError("not-csaf", f"{page.url}: expected lines of a path and a time ({error})") from error
    if lines and not rows:
        raise InputError("not-csaf", f"{page.url}: expected lines of a path and a time")
    for path, stamp, *_ in rows:
        url = urljoin(page.url, path)
        yield Item(name=name_of(url), stamp=stamp, what=url, day=day_of(stamp))
