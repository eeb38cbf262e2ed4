"""Columns of spaces: IP address, time frame in words ("Feb. 7 – May 6 2022"), characterization."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from geppo.relay.lists import Listed, Unread, value_of

NAME = "address, time frame in words"

_HEAD = re.compile(r"^\s*IP address\s+(?:Active )?Timeframe\s+Characterization\s*$", re.IGNORECASE)
_ROW = re.compile(r"^\s*(\S{4,64})\s+([A-Z][^\t]{2,60}?\d{4})\s{2,}(\S.{0,100})$")
_TABBED = re.compile(r"^\s*(\S{4,64})\s+([A-Z][^\t]{2,60}?\d{4})\s*\t\s*(\S.{0,100})$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"^(?:(?P<month>[A-Za-z]{3,9})\.?)?\s*(?P<day>[0-9]{1,2})?(?:\s*,)?\s*(?P<year>[0-9]{4})?$")


@dataclass(frozen=True, slots=True)
class _Part:
    month: int | None
    day: int | None
    year: int | None


def reads(lines: Sequence[str]) -> bool:
    """True where a line is the head of the table."""
    return any(_HEAD.match(line) for line in lines[:50])


def _part(text: str) -> _Part | None:
    found = _DATE.match(text.strip())
    if found is None:
        return None
    month = None
    if found["month"]:
        short = found["month"][:3].lower()
        if short not in _MONTHS:
            return None
        month = _MONTHS.index(short) + 1
    return _Part(month, int(found["day"]) if found["day"] else None, int(found["year"]) if found["year"] else None)


def window(text: str) -> tuple[date, date] | None:
    """First and last day of a time frame in words; a month without a day begins on its first and ends on its last.

    The year stands at the end and holds for the beginning too where that has none; so does the month's name.
    """
    ends = re.split(r"\s*[–—-]\s*", text.strip())
    parts = [_part(end) for end in ends]
    if not 1 <= len(parts) <= 2 or any(part is None for part in parts):
        return None
    first, last = parts[0], parts[-1]
    if first is None or last is None or last.year is None:
        return None
    end_month = last.month or first.month
    begin_month = first.month or last.month
    if end_month is None or begin_month is None:
        return None
    try:
        end = date(last.year, end_month, last.day or monthrange(last.year, end_month)[1])
        begin = date(first.year or last.year, begin_month, first.day or 1)
    except ValueError:
        return None
    return (begin, end) if begin <= end else None


def entries(lines: Sequence[str]) -> Iterator[Listed | Unread]:
    """An entry for each row below a head; rules and headings are passed over."""
    below = False
    for number, line in enumerate(lines, start=1):
        if _HEAD.match(line):
            below = True
            continue
        if not line.strip() or set(line.strip()) <= {"-", "="}:
            continue
        row = _TABBED.match(line) or _ROW.match(line)
        found = value_of(row[1]) if row else value_of(line)
        if found is None:
            if below and value_of(line.split()[0]) is not None:
                yield Unread(line=number, text=line)
            continue
        kind, value, port = found
        span = window(row[2]) if row else None
        if row and span is None:
            yield Unread(line=number, text=line)
            continue
        yield Listed(
            line=number, kind=kind, value=value, port=port, role=row[3].strip() if row else "", open_ended=False,
            first_seen=span[0] if span else None, last_seen=span[1] if span else None,
        )  # fmt: skip
