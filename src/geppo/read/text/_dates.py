"""Dates of publication as files print them: fields, stamps and the line under a heading.

A line may hold several dates; the word before a date (or right behind it) says whether it is of the publication or of
a later change. A date without its year is completed only from another date of the same page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import re2

from geppo import linear
from geppo.language.dates import Dated, find_dates
from geppo.read.text._fields import fields

_ISO = linear.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DIGITS = linear.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}(?:Z|[+-]\d{2}:?\d{2})?)?")
_SLASHES = linear.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\.?(?:[ T(（].*)?")
_YEAR_LAST = linear.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T,].*)?")
_YEAR = linear.compile(r"(?:19|20)\d\d|令和|平成|昭和")
_KOREAN = linear.compile(r"(\d{1,2})월 (\d{1,2}),? ((?:19|20)\d\d)")
_STAMP = linear.compile(r"\d{4}-\d{2}-\d{2}T(\d{2}):(\d{2}).*(?:Z|[+-]00:?00)")
_FAR = date.max - timedelta(days=800)
_LONGEST = 200
_BEHIND = 8
_OTHER = 40
_SENTENCE = 60
_ENDS = (".", "。", "!", "！")
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What the lines of a page say of its dates: the first of each kind, or None. `bare` stands without a word."""

    published: date | None = None
    updated: date | None = None
    bare: date | None = None


def day(value: str) -> date | None:
    """A date field: ISO 8601, eight digits, YYYY/MM/DD, RFC 5322, or words with the year. Zones stay as printed.

    A date such as 03/04/2026, which two countries read differently, is none.
    """
    value = value.strip()
    for pattern in (_ISO, _DIGITS, _SLASHES):
        match = pattern.fullmatch(value)
        if match:
            return _calendar(*(int(part) for part in match.groups()))
    match = _YEAR_LAST.fullmatch(value)
    if match:
        one, two, year = (int(part) for part in match.groups())
        if one > 12 or one == two:
            return _calendar(year, two, one)
        return _calendar(year, one, two) if two > 12 else None
    try:
        return parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    return next(full_dates(value), None) if 5 < len(value) < 60 else None


def _calendar(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _ordered(text: str) -> str:
    """Text with the Korean form that follows the English order (`2월 27 2026`) in the usual one."""
    match = _KOREAN.search(text) if "월 " in text else None
    if match is None:
        return text
    return f"{text[: match.start()]}{match.group(3)}년 {match.group(1)}월 {match.group(2)}일{text[match.end() :]}"


def full_dates(text: str, language: str = "", latest: date = _FAR) -> Iterator[date]:
    """Days that are printed with their year. Without a language the script decides."""
    text = _ordered(text)
    for dated in find_dates(text, language or _language(text), latest):
        if dated.when.is_day and _YEAR.search(text[dated.start : dated.end]):
            yield dated.when.start


def _language(text: str) -> str:
    """The language whose forms a date line can have; Chinese lines are read by the Japanese forms."""
    for char in text:
        if "\u3041" <= char <= "\u9fff":
            return "ja"
        if "\uac00" <= char <= "\ud7a3":
            return "ko"
        if "\u0400" <= char <= "\u04ff":
            return "ru"
    return "en"


@cache
def _labels(name: str) -> tuple[str, ...]:
    return tuple(str(word) for word in fields()["labels"][name])


@cache
def _either() -> Any:
    """Finds a word for either kind; its group tells which."""
    groups = []
    for kind in ("updated", "published", "other"):
        words = sorted(_labels(kind), key=len, reverse=True)
        groups.append(f"(?P<{kind}>{'|'.join(re2.escape(word) for word in words)})")
    return linear.compile("|".join(groups))


def _labelled(before: str, after: str) -> tuple[str, int]:
    """`updated`, `published`, `other` or "" by the words around a date, and how much behind it was used up.

    The nearest word before the date wins.
    """
    last = None
    for match in _either().finditer(before):
        last = match
    if last is not None and _beside(before[last.end() :]):
        return str(last.lastgroup), 0
    bare = _TIME.sub("", after).lstrip(" )）】]")
    match = _either().match(bare[: _BEHIND * 2]) if bare else None
    if match is None or bare[match.end() :].lstrip("日 ").startswith((":", "：")):
        return "", 0
    return str(match.lastgroup), len(after) - len(bare) + match.end()


def date_lines(lines: Iterable[str], reference: date | None = None) -> Lines:
    """Read short lines in their order. `reference` is another date of the page, for dates without a year.

    A line that is nothing but a date is named by a line before it that is nothing but a label.
    """
    found: dict[str, date] = {}
    before = ""
    for line in lines:
        line = _ordered(line.strip())
        if not line or len(line) > _LONGEST or (len(line) > _SENTENCE and line.endswith(_ENDS)):
            before = ""
            continue
        for kind, when in _in_line(line, before, reference):
            found.setdefault(kind, when)
        before = line
    return Lines(published=found.get("published"), updated=found.get("updated"), bare=found.get("bare"))


def _in_line(line: str, before: str, reference: date | None) -> Iterator[tuple[str, date]]:
    low = line.lower()
    if len(low) != len(line):
        return
    at = 0
    for dated in find_dates(line, _language(line), reference or _FAR):
        with_year = _YEAR.search(line[dated.start : dated.end]) is not None
        if not dated.when.is_day or not (with_year or reference is not None):
            continue
        kind, used = _labelled(low[at : dated.start], low[dated.end :])
        signed = low.startswith("by ") or any(word in low for word in _labels("source"))
        if not kind and not at and (signed or _alone(line, dated.start, dated.end)):
            kind = _labelled(before.lower(), "")[0] if len(before) < 40 else ""
            kind = kind or "bare"
        if kind and kind != "other":
            yield kind, dated.when.start
        at = dated.end + used


_REST = linear.compile(r"[\p{L}]+")
_CLOCK = linear.compile(r"\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?|\d{1,2} ?[時时시](?: ?\d{1,2} ?[分분])?|[+-]\d{2}:?\d{2}")
_TIME = linear.compile(r"^[ T(（]*\d{1,2}:\d{2}(?::\d{2})?")


def _beside(rest: str) -> bool:
    """True for text in which nothing but weekdays, zones and the like is said."""
    return all(word in _labels("beside") or len(word) <= 1 for word in _REST.findall(rest))


def _alone(line: str, start: int, end: int) -> bool:
    """True where nothing but a weekday, a time and a zone stands beside the date."""
    return _beside((line[:start] + " " + line[end:]).lower())


def is_date_line(line: str, *, named: bool = False) -> bool:
    """True for a line that says when (and perhaps by whom), and nothing else; with `named`, only with a word for it."""
    if len(line) > _LONGEST:
        return False
    line = _ordered(line)
    dates = [dated for dated in find_dates(line, _language(line), _FAR) if dated.when.is_day]
    if not dates or not any(_YEAR.search(line[dated.start : dated.end]) for dated in dates):
        return False
    low = line.lower()
    gaps = "".join(low[a:b] for a, b in _gaps(dates, len(low)))
    if named and any(char.isdigit() for char in _CLOCK.sub("", gaps)):
        return False
    rest = _REST.findall(gaps)
    known = {word for name in ("updated", "published", "beside") for label in _labels(name) for word in label.split()}
    other = [word for word in rest if word not in known and len(word) > 1]
    sure = any(_labelled(low[: dated.start], low[dated.end :])[0] for dated in dates)
    sure = sure or any(word in low for word in _labels("source"))
    return (not other and not named) or (sure and sum(map(len, other)) <= _OTHER)


def _gaps(dates: list[Dated], length: int) -> Iterator[tuple[int, int]]:
    at = 0
    for dated in dates:
        yield at, dated.start
        at = dated.end
    yield at, length


def local(stamp: str, printed: date | None) -> date | None:
    """The day of a stamp; where it is in UTC and the page prints a day that some zone had then, the printed one."""
    stamped = day(stamp)
    match = _STAMP.fullmatch(stamp.strip())
    if stamped is None or printed is None or match is None or abs((printed - stamped).days) != 1:
        return stamped
    moment = datetime(stamped.year, stamped.month, stamped.day) + timedelta(
        hours=int(match.group(1)), minutes=int(match.group(2))
    )
    return printed if printed in {(moment + _EAST).date(), (moment - _WEST).date()} else stamped
