"""How well likelihoods hold: ranking, Brier score, calibration error, and the yearly refit.

The refit is Platt's (1999): log odds of the outcome = slope * log odds of the judgement + intercept, the slope never
below zero, with a small ridge so that few cases move it little. One actor counts for at most so many positives, since
one prolific source would else decide (`overlap.calibration.actor_cap`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from geppo.model.assessment import Band, band

_STEPS = 50
_RIDGE = 1.0
_EDGE = 1e-4
_ENOUGH = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A judgement whose outcome is known. `group` is whose case it is (an actor), for weights and intervals."""

    point: float
    outcome: bool
    group: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Platt:
    """A refit: `slope` and `intercept` on log odds. Slope 1 and intercept 0 leave everything as it is."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, probability: float) -> float:
        """The refitted probability."""
        return _chance(self.slope * _logit(probability) + self.intercept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Judgements of one or more neighbouring bands: how many, what was said on average, what came true."""

    bands: tuple[Band, ...]
    cases: int
    said: float
    came: float


def _logit(probability: float) -> float:
    inside = min(1 - _EDGE, max(_EDGE, probability))
    return math.log(inside / (1 - inside))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def weights(cases: Sequence[Resolved], cap: int) -> list[float]:
    """1 for each case; of an actor with more positives than `cap` each counts its share of the cap."""
    positives = Counter(case.group for case in cases if case.outcome and case.group)
    return [
        min(1.0, cap / positives[case.group]) if case.outcome and case.group in positives else 1.0 for case in cases
    ]


def fit(cases: Sequence[Resolved], cap: int) -> Platt:
    """The refit over some cases; the identity where they hold only one outcome.

    Newton's method with halved steps where a full one would lead up; the loss is convex, so there is one answer.
    """
    if len({case.outcome for case in cases}) < 2:
        return Platt()
    rows = [(_logit(case.point), case.outcome, weight) for case, weight in zip(cases, weights(cases, cap), strict=True)]
    slope, intercept, loss = 1.0, 0.0, _loss(rows, 1.0, 0.0)
    for _ in range(_STEPS):
        across, down = _step(rows, slope, intercept)
        share = 1.0
        while share > _ENOUGH:
            new = max(0.0, slope - share * across), intercept - share * down
            if (now := _loss(rows, *new)) < loss:
                slope, intercept = new
                break
            share /= 2
        if share <= _ENOUGH or loss - now < _ENOUGH:
            break
        loss = now
    return Platt(slope=slope, intercept=intercept)


Rows = Sequence[tuple[float, bool, float]]


def _loss(rows: Rows, slope: float, intercept: float) -> float:
    """Weighted log loss with the ridge."""
    total = _RIDGE / 2 * (slope - 1.0) ** 2
    for x, outcome, weight in rows:
        odds = slope * x + intercept
        odds = -odds if outcome else odds
        total += weight * (max(odds, 0.0) + math.log1p(math.exp(-abs(odds))))
    return total


def _step(rows: Rows, slope: float, intercept: float) -> tuple[float, float]:
    """The full Newton step for slope and intercept."""
    g0, g1, h00, h01, h11 = 0.0, _RIDGE * (slope - 1.0), _ENOUGH, 0.0, _RIDGE
    for x, outcome, weight in rows:
        p = _chance(slope * x + intercept)
        wrong, bend = weight * (p - outcome), weight * p * (1 - p)
        g0, g1 = g0 + wrong, g1 + wrong * x
        h00, h01, h11 = h00 + bend, h01 + bend * x, h11 + bend * x * x
    determinant = h00 * h11 - h01 * h01
    return (h00 * g1 - h01 * g0) / determinant, (h11 * g0 - h01 * g1) / determinant


def yearly(cases: Sequence[Resolved], cap: int, after: int = 1) -> tuple[Resolved, ...]:
    """Cases as a refit on everything older than their year would have said them; the first `after` years are not
    tested."""
    years = sorted({case.year for case in cases})
    tested: list[Resolved] = []
    for year in years[after:]:
        refit = fit([case for case in cases if case.year < year], cap)
        tested += [replace(case, point=refit(case.point)) for case in cases if case.year == year]
    return tuple(tested)


def brier(cases: Sequence[Resolved]) -> float:
    """Mean squared distance of what was said to what came (Brier, 1950)."""
    return math.fsum((case.point - case.outcome) ** 2 for case in cases) / len(cases)


def base_brier(cases: Sequence[Resolved]) -> float:
    """The Brier score of always saying the base rate of these very cases."""
    share = sum(case.outcome for case in cases) / len(cases)
    return share * (1 - share)


def error(cases: Sequence[Resolved]) -> float:
    """Expected calibration error over the ICD 203 bands: distance of said and come, weighted by cases."""
    return math.fsum(abs(row.said - row.came) * row.cases for row in table(cases, 0)) / len(cases)


def auc(cases: Sequence[Resolved]) -> float:
    """Chance that a true case was given more than an untrue one, ties half (Mann-Whitney); nan without both."""
    ordered = sorted(cases, key=lambda case: case.point)
    positive = sum(case.outcome for case in cases)
    negative = len(cases) - positive
    if not positive or not negative:
        return math.nan
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end].point == ordered[at].point:
            end += 1
        ranks += (at + end + 1) / 2 * sum(case.outcome for case in ordered[at:end])
        at = end
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def average_precision(cases: Sequence[Resolved]) -> float:
    """Mean precision over the true cases, from the highest judgement down; ties are taken together."""
    ordered = sorted(cases, key=lambda case: -case.point)
    positive = sum(case.outcome for case in cases)
    found, total, at = 0, 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end].point == ordered[at].point:
            end += 1
        gained = sum(case.outcome for case in ordered[at:end])
        found += gained
        total += gained * found / end
        at = end
    return total / positive if positive else math.nan


def table(cases: Sequence[Resolved], least: int) -> tuple[Row, ...]:
    """Said and come by ICD 203 band; neighbours with fewer than `least` cases are merged.

    A word is no finer than its row: where two bands are merged, the record does not tell them apart.
    """
    order = list(Band)
    groups: list[tuple[list[Band], list[Resolved]]] = []
    for name in order:
        held = [case for case in cases if band(case.point) is name]
        if not held:
            continue
        if groups and len(groups[-1][1]) < least:
            groups[-1][0].append(name)
            groups[-1][1].extend(held)
        else:
            groups.append(([name], held))
    if len(groups) > 1 and len(groups[-1][1]) < least:
        bands, rest = groups.pop()
        groups[-1][0].extend(bands)
        groups[-1][1].extend(rest)
    return tuple(
        Row(
            bands=tuple(bands),
            cases=len(held),
            said=math.fsum(case.point for case in held) / len(held),
            came=sum(case.outcome for case in held) / len(held),
        )
        for bands, held in groups
    )
