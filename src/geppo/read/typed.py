"""A sentence in which every typed mention is one mark: a relation rule asks for kinds and not for spellings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import re2

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """A sentence as marks and letters. Each piece of the line is a slice of the text, two marks or a clause border.

    `starts` are the places of the pieces in the line, `places` their offsets in the text; `texts` is true for slices.
    """

    line: str
    starts: tuple[int, ...]
    places: tuple[int, ...]
    texts: tuple[bool, ...]
    items: tuple[Item, ...]

    def items_of(self, marks: str) -> tuple[Item, ...]:
        """The items behind a captured role."""
        return tuple(self.items[index_of(mark)] for mark in marks if ord(mark) >= ord(index_mark(0)))

    def _offset(self, at: int) -> int:
        """The offset in the text of a character of the line; that of the mention for both of its marks."""
        piece = bisect_right(self.starts, at) - 1
        return self.places[piece] + (at - self.starts[piece] if self.texts[piece] else 0)

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


_OWN_MARKS = re2.compile("[\ue000-\uf8ff]")
"""Private-use characters of the text itself would be taken for marks."""


def typed_line(text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[int]) -> TypedLine:
    """Build the typed line of `text[start:end]`; `items` are sorted and do not overlap; `clauses` are offsets."""
    known = kind_marks()
    inside = [item for item in items if start <= item.start and item.end <= end and item.kind in known]
    inside = inside[:MOST_MENTIONS]
    pieces: list[tuple[str, int, bool]] = []
    borders = [border for border in clauses if start < border < end]
    at = start

    def letters(until: int) -> None:
        nonlocal at
        while borders and borders[0] < until:
            border = max(borders.pop(0), at)
            pieces.extend(((text[at:border], at, True), (CLAUSE, border, False)))
            at = border
        pieces.append((text[at:until], at, True))

    for number, item in enumerate(inside):
        letters(item.start)
        pieces.append((known[item.kind] + index_mark(number), item.start, False))
        at = item.end
    letters(end)
    return _joined([piece for piece in pieces if piece[0]], tuple(inside))


def _joined(pieces: Sequence[tuple[str, int, bool]], items: tuple[Item, ...]) -> TypedLine:
    starts, length = [], 0
    for piece, _, _ in pieces:
        starts.append(length)
        length += len(piece)
    plain = [
        (piece if piece.isascii() else _OWN_MARKS.sub("?", piece)).replace("\n", " ") if text else piece
        for piece, _, text in pieces
    ]
    return TypedLine(
        line="".join(plain),
        starts=tuple(starts),
        places=tuple(place for _, place, _ in pieces),
        texts=tuple(text for _, _, text in pieces),
        items=items,
    )


_WORDS_TOO = frozenset(
    {"service", "unit", "data", "malware-kind", "role", "group-kind", "campaign-kind", "shared-thing", "technique-word",
     "act", "document", "body", "device", "ratification-act", "agreement-kind"}
)  # fmt: skip


def names_only(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items without the concepts that are ordinary words: for rules that ask for such a word by its letters."""
    return tuple(item for item in items if item.kind not in _WORDS_TOO or item.anaphor)
