"""Markdown and plain text, with or without front matter.

Front matter is `key: value` lines between two lines `---` at the top; the keys are publisher, title, url, published,
language, note and marking. A value may hold colons. The body stays as written but for what a reader of the rendered
page would not see: comments and elements that are hidden.
"""

from __future__ import annotations

import re2

from geppo.config import Settings
from geppo.model.report import Fetched
from geppo.read.text._encoding import decode
from geppo.read.text._page import Page
from geppo.read.text._unseen import without_unseen

RANK = 90
"""The fall-back: every text is at least plain text."""

_KEYS = frozenset({"publisher", "title", "url", "published", "language", "note", "marking"})
_MOST_LINES = 100
_ADDRESS = re2.compile(r"https?://[^\s<>\"'`\]\[{}|\\^]+")
_MOST_LINKS = 500


def can_read(data: bytes, name: str) -> bool:
    """Any text."""
    del data, name
    return True


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError("encoding") where the bytes are no text."""
    del settings
    text = decode(fetched.data)
    fields, body = front_matter(text)
    markdown = bool(fields) or fetched.name.lower().endswith((".md", ".markdown"))
    body = without_unseen(body) if markdown else body
    return Page(
        text=body,
        media_type="text/markdown" if markdown else "text/plain",
        title=fields.get("title", ""),
        publisher=fields.get("publisher", ""),
        url=fields.get("url", ""),
        language=fields.get("language", ""),
        language_sure=True,
        published=fields.get("published", ""),
        links=addresses(body),
        note=fields.get("note", "").lower() in {"true", "yes", "1"},
        marking=fields.get("marking", ""),
    )


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields and the rest. Text without a closed head comes back whole, with no fields."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n", _MOST_LINES + 2)
    if lines[0].strip() != "---":
        return {}, text
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return fields, "\n".join(lines[number + 1 :])
        if number > _MOST_LINES:
            break
        key, colon, value = line.partition(":")
        if colon and key.strip().lower() in _KEYS:
            fields[key.strip().lower()] = _unquoted(value.strip())
    return {}, text


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def addresses(text: str) -> tuple[str, ...]:
    """Web addresses that the text writes out, in order, each once. Defanged ones are no links."""
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        url = match.group().rstrip(".,;:!?*_")
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(".,;:!?*_")
        url = _ascii_head(url)
        if len(found) < _MOST_LINKS and len(url) > len("https://"):
            found.setdefault(url)
    return tuple(found)


def _ascii_head(url: str) -> str:
    """Kana, kanji and hangul after an address belong to the sentence."""
    for place, char in enumerate(url):
        if char > "\u0590":
            return url[:place]
    return url
