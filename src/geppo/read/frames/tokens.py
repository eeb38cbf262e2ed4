"""A sentence of a language with blanks as tokens: a mention is one token, any other word another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from geppo.read.typed import Item

_WORD = re.compile(r"['’]s\b|((?<=s)['’](?= [^\W\d_]))|[0-9]+(?:[.,][0-9]+)+[\w\-]*|\w[\w’'&/\-]*|[^\s\w]")
"""Python's own engine: what an alternative repeats never matches what follows it, so it never goes back far."""

_POSSESSIVE = frozenset({"'s", "’s"})


class Token(NamedTuple):
    """A word, a mark or a mention. `lower` is its text in small letters; `item` the mention, or None."""

    start: int
    end: int
    lower: str
    item: Item | None = None
    capital: bool = False

    @property
    def kind(self) -> str:
        """The kind of the mention, or an empty text."""
        return self.item.kind if self.item else ""


_LETTERS = re.compile(r"[^\W\d]+(?:[-'’][^\W\d]+)*")


def words_of(text: str, start: int, end: int) -> list[str]:
    """All words of a stretch in small letters, without places: for a first look."""
    piece = text[start:end]
    if piece.isascii():
        return _LETTERS.findall(piece.lower())
    return [word.lower() for word in _LETTERS.findall(piece)]


def tokens(text: str, start: int, end: int, items: Sequence[Item]) -> list[Token]:
    """The tokens of `text[start:end]`; items are in order and do not overlap."""
    found: list[Token] = []
    at = start
    for item in items:
        if item.start < at:
            continue
        found += _words(text, at, item.start)
        found.append(Token(item.start, item.end, text[item.start : item.end].lower(), item, capital=True))
        at = item.end
    found += _words(text, at, end)
    return found


_QUOTES = {"“": "”", '"': '"', "‘": "’"}
LONGEST_QUOTED = 4
"""Tokens between quotation marks that only set words apart; a longer stretch, or one with a mark in it, is speech."""


def unquoted(found: list[Token]) -> list[Token]:
    """The tokens without quotation marks around a few words: 'a “state-sponsored” group'."""
    dropped: set[int] = set()
    for at, token in enumerate(found):
        closing = _QUOTES.get(token.lower) if token.item is None and at not in dropped else None
        if closing is None:
            continue
        for place in range(at + 1, min(at + LONGEST_QUOTED + 2, len(found))):
            word = found[place]
            if word.item is None and word.lower == closing:
                dropped |= {at, place}
            if word.item is None and not word.lower[:1].isalnum():
                break
    return [token for at, token in enumerate(found) if at not in dropped] if dropped else found


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _WORD.finditer(text, start, end):
        word, (at, last) = match.group(), match.span()
        if match.lastindex:
            yield Token(at, last, "'s")
            continue
        if word[-2:] not in _POSSESSIVE:
            # As `Token(...)` makes it, without the call between: every word of every sentence is one.
            yield tuple.__new__(Token, (at, last, word.lower(), None, word[0].isupper()))
            continue
        if len(word) > len("'s"):
            stem = word[:-2]
            yield Token(at, at + len(stem), stem.lower(), None, stem[:1].isupper())
            at += len(stem)
        yield Token(at, last, "'s")
