"""Which claims a sentence says: what names nobody and nothing stays in the evidence."""

from __future__ import annotations

from datetime import date

import pytest

from geppo.model.claim import Bound, Claim, Count, Predicate
from geppo.model.entity import Kind, Term
from geppo.model.time import day
from geppo.write.printable import printable
from tests.write.made import made_claim

_ATTACK = Term(kind=Kind.CONCEPT, id="campaign-kind/attack", name="attack")
_OUTAGE = Term(kind=Kind.CONCEPT, id="campaign-kind/outage", name="outage")
_SERVICE = Term(kind=Kind.CONCEPT, id="service/service", name="service")
_COUNTRIES = Term(kind=Kind.CONCEPT, id="unit/country", name="countries")
_LYNX = Term(kind=Kind.INTRUSION_SET, id="actor/new/lynx", name="Ochre Lynx")
_SITE = Term(kind=Kind.IDENTITY, id="org/new/velmora", name="Velmora")
_VICTIMS = Term(kind=Kind.CONCEPT, id="unit/victim", name="victim")
_CHILE = Term(kind=Kind.LOCATION, id="country/CL", name="Chile")


def _claim(
    subject: Term,
    predicate: Predicate,
    object_: Term,
    *,
    dated: bool = False,
    negated: bool = False,
    place: bool = False,
    owner: bool = False,
) -> Claim:
    when = day(date(2031, 5, 4)) if dated else None
    qualifiers = (*((("place", _CHILE),) if place else ()), *((("owner", _SITE),) if owner else ()))
    return made_claim(subject, predicate, object_, when=when, negated=negated, qualifiers=qualifiers)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (_claim(_ATTACK, Predicate.DISRUPTS, _SERVICE), False),
        (_claim(_ATTACK, Predicate.DISRUPTS, _SERVICE, dated=True), True),
        (_claim(_ATTACK, Predicate.DISRUPTS, _SERVICE, negated=True), False),
        (_claim(_ATTACK, Predicate.DISRUPTS, _SERVICE, negated=True, owner=True), True),
        (_claim(_ATTACK, Predicate.DISRUPTS, _SERVICE, owner=True), True),
        (_claim(_ATTACK, Predicate.DISRUPTS, _SITE), True),
        (_claim(_OUTAGE, Predicate.DISRUPTS, _SERVICE, dated=True), False),
        (_claim(_LYNX, Predicate.TARGETS, _COUNTRIES, place=True), False),
        (_claim(_LYNX, Predicate.TARGETS, _SITE), True),
        (_claim(_LYNX, Predicate.COMPROMISES, _VICTIMS), False),
        (_claim(_LYNX, Predicate.COMPROMISES, _VICTIMS, dated=True), True),
        (_claim(_LYNX, Predicate.COMPROMISES, _VICTIMS, place=True), True),
    ],
)
def test_what_can_be_checked_is_said(claim: Claim, said: bool) -> None:
    assert printable(claim) is said


@pytest.mark.parametrize(("unit", "said"), [("device/device", True), ("unit/company", True), ("unit/customer", False)])
def test_devices_and_firms_are_broken_into_and_customers_are_not(unit: str, said: bool) -> None:
    count = Count(value=26.0, bound=Bound.EXACT, unit=Term(kind=Kind.CONCEPT, id=unit, name=unit))
    assert printable(made_claim(_LYNX, Predicate.COMPROMISES, _VICTIMS, count=count)) is said
