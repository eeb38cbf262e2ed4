"""`cues.toml`, `words.toml` and `guards.toml` compiled: by which words reports describe a technique, and what makes
such words say something else.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import re2

from geppo import linear, shipped
from geppo.catalog.attack import techniques
from geppo.catalog.tables import LANGUAGES
from geppo.errors import DataError
from geppo.read.triggers import Prefilter, Slow, Triggers

FILE, WORDS, GUARDS = "cues.toml", "words.toml", "guards.toml"
TRIGGERS = "triggers.json.gz"
_BETWEEN_CLAUSES, _BETWEEN_STRINGS = "\x1f", "\x1e"
_MACRO = re.compile(r"<([a-z_0-9]+)>|(~)")
_SPACED = frozenset({"en", "ru"})
"""Languages with blanks between words, where a match begins and ends at a word's edge."""
_GAP = {True: r"(?:[^\pL\pN_](?:[^;:!?。！？\n]*?[^\pL\pN_])??)", False: r"[^;!?。！？\n]*?"}
_GUARDS = ("hostile", "advice", "defence", "reported", "absent", "effects", "headings", "named_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One way to describe a technique. `source` is the pattern as it stands in the file.

    A `weak` one is no attack by itself (a screenshot, a file copied over RDP): it needs a hostile word near it.
    """

    id: str
    source: str
    weak: bool


class Cues:
    """The cues of one language. `patterns` are their expressions written out, `longest` how long a match may be."""

    def __init__(self, cues: Sequence[Cue], patterns: Sequence[str], language: str, longest: int) -> None:
        self.cues = tuple(cues)
        self.patterns = tuple(patterns)
        self.spaced = language in _SPACED
        self.longest = longest
        self.prefilter: Prefilter = packaged(language, len(patterns)) or Slow(self._places(), _options())
        self._compiled: dict[int, Any] = {}

    def _places(self) -> dict[str, str]:
        return {
            f"{FILE}: {cue.id}: {cue.source!r}": pattern for cue, pattern in zip(self.cues, self.patterns, strict=True)
        }

    def matching(self, line: str) -> Sequence[int]:
        """Numbers of the cues that may stand somewhere in a folded line."""
        return self.prefilter.of_line(line, self.prefilter.of_sentence(line, ""))

    def spans(self, number: int, line: str) -> Iterator[tuple[int, int]]:
        """Where a cue stands in a folded line: from word to word, and not longer than a phrase is.

        After a match that is too long, those that begin so early that they would be so too are passed over.
        """
        pattern = self._compiled.get(number)
        if pattern is None:
            pattern = self._compiled[number] = _compiled(self.patterns[number], self.cues[number])
        at = 0
        while found := pattern.search(line, at):
            start, end = found.span()
            whole = not self.spaced or _whole(line, start, end)
            if whole and end - start <= self.longest:
                yield start, end
                at = max(end, start + 1)
            else:
                at = max(start + 1, end - self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What words around a match say about it, by language; each pattern is None where a language has none.

    `hostile` speaks of an attacker; `advice` tells the reader what to do, or defines a term, unless `reported` stands
    beside it ("was found, the firm warned"); `defence` tells what a
    product does, or what could happen; `absent` says that nothing was found; `effects` have a negator and yet tell what
    an attack did ("can no longer be opened"); `headings` open a part that gives advice; `named_by` says that a name
    beside it is one of a technique. `either` is true where `defence` speaks of what stands before it too.
    `before` and `after` are how far a negator reaches, in characters.
    """

    hostile: Any
    advice: Any
    reported: Any
    defence: Any
    absent: Any
    effects: Any
    headings: Any
    named_by: Any
    either: bool
    before: int
    after: int


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 64 << 20
    options.log_errors = False
    return options


def _compiled(pattern: str, cue: Cue) -> Any:
    try:
        return linear.compile(pattern, _options())
    except re2.error as error:
        raise DataError(f"{FILE}: {cue.id}: RE2 refuses {cue.source!r}: {error}") from error


@cache
def fingerprint() -> str:
    """SHA-256 over the cues and their word lists."""
    home = resources.files(__package__)
    return hashlib.sha256(home.joinpath(FILE).read_bytes() + home.joinpath(WORDS).read_bytes()).hexdigest()


def packaged(language: str, count: int) -> Triggers | None:
    """The letters of a language's cues as tools/compile_cues.py wrote them; None where they are behind the cues."""
    source = resources.files(__package__).joinpath(TRIGGERS)
    raw: dict[str, Any] = json.loads(gzip.decompress(source.read_bytes())) if source.is_file() else {}
    if raw.get("sha256") != fingerprint() or len(raw.get(language, ())) != count:
        return None
    rows = (row.split(_BETWEEN_CLAUSES) if row else () for row in raw[language])
    return Triggers([[clause.split(_BETWEEN_STRINGS) for clause in row] for row in rows])


def _whole(line: str, start: int, end: int) -> bool:
    """True where the stretch neither begins nor ends inside a word."""
    if start and line[start].isalnum() and line[start - 1].isalnum():
        return False
    return not (end < len(line) and line[end - 1].isalnum() and line[end].isalnum())


def _expanded(source: str, words: Mapping[str, str], language: str, place: str) -> str:
    """A pattern with its word lists and gaps written out."""

    def written(found: Any) -> str:
        name = found.group(1)
        if not name:
            return _GAP[language in _SPACED]
        if name not in words:
            raise DataError(f"{place}: {WORDS} has no list {name!r} in [words.{language}]")
        return f"(?:{words[name]})"

    return str(_MACRO.sub(written, source))


def _texts(value: Any, place: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise DataError(f"{place}: expected a list of texts, got {value!r}")
    return value


@cache
def _file(name: str) -> dict[str, Any]:
    return shipped.table(__package__, name)


@cache
def _words(language: str) -> Mapping[str, str]:
    """Word lists of a language; a list may name lists above it."""
    words: dict[str, str] = {}
    for name, source in _file(WORDS)["words"].get(language, {}).items():
        words[name] = _expanded(source, words, language, f"{WORDS}: [words.{language}] {name}")
    return words


def _entries(language: str) -> Iterator[Cue]:
    seen: set[tuple[str, bool]] = set()
    for row in _file(FILE)["cue"]:
        number, weak = row.get("id", "?"), row.get("weak", False)
        if number not in techniques() or (number, weak) in seen or not isinstance(weak, bool):
            raise DataError(f"{FILE}: [[cue]] {number}: expected a technique of the list, once weak and once not")
        seen.add((number, weak))
        if unknown := sorted(row.keys() - {"id", "weak", *LANGUAGES}):
            raise DataError(f"{FILE}: [[cue]] {number}: unknown field {', '.join(unknown)}")
        for source in _texts(row.get(language, []), f"{FILE}: [[cue]] {number}"):
            yield Cue(id=number, source=source, weak=weak)


@cache
def simplified() -> Mapping[int, str]:
    """Traditional Chinese characters and the simplified ones that the cues are written in."""
    pairs: str = _file(WORDS)["simplified"]["pairs"]
    return {ord(first): second for first, second in zip(pairs[::2], pairs[1::2], strict=True)}


@cache
def cues(language: str) -> Cues | None:
    """The cues of a language, or None. Raises DataError, with the entry, for data that break their format."""
    if language not in LANGUAGES:
        return None
    found = list(_entries(language))
    words = _words(language)
    patterns = [_expanded(cue.source, words, language, f"{FILE}: [[cue]] {cue.id}") for cue in found]
    longest = _file(GUARDS)["longest"][language]
    return Cues(found, patterns, language, longest)


@cache
def described() -> frozenset[str]:
    """Numbers of the techniques that have cues in some language."""
    return frozenset(cue.id for language in LANGUAGES for cue in _entries(language))


@cache
def guards(language: str) -> Guards:
    """The guards of a language, those of English for one that has none."""
    code = language if language in LANGUAGES else "en"
    table = _file(GUARDS)["guards"][code]
    made: dict[str, Any] = {}
    for name in _GUARDS:
        place = f"{GUARDS}: [guards.{code}] {name}"
        sources = [_expanded(source, _words(code), code, place) for source in _texts(table.get(name, []), place)]
        made[name] = linear.compile("|".join(f"(?:{source})" for source in sources), _options()) if sources else None
    return Guards(**made, either=code not in _SPACED, before=table["reach"][0], after=table["reach"][1])


@cache
def yields() -> Mapping[str, frozenset[str]]:
    """A technique, and those in whose presence in the same sentence it is not told apart."""
    table = _file(GUARDS)["yields"]
    return {number: frozenset(_texts(row, f"{GUARDS}: [yields] {number}")) for number, row in table.items()}


@cache
def ordinary() -> frozenset[str]:
    """Numbers whose names are ordinary words or names of things: such a name needs more than its capitals."""
    return _numbers("ordinary")


@cache
def distinct_single() -> frozenset[str]:
    """Numbers whose names are one word and yet no ordinary one."""
    return _numbers("distinct")


@cache
def running() -> frozenset[str]:
    """Words that may follow a name that opens a sentence; after any other one it is no name but an order."""
    return frozenset(_texts(_file(GUARDS)["names"]["running"], f"{GUARDS}: [names] running"))


def _numbers(field: str) -> frozenset[str]:
    listed = _texts(_file(GUARDS)["names"][field], f"{GUARDS}: [names] {field}")
    if unknown := sorted(set(listed) - techniques().keys()):
        raise DataError(f"{GUARDS}: [names] {field}: unknown numbers {', '.join(unknown)}")
    return frozenset(listed)
