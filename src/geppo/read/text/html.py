"""Web pages: the main text without what a reader does not see or came not for, and what the page says of itself."""

from __future__ import annotations

from typing import Any

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text._encoding import declared_charset, decode
from geppo.read.text._links import resolved, untracked
from geppo.read.text._page import Page

RANK = 40
_MOST_LINKS = 500
_HEAD = 6_000
_TAGS = 3
"""Opening brackets an element, about: its start, its end, and one to spare."""

_DEEPEST = 500


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
    return read_page(fetched.data, "", settings, dict(fetched.declared).get("url", ""))


def read_page(data: bytes, charset: str, settings: Settings, declared_url: str = "", *, whole: bool = False) -> Page:
    """A page from bytes; `charset` is what a mail or a server declared. With `whole` no part of it is chosen."""
    from geppo.read.text import _mainpart
    from geppo.read.text._meta import read_meta

    source = decode(data, charset or declared_charset(data), settings.number("text.broken_share"))
    most = settings.integer("text.html.elements")
    root = _parse(source, most)
    meta = read_meta(root, source[:_HEAD], declared_url)
    base = _base(root, meta.url or declared_url)
    main = _mainpart.main_part(root, whole=whole)
    text = _mainpart.main_text(main, "" if whole else meta.title)
    if not text.strip():
        main = _mainpart.seen_part(_parse(source, most))
        text = _mainpart.main_text(main, "")
    return Page(
        text=text,
        media_type="text/html",
        title=meta.title,
        author=meta.author,
        publisher=meta.publisher,
        url=meta.url,
        language=meta.language,
        published=meta.published,
        links=_links(main, base),
    )


def _base(root: Any, url: str) -> str:
    element = next(root.iter("base"), None)
    href = (element.get("href") or "").strip() if element is not None else ""
    return resolved(url, href) or url


def _parse(text: str, most: int) -> Any:
    """A tree of at most `most` elements.

    The parser loads nothing from outside and expands no declared entities. What is nested too deeply is refused, since
    a browser shows it and we would lose it.
    """
    from lxml import etree

    if text.count("<") > most * _TAGS:
        raise InputError("too-large", f"more than {most} elements in the page.")
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "ignore"), parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("unreadable", f"not readable as HTML: {error}") from error
    if root is None:
        raise InputError("unreadable", "not readable as HTML: no element in it.")
    number = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        number += event == "start"
        if number > most:
            raise InputError("too-large", f"more than {most} elements in the page.")
        if depth > _DEEPEST:
            raise InputError("too-large", f"elements of the page are nested more than {_DEEPEST} deep.")
    return root


def _links(main: Any, base: str) -> tuple[str, ...]:
    """Addresses that the text points to, in order, each once, without what tracks its readers."""
    from geppo.read.text import _mainpart

    found: dict[str, None] = {}
    seen: set[str] = set()
    for element in main.iter("a"):
        href = (element.get("href") or "").strip()
        if href in seen:
            continue
        seen.add(href)
        if len(found) >= _MOST_LINKS:
            break
        if _mainpart.is_service("".join(element.itertext())):
            continue
        url = resolved(base, href)
        if url:
            found.setdefault(untracked(url))
    return tuple(found)
