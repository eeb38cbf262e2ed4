"""Web pages: the main text without what a reader does not see or came not for, and what the page says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import _mainpart
from geppo.read.text._clean import one_line
from geppo.read.text._encoding import declared_charset, decode
from geppo.read.text._fields import fields
from geppo.read.text._page import Page

RANK = 40
_MOST_LINKS = 500
_MOST_JSON = 200_000


def can_read(data: bytes, name: str) -> bool:
    """A document type, an `html`, `head` or `body` element in the head, or any element in a file named as a page."""
    head = data[:4000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return True
    if any(mark in head for mark in (b"<html", b"<head>", b"<body")) and head.startswith(b"<"):
        return True
    return name.lower().endswith((".html", ".htm", ".xhtml")) and b"<" in head


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError: "encoding", or "unreadable" where no element can be found."""
    return read_page(fetched.data, "", settings)


def read_page(data: bytes, charset: str, settings: Settings) -> Page:
    """A page from bytes; `charset` is what a mail or a server declared."""
    del settings
    root = _parse(decode(data, charset or declared_charset(data)))
    meta = _meta(root)
    said = list(_linked_data(root))
    url = _canonical(root, meta)
    title = one_line(meta.get("og:title", "") or _heading(root) or _title(root, meta.get("og:site_name", "")))
    published = _published(root, meta, said)
    language = (
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or meta.get("content-language", "")
    )
    publisher = next((meta[name] for name in fields()["site"] if meta.get(name)), "") or _publisher(said)
    main = _mainpart.main_part(root)
    return Page(
        text=_mainpart.render(main, title),
        media_type="text/html",
        title=title,
        publisher=one_line(publisher),
        url=url,
        language=language or meta.get("og:locale", ""),
        published=published,
        links=_links(main, url),
    )


def _parse(text: str) -> Any:
    """A tree. The parser keeps to its limits of depth, loads nothing from outside and expands no declared entities."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=False)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "ignore"), parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("unreadable", f"not readable as HTML: {error}") from error
    if root is None:
        raise InputError("unreadable", "not readable as HTML: no element in it.")
    return root


def _meta(root: Any) -> dict[str, str]:
    """`meta` elements by lower-case name, property, itemprop or http-equiv; the first of each name counts."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        content = (element.get("content") or "").strip()
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(key) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD blocks, one level of lists and graphs deep."""
    for element in root.iter("script"):
        if (element.get("type") or "").strip().lower() != "application/ld+json" or not element.text:
            continue
        try:
            value = json.loads(element.text[:_MOST_JSON])
        except (ValueError, RecursionError):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield one
                graph = one.get("@graph")
                yield from (part for part in (graph if isinstance(graph, list) else []) if isinstance(part, dict))


def _publisher(said: list[dict[str, Any]]) -> str:
    for one in said:
        publisher = one.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return str(publisher["name"])
    return ""


def _published(root: Any, meta: dict[str, str], said: list[dict[str, Any]]) -> str:
    """The page's own date of publication, as printed; "" where it has none."""
    for name in fields()["published"]:
        if meta.get(name):
            return meta[name]
    for one in said:
        if isinstance(one.get("datePublished"), str):
            return str(one["datePublished"])
    marked = [element for element in root.iter() if (element.get("itemprop") or "").lower() == "datepublished"]
    times = [element for element in root.iter("time") if element.get("datetime") and not _mainpart.unseen(element)]
    times.sort(
        key=lambda element: (
            element.get("pubdate") is None,
            next(element.iterancestors("article", "main"), None) is None,
        )
    )
    for element in [*marked, *times]:
        value = element.get("datetime") or element.get("content") or "".join(element.itertext())
        if value.strip():
            return one_line(value)
    return ""


def _canonical(root: Any, meta: dict[str, str]) -> str:
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            return str(element.get("href")).strip()
    return meta.get("og:url", "")


def _heading(root: Any) -> str:
    headings = [element for element in root.iter("h1") if not _mainpart.unseen(element)]
    return "".join(headings[0].itertext()) if len(headings) == 1 else ""


def _title(root: Any, site: str) -> str:
    """The title element without the site's name at its end."""
    element = next(root.iter("title"), None)
    title = " ".join((element.text or "").split()) if element is not None else ""
    for mark in (" | ", " – ", " — ", " - ", " :: ", "｜"):
        head, found, tail = title.rpartition(mark)
        if found and head and (tail == site or (not site and len(tail) < len(head))):
            return head
    return title


def _links(main: Any, base: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for element in main.iter("a"):
        try:
            url = urljoin(base, (element.get("href") or "").strip())
        except ValueError:
            continue
        if url.startswith(("http://", "https://")) and len(found) < _MOST_LINKS:
            found.setdefault(url)
    return tuple(found)
