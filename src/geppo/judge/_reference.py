"""The judge's data files, read once and checked."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.errors import DataError
from geppo.model.claim import Predicate, Rung
from geppo.model.entity import Kind


def _read(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(resources.files("geppo.judge").joinpath(name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: expected a TOML file, got: {error}") from error


def short_id(prefix: str, *parts: str) -> str:
    """A stable id: the prefix and 12 hexadecimal digits of SHA-256 over the parts."""
    return f"{prefix}-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a publisher is worth: Admiralty letter, nearness to the thing, and whether it observes itself.

    `given` is true for a letter that the user gave this very publisher; else it follows from the kind of house.
    """

    grade: str
    precedence: int
    primary: bool = False
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerWords:
    """Word lists of `speakers.toml`."""

    kinds: dict[str, Standing]
    unknown: dict[str, Standing]
    ratios: dict[str, float]
    further: str
    sounds: dict[int, int]
    silent: frozenset[str]
    trades: dict[str, str]
    judged: frozenset[str]
    media_kinds: frozenset[str]
    public_kinds: frozenset[str]
    forms: frozenset[str]
    forms_glued: tuple[str, ...]
    house: frozenset[str]
    house_glued: tuple[str, ...]
    media: frozenset[str]
    media_glued: tuple[str, ...]
    nobody: frozenset[str]
    bracket_origin: tuple[str, ...]
    bracket_place: tuple[str, ...]
    trailing_origin: tuple[str, ...]
    trailing_place: tuple[str, ...]
    carriers: frozenset[str]


@cache
def speaker_words() -> SpeakerWords:
    """`speakers.toml`."""
    raw = _read("speakers.toml")
    words, bracket = raw["words"], raw["bracket"]
    return SpeakerWords(
        kinds={name: Standing(**row) for name, row in raw["kinds"].items()},
        unknown={name: Standing(**row) for name, row in raw["unknown"].items()},
        ratios={letter: float(ratio) for letter, ratio in raw["ratios"].items()},
        further=raw["further"]["grade"],
        sounds=str.maketrans(raw["sounds"]["from"], raw["sounds"]["to"]),
        silent=frozenset(raw["sounds"]["silent"]),
        trades={word: trade for trade, row in raw["trades"].items() for word in row},
        judged=frozenset(raw["judged"]["grades"]),
        media_kinds=frozenset(raw["kinds-of-media"]["kinds"]),
        public_kinds=frozenset(raw["kinds-of-public-bodies"]["kinds"]),
        forms=frozenset(words["forms"]),
        forms_glued=tuple(words["forms-glued"]),
        house=frozenset(words["house"]),
        house_glued=tuple(words["house-glued"]),
        media=frozenset(words["media"]),
        media_glued=tuple(words["media-glued"]),
        nobody=frozenset(words["nobody"]),
        bracket_origin=tuple(sorted(bracket["origin"], key=len, reverse=True)),
        bracket_place=tuple(sorted(bracket["place"], key=len, reverse=True)),
        trailing_origin=tuple(bracket["trailing-origin"]),
        trailing_place=tuple(bracket["trailing-place"]),
        carriers=frozenset(bracket["carriers"]),
    )


@cache
def predicates(group: str) -> frozenset[Predicate]:
    """A named set of predicates of `predicates.toml`, such as `observed` or `hostile`."""
    return frozenset(Predicate(name) for name in _read("predicates.toml")[group])


@cache
def effect(predicate: Predicate) -> float:
    """Effect of a kind of event on a reader, 0 to 1."""
    return float(_read("predicates.toml")["effect"].get(predicate.value, 0.0))


@cache
def ladder() -> dict[Rung, tuple[float, float]]:
    """Probability range of each rung that has one."""
    return {Rung(name): (float(row["low"]), float(row["high"])) for name, row in _read("ladder.toml").items()}


@cache
def link_weights() -> dict[Kind, float]:
    """How much a term of a kind ties two texts to one story."""
    return {Kind(name): float(weight) for name, weight in _read("linking.toml")["kinds"].items()}


@cache
def mark_weights() -> dict[str, float]:
    """What each kind of mark is worth beside the name of a group."""
    return {name: float(weight) for name, weight in _read("marks.toml")["weights"].items()}


@cache
def mark_languages() -> frozenset[str]:
    """Languages that are written in Latin letters."""
    return frozenset(_read("marks.toml")["languages"]["latin"])


@cache
def namesake_words() -> tuple[str, ...]:
    """Words by which a page says that two things have one name."""
    return tuple(_read("marks.toml")["namesakes"]["words"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RetoldWords:
    """Word lists of `retold.toml`."""

    glued: frozenset[str]
    verb_last: frozenset[str]
    sounded: frozenset[str]
    plain: frozenset[str]
    zones: tuple[str, ...]
    alias_after: tuple[str, ...]
    alias_before: tuple[str, ...]
    institutions: frozenset[str]
    institutions_glued: tuple[str, ...]
    firms: tuple[str, ...]
    firms_before: tuple[str, ...]
    abilities: frozenset[str]
    guessed: tuple[str, ...]


@cache
def retold_words() -> RetoldWords:
    """`retold.toml`."""
    raw = _read("retold.toml")
    return RetoldWords(
        glued=frozenset(raw["languages"]["glued"]),
        verb_last=frozenset(raw["languages"]["verb-last"]),
        sounded=frozenset(raw["languages"]["sounded"]),
        plain=frozenset(raw["plain"]["words"]),
        zones=tuple(raw["zones"]["words"]),
        alias_after=tuple(raw["aliases"]["after"]),
        alias_before=tuple(raw["aliases"]["before"]),
        institutions=frozenset(raw["institutions"]["words"]),
        institutions_glued=tuple(raw["institutions"]["glued"]),
        firms=tuple(raw["firms"]["words"]),
        firms_before=tuple(raw["firms"]["before"]),
        abilities=frozenset(raw["abilities"]["words"]),
        guessed=tuple(raw["abilities"]["guessed"]),
    )


@cache
def naming() -> dict[Kind, tuple[float, int]]:
    """Weight and order of a kind as the name of a story."""
    table = _read("linking.toml")["naming"]
    return {Kind(name): (float(table["weight"][name]), place) for place, name in enumerate(table["order"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWords:
    """Families of counting units."""

    kinds: dict[str, str]
    words: dict[str, str]
    no_size: frozenset[str]


@cache
def unit_words() -> UnitWords:
    """`units.toml`; where two families hold a word, the earlier one has it."""
    raw = _read("units.toml")
    words: dict[str, str] = {}
    for family, members in raw["families"].items():
        for word in members:
            words.setdefault(word, family)
    return UnitWords(kinds=dict(raw["kinds"]), words=words, no_size=frozenset(raw["no-size"]["families"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme of stories with the weights that speak for it."""

    id: str
    pair: float
    predicates: dict[Predicate, float]
    kinds: dict[Kind, float]
    words: dict[str, float]


@cache
def themes() -> tuple[Theme, ...]:
    """`themes.toml`, in its order."""
    return tuple(
        Theme(
            id=row["id"],
            pair=float(row.get("pair", 0.0)),
            predicates={Predicate(name): float(weight) for name, weight in row["predicates"].items()},
            kinds={Kind(name): float(weight) for name, weight in row["kinds"].items()},
            words={name: float(weight) for name, weight in row["words"].items()},
        )
        for row in _read("themes.toml")["theme"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCategory:
    """A kind of thing whose reporting is followed over months, and its name in both languages."""

    id: str
    en: str
    ja: str
    concepts: frozenset[str]
    predicates: frozenset[Predicate]


@cache
def trend_categories() -> tuple[TrendCategory, ...]:
    """`trends.toml`, in its order."""
    return tuple(
        TrendCategory(
            id=row["id"],
            en=row["en"],
            ja=row["ja"],
            concepts=frozenset(row.get("concepts", ())),
            predicates=frozenset(Predicate(name) for name in row.get("predicates", ())),
        )
        for row in _read("trends.toml")["category"]
    )
