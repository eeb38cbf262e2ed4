"""The countries in which what is attacked stands: "banks in X and Y" in languages that put them before the noun."""

from __future__ import annotations

from functools import cache
from typing import Any

import re2

from geppo.model.claim import Predicate
from geppo.read.rules import scope
from geppo.read.sentence import Sentence
from geppo.read.typed import Item

PLACED = frozenset({Predicate.TARGETS, Predicate.COMPROMISES})
"""Predicates whose objects stand somewhere."""


@cache
def _words(language: str) -> tuple[Any, Any] | None:
    row = scope()["stands_in"].get(language)
    return (re2.compile(row["owner"]), re2.compile(row["list"])) if row else None


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
