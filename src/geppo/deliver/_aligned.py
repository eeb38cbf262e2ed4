"""Text as a person may see it, with the place of every character, so that a mark found in one is found in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geppo.deliver._shown import defang, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """`text` is what is shown; `places[i]` is where character i of the original begins in it, the end included."""

    text: str
    places: Sequence[int]

    def part(self, start: int, end: int) -> str:
        """What is shown for characters `start` to `end` of the original."""
        return self.text[self.places[start] : self.places[end]]


def _same(original: str, made: str) -> bool:
    return original == made or (made == "x" and original in "tT")


def _through_defang(seen: str, made: str) -> Sequence[int]:
    """Defanging only puts brackets in and makes `tt` of a scheme `xx`, so both texts can be walked side by side.

    An opening bracket belongs to the sign that it stands before, a closing one to the sign that it stands after.
    """
    if seen == made:
        return range(len(made) + 1)
    places: list[int] = []
    at = 0
    for char in seen:
        while at < len(made) and made[at] == "]" and not _same(char, "]"):
            at += 1
        places.append(at)
        while at < len(made) and not _same(char, made[at]):
            at += 1
        at += 1
    places.append(len(made))
    return places


def _through_visible(text: str, seen: str) -> Sequence[int]:
    if len(text) == len(seen):
        return range(len(seen) + 1)
    places = [0]
    for char in text:
        places.append(places[-1] + len(visible(char)))
    return places


def aligned(text: str) -> Aligned:
    """`text` visible and defanged as everywhere else, with places."""
    seen = visible(text)
    made = defang(seen)
    first, second = _through_visible(text, seen), _through_defang(seen, made)
    return Aligned(text=made, places=[second[place] for place in first])
