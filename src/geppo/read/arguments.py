"""The two ends of a statement: what its roles hold, and what a rule's constants stand for where they hold nothing."""

from __future__ import annotations

from geppo.catalog import Catalog
from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.anaphora import Salience
from geppo.read.counts import measured, sums
from geppo.read.typed import Item

_SYMMETRIC = frozenset({Predicate.SHARES, Predicate.COOPERATES, Predicate.SAME_AS})
COUNTED = "@counted"
"""Stands for what the statement counts."""


def _constant(value: str, salience: Salience, catalog: Catalog) -> tuple[Term, ...]:
    """The term of a constant: `@pair` or `@kind|kind` is the latest such name of the block (`?id` if there is none, or
    `?@G` for what stands in role G; `@!kind` only where the block has but one), anything else a catalogue id."""
    if value == "@pair":
        pair = salience.pair()
        return pair or ()
    if value.startswith("@"):
        kinds, _, otherwise = value[1:].partition("?")
        if kinds.startswith("!"):
            wanted = kinds[1:].split("|")
            # Where the block tells of an operation, what was done in it was not done to its one malware alone.
            whole = "campaign" not in wanted and bool(salience.latest.get("campaign"))
            term = None if whole else salience.last(wanted, few=True)
        else:
            term = salience.main(kinds.split("|"))
        if term is not None or not otherwise:
            return (term,) if term else ()
        value = otherwise
    kind = Kind.LOCATION if value.startswith("country/") else Kind.CONCEPT
    term = Term(kind=kind, id=value, name=value.rpartition("/")[2])
    return (Term(kind=kind, id=value, name=catalog.label(term, "en") or term.name),)


def arguments(
    predicate: Predicate,
    constants: dict[str, str],
    roles: dict[str, tuple[Item, ...]],
    salience: Salience,
    catalog: Catalog,
    house: Term | None = None,
) -> list[tuple[Term, Term | None]]:
    """Subjects with their objects, those that constants stand for included; without any where an end is missing.

    Nothing is left of a statement of which nobody and nothing is named in its sentence: "they used the backdoor" where
    both are only guessed from the block.
    """
    subjects, objects = (
        [term for item in roles.get(role, ()) for term in (measured(item) or item.terms)] for role in ("S", "O")
    )
    if not subjects and house is not None:
        subjects = [house]
    named = bool(subjects) or not constants.get("subject", "").startswith("@")
    if not subjects and "subject" in constants:
        wanted_, _, otherwise = constants["subject"].partition("?@")
        subjects = list(_constant(wanted_, salience, catalog))
        if not subjects and otherwise:
            subjects = [term for item in roles.get(otherwise, ()) for term in item.terms]
    counted = [item.count.unit for item in roles.get("C", ()) if item.count is not None]
    if not objects and constants.get("object") == COUNTED:
        objects = counted
    elif not objects and "object" in constants and (money := sums(roles.get("C", ()))):
        objects = money
    elif not objects and "object" in constants:
        wanted_, _, otherwise = constants["object"].partition("?")
        objects = list(_constant(wanted_ if otherwise == COUNTED else constants["object"], salience, catalog))
        if not objects and otherwise == COUNTED:
            objects = counted
    if not subjects or (not named and roles.get("O") and all(item.anaphor for item in roles["O"])):
        return []
    if predicate in _SYMMETRIC and not objects:
        if len(subjects) < 2:
            return []
        subjects, objects = subjects[:1], subjects[1:]
    if predicate is Predicate.SAME_AS and not {one.id for one in subjects}.isdisjoint(one.id for one in objects):
        # "The group known as X and Y": the name is of "the group", and Y is somebody else.
        return []
    wanted = "O" in roles or "object" in constants
    if not objects:
        return [] if wanted else [(subject, None) for subject in subjects]
    return [(subject, object_) for subject in subjects for object_ in objects if subject.id != object_.id]
