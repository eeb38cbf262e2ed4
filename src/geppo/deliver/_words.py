"""The words of the page: labels of one language, and dates as that language prints them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources

from geppo.errors import DataError
from geppo.model.time import Period, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Labels of one language by group and key."""

    language: str
    groups: Mapping[str, Mapping[str, str]]

    def ui(self, key: str, **values: object) -> str:
        """A word of the page. Raises DataError for a key that labels.<language>.toml does not have."""
        try:
            return self.groups["ui"][key].format(**values)
        except KeyError as error:
            raise DataError(f"labels.{self.language}.toml: expected [ui] {key}") from error

    def of(self, group: str, key: str) -> str:
        """The word for a value of the model; a value without a word is shown as it is, with blanks for hyphens."""
        return self.groups.get(group, {}).get(key) or key.replace("-", " ")

    def mark(self, key: str) -> str:
        """A mark between parts of a line: comma, colon, open and close bracket, dash, list, between (two sentences)."""
        return self.groups["mark"][key]

    def bracketed(self, text: str) -> str:
        """`text` in brackets, with the blank before them that the language wants."""
        return f"{self.mark('open')}{text}{self.mark('close')}"

    def _date(self, form: str, **values: object) -> str:
        return self.groups["date"][form].format(**values)

    def _month_name(self, number: int) -> str:
        return self.groups["month"].get(str(number), str(number))

    def day(self, value: date) -> str:
        """`2025 年 11 月 18 日` or `18 November 2025`."""
        return self._date("day", year=value.year, month=self._month_name(value.month), day=value.day)

    def month(self, year: int, month: int) -> str:
        """`2025 年 11 月` or `November 2025`."""
        return self._date("month", year=year, month=self._month_name(month))

    def period(self, value: Period) -> str:
        """The month that an issue covers."""
        return self.month(value.year, value.month)

    def when(self, value: When) -> str:
        """A day, month, year or span, no finer than it is known."""
        if value.is_day:
            return self.day(value.start)
        if value.is_month:
            return self.month(value.start.year, value.start.month)
        if value.is_year:
            return self._date("year", year=value.start.year)
        return self.span(value.start, value.end)

    def span(self, start: date, end: date) -> str:
        """One day, or the first and the last day."""
        return self.day(start) if start == end else self._date("span", start=self.day(start), end=self.day(end))

    def moment(self, value: datetime) -> str:
        """Day, time and zone; a time without a zone is taken as UTC."""
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        offset = aware.strftime("%z")
        zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}"
        clock = f"{aware.hour:02d}:{aware.minute:02d}"
        return self._date("moment", day=self.day(aware.date()), clock=clock, zone=zone)


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """The labels of a language.

    Raises DataError where there is no labels file for it.
    """
    file = resources.files("geppo.deliver").joinpath(f"labels.{language}.toml")
    if not (language.isalpha() and language.isascii() and file.is_file()):
        raise DataError(f"no page labels for language {language!r}; expected a file labels.{language}.toml")
    return Words(language=language, groups=tomllib.loads(file.read_text(encoding="utf-8")))
