"""Brings pages to the matter of the page that they retell, where the names that they share did not.

A group without own observation follows the pages that its pages retell: as a whole where they agree, else each page to
its own. In a group that has an origin only parts move that no name holds there. A paragraph of a roundup that retells
another matter than the rest goes there alone. Pages from which no claim was read come along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from geppo.judge.grouping import Grouping
from geppo.judge.retellings import Retelling, Retellings

_STEPS = 4
"""A page may retell a page that retells a third: so many steps are followed."""

_WEAK = 0.25
"""A unit whose names weigh no more than a product beside claims is held in its group by little."""

Stretch = tuple[int, int]


class Followers:
    """Moves the parts of pages over one grouping."""

    def __init__(self, grouping: Grouping, retellings: Retellings) -> None:
        self._grouping, self._retellings = grouping, retellings
        self._aims: dict[int, int] = {}

    def bring(self) -> None:
        """Move and join; pages that have no part get one where they retell a page."""
        grouping, graph = self._grouping, self._grouping.citations
        for report in sorted(graph.reports, key=lambda one: graph.order[one]):
            if not graph.reports[report].own_observation and report not in graph.copy_of:
                self._aim(report)
        for _ in range(_STEPS):
            before = list(grouping.home)
            for group in sorted(grouping.groups):
                if group in grouping.groups:
                    self._follow(group)
            if grouping.home == before:
                break

    def _aim(self, report: str) -> None:
        """Set for each part of a page, and for paragraphs without one, the part of the page that it retells."""
        grouping, retellings = self._grouping, self._retellings
        whole = retellings.of(report)
        if not whole:
            return
        groups = {one.page: self._groups(one.page) for one in whole}
        stretches = retellings.stretches(report)
        told: dict[Stretch, Retelling] = {}
        for stretch in stretches if len(stretches) > 1 else ():
            best = retellings.clear(retellings.of(report, *stretch, among=tuple(groups)), groups)
            if best is not None:
                told[stretch] = best
        homes = {grouping.home[place] for place in grouping.places.get(report, ())}
        shared = [home for home in homes if len(grouping.reports(home)) > 1]
        if len({min(groups[one.page]) for one in told.values()}) > 1 or len(shared) > 1:
            self._by_paragraph(report, told)
            return
        best = retellings.clear(whole, groups) or next(iter(told.values()), None)
        if best is not None:
            part, places = self._part(best), grouping.places.get(report) or [grouping.add(report)]
            for place in places:
                if len(places) == 1 or self._is_weak(place) or self._tells(place, told):
                    self._aims[place] = part

    def _tells(self, place: int, told: Mapping[Stretch, Retelling]) -> bool:
        """True for a part of which a paragraph retells something by itself."""
        claims = self._grouping.units[place].claims
        return any(start <= claim.passage.start < end for start, end in told for claim in claims)

    def _groups(self, page: str) -> frozenset[int]:
        """The groups in which a page has a part; it gets one if it has none."""
        grouping = self._grouping
        return frozenset(grouping.home[place] for place in grouping.places.get(page) or [grouping.add(page)])

    def _part(self, told: Retelling) -> int:
        """The part of a retold page that holds most of what is shared, then the one with most claims."""
        grouping = self._grouping
        scores: dict[int, tuple[float, int, int]] = {}
        for place in grouping.places[told.page]:
            claims = grouping.units[place].claims
            spans = [(claim.passage.start, claim.passage.end) for claim in claims]
            scores[place] = (self._retellings.within(told, spans), len(claims), -place)
        return max(scores, key=lambda place: scores[place])

    def _by_paragraph(self, report: str, told: Mapping[Stretch, Retelling]) -> None:
        """A roundup's parts by the paragraphs of their claims, and a part for each further matter that it retells."""
        grouping = self._grouping
        parts = {stretch: self._part(one) for stretch, one in told.items()}
        places = grouping.places.get(report, ())
        for place in places:
            starts = [claim.passage.start for claim in grouping.units[place].claims]
            votes = Counter(part for (start, end), part in parts.items() for at in starts if start <= at < end)
            if votes:
                self._aims[place] = min(votes, key=lambda part: (-votes[part], part))
        there = {grouping.home[place] for place in places}
        there |= {
            grouping.home[self._aims[place]] for place in places if place in self._aims and not self._stays(place)
        }
        for stretch, part in parts.items():
            if there.isdisjoint(self._groups(told[stretch].page)):
                there.add(grouping.home[part])
                self._aims[grouping.add(report)] = part

    def _follow(self, group: int) -> None:
        """Bring a group, or single parts of it, to what its pages retell."""
        grouping = self._grouping
        members = sorted(grouping.groups[group].members)
        aims = {place: self._aims[place] for place in members if place in self._aims and self._leaves(place)}
        pages, moved = (len({grouping.units[place].report for place in some}) for some in (members, aims))
        if not aims:
            return
        if not grouping.own(group) and len({grouping.home[aim] for aim in aims.values()}) == 1 and 2 * moved >= pages:
            grouping.join(group, grouping.home[next(iter(aims.values()))])
            return
        for place, aim in sorted(aims.items()):
            grouping.move([place], grouping.home[aim])

    def _leaves(self, place: int) -> bool:
        """True for a part that stands in no group with the page that it retells, and that nothing holds where it is."""
        grouping = self._grouping
        page = grouping.units[self._aims[place]].report
        return grouping.home[place] not in self._groups(page) and not self._stays(place)

    def _stays(self, place: int) -> bool:
        """True for a part that a name holds in a group with an origin of its own."""
        return not self._is_weak(place) and bool(self._grouping.own(self._grouping.home[place]))

    def _is_weak(self, place: int) -> bool:
        unit = self._grouping.units[place]
        return not unit.heads and max(unit.terms.values(), default=0.0) <= _WEAK
