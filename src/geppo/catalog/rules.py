"""The words that decide how a name in a text is taken, read from `matching.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from geppo.catalog.folding import fold
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
    named_groups: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """How scanners name what they find. After one of the words `labelled_by` such a name is a label of the scanner."""

    pattern: str
    labelled_by: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorPatterns:
    """The expressions of one language as in `matching.toml`, and the words that need more than a target."""

    ends_in_head: str
    head: str
    listed_head: str
    list_gap: str
    thing: str
    alone: str
    before: str
    directly: str
    after: str
    acts: str
    modifier: str
    enumerates: str
    agent: str
    wide: frozenset[str]
    narrow: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything in `matching.toml`."""

    kind_words: tuple[tuple[str, Kind], ...]
    suffixes: Suffixes
    nearby: Nearby
    small_words: frozenset[str]
    katakana_followers: tuple[str, ...]
    not_before: tuple[str, ...]
    after_city: tuple[str, ...]
    before_city: tuple[str, ...]
    of_city: tuple[str, ...]
    day_before: frozenset[str]
    also_words: frozenset[str]
    phrases: tuple[str, ...]
    place_phrases: tuple[str, ...]
    forms: frozenset[str]
    withheld: tuple[str, ...]
    detections: Detections
    marks: Mapping[str, Marks]
    sectors: Mapping[str, SectorPatterns]
    sector_states: frozenset[str]


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


def _nearby(row: Row) -> Nearby:
    groups = frozenset(map(fold, row.texts("named_groups")))
    numbers = [field.name for field in fields(Nearby) if field.name != "named_groups"]
    return Nearby(**{name: row.number(name) for name in numbers}, named_groups=groups)


def _sectors(row: Row) -> SectorPatterns:
    wide, narrow = (frozenset(map(fold, row.texts(name))) for name in ("wide", "narrow"))
    expressions = [field.name for field in fields(SectorPatterns) if field.name not in ("wide", "narrow")]
    texts = {name: row.text(name, default="") for name in expressions}
    patterns = SectorPatterns(**texts, wide=wide, narrow=narrow)
    row.finish()
    return patterns


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
    nearby, apart, sectors = (whole.inner(name) for name in ("nearby", "apart", "sectors"))
    rules = Rules(
        kind_words=_kind_words(whole.inner("kind_words")),
        suffixes=Suffixes(
            kept=_longest_first(suffixes.texts("kept")),
            needed=_longest_first(suffixes.texts("needed")),
            dropped=_longest_first(suffixes.texts("dropped")),
        ),
        nearby=_nearby(nearby),
        small_words=frozenset(edges.texts("small_words")),
        katakana_followers=edges.texts("katakana_followers"),
        not_before=edges.texts("not_before"),
        after_city=_longest_first(edges.texts("after_city")),
        before_city=edges.texts("before_city"),
        of_city=edges.texts("of_city"),
        day_before=frozenset(edges.texts("day_before")),
        also_words=frozenset(edges.texts("also_words")),
        phrases=blocked.texts("phrases"),
        place_phrases=blocked.texts("places"),
        forms=frozenset(blocked.texts("forms")),
        withheld=blocked.texts("withheld"),
        detections=Detections(pattern=apart.text("detection"), labelled_by=frozenset(apart.texts("labelled_by"))),
        sector_states=frozenset(f"sector/{name}" for name in sectors.texts("state")),
        sectors={language: _sectors(sectors.inner(language)) for language in sectors.names()},
        marks={language: _marks(marks.inner(language)) for language in marks.names()},
    )
    for part in (suffixes, nearby, edges, blocked, apart, sectors, marks, whole):
        part.finish()
    return rules
