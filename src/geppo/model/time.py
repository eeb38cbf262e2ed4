"""Dates that may be only a month or a span, and the month that an edition covers."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class When:
    """A day, month, year or other span, both ends included. Its precision is its length: nothing finer is implied."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a span must not end ({self.end}) before it starts ({self.start})")

    @property
    def is_day(self) -> bool:
        """True where the day is known."""
        return self.start == self.end

    @property
    def is_month(self) -> bool:
        """True where the span is exactly one calendar month."""
        return (
            self.start.day == 1
            and (self.start.year, self.start.month) == (self.end.year, self.end.month)
            and self.end.day == calendar.monthrange(self.end.year, self.end.month)[1]
        )

    @property
    def is_year(self) -> bool:
        """True where the span is exactly one calendar year."""
        return (self.start.month, self.start.day, self.end.month, self.end.day) == (1, 1, 12, 31) and (
            self.start.year == self.end.year
        )

    def overlaps(self, other: When) -> bool:
        """True where both spans share a day."""
        return self.start <= other.end and other.start <= self.end

    def within(self, other: When) -> bool:
        """True where this span lies inside the other one."""
        return other.start <= self.start and self.end <= other.end

    def iso(self) -> str:
        """ISO 8601: a day, `YYYY-MM`, `YYYY`, or `start/end`."""
        if self.is_day:
            return self.start.isoformat()
        if self.is_month:
            return f"{self.start.year:04d}-{self.start.month:02d}"
        if self.is_year:
            return f"{self.start.year:04d}"
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def day(value: date) -> When:
    """One day."""
    return When(start=value, end=value)


def month(year: int, number: int) -> When:
    """One calendar month."""
    return When(start=date(year, number, 1), end=date(year, number, calendar.monthrange(year, number)[1]))


def year(number: int) -> When:
    """One calendar year."""
    return When(start=date(number, 1, 1), end=date(number, 12, 31))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """The month that an edition looks back on."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `YYYY-MM`. Raises ValueError for anything else."""
        head, dash, tail = text.partition("-")
        if not (dash and len(head) == 4 and len(tail) == 2 and head.isascii() and tail.isascii()):
            raise ValueError(f"expected a month as YYYY-MM, got {text!r}")
        period = cls(year=int(head), month=int(tail))
        if not 1 <= period.month <= 12:
            raise ValueError(f"expected a month from 01 to 12, got {text!r}")
        return period

    @property
    def span(self) -> When:
        """First to last day."""
        return month(self.year, self.month)

    @property
    def previous(self) -> Period:
        """The month before."""
        return Period(year=self.year - (self.month == 1), month=(self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
