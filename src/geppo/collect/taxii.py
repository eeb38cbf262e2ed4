"""TAXII 2.1 (OASIS): discovery, API roots, collections, pages of objects since the last collection.

The address may be of a discovery, an API root or one collection. What comes is grouped by report (`_bundles`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urljoin

from geppo.collect import Entry
from geppo.collect._access import OPTIONS as ACCESS
from geppo.collect._access import basic_or_bearer
from geppo.collect._bundles import bundle_objects, bundled
from geppo.collect._http import Page
from geppo.collect._made import json_object, objects, taken, text_of
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "taxii"
OPTIONS = {**ACCESS, "collection": "id, alias or title of the one collection to read; all readable ones if left out"}
_TYPE = "application/taxii+json;version=2.1"
_MOST_PAGES = 500
_MOST_SIZE = 2
"""Bytes of all pages of a collection, as a multiple of collect.max_bytes."""
_HARD_SIZE = 4
"""The same where all objects so far were added at one time, so that there is no place to go on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What of a collection was read. `upto` is where the next collection begins, "" to begin where this one did.

    `short` says why there is more, None where all was read.
    """

    found: list[dict[str, Any]]
    upto: str
    short: InputError | None


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """Reports of the collections. Gaps: what `_http` gives, no-secret, not-json, not-taxii, no-collection, more."""
    visit = current(settings)
    for place in _collections(entry, visit):
        read = _objects(place, entry, settings, visit)
        offered = (Item(name=one.name, stamp=one.stamp, what=one, day=one.day) for one in bundled(read.found))
        for item in limited(visit.pending(offered), entry, settings):
            if isinstance(item, Gap):
                yield item
                return
            url = urljoin(place, "objects/")
            day = item.day.isoformat() if item.day else ""
            yield taken(entry, item.name, item.what.data, now, publisher=item.what.publisher, published=day, url=url)
            visit.done(entry, item)
        if read.upto:
            visit.move(entry, f"cursor {place}", read.upto)
        if read.short is not None:
            yield Gap(source=entry.name, kind=read.short.kind, message=str(read.short))


def _ask(url: str, entry: Entry, visit: Visit) -> Page:
    return visit.client.get(url, entry, accept=_TYPE, robots=False, private=basic_or_bearer(entry))


def _folder(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _collections(entry: Entry, visit: Visit) -> list[str]:
    """Addresses of the readable collections."""
    place = _folder(entry.place)
    found = json_object(_ask(place, entry, visit).data, place)
    if "can_read" in found and text_of(found, "id"):
        return [place]
    if isinstance(found.get("api_roots"), list):
        roots = [_folder(urljoin(place, root)) for root in found["api_roots"] if isinstance(root, str)]
    elif isinstance(found.get("versions"), list):
        roots = [place]
    else:
        raise InputError("not-taxii", f"{place}: expected a TAXII 2.1 discovery, API root or collection")
    wanted = entry.option("collection")
    chosen: list[str] = []
    for root in roots:
        listing = urljoin(root, "collections/")
        for one in objects(json_object(_ask(listing, entry, visit).data, listing).get("collections")):
            names = {text_of(one, "id"), text_of(one, "alias"), text_of(one, "title")} - {""}
            if one.get("can_read") is True and text_of(one, "id") and (not wanted or wanted in names):
                chosen.append(urljoin(listing, _folder(text_of(one, "id").replace("/", ""))))
    if not chosen:
        raise InputError("no-collection", f"{place}: no readable collection {wanted!r} there; check name and access")
    return chosen


def _objects(place: str, entry: Entry, settings: Settings, visit: Visit) -> _Read:
    """All pages since the last collection; a failure behind the first page keeps what was read before it."""
    after = visit.cursor(f"cursor {place}") or (f"{visit.since}T00:00:00Z" if visit.since else "")
    found: list[dict[str, Any]] = []
    added = _Added()
    following, size = "", 0
    tokens, known = set[tuple[str, str]](), set[tuple[str, str]]()
    for _ in range(_MOST_PAGES):
        # `limit` on every page: a server in use forgets the place of its `next` without it.
        query = {"limit": str(settings.integer("collect.taxii_page")), "added_after": after, "next": following}
        url = urljoin(place, "objects/") + "?" + urlencode({key: value for key, value in query.items() if value})
        try:
            page = _ask(url, entry, visit)
            # An empty answer is a collection without news (TAXII 2.1 section 3.7).
            envelope = json_object(page.data or b"{}", url)
        except InputError as error:
            if not found:
                raise
            return _Read(found=found, upto=added.before(), short=error)
        came = bundle_objects(envelope)
        versions = {(text_of(one, "id"), text_of(one, "modified")) for one in came}
        news = bool(versions - known)
        known |= versions
        found += came
        size += len(page.data)
        added.see(page)
        if envelope.get("more") is not True:
            return _Read(found=found, upto=added.last, short=None)
        following = text_of(envelope, "next")
        after = after if following else added.last
        # The same `next` may stand for the place after it: a server in use names the series by it, not the page.
        if ((following, after) in tokens and not news) or not (following or added.last):
            raise InputError("not-taxii", f"{place}: the server's pages lead back to one that was read")
        tokens.add((following, after))
        full = size > _MOST_SIZE * settings.integer("collect.max_bytes")
        if full and (added.before() or size > _HARD_SIZE * settings.integer("collect.max_bytes")):
            break
    if not added.before():
        message = f"{place}: more objects were added at one time than a collection takes; raise collect.max_bytes"
        return _Read(found=found, upto="", short=InputError("too-large", message))
    message = f"{place}: there is more than one collection takes; collect again for the rest"
    return _Read(found=found, upto=added.before(), short=InputError("more", message))


class _Added:
    """The times at which a server says that the objects of its pages were added to the collection.

    `added_after` leaves out what was added at that very time. So where pages end early the next collection begins at a
    time before the last, or objects that were added together with the last one would never be read.
    """

    def __init__(self) -> None:
        self.last = ""
        self._times: dict[str, datetime] = {}

    def see(self, page: Page) -> None:
        """Take the X-TAXII-Date-Added-First and -Last of a page."""
        for name in ("x-taxii-date-added-first", "x-taxii-date-added-last"):
            text = page.headers.get(name, "").strip()
            with suppress(ValueError):
                moment = datetime.fromisoformat(text)
                self._times[text] = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        self.last = page.headers.get("x-taxii-date-added-last", "").strip() or self.last

    def before(self) -> str:
        """The latest time before the last one, "" if there is none."""
        latest = max(self._times.values(), default=None)
        earlier = [(moment, text) for text, moment in self._times.items() if latest is not None and moment < latest]
        return max(earlier, default=(None, ""))[1]
