"""Moments as feeds and mails print them. Zone names are read here: feedparser takes 06:01 JST for 06:01 UTC."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import cache
from importlib import resources
from typing import Any

import re2

from geppo.language.dates import find_dates

_LONGEST = 120
_ISO = re2.compile(r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
_EASTERN = re2.compile(
    r"^(\d{4})\s?[年년/.]\s?(\d{1,2})\s?[月월/.]\s?(\d{1,2})[日일.]?(?:\s.*?(\d{1,2}):(\d{2})(?::\d{2})?)?$"
)
_FAR = date.max - timedelta(days=800)


@cache
def _zones() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("zones.toml").read_text(encoding="utf-8"))


def zone(name: str, language: str = "") -> timezone | None:
    """A zone by the name printed, or None. `language` settles names that two countries use (CST)."""
    table = _zones()
    own = table["language"].get(language[:2].lower(), {})
    minutes = own.get(name, table["minutes"].get(name))
    return None if minutes is None else timezone(timedelta(minutes=int(minutes)))


def moment(text: str, language: str = "") -> datetime | None:
    """ISO 8601, RFC 5322 with any of the known zone names, or a date in words; UTC where no zone is printed.

    The date of the result is the one printed: it stays in its own zone.
    """
    # Escapes of JSON may hold half a character, which the expressions below cannot take.
    words = text[: _LONGEST + 1].encode("utf-8", "replace").decode().split()
    if not words or len(text) > _LONGEST:
        return None
    if len(words) > 1 and words[-1][:1] == "(" and words[-2][:1] in "+-":
        words.pop()
    where = zone(words[-1].strip("()"), language) if len(words) > 1 else None
    bare = " ".join(words[:-1] if where is not None else words)
    found = _iso(bare) or _mail(bare) or _eastern(bare) or _worded(bare, language)
    if found is None:
        return None
    # Where no offset is printed email.utils says zero, so the zone named wins.
    return found.replace(tzinfo=where or found.tzinfo or UTC)


def _iso(text: str) -> datetime | None:
    match = _ISO.match(text)
    if match is None:
        return None
    day, minute, second, offset = match.groups()
    whole = f"{day}T{minute or '00:00'}:{second or '00'}{offset or ''}"
    try:
        return datetime.fromisoformat(whole)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    if ":" not in text:
        return None
    try:
        parts = parsedate_tz(text)
        if parts is None:
            return None
        offset = parts[9]
        where = timezone(timedelta(seconds=offset)) if offset is not None else None
        return datetime(*parts[:6], tzinfo=where)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def _eastern(text: str) -> datetime | None:
    match = _EASTERN.match(text)
    if match is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None


def _worded(text: str, language: str) -> datetime | None:
    """A day in words of the language, without its time."""
    if not any(char.isdigit() for char in text):
        return None
    code = language[:2].lower() or ("ru" if any("\u0400" <= char <= "\u04ff" for char in text) else "en")
    for dated in find_dates(text, code, _FAR):
        if dated.when.is_day and any(char.isdigit() for char in text[dated.start : dated.end]):
            day = dated.when.start
            return datetime(day.year, day.month, day.day)
    return None


def day_of(text: str, language: str = "") -> date | None:
    """The date printed, or None."""
    found = moment(text, language)
    return found.date() if found is not None else None
