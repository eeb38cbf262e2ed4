"""A sentence of a language with blanks as tokens: a mention is one token, any other word another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import re2

from geppo.read.typed import Item

_WORD = re2.compile(r"['’]s\b|[\pL\pN_][\pL\pN_’'&/\-]*|[^\s\pL\pN_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
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


def tokens(text: str, start: int, end: int, items: Sequence[Item]) -> list[Token]:
    """The tokens of `text[start:end]`; items are in order and do not overlap."""
    found: list[Token] = []
    at = start
    for item in items:
        if item.start < at:
            continue
        found += _words(text, at, item.start)
        found.append(
            Token(start=item.start, end=item.end, lower=text[item.start : item.end].lower(), item=item, capital=True)
        )
        at = item.end
    found += _words(text, at, end)
    return found


def _words(text: str, start: int, end: int) -> list[Token]:
    piece = text[start:end]
    found = []
    for match in _WORD.finditer(piece):
        word = match.group()
        at = start + match.start()
        if word in ("'s", "’s"):
            word = "'s"
        for mark in ("'s", "’s"):
            if word.endswith(mark) and len(word) > len(mark):
                word = word[: -len(mark)]
        found.append(Token(start=at, end=at + len(word), lower=word.lower(), capital=word[:1].isupper()))
        if len(word) < len(match.group()):
            found.append(Token(start=at + len(word), end=start + match.end(), lower="'s"))
    return found
