"""Who stands behind a statement: pages that observed it themselves, speakers whom others quote, and repeats of either.

Corroboration counts origins, not documents. A page is an origin of a statement only where it speaks of its own
observation (or of its own act), credits nobody for it, and copies nobody. Where such a page exists, a later page that
credits somebody else for the same statement, or nobody, repeats it. One house is one origin, however often it speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geppo.config import Settings
from geppo.judge._reference import predicates
from geppo.judge.citations import Citations
from geppo.judge.speakers import is_nobody, same_by_sound, shortens
from geppo.judge.statements import Key, Keys, Statement, is_hearsay, speaker_name
from geppo.model.assessment import Origins
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind

NAMED = "named:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where each report has a statement from.

    `root_of` leads from every report to a report id or `named:<speaker>`; `roots` are those that count, one a house,
    earliest first; `own` are roots with own observation; `repeats` are all other reports.
    """

    roots: tuple[str, ...]
    own: frozenset[str]
    repeats: tuple[str, ...]
    root_of: Mapping[str, str]

    def origins(self) -> Origins:
        """As the model has it."""
        return Origins(roots=self.roots, repeats=self.repeats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """What pages are about: clusters and names by report id, the cluster and the names of each claim by claim id.

    `observed` holds, for each cluster, the pages with own observation, `earliest` its first page.
    """

    clusters: Mapping[str, frozenset[str]]
    names: Mapping[str, frozenset[str]]
    cluster_of: Mapping[str, str]
    names_of: Mapping[str, frozenset[str]]
    observed: Mapping[str, tuple[str, ...]]
    earliest: Mapping[str, str]


class Tracer:
    """Traces statements over one citation graph."""

    def __init__(self, citations: Citations, matters: Matters, settings: Settings) -> None:
        self._graph, self._matters = citations, matters
        self._directory = citations.directory
        self._slack = settings.integer("judge.origins.date_slack")
        self._pages: dict[str, str] = {}

    def trace(self, statement: Statement) -> Trace:
        """Trace one statement."""
        claims: dict[str, list[Claim]] = {}
        for claim in statement.claims:
            claims.setdefault(claim.report, []).append(claim)
        reports = sorted(claims, key=lambda report: self._graph.order[report])
        own = self._observers(reports, claims)
        parents = {report: self._parent(report, claims[report], reports, own) for report in reports}
        root_of = {report: self._follow(report, parents) for report in reports}
        return self._count(reports, own, root_of)

    def on_matter(self, name: str, report: str) -> bool:
        """True where a named house has a page on one of a report's matters."""
        clusters = self._matters.clusters.get(report, frozenset())
        pages = self._directory.reports(self._directory.key(name))
        return any(clusters & self._matters.clusters.get(page, frozenset()) for page in pages)

    def speaks_itself(self, claim: Claim) -> bool:
        """True where the page speaks of what it saw or did itself."""
        report = self._graph.reports[claim.report]
        if is_hearsay(claim) or self.outside_voices(claim):
            return False
        own_house = self._directory.house(report)
        if claim.predicate in predicates("self-speaking") and claim.subject.kind is Kind.IDENTITY:
            itself = self._directory.key(claim.subject.name) == own_house
            counts = report.own_observation or self._directory.observes(claim.publisher)
            return itself and (counts or claim.predicate is not Predicate.COUNTS)
        if report.own_observation:
            return True
        if claim.subject.kind is Kind.IDENTITY and self._directory.key(claim.subject.name) == own_house:
            return True
        return self._directory.observes(claim.publisher) and not self._graph.credits[claim.report]

    def outside_voices(self, claim: Claim) -> tuple[str, ...]:
        """Named voices that are not the page's own house, outermost first.

        On a page that observed something itself, a person whom it does not count among its sources is one of its own.
        """
        report = self._graph.reports[claim.report]
        house = self._directory.house(report)
        cited = {self._directory.key(name) for name in report.cites}
        found = []
        for name in claim.voices:
            key = self._directory.key(name)
            inside = report.own_observation and key.startswith("name:") and key not in cited
            if key and key != house and not inside:
                found.append(name)
        return tuple(found)

    def _observers(self, reports: Sequence[str], claims: Mapping[str, Sequence[Claim]]) -> frozenset[str]:
        own: set[str] = set()
        for report in reports:
            if report in self._graph.copy_of or not any(map(self.speaks_itself, claims[report])):
                continue
            leans = set(self._graph.leans_on[report])
            if not any(earlier in leans and self._before(earlier, report) for earlier in own):
                own.add(report)
        return frozenset(own)

    def _before(self, one: str, other: str) -> bool:
        return self._graph.order[one] < self._graph.order[other]

    def _near(self, one: str, other: str) -> bool:
        """True where `one` may be what `other` repeats: not later than it by more than the slack."""
        a, b = date.fromisoformat(self._graph.order[one][0]), date.fromisoformat(self._graph.order[other][0])
        return one != other and (a - b).days <= self._slack

    def _parent(self, report: str, claims: Sequence[Claim], reports: Sequence[str], own: frozenset[str]) -> str:
        """What a page has the statement from: a report id, `named:…`, or itself."""
        if report in own:
            return report
        if report in self._graph.copy_of:
            return self._graph.copy_of[report]
        chains = self._credited(report, claims)
        for chain in chains:
            for name in chain:
                pages = self._directory.reports(self._directory.key(name))
                if found := self._stating(report, pages, reports, own):
                    return found
        leans = self._graph.leans_on[report]
        if found := self._stating(report, leans, reports, own):
            return found
        earlier = [one for one in reports if one in own and self._before(one, report)]
        if earlier:
            return earlier[0]
        for chain in chains:
            for name in chain:
                pages = self._directory.reports(self._directory.key(name))
                if found := self._related(report, pages, claims, False):
                    return found
        named = [chain[0] for chain in chains]
        if found := self._behind(named, report, claims, reports):
            return found
        if not named and len(self._graph.credits[report]) == 1:
            named = [name for name in self._graph.credits[report] if not self._housed(name)]
        if named:
            return NAMED + min(self._directory.label(name) for name in named)
        echoed = [self._graph.echoes[report]] if report in self._graph.echoes else []
        return self._related(report, echoed, claims, True) or report

    def _credited(self, report: str, claims: Sequence[Claim]) -> list[list[str]]:
        """Chains of named speakers, innermost first, as the page's claims of one statement give them."""
        house, chains = self._graph.house(report), []
        for claim in claims:
            voices = list(reversed(self.outside_voices(claim)))
            if (
                not claim.voices
                and claim.predicate in predicates("self-speaking")
                and claim.subject.kind is Kind.IDENTITY
            ):
                voices = [claim.subject.name]
            chain = [name for name in voices if not is_nobody(name) and self._directory.key(name) != house]
            if chain and chain not in chains:
                chains.append(chain)
        return chains

    def _behind(self, named: Sequence[str], report: str, claims: Sequence[Claim], reports: Sequence[str]) -> str:
        """A page that lacks the statement, as it was read, and is its source all the same; empty if there is none."""
        found = ""
        if all(map(self._directory.is_media, named)):
            found = self._related(report, self._graph.leans_on[report], claims, True)
        if not found and named and not any(map(self._may_have_seen, named)):
            found = self._observed(report, reports, claims) or self._told_by(named, report)
        return found

    def _told_by(self, named: Sequence[str], report: str) -> str:
        """The first page of the matter, where a speaker is its house in other letters: a victim tells of itself."""
        for cluster in sorted(self._matters.clusters.get(report, ())):
            first = self._matters.earliest[cluster]
            publisher = self._graph.reports[first].document.publisher
            apart = self._graph.credits[first] or self._directory.is_media(publisher) or not self._before(first, report)
            if not apart and any(same_by_sound(name, publisher) for name in named):
                return first
        return ""

    def _may_have_seen(self, name: str) -> bool:
        """True for a speaker with pages here, or whom the catalogue knows as one that observes for itself."""
        return self._housed(name) or self._directory.observes(name)

    def _observed(self, report: str, reports: Sequence[str], claims: Sequence[Claim]) -> str:
        """An earlier page that observed the matter and names all that a statement names.

        Whom a page credits may be wrong: a house that nobody else knows adds no origin beside such a page.
        """
        clusters = {self._matters.cluster_of[claim.id] for claim in claims if claim.id in self._matters.cluster_of}
        pages = [page for cluster in sorted(clusters) for page in self._matters.observed.get(cluster, ())]
        earlier = [page for page in pages if page not in reports and self._before(page, report)]
        return self._related(report, earlier, claims, True)

    def _housed(self, name: str) -> bool:
        """True for a house with pages of its own here: where none of them fits, it is not the source."""
        return bool(self._directory.reports(self._directory.key(name)))

    def _stating(self, report: str, pages: Iterable[str], reports: Sequence[str], own: frozenset[str]) -> str:
        """The credited page that has the statement, one with own observation first; empty if there is none."""
        near = {page for page in pages if self._near(page, report)}
        inside = [page for page in reports if page in near]
        return next((page for page in inside if page in own), inside[0] if inside else "")

    def _related(self, report: str, pages: Iterable[str], claims: Sequence[Claim], naming: bool) -> str:
        """A credited page on the same matter that lacks the statement, at least as it was read.

        With `naming` it must name all that the statement names: a page cannot be the source of what it does not name.
        """
        clusters = {self._matters.cluster_of[claim.id] for claim in claims if claim.id in self._matters.cluster_of}
        names = frozenset().union(*(self._matters.names_of.get(claim.id, frozenset()) for claim in claims))
        found = [
            page
            for page in pages
            if self._near(page, report)
            and clusters & self._matters.clusters.get(page, frozenset())
            and (not naming or (names and names <= self._matters.names.get(page, frozenset())))
        ]
        found.sort(key=lambda page: (not self._saw(page), self._graph.order[page]))
        return found[0] if found else ""

    def _follow(self, report: str, parents: Mapping[str, str]) -> str:
        """The end of the way from a page; in a circle, its earliest page."""
        way, here = [report], report
        while not here.startswith(NAMED):
            step = parents[here] if here in parents else self.page_root(here)
            if step == here:
                return here
            if step in way:
                return min(way[way.index(step) :], key=lambda page: self._graph.order[page])
            way.append(step)
            here = step
        return here

    def page_root(self, report: str) -> str:
        """Where a whole page leads, whatever the statement: over copies and credits, to a page that observed."""
        way: list[str] = []
        here = report
        while here not in self._pages:
            way.append(here)
            step = self._graph.copy_of.get(here, "") or self._leaned_on(here)
            self._pages[here] = here
            if not step:
                break
            here = step
        for page in way:
            self._pages[page] = self._pages[here]
        return self._pages[report]

    def _leaned_on(self, report: str) -> str:
        """The earlier page on the same matter that a page without own observation leans on; empty if there is none."""
        if self._graph.reports[report].own_observation:
            return ""
        clusters = self._matters.clusters.get(report, frozenset())
        leans = [
            other
            for other in self._graph.leans_on[report]
            if self._before(other, report) and self._matters.clusters.get(other, frozenset()) & clusters
        ]
        leans.sort(key=lambda other: (not self._graph.reports[other].own_observation, self._graph.order[other]))
        return leans[0] if leans else ""

    def _count(self, reports: Sequence[str], own: frozenset[str], root_of: Mapping[str, str]) -> Trace:
        ends = set(root_of.values())
        observed = {
            end for end in ends if end in own or (end in self._graph.reports and end not in root_of and self._saw(end))
        }
        houses = {self._graph.house(end) for end in observed}
        named = merge_named(end for end in ends if end.startswith(NAMED) and self._key(end) not in houses)
        counted = self._one_a_house(observed) + list(named)
        if not counted:
            counted = [min((end for end in ends), key=lambda end: self._graph.order[end])]
        roots = tuple(sorted(counted, key=self._when))
        return Trace(
            roots=roots,
            own=frozenset(observed) & frozenset(roots),
            repeats=tuple(report for report in reports if report not in roots),
            root_of=dict(root_of),
        )

    def _key(self, named: str) -> str:
        return self._directory.key(named.removeprefix(NAMED))

    def _saw(self, report: str) -> bool:
        return self._graph.reports[report].own_observation

    def _when(self, root: str) -> tuple[str, str]:
        return self._graph.order.get(root, ("9999", root))

    def _one_a_house(self, roots: Iterable[str]) -> list[str]:
        first: dict[str, str] = {}
        for root in sorted(roots, key=self._when):
            first.setdefault(self._graph.house(root), root)
        return list(first.values())


class Attribution:
    """Whose statement each claim is, once the statements are traced."""

    def __init__(
        self, keys: Keys, statements: Mapping[Key, Statement], traces: Mapping[Key, Trace], graph: Citations
    ) -> None:
        self._keys, self._statements, self.traces, self._graph = keys, statements, traces, graph

    def of(self, key: Key) -> Trace:
        """The trace of a statement."""
        return self.traces[key]

    def trace(self, claim: Claim) -> Trace:
        """The trace of a claim's statement."""
        return self.traces[self._keys.key(claim)]

    def root(self, claim: Claim) -> str:
        """The report or named speaker that a claim leads to."""
        return self.trace(claim).root_of.get(claim.report, claim.report)

    def _told(self, claim: Claim) -> bool:
        return bool(claim.voices) or (
            claim.predicate in predicates("self-speaking") and claim.subject.kind is Kind.IDENTITY
        )

    def name(self, claim: Claim) -> str:
        """The speaker's name as printed: the one that the claim gives, or the publisher of the page it repeats."""
        name, root = speaker_name(claim), self.root(claim)
        if self._told(claim) and not is_nobody(name):
            return name
        if root.startswith(NAMED):
            return root.removeprefix(NAMED)
        repeats = root == claim.report or self._says_so(root, claim)
        return self._graph.reports[root if repeats else claim.report].document.publisher

    def _says_so(self, root: str, claim: Claim) -> bool:
        """True where the root's page has the statement itself, with the same number if it has one."""
        values = [told.count.value if told.count else None for told in self._statements[self._keys.key(claim)].of(root)]
        return bool(values) and (claim.count is None or claim.count.value in values)

    def speaker(self, claim: Claim) -> str:
        """Key of the speaker, one for all printings of a house."""
        return self._graph.directory.key(self.name(claim)) or f"report:{self.root(claim)}"


def merge_named(names: Iterable[str]) -> tuple[str, ...]:
    """Named origins without those that print another one shorter or longer."""
    kept: list[str] = []
    for name in sorted(set(names), key=lambda text: (len(text), text)):
        plain = name.removeprefix(NAMED)
        if not any(shortens(other.removeprefix(NAMED), plain) for other in kept):
            kept.append(name)
    return tuple(sorted(kept))


def independent(traces: Iterable[Trace], graph: Citations) -> tuple[tuple[str, ...], frozenset[str]]:
    """Independent origins of several statements together, and those with own observation.

    One house is one origin. Beside a page that observed something, a speaker whom others only quote counts just where
    the catalogue knows the house as one that observes for itself: repeats that credit the wrong house add nothing.
    """
    own: set[str] = set()
    named: set[str] = set()
    rest: set[str] = set()
    for trace in traces:
        own |= trace.own
        for root in trace.roots:
            (named if root.startswith(NAMED) else rest).add(root)
    directory, first = graph.directory, dict[str, str]()
    for root in sorted(own, key=lambda report: graph.order[report]):
        first.setdefault(graph.house(root), root)
    kept = list(first.values())
    quoted = [
        name
        for name in merge_named(named)
        if directory.key(name.removeprefix(NAMED)) not in first
        and (not kept or directory.observes(name.removeprefix(NAMED)))
    ]
    roots = [*kept, *quoted]
    if not roots and rest:
        roots = [min(rest, key=lambda report: graph.order[report])]
    return tuple(sorted(roots, key=lambda root: graph.order.get(root, ("9999", root)))), frozenset(kept)
