"""A folded copy of a text for matching, with the way back to the text as read.

Folded are: compatibility forms (Unicode NFKC: full-width letters and digits, half-width kana, ligatures), characters
that show nothing (zero-width and soft characters are dropped) and dashes (all become the hyphen-minus). Case stays.
A result is matched on the copy and cited in the original, so every span must map back.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

DROPPED = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")
DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d")

FEW = 64
# Unicode's stream-safe limit (UAX 15, section 13) is 30 marks; sorting an endless run of marks takes quadratic time.
RUN = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the copy.

    `at` is its start in the copy; `start` and `end` bound what it was made from. If both lengths are equal each
    character maps to its own; else the whole stretch maps to the whole source.
    """

    at: int
    start: int
    end: int
    even: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """`text` is the copy. `pieces` are sorted by `at` and cover it without gaps (none: the copy equals the source)."""

    text: str
    pieces: tuple[Piece, ...] = ()
    starts: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The tightest span of the source that gave `text[start:end]`. An empty span stays empty.

        Both bounds grow with `start` and `end`: order in the copy is order in the source.
        """
        if not self.pieces:
            return start, end
        first = self._source(start)[0] if start < len(self.text) else self.pieces[-1].end
        return first, (self._source(end - 1)[1] if end > start else first)

    def touched(self, start: int, end: int) -> bool:
        """True where any character of `text[start:end]` is not simply the source's own."""
        if not self.pieces or end <= start:
            return False
        low, high = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1) - 1
        return low != high or not self.pieces[low].even

    def _source(self, index: int) -> tuple[int, int]:
        piece = self.pieces[bisect_right(self.starts, index) - 1]
        if piece.even:
            place = piece.start + index - piece.at
            return place, place + 1
        return piece.start, piece.end


def assemble(text: str, changes: Iterator[tuple[int, int, str]]) -> Folded:
    """Replace spans of `text`; `changes` are (start, end, new), sorted, not overlapping."""
    parts: list[str] = []
    pieces: list[Piece] = []
    at = done = 0
    for start, end, new in changes:
        if start > done:
            parts.append(text[done:start])
            pieces.append(Piece(at=at, start=done, end=start, even=True))
            at += start - done
        if new:
            parts.append(new)
            pieces.append(Piece(at=at, start=start, end=end, even=False))
            at += len(new)
        done = end
    if not pieces and done == 0:
        return Folded(text=text)
    if done < len(text):
        parts.append(text[done:])
        pieces.append(Piece(at=at, start=done, end=len(text), even=True))
    return Folded(text="".join(parts), pieces=tuple(pieces), starts=tuple(piece.at for piece in pieces))


@lru_cache(maxsize=20_000)
def _folded_char(char: str) -> str | None:
    """What a character alone becomes, or None where it stays and joins nothing."""
    if char in DROPPED:
        return ""
    if char in DASHES:
        return "-"
    new = unicodedata.normalize("NFKC", char)
    return new if new != char or _joins(char) else None


def _joins(char: str) -> bool:
    """True for a character that may fuse with the one before it under NFKC (marks, conjoining Hangul vowels)."""
    return unicodedata.combining(char) != 0 or "\u1160" <= char <= "\u11ff" or char in "\uff9e\uff9f"


def _places(text: str, chars: list[str]) -> list[int]:
    """Where `chars` stand. Searching char by char is fastest for few of them; many would make it quadratic."""
    if len(chars) > FEW:
        wanted = frozenset(chars)
        return [place for place, char in enumerate(text) if char in wanted]
    found: list[int] = []
    for char in chars:
        place = text.find(char)
        while place >= 0:
            found.append(place)
            place = text.find(char, place + 1)
    return sorted(found)


def _changes(text: str, places: list[int]) -> Iterator[tuple[int, int, str]]:
    """One change a run: a run is one special character, with its base and every mark that may fuse with it."""
    index = 0
    done = 0
    while index < len(places):
        start = places[index]
        end = start + 1
        if _joins(text[start]) and start > done and text[start - 1] != "\n":
            start -= 1
        while index + 1 < len(places) and places[index + 1] == end and end - start < RUN and _joins(text[end]):
            index += 1
            end += 1
        index += 1
        done = end
        yield start, end, _folded_run(text[start:end])


def _folded_run(run: str) -> str:
    kept = "".join("-" if char in DASHES else char for char in run if char not in DROPPED)
    return "".join("-" if char in DASHES else char for char in unicodedata.normalize("NFKC", kept))


def fold(text: str) -> Folded:
    """The folded copy of `text`, in time linear in its length."""
    if text.isascii():
        return Folded(text=text)
    special = sorted(char for char in set(text) if not char.isascii() and _folded_char(char) is not None)
    return assemble(text, _changes(text, _places(text, special))) if special else Folded(text=text)
