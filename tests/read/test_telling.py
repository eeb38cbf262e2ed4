"""Days of telling: every row of the data fires in its lines and stays silent in its near-misses."""

from __future__ import annotations

import pytest

from geppo.read.telling import Row, acts, rows, told_then

LANGUAGES = ("en", "ja", "zh", "ru", "ko")
ROWS = [(code, row) for code in LANGUAGES for row in rows(code)]


def _told(line: str, code: str) -> bool:
    start, end = line.index("["), line.index("]") - 1
    text = line.replace("[", "").replace("]", "")
    return told_then(text, start, end, (0, len(text)), code)


@pytest.mark.parametrize(("code", "row"), ROWS)
def test_lines(code: str, row: Row) -> None:
    assert row.match
    assert row.near
    assert all(_told(line, code) for line in row.match), row.match
    assert not any(_told(line, code) for line in row.near), row.near


def test_what_only_an_announcement_dates_keeps_its_day() -> None:
    assert not acts() & {"counts", "arrests", "sanctions", "fixes", "signs", "discloses"}
