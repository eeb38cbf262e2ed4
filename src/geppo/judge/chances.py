"""Two counts with their exposures compared: the exact conditional test of two Poisson rates.

Given their sum, the count k1 of two Poisson counts with exposures t1 and t0 and equal rates is binomial with the share
t1 / (t1 + t0) (Przyborowski and Wilenski, Biometrika 31, 1940; Lehmann and Romano, Testing Statistical Hypotheses,
section 4.5). The range of the ratio of rates follows from the exact binomial interval (Clopper and Pearson, Biometrika
26, 1934). Several tests are read together by false discovery rate (Benjamini and Hochberg, J. R. Stat. Soc. B 57,
1995), without those that could never come out (Tarone, Biometrics 46, 1990).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Rate now over rate before: point and 5-95 % range (`inf` where nothing was before)."""

    low: float
    point: float
    high: float


def tail(k: int, n: int, share: float) -> float:
    """P(K >= k) for K binomial with n trials of probability `share`."""
    if k <= 0:
        return 1.0
    if k > n or share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    yes, no = math.log(share), math.log1p(-share)
    base = math.lgamma(n + 1)
    terms = (
        math.exp(base - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * yes + (n - i) * no) for i in range(k, n + 1)
    )
    return min(1.0, math.fsum(terms))


def two_sided(now: int, before: int, share: float) -> float:
    """p of two counts whose exposure is `share` and the rest: twice the smaller tail, at most 1."""
    n = now + before
    return min(1.0, 2.0 * min(tail(now, n, share), 1.0 - tail(now + 1, n, share)))


def least_p(n: int, share: float) -> float:
    """The smallest two-sided p that any split of n could give."""
    return min(two_sided(n, 0, share), two_sided(0, n, share))


def _share_at(level: float, k: int, n: int) -> float:
    """The share at which P(K >= k) is `level`; it grows with the share."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(k, n, middle) < level else (low, middle)
    return (low + high) / 2


def compare(now: int, before: int, share: float) -> Ratio:
    """Rate now over rate before, where `share` of the exposure is now's.

    Raises ValueError for a share outside 0 to 1 or a negative count.
    """
    if not (0.0 < share < 1.0 and now >= 0 and before >= 0):
        raise ValueError(f"expected counts from 0 and a share inside 0 to 1, got {now}, {before}, {share}")
    n, scale = now + before, (1.0 - share) / share

    def ratio(part: float) -> float:
        return math.inf if part >= 1.0 else part / (1.0 - part) * scale

    low = _share_at(0.05, now, n) if now else 0.0
    high = _share_at(0.95, now + 1, n) if before else 1.0
    return Ratio(low=ratio(low), point=ratio(now / n if n else 0.5), high=ratio(high))


def discoveries(chances: Sequence[float], rate: float) -> float:
    """The largest p that still counts where a share `rate` of the findings may be false; -1 where none does."""
    ordered = sorted(chances)
    kept = [p for place, p in enumerate(ordered, start=1) if p <= rate * place / len(ordered)]
    return kept[-1] if kept else -1.0
