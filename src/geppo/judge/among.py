"""Links among many reports: pairs are looked for by the values they share, never one by one.

The prior of `same cluster` is that of two reports drawn at random, so a search needs no further division of it; what a
search brings by chance is said beside its links instead, as the number of them that are expected to be wrong. Values
that very many of the reports hold tell none of them apart; they are named with their count and open no pair.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from geppo.config import Settings
from geppo.errors import InputError
from geppo.judge.evidence import Background, Side
from geppo.judge.evidence.context import KINDS as CONTEXT_KINDS
from geppo.judge.overlap import SAME_CLUSTER, Judgement, assess
from geppo.judge.pairs import MAX_LINE, read_side


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One report of the search."""

    id: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two reports that share something, and what that is worth."""

    a: str
    b: str
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A value that opens no pair, since so many reports hold it."""

    kind: str
    value: str
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search found. `pairs` were compared in effect; those without a link share nothing that tells apart."""

    pairs: int
    links: tuple[Link, ...]
    common: tuple[Common, ...]

    def expected_wrong(self, least: float) -> float:
        """How many of the links with at least this likelihood are expected to be wrong."""
        points = [link.judgement.likelihood.point for link in self.links]
        return math.fsum(1 - point for point in points if point >= least)


class _Others:
    """A background: how many of the searched reports hold a value beside the two that are compared."""

    def __init__(self, holders: Mapping[tuple[str, str], list[int]], base: Background) -> None:
        self._holders, self._base = holders, base

    def count(self, kind: str, value: str) -> int:
        """See Background."""
        beside = max(0, len(self._holders.get((kind, value), ())) - 2)
        return beside + self._base.count(kind, value)

    def zero(self, kind: str, value: str) -> str:
        """See Background."""
        return self._base.zero(kind, value)

    def repeated(self, publisher: str, kind: str, value: str) -> tuple[int, int]:
        """See Background."""
        return self._base.repeated(publisher, kind, value)


def search(items: Sequence[Item], settings: Settings, base: Background) -> Search:
    """All links among some reports, the likeliest first; the order of the reports never matters."""
    items = sorted(items, key=lambda item: item.id)
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        for kind, values in item.side.index.items():
            if kind not in CONTEXT_KINDS:
                for value in values:
                    holders[kind, value].append(place)
    most = settings.integer("overlap.among.holders")
    common = [
        Common(kind=kind, value=value, reports=len(held)) for (kind, value), held in holders.items() if len(held) > most
    ]
    wanted = {pair for held in holders.values() if 2 <= len(held) <= most for pair in combinations(held, 2)}
    pairs = len(items) * (len(items) - 1) // 2
    background = _Others(holders, base)
    links = []
    for one, other in sorted(wanted):
        a, b = items[one], items[other]
        found = assess(a.side, b.side, question=SAME_CLUSTER, settings=settings, background=background, outlook=False)
        if any(row.used for row in found.evidence):
            links.append(Link(a=a.id, b=b.id, judgement=found))
    links.sort(key=lambda link: (-link.judgement.likelihood.point, link.a, link.b))
    return Search(
        pairs=pairs,
        links=tuple(links),
        common=tuple(sorted(common, key=lambda one: (-one.reports, one.kind, one.value))),
    )


def read_items(lines: Iterable[str]) -> Iterator[Item]:
    """Read reports from JSON lines `{id, date, publisher, artefacts, techniques}`.

    Raises InputError that names line and field; an id that comes twice is an error too.
    """
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix("\ufeff").strip()
        if not text:
            continue
        place = f"line {number}"
        if len(text) > MAX_LINE:
            raise InputError("pairs", f"{place}: expected at most {MAX_LINE} characters, got {len(text)}")
        try:
            raw: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError("pairs", f"{place}: expected one JSON object a line, got: {error}") from error
        if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
            raise InputError("pairs", f"{place}: expected an object with a text in the field id")
        if raw["id"] in seen:
            raise InputError("pairs", f"{place}: the id {raw['id']!r} came before; give each report its own")
        seen.add(raw["id"])
        yield Item(id=raw["id"], side=read_side({key: raw[key] for key in raw if key != "id"}, place))
