"""One document with what was read from it marked in its own text: what `geppo read` shows in a terminal and as a page.

A format draws these records and looks nothing up: every text in them is as a person may see it, every id resolved.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.deliver._words import Words, words
from geppo.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a stretch of text is: a name, a value or a hedge.

    `group` is the id of a name's group or of a value's tone; `tag` is a short word to set beside it, or empty; `row` is
    the number of its row in the list of values or names, 0 for a hedge.
    """

    layer: str
    group: str
    hint: str
    tag: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, or a marked stretch with pieces inside. `ends` is false where the mark goes on further on."""

    text: str
    mark: Mark | None
    inner: tuple[Piece, ...]
    ends: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A claim in words: who does what to whom, how sure the source is, who says so, when and how many."""

    number: int
    line: int
    subject: str
    predicate: str
    object: str
    negated: bool
    hedge: str
    hedge_text: str
    grade: str
    speaker: str
    via: str
    extras: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence with its marks. `breaks` says how it begins: 0 goes on, 1 a new line, 2 a new paragraph.

    `spaced` is true where a blank stands before it.
    """

    number: int
    breaks: int
    spaced: bool
    heading: bool
    pieces: tuple[Piece, ...]
    claims: tuple[Said, ...]
    found: bool

    @property
    def doubts(self) -> tuple[str, ...]:
        """How the claims of the sentence are hedged, each way once, with the source's own words."""
        said = (
            claim.hedge + (f" “{claim.hedge_text}”" if claim.hedge_text else "")
            for claim in self.claims
            if claim.hedge_text
        )
        return tuple(dict.fromkeys(said))

    @property
    def negated(self) -> bool:
        """True where a claim of the sentence is negated."""
        return any(claim.negated for claim in self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value with all its places and reasons. A value that is judged differently at two places has two rows.

    `notes` say what it was used for and what is known beyond it (a port, a network).
    """

    number: int
    type: str
    value: str
    verdict: str
    tone: str
    reason: str
    notes: tuple[str, ...]
    lines: tuple[int, ...]
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One name with all its places. `known` is false where the catalogue does not hold it.

    `printed` are the forms in which the text has it, where they differ from the name.
    """

    number: int
    kind: str
    group: str
    name: str
    printed: tuple[str, ...]
    known: bool
    lines: tuple[int, ...]
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A technique of ATT&CK with all its places. `words` are the texts that show it, each way once."""

    id: str
    name: str
    words: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A document, ready to be drawn. `language` is a tag for markup, or empty where none fits."""

    words: Words
    title: str
    publisher: str
    published: str
    dated: bool
    readable: bool
    language: str
    language_name: str
    file: str
    hash: str
    marking: str
    marking_class: str
    note: bool
    lines: tuple[Line, ...]
    claims: tuple[Said, ...]
    values: tuple[Value, ...]
    names: tuple[Named, ...]
    methods: tuple[Method, ...]

    @property
    def claim_lines(self) -> int:
        """How many sentences make a claim."""
        return sum(bool(line.claims) for line in self.lines)

    @property
    def negated(self) -> int:
        """How many claims are negated."""
        return sum(claim.negated for claim in self.claims)

    @property
    def hedged(self) -> int:
        """How many claims are hedged in words."""
        return sum(bool(claim.hedge_text) for claim in self.claims)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of the names that were found, in the order of the legend."""
        here = {named.group for named in self.names}
        return tuple(group for group in dict.fromkeys(look().groups.values()) if group in here)

    @property
    def tones(self) -> tuple[str, ...]:
        """Tones of the values that were found, the gravest first."""
        here = {value.tone for value in self.values}
        return tuple(tone for tone in look().order if tone in here)

    def by_verdict(self) -> Mapping[str, tuple[Value, ...]]:
        """Values by verdict, the gravest first."""
        order = look().order
        verdicts = dict.fromkeys(value.verdict for value in sorted(self.values, key=lambda one: order.index(one.tone)))
        return {verdict: tuple(one for one in self.values if one.verdict == verdict) for verdict in verdicts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """marked.toml: groups of names, tones of verdicts, and how a terminal shows them."""

    groups: Mapping[str, str]
    tones: Mapping[str, str]
    order: tuple[str, ...]
    untagged: frozenset[str]
    styles: Mapping[str, str]
    not_first: frozenset[str]
    not_last: frozenset[str]


@cache
def look() -> Look:
    """The packaged look."""
    raw: dict[str, Any] = tomllib.loads(
        resources.files("geppo.deliver").joinpath("marked.toml").read_text(encoding="utf-8")
    )
    styles = {f"name-{row['id']}": str(row["terminal"]) for row in raw["group"]}
    styles |= {f"value-{name}": str(row["terminal"]) for name, row in raw["tone"].items()}
    return Look(
        groups={kind: str(row["id"]) for row in raw["group"] for kind in row["kinds"]},
        tones={verdict: name for name, row in raw["tone"].items() for verdict in row["verdicts"]},
        order=tuple(raw["tone"]),
        untagged=frozenset(raw["tags"]["without"]),
        styles=styles | raw["terminal"],
        not_first=frozenset(raw["line"]["not_first"]),
        not_last=frozenset(raw["line"]["not_last"]),
    )


@cache
def marked_words(language: str) -> Words:
    """The labels of a language with those of a marked document. Raises DataError where there are none."""
    base = words(language)
    file = resources.files("geppo.deliver").joinpath(f"marked.{language}.toml")
    if not file.is_file():
        raise DataError(f"no labels of a marked document for {language!r}; expected a file marked.{language}.toml")
    own = tomllib.loads(file.read_text(encoding="utf-8"))
    return Words(language=language, groups={**base.groups, **own, "ui": {**base.groups["ui"], **own["ui"]}})
