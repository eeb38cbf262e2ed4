"""Searched text: folded alike in every store, its terms, and the passage that is shown."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from geppo.catalog.folding import fold, folded
from geppo.errors import UsageError
from geppo.knowledge.store import Query
from geppo.model.report import Document

_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
AROUND = 60
"""Characters shown on each side of a hit."""


def searched(document: Document) -> str:
    """What is searched of a document: title and text, folded, without invisible characters."""
    return folded(f"{document.title}\n{document.text}".replace("\0", " ")).text


def terms(query: Query) -> tuple[str, ...]:
    """The folded words and phrases of a query, the longest first. Raises UsageError where there are none."""
    found = [phrase or word for phrase, word in _TERM.findall(query.text.replace("\0", " "))]
    kept = {folded(term).text.strip() for term in found}
    if not kept - {""}:
        raise UsageError("search: name a word to look for")
    return tuple(sorted(kept - {""}, key=lambda term: (-len(term), term)))


def grams(text: str) -> list[int]:
    """Hashes of the characters and pairs of a folded text, for an index that narrows: several may share one."""
    pairs = {(ord(a) * 65599 + ord(b)) & 0x7FFFFFFF for a, b in itertools.pairwise(text)}
    return sorted(pairs | {ord(c) for c in text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage with a hit: `start` and `end` are offsets of the hit in `text`; `at` its offset in the document."""

    text: str
    start: int
    end: int
    at: int


def passage(document: Document, query: Query) -> Found:
    """The place of the longest term, in the text or else in the title (`at` is -1 then)."""
    for term in terms(query):
        for whole, base in ((document.text, 0), (document.title, -1)):
            view = folded(whole.replace("\0", " "))
            place = view.text.find(term)
            if place >= 0:
                start, end = view.span(place, place + len(term))
                first, last = max(0, start - AROUND), min(len(whole), end + AROUND)
                at = start if base == 0 else -1
                return Found(text=whole[first:last], start=start - first, end=end - first, at=at)
    return Found(text=document.title, start=0, end=0, at=-1)


def part_of(publisher: str) -> str:
    """A publisher's name as it is compared."""
    return fold(publisher.replace("\0", " ")).strip()
