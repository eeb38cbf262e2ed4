"""Which claims a sentence can say: complete, typed, of a predicate with a phrase, and worth it."""

from __future__ import annotations

from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Term
from geppo.write.forms import form_of
from geppo.write.weighting import weights

UNPRINTED = frozenset({Predicate.HOSTS, Predicate.COMMUNICATES_WITH, Predicate.ASSESSES})
_UNSAID_DATA = frozenset({"data/information", "data/document", "data/personal-data", "data/file"})
NOBODY = frozenset({"role/attacker", "role/hacker", "role/operator", "role/cybercriminal", "unit/victim"})
"""Subjects of whom only a few things are worth saying."""
_OUTAGE = "campaign-kind/outage"
_ANY_DEVICE = "device/device"
"""That "a device" is an ORB is what a glossary says, and no finding."""
_MAIN_KINDS = frozenset(
    {Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.VULNERABILITY, Kind.AGREEMENT}
)


def _says_nothing_to_check(claim: Claim) -> bool:
    """True for "an attack disrupted a service": no name, number, day or place.

    "Countries in China" is no victim, and that an outage disrupted a system is what an outage is. What did not happen
    is worth saying of a system without a name, too, except where that is all that is said.
    """
    if claim.object is not None and claim.object.id == "unit/country" and claim.count is None:
        return True
    if claim.predicate is Predicate.COMPROMISES and claim.count is not None:
        return claim.count.unit.id in weights()["not_entered"]["units"]
    if claim.negated:
        # "A breach did not disrupt a system": no breach that disrupts none could be told from another.
        nameless = claim.object is not None and Kind.CONCEPT is claim.subject.kind is claim.object.kind
        return claim.predicate is Predicate.DISRUPTS and nameless and claim.qualifier("owner") is None
    if claim.subject.id == _OUTAGE and claim.object is not None and claim.object.kind is Kind.CONCEPT:
        return True
    ends = [term for term in (claim.subject, claim.object) if term is not None]
    if claim.object is not None and claim.object.id in weights()["nobody_in_particular"]["terms"]:
        # "The group broke into victims": a group that breaks in has victims.
        ends = []
    named = any(term.kind is not Kind.CONCEPT for term in ends)
    return not (named or claim.count or claim.when or claim.qualifier("place") or claim.qualifier("owner"))


_OF_SOMEBODY = frozenset({Predicate.SANCTIONS, Predicate.DISCLOSES})
_OF_THE_NAMED = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.USES})
"""What "malware" or "an intrusion" did is no news; what somebody with a name did is."""
_WORTH_OF_NOBODY = frozenset({Predicate.EXPLOITS, Predicate.ATTRIBUTED_TO, Predicate.DENIES, Predicate.ARRESTS})
_BEFELL = frozenset({Predicate.COMPROMISES, Predicate.STEALS, Predicate.DISRUPTS})


def _befell_the_named(claim: Claim) -> bool:
    """True for what somebody without a name did to a house that has one: that is news, whoever was behind it."""
    house = claim.object is not None and claim.object.kind is Kind.IDENTITY
    return claim.predicate in _BEFELL and (house or claim.qualifier("owner") is not None)


def _did_by_nobody(claim: Claim) -> bool:
    """True for what somebody without a name did, where that says nothing."""
    if claim.subject.id in NOBODY or claim.subject.id.startswith("group-kind/"):
        return claim.predicate not in _WORTH_OF_NOBODY and not _befell_the_named(claim)
    return claim.predicate in _OF_THE_NAMED and claim.subject.kind is Kind.CONCEPT and not _befell_the_named(claim)


def _counts_nothing(claim: Claim) -> bool:
    """True for a count without a number, or of money: whether that was paid, asked or lost is another statement."""
    if claim.predicate is not Predicate.COUNTS:
        return False
    return claim.count is None or claim.count.unit.id in weights()["money"]["units"]


def printable(claim: Claim) -> bool:
    """Claims that a sentence can say: complete, typed, and of a predicate with a phrase.

    A noun that no list knows (kind TEXT) has no word in the other language, so it stays in the evidence.
    """
    if claim.predicate in UNPRINTED or _counts_nothing(claim):
        return False
    if claim.predicate is Predicate.CLASSIFIES and claim.subject.id == _ANY_DEVICE:
        return False
    if claim.predicate in _OF_SOMEBODY and claim.count is None and claim.object is not None:
        # "Australia sanctioned hackers" says of nobody whom, "a house disclosed a scam" of no scam which.
        return claim.object.kind is not Kind.CONCEPT or claim.object.id in weights()["own_misfortune"]["terms"]
    if claim.predicate is Predicate.LEAKS and claim.count is None and claim.subject.id in _UNSAID_DATA:
        return claim.qualifier("owner") is not None and not claim.negated
    if claim.predicate is Predicate.AUTOMATES and claim.count is None and form_of(claim) != "limit":
        return False
    if claim.predicate in (Predicate.SIGNS, Predicate.RATIFIES, Predicate.ENTERS_INTO_FORCE):
        return claim.when is not None and claim.subject.kind is Kind.AGREEMENT
    if claim.predicate is Predicate.ARRESTS and claim.qualifier("step") is not None:
        return False
    if claim.predicate is Predicate.ATTRIBUTED_TO and claim.subject.id.startswith("campaign-kind/"):
        return claim.qualifier("owner") is not None
    if claim.predicate is Predicate.ACTIVE:
        return claim.when is not None and is_named(claim.subject)
    if claim.predicate is Predicate.EXPLOITS and claim.object is not None:
        return claim.object.kind in (Kind.VULNERABILITY, Kind.PRODUCT)
    if claim.predicate in _ACTS and _says_nothing_to_check(claim):
        return False
    if _did_by_nobody(claim) or (claim.predicate is Predicate.PROVIDES and claim.subject.kind is Kind.IDENTITY):
        # What a firm offers is its business; what a crew offers is news.
        return False
    terms = [term for term in (claim.subject, claim.object) if term is not None]
    return not any(term.kind in (Kind.OBSERVABLE, Kind.TEXT) for term in terms)


_ACTS = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.STEALS, Predicate.DISRUPTS, Predicate.USES})
"""Acts of which a sentence has to name somebody or something."""


def is_named(term: Term) -> bool:
    """True for a term with a name of its own."""
    return term.kind in _MAIN_KINDS
