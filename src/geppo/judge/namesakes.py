"""Two matters whose pages share nothing but a name: taken apart again, each page going to the one that it tells of.

Two pages of different houses with own observation are of namesakes where they share no figure, no day and no value, and
their countries and concepts differ, if one of them says that another thing has the name, or if a name that nobody knows
is all that they share. Two reports on one thing share more, or a page credits both.
"""

from __future__ import annotations

from collections.abc import Sequence

from geppo.config import Settings
from geppo.judge._reference import namesake_words
from geppo.judge.grouping import Grouping
from geppo.judge.marks import Marks
from geppo.judge.retellings import Retellings
from geppo.model.entity import Kind
from geppo.model.report import Report

_READ = 20_000
_NEW = "name:new:"
_TELLING = ("figure:", "about:", "day:", "name:vulnerability:", "name:observable:")
_CREDITED = 1.0
"""What a credit adds to the nats by which a page belongs to one of two namesakes."""


class Namesakes:
    """Finds groups that hold two matters of one name, and parts them."""

    def __init__(self, grouping: Grouping, marks: Marks, retellings: Retellings, settings: Settings) -> None:
        self._grouping, self._marks, self._retellings = grouping, marks, retellings
        self._concepts_alike = settings.number("judge.stories.concepts")

    def part(self) -> None:
        """Part every group whose pages with own observation fall into more than one matter."""
        for group in sorted(self._grouping.groups):
            own = self._grouping.own(group)
            if len({self._grouping.citations.house(page) for page in own}) < 2:
                continue
            camps = self._camps(group, own)
            if len(camps) > 1:
                self._send(group, camps)

    def _camps(self, group: int, own: Sequence[str]) -> list[list[str]]:
        """Pages with own observation in sets of which no two pages are of namesakes only."""
        camps: list[list[str]] = []
        for page in own:
            near = [camp for camp in camps if not all(self._apart(group, page, other) for other in camp)]
            camps = [camp for camp in camps if camp not in near] + [[*(one for camp in near for one in camp), page]]
        return camps

    def _apart(self, group: int, one: str, other: str) -> bool:
        graph = self._grouping.citations
        if graph.house(one) == graph.house(other):
            return False
        shared = self._marks.shared(self._marks.of(one), one, other)
        if any(key.startswith(_TELLING) for key in shared):
            return False
        reports = graph.reports[one], graph.reports[other]
        here, there = (_ids(report, Kind.CONCEPT) for report in reports)
        if len(here & there) >= self._concepts_alike * max(1, len(here | there)):
            return False
        places = [_ids(report, Kind.LOCATION) for report in reports]
        if places[0] & places[1]:
            return False
        names = [key for key in shared if key.startswith("name:")]
        if any(map(_says_so, reports)):
            only = bool(names) and all(key.startswith((_NEW, "name:product/")) for key in names)
        else:
            linked = other in graph.leans_on[one] or one in graph.leans_on[other]
            only = len(shared) == len(names) == 1 and names[0].startswith(_NEW) and all(places) and not linked
        return only and not self._together(group, one, other)

    def _together(self, group: int, one: str, other: str) -> bool:
        """True where a third page of the group credits or links both."""
        leans = self._grouping.citations.leans_on
        return any({one, other} <= set(leans[page]) for page in self._grouping.reports(group) - {one, other})

    def _send(self, group: int, camps: Sequence[Sequence[str]]) -> None:
        """Give every camp a group with the pages that are nearest to it."""
        grouping, graph = self._grouping, self._grouping.citations
        common = frozenset.intersection(*(self._names(camp) for camp in camps))
        taken: list[list[int]] = [[] for _ in camps]
        for place in sorted(grouping.groups[group].members):
            page = grouping.units[place].report
            first = graph.copy_of.get(page, page)
            scores = [self._near(first, camp, common) for camp in camps]
            taken[max(range(len(camps)), key=lambda at: (scores[at], -at))].append(place)
        for places in taken[1:]:
            grouping.part(places)

    def _names(self, camp: Sequence[str]) -> frozenset[str]:
        return frozenset().union(*(self._marks.of(page) for page in camp))

    def _near(self, page: str, camp: Sequence[str], common: frozenset[str]) -> float:
        """Nats that tie a page to a camp, without what all camps print."""
        if page in camp:
            return float("inf")
        marks, graph = self._marks.of(page) - common, self._grouping.citations
        best = 0.0
        for one in camp:
            score = self._marks.nats(self._marks.shared(marks, page, one))
            here, there = (_ids(graph.reports[name], Kind.CONCEPT) for name in (page, one))
            score += len(here & there) / max(1, len(here | there))
            best = max(best, score + _CREDITED * (one in self._retellings.named(page)))
        return best


def _ids(report: Report, kind: Kind) -> frozenset[str]:
    return frozenset(one.id for one in report.mentions if one.kind is kind and one.id)


def _says_so(report: Report) -> bool:
    """True where a page says that another thing has a name of this matter."""
    text = report.document.text[:_READ].casefold()
    return any(word in text for word in namesake_words())
