"""The words that decide how a name in a text is taken, read from `matching.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from geppo.catalog.spelling import Suffixes
from geppo.catalog.tables import Row
from geppo.errors import DataError
from geppo.model.entity import Kind

KIND_WORDS = {
    "actor": Kind.INTRUSION_SET,
    "malware": Kind.MALWARE,
    "tool": Kind.TOOL,
    "campaign": Kind.CAMPAIGN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """One-character marks of countries in one language, and the frames in which they are taken.

    `frames` are strings that must stand in the text; the places are offsets into the frame with a country code each.
    `leading` marks stand before a name in katakana or Latin letters, `headline` marks before a blank or a comma.
    """

    countries: Mapping[str, str]
    frames: Mapping[str, tuple[tuple[int, str], ...]]
    leading: tuple[str, ...]
    headline: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything in `matching.toml`."""

    kind_words: tuple[tuple[str, Kind], ...]
    suffixes: Suffixes
    katakana_followers: tuple[str, ...]
    not_before: tuple[str, ...]
    also_words: frozenset[str]
    phrases: tuple[str, ...]
    withheld: tuple[str, ...]
    marks: Mapping[str, Marks]


def _frames(row: Row, countries: Mapping[str, str]) -> dict[str, tuple[tuple[int, str], ...]]:
    def of(frame: str, part: str | None = None) -> tuple[tuple[int, str], ...]:
        shown = frame if part is None else part
        start = frame.index(shown)
        return tuple((start + place, countries[c]) for place, c in enumerate(shown) if c in countries)

    frames = {frame: of(frame) for frame in row.texts("compounds")}
    before = row.inner("compounds_before")
    for compound in before.names():
        frames |= {compound + follower: of(compound + follower, compound) for follower in before.texts(compound)}
    before.finish()
    followers, preceders = row.texts("followers"), row.texts("preceders")
    for mark in row.texts("follower_marks"):
        frames |= {mark + follower: ((0, countries[mark]),) for follower in followers}
    for mark in row.texts("preceder_marks"):
        code = countries.get(mark, "CN" if mark == "华" else "")
        frames |= {preceder + mark: ((len(preceder), code),) for preceder in preceders if code}
    return frames


def _marks(row: Row) -> Marks:
    table = row.inner("countries")
    countries = {mark: table.text(mark) for mark in table.names()}
    marks = Marks(
        countries=countries,
        frames=_frames(row, countries),
        leading=row.texts("leading"),
        headline=row.texts("headline"),
    )
    row.finish()
    return marks


def _kind_words(table: Row) -> tuple[tuple[str, Kind], ...]:
    found: list[tuple[str, Kind]] = []
    for name, kind in KIND_WORDS.items():
        row = table.inner(name)
        found += [(word, kind) for word in (*row.texts("latin"), *row.texts("cjk"))]
        row.finish()
    table.finish()
    return tuple(found)


def _table(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path.name}: expected a TOML file, got: {error}") from error


def read_rules(path: Traversable) -> Rules:
    """Read `matching.toml`. Raises DataError for a part that is missing, unknown or of another type."""
    whole = Row(path.name, "rules", _table(path))
    suffixes, edges, blocked, marks = (whole.inner(name) for name in ("suffixes", "edges", "blocked", "marks"))
    rules = Rules(
        kind_words=_kind_words(whole.inner("kind_words")),
        suffixes=Suffixes(
            kept=tuple(sorted(suffixes.texts("kept"), key=len, reverse=True)),
            dropped=tuple(sorted(suffixes.texts("dropped"), key=len, reverse=True)),
        ),
        katakana_followers=edges.texts("katakana_followers"),
        not_before=edges.texts("not_before"),
        also_words=frozenset(edges.texts("also_words")),
        phrases=blocked.texts("phrases"),
        withheld=blocked.texts("withheld"),
        marks={language: _marks(marks.inner(language)) for language in marks.names()},
    )
    for part in (suffixes, edges, blocked, marks, whole):
        part.finish()
    return rules
