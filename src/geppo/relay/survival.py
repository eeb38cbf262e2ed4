"""How long nodes live: Kaplan and Meier's curve with right-censoring, Greenwood's variance, the median's interval.

Kaplan and Meier 1958 (J. Am. Stat. Assoc. 53); Greenwood 1926; the interval of S(t) is taken on the log(-log) scale,
and that of the median after Brookmeyer and Crowley 1982 (Biometrics 38). Small enough that no library is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.959964
"""97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Days from first to last sight of a node; `ended` is False where it was still there at the end."""

    days: float
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The survival curve at a time at which nodes ended: share alive with its 95 % interval, and nodes at risk."""

    days: float
    share: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """A survival curve. `median` and its ends are None where the curve (or its limit) does not come down to a half.

    `mean_window` is the plain mean of all windows, ended or not: what reports print, and too short where many are cut.
    """

    nodes: int
    ended: int
    mean_window: float
    median_window: float
    steps: tuple[Step, ...]
    median: float | None
    median_low: float | None
    median_high: float | None

    def at(self, days: float) -> float:
        """Share still alive after `days`."""
        share = 1.0
        for step in self.steps:
            if step.days > days:
                break
            share = step.share
        return share


def _interval(share: float, variance: float) -> tuple[float, float]:
    """95 % interval of S on the log(-log) scale; `variance` is Greenwood's sum of d / (n (n - d))."""
    if share >= 1.0:
        return 1.0, 1.0
    if share <= 0.0:
        return 0.0, 0.0
    width = _Z * math.sqrt(variance) / abs(math.log(share))
    return share ** math.exp(width), share ** math.exp(-width)


def _half(steps: Sequence[Step]) -> float | None:
    """Where the curve crosses a half; where it lies on a half, the middle of that stretch."""
    for place, step in enumerate(steps):
        if math.isclose(step.share, 0.5) and place + 1 < len(steps):
            return (step.days + steps[place + 1].days) / 2
        if step.share <= 0.5:
            return step.days
    return None


def survival(lives: Sequence[Life]) -> Survival:
    """The survival curve of nodes. Raises ValueError on no nodes or a negative life."""
    if not lives:
        raise ValueError("survival: expected at least one life")
    if any(life.days < 0 for life in lives):
        raise ValueError("survival: a life is negative: first seen after last seen")
    ordered = sorted(life.days for life in lives)
    ends: dict[float, int] = {}
    for life in lives:
        if life.ended:
            ends[life.days] = ends.get(life.days, 0) + 1
    share, variance = 1.0, 0.0
    steps: list[Step] = []
    for days in sorted(ends):
        at_risk = sum(one >= days for one in ordered)
        died = ends[days]
        share *= 1.0 - died / at_risk
        variance += died / (at_risk * (at_risk - died)) if at_risk > died else math.inf
        low, high = _interval(share, variance)
        steps.append(Step(days=days, share=share, low=low, high=high, at_risk=at_risk))
    middle = len(ordered) // 2
    return Survival(
        nodes=len(lives),
        ended=sum(ends.values()),
        mean_window=sum(ordered) / len(ordered),
        median_window=ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2,
        steps=tuple(steps),
        median=_half(steps),
        median_low=next((step.days for step in steps if step.low <= 0.5), None),
        median_high=next((step.days for step in steps if step.high <= 0.5), None),
    )


def decay(days: float, half_life: float) -> float:
    """What is left of a claim's weight after `days`, when half of the nodes are gone after `half_life` days."""
    return float(0.5 ** (max(0.0, days) / half_life))
