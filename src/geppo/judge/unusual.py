"""How unusual it is that two states' groups meet, against the months before: a surprise in bits.

With n the sightings of a pair in the months before (one a house and month), N those of all pairs, and q the share that
the pair would have if who acts and who is acted against were unrelated (the product of both margins, each with one
sighting added for each of `judge.unusual.states` states), the pair's share is p = (n + m q) / (N + m): Dirichlet
smoothing with the background q (Zhai and Lafferty, ACM TOIS 22, 2004), m = `judge.unusual.weight`. The surprise is
-log2 p. An agreement in force halves q for an act of one partner against the other, and its lack halves q for groups
that share something (`judge.unusual.agreement`): a judgement, which moves the rank by a bit and no likelihood at all.

Parts that an assessment gets: `surprise` (bits), `surprise.rank` and `surprise.of` (1 is the most unusual pair of the
month), `months` (before this one), `months.seen` (those that have the pair), `first` (`yes` where none has).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geppo.config import Settings
from geppo.judge.background import Observed
from geppo.judge.relations import Relations
from geppo.model.assessment import Assessment

Pair = tuple[str, str, str]
"""`states` (one acts against the other) or `shares` (both have something in common), and the two states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """How unusual a pair is: bits, months before, and how many of these have it."""

    bits: float
    months: int
    seen: int


class Unusual:
    """The months before (`months_compared`), as far as they tell how often two states meet."""

    def __init__(self, before: Sequence[Observed], settings: Settings) -> None:
        self._months = tuple(before)
        self._weight = settings.number("judge.unusual.weight")
        self._agreement = settings.number("judge.unusual.agreement")
        self._states = settings.integer("judge.unusual.states")
        self._full = settings.number("judge.unusual.full")
        self._counts: Counter[Pair] = Counter()
        for month in self._months:
            for category in month.sightings:
                if category[0] in ("states", "shares"):
                    kind, one, other = category
                    self._counts[kind, one, other] += len(month.origins(category))

    def of(self, pair: Pair, partners: bool) -> Surprise | None:
        """The surprise of a pair; None where too few months were judged before."""
        if not self._months:
            return None
        kind, one, other = pair
        held = {name: n for name, n in self._counts.items() if name[0] == kind}
        total = sum(held.values())
        either = kind == "shares"
        acting, struck = ((1, 2), (1, 2)) if either else ((1,), (2,))
        chance = self._margin(held, acting, one) * self._margin(held, struck, other) * (2 if either else 1)
        chance *= 1.0 if partners is either else self._agreement
        share = (held.get(pair, 0) + self._weight * chance) / (total + self._weight)
        seen = sum(pair in month.sightings for month in self._months)
        return Surprise(bits=round(-math.log2(min(1.0, share)), 2), months=len(self._months), seen=seen)

    def _margin(self, held: Mapping[Pair, int], sides: Sequence[int], state: str) -> float:
        """A state's share of a side, or of both, with one sighting added for each state that may stand there."""
        counts: Counter[str] = Counter()
        for name, n in held.items():
            for side in sides:
                counts[name[side]] += n
        return (counts[state] + 1) / (counts.total() + max(self._states, len(counts.keys() | {state})))

    def weight(self, surprise: Surprise | None) -> float:
        """What a pair weighs in the rank of stories, 0 to 1; in full where nothing is known of the months before."""
        return 1.0 if surprise is None else min(1.0, surprise.bits / self._full)


def rated(relations: Relations, unusual: Unusual) -> Relations:
    """Relations with the surprise of each pair, the most unusual pair first."""
    found: dict[Pair, Surprise] = {}
    weights: dict[tuple[str, str], float] = {}
    targeting = [(("states", one.get("source"), one.get("target")), True) for one in relations.partner_targeting]
    sharing = [(("shares", *one.states), one.pact is not None) for one in relations.sharing]
    for pair, partners in (*targeting, *sharing):
        surprise = unusual.of(pair, partners)
        low, high = sorted(pair[1:])
        weights[low, high] = max(weights.get((low, high), 0.0), unusual.weight(surprise))
        if surprise is not None:
            found[pair] = surprise
    ranked = _ranks(found)

    def parts(pair: Pair) -> tuple[tuple[str, str], ...]:
        return _parts(found[pair], ranked[pair], len(ranked)) if pair in found else ()

    def rank(pair: Pair) -> int:
        return ranked.get(pair, 0)

    rows = [(pair, one) for (pair, _), one in zip(targeting, relations.partner_targeting, strict=True)]
    shared = [(pair, one) for (pair, _), one in zip(sharing, relations.sharing, strict=True)]
    return replace(
        relations,
        partner_targeting=tuple(_with(one, parts(pair)) for pair, one in sorted(rows, key=lambda row: rank(row[0]))),
        sharing=tuple(replace(one, unusual=parts(pair)) for pair, one in sorted(shared, key=lambda row: rank(row[0]))),
        weights=weights,
    )


def _ranks(found: Mapping[Pair, Surprise]) -> dict[Pair, int]:
    """Place of each pair, the most bits first; pairs with equal bits share a place."""
    bits = sorted((one.bits for one in found.values()), reverse=True)
    return {pair: bits.index(one.bits) + 1 for pair, one in sorted(found.items())}


def _parts(one: Surprise, rank: int, pairs: int) -> tuple[tuple[str, str], ...]:
    return (
        ("surprise", f"{one.bits:g}"),
        ("surprise.rank", str(rank)),
        ("surprise.of", str(pairs)),
        ("months", str(one.months)),
        ("months.seen", str(one.seen)),
        ("first", "" if one.seen else "yes"),
    )


def _with(one: Assessment, parts: Iterable[tuple[str, str]]) -> Assessment:
    return replace(one, detail=(*one.detail, *parts))
