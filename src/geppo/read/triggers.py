"""Which of many rules can match a line at all: each has letters and kinds without which it cannot.

They are worked out beforehand (`tools/compile_rules.py` writes `language/<code>/triggers.json`), so that one automaton
over all of them looks at a line once and the few rules left are then asked one by one. Where the file is behind the
rules, RE2's own filter finds the same letters when the rules are loaded, which takes most of a second.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Protocol

import re2
from ahocorasick_rs import AhoCorasick

from geppo.errors import DataError

FILE = "triggers.json"
_SOURCES = ("relations.toml", "naming.toml")
_BETWEEN_CLAUSES, _BETWEEN_STRINGS = "\x1f", "\x1e"


MOST_KINDS = 4096
"""Sets of kinds whose rules are kept; real sentences have some hundreds."""


def _of_marks(clause: Sequence[str]) -> bool:
    """True for a clause of kinds; no clause has kinds and letters."""
    return all(len(one) == 1 and "\ue000" <= one <= "\uf8ff" for one in clause)


def _numbers(rules: int) -> list[int]:
    """The numbers of the bits that are set, ascending."""
    found = []
    while rules:
        lowest = rules & -rules
        found.append(lowest.bit_length() - 1)
        rules ^= lowest
    return found


class Prefilter(Protocol):
    """Names rules that may match; never leaves out one that does."""

    def of_sentence(self, text: str, marks: str) -> Sequence[int]:
        """Numbers of the rules that may match a typed line of a sentence, ascending; `marks` are of all its kinds."""
        ...

    def of_line(self, line: str, among: Sequence[int]) -> Sequence[int]:
        """Those of its sentence's rules that are worth asking about one typed line, ascending."""
        ...

    def of_kinds(self, among: Sequence[int], marks: str) -> Sequence[int]:
        """Those of a sentence's rules that may match a typed line of it with these kinds only, ascending."""
        ...


class Triggers:
    """A prefilter over the clauses of each rule: a line must hold one string of every clause.

    A set of rules is an integer with a bit for each: what a sentence's strings allow is found with a few operations on
    such integers, however many rules there are.
    """

    def __init__(self, rules: Sequence[Sequence[Sequence[str]]]) -> None:
        self._kinds = [tuple(frozenset(clause) for clause in rule if _of_marks(clause)) for rule in rules]
        letters = [[clause for clause in rule if not _of_marks(clause)] for rule in rules]
        self._bare = sum(1 << rule for rule, clauses in enumerate(letters) if not clauses)
        # By place of a clause in its rule: the rules that have none there, and by string those whose clause has it.
        self._without = [
            sum(1 << rule for rule, clauses in enumerate(letters) if len(clauses) <= place)
            for place in range(max(map(len, letters), default=0))
        ]
        # One integer for all places, each as wide as there are rules.
        self._width = len(letters)
        self._having: dict[str, int] = {}
        for rule, clauses in enumerate(letters):
            for place, clause in enumerate(clauses):
                for string in clause:
                    self._having[string] = self._having.get(string, 0) | 1 << place * self._width + rule
        # The automaton gives back the very strings: places would be three more objects for each of some dozens a line.
        self._automaton = AhoCorasick(list(self._having), store_patterns=True) if self._having else None
        self._by_marks: dict[str, int] = {}

    def of_sentence(self, text: str, marks: str) -> Sequence[int]:
        """Numbers of the rules whose every clause has a string in the sentence or a mark among its kinds, ascending.

        A typed line of the sentence has no letters and no kinds besides these.
        """
        able = self._able(marks)
        if self._automaton is None or not able & ~self._bare:
            return _numbers(able)
        whole = text.replace("\n", " ").lower()
        held = 0
        for string in set(self._automaton.find_matches_as_strings(whole, overlapping=True)):
            held |= self._having[string]
        for without in self._without:
            able &= held | without
            held >>= self._width
        return _numbers(able)

    def _able(self, marks: str) -> int:
        """The rules that these kinds allow."""
        known = self._by_marks.get(marks)
        if known is None:
            if len(self._by_marks) >= MOST_KINDS:
                self._by_marks.clear()
            given = frozenset(marks)
            able = (rule for rule, kinds in enumerate(self._kinds) if not any(map(given.isdisjoint, kinds)))
            known = self._by_marks[marks] = sum(1 << rule for rule in able)
        return known

    def of_line(self, line: str, among: Sequence[int]) -> Sequence[int]:
        """All of them: asking each is cheaper than another look."""
        return among

    def of_kinds(self, among: Sequence[int], marks: str) -> Sequence[int]:
        """Those whose every clause of kinds has one of these."""
        able = self._able(marks)
        return [rule for rule in among if able >> rule & 1]


class Slow:
    """The same question answered by RE2's own filter: for rules that were edited since the file was written.

    Takes expressions by the words that name each in an error. Raises DataError for one that RE2 refuses.
    """

    def __init__(self, expressions: Mapping[str, str], options: Any = None) -> None:
        self._count = len(expressions)
        self._filter = re2.Filter()
        for where, expression in expressions.items():
            try:
                self._filter.Add(expression, options)
            except re2.error as error:
                raise DataError(f"{where}: {error}") from error
        if expressions:
            self._filter.Compile()

    def of_sentence(self, text: str, marks: str) -> Sequence[int]:
        """All rules: RE2's letters may reach over a mark, so they can only be looked for in the typed line."""
        return range(self._count)

    def of_line(self, line: str, among: Sequence[int]) -> Sequence[int]:
        """Numbers of the rules whose letters stand in the line, ascending."""
        return sorted(self._filter.Match(line, potential=True) or ()) if self._count else []

    def of_kinds(self, among: Sequence[int], marks: str) -> Sequence[int]:
        """All of them: the kinds are looked for with the letters."""
        return among


@cache
def fingerprint(language: str) -> str:
    """SHA-256 over the rules of a language and the list of kinds."""
    digest = hashlib.sha256()
    folder = resources.files("geppo.language").joinpath(language)
    for source in (*(folder.joinpath(name) for name in _SOURCES), resources.files("geppo.read").joinpath("kinds.toml")):
        digest.update(source.read_bytes() if source.is_file() else b"")
    return digest.hexdigest()


def packaged(language: str, part: str, count: int) -> Triggers | None:
    """The triggers of a language's `relations` or `naming`; None where the file is missing or behind its rules."""
    raw = _file(language)
    if raw.get("sha256") != fingerprint(language) or len(raw.get(part, ())) != count:
        return None
    return Triggers(
        [[clause.split(_BETWEEN_STRINGS) for clause in row.split(_BETWEEN_CLAUSES)] if row else [] for row in raw[part]]
    )


@cache
def _file(language: str) -> dict[str, Any]:
    source = resources.files("geppo.language").joinpath(language).joinpath(FILE)
    found: dict[str, Any] = json.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}
    return found
