"""TAXII 2.1 (OASIS): discovery, API roots, collections, pages of objects since the last collection.

The address may be of a discovery, an API root or one collection. What comes is grouped by report (`_bundles`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
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


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """Reports of the collections. Gaps: what `_http` gives, no-secret, not-json, not-taxii, no-collection, more."""
    visit = current(settings)
    for place in _collections(entry, visit):
        found, last, whole = _objects(place, entry, settings, visit)
        offered = (Item(name=one.name, stamp=one.stamp, what=one, day=one.day) for one in bundled(found))
        for item in limited(visit.pending(offered), entry, settings):
            if isinstance(item, Gap):
                yield item
                return
            url = urljoin(place, "objects/")
            day = item.day.isoformat() if item.day else ""
            yield taken(entry, item.name, item.what.data, now, publisher=item.what.publisher, published=day, url=url)
            visit.done(entry, item)
        if last:
            visit.move(entry, f"cursor {place}", last)
        if not whole:
            message = f"{place}: there is more than one collection takes; collect again for the rest"
            yield Gap(source=entry.name, kind="more", message=message)


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


def _objects(place: str, entry: Entry, settings: Settings, visit: Visit) -> tuple[list[dict[str, Any]], str, bool]:
    """All pages since the last collection, the time of the last object (X-TAXII-Date-Added-Last), and if it was all."""
    after = visit.cursor(f"cursor {place}") or (f"{visit.since}T00:00:00Z" if visit.since else "")
    found: list[dict[str, Any]] = []
    last, following, size = "", "", 0
    tokens: set[tuple[str, str]] = set()
    for _ in range(_MOST_PAGES):
        query = {key: value for key, value in (("added_after", after), ("next", following)) if value}
        url = urljoin(place, "objects/") + (f"?{urlencode(query)}" if query else "")
        page = _ask(url, entry, visit)
        # An empty answer is a collection without news (TAXII 2.1 section 3.7).
        envelope = json_object(page.data or b"{}", url)
        found += bundle_objects(envelope)
        size += len(page.data)
        last = page.headers.get("x-taxii-date-added-last", "") or last
        if envelope.get("more") is not True:
            return found, last, True
        following = text_of(envelope, "next")
        after = after if following else last
        if (following, after) in tokens or not (following or last):
            raise InputError("not-taxii", f"{place}: the server's pages lead back to one that was read")
        tokens.add((following, after))
        if size > _MOST_SIZE * settings.integer("collect.max_bytes"):
            break
    return found, last, False
