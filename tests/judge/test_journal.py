"""The journal: numbers in order of publication, outcomes that supersede, nothing ever changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo.errors import DataError, UsageError
from geppo.judge.journal import Journal
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Likelihood, Origins
from geppo.model.entity import Kind, Term

NOW = datetime(2030, 6, 1, tzinfo=UTC)


def _judgement(name: str, point: float | None = 0.6) -> Assessment:
    return Assessment(
        id=name,
        kind=AssessmentKind.CORROBORATION,
        subjects=(Term(kind=Kind.INTRUSION_SET, id="new:lynx", name="Copper Lynx"),),
        claims=(),
        likelihood=Likelihood(low=0.3, point=point, high=0.8) if point is not None else None,
        confidence=Confidence.LOW,
        origins=Origins(roots=("r",), repeats=()),
        detail=(("predicate", "targets"),),
    )


def test_entered_once_and_numbered_on(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    assert Journal(path).enter([_judgement("a"), _judgement("b", None), _judgement("c")], "2030-05", NOW) == 2
    assert Journal(path).enter([_judgement("c"), _judgement("d")], "2030-06", NOW) == 1
    assert [(one.number, one.assessment) for one in Journal(path).published] == [(1, "a"), (2, "c"), (3, "d")]


def test_a_later_outcome_supersedes_and_both_stay(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    Journal(path).enter([_judgement("a")], "2030-05", NOW)
    before = path.read_text()
    Journal(path).resolve(1, True, by="mk", note="indicted", entered=NOW)
    Journal(path).resolve(1, False, by="mk", note="charge withdrawn", entered=NOW)
    assert path.read_text().startswith(before)
    assert path.read_text().count('"outcome"') == 2
    (case,) = Journal(path).resolved("corroboration")
    assert (case.point, case.outcome, case.group, case.year) == (0.6, False, "Copper Lynx", 2030)
    assert Journal(path).resolved("overlap") == ()


def test_unknown_number_and_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    with pytest.raises(UsageError, match="no judgement 1; it has 0"):
        Journal(path).resolve(1, True, by="mk", note="x", entered=NOW)
    path.write_text('{"fact": "published"}\n')
    with pytest.raises(DataError, match="line 1"):
        Journal(path)
    path.write_text("not json\n")
    with pytest.raises(DataError, match="line 1: expected JSON"):
        Journal(path)
