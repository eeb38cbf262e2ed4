"""Units of different reports that are about one matter, across languages: shared rare names, citations, time.

Names that occur in many units weigh little; countries, sectors and publishers weigh nothing. Pairs are only looked for
among units that share a name, so the work grows with the number of shared names and not with all pairs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from geppo.config import Settings
from geppo.judge.citations import Citations
from geppo.judge.followers import Followers
from geppo.judge.grouping import Group, Grouping
from geppo.judge.joins import join_nameless, join_parted, settle
from geppo.judge.marks import Marks
from geppo.judge.namesakes import Namesakes
from geppo.judge.retellings import Retellings
from geppo.judge.units import Unit

_NEIGHBOURS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Units of one matter, sorted by time, and the weight of each name over them."""

    id: str
    units: tuple[Unit, ...]
    terms: Mapping[str, float]


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    dot = math.fsum(value * many[key] for key, value in few.items() if key in many)
    if dot == 0.0:
        return 0.0
    norms = math.sqrt(math.fsum(v * v for v in one.values()) * math.fsum(v * v for v in other.values()))
    return dot / norms


class _Likeness:
    """How alike two units or groups are, with what distance in time takes and citations give."""

    def __init__(self, units: Sequence[Unit], citations: Citations, settings: Settings) -> None:
        self._citations, self._settings = citations, settings
        count = max(len(units), settings.integer("judge.stories.small_month"))
        held: dict[str, list[int]] = defaultdict(list)
        for place, unit in enumerate(units):
            for key in unit.terms:
                held[key].append(place)
        self.holders = held
        cap = settings.number("judge.stories.rarity_cap")
        rarity = {key: 1.0 + min(cap, math.log(count / len(places))) for key, places in held.items()}
        self.vectors = [{key: weight * rarity[key] for key, weight in unit.terms.items()} for unit in units]
        self.days = [citations.reports[unit.report].document.published.toordinal() for unit in units]
        self._units = units

    def nearness(self, gap: int) -> float:
        """Factor for a distance in days: 1 when near, falling evenly to 1 - far_loss."""
        near = self._settings.number("judge.stories.near_days")
        far = self._settings.number("judge.stories.far_days")
        share = min(1.0, max(0.0, (gap - near) / max(1.0, far - near)))
        return 1.0 - share * self._settings.number("judge.stories.far_loss")

    def cited(self, one: int, other: int) -> bool:
        """True where the report of one unit leans on the other's or copies it."""
        a, b = self._units[one].report, self._units[other].report
        graph = self._citations
        return b in graph.leans_on[a] or a in graph.leans_on[b] or graph.copy_of.get(a, a) == graph.copy_of.get(b, b)

    def pair(self, one: int, other: int) -> float:
        """Likeness of two units of different reports."""
        alike = _cosine(self.vectors[one], self.vectors[other])
        if self.cited(one, other):
            return alike + self._settings.number("judge.stories.citation")
        return alike * self.nearness(abs(self.days[one] - self.days[other]))

    def groups(self, one: Group, other: Group) -> float:
        """Likeness of two groups as wholes; parts of one page are nearer to a group that has another part of it."""
        gap = max(one.first - other.last, other.first - one.last, 0)
        pages = [{self._units[place].report for place in group.members} for group in (one, other)]
        alone = min(map(len, pages)) == 1
        extra = self._settings.number("judge.stories.same_report") if alone and pages[0] & pages[1] else 0.0
        return _cosine(one.total, other.total) * self.nearness(gap) + extra

    def is_page(self, group: Group) -> bool:
        """True for a group that holds parts of one page only."""
        return len({self._units[place].report for place in group.members}) == 1


def _neighbours(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    for at, place in enumerate(places):
        for later in places[at + 1 : at + 1 + _NEIGHBOURS]:
            yield place, later


def _candidates(likeness: _Likeness, units: Sequence[Unit], crowd: int) -> Iterator[tuple[int, int]]:
    seen: set[tuple[int, int]] = set()
    for key in sorted(likeness.holders):
        places = sorted(likeness.holders[key], key=lambda place: (likeness.days[place], place))
        pairs: Iterable[tuple[int, int]] = combinations(places, 2) if len(places) <= crowd else _neighbours(places)
        for one, other in pairs:
            pair = (min(one, other), max(one, other))
            if pair not in seen and units[one].report != units[other].report:
                seen.add(pair)
                yield pair


def find_clusters(units: Sequence[Unit], citations: Citations, marks: Marks, settings: Settings) -> tuple[Cluster, ...]:
    """Group units; every unit is in one cluster.

    Pairs are taken from the most alike down; two groups join where the groups as wholes are still alike enough, so one
    page that names two matters does not pull all their pages together.
    """
    units = sorted(units, key=lambda unit: (citations.order[unit.report], unit.id))
    likeness = _Likeness(units, citations, settings)
    least = settings.number("judge.stories.link")
    pairs = [
        (-round(value, 9), one, other)
        for one, other in _candidates(likeness, units, settings.integer("judge.stories.crowd"))
        if (value := likeness.pair(one, other)) >= least
    ]
    grouping = Grouping(units, likeness.vectors, citations)
    bonus = settings.number("judge.stories.citation")
    for _, one, other in sorted(pairs):
        a, b = grouping.home[one], grouping.home[other]
        if a == b:
            continue
        first, second = grouping.groups[min(a, b)], grouping.groups[max(a, b)]
        single = likeness.is_page(first) or likeness.is_page(second)
        extra = bonus if single and likeness.cited(one, other) else 0.0
        if likeness.groups(first, second) + extra >= least:
            grouping.join(a, b)
    retellings = Retellings(marks, citations, settings)
    Namesakes(grouping, marks, retellings, settings).part()
    join_nameless(grouping, settings)
    join_parted(grouping)
    Followers(grouping, retellings).bring()
    join_parted(grouping)
    settle(grouping)
    found = []
    for _, group in sorted(grouping.groups.items()):
        members = tuple(grouping.units[place] for place in sorted(group.members))
        found.append(Cluster(id=members[0].id, units=members, terms=dict(sorted(group.total.items()))))
    return tuple(found)
