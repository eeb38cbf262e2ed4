"""Shared traits of two sides: one module per kind, found by `geppo.registry.family("geppo.judge.evidence")`.

A member has `KIND`, its name in `kinds.toml`, and

    shared(a: Side, b: Side, background: Background) -> Iterator[Item]

which yields one item per value that both sides show, in the order of the values; swapping the sides changes nothing.
A member decides whether a value says something at all (zero lists, everyday names) and passes the ratios of its row.
It never looks at other kinds: what one item implies (`implies`) and what belongs together (`group`) is settled by
`geppo.judge.overlap`. A value that says nothing is yielded with `used=False` and a reason; it is never left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from geppo.judge.evidence._side import Artefact, Side, Trait
from geppo.judge.evidence._table import NOTHING, Corner, Kind, QuestionKind, Ratio, kinds

__all__ = [
    "NOTHING",
    "UNKNOWN_BACKGROUND",
    "Artefact",
    "Background",
    "Corner",
    "Counts",
    "Item",
    "Kind",
    "QuestionKind",
    "Ratio",
    "Side",
    "Trait",
    "Use",
    "item",
    "kinds",
    "values_in_common",
]

_DAYS_A_YEAR = 365.25
_NAMES_A_SERVER = ("ip", "host", "url")


class Use(StrEnum):
    """How the times of use on both sides lie to each other."""

    UNKNOWN = "unknown"
    OVERLAPPING = "overlapping"
    DISJOINT = "disjoint"


class Background(Protocol):
    """What is known about a value outside the two sides: the store, warning lists, passive DNS, scan data."""

    def count(self, kind: str, value: str) -> int:
        """In how many unrelated documents (or for how many tenants) the value occurs; 0 where nobody knows it."""

    def zero(self, kind: str, value: str) -> str:
        """Why the value says nothing (sinkhole, parking, research scanner …), or an empty text."""

    def repeated(self, publisher: str, kind: str, value: str) -> tuple[int, int]:
        """For how many actors the publisher repeats the value, and how many actors the publisher reports on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A background from tables in memory, by (kind, value) or (publisher, kind, value)."""

    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    zeros: Mapping[tuple[str, str], str] = field(default_factory=dict)
    repeats: Mapping[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)

    def count(self, kind: str, value: str) -> int:
        """See Background."""
        return self.counts.get((kind, value), 0)

    def zero(self, kind: str, value: str) -> str:
        """See Background."""
        return self.zeros.get((kind, value), "")

    def repeated(self, publisher: str, kind: str, value: str) -> tuple[int, int]:
        """See Background."""
        return self.repeats.get((publisher, kind, value), (0, 0))


UNKNOWN_BACKGROUND = Counts(counts=MappingProxyType({}), zeros=MappingProxyType({}), repeats=MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One shared value.

    `group` is what it depends on (`server:…`, `sample`, `protocol`, `person`, `key`, `names`, `context`): one group is
    one observation. `ratios` are after rarity and age. `gap` is the distance of both uses in years. `hanging`: it was
    seen on the server in `group` and only describes its tenant. `placed`: both sides say on which server they saw it.
    `stated`: both reports print the value itself; it is not only the server of something else. `implies` are
    (kind, value) pairs that follow from it. `crowded`: the provider block behind it is known to be let to everybody.
    """

    kind: str
    value: str
    group: str
    corner: Corner
    network: bool
    forgeable: bool
    ratios: Mapping[QuestionKind, Ratio]
    gap: float
    use: Use
    hanging: bool
    placed: bool
    stated: bool
    crowded: bool
    implies: tuple[tuple[str, str], ...]
    used: bool
    reason: str


def values_in_common(kind: str, a: Side, b: Side) -> list[str]:
    """Values of a kind that both sides show, sorted."""
    return sorted(a.index.get(kind, {}).keys() & b.index.get(kind, {}).keys())


def _span(trait: Trait, side: Side) -> tuple[date, date] | None:
    published = side.date
    starts = trait.first or trait.last or (published.start if published else None)
    ends = trait.last or trait.first or (published.end if published else None)
    return (starts, ends) if starts and ends else None


def _gap(left: Trait, right: Trait, a: Side, b: Side) -> float:
    one, other = _span(left, a), _span(right, b)
    if one is None or other is None:
        return 0.0
    days = max((other[0] - one[1]).days, (one[0] - other[1]).days, 0)
    return days / _DAYS_A_YEAR


def _use(left: Trait, right: Trait) -> Use:
    if not (left.first and left.last and right.first and right.last):
        return Use.UNKNOWN
    return Use.OVERLAPPING if left.first <= right.last and right.first <= left.last else Use.DISJOINT


def _stated(kind: str, value: str, side: Side) -> bool:
    return any(shown.type == kind or shown.server != value for shown in side.index[kind][value])


def _table(row: Kind, ordinary: bool, crowded: bool) -> Mapping[QuestionKind, Ratio]:
    if crowded and row.crowded:
        return row.crowded
    return row.ordinary if ordinary and row.ordinary else row.ratios


def item(
    kind: str,
    value: str,
    a: Side,
    b: Side,
    background: Background,
    *,
    group: str,
    row: str = "",
    implies: tuple[tuple[str, str], ...] = (),
    ordinary: bool = False,
    crowded: bool = False,
    drop: str = "",
) -> Item:
    """Build the item for a value that both sides show.

    `group` holds unless both sides saw the value on the same server, then the server is the group (never for context).
    `row` is the row of `kinds.toml` if it isn't `kind`'s own. `drop` is the reason for which the value says nothing.
    Ratios lose half of their distance to 1 every `half_value` years, and are divided by
    (1 + background count) ** rarity.
    """
    left, right = a.trait(kind, value), b.trait(kind, value)
    table = kinds()[row or kind]
    gap = _gap(left, right, a, b)
    age = 0.5 ** (gap / table.half_value) if table.half_value else 1.0
    common = (1 + background.count(kind, value)) ** table.rarity
    servers = [] if group == "context" else sorted(left.servers & right.servers)
    reason = drop or background.zero(kind, value)
    return Item(
        kind=kind,
        value=value,
        group=f"server:{servers[0]}" if servers else group,
        corner=table.corner,
        network=table.network,
        forgeable=table.forgeable,
        ratios={asked: ratio.divided(common).shrunk(age) for asked, ratio in _table(table, ordinary, crowded).items()},
        gap=gap,
        use=_use(left, right),
        hanging=bool(servers) and kind not in _NAMES_A_SERVER,
        placed=bool(left.servers and right.servers),
        stated=_stated(kind, value, a) and _stated(kind, value, b),
        crowded=crowded,
        implies=implies,
        used=not reason,
        reason=reason,
    )
