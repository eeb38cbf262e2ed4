"""Which of several readings of one sentence stand: the fuller one, the one that had to guess least."""

from __future__ import annotations

from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Term

_STAGES = frozenset({Predicate.SIGNS, Predicate.RATIFIES, Predicate.ENTERS_INTO_FORCE})
_SYMMETRIC = frozenset({Predicate.SHARES, Predicate.COOPERATES, Predicate.SAME_AS})
_ONE_OBJECT = frozenset({Predicate.WARNS, Predicate.DENIES, Predicate.PAYS})
"""A house warns of one thing in a sentence; what else stands there says more of it."""

_ATTACKS = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.USES, Predicate.EXPLOITS, Predicate.STEALS})

NOBODY = frozenset({"role/attacker", "role/operator", "body/police", "unit/victim", "campaign-kind/incident"})
"""Subjects that a reading puts in where the sentence names nobody."""


_ANYBODY = "unit/victim"
"""The object of a claim that names nobody."""

_KIND_OF_NAMES = {
    "malware-kind": (Kind.MALWARE, Kind.TOOL),
    "group-kind": (Kind.INTRUSION_SET,),
    "campaign-kind": (Kind.CAMPAIGN,),
    "shared-thing/vulnerability": (Kind.VULNERABILITY,),
    "shared-thing/zero-day": (Kind.VULNERABILITY,),
    "relay-class": (Kind.INFRASTRUCTURE, Kind.MALWARE),
}
_DESCRIBED = ("role", "group-kind", "malware-kind", "campaign-kind")


def _described(term: Term) -> bool:
    """True for a subject that is told by what it is and not by its name ("hackers", "the backdoor")."""
    return term.kind is Kind.CONCEPT and term.id.partition("/")[0] in _DESCRIBED


def _less_named(claim: Claim, other: Claim) -> bool:
    """True where a claim tells by its kind what the other, which says the same, names."""
    if claim.predicate is not other.predicate or claim.negated != other.negated or claim.predicate in _SYMMETRIC:
        return False
    one, two = claim.object, other.object
    described = _described(claim.subject) and not _described(other.subject)
    if one is None or two is None:
        return False
    if one.id == two.id:
        return described
    of_kind = two.kind in _KIND_OF_NAMES.get(one.id if one.id in _KIND_OF_NAMES else one.id.partition("/")[0], ())
    return of_kind and claim.count is None and (described or claim.subject.id == other.subject.id)


def without_descriptions(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """The claims of a sentence without those that repeat another with "the group" or "malware" for a name."""
    return tuple(
        claim
        for claim in claims
        if not any(
            _less_named(claim, other) or _undated(claim, other) or _seized(claim, other)
            for other in claims
            if other is not claim
        )
    )


def _undated(claim: Claim, other: Claim) -> bool:
    """True where a claim says without its date what the other says with it."""
    one = (claim.predicate, claim.subject, claim.object, claim.negated, claim.count)
    return claim.when is None and other.when is not None and one == (
        other.predicate, other.subject, other.object, other.negated, other.count
    )  # fmt: skip


def _seized(claim: Claim, other: Claim) -> bool:
    """True for the size of a network that is only the number of things that were seized."""
    if claim.predicate is not Predicate.COUNTS or other.predicate is not Predicate.SEIZES:
        return False
    return claim.count is not None and other.count is not None and claim.count.value == other.count.value


def fuller(claim: Claim, other: Claim) -> bool:
    """True where a claim names the one that the other only supposes, for the same statement about the same thing."""
    if claim.predicate is other.predicate and claim.count is not None and other.count is not None:
        other_one = claim.subject.id not in {other.subject.id, *NOBODY} and claim.predicate is not Predicate.COUNTS
        return other_one and claim.count.value == other.count.value
    if claim.predicate is Predicate.ARRESTS and other.object is not None and other.object.id == "role/suspect":
        return other.count is None and claim.predicate is other.predicate and claim.subject.id == other.subject.id
    if other.object is not None and other.object.id == "unit/victim" and claim.subject.id == other.subject.id:
        return claim.predicate is other.predicate and claim.object is not None
    return (
        claim.predicate is other.predicate
        and claim.negated == other.negated
        and claim.object is not None
        and other.object is not None
        and claim.object.id == other.object.id
        and other.subject.id in NOBODY
        and claim.subject.id not in NOBODY
    )


def same(claim: Claim, other: Claim) -> bool:
    """True where two claims of a sentence say the same, perhaps one with less."""
    if claim.predicate is Predicate.STEALS and other.predicate is Predicate.LEAKS and claim.subject.id in NOBODY:
        return True
    if claim.predicate is not other.predicate:
        return False
    if claim.predicate in _SYMMETRIC and {claim.subject.id, claim.object and claim.object.id} == {
        other.subject.id,
        other.object and other.object.id,
    }:
        return True
    if claim.predicate in _STAGES or (claim.predicate in _ONE_OBJECT and claim.subject.id == other.subject.id):
        return True
    if claim.predicate is Predicate.DENIES and claim.subject.kind is Kind.CONCEPT:
        return True
    if claim.object is not None and other.object is not None and claim.object.id == other.object.id:
        described = _described(claim.subject) and not _described(other.subject)
        if claim.subject.id in NOBODY or claim.predicate is Predicate.LISTS or described:
            return True
        return claim.subject.id == other.subject.id
    if _less_named(claim, other):
        return True
    if claim.object is not None and other.object is None and claim.object.id == other.subject.id:
        return claim.subject.id in NOBODY
    counted = claim.count is not None and other.count is not None and claim.count.unit == other.count.unit
    if counted and claim.subject.id in NOBODY:
        return True
    return claim.subject.id == other.subject.id and (counted or claim.object is None)


def without_guesses(claims: tuple[Claim, ...], guessed: set[str]) -> tuple[Claim, ...]:
    """A subject taken from the block gives way where the sentence itself names one for the same statement."""
    stated = {
        (c.predicate, c.object.id if c.object else "", c.count.value if c.count else 0, c.negated)
        for c in claims
        if c.id not in guessed
    }
    return tuple(
        claim
        for claim in claims
        if claim.id not in guessed
        or (
            claim.predicate,
            claim.object.id if claim.object else "",
            claim.count.value if claim.count else 0,
            claim.negated,
        )
        not in stated
    )


def _of_state(claim: Claim) -> bool:
    return claim.object is not None and claim.object.kind is Kind.LOCATION


def without_weaker_readings(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """One rule may read the bare form of what another reads with its count: the fuller one stays.

    A state is not said to attack where its group is named for the same attack, nor to be behind what a group is.
    """
    one = {frozenset((c.subject.id, c.object.id)) for c in claims if c.predicate is Predicate.SAME_AS and c.object}
    named = {(c.predicate, c.subject.id) for c in claims if c.object is not None and c.object.id != _ANYBODY}
    fuller = {(c.predicate, c.subject.id, c.object.id if c.object else "", c.negated) for c in claims if c.count}
    groups = {
        (c.predicate, c.object.id if c.object else "", c.negated)
        for c in claims
        if c.subject.kind in (Kind.INTRUSION_SET, Kind.CAMPAIGN, Kind.MALWARE)
    }
    ascribed = {
        c.subject.id
        for c in claims
        if c.predicate is Predicate.ATTRIBUTED_TO and c.object is not None and c.object.kind is Kind.INTRUSION_SET
    }
    kept = []
    for claim in claims:
        key = (claim.predicate, claim.subject.id, claim.object.id if claim.object else "", claim.negated)
        if claim.predicate is Predicate.SHARES and frozenset((key[1], key[2])) in one:
            continue
        if key[2] == _ANYBODY and key[:2] in named:
            continue
        if claim.subject.kind is Kind.LOCATION and claim.predicate in _ATTACKS and (key[0], *key[2:]) in groups:
            continue
        if claim.count is None and key in fuller:
            continue
        if claim.predicate is Predicate.ATTRIBUTED_TO and claim.subject.id in ascribed and _of_state(claim):
            continue
        kept.append(claim)
    return tuple(kept)
