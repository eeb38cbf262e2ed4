"""A newsletter to its items: sections under headings, or between ruled lines where the mail is plain text.

A mail without at least three sections is no collection of items and stays whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

import re2
from lxml import etree

from geppo import mail
from geppo.collect._links import links
from geppo.collect._made import own_page
from geppo.collect._when import moment

_LEAST = 3
_SHORTEST = 80
"""Characters of text below which a section is a label or an advertisement's button."""

_MOST = 300
_RULE = re2.compile(r"^\s*(?:[-=_*~─━═＝－*＊◆◇■□●○★☆・･+]\s?){5,}\s*$")
_MARKED = re2.compile(r"^\s*(?:[■□◆◇●▼▽★☆]|【[^】]{1,80}】|\[\d{1,2}\]|\d{1,2}[.)．）])\s*\S")
_URL = re2.compile(r"https?://[^\s<>\"'（）「」、。]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item as a page of its own."""

    title: str
    url: str
    page: bytes


def parts(data: bytes, language: str = "") -> list[Part]:
    """The items of a mail in its order; empty where it stays whole."""
    try:
        message = mail.parsed(data)
        day = moment(str(message.get("Date", "")), language)
        found = _by_headings(_body(message, "html")) or _by_rules(_body(message, "plain"))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, etree.LxmlError):
        return []
    made = []
    for title, html in found[:_MOST]:
        url = next(links(html.encode(), "https://mail.invalid/"), "")
        page = own_page(title=title, url=url, language=language, day=day.date() if day else None, html=html)
        made.append(Part(title=title, url=url, page=page))
    return made


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _by_headings(html: str) -> list[tuple[str, str]]:
    """Sections of the first level of headings that has enough of them with text below."""
    if not html.strip():
        return []
    root = etree.HTML(html.replace("\x00", "").encode("utf-8", "replace"), parser=etree.HTMLParser(encoding="utf-8"))
    if root is None:
        return []
    etree.strip_elements(root, "script", "style", etree.Comment, with_tail=False)
    for level in ("h1", "h2", "h3", "h4"):
        found = [(title, html) for title, html in _sections(root, level) if title]
        if len(found) >= _LEAST:
            return found
    return []


def _sections(root: etree._Element, level: str) -> Iterator[tuple[str, str]]:
    """The text and links between one heading and the next, in document order, whatever tables hold them."""
    title, lines, open_ = "", list[str](), False
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start" and element.tag == level:
            if open_ and _long(lines):
                yield title, "\n".join(lines)
            title, lines, open_ = " ".join(" ".join(str(one) for one in element.itertext()).split()), [], True
            lines += _anchors(element)
        elif open_ and event == "start" and not _within(element, level):
            text = " ".join((element.text or "").split())
            href = element.get("href") if element.tag == "a" else None
            lines += [f'<a href="{escape(href)}">{escape(text)}</a>'] if href else [escape(text)] if text else []
        if open_ and event == "end" and not _within(element.getparent(), level):
            tail = " ".join((element.tail or "").split())
            lines += [escape(tail)] if tail else []
            lines += ["<br>"] if element.tag in {"p", "td", "tr", "div", "li", level} else []
    if open_ and _long(lines):
        yield title, "\n".join(lines)


def _anchors(heading: etree._Element) -> list[str]:
    return [f'<a href="{escape(str(one.get("href")))}"></a>' for one in heading.iter("a") if one.get("href")]


def _within(element: etree._Element | None, level: str) -> bool:
    while element is not None:
        if element.tag == level:
            return True
        element = element.getparent()
    return False


def _long(lines: list[str]) -> bool:
    return sum(len(line) for line in lines if not line.startswith("<br")) >= _SHORTEST


def _by_rules(text: str) -> list[tuple[str, str]]:
    """Blocks between ruled lines, or under marked headings, whose first line is their title."""
    lines = text.replace("\r\n", "\n").split("\n")
    for starts in (_RULE, _MARKED):
        blocks: list[list[str]] = [[]]
        for line in lines:
            if starts.match(line):
                blocks.append([] if starts is _RULE else [line])
            else:
                blocks[-1].append(line)
        found = [_titled(block) for block in blocks[1:]]
        kept = [one for one in found if one is not None]
        if len(kept) >= _LEAST:
            return kept
    return []


def _titled(block: list[str]) -> tuple[str, str] | None:
    lines = [line.strip() for line in block if line.strip()]
    if len(lines) < 2 or sum(map(len, lines)) < _SHORTEST:
        return None
    html = "\n".join(f"<p>{_linked(line)}</p>" for line in lines[1:])
    return lines[0].lstrip("■□◆◇●▼▽★☆ ")[:200], html


def _linked(line: str) -> str:
    out: list[str] = []
    at = 0
    for found in _URL.finditer(line):
        out += [escape(line[at : found.start()]), f'<a href="{escape(found.group())}">{escape(found.group())}</a>']
        at = found.end()
    return "".join([*out, escape(line[at:])])
