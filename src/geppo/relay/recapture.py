"""How many nodes there are when two vantages each see some: Chapman's estimator with a log-normal interval.

Chapman 1951 (Univ. Calif. Publ. Stat. 1); variance after Seber 1970; the interval after Chao 1987 (Biometrics 43),
which never goes below what was seen. It holds if both vantages look at the same time, independently, and each node
is as easy to see as the next; where nodes hide from both, the true number is higher.
"""

from __future__ import annotations

import math
from collections.abc import Set
from dataclasses import dataclass

_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Estimated number of nodes with its 95 % interval, and what it rests on."""

    low: float
    point: float
    high: float
    variance: float
    first: int
    second: int
    both: int


def chapman(first: Set[str], second: Set[str]) -> Estimate:
    """The estimate from two vantages' sets of addresses. Raises ValueError if either is empty."""
    if not first or not second:
        raise ValueError("chapman: expected two vantages that each saw at least one node")
    a, b, both = len(first), len(second), len(first & second)
    seen = len(first | second)
    point = (a + 1) * (b + 1) / (both + 1) - 1
    variance = (a + 1) * (b + 1) * (a - both) * (b - both) / ((both + 1) ** 2 * (both + 2))
    unseen = max(0.0, point - seen)
    if unseen <= 0.0:
        return Estimate(low=seen, point=max(point, seen), high=seen, variance=variance, first=a, second=b, both=both)
    factor = math.exp(_Z * math.sqrt(math.log(1 + variance / unseen**2)))
    return Estimate(
        low=seen + unseen / factor,
        point=point,
        high=seen + unseen * factor,
        variance=variance,
        first=a,
        second=b,
        both=both,
    )
