"""`rita5-score`: a beacon score after the published rules of activecm/rita v5, rebuilt as a baseline; never evidence.

Four sub-scores of equal weight on pairs with at least four distinct times and fewer than 86,400 connections: intervals,
bytes, histogram, duration. Like RITA's default import it leaves out what comes from outside. The modifiers (prevalence,
first seen, rare signature) are left out. It is not RITA, and says nothing about RITA's own speed or accuracy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geppo.model.relay import Detection
from geppo.relay.detect._sql import sections
from geppo.relay.detect._stage import Stage, moment

NAME = "rita5-score"
FAMILY = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScore:
    """A pair and its score in [0, 1]; times in seconds since 1970."""

    host: int
    peer: int
    score: float
    first: int
    last: int


def spread_score(quartiles: Sequence[float] | None, mad: float | None, default: float) -> float:
    """Mean of 1 - |Bowley skew| and (median - MAD) / median, as the rules say for intervals and bytes."""
    if not quartiles or mad is None:
        return 0.0
    low, middle, high = (float(one) for one in quartiles)
    skew = 0.0 if high - low < 10 or middle in (low, high) else (low + high - 2 * middle) / (high - low)
    steady = default if middle < 1 else max((middle - float(mad)) / middle, 0.0)
    return round((1 - abs(skew) + steady) / 2, 3)


def scores(stage: Stage) -> list[PairScore]:
    """All outbound pairs with enough connections, by host and peer."""
    found: list[PairScore] = []
    start = stage.first // 1_000_000
    for bucket in range(stage.buckets):
        rows = stage.connection.execute(
            sections("rita5_score.sql")["scores"], {"bucket": bucket, "start": start}
        ).fetchall()
        for host, peer, _, first, last, tq, tmad, sq, smad, cv, hours, common, longest in rows:
            even = max(1 - float(cv), 0.0)
            bimodal = min(float(common) / max(hours - 1, 1), 1.0) if hours >= 11 else 0.0
            cover = (last - first) / max(stage.span, 1.0)
            lasting = max(min(cover, 1.0), min(longest / 12, 1.0)) if hours >= 6 else 0.0
            parts = (spread_score(tq, tmad, 1.0), spread_score(sq, smad, 0.0), max(even, bimodal), lasting)
            found.append(PairScore(host=host, peer=peer, score=sum(parts) / 4, first=first, last=last))
    return found


def detect(stage: Stage) -> list[Detection]:
    """The best pair of each host, sorted by host; the score is no number of bits."""
    best: dict[int, PairScore] = {}
    for one in scores(stage):
        if one.host not in best or one.score > best[one.host].score:
            best[one.host] = one
    names = stage.names([one.peer for one in best.values()])
    return [
        Detection(
            detector=NAME,
            family=FAMILY,
            host=stage.hosts[host],
            peers=(names.get(one.peer, "?"),),
            first_seen=moment(one.first * 1_000_000),
            last_seen=moment(one.last * 1_000_000),
            score=one.score,
            false_rate=None,
            figures=(("score", one.score),),
        )
        for host, one in sorted(best.items())
    ]
