"""A page; or, with `pattern`, the pages that a listing page or a sitemap links to.

A listing is read again in each collection, its pages once (a sitemap's again when it gives a later date). A page that
is collected for itself is a new document when its text has changed; a change of its markup alone is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime

import re2
from lxml import etree

from geppo.collect import Entry
from geppo.collect._http import PASSING, Page
from geppo.collect._links import links, sitemap, unpacked
from geppo.collect._made import name_of, taken
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.collect._when import day_of
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "web"
OPTIONS = {"pattern": "a regular expression (RE2) that the addresses of wanted pages match somewhere"}
ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, application/pdf;q=0.8, */*;q=0.5"


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """The page, or the listed ones in the order of the listing.

    Gaps: what `_http` gives; empty; no-links where nothing in the listing matches; bad-pattern.
    """
    visit = current(settings)
    page = visit.client.get(entry.place, entry, accept=ACCEPT)
    if not page.data.strip():
        raise InputError("empty", f"{page.url}: the page is empty")
    if entry.option("pattern"):
        yield from _listed(page, entry, settings, now, visit)
        return
    item = Item(name=name_of(page.url), stamp=text_digest(page.data), what=page.url)
    if not visit.known(item.name, item.stamp):
        yield taken(entry, item.name, page.data, now, url=page.url)
        visit.done(entry, item)


def _listed(page: Page, entry: Entry, settings: Settings, now: datetime, visit: Visit) -> Iterator[Fetched | Gap]:
    offered = _offered(page, entry, settings, visit)
    for item in limited(visit.pending(offered), entry, settings):
        if isinstance(item, Gap):
            yield item
            continue
        try:
            data = visit.client.get(item.what, entry, accept=ACCEPT).data
            if not data.strip():
                raise InputError("empty", f"{item.what}: the page is empty")
        except InputError as error:
            yield Gap(source=item.name, kind=error.kind, message=str(error))
            if error.kind not in PASSING:
                visit.done(entry, item)
            continue
        yield taken(entry, item.name, data, now, url=item.what)
        visit.done(entry, item)


def _offered(page: Page, entry: Entry, settings: Settings, visit: Visit) -> list[Item[str]]:
    wanted = pattern(entry.option("pattern"))
    found = list(_addresses(page, entry, settings, visit))
    chosen = [(url, day) for url, day in found if wanted.search(url) and url != page.url]
    if not chosen:
        raise InputError("no-links", f"{page.url}: none of {len(found)} links matches the pattern of the source")
    return [Item(name=name_of(url), stamp=day.isoformat() if day else "", what=url, day=day) for url, day in chosen]


def pattern(text: str) -> re2._Regexp:
    """A user's pattern in RE2. Raises InputError("bad-pattern")."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options=options)
    except re2.error as error:
        raise InputError("bad-pattern", f"pattern {text!r}: not a regular expression of RE2 ({error})") from error


def _addresses(page: Page, entry: Entry, settings: Settings, visit: Visit) -> Iterator[tuple[str, date | None]]:
    """Links of a page, or entries of a sitemap; an index of sitemaps is followed one level down."""
    most = settings.integer("collect.max_bytes")
    data = unpacked(page.data, most, page.url)
    entries = sitemap(data)
    if entries is None:
        yield from ((url, None) for url in links(data, page.url))
        return
    if b"<sitemapindex" not in data[:5_000]:
        yield from ((url, day_of(changed)) for url, changed in entries)
        return
    for url, _ in entries[: settings.integer("collect.max_items")]:
        part = visit.client.get(url, entry, accept=ACCEPT)
        for address, changed in sitemap(unpacked(part.data, most, part.url)) or ():
            yield address, day_of(changed)


def text_digest(data: bytes) -> str:
    """A digest of a page's words, without scripts and markup; of the bytes where it is no page."""
    if b"<" in data[:2_000] and not data.startswith(b"%PDF"):
        try:
            root = etree.fromstring(data.replace(b"\x00", b""), parser=etree.HTMLParser(no_network=True))
        except (etree.XMLSyntaxError, ValueError):
            root = None
        if root is not None:
            etree.strip_elements(root, "script", "style", "noscript", etree.Comment, with_tail=False)
            data = " ".join("".join(str(part) for part in root.itertext()).split()).encode("utf-8", "replace") or data
    return hashlib.sha256(data).hexdigest()[:16]
