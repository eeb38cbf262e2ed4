"""Files to documents: which reader fits, what the file says of itself, and defaults where it says nothing.

A reader is one module of this package: `can_read(data, name)`, `read(fetched, settings) -> Page` and `RANK`, the order
in which readers are asked. Files are told apart by content; a name only helps where the content leaves a doubt.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import PurePosixPath
from types import ModuleType
from urllib.parse import urlsplit

from geppo import registry
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.marking import Tlp
from geppo.model.report import Document, Fetched
from geppo.read.text import _dates
from geppo.read.text._clean import clean, one_line
from geppo.read.text._fields import fields
from geppo.read.text._links import web_address
from geppo.read.text._page import Page
from geppo.read.text._tongue import language_of

_EARLY = 3_000
_TITLE = 120
_EASTMOST = timezone(timedelta(hours=14))
"""The zone whose day begins first: no place on Earth has a later date at a given moment."""

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(fetched: Fetched, settings: Settings) -> Document:
    """The document that `fetched` holds.

    Raises InputError with kind empty, binary, encoding, unsupported, unreadable, too-large, no-date, future-date or
    marking. The text is never cut.
    """
    _refuse_binary(fetched)
    page = _reader(fetched).read(fetched, settings)
    text = clean(page.text)
    if not text:
        raise InputError("empty", f"{fetched.name}: no text found in the file; expected a report with text in it.")
    most = settings.integer("collect.max_text")
    if len(text) > most:
        raise InputError("too-large", f"{fetched.name}: {len(text)} characters of text, at most {most} are read.")
    return _document(fetched, page, text)


@cache
def readers() -> tuple[ModuleType, ...]:
    """The readers in the order in which they are asked."""
    members = registry.family("geppo.read.text").members
    return tuple(sorted(members, key=lambda member: (member.RANK, member.__name__)))


def _reader(fetched: Fetched) -> ModuleType:
    return next(member for member in readers() if member.can_read(fetched.data, fetched.name))


def _binary_marks() -> tuple[tuple[bytes, str], ...]:
    return tuple((bytes.fromhex(row["mark"]), str(row["what"])) for row in fields()["binary"])


def _refuse_binary(fetched: Fetched) -> None:
    data = fetched.data
    if not data.strip():
        raise InputError("empty", f"{fetched.name}: the file is empty.")
    for mark, what in _binary_marks():
        if data.startswith(mark) and (len(mark) > 2 or b"\x00" in data[:512]):
            raise InputError(
                "binary", f"{fetched.name}: {what}, not a text; expected HTML, Markdown, text, PDF or mail."
            )
    if b"\x00" in data and not data.startswith(_WIDE_MARKS) and b"%PDF-" not in data[:1024]:
        raise InputError(
            "binary", f"{fetched.name}: holds NUL bytes, so it is no text; expected HTML, Markdown, text, PDF or mail."
        )


def _document(fetched: Fetched, page: Page, text: str) -> Document:
    declared = dict(fetched.declared)
    url = web_address(page.url) or web_address(declared.get("url", ""))
    said = one_line(page.language or declared.get("language", ""))
    language = language_of(text, said, sure=page.language_sure or not page.language)
    return Document(
        sha256=hashlib.sha256(fetched.data).hexdigest(),
        name=fetched.name,
        media_type=page.media_type,
        collected=fetched.collected,
        publisher=one_line(
            page.publisher or declared.get("publisher", "") or _host(url) or fetched.source or _stem(fetched.name)
        ),
        title=one_line(page.title) or _first_line(text) or _stem(fetched.name),
        url=url,
        language=language,
        published=_published(fetched, page, text, language),
        text=text,
        links=page.links,
        note=page.note,
        marking=_marking(fetched.name, page.marking or declared.get("marking", "")),
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def _stem(name: str) -> str:
    return PurePosixPath(name).stem or name


def _first_line(text: str) -> str:
    """The first heading, else the first line, without marks, at most 120 characters."""
    lines = [line.strip() for line in text[:20_000].split("\n") if line.strip()]
    heading = next(
        (line for line in lines if line.startswith("#") and line.lstrip("#").strip()), lines[0] if lines else ""
    )
    return one_line(heading.lstrip("#-*>| ").rstrip("#* "), _TITLE)


def _published(fetched: Fetched, page: Page, text: str, language: str) -> date:
    """The page's own date, else what the source declared, else the first full date at the head of the text."""
    latest = _aware(fetched.collected).astimezone(_EASTMOST).date()
    declared = dict(fetched.declared).get("published", "")
    if page.published and page.language_sure and _dates.day(page.published) is None:
        raise InputError("no-date", f"{fetched.name}: published: {page.published!r} is no date; expected YYYY-MM-DD.")
    found = (
        _dates.day(page.published)
        or _dates.day(declared)
        or next(_dates.full_dates(text[:_EARLY], language, latest), None)
    )
    if found is None:
        raise InputError(
            "no-date",
            f"{fetched.name}: no date of publication. Add `published: YYYY-MM-DD` to the front matter, or a "
            '`<meta property="article:published_time" content="…">` to the page.',
        )
    if found > latest:
        raise InputError(
            "future-date",
            f"{fetched.name}: published {found}, after it was collected ({fetched.collected.date()}). Check the date.",
        )
    return found


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _marking(name: str, label: str) -> Tlp:
    """TLP 2.0 labels, with or without the prefix; TLP:WHITE is the old name of CLEAR."""
    key = label.strip().upper().removeprefix("TLP:").strip().replace("+", "_").replace(" ", "_").replace("-", "_")
    if key in {"", "WHITE"}:
        return Tlp.CLEAR
    try:
        return Tlp[key]
    except KeyError:
        known = ", ".join(one.label for one in Tlp)
        raise InputError("marking", f"{name}: marking {label!r} is not known; expected one of {known}.") from None
