"""Made records read once, in the form in which cases are written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from geppo import config
from geppo.config import Settings
from geppo.telemetry import Engine, Report

CASES = Path(__file__).parent.parent / "cases" / "telemetry"


def settings_with(**values: float | int | str) -> Settings:
    """The packaged settings with some values of the telemetry replaced (dots as underscores)."""
    known = config.load().known
    return Settings(known=known, values={f"telemetry.{name}": value for name, value in values.items()})


def plain(value: object) -> object:
    """A value as JSON can hold it."""
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def told(report: Report, below: Path) -> dict[str, Any]:
    """A report with names relative to a folder."""

    def short(name: str) -> str:
        return Path(name).relative_to(below).as_posix()

    return {
        "files": [
            {
                "name": short(one.name),
                "format": one.format,
                "rows": one.rows,
                "doubtful": one.doubtful,
                "bad": one.bad,
                "other": one.other,
                "first": plain(one.first),
                "last": plain(one.last),
                "samples": [[sample.line, sample.reason] for sample in one.samples],
            }
            for one in report.files
        ],
        "passed_over": [[short(name), what] for name, what in report.passed_over],
        "gaps": [[short(gap.source), gap.kind] for gap in report.gaps],
    }


def read(opener: Callable[..., Engine], paths: Sequence[Path], settings: Settings, below: Path) -> dict[str, Any]:
    """What an engine says of files, and the rows of its view without their nulls."""
    with opener(paths, settings) as engine:
        view = "flow" if opener.__name__ == "flows" else "service"
        cursor = engine.connection.execute(f"SELECT * FROM {view} ORDER BY ALL")
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
        return {**told(engine.report, below), "rows": [_row(names, row) for row in rows]}


def _row(names: list[str], row: tuple[object, ...]) -> dict[str, object]:
    return {name: plain(value) for name, value in zip(names, row, strict=True) if value is not None}
