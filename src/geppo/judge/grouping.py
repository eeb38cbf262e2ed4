"""Groups of units while they are put together: who is where, and the sum of what each group names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from geppo.judge._reference import short_id
from geppo.judge.citations import Citations
from geppo.judge.units import Unit


class Group:
    """A cluster while it grows: the sum of its units' vectors."""

    def __init__(self, place: int, vector: Mapping[str, float], day: int) -> None:
        self.members = [place]
        self.total = dict(vector)
        self.first = self.last = day

    def take(self, other: Group) -> None:
        """Take over another group's members."""
        self.members.extend(other.members)
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        for key, value in other.total.items():
            self.total[key] = self.total.get(key, 0.0) + value


class Grouping:
    """All units by place, with the group of each; a group has the place of its first member."""

    def __init__(self, units: Sequence[Unit], vectors: Sequence[Mapping[str, float]], citations: Citations) -> None:
        self.units, self.citations = list(units), citations
        self._vectors = list(vectors)
        self._days = [self._day(unit.report) for unit in units]
        self.home = list(range(len(units)))
        self.groups = {place: Group(place, vectors[place], self._days[place]) for place in self.home}
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, unit in enumerate(units):
            self.places[unit.report].append(place)

    def _day(self, report: str) -> int:
        return self.citations.reports[report].document.published.toordinal()

    def join(self, one: int, other: int) -> int:
        """Make two groups one; gives its place."""
        low, high = sorted((one, other))
        if low != high:
            for place in self.groups[high].members:
                self.home[place] = low
            self.groups[low].take(self.groups.pop(high))
        return low

    def move(self, places: Iterable[int], target: int) -> None:
        """Move units into a group, whatever groups they are in. The place of a group may change by it."""
        moved = set(places)
        self._put(sorted({*self.groups[target].members, *moved}), {self.home[place] for place in moved} | {target})

    def part(self, places: Sequence[int]) -> None:
        """Take units out of their groups into one of their own."""
        self._put(sorted(places), {self.home[place] for place in places})

    def _put(self, members: list[int], touched: set[int]) -> None:
        left: dict[int, list[int]] = {}
        for at in sorted(touched):
            rest = sorted(set(self.groups.pop(at).members) - set(members))
            if rest:
                left[rest[0]] = rest
        for at, held in {members[0]: members, **left}.items():
            self.groups[at] = Group(held[0], self._vectors[held[0]], self._days[held[0]])
            for place in held[1:]:
                self.groups[at].take(Group(place, self._vectors[place], self._days[place]))
            for place in held:
                self.home[place] = at

    def add(self, report: str) -> int:
        """A unit for a page, or a part of one, that no claim was read from; gives its place, in a group of its own."""
        place = len(self.units)
        number = len(self.places[report])
        self.units.append(Unit(id=short_id("u", report, "bare", str(number)), report=report, claims=(), terms={}))
        self._vectors.append({})
        self._days.append(self._day(report))
        self.home.append(place)
        self.groups[place] = Group(place, {}, self._days[place])
        self.places[report].append(place)
        return place

    def reports(self, group: int) -> frozenset[str]:
        """Pages with a part in a group."""
        return frozenset(self.units[place].report for place in self.groups[group].members)

    def own(self, group: int) -> tuple[str, ...]:
        """Pages of a group with own observation, no copies, in order of publication."""
        graph = self.citations
        found = [one for one in self.reports(group) if graph.reports[one].own_observation and one not in graph.copy_of]
        return tuple(sorted(found, key=lambda one: graph.order[one]))
