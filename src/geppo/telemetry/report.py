"""What became of each file: rows, bad rows with samples, first and last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geppo.model.report import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A line that could not be taken as it stands. `line` counts from 1; None where the file has no lines (Parquet)."""

    line: int | None
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The sums of one file.

    `rows` are in the view, `doubtful` of them lost an optional value that was no value of its kind; `bad` lines are
    not in the view; `other` are records of another kind (alerts between flows, summary lines). Times are UTC.
    """

    name: str
    format: str
    rows: int
    doubtful: int
    bad: int
    other: int
    first: datetime | None
    last: datetime | None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All files in the order of their names; files that hold something else; what could not be read.

    `joined` one-sided records became part of a connection that another record stands for: the view of flows has
    `rows - joined` rows. `unpaired` of these are one-sided still: nobody recorded the other direction.
    """

    files: tuple[FileReport, ...] = ()
    joined: int = 0
    unpaired: int = 0
    passed_over: tuple[tuple[str, str], ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def rows(self) -> int:
        """Rows read, those of certificate logs included."""
        return sum(one.rows for one in self.files)

    @property
    def bad(self) -> int:
        """Lines that are not in the view because a needed value was missing or wrong."""
        return sum(one.bad for one in self.files)
