"""RSS, Atom, RDF and JSON Feed: the page of each item, or the item's own text where its page cannot be had.

An item whose page fails for a passing reason is kept by its own text at once and its page is tried again in the next
collections (`collect.page_tries`). With `pages = "no"` only the items' own texts are taken, without a request each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from geppo.collect import Entry
from geppo.collect._feeds import FeedItem, items
from geppo.collect._http import PASSING, Page
from geppo.collect._made import name_of, own_page, plain_name, taken
from geppo.collect._rest import RESTING
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "feed"
OPTIONS = {"pages": '"no" takes the texts in the feed and fetches no pages'}
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
PAGES = "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.5"


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """New and changed items in the order of the feed.

    Gaps: what `_http` gives for the feed, not-a-feed, empty; for an item what its page gave, with its text kept.
    """
    visit = current(settings)
    page = visit.client.get(entry.place, entry, accept=_ACCEPT, most=settings.integer("collect.feed_bytes"))
    yield from from_feed(page, entry, settings, now, visit)


def from_feed(page: Page, entry: Entry, settings: Settings, now: datetime, visit: Visit) -> Iterator[Fetched | Gap]:
    """Documents of a feed that has been fetched."""
    if not page.data.strip():
        raise InputError("empty", f"{page.url}: the answer is empty; expected a feed")
    offered = (
        Item(name=_name(one, page.url), stamp=one.stamp, what=one, day=one.day) for one in items(page, entry.language)
    )
    for item in limited(visit.pending(offered), entry, settings):
        if isinstance(item, Gap):
            yield item
        else:
            yield from _documents(item, entry, settings, now, visit)


def _name(one: FeedItem, feed: str) -> str:
    if one.url:
        return name_of(one.url)
    digest = hashlib.sha256(one.key.encode("utf-8", "replace")).hexdigest()[:16]
    return plain_name(f"{name_of(feed)}#{digest}.html")


def _documents(
    item: Item[FeedItem], entry: Entry, settings: Settings, now: datetime, visit: Visit
) -> Iterator[Fetched | Gap]:
    one = item.what
    said = {"url": one.url, "language": one.language, "published": one.day.isoformat() if one.day else ""}
    failure: InputError | None = None
    if one.url and entry.option("pages") != "no":
        try:
            data = visit.client.get(one.url, entry, accept=PAGES).data
            if not data.strip():
                raise InputError("empty", f"{one.url}: the page is empty")
            yield taken(entry, item.name, data, now, **said)
            visit.done(entry, item)
            return
        except InputError as error:
            failure = error
    own = one.html.strip()
    if failure is not None:
        kept = "its text in the feed is kept" if own else "the feed has no text of it"
        yield Gap(source=item.name, kind=failure.kind, message=f"{failure}; {kept}")
    if own:
        made = own_page(title=one.title, url=one.url, language=one.language, day=one.day, html=own)
        yield taken(entry, item.name, made, now, **said)
    elif failure is None:
        yield Gap(source=item.name, kind="empty", message=f"{item.name}: the item has neither a page nor a text")
    if failure is not None and failure.kind in PASSING:
        visit.in_part(entry, item, settings.integer("collect.page_tries"), asked=failure.kind != RESTING)
    else:
        visit.done(entry, item)
