"""Posterior odds from ranges: a sum of independent log ratios, each uniform over its range, on a fixed lattice.

The points are a rank-1 lattice (Korobov, 1959) of 2,039 points with multiplier 1487: no random numbers, the same
answer on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_POINTS = 2039
_MULTIPLIER = 1487
_TAIL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One factor of the odds: a range of log ratios (base e). `weights` is the range of its exponent."""

    low: float
    high: float
    weights: tuple[float, float] = (1.0, 1.0)

    @property
    def middle(self) -> float:
        """The log ratio at the middle of both ranges."""
        return (self.low + self.high) / 2 * sum(self.weights) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Probabilities at 5 %, 50 % and 95 % of the draws, not yet clipped or rounded."""

    low: float
    middle: float
    high: float


def log_odds(probability: float) -> float:
    """ln(p / (1 - p))."""
    return math.log(probability / (1.0 - probability))


@lru_cache(maxsize=64)
def _column(dimension: int) -> tuple[float, ...]:
    step = pow(_MULTIPLIER, dimension, _POINTS)
    return tuple((place * step % _POINTS + 0.5) / _POINTS for place in range(_POINTS))


def _quantile(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    odds = ordered[below] + (ordered[above] - ordered[below]) * (place - below)
    return 1.0 / (1.0 + math.exp(-odds))


def spread(terms: Iterable[Term]) -> Spread:
    """The distribution of the probability whose log odds are the sum of the terms."""
    sums = [0.0] * _POINTS
    dimension = 0
    for term in terms:
        width = term.high - term.low
        column = _column(dimension)
        dimension += 1
        if term.weights == (1.0, 1.0):
            sums = [total + term.low + width * share for total, share in zip(sums, column, strict=True)]
            continue
        weights = _column(dimension)
        dimension += 1
        least, range_ = term.weights[0], term.weights[1] - term.weights[0]
        sums = [
            total + (term.low + width * share) * (least + range_ * weight)
            for total, share, weight in zip(sums, column, weights, strict=True)
        ]
    sums.sort()
    return Spread(low=_quantile(sums, _TAIL), middle=_quantile(sums, 0.5), high=_quantile(sums, 1.0 - _TAIL))
