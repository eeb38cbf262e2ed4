"""A denial beside what it denies, and of data that nobody in particular has."""

from __future__ import annotations

from geppo.model.claim import Claim, Hedge, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.write.facts import Fact, _without_bare_denials, _without_vague_denials
from tests.write.made import made_claim

_VELMORA = Term(kind=Kind.IDENTITY, id="org/new/velmora", name="Velmora")
_CARDS = Term(kind=Kind.CONCEPT, id="data/card-data", name="card data")
_CUSTOMERS = Term(kind=Kind.CONCEPT, id="data/customer-data", name="customer data")
_DENIED = Hedge(rung=Rung.DENIES, text="denied", grade=None)


def _facts(*claims: Claim) -> list[Fact]:
    return [Fact(claims=(claim,), score=1.0) for claim in claims]


def test_a_denial_of_something_said_is_no_denial_of_all() -> None:
    bare = made_claim(_VELMORA, Predicate.DENIES, None, hedge=_DENIED)
    told = made_claim(_CARDS, Predicate.LEAKS, None, hedge=_DENIED)
    assert _without_bare_denials(_facts(bare, told)) == _facts(told)
    assert _without_bare_denials(_facts(bare)) == _facts(bare)


def test_data_that_every_firm_has_did_not_leak_of_somebody() -> None:
    leaked = made_claim(_CUSTOMERS, Predicate.LEAKS, None)
    spared = made_claim(_CUSTOMERS, Predicate.LEAKS, None, negated=True)
    owned = made_claim(_CUSTOMERS, Predicate.LEAKS, None, negated=True, qualifiers=(("owner", _VELMORA),))
    cards = made_claim(_CARDS, Predicate.LEAKS, None, negated=True)
    assert _without_vague_denials(_facts(leaked, spared, owned, cards)) == _facts(leaked, owned, cards)
    assert _without_vague_denials(_facts(spared)) == _facts(spared)
