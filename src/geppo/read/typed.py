"""A sentence in which every typed mention is one mark: a relation rule asks for kinds and not for spellings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from geppo.model.claim import Count
from geppo.model.entity import Kind, Term
from geppo.model.time import When
from geppo.read.rules import CLAUSE, MOST_MENTIONS, index_mark, index_of, kind_marks

_KIND_OF: dict[Kind, str] = {
    Kind.INTRUSION_SET: "actor",
    Kind.MALWARE: "malware",
    Kind.TOOL: "tool",
    Kind.CAMPAIGN: "campaign",
    Kind.INFRASTRUCTURE: "network",
    Kind.VULNERABILITY: "vuln",
    Kind.IDENTITY: "org",
    Kind.LOCATION: "place",
    Kind.SECTOR: "sector",
    Kind.PRODUCT: "product",
    Kind.AGREEMENT: "agreement",
    Kind.OBSERVABLE: "observable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One typed mention of a text: a name, a concept, a value, a date, a number or a count.

    `terms` has one term, or two for "both groups"; dates and numbers have none. `anaphor` marks a pronoun or a
    description ("the group") that was resolved to a name. `opening` is `since` or `until` where a date is one end.
    """

    kind: str
    start: int
    end: int
    terms: tuple[Term, ...] = ()
    when: When | None = None
    count: Count | None = None
    anaphor: bool = False
    opening: str = ""


def pattern_kind(term: Term) -> str:
    """The kind by which rules ask for a term; a concept's is the first part of its id."""
    if term.kind is Kind.CONCEPT:
        return term.id.partition("/")[0]
    return _KIND_OF.get(term.kind, "")


@dataclass(frozen=True, kw_only=True)
class TypedLine:
    """A sentence as marks and letters. Each piece of the line is a slice of the text, two marks or a clause border.

    `pieces` are each piece's letters, its offset in the text, and whether it is a slice.
    """

    line: str
    pieces: tuple[tuple[str, int, bool], ...]
    items: tuple[Item, ...]

    def items_of(self, marks: str) -> tuple[Item, ...]:
        """The items behind a captured role."""
        return tuple(self.items[index_of(mark)] for mark in marks if ord(mark) >= ord(index_mark(0)))

    @cached_property
    def data(self) -> bytes:
        """The line in UTF-8."""
        return self.line.encode()

    @cached_property
    def _starts(self) -> list[int]:
        """The places of the pieces in the line; most lines match nothing and are never asked for them."""
        return list(accumulate((len(piece) for piece, _, _ in self.pieces[:-1]), initial=0))

    def _offset(self, at: int) -> int:
        """The offset in the text of a character of the line; that of the mention for both of its marks."""
        number = bisect_right(self._starts, at) - 1
        _, place, is_slice = self.pieces[number]
        return place + (at - self._starts[number] if is_slice else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The text's offsets for a slice of the line."""
        first = self._offset(start)
        last = self._offset(end - 1) if end > start else first
        for item in self.items:
            if item.start == last:
                return first, item.end
        return first, last + 1


def marks_of(items: Sequence[Item]) -> str:
    """The marks of the kinds of items, once each."""
    known = kind_marks()
    return "".join(sorted({known[item.kind] for item in items if item.kind in known}))


_OWN_MARKS = re.compile("[\ue000-\uf8ff]")
"""Private-use characters of the text itself would be taken for marks. Python's own engine: a class of one character
takes linear time there too, and a match costs less."""


def typed_line(text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[int]) -> TypedLine:
    """Build the typed line of `text[start:end]`; `items` are sorted and do not overlap; `clauses` are offsets."""
    known = kind_marks()
    inside = [item for item in items if start <= item.start and item.end <= end and item.kind in known]
    inside = inside[:MOST_MENTIONS]
    plain = _plain(text)
    pieces: list[tuple[str, int, bool]] = []
    borders = [border for border in clauses if start < border < end]
    at = start
    for number, item in enumerate(inside):
        at = _letters(plain, at, item.start, borders, pieces)
        pieces.append((known[item.kind] + index_mark(number), item.start, False))
        at = item.end
    _letters(plain, at, end, borders, pieces)
    return TypedLine(line="".join([piece for piece, _, _ in pieces]), pieces=tuple(pieces), items=tuple(inside))


def _letters(plain: str, at: int, until: int, borders: list[int], pieces: list[tuple[str, int, bool]]) -> int:
    """Add the text between two mentions, with the clause borders in it; those that are done are taken off the list."""
    while borders and borders[0] <= until:
        border = max(borders.pop(0), at)
        if border > at:
            pieces.append((plain[at:border], at, True))
        pieces.append((CLAUSE, border, False))
        at = border
    if until > at:
        pieces.append((plain[at:until], at, True))
    return until


@lru_cache(maxsize=8)
def _plain(text: str) -> str:
    """A text without anything that would be taken for a mark; every character keeps its place.

    Kept for some texts because each sentence asks several times.
    """
    return (text if text.isascii() else _OWN_MARKS.sub("?", text)).replace("\n", " ")


_WORDS_TOO = frozenset(
    {"service", "unit", "data", "malware-kind", "role", "group-kind", "campaign-kind", "shared-thing", "technique-word",
     "act", "document", "body", "device", "ratification-act", "agreement-kind"}
)  # fmt: skip


def names_only(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items without the concepts that are ordinary words: for rules that ask for such a word by its letters."""
    return tuple(item for item in items if item.kind not in _WORDS_TOO or item.anaphor)
