"""Pieces of reports that are each about one matter: a roundup has several, and no story joins them.

A unit is a set of claims of one report that share named things or a paragraph, with everything named in its paragraphs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import re2

from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import link_weights, predicates, short_id
from geppo.judge.speakers import Directory, fold
from geppo.model.claim import Claim
from geppo.model.entity import Kind, Mention, Term
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Report

_BLANK_LINE = re2.compile(r"\n[ \t\x{3000}\r]*\n")
_LINE = re2.compile(r"\n")
_HEADING = re2.compile(r"(?m)^[ \t\x{3000}]*(?:#{1,6}[ \t]|[-*•・●○■□◆◇▶▼][ \t\x{3000}]?|[0-9]{1,2}[.)．、])")
_MENTIONED = 0.5
_HEADS = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.AGREEMENT})
TOPICS = frozenset({Kind.CONCEPT, Kind.SECTOR, Kind.PRODUCT})
_OFFERED = frozenset({Verdict.MALICIOUS, Verdict.VICTIM, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Claims of one report about one matter.

    `terms` gives each named thing its weight, before its rarity; `heads` are those of its claims that a story could be
    named after (groups, campaigns, networks, agreements); `concepts` are the unnamed things and sectors it speaks of.
    """

    id: str
    report: str
    claims: tuple[Claim, ...]
    terms: Mapping[str, float]
    heads: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()


def term_key(term: Term | Mention, catalogue: Catalogue) -> str:
    """What a term stands for: the catalogue's id, one id for all printings of a vulnerability, or its folded name."""
    if term.kind is Kind.VULNERABILITY:
        return f"vulnerability:{term.name.strip().casefold()}"
    if term.id:
        return catalogue.canonical(term.id)
    return f"{term.kind.value}:{fold(term.name)}"


class Linking:
    """Which terms may tie two texts to one story."""

    def __init__(self, claims: Iterable[Claim], directory: Directory, catalogue: Catalogue) -> None:
        self._directory, self._catalogue = directory, catalogue
        self._victims: set[str] = set()
        objects, subjects = predicates("victim-object"), predicates("victim-subject")
        for claim in claims:
            for term, among in ((claim.object, objects), (claim.subject, subjects)):
                if term is not None and term.kind is Kind.IDENTITY and claim.predicate in among:
                    self._victims.add(self.key(term))

    def weight(self, term: Term) -> float:
        """Weight of a claim's argument. An organisation ties only where it is a victim, never by speaking."""
        if term.kind is Kind.IDENTITY and self.key(term) not in self._victims:
            return 0.0
        return link_weights()[term.kind]

    def key(self, term: Term | Mention) -> str:
        """Key of a term; an organisation that publishes here has the key of its house."""
        if term.kind is Kind.IDENTITY:
            house = self._directory.key(term.name)
            if self._directory.reports(house):
                return house
        return term_key(term, self._catalogue)

    def own_case(self, report: Report) -> str:
        """The house of a report that is itself a victim this month: what it publishes is on its own case."""
        house = self._directory.house(report)
        return house if house in self._victims else ""

    def names(self, claim: Claim) -> frozenset[str]:
        """Keys of the named things among a claim's subject and object."""
        terms = [term for term in (claim.subject, claim.object) if term is not None]
        return frozenset(self.key(term) for term in terms if self.weight(term) > 0)

    def mention_weight(self, mention: Mention) -> float:
        """Weight of a name that stands beside the claims."""
        if not mention.id and mention.kind is not Kind.VULNERABILITY:
            return 0.0
        if mention.kind is Kind.IDENTITY and self.key(mention) not in self._victims:
            return 0.0
        return link_weights()[mention.kind] * _MENTIONED


def _terms(claim: Claim) -> tuple[Term, ...]:
    named = (claim.subject, claim.object, *(term for _, term in claim.qualifiers))
    return tuple(term for term in named if term is not None)


class _Sets:
    """Disjoint sets over 0 … n-1; the smallest number stands for its set."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        self._parent[high] = low


class Layout:
    """Paragraphs and blocks (a heading or bullet with what follows it) of one text.

    Where no blank line parts the paragraphs, every line is one.
    """

    def __init__(self, text: str) -> None:
        breaks = [match.end() for match in _BLANK_LINE.finditer(text)]
        self._paragraphs = [0, *(breaks or (match.end() for match in _LINE.finditer(text)))]
        self._blocks = [0, *(match.start() for match in _HEADING.finditer(text))]

    def paragraph(self, offset: int) -> int:
        return bisect_right(self._paragraphs, offset)

    def block(self, offset: int) -> int:
        return bisect_right(self._blocks, offset)

    def stretches(self, length: int) -> tuple[tuple[int, int], ...]:
        """Paragraphs of a text of a length, parted at blocks too, as (start, end)."""
        starts = sorted({*self._paragraphs, *self._blocks})
        return tuple((start, end) for start, end in zip(starts, [*starts[1:], length], strict=True) if start < end)


def _nearest(orphan: int, anchored: Sequence[int], claims: Sequence[Claim]) -> int:
    at = claims[orphan].passage.start
    return min(anchored, key=lambda one: (abs(claims[one].passage.start - at), claims[one].passage.start, one))


def _grouped(claims: Sequence[Claim], layout: Layout, linking: Linking) -> dict[int, list[int]]:
    """Claims (by number) in sets that are about one matter; nameless ones go to the nearest set of their block."""
    sets, seen = _Sets(len(claims)), dict[object, int]()
    named: list[int] = []
    for number, claim in enumerate(claims):
        block = layout.block(claim.passage.start)
        names = [linking.key(term) for term in _terms(claim) if linking.weight(term) > 0]
        if names:
            named.append(number)
        marks: list[object] = [(name, block) if claim.negated else name for name in names]
        if not claim.negated:
            marks += [(name, block) for name in names]
        marks.append(("paragraph", block, layout.paragraph(claim.passage.start)))
        for mark in (*marks, ("claim", claim.id), *([("claim", claim.about)] if claim.about else [])):
            sets.join(number, seen.setdefault(mark, number))
    anchored = {sets.find(number) for number in named}
    loose = [number for number in range(len(claims)) if sets.find(number) not in anchored]
    homes = {number: sets.find(number) for number in named}
    for number in loose:
        block = layout.block(claims[number].passage.start)
        near = [one for one in named if layout.block(claims[one].passage.start) == block]
        if not near and len(anchored) == 1:
            near = named
        if near:
            homes[number] = homes[_nearest(number, near, claims)]
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(len(claims)):
        groups[homes.get(number, sets.find(number))].append(number)
    return groups


def _weights(
    claims: Sequence[Claim], denied: frozenset[str], report: Report, layout: Layout, linking: Linking
) -> dict[str, float]:
    """Weights of the names in a unit: arguments of claims in full, more for each repeat, others beside them less."""
    found: dict[str, float] = {}
    for claim in claims:
        for term in dict.fromkeys(_terms(claim)):
            if (weight := linking.weight(term)) > 0:
                key = linking.key(term)
                found[key] = min(2.0 * weight, found[key] + 0.25 * weight) if key in found else weight
    places = {
        (layout.block(at), layout.paragraph(at))
        for claim in claims
        for at in (claim.passage.start, max(claim.passage.start, claim.passage.end - 1))
    }
    for key, weight in _beside(report, layout, linking, places):
        if key not in denied:
            found.setdefault(key, weight)
    return dict(sorted(found.items()))


def _beside(
    report: Report, layout: Layout, linking: Linking, places: set[tuple[int, int]]
) -> Iterator[tuple[str, float]]:
    """Names and values that stand in some paragraphs of a report."""
    for mention in report.mentions:
        if (layout.block(mention.start), layout.paragraph(mention.start)) in places:
            weight = linking.mention_weight(mention)
            if weight > 0:
                yield linking.key(mention), weight
    for seen in report.observables:
        if (layout.block(seen.start), layout.paragraph(seen.start)) in places:
            yield from _value(seen)


def _value(seen: Observable) -> Iterator[tuple[str, float]]:
    """The key of a flaw's number or of a value that a page offers, and its weight beside claims."""
    if seen.type is ObservableType.CVE:
        yield f"vulnerability:{seen.value.casefold()}", _MENTIONED
    elif seen.verdict in _OFFERED:
        yield f"observable:{seen.value}", _MENTIONED * link_weights()[Kind.OBSERVABLE]


def _with_page(terms: dict[str, float], denied: frozenset[str], report: Report, linking: Linking) -> dict[str, float]:
    """The names of a first-hand page whose claims name nothing: those in its other paragraphs are what it is about."""
    found = dict(terms)
    for mention in report.mentions:
        if (weight := linking.mention_weight(mention)) > 0 and linking.key(mention) not in denied:
            found.setdefault(linking.key(mention), weight)
    return dict(sorted(found.items()))


def _concepts(claims: Sequence[Claim], report: Report) -> frozenset[str]:
    """Concepts, sectors and products of a part's claims, and those that its page mentions."""
    terms: list[Term | Mention] = [term for claim in claims for term in _terms(claim)]
    return frozenset(term.id for term in (*terms, *report.mentions) if term.kind in TOPICS and term.id)


def _whole(report: Report, linking: Linking) -> Unit | None:
    """A report that no claim could be read from, as one unit of what it names; None where it names nothing."""
    terms: dict[str, float] = {}
    for mention in report.mentions:
        if (weight := linking.mention_weight(mention)) > 0:
            terms.setdefault(linking.key(mention), weight)
    for key, weight in (pair for seen in report.observables for pair in _value(seen)):
        terms.setdefault(key, weight)
    if not terms:
        return None
    return Unit(id=short_id("u", report.id), report=report.id, claims=(), terms=dict(sorted(terms.items())))


def read_units(reports: Sequence[Report], claims: Sequence[Claim], linking: Linking) -> tuple[Unit, ...]:
    """All units, sorted by report id and place. Claims of reports that are not given are left out.

    What a report only denies ("no sign of Y") names no matter of its own, unless it does nothing else.
    """
    held: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        held[claim.report].append(claim)
    units: list[Unit] = []
    for report in sorted(reports, key=lambda one: one.id):
        own = sorted(held[report.id], key=lambda claim: (claim.passage.start, claim.passage.end, claim.id))
        if not own:
            whole = _whole(report, linking)
            units.extend([whole] if whole else [])
            continue
        layout = Layout(report.document.text)
        affirmed = {
            claim.id for claim in own if not claim.negated and any(linking.weight(term) > 0 for term in _terms(claim))
        }
        case = linking.own_case(report)
        groups = sorted(_grouped(own, layout, linking).items())
        for _, numbers in groups:
            part = tuple(own[number] for number in numbers)
            telling = [claim for claim in part if not claim.negated or not affirmed]
            denied = frozenset(linking.key(term) for claim in part if claim not in telling for term in _terms(claim))
            terms = _weights(telling, denied, report, layout, linking)
            if len(groups) == 1 and not affirmed and report.own_observation:
                terms = _with_page(terms, denied, report, linking)
            if case:
                terms.setdefault(case, link_weights()[Kind.IDENTITY])
            units.append(
                Unit(
                    id=short_id("u", report.id, *sorted(claim.id for claim in part)),
                    report=report.id,
                    claims=part,
                    terms=terms,
                    heads=frozenset(
                        linking.key(term) for claim in telling for term in _terms(claim) if term.kind in _HEADS
                    ),
                    concepts=_concepts(part, report),
                )
            )
    return tuple(units)
