"""What a story says, statement by statement: claims that say the same become one fact with its best witness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from geppo.catalog import Catalog
from geppo.model.assessment import AssessmentKind
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.edition import Month, Story
from geppo.model.entity import Kind, Term
from geppo.model.relay import OwnNetwork
from geppo.model.report import Document
from geppo.write.forms import form_of
from geppo.write.printable import NOBODY, is_named, printable
from geppo.write.weighting import limit, weights

UNORDERED = frozenset({Predicate.SHARES, Predicate.COOPERATES, Predicate.SAME_AS})


_VAGUENESS = {"shared-thing": 2, "relay-class": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One statement with its witnesses, the best first.

    `merged` are further facts by the same witness that differ only in their object, said in the same sentence.
    """

    claims: tuple[Claim, ...]
    score: float
    merged: tuple[Claim, ...] = ()

    @property
    def best(self) -> Claim:
        """The witness that is quoted."""
        return self.claims[0]

    @property
    def objects(self) -> tuple[Term, ...]:
        """Objects of the sentence, without repetition."""
        terms = [claim.object for claim in (self.best, *self.merged) if claim.object is not None]
        if self.best.predicate is Predicate.WARNS:
            things = [term for term in terms if not term.id.startswith(("technique-word/", "campaign-kind/"))]
            terms = things or terms
        return tuple({term.id: term for term in terms}.values())

    def qualifier(self, role: str) -> Term | None:
        """A qualifier of the witness, or what another sentence of the same report says more exactly."""
        found = [
            term
            for claim in (self.best, *self.claims)
            if claim.report == self.best.report
            for term in [claim.qualifier(role)]
            if term is not None
        ]
        return min(found, key=lambda term: _VAGUENESS.get(term.id.partition("/")[0], 0)) if found else None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the claims that the sentence rests on."""
        same = [claim for claim in self.claims if claim.report == self.best.report]
        return tuple(dict.fromkeys(claim.id for claim in (self.best, *self.merged, *same)))


def fact_key(claim: Claim, catalog: Catalog) -> tuple[str, ...]:
    """What makes two claims one statement."""
    subject = catalog.canonical(claim.subject.id) or claim.subject.name
    object_ = (catalog.canonical(claim.object.id) or claim.object.name) if claim.object else ""
    if claim.predicate in UNORDERED and object_ < subject:
        subject, object_ = object_, subject
    place, owner = claim.qualifier("place"), claim.qualifier("owner")
    # Who dates the start of something says the same thing as who does not date it; so does who says what threatens.
    form = "" if claim.predicate is Predicate.WARNS else form_of(claim).removeprefix("since")
    parts = [claim.predicate.value, subject, object_, place.id if place else "", str(claim.negated), form]
    parts.append((catalog.canonical(owner.id) or owner.name) if owner else "")
    if claim.predicate in (Predicate.COUNTS, Predicate.AUTOMATES) or (claim.count and not claim.object):
        parts += [f"{claim.count.value:g}" if claim.count else "", claim.count.unit.id if claim.count else ""]
    if claim.predicate in (Predicate.SIGNS, Predicate.RATIFIES, Predicate.ENTERS_INTO_FORCE):
        parts.append(claim.when.iso() if claim.when else "")
    return tuple(parts)


def standing(month: Month, catalog: Catalog) -> list[Claim]:
    """The month's claims without numbers that their own counter has corrected since, whoever repeats them, and without
    those that a repeat has otherwise than its origin: the table of changes has both.
    """

    def number(claim: Claim) -> tuple[str, float, str] | None:
        if claim.count is None:
            return None
        return catalog.canonical(claim.subject.id) or claim.subject.name, claim.count.value, claim.count.unit.id

    gone = {
        one
        for found in month.assessments
        if found.kind is AssessmentKind.CONTRADICTION and found.get("type") == "update"
        for one in found.get("b_claims").split()
    }
    numbers = {number(claim) for claim in month.claims if claim.id in gone} - {None}
    slips = {
        (found.get("repeat"), found.get("repeat_value").partition(" ")[0])
        for found in month.assessments
        if found.kind is AssessmentKind.DRIFT and found.get("what") == "number"
    }

    def slipped(claim: Claim) -> bool:
        return claim.count is not None and (claim.report, f"{claim.count.value:.15g}") in slips

    return [
        claim for claim in month.claims if claim.id not in gone and number(claim) not in numbers and not slipped(claim)
    ]


def facts_of(
    story: Story, month: Month, claims: Mapping[str, Claim], catalog: Catalog, documents: Mapping[str, Document]
) -> tuple[Fact, ...]:
    """The facts of a story, the weightiest first."""
    held: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for identifier in story.claims:
        claim = claims.get(identifier)
        if claim is not None and printable(claim):
            held[fact_key(claim, catalog)].append(claim)
    roots = set(story.origins)
    main = {catalog.canonical(term.id) for term in story.subjects}
    found = []
    for key in sorted(held):
        witnesses = sorted(held[key], key=lambda claim: _witness(claim, roots))
        found.append(Fact(claims=tuple(witnesses), score=_score(witnesses, roots, main, month, catalog, documents)))
    found = _without_bare_denials(_without_nameless_doers(_without_places(found)))
    found = _without_seconds(_without_vague_denials(found))
    return _merged(sorted(found, key=lambda fact: (-fact.score, fact.best.published, fact.best.id)))


def _without_places(facts: Sequence[Fact]) -> list[Fact]:
    """Without "targeted Japan" where the same voice says what in Japan was targeted."""

    def key(claim: Claim, place: Term | None) -> tuple[str, ...]:
        return (claim.predicate.value, claim.subject.id, place.id if place else "", str(claim.negated), claim.speaker)

    told = {key(fact.best, place) for fact in facts if (place := fact.best.qualifier("place")) is not None}
    return [
        fact
        for fact in facts
        if not (
            fact.best.object is not None
            and fact.best.object.kind is Kind.LOCATION
            and key(fact.best, fact.best.object) in told
        )
    ]


def _without_nameless_doers(facts: Sequence[Fact]) -> list[Fact]:
    """Without "attackers broke into X" beside "Y claimed the attack on X", and without "Y claimed an attack" there."""
    claimed = {
        fact.best.subject.id
        for fact in facts
        if fact.best.predicate is Predicate.CLAIMS_RESPONSIBILITY
        and fact.best.object is not None
        and fact.best.object.kind is not Kind.CONCEPT
    }
    hit = {fact.best.object.id for fact in facts if fact.best.object is not None and is_named(fact.best.subject)}
    return [
        fact
        for fact in facts
        if not (
            fact.best.predicate is Predicate.COMPROMISES
            and fact.best.subject.id in NOBODY
            and fact.best.object is not None
            and fact.best.object.id in hit
        )
        and not (
            fact.best.predicate is Predicate.CLAIMS_RESPONSIBILITY
            and fact.best.subject.id in claimed
            and fact.best.object is not None
            and fact.best.object.kind is Kind.CONCEPT
        )
    ]


def _without_bare_denials(facts: Sequence[Fact]) -> list[Fact]:
    """Without "X denied the accusation" where its sentence says what was denied: it may be a part of what happened."""
    told = {
        (claim.report, claim.passage.start)
        for fact in facts
        for claim in fact.claims
        if claim.hedge.rung is Rung.DENIES and claim.predicate is not Predicate.DENIES
    }

    def bare(claim: Claim) -> bool:
        return claim.predicate is Predicate.DENIES and (claim.report, claim.passage.start) in told

    return [fact for fact in facts if not bare(fact.best)]


def _without_vague_denials(facts: Sequence[Fact]) -> list[Fact]:
    """Without "police did not arrest criminals" beside "police arrested seven": a denial of nobody or nothing in
    particular is of one case among others, and the sentence would not say of which."""
    done = {fact.best.predicate for fact in facts if not fact.best.negated} & _MAY_BE_ANOTHER

    def vague(claim: Claim) -> bool:
        if claim.predicate is Predicate.LEAKS:
            return claim.subject.id in _ANYBODYS and claim.qualifier("owner") is None
        ends = [claim.object] if claim.predicate in _AGAINST else [claim.subject, claim.object]
        return claim.count is None and any(term is not None and term.kind is Kind.CONCEPT for term in ends)

    return [fact for fact in facts if not (fact.best.negated and fact.best.predicate in done and vague(fact.best))]


def _without_seconds(facts: Sequence[Fact]) -> list[Fact]:
    """Without a bare count of what another fact counts in telling what became of it, and without a second telling of
    a thing's size: "it broke into 25,000 devices" beside "its size was 25,000 devices"."""

    def counted(claim: Claim) -> tuple[float, str] | None:
        return (claim.count.value, claim.count.unit.id) if claim.count else None

    told = {counted(fact.best) for fact in facts if fact.best.predicate in _AGAINST}
    sizes = {
        (fact.best.subject.id, counted(fact.best))
        for fact in facts
        if fact.best.predicate is Predicate.COUNTS and not fact.best.negated
    }

    def second(claim: Claim) -> bool:
        if claim.predicate is Predicate.COUNTS:
            return counted(claim) in told
        return claim.predicate is Predicate.COMPROMISES and (claim.subject.id, counted(claim)) in sizes

    return [fact for fact in facts if not second(fact.best)]


def _witness(claim: Claim, roots: set[str]) -> tuple[bool, int, int, int, str, int, str]:
    """Own document of an origin first, then those who name their source, the earlier, the weaker wording first.

    What only a language model read stands behind all that rules read.
    """
    return (
        claim.proposed,
        0 if claim.report in roots else 1,
        len(claim.voices),
        0 if claim.hedge.rung is not Rung.REPORTED else 1,
        claim.published.isoformat(),
        STRENGTH[claim.hedge.rung],
        claim.id,
    )


def _score(
    witnesses: Sequence[Claim],
    roots: set[str],
    main: set[str],
    month: Month,
    catalog: Catalog,
    documents: Mapping[str, Document],
) -> float:
    table, bonus = weights()["predicate"], weights()["bonus"]
    best = witnesses[0]
    score = float(table.get(best.predicate.value, 1.0))
    of_object = best.predicate in _AGAINST or best.predicate in _OF_A_FLAW
    about = best.object if of_object and best.object is not None else best.subject
    if catalog.canonical(about.id) in main:
        score += bonus["main_subject"]
    score += bonus["hearsay"] if best.hedge.rung is Rung.REPORTED else 0.0
    if best.report in roots:
        score += bonus["own_observation"]
    score += bonus["each_report"] * min(len({claim.report for claim in witnesses}), bonus["most_reports"])
    score += bonus["dated"] if best.when else 0.0
    score += bonus["long_past"] if _long_past(best, month) else 0.0
    score += bonus["counted"] if best.count else 0.0
    score += bonus["negated"] if best.negated else 0.0
    score += bonus["finer"] if form_of(best) == "strict" else 0.0
    if is_known_nexus(best, catalog):
        score += bonus["known_nexus"]
    nameless = best.subject.kind is Kind.CONCEPT and best.predicate not in _OF_A_FLAW
    score += bonus["unnamed_subject"] if nameless else 0.0
    if best.object is not None and best.object.kind is Kind.CONCEPT:
        vague = best.predicate in (Predicate.COMPROMISES, Predicate.TARGETS) and not best.count
        score += bonus["vague_object"] if vague else bonus["unnamed_object"]
    span = month.period.span
    document = documents.get(best.report)
    if document is not None and not span.start <= document.published <= span.end:
        score += bonus["out_of_period"]
    return float(score)


def is_known_nexus(claim: Claim, catalog: Catalog) -> bool:
    """True for a state behind a group that the catalogue has: no news, whoever says it again."""
    nexus = claim.predicate is Predicate.HAS_NEXUS and claim.object is not None and not claim.negated
    return nexus and claim.object is not None and catalog.nexus(claim.subject.id) == claim.object.id


def _long_past(claim: Claim, month: Month) -> bool:
    """True for what a report tells of an earlier time; a treaty stays in force, so its days do not age."""
    if claim.when is None or claim.subject.kind is Kind.AGREEMENT:
        return False
    return claim.when.end < month.period.span.start - timedelta(days=limit("long_past_days"))


def _merged(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Facts that one sentence of a source states of several objects become one."""
    groups: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        best = fact.best
        place, owner = best.qualifier("place"), best.qualifier("owner")
        key = (
            best.predicate.value, best.subject.id, best.report, str(best.passage.start), best.hedge.rung.value,
            str(best.negated), form_of(best), place.id if place else "", best.object.kind.value if best.object else "",
            f"{best.count.value:g}" if best.count else "", owner.id if owner else "",
        )  # fmt: skip
        groups[key].append(fact)
    out = []
    for rows in groups.values():
        first = rows[0]
        out.append(
            Fact(
                claims=first.claims,
                score=first.score + 0.1 * (len(rows) - 1),
                merged=tuple(row.best for row in rows[1:]),
            )
        )
    return tuple(sorted(out, key=lambda fact: (-fact.score, fact.best.published, fact.best.id)))


_AGAINST = frozenset({Predicate.ARRESTS, Predicate.SEIZES, Predicate.SANCTIONS})
"""Acts of an authority: the story is of whom they befall."""

_OF_A_FLAW = frozenset({Predicate.EXPLOITS, Predicate.FIXES, Predicate.LISTS})
"""Statements that are about a vulnerability, whoever the doer is."""


_MAY_BE_ANOTHER = _AGAINST | {
    Predicate.FIXES, Predicate.TARGETS, Predicate.COMPROMISES, Predicate.EXPLOITS, Predicate.USES, Predicate.STEALS,
    Predicate.LEAKS,
}  # fmt: skip
"""Acts of which a story can tell several cases."""


_ANYBODYS = frozenset({"data/information", "data/personal-data", "data/customer-data"})
"""Data that every firm has: of which firm they did not leak is to be said."""


def names_somebody(fact: Fact) -> bool:
    """True where a sentence of the fact names who, whom or what; of a leak the number says enough."""
    if fact.best.predicate is Predicate.LEAKS and fact.best.count is not None:
        return True
    terms = (fact.best.subject, *fact.objects)
    return any(term.kind not in (Kind.CONCEPT, Kind.TEXT) for term in terms)


def own_networks(month: Month) -> tuple[OwnNetwork, ...]:
    """Networks of our notes that were published in the month, with a row of it or of the month before."""
    span = month.period.span
    now = {one.sha256 for one in month.documents if span.start <= one.published <= span.end}
    return tuple(
        one for one in month.networks if one.report in now and (one.row(month.period) or one.row(month.period.previous))
    )
