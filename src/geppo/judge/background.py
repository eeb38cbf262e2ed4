"""What a month reported, in the few numbers that later months are compared with.

A sighting is one independent origin that says a thing of a category in the month: the house of a story's origin whose
own page, of that month, has the claim, or a speaker whom only others quote and whose words a page of that month gives.
What a repeat alone says is no sighting, and neither is an old report that is retold. One house is one origin.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from geppo.config import Settings
from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import predicates, trend_categories
from geppo.judge.nexus import Nexus, is_state
from geppo.judge.origins import NAMED
from geppo.judge.relations import acts, joint_states
from geppo.judge.speakers import house_key
from geppo.judge.units import term_key
from geppo.model.claim import Claim, Predicate, Rung
from geppo.model.edition import Month, Story
from geppo.model.entity import Kind, Term
from geppo.model.report import Document
from geppo.model.time import Period

Category = tuple[str, ...]
"""A kind of category and the ids that make it one: ("acts", who, whom), ("targets", whom), ("exploits", what), …"""

_UNSURE = frozenset({Rung.OPEN, Rung.NOT_FOUND, Rung.DENIES, Rung.FORECAST})
_ACTORS = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sighting:
    """One origin (key of a house) that speaks of a category in one story; `root` is a report id or `named:…`."""

    house: str
    root: str
    story: str
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A month: how many documents each house published, what was sighted, and how the categories' terms are printed."""

    period: Period
    houses: Mapping[str, int]
    sightings: Mapping[Category, tuple[Sighting, ...]]
    terms: Mapping[str, Term]

    @property
    def documents(self) -> int:
        """Documents that the month published and that were collected."""
        return sum(self.houses.values())

    def origins(self, category: Category) -> frozenset[str]:
        """Houses that speak of a category themselves."""
        return frozenset(one.house for one in self.sightings.get(category, ()))


@dataclass(frozen=True, slots=True)
class _TermKeys:
    """Keys of terms without stories: an unnamed thing has no state anyway."""

    catalogue: Catalogue

    def term(self, term: Term | None, claim: Claim) -> str:
        return "" if term is None else term_key(term, self.catalogue)


class _Reader:
    """Reads the categories of a month's claims."""

    def __init__(self, month: Month, catalogue: Catalogue) -> None:
        span = month.period.span
        inside = [one for one in month.documents if span.start <= one.published <= span.end]
        self._catalogue = catalogue
        self._documents: dict[str, Document] = {one.sha256: one for one in inside}
        self._claims = {one.id: one for one in month.claims if span.start <= one.published <= span.end}
        self._keys = _TermKeys(catalogue)
        self._nexus = Nexus(month.claims, self._keys, catalogue)
        self._houses = Counter(house_key(one.publisher, catalogue) for one in inside)
        self._origins_of: dict[str, frozenset[str]] = {}
        self.terms: dict[str, Term] = {}

    def houses(self) -> dict[str, int]:
        """Documents by house."""
        return dict(sorted(self._houses.items()))

    def sightings(self, story: Story) -> Iterator[tuple[Category, Sighting]]:
        """What a story's origins say themselves."""
        for identity in story.claims:
            claim = self._claims.get(identity)
            root = self._root(claim, story) if claim is not None else ""
            if claim is None or not root or claim.negated or claim.hedge.rung in _UNSURE:
                continue
            printed = self._documents[root].publisher if root in self._documents else root.removeprefix(NAMED)
            house = house_key(printed, self._catalogue)
            for category in self._categories(claim):
                yield category, Sighting(house=house, root=root, story=story.id, claim=claim.id)

    def _root(self, claim: Claim, story: Story) -> str:
        """The page or speaker whose own words a claim is, where its house is an origin of the story; else empty.

        A person whom such a page quotes is one of its own, unless it is a house that publishes or that we know.
        """
        quoted = {house_key(voice, self._catalogue) for voice in claim.voices}
        page = self._documents.get(claim.report)
        if page is not None:
            house = house_key(page.publisher, self._catalogue)
            others = any(key in self._houses or not key.startswith("name:") for key in quoted - {house})
            if not others and house in self._origins(story):
                return claim.report
        named = [root for root in story.origins if root.startswith(NAMED)]
        return next((root for root in named if house_key(root.removeprefix(NAMED), self._catalogue) in quoted), "")

    def _origins(self, story: Story) -> frozenset[str]:
        """Houses of the story's origins that have pages of this month."""
        if story.id not in self._origins_of:
            pages = [self._documents[root] for root in story.origins if root in self._documents]
            self._origins_of[story.id] = frozenset(house_key(one.publisher, self._catalogue) for one in pages)
        return self._origins_of[story.id]

    def _categories(self, claim: Claim) -> Iterator[Category]:
        named = [claim.subject, claim.object, *(term for _, term in claim.qualifiers)]
        terms = [term for term in named if term is not None]
        if claim.predicate in predicates("hostile"):
            yield from self._hostile(claim, terms)
        if claim.predicate is Predicate.EXPLOITS:
            things = [term for term in terms if term.kind in (Kind.PRODUCT, Kind.VULNERABILITY)]
            yield from (("exploits", self._key(term)) for term in things)
        states = joint_states(claim, self._nexus)
        if states:
            yield ("shares", *states)
        ids = {term.id for term in terms}
        for row in trend_categories():
            if claim.predicate in row.predicates or ids & row.concepts:
                yield ("kind", row.id)

    def _hostile(self, claim: Claim, terms: Iterable[Term]) -> Iterator[Category]:
        victims = [term for term in terms if term is not claim.subject]
        places = [term for term in victims if term.kind is Kind.LOCATION and is_state(self._keys.term(term, claim))]
        for term in (*places, *(term for term in victims if term.kind is Kind.SECTOR)):
            whom = self._key(term)
            yield ("targets", whom)
            if claim.subject.kind in _ACTORS and claim.subject.id:
                yield ("acts", self._key(claim.subject), whom)
        for act in acts(claim, self._nexus):
            for state in (act.source, act.target):
                self.terms.setdefault(state, Term(kind=Kind.LOCATION, id=state, name=state.removeprefix("country/")))
            yield ("states", act.source, act.target)

    def _key(self, term: Term) -> str:
        key = term_key(term, self._catalogue)
        held = self.terms.get(key)
        if held is None or (not term.name.isascii(), term.name) < (not held.name.isascii(), held.name):
            self.terms[key] = term
        return key


def observe(month: Month, catalogue: Catalogue) -> Observed:
    """What a judged month reported. Only what the month itself published counts, not its background."""
    reader = _Reader(month, catalogue)
    found: dict[Category, set[Sighting]] = defaultdict(set)
    for story in month.stories:
        for category, sighting in reader.sightings(story):
            found[category].add(sighting)
    return Observed(
        period=month.period,
        houses=reader.houses(),
        sightings={category: tuple(sorted(found[category])) for category in sorted(found)},
        terms=dict(sorted(reader.terms.items())),
    )


def months_compared(period: Period, months: Iterable[Observed], settings: Settings) -> tuple[Observed, ...]:
    """The months that one can be compared with, the oldest first; empty where they are too few.

    In are those of the window before it (`judge.trends.months`) in which enough was collected.
    """
    least, window = settings.integer("judge.trends.least_documents"), settings.integer("judge.trends.months")
    place = _number(period)
    held = [one for one in months if place - window <= _number(one.period) < place and one.documents >= least]
    held.sort(key=lambda one: one.period)
    return tuple(held) if len(held) >= settings.integer("judge.trends.least_months") else ()


def _number(period: Period) -> int:
    return period.year * 12 + period.month
