"""Survival against a published example and a second way; capture-recapture against its formula."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.relay.recapture import chapman
from geppo.relay.survival import Life, decay, survival

# Freireich et al. 1963, remission under 6-MP, as every textbook of survival analysis prints it; + is censored.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
EXPECTED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def lives(text: str) -> list[Life]:
    return [Life(days=float(word.rstrip("+")), ended=not word.endswith("+")) for word in text.split()]


def test_the_textbook_curve() -> None:
    found = survival(lives(REMISSION))
    assert {int(step.days): round(step.share, 3) for step in found.steps} == EXPECTED
    assert (found.nodes, found.ended, found.median) == (21, 9, 23)
    assert found.median_low == 13
    assert found.median_high is None


def test_greenwood_at_ten_weeks() -> None:
    # Var S(10) = .753^2 * (3/(21*18) + 1/(17*16) + 1/(15*14)) = .0093, on the log(-log) scale .50 to .89.
    step = next(one for one in survival(lives(REMISSION)).steps if one.days == 10)
    assert (round(step.low, 2), round(step.high, 2)) == (0.50, 0.89)


def test_a_curve_that_lies_on_a_half_has_its_median_in_the_middle() -> None:
    assert survival(lives("2 4 10 20")).median == 7


def test_all_censored_has_no_median_but_a_mean_window() -> None:
    found = survival(lives("5+ 7+"))
    assert (found.median, found.steps, found.mean_window, found.at(100)) == (None, (), 6, 1.0)


def test_nothing_and_the_impossible_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        survival([])
    with pytest.raises(ValueError, match="negative"):
        survival([Life(days=-1, ended=True)])


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40))
def test_the_product_taken_day_by_day_agrees(pairs: list[tuple[int, bool]]) -> None:
    found = survival([Life(days=days, ended=ended) for days, ended in pairs])
    share = Fraction(1)
    for day in range(41):
        at_risk = sum(days >= day for days, _ in pairs)
        died = sum(days == day and ended for days, ended in pairs)
        if died:
            share *= Fraction(at_risk - died, at_risk)
        assert found.at(day) == pytest.approx(float(share), abs=1e-12)
    assert all(step.low <= step.share <= step.high for step in found.steps)


def test_half_of_the_weight_is_left_after_the_half_life() -> None:
    assert (decay(21, 21), decay(0, 21), decay(-3, 21)) == (0.5, 1.0, 1.0)


def test_chapman_by_its_formula() -> None:
    first, second = {f"a{n}" for n in range(200)}, {f"a{n}" for n in range(150, 300)}
    found = chapman(first, second)
    assert found.point == pytest.approx(201 * 151 / 51 - 1)
    assert found.variance == pytest.approx(201 * 151 * 150 * 100 / (51**2 * 52))
    assert 300 <= found.low < found.point < found.high
    assert (found.first, found.second, found.both) == (200, 150, 50)


def test_vantages_that_see_the_same_leave_nothing_open() -> None:
    same = {f"a{n}" for n in range(50)}
    found = chapman(same, same)
    assert (found.low, found.point, found.high) == (50, 50, 50)


def test_one_empty_vantage_is_refused() -> None:
    with pytest.raises(ValueError, match="two vantages"):
        chapman({"a"}, set())


def test_chapman_covers_the_truth_in_made_draws() -> None:
    import random

    chance = random.Random(5)
    everyone = [f"n{n}" for n in range(1000)]
    covered = 0
    for _ in range(200):
        a = {one for one in everyone if chance.random() < 0.4}
        b = {one for one in everyone if chance.random() < 0.3}
        found = chapman(a, b)
        covered += found.low <= 1000 <= found.high
    assert 180 <= covered <= 200
