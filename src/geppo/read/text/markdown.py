"""Markdown and plain text, with or without front matter.

Front matter is `key: value` lines between two lines `---` at the top (`+++` and `=` for TOML); the keys are publisher,
title, url, published, language, note and marking, and names that site generators use for them. A value may hold colons.

The body of Markdown is given as a reader of the rendered page sees it, outside code: without comments and hidden
elements, links by their words, no marks of emphasis, no backslashes before marks. Headings, lists, tables and code keep
their marks.
"""

from __future__ import annotations

import html
from typing import Any

from geppo import linear
from geppo.config import Settings
from geppo.model.report import Fetched
from geppo.read.text import _dates
from geppo.read.text._encoding import decode
from geppo.read.text._fields import fields
from geppo.read.text._links import untracked
from geppo.read.text._page import Page
from geppo.read.text._unseen import without_unseen

RANK = 90
"""The fall-back: every text is at least plain text."""

_KEYS = frozenset({"publisher", "title", "url", "published", "language", "note", "marking", "author"})
_MOST_LINES = 100
_ADDRESS = linear.compile(r"https?://[^\s<>\"'`\]\[{}|\\^]+")
_MOST_LINKS = 500
_HEAD_LINES = 15
_FENCE = linear.compile(r"^ {0,3}(```+|~~~+)")
_CODE = linear.compile(r"(`+)")
_LABEL = r"\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]"
_TARGET = r"\(\s*<?([^()\s<>]*(?:\([^()\s<>]*\)[^()\s<>]*)*)>?(?:\s+[\"'(][^\n]*?[\"')])?\s*\)"
_IMAGE = linear.compile("!" + _LABEL + _TARGET + " ?")
_LINK = linear.compile(_LABEL + _TARGET)
_REFERENCE = linear.compile(r"\[((?:[^\[\]\\]|\\.)+)\]\[([^\[\]]{1,80})\]")
_DEFINITION = linear.compile(r"(?m)^ {0,3}\[([^\[\]^]{1,80})\]:\s+<?(\S+?)>?(?:\s+[\"'(].*)?$\n?")
_AUTOLINK = linear.compile(r"<(https?://[^\s<>]+)>")
_NOTE = linear.compile(r"\[\^([A-Za-z0-9_-]{1,40})\]")
_STRONG = linear.compile(r"(\*\*|__)(\S(?:[^\n*_]{0,400}?\S)?)(\*\*|__)")
_EMPHASIS = linear.compile(r"(^|[^\p{L}\p{N}*\\])\*([\p{L}\p{N}“\"'「『][^\n*]{0,300}?)\*($|[^\p{L}\p{N}*])")
_STRUCK = linear.compile(r"~~(\S[^\n~]{0,300}?)~~")
_ESCAPED = frozenset("[](){}_*#~`|<>!&.+-")
_LONGEST_WORD = 200
_ENTITY = linear.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5}|#x[0-9A-Fa-f]{2,5});")
_PATH = linear.compile(r"[A-Za-z]:\\|^\\\\|\\[A-Za-z0-9]|%[A-Za-z]+%")


def can_read(data: bytes, name: str) -> bool:
    """Any text."""
    del data, name
    return True


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError("encoding") where the bytes are no text."""
    text = decode(fetched.data, broken=settings.number("text.broken_share"))
    head, body = front_matter(text)
    markdown = bool(head) or fetched.name.lower().endswith((".md", ".markdown"))
    body = body.replace("\r\n", "\n")
    links = _links(body, markdown)
    body = rendered(without_unseen(body)) if markdown else body
    return Page(
        text=body,
        media_type="text/markdown" if markdown else "text/plain",
        title=head.get("title", ""),
        author=head.get("author", ""),
        publisher=head.get("publisher", ""),
        url=head.get("url", ""),
        language=head.get("language", ""),
        language_sure=True,
        published=head.get("published", "") or _published(body),
        links=links,
        note=head.get("note", "").lower() in {"true", "yes", "1"},
        marking=head.get("marking", ""),
    )


def _published(body: str) -> str:
    """The day that a line at the top gives as that of publication."""
    lines = [line.replace("|", " ") for line in body[:4_000].split("\n") if line.strip()][:_HEAD_LINES]
    when = _dates.date_lines(lines).published
    return when.isoformat() if when else ""


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields and the rest. Text without a closed head comes back whole, with no fields."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n", _MOST_LINES + 2)
    mark = lines[0].strip()
    if mark not in {"---", "+++"}:
        return {}, text
    found: dict[str, str] = {}
    above = ""
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == mark:
            return _renamed(found), "\n".join(lines[number + 1 :])
        if number > _MOST_LINES:
            break
        key, colon, value = line.partition("=" if mark == "+++" else ":")
        if not colon:
            continue
        if line[0] in " \t-":
            key = f"{above}.{key.strip(' -')}"
        else:
            above = key = key.strip()
        found.setdefault(key.lower(), _unquoted(value.strip()))
    return {}, text


def _renamed(found: dict[str, str]) -> dict[str, str]:
    """The known fields; other names for them fill gaps only."""
    head = {key: value for key, value in found.items() if key in _KEYS and value}
    for name, key in fields()["front_matter"].items():
        if found.get(name):
            head.setdefault(key, found[name])
    return head


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def rendered(text: str) -> str:
    """Markdown as its reader sees it: see the module. Code, indented or fenced, stays as it is."""
    definitions = {name.lower(): url for name, url in _DEFINITION.findall(text)}
    out: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if (match and not fence) or fence:
            if prose:
                out.append(_prose("\n".join(prose), definitions))
                prose = []
            out.append(line)
            closes = match is not None and match.group(1).startswith(fence) and not line.strip().strip("`~")
            fence = "" if fence and closes else fence or (match.group(1) if match else "")
        else:
            prose.append(line)
    if prose:
        out.append(_prose("\n".join(prose), definitions))
    return "\n".join(out)


def _prose(text: str, definitions: dict[str, str]) -> str:
    text = _DEFINITION.sub("", text) if definitions else text
    parts: list[str] = []
    for place, part in enumerate(_spans(text)):
        parts.append(part if place % 2 else _inline(part, definitions))
    return "".join(parts)


def _spans(text: str) -> list[str]:
    """Prose and code spans by turns, the first is prose. A mark of code that nothing closes is prose."""
    pieces = _CODE.split(text) if "`" in text else [text]
    out = [pieces[0]]
    place = 1
    later: dict[str, list[int]] = {}
    for number in range(len(pieces) - 2, 0, -2):
        later.setdefault(pieces[number], []).append(number)
    while place < len(pieces):
        mark = pieces[place]
        waiting = later[mark]
        while waiting and waiting[-1] <= place:
            waiting.pop()
        if waiting:
            end = waiting[-1]
            out += ["".join(pieces[place : end + 1]), pieces[end + 1]]
            place = end + 2
        else:
            out[-1] += mark + pieces[place + 1]
            place += 2
    return out


def _inline(text: str, definitions: dict[str, str]) -> str:
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
        text = _REFERENCE.sub(
            lambda match: match.group(1) if match.group(2).lower() in definitions else match.group(), text
        )
        text = _NOTE.sub(r"[\1]", text)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
    if "*" in text or "__" in text:
        text = _STRONG.sub(_bare, text)
        text = _EMPHASIS.sub(r"\1\2\3", text)
    if "~~" in text:
        text = _STRUCK.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return _unescaped(text) if "\\" in text else text


def _unescaped(text: str) -> str:
    """Text without the backslashes that Markdown wants before marks; in a path they are part of it."""
    parts: list[str] = []
    done = 0
    place = text.find("\\")
    while place >= 0:
        if text[place + 1 : place + 2] in _ESCAPED and text[place + 1 : place + 2]:
            if _in_path(text, place):
                place += 1
            else:
                parts.append(text[done:place])
                done = place + 1
        place = text.find("\\", place + 2)
    return "".join(parts) + text[done:]


def _in_path(text: str, place: int) -> bool:
    """True where the word around a backslash is a path of Windows."""
    first = last = place
    while first > 0 and place - first < _LONGEST_WORD and not text[first - 1].isspace():
        first -= 1
    while last < len(text) and last - place < _LONGEST_WORD and not text[last].isspace():
        last += 1
    return _PATH.search(text[first:last]) is not None


def _bare(match: Any) -> str:
    return str(match.group(2)) if match.group(1) == match.group(3) == "**" else str(match.group())


def _links(body: str, markdown: bool) -> tuple[str, ...]:
    """Web addresses that the text writes out or links to, in order, each once."""
    return tuple(dict.fromkeys(untracked(url) for url in addresses(body))) if markdown else addresses(body)


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
