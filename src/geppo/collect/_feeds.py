"""Feeds to items: RSS 0.9 to 2, RDF and Atom by feedparser, JSON Feed 1 by ourselves."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from geppo.collect._http import Page
from geppo.collect._made import json_object, objects, text_of
from geppo.collect._tamed import tamed
from geppo.collect._when import day_of
from geppo.errors import InputError

_LONGEST_TITLE = 300
_HEAD = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item. `html` is its own text as markup; `stamp` changes when the item does."""

    key: str
    url: str
    title: str
    html: str
    language: str
    day: date | None
    stamp: str


def items(page: Page, language: str) -> tuple[FeedItem, ...]:
    """The items of a feed in its order. `language` is what the user declares; it settles zone names.

    Raises InputError("not-a-feed"). Broken XML gives the items that are whole.
    """
    start = page.data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{":
        return tuple(_json_items(page, language))
    found = _parsed(page)
    if not found.get("version") and not found.entries:
        raise InputError("not-a-feed", f"{page.url}: expected RSS, Atom or JSON Feed; check the address of the feed")
    spoken = str(dict(found.feed).get("language") or language)
    # As plain dicts: feedparser's own look further fields up under an older name, with a warning.
    made = (_item(dict(one), page.url, language or spoken, spoken) for one in found.entries)
    return tuple(one for one in made if one.url or one.html or one.title)


def _parsed(page: Page) -> Any:
    """feedparser on bytes it cannot take for an address, without its cleaning: our reader treats pages as hostile.

    It drops entities that a document type declares, so that nothing expands and nothing is loaded.
    """
    headers = {"content-location": page.url}
    if page.headers.get("content-type"):
        headers["content-type"] = page.headers["content-type"]
    data = tamed(page.data)
    if data is None:
        raise InputError("not-a-feed", f"{page.url}: a feed of this size is expected in UTF-8")
    try:
        return feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError, AssertionError) as error:
        raise InputError("not-a-feed", f"{page.url}: not readable as a feed ({type(error).__name__})") from error


def _item(one: dict[str, Any], base: str, zone_language: str, language: str) -> FeedItem:
    url = _link(one, base)
    html = max((str(part.get("value") or "") for part in one.get("content") or ()), key=len, default="")
    html = html or str(one.get("summary") or "")
    title = _plain(str(one.get("title") or ""))[:_LONGEST_TITLE]
    printed = [str(one.get(key) or "") for key in ("published", "created", "updated")]
    day = next((found for text in printed if (found := day_of(text, zone_language))), None)
    key = str(one.get("id") or "") or url or hashlib.sha256(f"{title}\n{html}".encode("utf-8", "replace")).hexdigest()
    stamp = _stamp(str(one.get("updated") or one.get("published") or ""), title)
    return FeedItem(key=key, url=url, title=title, html=html, language=language, day=day, stamp=stamp)


def _stamp(updated: str, title: str) -> str:
    return hashlib.sha256(f"{updated}\n{title}".encode("utf-8", "replace")).hexdigest()[:16]


def _link(one: dict[str, Any], base: str) -> str:
    """The address of the item's page; an id that is an address (RSS guid) serves where no link is given."""
    for link in (one.get("link"), one.get("id")):
        url = str(link or "").strip()
        if not url or (link is one.get("id") and not url.startswith(("http://", "https://"))):
            continue
        try:
            url = urljoin(base, url)
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.netloc:
            return url
    return ""


def _plain(text: str) -> str:
    """A title without markup, on one line."""
    return " ".join(re.sub(r"<[^<>]{0,200}>", " ", text).split()) if "<" in text else " ".join(text.split())


def _json_items(page: Page, language: str) -> Iterator[FeedItem]:
    """JSON Feed 1.1 (jsonfeed.org)."""
    feed = json_object(page.data, page.url)
    if "jsonfeed.org" not in text_of(feed, "version") or not isinstance(feed.get("items"), list):
        raise InputError("not-a-feed", f"{page.url}: JSON, but not a JSON Feed; check the address and the kind")
    for one in objects(feed["items"]):
        url = _link({"link": text_of(one, "url") or text_of(one, "external_url"), "id": text_of(one, "id")}, page.url)
        html = text_of(one, "content_html") or _paragraphs(text_of(one, "content_text") or text_of(one, "summary"))
        title = _plain(text_of(one, "title"))[:_LONGEST_TITLE]
        key = str(one.get("id") or "") or url or hashlib.sha256(html.encode("utf-8", "replace")).hexdigest()
        yield FeedItem(
            key=key,
            url=url,
            title=title,
            html=html,
            language=text_of(one, "language") or text_of(feed, "language") or language,
            day=day_of(text_of(one, "date_published") or text_of(one, "date_modified"), language),
            stamp=_stamp(text_of(one, "date_modified") or text_of(one, "date_published"), title),
        )


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())
