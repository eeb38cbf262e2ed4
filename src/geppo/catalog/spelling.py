"""How one name is spelled: with and without its suffix, in one word, with a hyphen, with a blank."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from geppo.catalog.folding import fold, key

_SEPARATOR = re.compile(r"[ ._\-]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][A-Za-z])")
_DESIGNATOR = re.compile(r"([a-z]{2,6})([ -]?)(\d{1,5})$")
_CYRILLIC_TWINS = str.maketrans("abcehkmoptxy", "авсенкмортху")
_SHORTEST_REMAINDER = 4
"""A suffix is only taken off where this many letters and digits stay: shorter rests are initials or numbers."""


class Suffix(IntEnum):
    """What the suffix of a printed name is to the name."""

    NONE = 0
    KEPT = 1
    """The name goes with and without it, and it belongs to the name where it stands there."""
    NEEDED = 2
    """Part of the name only where the rest is an ordinary word."""
    DROPPED = 3
    """Never part of the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffixes:
    """Words behind a name by what they are to it (lower case, longest first)."""

    kept: tuple[str, ...]
    needed: tuple[str, ...]
    dropped: tuple[str, ...]

    def strip(self, name: str) -> tuple[str, Suffix]:
        """The name without its suffix, and what that suffix is."""
        folded = fold(name)
        if folded.endswith(self.dropped):
            return _without(name, folded, self.dropped, Suffix.DROPPED)
        if folded.endswith(self.kept):
            return _without(name, folded, self.kept, Suffix.KEPT)
        if folded.endswith(self.needed):
            return _without(name, folded, self.needed, Suffix.NEEDED)
        return name, Suffix.NONE


def _without(name: str, folded: str, words: tuple[str, ...], suffix: Suffix) -> tuple[str, Suffix]:
    word = next(word for word in words if folded.endswith(word))
    rest = name[: len(name) - len(word)]
    bare = rest.rstrip(" -_")
    if (bare != rest or not word.isascii()) and _may_stand_alone(bare):
        return bare, suffix
    return name, Suffix.NONE


def _may_stand_alone(name: str) -> bool:
    letters = key(name)
    if not letters.isascii():
        return len(letters) >= 2
    return len(letters) >= _SHORTEST_REMAINDER and not letters.isdigit()


def spellings(name: str) -> Iterator[tuple[str, bool]]:
    """Folded spellings of a name, each with True where it splits a word that the name prints as one.

    APT29, APT 29, APT-29; Smoke Loader, SmokeLoader, Smoke-Loader; LimeRAT, Lime RAT, Lime-RAT. A designator of twin
    letters also has its Cyrillic look-alike.
    """
    folded = fold(name)
    yield folded, False
    if not folded.isascii():
        if "・" in folded:
            yield folded.replace("・", ""), False
        return
    if found := _DESIGNATOR.match(folded):
        letters, own, digits = found.groups()
        yield from ((f"{letters}{between}{digits}", False) for between in ("", "-", " ") if between != own)
        twin = letters.translate(_CYRILLIC_TWINS)
        if not any("a" <= c <= "z" for c in twin):
            yield from ((f"{twin}{between}{digits}", False) for between in ("", "-", " "))
        return
    parts = _SEPARATOR.split(folded)
    if 1 < len(parts) <= 3 and all(parts):
        yield from ((between.join(parts), False) for between in ("", "-", " "))
    elif len(parts) == 1:
        words = _CAMEL.split(name)
        if 1 < len(words) <= 3 and min(map(len, words)) >= 3:
            yield from ((between.join(words).lower(), True) for between in ("-", " "))
