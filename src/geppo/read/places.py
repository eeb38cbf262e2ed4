"""The countries in which what is attacked stands: "banks in X and Y" in languages that put them before the noun."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from geppo import linear
from geppo.model.claim import Predicate
from geppo.model.entity import Term
from geppo.read.rules import scope
from geppo.read.sentence import Sentence
from geppo.read.typed import Item

_PLACED = frozenset({Predicate.TARGETS, Predicate.COMPROMISES})
"""Predicates whose objects stand somewhere."""


@cache
def _words(language: str) -> tuple[Any, Any] | None:
    row = scope()["stands_in"].get(language)
    return (linear.compile(row["owner"]), linear.compile(row["list"])) if row else None


def of_object(sentence: Sentence, item: Item) -> tuple[Item, ...]:
    """The places that stand before an item as its owners, in order: all of a list, so that no country gets lost."""
    words = _words(sentence.language)
    if words is None or item.kind == "place":
        return ()
    owner, joined = words
    found: list[Item] = []
    at = item.start
    for place in reversed(sentence.items):
        if place.end > at or place.start >= at:
            continue
        between = sentence.text[place.end : at]
        if place.kind != "place" or (joined if found else owner).fullmatch(between) is None:
            break
        found.append(place)
        at = place.start
    return tuple(found[::-1])


Places = Mapping[Term, tuple[Item, ...]]
"""The places of each object of a statement."""


def of_objects(
    sentence: Sentence, predicate: Predicate, roles: dict[str, tuple[Item, ...]]
) -> tuple[dict[str, tuple[Item, ...]], Places]:
    """The roles of a statement with the places of what it is done to, and the places by object."""
    if predicate not in _PLACED or not roles.get("O"):
        return roles, {}
    places = {term: of_object(sentence, item) for item in roles["O"] for term in item.terms}
    first = of_object(sentence, roles["O"][0])
    return (roles | {"Place": first} if first else roles), places


def placed(
    qualifiers: tuple[tuple[str, Term], ...], places: Places, object_: Term | None
) -> tuple[tuple[str, Term], ...]:
    """The qualifiers of one object of several, with the places that are its own if there are any."""
    own = places.get(object_, ()) if object_ is not None and len(places) > 1 else ()
    if not own:
        return qualifiers
    return (*(pair for pair in qualifiers if pair[0] != "place"), *(("place", t) for item in own for t in item.terms))
