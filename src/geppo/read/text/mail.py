"""Mail as a file (RFC 5322): the text part, or the HTML part read like a page. Attachments are left out.

A forwarded mail is the one that is forwarded: its sender, date and subject count, and its text. What ends a mail and is
no text of it is left out: signatures, notes of lists, links to unsubscribe.
"""

from __future__ import annotations

import email.policy
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from email.utils import parseaddr
from functools import cache
from importlib import resources
from typing import Any

from geppo import linear
from geppo import mail as outside
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import _dates, html
from geppo.read.text._clean import clean, one_line
from geppo.read.text._encoding import decode
from geppo.read.text._links import untracked
from geppo.read.text._page import Page
from geppo.read.text.markdown import addresses

RANK = 20
_HEADERS = (
    b"from:",
    b"date:",
    b"subject:",
    b"received:",
    b"return-path:",
    b"mime-version:",
    b"message-id:",
    b"to:",
    b"delivered-to:",
)
_MOST_PARTS = 500
_LINES_A_PART = 10
"""Lines with two hyphens a part, at most: what parts are told by; reading very many takes minutes."""

_DEEPEST = 8
_STUB = 0.4
"""A text part shorter than this share of the HTML part only says where the text is."""

_COVER = 600
"""Characters of a note above a forwarded message."""

_HEAD_LINES = 60
_SIGNATURE = 12
_END = 20
"""Lines at the end of a mail among which its foot begins."""


def can_read(data: bytes, name: str) -> bool:
    """Three header lines at the top, or one in a file named `.eml`."""
    head = data[:4000].lower().replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n")
    seen = sum(line.startswith(_HEADERS) for line in head)
    first = head[0].startswith(_HEADERS) or head[0].startswith((b"x-", b"dkim-signature:", b"from "))
    return (seen >= 3 and first) or (seen >= 1 and name.lower().endswith(".eml"))


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError("unreadable") where the message has no text part, ("too-large") for too many parts."""
    if fetched.data.count(b"\n--") > _MOST_PARTS * _LINES_A_PART:
        raise InputError("too-large", f"{fetched.name}: more than {_MOST_PARTS} parts in the mail.")
    try:
        message = _carried(outside.parsed(fetched.data))
        page = _body(list(_leaves(message, fetched.name)), fetched.name, settings)
    except RecursionError as error:
        raise InputError("unreadable", f"{fetched.name}: the parts of the mail are nested too deeply.") from error
    return _forwarded(_with_headers(page, message))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("mail.toml").read_text(encoding="utf-8"))


@cache
def _patterns(section: str, name: str) -> tuple[Any, ...]:
    return tuple(linear.compile("(?i)" + pattern) for pattern in (_data()[section][name] if section else _data()[name]))


def _carried(message: Message) -> Message:
    """The message that another one carries as an attachment, as long as there is one."""
    for _ in range(_DEEPEST):
        inner = next(
            (part for part in _walk(message) if part is not message and part.get_content_type() == "message/rfc822"),
            None,
        )
        content = inner.get_payload() if inner is not None else None
        if not isinstance(content, list) or not content or not isinstance(content[0], Message):
            return message
        message = content[0]
    return message


def _walk(message: Message) -> Iterator[Message]:
    """The parts in order, without those of messages inside."""
    stack = [message]
    while stack:
        part = stack.pop()
        yield part
        content = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(content, list):
            stack += [one for one in reversed(content) if isinstance(one, Message)]


def _leaves(message: Message, name: str) -> Iterator[tuple[str, Message]]:
    """Text parts that are shown, with their subtype."""
    for number, part in enumerate(_walk(message)):
        if number > _MOST_PARTS:
            raise InputError("too-large", f"{name}: more than {_MOST_PARTS} parts in the mail.")
        kind = part.get_content_type()
        if (
            kind in {"text/plain", "text/html"}
            and _header(part, "Content-Disposition").split(";")[0].strip() != "attachment"
        ):
            yield kind.partition("/")[2], part


def _body(leaves: list[tuple[str, Message]], name: str, settings: Settings) -> Page:
    """The text parts; the HTML parts where there are none, or where they only say that there is HTML."""
    plain = [page for kind, part in leaves if kind == "plain" and (page := _plain(part)) is not None]
    pages = [page for kind, part in leaves if kind == "html" and (page := _page(part, settings)) is not None]
    if not plain and not pages:
        raise InputError("unreadable", f"{name}: the mail has neither a text nor an HTML part; expected one of them.")
    length = sum(len(page.text) for page in plain)
    chosen = pages if pages and length < _STUB * sum(len(page.text) for page in pages) else plain or pages
    text = _without_end("\n\n".join(page.text for page in chosen if page.text))
    links = dict.fromkeys(link for page in chosen for link in page.links)
    if chosen is plain:
        links = dict.fromkeys(untracked(url) for url in addresses(text))
    return replace(chosen[0], text=text, links=tuple(links))


def _content(part: Message) -> tuple[bytes, str] | None:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return None
    try:
        charset = str(part.get_content_charset() or "")
    except (LookupError, ValueError):
        charset = ""
    return content, charset


def _plain(part: Message) -> Page | None:
    found = _content(part)
    if found is None:
        return None
    text = decode(*found).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
    return Page(text=text, media_type="text/plain")


def _page(part: Message, settings: Settings) -> Page | None:
    found = _content(part)
    if found is None:
        return None
    return html.read_page(*found, settings, whole=True)


def _unflowed(text: str, joined: bool) -> str:
    """Lines that a program broke, whole again (RFC 3676): a blank at the end of a line says that it goes on."""
    out: list[list[str]] = []
    open_ = False
    for line in text.split("\n"):
        line = line.removeprefix(" ")
        goes_on = line.endswith(" ") and line != "-- "
        piece = line[:-1] if goes_on and joined else line
        if open_ and line != "-- " and not line.startswith(">"):
            out[-1].append(piece)
        else:
            out.append([piece])
        open_ = goes_on
    return "\n".join("".join(pieces) for pieces in out)


def _without_end(text: str) -> str:
    """The text without its signature and without the foot of a list or newsletter."""
    lines = text.rstrip().split("\n")
    for number in range(max(0, len(lines) - _SIGNATURE), len(lines)):
        if number and lines[number].rstrip() == "--":
            lines = lines[:number]
            break
    first = max(1, len(lines) - max(_END, len(lines) // 4))
    for number in range(first, len(lines)):
        if len(lines[number]) < 400 and any(pattern.search(lines[number]) for pattern in _patterns("ends", "lines")):
            kept = lines[:number]
            return "\n".join(kept) if any(line.strip() for line in kept) else text
    return "\n".join(lines)


def _with_headers(page: Page, message: Message) -> Page:
    sender = _header(message, "From")
    sent = _dates.day(_header(message, "Date"))
    return replace(
        page,
        media_type="message/rfc822",
        title=_subject(_header(message, "Subject")) or page.title,
        author="",
        publisher=_sender(sender) or page.publisher,
        url=_header(message, "Archived-At").strip("<>") or page.url,
        language=_header(message, "Content-Language") or page.language,
        published=sent.isoformat() if sent else page.published,
    )


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    name = name.rpartition(" via ")[0] or name
    return one_line(name.strip("'\" ")) or address.rpartition("@")[2]


def _subject(value: str) -> str:
    value = one_line(value)
    for _ in range(_DEEPEST):
        shorter = value
        for pattern in _patterns("subject", "prefixes"):
            match = pattern.match(value)
            shorter = value[match.end() :] if match else shorter
        if shorter == value:
            return value
        value = shorter
    return value


def _header(message: Message, name: str) -> str:
    """A header decoded; of a very long one only the beginning, since decoding takes more than linear time."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    raw = str(raw)[: outside.LONGEST_HEADER]
    if any("\udc80" <= char <= "\udcff" for char in raw):
        try:
            return one_line(decode(raw.encode("ascii", "surrogateescape")))
        except (InputError, UnicodeEncodeError):
            return ""
    try:
        return str(email.policy.default.header_factory(name, " ".join(raw.split())))
    except (ValueError, LookupError, IndexError, AttributeError, TypeError, OverflowError, RecursionError):
        return ""


def _forwarded(page: Page) -> Page:
    """The message that a short note forwards, with the fields of its own head; else the mail itself."""
    lines = clean(page.text).split("\n")
    for number, line in enumerate(lines[:_HEAD_LINES]):
        if not _is_forward_mark(line):
            continue
        fields, after = _head_of(lines, number)
        if len(fields) >= 2 and ("from" in fields) and len("\n".join(lines[:number])) <= _COVER:
            rest = lines[after:]
            if rest and all(not one.strip() or one.startswith(">") for one in rest):
                rest = [one.removeprefix(">").removeprefix(" ") for one in rest]
            text = _without_end("\n".join(rest))
            if not text.strip():
                break
            sent = _dates.day(fields.get("date", ""))
            return replace(
                page,
                text=text,
                title=_subject(fields.get("subject", "")) or page.title,
                publisher=_sender(fields["from"]) or page.publisher,
                published=sent.isoformat() if sent else page.published,
            )
    return page


def _is_forward_mark(line: str) -> bool:
    marked = any(pattern.fullmatch(line.strip()) for pattern in _patterns("", "forward_marks"))
    return marked or _label(line)[0] == "from"


def _label(line: str) -> tuple[str, str]:
    """Which field a line of a head gives, and its value; "" for none."""
    name, colon, value = line.strip().strip("*>").replace("：", ":").partition(":")
    name = name.strip("* ").lower()
    kind = next((kind for kind, names in _data()["labels"].items() if name in names), "") if colon else ""
    return kind, value.strip("* ")


def _head_of(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """The fields below a mark, and where the text behind them begins."""
    fields: dict[str, str] = {}
    place = start if _label(lines[start])[0] else start + 1
    seen = False
    while place < len(lines):
        kind, value = _label(lines[place])
        if kind:
            fields.setdefault(kind, value)
            seen = True
        elif lines[place].strip() or seen:
            break
        place += 1
    return fields, place
