"""What a repeat changed, found in the texts themselves where no claim was read from a sentence.

A page that leads to one page with own observation is compared with it sentence by sentence: numbers and days
(`slips.py`), hedges and grades (`firmer.py`), the house credited (`credited.py`) and other names (`aliases.py`). Names
and concepts have one id in all languages, so sentences of two languages are compared by what they name.

The assessments are of kind `drift` as in `drift.py`, with `root_text` and `repeat_text`, the two sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from geppo.config import Settings
from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import short_id
from geppo.judge.aliases import wrong_aliases
from geppo.judge.citations import Citations
from geppo.judge.credited import Credited, names_house
from geppo.judge.firmer import firmer
from geppo.judge.origins import Matters, Tracer
from geppo.judge.pages import Page
from geppo.judge.slips import Slips, TextChange
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.entity import Kind

_TELLING = frozenset(
    {
        Kind.INTRUSION_SET,
        Kind.MALWARE,
        Kind.CAMPAIGN,
        Kind.INFRASTRUCTURE,
        Kind.TOOL,
        Kind.VULNERABILITY,
        Kind.IDENTITY,
        Kind.PRODUCT,
    }
)
_TEN, _SEVERAL = 10, 2
_RUNNER_UP = 0.6
"""Share of the best page's score from which a second page may be the origin as well."""


class Retold:
    """Compares the texts of repeats with the texts of their origins."""

    def __init__(
        self, graph: Citations, tracer: Tracer, matters: Matters, catalogue: Catalogue, settings: Settings
    ) -> None:
        self._graph, self._tracer, self._matters, self._catalogue = graph, tracer, matters, catalogue
        self._slips, self._credited = Slips(settings), Credited(graph, tracer)
        self._pages: dict[str, Page] = {}
        self._names = {
            name: frozenset(one.id for one in report.mentions if one.kind in _TELLING and one.id)
            for name, report in graph.reports.items()
        }
        self._holders: dict[str, list[str]] = defaultdict(list)
        for report, names in self._names.items():
            for name in names:
                self._holders[name].append(report)

    @cached_property
    def roots(self) -> dict[str, str]:
        """Repeats with the page that each retells, in order of the repeats' publication."""
        ordered = sorted(self._graph.reports, key=lambda name: self._graph.order[name])
        return {report: root for report in ordered if (root := self._root(report))}

    def find(self, known: Sequence[Assessment]) -> tuple[Assessment, ...]:
        """What was found on no claim, in order of the repeats' publication. `known` are changes that claims show."""
        told = {(one.get("repeat"), _family(one.get("what"))) for one in known}
        found = []
        for report, root in self.roots.items():
            for change in self._changes(self._page(root), self._page(report)):
                if (report, _family(change.what)) not in told:
                    told.add((report, _family(change.what)))
                    found.append(self._assessment(root, report, change))
        return tuple(found)

    def _page(self, report: str) -> Page:
        if report not in self._pages:
            self._pages[report] = Page(self._graph.reports[report])
        return self._pages[report]

    def _root(self, report: str) -> str:
        """The page that a page retells; empty where there is none, or it is a copy.

        The page has own observation, or its house is credited for it and is no paper and credits nobody: what a victim
        tells of itself is first-hand, whatever words it uses.
        """
        graph = self._graph
        if report in graph.copy_of or graph.reports[report].own_observation:
            return ""
        credited = self._tracer.page_root(report)
        root = credited
        if root == report or not graph.reports[root].own_observation:
            clusters = self._matters.clusters.get(report, frozenset())
            seen = [page for one in sorted(clusters) for page in self._matters.observed.get(one, ())]
            seen = [page for page in dict.fromkeys(seen) if page not in graph.copy_of]
            root = seen[0] if len(seen) == 1 and len(clusters) == 1 else self._by_names(report)
            root = root or self._by_marks(report, seen)
        for page in (root, credited, self._teller(report)):
            earlier = bool(page) and graph.order[page] < graph.order[report]
            if earlier and self._first_hand(page, report) and graph.house(page) != graph.house(report):
                return page
        return ""

    def _by_marks(self, report: str, seen: Sequence[str]) -> str:
        """The only one of some pages that prints a figure, a day or a name of a page; empty where two may be it."""
        shared = {one: self._shared(report, one) for one in seen if self._graph.order[one] < self._graph.order[report]}
        alone = [
            one
            for one, marks in shared.items()
            if len(marks) >= _SEVERAL and marks.difference(*(shared[other] for other in shared if other != one))
        ]
        return alone[0] if len(alone) == 1 else ""

    def _shared(self, report: str, other: str) -> frozenset[object]:
        """Figures, days and names that two pages print."""
        page, root = self._page(report), self._page(other)
        figures = {one.value for one in page.numbers if one.value >= _TEN} & {one.value for one in root.numbers}
        return frozenset((*figures, *(page.days & root.days), *(page.names & root.names)))

    def _teller(self, report: str) -> str:
        """The first page of a matter that nobody tells who observed it, if a page names the house that it is of."""
        clusters = self._matters.clusters.get(report, frozenset())
        if any(self._matters.observed.get(one) for one in clusters):
            return ""
        pages = [self._matters.earliest[one] for one in clusters]
        first = min(pages, key=lambda page: self._graph.order[page], default=report)
        publisher = self._graph.reports[first].document.publisher
        return first if names_house(self._page(report).text, publisher) else ""

    def _first_hand(self, root: str, report: str) -> bool:
        """True for a page that observed something, or that tells of its own house, which a page credits or names."""
        graph, page = self._graph, self._graph.reports[root]
        if page.own_observation:
            return True
        told = not graph.credits[root] and not graph.directory.is_media(page.document.publisher)
        credited = {graph.directory.key(name) for name in graph.credits[report]}
        named = names_house(self._page(report).text, page.document.publisher)
        return told and (graph.house(root) in credited or (named and root == self._teller(report)))

    def _by_names(self, report: str) -> str:
        """The one earlier page with own observation that shares this page's rare names; empty where two may be it."""
        graph = self._graph
        scores: dict[str, float] = {}
        for name in sorted(self._names[report]):
            holders = self._holders[name]
            for other in holders:
                near = graph.order[other] < graph.order[report] and other not in graph.copy_of
                if near and graph.reports[other].own_observation:
                    scores[other] = scores.get(other, 0.0) + 1 / len(holders)
        ranked = sorted(scores, key=lambda page: (-scores[page], graph.order[page]))
        if not ranked or (len(ranked) > 1 and scores[ranked[1]] > _RUNNER_UP * scores[ranked[0]]):
            return ""
        return ranked[0]

    def _changes(self, root: Page, page: Page) -> Iterator[TextChange]:
        beside = [self._page(one) for one in self._beside(root.report.id, page.report.id)]
        graph, house = self._graph, self._graph.house(root.report.id)
        credited = {graph.directory.key(name) for name in graph.credits[page.report.id]}
        yield from self._slips.numbers(root, page, beside)
        yield from self._slips.days(root, page, beside)
        yield from firmer(root, page)
        yield from self._credited.changes(root, page)
        yield from wrong_aliases(root, page, beside, credited <= {house}, self._catalogue)

    def _beside(self, root: str, report: str) -> list[str]:
        """Further pages that a repeat may have something from: of the origin's house, first-hand ones of the matter."""
        graph = self._graph
        clusters = self._matters.clusters.get(report, frozenset()) | self._matters.clusters.get(root, frozenset())
        seen = {page for one in clusters for page in self._matters.observed.get(one, ())}
        seen |= set(graph.directory.reports(graph.house(root)))
        seen -= {root, report}
        return [page for page in sorted(seen, key=lambda one: graph.order[one]) if page not in graph.copy_of]

    def _assessment(self, root: str, repeat: str, change: TextChange) -> Assessment:
        graph = self._graph
        return Assessment(
            id=short_id("a", "retold", change.what, root, repeat, change.root_value, change.repeat_value),
            kind=AssessmentKind.DRIFT,
            subjects=(),
            claims=(),
            likelihood=None,
            confidence=None,
            origins=Origins(roots=(root,), repeats=(repeat,)),
            detail=(
                ("what", change.what),
                ("predicate", ""),
                ("root", root),
                ("repeat", repeat),
                ("root_by", graph.reports[root].document.publisher),
                ("repeat_by", graph.reports[repeat].document.publisher),
                ("root_value", change.root_value),
                ("repeat_value", change.repeat_value),
                ("direction", change.direction),
                ("root_text", change.root_text),
                ("repeat_text", change.repeat_text),
            ),
        )


def _family(what: str) -> str:
    """A hedge and a grade are two words for one thing."""
    return "hedge" if what == "grade" else what
