"""What an English clause puts between a verb and the preposition that belongs to it: adverbs and stretches of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geppo.read.frames.nouns import Sentence

INSIDE = frozenset({"in", "inside", "into", "within", "on", "onto", "through", "at"})
"""Prepositions that adverbs and stretches of time keep apart from their verb: "lingered for months in"."""

_LONGEST = 5
"""Words of a stretch of time behind "for": "for the better part of a year"."""


def while_ago(sentence: Sentence, at: int) -> bool:
    """True where a stretch of time begins ("two weeks earlier", "last autumn", "early in the year")."""
    opens = sentence.among(at, "numbers") or sentence.among(at, "pointing") or sentence.word(at).isdigit()
    return opens and sentence.among(at + 1, "spans")


def apart(sentence: Sentence, at: int) -> int:
    """Where the preposition of a verb stands that adverbs or "for 14 months" keep from it; 0 where nothing does."""
    begin = at
    while at < len(sentence.tokens):
        if sentence.word(at) == "for":
            ends = (n for n in range(at + 1, at + 1 + _LONGEST) if sentence.among(n, "spans"))
            last = next(ends, -1)
            if last < 0:
                return 0
            at = last + 1
        elif sentence.lexicon.adverb(sentence.tokens[at]) and not sentence.among(at, "negators"):
            at += 1
        else:
            break
    return at if at > begin and sentence.word(at) in INSIDE else 0
