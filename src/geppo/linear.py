"""Regular expressions in linear time (RE2) for the many short texts that reading asks about.

RE2's own Python wrapper builds a generator, a set and a dictionary of offsets for every question, which costs more than
the matching. `compile` gives the same answers through RE2's matcher itself. Where a release of RE2 has no such matcher
any more, its wrapper is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import re2

Span = tuple[int, int]

_NONE: Span = (-1, -1)
_ANCHOR: Any = getattr(re2, "_Anchor", None)


class Match:
    """A match in a text (offsets are characters) or in bytes. The methods mean what those of Python's own `re` mean."""

    __slots__ = ("_indexes", "_spans", "string")

    def __init__(self, string: Any, spans: list[Span], indexes: dict[str, int]) -> None:
        self.string, self._spans, self._indexes = string, spans, indexes

    def _at(self, group: int | str) -> int:
        if isinstance(group, str):
            if group not in self._indexes:
                raise IndexError("bad group name")
            return self._indexes[group]
        if not 0 <= group < len(self._spans):
            raise IndexError("bad group index")
        return group

    def __getitem__(self, group: int | str) -> Any:
        start, end = self._spans[self._at(group)]
        return None if start < 0 else self.string[start:end]

    def group(self, *groups: int | str) -> Any:
        """The text of a group, or of several as a tuple; of the whole match without any."""
        if not groups:
            start, end = self._spans[0]
            return self.string[start:end]
        return self[groups[0]] if len(groups) == 1 else tuple(self[group] for group in groups)

    def groups(self, default: Any = None) -> tuple[Any, ...]:
        """The texts of all groups, `default` for those that took no part."""
        return tuple(default if start < 0 else self.string[start:end] for start, end in self._spans[1:])

    def groupdict(self, default: Any = None) -> dict[str, Any]:
        """The texts of the named groups."""
        return {name: default if (got := self[index]) is None else got for name, index in self._indexes.items()}

    def start(self, group: int | str = 0) -> int:
        """Where a group begins, -1 where it took no part."""
        return self._spans[self._at(group) if group else 0][0]

    def end(self, group: int | str = 0) -> int:
        """Where a group ends."""
        return self._spans[self._at(group) if group else 0][1]

    def span(self, group: int | str = 0) -> Span:
        """Where a group begins and ends."""
        return self._spans[self._at(group) if group else 0]

    @property
    def lastindex(self) -> int | None:
        """The number of the outermost group that ends last, None where no group took part."""
        most, last = -1, None
        for number, (_, end) in enumerate(self._spans[1:], start=1):
            if end > most:
                most, last = end, number
        return last

    @property
    def lastgroup(self) -> str | None:
        """The name of that group, None where it has none."""
        last = self.lastindex
        return next((name for name, number in self._indexes.items() if number == last), None)


class Pattern:
    """A compiled expression; what is not here is RE2's own."""

    __slots__ = ("_compiled", "_indexes", "_run")

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._run: Callable[[Any, bytes, int, int], list[Span]] = compiled._regexp.Match
        self._indexes: dict[str, int] = compiled.groupindex

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)

    def _first(self, anchor: Any, text: str | bytes) -> Match | None:
        data = text.encode() if isinstance(text, str) else text
        spans = self._run(anchor, data, 0, len(data))
        if spans[0] == _NONE:
            return None
        return Match(text, spans if len(data) == len(text) else _characters(data, spans), self._indexes)

    def _first_within(self, anchor: Any, text: str, pos: int | None, endpos: int | None) -> Match | None:
        stretch = _stretch(text, pos, endpos)
        if stretch is None:
            return None
        data, low, first, last = stretch
        spans = self._run(anchor, data, first, last)
        return None if spans[0] == _NONE else Match(text, _characters(data, spans, 0, low), self._indexes)

    def search(self, text: str | bytes, pos: int | None = None, endpos: int | None = None) -> Any:
        """The first match anywhere, or None."""
        if pos is None and endpos is None:
            return self._first(_ANCHOR.UNANCHORED, text)
        if not isinstance(text, str):
            return self._compiled.search(text, pos, endpos)
        return self._first_within(_ANCHOR.UNANCHORED, text, pos, endpos)

    def match(self, text: str | bytes, pos: int | None = None, endpos: int | None = None) -> Any:
        """The match at the start, or None."""
        if pos is None and endpos is None:
            return self._first(_ANCHOR.ANCHOR_START, text)
        if not isinstance(text, str):
            return self._compiled.match(text, pos, endpos)
        return self._first_within(_ANCHOR.ANCHOR_START, text, pos, endpos)

    def fullmatch(self, text: str | bytes, pos: int | None = None, endpos: int | None = None) -> Any:
        """The match of the whole text, or None."""
        if pos is None and endpos is None:
            return self._first(_ANCHOR.ANCHOR_BOTH, text)
        if not isinstance(text, str):
            return self._compiled.fullmatch(text, pos, endpos)
        return self._first_within(_ANCHOR.ANCHOR_BOTH, text, pos, endpos)

    def finditer(self, text: str | bytes, pos: int | None = None, endpos: int | None = None) -> Iterator[Any]:
        """All matches in order, each behind the one before."""
        if pos is None and endpos is None:
            return self.within(text, text.encode() if isinstance(text, str) else text)
        if not isinstance(text, str):
            return self._compiled.finditer(text, pos, endpos)  # type: ignore[no-any-return]
        stretch = _stretch(text, pos, endpos)
        return iter(()) if stretch is None else self._from(text, *stretch)

    def within(self, text: str | bytes, data: bytes) -> Iterator[Match]:
        """All matches in a text that is at hand in UTF-8 too. Most texts have none, for which nothing is made."""
        return self._from(text, data, 0, 0, len(data))

    def _from(self, text: str | bytes, data: bytes, low: int, at: int, last: int) -> Iterator[Match]:
        """All matches between two places of the data, which begin with the character `low` of the text."""
        spans = self._run(_ANCHOR.UNANCHORED, data, at, last)
        return iter(()) if spans[0] == _NONE else self._each(text, data, low, at, last, spans)

    def _each(self, text: str | bytes, data: bytes, low: int, at: int, last: int, spans: list[Span]) -> Iterator[Match]:
        """A match and all behind it."""
        letters = isinstance(text, str)
        plain = low == 0 and last == len(data) == len(text)
        known, characters = 0, low
        while spans[0] != _NONE:
            start, end = spans[0]
            if not plain:
                # Only what lies behind the match before is counted again: the whole stays linear.
                characters += len(data[known:start].decode())
                known = start
                spans = _characters(data, spans, start, characters)
            yield Match(text, spans, self._indexes)
            if at == last:
                return
            if end == at:
                # An empty match: go on one character, however many bytes it has.
                at += 1
                while letters and at < last and data[at] & 0xC0 == 0x80:
                    at += 1
            else:
                at = end
            spans = self._run(_ANCHOR.UNANCHORED, data, at, last)


def _stretch(text: str, pos: int | None, endpos: int | None) -> tuple[bytes, int, int, int] | None:
    """A stretch in UTF-8 with the character beside each of its edges, as a word's edge is seen by both.

    With it the character that it begins with, and where between these the stretch begins and ends. RE2's wrapper
    encodes the whole text for each question about a stretch, which is no linear time any more.
    """
    first = 0 if pos is None else max(0, min(pos, len(text)))
    last = len(text) if endpos is None else max(0, min(endpos, len(text)))
    if first > last:
        return None
    low, high = max(first - 1, 0), min(last + 1, len(text))
    data = text[low:high].encode()
    return data, low, len(text[low:first].encode()), len(data) - len(text[last:high].encode())


def _characters(data: bytes, spans: list[Span], start: int = 0, before: int = 0) -> list[Span]:
    """Offsets in bytes as offsets in characters; all lie behind `start`, the character `before`."""
    found = []
    for first, last in spans:
        at = before + len(data[start:first].decode()) if first >= 0 else -1
        found.append((at, at + len(data[first:last].decode())) if first >= 0 else _NONE)
    return found


def quick(compiled: Any) -> Any:
    """The same expression, asked without RE2's wrapper."""
    return Pattern(compiled) if _ANCHOR is not None and hasattr(compiled, "_regexp") else compiled


def within(compiled: Any, text: str, data: bytes) -> Iterator[Any]:
    """All matches of an expression in a text that is at hand in UTF-8 (`data`) too: most texts have none."""
    if isinstance(compiled, Pattern):
        return compiled.within(text, data)
    return compiled.finditer(text) if compiled.search(data) is not None else iter(())


def matcher(compiled_set: Any) -> Callable[[bytes], Any]:
    """What answers for a compiled RE2 set which of its expressions match; true where any does."""
    own = getattr(compiled_set, "_set", None)
    return own.Match if hasattr(own, "Match") else compiled_set.Match  # type: ignore[no-any-return, union-attr]


def compile(pattern: str | bytes, options: Any = None) -> Any:
    """Compile an expression. Raises re2.error for one that RE2 refuses."""
    return quick(re2.compile(pattern, options))
