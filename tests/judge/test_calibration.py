"""Calibration: the refit, the scores against their definitions, and words no finer than the record."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.judge.calibration import (
    Platt,
    Resolved,
    auc,
    average_precision,
    base_brier,
    brier,
    error,
    fit,
    table,
    weights,
    yearly,
)
from geppo.model.assessment import Band

POINTS = st.floats(0.01, 0.99)
CASES = st.lists(st.builds(Resolved, point=POINTS, outcome=st.booleans()), min_size=2, max_size=40)


def _made(said: float, true: int, untrue: int, **more: object) -> list[Resolved]:
    base = {"group": "", "year": 0, **more}
    return [
        Resolved(point=said, outcome=outcome, group=str(base["group"]), year=int(str(base["year"])))
        for outcome, times in ((True, true), (False, untrue))
        for _ in range(times)
    ]


def test_a_well_calibrated_record_is_left_alone() -> None:
    cases = _made(0.2, 200, 800) + _made(0.8, 800, 200)
    refit = fit(cases, 10_000)
    assert refit.slope == pytest.approx(1.0, abs=0.01)
    assert refit.intercept == pytest.approx(0.0, abs=0.01)


def test_overstatement_is_pulled_down() -> None:
    cases = _made(0.2, 20, 380) + _made(0.9, 150, 250)
    refit = fit(cases, 10_000)
    assert refit(0.9) == pytest.approx(0.375, abs=0.01)
    assert brier([Resolved(point=refit(c.point), outcome=c.outcome) for c in cases]) < brier(cases)


def test_the_slope_never_turns() -> None:
    assert fit(_made(0.9, 0, 50) + _made(0.1, 50, 0), 100).slope == 0.0


def test_one_outcome_gives_no_refit() -> None:
    assert fit(_made(0.4, 9, 0), 20) == Platt()


def test_an_actor_counts_up_to_the_cap() -> None:
    cases = _made(0.5, 40, 2, group="busy") + _made(0.5, 1, 1, group="calm")
    held = weights(cases, 20)
    assert math.fsum(weight for weight, case in zip(held, cases, strict=True) if case.outcome) == pytest.approx(21.0)
    assert all(weight == 1.0 for weight, case in zip(held, cases, strict=True) if not case.outcome)


def test_a_year_is_tested_on_older_ones_only() -> None:
    old = _made(0.9, 10, 30, year=2028)
    new = _made(0.9, 5, 5, year=2029)
    assert [case.point for case in yearly(old + new, 100)] == [pytest.approx(fit(old, 100)(0.9))] * 10
    assert yearly(old, 100) == ()


@settings(deadline=None)
@given(CASES)
def test_auc_is_the_share_of_ordered_pairs(cases: Sequence[Resolved]) -> None:
    yes, no = [c.point for c in cases if c.outcome], [c.point for c in cases if not c.outcome]
    if not yes or not no:
        assert math.isnan(auc(cases))
        return
    wins = sum((a > b) + (a == b) / 2 for a in yes for b in no)
    assert auc(cases) == pytest.approx(wins / (len(yes) * len(no)))


@settings(deadline=None)
@given(CASES)
def test_scores_keep_their_bounds(cases: Sequence[Resolved]) -> None:
    assert 0.0 <= brier(cases) <= 1.0
    assert 0.0 <= base_brier(cases) <= 0.25
    assert 0.0 <= error(cases) <= 1.0
    assert math.isnan(average_precision(cases)) or 0.0 < average_precision(cases) <= 1.0


@settings(deadline=None)
@given(CASES, st.integers(0, 10))
def test_the_table_holds_every_case_once(cases: Sequence[Resolved], least: int) -> None:
    rows = table(cases, least)
    assert sum(row.cases for row in rows) == len(cases)
    names = [name for row in rows for name in row.bands]
    assert names == sorted(names, key=list(Band).index)
    assert all(row.cases >= min(least, len(cases)) for row in rows)


def test_few_cases_merge_bands() -> None:
    cases = _made(0.3, 10, 15) + _made(0.5, 2, 1) + _made(0.7, 20, 5)
    assert [(row.bands, row.cases) for row in table(cases, 20)] == [
        ((Band.UNLIKELY,), 25),
        ((Band.ROUGHLY_EVEN, Band.LIKELY), 28),
    ]
