"""Patterns with labels, found in one linear pass; the longest at a place wins and the label `never` hides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

import re2

from geppo import linear
from geppo.errors import DataError

NEVER = "never"
"""Label of patterns that look like something and are not: what they cover is not looked at again."""

_BLANKS = "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_FOLD = (
    {chr(full): chr(full - 0xFEE0) for full in range(0xFF10, 0xFF5B) if chr(full - 0xFEE0).isalnum()}
    | dict.fromkeys(_BLANKS, " ")
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u301c\uff5e\u223c", "~")
    | {"\uff05": "%", "\uff0b": "+"}
)
_MEMORY = 1 << 26
"""Bytes that one compiled union may use: large unions fall back to a slow matcher with the default of 8 MiB."""


class Hit(NamedTuple):
    """A labelled stretch of a text."""

    start: int
    end: int
    label: str


@lru_cache(maxsize=8)
def fold(text: str) -> str:
    """The text with full-width, typographic and blank characters in ASCII; every character keeps its place."""
    if text.isascii():
        return text
    for character in sorted(_FOLD.keys() & set(text)):
        text = text.replace(character, _FOLD[character])
    return text


def spaced(pattern: str) -> str:
    """A pattern in which each blank outside a class also matches a line end, and may be doubled."""
    out: list[str] = []
    inside = escaped = False
    for character in pattern:
        if character == " " and not escaped:
            out.append(" \\n" if inside else "(?:[ \\n] ?)")
            continue
        if not escaped:
            inside = character == "[" or (inside and character != "]")
        escaped = character == "\\" and not escaped
        out.append(character)
    return "".join(out)


def alternation(patterns: Sequence[str]) -> str:
    """One pattern for any of several."""
    return "(?:" + "|".join(patterns) + ")"


def _options(*, longest: bool) -> Any:
    options = re2.Options()
    options.longest_match = longest
    options.never_capture = longest
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


@cache
def pattern(source: str, *, longest: bool = False) -> Any:
    """Compile for document text. With `longest` the leftmost-longest match is found and groups are not captured.

    Raises DataError where RE2 refuses the pattern.
    """
    try:
        return linear.compile(spaced(source), options=_options(longest=longest))
    except re2.error as error:
        raise DataError(f"pattern {source!r}: {error}") from error


def finder(patterns: Sequence[str]) -> Any:
    """One compiled pattern that finds the longest match of any."""
    return pattern("|".join(f"(?:{source})" for source in patterns), longest=True)


def sorter(patterns: Sequence[str], *, whole: bool = True, blanks: bool = True) -> Any:
    """A compiled set; its `Match` gives the numbers of the patterns that match a whole text (or anywhere in it).

    With `blanks` each blank of a pattern also matches a line end.
    """
    make = re2.Set.FullMatchSet if whole else re2.Set.SearchSet
    found = make(_options(longest=True))
    for source in patterns:
        found.Add(spaced(source) if blanks else source)
    found.Compile()
    return found


class Test:
    """Yes or no to a pattern anywhere in a text: a fifth of the time of a search with offsets."""

    def __init__(self, source: str) -> None:
        made = re2.Set.SearchSet(_options(longest=True))
        try:
            made.Add(spaced(source))
        except re2.error as error:
            raise DataError(f"pattern {source!r}: {error}") from error
        made.Compile()
        self._matches = linear.matcher(made)

    def __call__(self, text: str) -> bool:
        return bool(self._matches(text.encode()))


def spans(compiled: Any, text: str) -> Iterator[tuple[int, int]]:
    """Offsets of all matches. ASCII text goes in as bytes, for which re2 need not map offsets (half the time)."""
    for match in compiled.finditer(text.encode() if text.isascii() else text):
        yield match.span()


def whole(text: str, start: int, end: int) -> bool:
    """True where the stretch does not begin or end inside a word (an ASCII word edge does not see Cyrillic)."""
    if start > 0 and text[start].isalpha() and text[start - 1].isalpha():
        return False
    return not (end < len(text) and text[end - 1].isalpha() and text[end].isalpha())


def _to_word_edge(text: str, start: int, end: int) -> int:
    """The end of a match moved back to the end of a word; `start` where the match begins inside one."""
    if start > 0 and text[start].isalpha() and text[start - 1].isalpha():
        return start
    while end > start and not whole(text, start, end):
        while end > start and text[end - 1].isalpha():
            end -= 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
    return end


class Lexicon:
    """Labelled patterns of one language.

    `edges` says where a word may begin and end: `ascii` (Latin script), `letters` (checked in code for any script),
    or `none` (scripts without blanks).
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], *, edges: str) -> None:
        self._labels = tuple(label for label in (NEVER, *sorted(groups.keys() - {NEVER})) if groups.get(label))
        self._check = edges == "letters"
        self._edge = r"\b" if edges == "ascii" else ""
        self._sources = [alternation(groups[label]) for label in self._labels]

    @cached_property
    def _union(self) -> Any:
        return pattern(f"(?i){self._edge}{alternation(self._sources)}{self._edge}", longest=True)

    @cached_property
    def _sorter(self) -> Any:
        return sorter(["(?i)" + source for source in self._sources])

    def find(self, folded: str) -> list[Hit]:
        """All stretches in order, without those that `never` hides. The text must be folded.

        Raises DataError where RE2 refuses a pattern: they are compiled when first asked for.
        """
        if not self._sources:
            return []
        found = []
        for start, end in spans(self._union, folded):
            if self._check:
                end = _to_word_edge(folded, start, end)
            if end <= start:
                continue
            numbers = self._sorter.Match(folded[start:end])
            if numbers and self._labels[min(numbers)] != NEVER:
                found.append(Hit(start, end, self._labels[min(numbers)]))
        return found
