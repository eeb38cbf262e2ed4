"""Whom a fact is about: named groups and places, and the states that reports or the catalogue give a group."""

from __future__ import annotations

from geppo.catalog import Catalog
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Term
from geppo.write.facts import Fact
from geppo.write.parties import Parties
from tests.write.made import made_claim

_LYNX = Term(kind=Kind.INTRUSION_SET, id="actor/new/lynx", name="Ochre Lynx")
_CHILE = Term(kind=Kind.LOCATION, id="country/CL", name="Chile")
_NORWAY = Term(kind=Kind.LOCATION, id="country/NO", name="Norway")
_ENERGY = Term(kind=Kind.SECTOR, id="sector/energy", name="energy")


def _claim(predicate: Predicate, object_: Term, *, negated: bool = False, place: Term | None = None) -> Claim:
    parts = {"id": f"{predicate.value}-{object_.id}", "negated": negated}
    return made_claim(_LYNX, predicate, object_, qualifiers=(("place", place),) if place else (), **parts)


def _of(fact: Claim, *claims: Claim) -> frozenset[str]:
    return Parties(Catalog.load(), claims).of(Fact(claims=(fact,), score=1.0))


def test_names_and_places_are_parties_and_sectors_are_not() -> None:
    assert _of(_claim(Predicate.TARGETS, _ENERGY, place=_NORWAY)) == {"actor/new/lynx", "country/NO"}


def test_the_state_that_a_report_gives_a_group_is_a_party() -> None:
    attack = _claim(Predicate.TARGETS, _ENERGY)
    assert _of(attack, _claim(Predicate.HAS_NEXUS, _CHILE)) == {"actor/new/lynx", "country/CL"}
    assert _of(attack, _claim(Predicate.HAS_NEXUS, _CHILE, negated=True)) == {"actor/new/lynx"}
    assert _of(attack, _claim(Predicate.TARGETS, _CHILE)) == {"actor/new/lynx"}


def test_an_attack_on_the_state_of_one_who_joins_divides_and_one_of_that_state_does_not() -> None:
    joined = _claim(Predicate.SHARES, Term(kind=Kind.INTRUSION_SET, id="actor/new/mesh", name="Tin Mesh"))
    said = Parties(Catalog.load(), [_claim(Predicate.HAS_NEXUS, _CHILE)])
    in_chile = _claim(Predicate.TARGETS, _ENERGY, place=_CHILE)
    in_norway = _claim(Predicate.TARGETS, _ENERGY, place=_NORWAY)
    assert said.against(Fact(claims=(in_chile,), score=1.0), Fact(claims=(joined,), score=1.0))
    assert not said.against(Fact(claims=(in_norway,), score=1.0), Fact(claims=(joined,), score=1.0))
