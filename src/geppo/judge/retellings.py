"""Which page a page, or a paragraph of it, retells: the one whose marks it prints, not just one of the credited house.

A credit names a house, and a house has several matters. A repeat of one report prints something of that report (a
figure, a day, a name that few other pages print); a page that only mentions the house does not, and retells nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from geppo.config import Settings
from geppo.judge._reference import speaker_words
from geppo.judge.citations import Citations
from geppo.judge.marks import Marks
from geppo.judge.pages import stems
from geppo.judge.speakers import fold
from geppo.judge.units import TOPICS, Layout
from geppo.model.entity import Kind

_SHORTEST = 5
_FEW = 3
_READ = 4_000
_SAME_WORDS, _SAME_SHARE = 8, 0.45
"""Words of a page, and their share, that make it a repeat of the one page that it names, whatever else they share."""
_LATE = 2.0
"""How much more a page must share with one of a named house that is older than the pages that most repeats retell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """A page that a stretch of another one may retell, with the marks and nats that they share.

    `credited` is true where the other page links to it, or credits or names its house.
    """

    page: str
    shared: frozenset[str]
    alike: float
    credited: bool


class Retellings:
    """Finds the pages that pages retell, over the marks of a month."""

    def __init__(self, marks: Marks, citations: Citations, settings: Settings) -> None:
        self._marks, self._citations = marks, citations
        self._near = settings.integer("judge.stories.near_days")
        self._far = 2 * self._near
        self._slack = settings.integer("judge.origins.date_slack")
        self._crowd = settings.integer("judge.stories.crowd")
        self._credited = settings.number("judge.retelling.credited") + marks.size
        self._uncredited = settings.number("judge.retelling.uncredited") + 2 * marks.size
        self._runner_up = settings.number("judge.retelling.runner_up")
        self._named: dict[str, frozenset[str]] = {}

    def stretches(self, report: str) -> tuple[tuple[int, int], ...]:
        """The paragraphs of a page (start, end) that hold marks."""
        text = self._citations.reports[report].document.text
        return tuple(
            (start, end) for start, end in Layout(text).stretches(len(text)) if self._marks.of(report, start, end)
        )

    def of(
        self, report: str, start: int = 0, end: int | None = None, *, among: Collection[str] | None = None
    ) -> tuple[Retelling, ...]:
        """Pages that a stretch of a page may retell, best first; empty where it prints too little of any.

        `among` are the pages to look at, all by default.
        """
        marks, named = self._marks.of(report, start, end), self.named(report)
        pages = self._marks.holding(marks, self._crowd) | named if among is None else among
        found = []
        for page in sorted(pages):
            credited = page in named
            if not (credited or self._first_hand(page)) or not self._may(report, page):
                continue
            shared = self._marks.shared(marks, report, page)
            alike = self._marks.nats(shared)
            enough = self._enough(len(named)) if credited else self._uncredited
            if self._late(report, page):
                enough *= _LATE
            if credited and alike < enough and end is None and self._same_words(report, page):
                alike = enough
            if alike >= enough and (credited or self._plain(report, page, shared)):
                found.append(Retelling(page=page, shared=shared, alike=alike, credited=credited))
        return tuple(sorted(found, key=self._rank))

    def _plain(self, report: str, page: str, shared: frozenset[str]) -> bool:
        """True where two pages share marks of two sorts and speak of one kind of thing, though none names the other."""
        topics = [self._citations.reports[one].mentions for one in (report, page)]
        here, there = ({one.id for one in found if one.kind in TOPICS and one.id} for found in topics)
        return bool(here & there) and len({_sort(key) for key in shared} - {""}) > 1

    def _same_words(self, report: str, page: str) -> bool:
        """True where a page tells mostly in the words of the only page that it names, in one language."""
        here, there = (self._citations.reports[one].document for one in (report, page))
        if here.language != there.language or len(self.named(report)) > 1:
            return False
        house = stems(there.publisher)
        mine, theirs = stems(here.text[:_READ]) - house, stems(there.text[:_READ]) - house
        return len(mine & theirs) >= max(_SAME_WORDS, _SAME_SHARE * len(mine))

    def _enough(self, pages: int) -> float:
        """Nats that a page must share with one of so many pages of the houses that it names.

        Each further page may share a mark by accident (a sum over chances is a log more), the first few are free.
        """
        return self._credited + math.log(max(1.0, pages / _FEW))

    def within(self, told: Retelling, spans: Sequence[tuple[int, int]]) -> float:
        """Nats of what a page shares with one that it retells and that stands in some stretches of the retold page."""
        held = frozenset().union(*(self._marks.of(told.page, start, end) for start, end in spans))
        return self._marks.nats(told.shared & held)

    def _rank(self, one: Retelling) -> tuple[bool, float, bool, tuple[str, str]]:
        graph = self._citations
        return (
            not one.credited,
            -round(one.alike, 6),
            not graph.reports[one.page].own_observation,
            graph.order[one.page],
        )

    def clear(self, found: Sequence[Retelling], groups: Mapping[str, frozenset[int]]) -> Retelling | None:
        """The best one; None where a page of another group comes near it, since a guess would join two matters.

        `groups` gives the groups of each page. A page that observed nothing itself is no rival of one that did: it may
        repeat the same.
        """
        best = found[0] if found else None
        if best is None:
            return None
        own = self._citations.reports[best.page].own_observation
        for one in found[1:]:
            apart = groups[one.page].isdisjoint(groups[best.page])
            rival = self._citations.reports[one.page].own_observation or not own
            if apart and rival and one.alike >= self._runner_up * best.alike and (one.credited or not best.credited):
                return None
        return best

    def named(self, report: str) -> frozenset[str]:
        """Pages that a page links to, and those of houses that it credits or names."""
        if report not in self._named:
            graph = self._citations
            pages = set(graph.leans_on[report])
            seen = graph.reports[report].mentions
            keys = {graph.directory.key(one.name) for one in seen if one.kind is Kind.IDENTITY}
            keys |= {self._house_of[word] for word in self._marks.words(report) if word in self._house_of}
            for key in sorted(keys - {""}):
                pages.update(graph.directory.reports(key))
            self._named[report] = frozenset(pages)
        return self._named[report]

    @cached_property
    def _house_of(self) -> dict[str, str]:
        """Words of which just one house of the month is called, with its key."""
        graph, common = self._citations, speaker_words()
        houses: dict[str, set[str]] = defaultdict(set)
        for report in graph.reports.values():
            for word in fold(report.document.publisher).split():
                if len(word) >= _SHORTEST and word not in common.house and word not in common.media:
                    houses[word].add(graph.directory.house(report))
        return {word: next(iter(found)) for word, found in houses.items() if len(found) == 1}

    def _first_hand(self, page: str) -> bool:
        """True for a page that may be the first to tell: it saw something, or names no house that it has it from."""
        graph = self._citations
        return graph.reports[page].own_observation or not (graph.credits[page] or self.named(page))

    def _may(self, report: str, page: str) -> bool:
        """True where a page may be what another house's page retells, by the days of both."""
        graph = self._citations
        copies = page in graph.copy_of or graph.copy_of.get(report) == page
        if copies or graph.house(report) == graph.house(page):
            return False
        days = self._days(report, page)
        return -self._slack <= days <= (self._far if page in self.named(report) else self._near)

    def _days(self, report: str, page: str) -> int:
        """Days from one page to another that it may retell."""
        published = [self._citations.reports[one].document.published.toordinal() for one in (report, page)]
        return published[0] - published[1]

    def _late(self, report: str, page: str) -> bool:
        """True for a page that comes later than most repeats do: a roundup, or another matter."""
        return self._days(report, page) > self._near


def _sort(mark: str) -> str:
    """A mark as a figure, a day or a name; empty for a country, which is no evidence of its own."""
    kind = mark.partition(":")[0]
    return {"place": "", "about": "figure", "upto": "figure", "word": "name"}.get(kind, kind)
