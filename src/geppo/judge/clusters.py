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
from geppo.judge.units import Unit
from geppo.language.numbers import find_counts
from geppo.model.claim import Predicate
from geppo.model.entity import Kind
from geppo.model.report import Report

_NEIGHBOURS = 12
_SEVERAL = 2
_READ = 20_000
_SHORT = 10
_LONG = 1_000
_YEARS = range(1950, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Units of one matter, sorted by time, and the weight of each name over them."""

    id: str
    units: tuple[Unit, ...]
    terms: Mapping[str, float]


class _Group:
    """A cluster while it grows: the sum of its units' vectors."""

    def __init__(self, place: int, vector: Mapping[str, float], day: int) -> None:
        self.members = [place]
        self.total = dict(vector)
        self.first = self.last = day

    def take(self, other: _Group) -> None:
        self.members.extend(other.members)
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        for key, value in other.total.items():
            self.total[key] = self.total.get(key, 0.0) + value


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

    def groups(self, one: _Group, other: _Group) -> float:
        """Likeness of two groups as wholes; parts of one page are nearer to a group that has another part of it."""
        gap = max(one.first - other.last, other.first - one.last, 0)
        pages = [{self._units[place].report for place in group.members} for group in (one, other)]
        alone = min(map(len, pages)) == 1
        extra = self._settings.number("judge.stories.same_report") if alone and pages[0] & pages[1] else 0.0
        return _cosine(one.total, other.total) * self.nearness(gap) + extra

    def is_page(self, group: _Group) -> bool:
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


def find_clusters(units: Sequence[Unit], citations: Citations, settings: Settings) -> tuple[Cluster, ...]:
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
    home = list(range(len(units)))
    groups = {place: _Group(place, likeness.vectors[place], likeness.days[place]) for place in home}
    bonus = settings.number("judge.stories.citation")
    for _, one, other in sorted(pairs):
        a, b = sorted((home[one], home[other]))
        if a == b:
            continue
        single = likeness.is_page(groups[a]) or likeness.is_page(groups[b])
        extra = bonus if single and likeness.cited(one, other) else 0.0
        if likeness.groups(groups[a], groups[b]) + extra >= least:
            for place in groups[b].members:
                home[place] = a
            groups[a].take(groups.pop(b))
    _join_nameless(units, home, groups, citations, settings)
    _join_parted(units, home, groups, citations)
    _settle(units, home, groups)
    found = []
    for _, group in sorted(groups.items()):
        members = tuple(units[place] for place in sorted(group.members))
        found.append(Cluster(id=members[0].id, units=members, terms=dict(sorted(group.total.items()))))
    return tuple(found)


def _join_nameless(
    units: Sequence[Unit], home: list[int], groups: dict[int, _Group], citations: Citations, settings: Settings
) -> None:
    """Join parts without a name of their own whose concepts are alike, where one page credits the other, or both were
    published about the same time and print the same figures.
    """
    least = settings.number("judge.stories.concepts")
    nameless: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(units):
        if not unit.terms and unit.concepts:
            nameless[unit.report].append(place)
    credited = [
        (place, other)
        for report in sorted(nameless, key=lambda name: citations.order[name])
        for place in nameless[report]
        for page in citations.leans_on[report]
        for other in nameless.get(page, ())
    ]
    for place, other in (*credited, *_same_figures(nameless, citations, settings)):
        a, b = units[place].concepts, units[other].concepts
        low, high = sorted((home[place], home[other]))
        if low != high and len(a & b) >= least * len(a | b):
            for member in groups[high].members:
                home[member] = low
            groups[low].take(groups.pop(high))


def _same_figures(
    nameless: Mapping[str, Sequence[int]], citations: Citations, settings: Settings
) -> Iterator[tuple[int, int]]:
    """Parts of two pages that print one long figure or two short ones alike, within the time of near texts."""
    near, crowd = settings.integer("judge.stories.near_days"), settings.integer("judge.stories.crowd")
    figures = {report: _figures(citations.reports[report]) for report in nameless}
    holders: dict[float, list[str]] = defaultdict(list)
    for report in sorted(nameless, key=lambda name: citations.order[name]):
        for figure in figures[report]:
            holders[figure].append(report)
    pairs: set[tuple[str, str]] = set()
    for pages in holders.values():
        pairs.update(combinations(pages, 2) if len(pages) <= crowd else ())
    for one, other in sorted(pairs, key=lambda pair: (citations.order[pair[0]], citations.order[pair[1]])):
        days = [citations.reports[page].document.published.toordinal() for page in (one, other)]
        shared = figures[one] & figures[other]
        if abs(days[0] - days[1]) <= near and (len(shared) >= _SEVERAL or max(shared) >= _LONG):
            yield from ((place, further) for place in nameless[one] for further in nameless[other])


def _figures(report: Report) -> frozenset[float]:
    """Numbers that tell a page's matter from others: from 10 on, no percentages, no years."""
    document = report.document
    found = find_counts(document.text[:_READ], document.language)
    return frozenset(one.value for one in found if not one.percent and one.value >= _SHORT and one.value not in _YEARS)


def _join_parted(units: Sequence[Unit], home: list[int], groups: dict[int, _Group], citations: Citations) -> None:
    """Join two groups that the pages themselves hold together.

    Half of the pages of the smaller one have a part in the other, among them one with own observation: that house tells
    both as its one matter, and a page that is no copy of it does so too. A roundup observes nothing itself.
    """
    parts: dict[str, set[int]] = defaultdict(set)
    for place, unit in enumerate(units):
        parts[unit.report].add(home[place])
    shared: dict[tuple[int, int], set[str]] = defaultdict(set)
    for report, homes in parts.items():
        for pair in combinations(sorted(homes), 2):
            shared[pair].add(report)
    for (low, high), pages in sorted(shared.items()):
        texts = {citations.copy_of.get(page, page) for page in pages}
        own = any(citations.reports[page].own_observation for page in texts)
        if len(texts) < _SEVERAL or not own or low not in groups or high not in groups:
            continue
        sizes = [len({units[place].report for place in groups[at].members}) for at in (low, high)]
        if 2 * len(pages) >= min(sizes):
            for place in groups[high].members:
                home[place] = low
            groups[low].take(groups.pop(high))


def _settle(units: Sequence[Unit], home: list[int], groups: dict[int, _Group]) -> None:
    """Bring the loose parts of a page to its one matter.

    A part that no other page shares, and that no story could be named after, belongs to the matter of its page if that
    page has only one; a roundup has several.
    """
    by_report: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(units):
        by_report[unit.report].append(place)
    for report in sorted(by_report):
        homes = sorted({home[place] for place in by_report[report]})
        loose = {at for at in homes if _is_loose(groups[at], units, report)}
        anchors = [at for at in homes if at not in loose]
        if len(homes) < _SEVERAL or len(anchors) > 1:
            continue
        target = anchors[0] if anchors else homes[0]
        for at in homes:
            if at != target:
                for place in groups[at].members:
                    home[place] = target
                groups[target].take(groups.pop(at))


def _is_loose(group: _Group, units: Sequence[Unit], report: str) -> bool:
    """A part that only this page has and that no story could be named after; an exploited flaw names one."""
    members = [units[place] for place in group.members]
    if any(unit.heads or _exploited(unit) for unit in members):
        return False
    return all(unit.report == report for unit in members)


def _exploited(unit: Unit) -> bool:
    return any(
        claim.predicate is Predicate.EXPLOITS and claim.object is not None and claim.object.kind is Kind.VULNERABILITY
        for claim in unit.claims
    )
