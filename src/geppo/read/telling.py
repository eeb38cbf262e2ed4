"""Days on which something was said, not done: "said on 8 July", 「…は8日、…と発表した」."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from geppo import linear, shipped
from geppo.errors import DataError
from geppo.model.claim import Predicate

REACH = 60
"""Characters before and behind a date that an expression sees."""


@dataclass(frozen=True, slots=True)
class Row:
    """One construction; the expressions that must all be found, and sentences as its tests."""

    before: Any
    behind: Any
    whole: Any
    match: tuple[str, ...]
    near: tuple[str, ...]

    def fits(self, text: str, start: int, end: int, sentence: tuple[int, int]) -> bool:
        """True where the date from `start` to `end` of a text is one of telling."""
        first, last = sentence
        return (
            self.before.search(text[max(first, start - REACH) : start]) is not None
            and self.behind.search(text[end : min(last, end + REACH)]) is not None
            and self.whole.search(text[first:last].rstrip()) is not None
        )


@cache
def _raw() -> dict[str, Any]:
    return shipped.table("geppo.read", "telling.toml")


@cache
def rows(language: str) -> tuple[Row, ...]:
    """The constructions of a language. Raises DataError for an expression that does not compile."""
    try:
        return tuple(
            Row(
                before=linear.compile(raw["before"]),
                behind=linear.compile(raw.get("behind", "")),
                whole=linear.compile(raw.get("all", "")),
                match=tuple(raw["match"]),
                near=tuple(raw["near"]),
            )
            for raw in _raw().get(language, ())
        )
    except re2.error as error:
        raise DataError(f"telling.toml, [{language}]: {error}") from error


@cache
def acts() -> frozenset[Predicate]:
    """What such a day is no day of."""
    return frozenset(Predicate(name) for name in _raw()["acts"])


def told_then(text: str, start: int, end: int, sentence: tuple[int, int], language: str) -> bool:
    """True where a date of a sentence is the day of telling. `sentence` is its start and end in the text."""
    return any(row.fits(text, start, end, sentence) for row in rows(language))
