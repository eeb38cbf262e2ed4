"""Which date of a sentence is that of a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from geppo import linear
from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.rules import scope
from geppo.read.sentence import Sentence
from geppo.read.typed import Item


def date_of(
    sentence: Sentence,
    predicate: Predicate,
    items: Sequence[Item],
    roles: Mapping[str, tuple[Item, ...]],
    match: Span,
    clause: Span,
) -> Item | None:
    """The date of a statement: the rule's own, else the one inside the match or the clause that stands nearest to what
    the statement ends on, or the only one of the sentence.
    """
    named = [item for item in roles.get("D", ()) if item.when]
    if named:
        return named[0]
    other = {item.start for name, items in roles.items() if name != "D" for item in items}
    dates = [
        item
        for item in items
        if item.when is not None and item.start not in other and not _of_another(sentence, predicate, item, match)
    ]
    for span in (match, clause):
        inside = [item for item in dates if span.start <= item.start and item.end <= span.end]
        if inside:
            told = roles.get("O") or roles.get("C") or ()
            return min(inside, key=lambda item: min((_gap(item, other) for other in told), default=0))
    return dates[0] if len(dates) == 1 else None


def _gap(one: Item, other: Item) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


OPENING = 24
"""Characters before a date that opens its sentence and is of all its clauses."""


def _of_another(sentence: Sentence, predicate: Predicate, date: Item, match: Span) -> bool:
    """True for a date that says when another thing was: "last year's X", "flaws patched in July", and one in a relative
    clause or behind a dash that begins where the statement is over ("uses X, which has been active since 2015")."""
    words = scope()["dated_apart"].get(sentence.language)
    if words is None:
        return False
    if sentence.text.startswith(tuple(words["owner"]), date.end):
        return True
    before = sentence.text[sentence.span.start : date.start]
    if predicate.value not in words["told"] and _apart(words["done"]).search(before) is not None:
        return True
    if predicate.value not in words["told"] and _set_apart(sentence, words, date, match):
        return True
    if date.end <= match.start:
        between = sentence.text[date.end : match.start]
        if len(before) > OPENING and "contrast" in words and _apart(words["contrast"]).search(between) is not None:
            return True
        closed = "," in between
        opened = _apart(words["opened"]).search(before) is not None
        return closed and opened and _apart(words["event"]).search(before) is None
    if date.start < match.end:
        return False
    return _apart(words["behind"]).search(sentence.text[match.end : date.start]) is not None


def _set_apart(sentence: Sentence, words: Mapping[str, Any], date: Item, match: Span) -> bool:
    """True for a date in an aside within a statement ("X, first seen in May, was used"), or before its "after"."""
    if date.end <= match.start:
        between = sentence.text[date.end : match.start]
        return "reason" in words and _apart(words["reason"]).search(between) is not None
    if (
        not match.start < date.start < match.end
        or "," not in sentence.text[date.end : match.end]
        or "aside" not in words
    ):
        return False
    before = sentence.text[match.start : date.start]
    return _apart(words["aside"]).search(before) is not None and _apart(words["event"]).search(before) is None


@cache
def _apart(source: str) -> Any:
    return linear.compile(source)
