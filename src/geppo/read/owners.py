"""Whose systems, data or work a statement speaks of: "the records of X's customers", 「X社のサーバー」.

The house is a qualifier (`owner`) of statements about things that have no name. It comes from the words beside the
thing or, on a page that tells of one house's misfortune alone, from the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Protocol

from geppo import linear, shipped
from geppo.catalog import Catalog
from geppo.language.sentences import Span
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Term
from geppo.model.report import Document
from geppo.read.typed import Item

OWNER = "owner"
"""The role of the house."""

_OF_SUBJECT = frozenset({Predicate.LEAKS})
_OF_OBJECT = frozenset({Predicate.STEALS, Predicate.COMPROMISES, Predicate.DISRUPTS})
_HIT = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.DISRUPTS, Predicate.CLAIMS_RESPONSIBILITY})
"""Predicates whose object, where it is a house, is the one that was hit."""

_CLAIMED = frozenset({Predicate.CLAIMS_RESPONSIBILITY})
_ANY_VICTIM = "unit/victim"
_OPERATION = "campaign-kind/operation"
"""What "operations" are where nobody says whose; where they stop they are the house's work."""
_WORK = Term(kind=Kind.CONCEPT, id="service/operations", name="business operations")
"""What stops where a house's plants or papers do."""

_HOUSES = frozenset({"unit/company", "unit/organisation", "unit/victim", "unit/country"})


class Items(Protocol):
    """The items inside a stretch of the text."""

    def __call__(self, start: int, end: int) -> list[Item]: ...


@cache
def _data() -> Mapping[str, Any]:
    raw = shipped.table("geppo.read", "owners.toml")
    return {
        name: {key: linear.compile(value) for key, value in row.items()} if isinstance(row, dict) else row
        for name, row in raw.items()
    }


def _thing(claim: Claim) -> Term | None:
    """What may be somebody's: a thing without a name that was leaked, taken, entered or stopped, or an attack on it."""
    if claim.predicate is Predicate.ATTRIBUTED_TO:
        return claim.subject if claim.subject.id.startswith("campaign-kind/") else None
    term = claim.subject if claim.predicate in _OF_SUBJECT else claim.object if claim.predicate in _OF_OBJECT else None
    if term is None or term.kind is not Kind.CONCEPT or term.id.partition("/")[0] in _data()["somebody"]:
        return None
    return None if term.id in _data()["somebody"] else term


def owned(claim: Claim, text: str, span: Span, items: Sequence[Item], language: str) -> Claim:
    """The claim with the house whose thing it is, where the sentence says so right beside the thing."""
    thing, own = _thing(claim), _data().get(language)
    if thing is None or own is None or claim.qualifier(OWNER) is not None:
        return claim
    taken_from = claim.qualifier("from")
    if taken_from is not None and taken_from.kind is Kind.IDENTITY:
        return _of(claim, taken_from)
    wanted = {thing.id, claim.count.unit.id if claim.count else thing.id}
    houses = [item for item in items if item.kind == "org" and item.terms]
    for item in items:
        of_thing = any(term.id in wanted for term in item.terms)
        if not of_thing and not (item.count is not None and item.count.unit.id in wanted):
            continue
        for house in houses:
            if _beside(text, house, item, own):
                return _of(claim, house.terms[0])
        teller = next((one.terms[0] for one in houses if claim.voices and one.terms[0].name == claim.voices[-1]), None)
        if teller is not None and "told" in own and own["told"].search(text[span.start : item.start]) is not None:
            return _of(claim, teller)
        if own["ours"].search(text[max(span.start, item.start - _data()["reach"]) : item.start]) is not None:
            return _of(claim, Term(kind=Kind.IDENTITY, id=f"publisher/{claim.publisher}", name=claim.publisher))
    return claim


def _beside(text: str, house: Item, item: Item, own: Mapping[str, Any]) -> bool:
    """True where only words of belonging stand between a house and a thing."""
    if house.end <= item.start:
        between, pattern = text[house.end : item.start], own["before"]
    elif item.end <= house.start:
        between, pattern = text[item.end : house.start], own["behind"]
    else:
        return False
    return len(between) <= _data()["reach"] and pattern.fullmatch(between) is not None


def _of(claim: Claim, house: Term) -> Claim:
    return replace(claim, qualifiers=(*claim.qualifiers, (OWNER, house)))


def _same(one: str, other: str) -> bool:
    """True for a name and its short form: 「浜風」 beside 「浜風ホールディングス」."""
    return one.startswith(other) or other.startswith(one)


def _the_one_hit(claims: Iterable[Claim]) -> Term | None:
    """The only house that a page tells was hit, or that tells of its own misfortune; None where there are others."""
    houses: list[Term] = []
    for claim in claims:
        if claim.turned:
            continue
        if claim.predicate in _HIT and claim.object is not None:
            houses.append(claim.object)
        elif claim.predicate is Predicate.DISCLOSES and claim.object is not None:
            houses += [claim.subject] if claim.object.id in _data()["misfortunes"] else []
        owner = claim.qualifier(OWNER)
        houses += [owner] if owner is not None else []
    houses = [term for term in houses if term.kind is Kind.IDENTITY]
    longest = max(houses, key=lambda term: len(term.name), default=None)
    return longest if longest is not None and all(_same(term.name, longest.name) for term in houses) else None


def _theirs(claim: Claim, text: str, items: Items, language: str) -> bool:
    """True where what is called by its sector is the house's own: "many of the company's 70 newspapers"."""
    own = _data().get(language)
    if own is None or "theirs" not in own or claim.object is None or claim.object.kind is not Kind.SECTOR:
        return False
    start, end = claim.passage.start, claim.passage.end
    return any(
        own["theirs"].search(text[max(start, item.start - _data()["reach"]) : item.end]) is not None
        for item in items(start, end)
        if any(term.id == claim.object.id for term in item.terms)
    )


def _own_house(document: Document, catalog: Catalog) -> Term | None:
    """The house of a page that tells of its own misfortune, as a notice does; None for who reports of others."""
    own = _data().get(document.language)
    if own is None or not document.publisher or catalog.publisher(document.publisher) is not None:
        return None
    if own["befell"].search(document.text) is None:
        return None
    return Term(kind=Kind.IDENTITY, id=f"publisher/{document.publisher}", name=document.publisher)


def of_the_page(claims: Sequence[Claim], document: Document, items: Items, catalog: Catalog) -> list[Claim]:
    """The claims of a page that tells of one house's misfortune, those about things without a name with that house.

    A sentence that names another house, or counts houses, is left as it is: what it tells may be the others'. Whom a
    claim of responsibility was for is the house, too.
    """
    house = _own_house(document, catalog) or _the_one_hit(claims)
    if house is None:
        return list(claims)
    made = []
    for claim in claims:
        if _speaks_of_others(claim, house, items):
            made.append(claim)
        elif claim.object is not None and claim.object.id == _ANY_VICTIM and claim.predicate in _CLAIMED:
            # Who claims victims in numbers, or over the years, claims more than this one.
            many = claim.qualifier("open") is not None or _counts(items(claim.passage.start, claim.passage.end))
            made.append(claim if many else replace(claim, object=house))
        elif claim.object is not None and claim.object.id == _OPERATION and claim.predicate is Predicate.DISRUPTS:
            made.append(_of(replace(claim, object=_WORK), house))
        elif claim.predicate is Predicate.DISRUPTS and _theirs(claim, document.text, items, document.language):
            made.append(_of(replace(claim, object=_WORK, count=None), house))
        elif _thing(claim) is not None and claim.qualifier(OWNER) is None:
            made.append(_of(claim, house))
        else:
            made.append(claim)
    return made


def _counts(items: Iterable[Item]) -> bool:
    """True where a sentence counts anything but a volume of data."""
    return any(item.count is not None and item.kind == "count" for item in items)


def _speaks_of_others(claim: Claim, house: Term, items: Items) -> bool:
    """True where a claim's sentence names a house that neither is the one nor says it, or counts houses."""
    spoken = {claim.publisher, *claim.voices}
    for item in items(claim.passage.start, claim.passage.end):
        if item.count is not None and item.count.unit.id in _HOUSES:
            return True
        if item.kind == "org" and not all(_same(one.name, house.name) or one.name in spoken for one in item.terms):
            return True
    return False
