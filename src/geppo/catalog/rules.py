"""The words that decide how a name in a text is taken, read from `matching.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from geppo.catalog.spelling import Suffixes
from geppo.catalog.tables import Folder, Row
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
class Nearby:
    """How near a word of a kind must stand, and what it weighs; `matching.toml` says what each number means."""

    words: float
    characters: float
    cjk_characters: float
    beside: float
    near: float
    mostly_group: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything in `matching.toml`."""

    kind_words: tuple[tuple[str, Kind], ...]
    suffixes: Suffixes
    nearby: Nearby
    small_words: frozenset[str]
    katakana_followers: tuple[str, ...]
    not_before: tuple[str, ...]
    day_before: frozenset[str]
    also_words: frozenset[str]
    phrases: tuple[str, ...]
    place_phrases: tuple[str, ...]
    forms: frozenset[str]
    withheld: tuple[str, ...]
    marks: Mapping[str, Marks]


def _frames(row: Row, countries: Mapping[str, str]) -> dict[str, tuple[tuple[int, str], ...]]:
    followers = row.texts("followers")
    frames: dict[str, tuple[tuple[int, str], ...]] = {
        mark + follower: ((0, countries[mark]),) for mark in row.texts("follower_marks") for follower in followers
    }
    for frame in row.texts("fixed"):
        frames[frame] = tuple((place, countries[c]) for place, c in enumerate(frame) if c in countries)
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


def _longest_first(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def read_rules(folder: Folder) -> Rules:
    """Read `matching.toml`. Raises DataError for a part that is missing, unknown or of another type."""
    whole = Row("matching.toml", "rules", folder.tables("matching.toml"))
    suffixes, edges, blocked, marks = (whole.inner(name) for name in ("suffixes", "edges", "blocked", "marks"))
    nearby = whole.inner("nearby")
    rules = Rules(
        kind_words=_kind_words(whole.inner("kind_words")),
        suffixes=Suffixes(
            kept=_longest_first(suffixes.texts("kept")),
            needed=_longest_first(suffixes.texts("needed")),
            dropped=_longest_first(suffixes.texts("dropped")),
        ),
        nearby=Nearby(**{field.name: nearby.number(field.name) for field in fields(Nearby)}),
        small_words=frozenset(edges.texts("small_words")),
        katakana_followers=edges.texts("katakana_followers"),
        not_before=edges.texts("not_before"),
        day_before=frozenset(edges.texts("day_before")),
        also_words=frozenset(edges.texts("also_words")),
        phrases=blocked.texts("phrases"),
        place_phrases=blocked.texts("places"),
        forms=frozenset(blocked.texts("forms")),
        withheld=blocked.texts("withheld"),
        marks={language: _marks(marks.inner(language)) for language in marks.names()},
    )
    for part in (suffixes, nearby, edges, blocked, marks, whole):
        part.finish()
    return rules
