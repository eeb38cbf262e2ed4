"""PDF: the text of each page in reading order, without what repeats on pages, lines joined to paragraphs.

A page with more pieces than geometry can put in order in time is read in the order of the file.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from geppo import linear
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import _dates
from geppo.read.text._clean import one_line
from geppo.read.text._page import Page
from geppo.read.text.markdown import addresses

if TYPE_CHECKING:
    from geppo.read.text import _glyphs

RANK = 10
_CREATED = linear.compile(r"D:(\d{4})(\d{2})(\d{2})")
_HEAD_LINES = 30
_TITLE_LINES = 8
_SHORT = 80
_SLOW_PRINTING = 400
"""Days that a file may have been made after the day it prints."""


def can_read(data: bytes, name: str) -> bool:
    """The mark `%PDF-` within the first kilobyte (ISO 32000-1, annex H)."""
    del name
    return b"%PDF-" in data[:1024]


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError: "unreadable" for a broken or locked file, "too-large" for too many pages or characters."""
    from geppo.read.text import _flow
    from geppo.read.text._pdfhouse import sheets_of

    sheets, fields = sheets_of(fetched.data, fetched.name, settings)
    title = one_line(_title(fields.get("Title", ""), sheets))
    text = _flow.text_of(sheets, title)
    if not text.strip():
        raise InputError("empty", f"{fetched.name}: the PDF holds no text (a scan?); expected one with text in it.")
    return Page(
        text=text,
        media_type="application/pdf",
        title=title,
        author=fields.get("Author", ""),
        publisher=fields.get("Author", ""),
        published=_published(text, fields.get("CreationDate", "")),
        links=addresses(text),
    )


@cache
def _no_titles() -> tuple[Any, ...]:
    from geppo.read.text import _flow

    return tuple(linear.compile("(?i)" + pattern) for pattern in _flow.data()["no_titles"])


def _title(told: str, sheets: list[_glyphs.Sheet]) -> str:
    """The title in the file's fields, unless a program wrote it there; else the largest type on the first page."""
    told = told.strip()
    if told and not any(pattern.search(told) for pattern in _no_titles()):
        return told
    from geppo.read.text import _flow

    return _flow.largest(sheets[0]) if sheets else ""


def _published(text: str, created: str) -> str:
    """The day that the first lines print as that of publication, if the file may be of that day; else the file's."""
    match = _CREATED.match(created)
    made = _dates.day("-".join(match.groups())) if match else None
    lines = [line for line in text.split("\n") if line.strip()][:_HEAD_LINES]
    told = _dates.date_lines(lines)
    near = next(
        (when for line in lines[:_TITLE_LINES] if len(line) <= _SHORT for when in _dates.full_dates(line)), None
    )
    for printed in (told.published, told.bare, told.updated, near):
        if printed is not None and (made is None or _fits(printed, made)):
            return printed.isoformat()
    return made.isoformat() if made else ""


def _fits(printed: date, made: date) -> bool:
    return -1 <= (made - printed).days <= _SLOW_PRINTING
