"""A sentence in which every typed mention is one mark: a relation rule asks for kinds and not for spellings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """A sentence as marks and letters. `origin[i]` is the offset in the text of the line's character i."""

    line: str
    origin: tuple[int, ...]
    items: tuple[Item, ...]
    end: int

    def items_of(self, marks: str) -> tuple[Item, ...]:
        """The items behind a captured role."""
        return tuple(self.items[index_of(mark)] for mark in marks if ord(mark) >= ord(index_mark(0)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The text's offsets for a slice of the line."""
        last = self.origin[end - 1] if end > start else self.origin[start]
        for item in self.items:
            if item.start == last:
                return self.origin[start], item.end
        return self.origin[start], last + 1


def typed_line(text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[int]) -> TypedLine:
    """Build the typed line of `text[start:end]`; `items` are sorted and do not overlap; `clauses` are offsets."""
    known = kind_marks()
    inside = [item for item in items if start <= item.start and item.end <= end and item.kind in known]
    if len(inside) > MOST_MENTIONS:
        inside = inside[:MOST_MENTIONS]
    line: list[str] = []
    origin: list[int] = []
    at = start
    borders = sorted(border for border in clauses if start < border < end)

    def letters(until: int) -> None:
        nonlocal at
        while at < until:
            if borders and borders[0] <= at:
                borders.pop(0)
                line.append(CLAUSE)
                origin.append(at)
            character = text[at]
            if "\ue000" <= character <= "\uf8ff":
                character = "?"
            line.append(" " if character == "\n" else character)
            origin.append(at)
            at += 1

    for number, item in enumerate(inside):
        letters(item.start)
        line += [known[item.kind], index_mark(number)]
        origin += [item.start, item.start]
        at = item.end
    letters(end)
    return TypedLine(line="".join(line), origin=tuple(origin), items=tuple(inside), end=end)


_WORDS_TOO = frozenset(
    {"service", "unit", "data", "malware-kind", "role", "group-kind", "campaign-kind", "shared-thing", "technique-word",
     "act", "document", "body", "device", "ratification-act", "agreement-kind"}
)  # fmt: skip


def names_only(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items without the concepts that are ordinary words: for rules that ask for such a word by its letters."""
    return tuple(item for item in items if item.kind not in _WORDS_TOO or item.anaphor)
