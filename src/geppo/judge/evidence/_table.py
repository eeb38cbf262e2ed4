"""Likelihood ratios and properties per kind of shared trait, from `kinds.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.errors import DataError


class Corner(StrEnum):
    """Corners of the Diamond Model (Caltagirone, Pendergast and Betz, 2013)."""

    ADVERSARY = "adversary"
    INFRASTRUCTURE = "infrastructure"
    CAPABILITY = "capability"
    VICTIM = "victim"


class QuestionKind(StrEnum):
    """What a comparison asks. Each question has its own ratios and its own prior."""

    SAME_CLUSTER = "same-cluster"
    COOPERATION = "cooperation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A likelihood ratio as a range: P(seen | hypothesis asked about) / P(seen | the others); 1 says nothing."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 < self.low <= self.high:
            raise ValueError(f"expected 0 < low <= high, got {self.low}, {self.high}")

    def shrunk(self, factor: float) -> Ratio:
        """The ratio after losing a share of its distance to 1 (factor 1: unchanged, 0: says nothing)."""
        return Ratio(low=1.0 + (self.low - 1.0) * factor, high=1.0 + (self.high - 1.0) * factor)

    def divided(self, divisor: float) -> Ratio:
        """The ratio divided by how common the value is, but never turned into evidence against (floor 1)."""
        return Ratio(low=max(1.0, self.low / divisor), high=max(1.0, self.high / divisor))


NOTHING = Ratio(low=1.0, high=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A row of `kinds.toml`.

    `half_value`: years after which half of what the ratio says is gone (0: never). `rarity`: exponent of 1 / (1 + the
    number of unrelated documents that hold the value). `network`: seen on the wire only; such kinds alone never give
    more than low confidence. `forgeable`: cheap to fake. `rivals`: how well each rival explains the kind (1: average).
    """

    name: str
    corner: Corner
    network: bool
    forgeable: bool
    half_value: float
    rarity: float
    ratios: Mapping[QuestionKind, Ratio]
    ordinary: Mapping[QuestionKind, Ratio]
    crowded: Mapping[QuestionKind, Ratio]
    rivals: Mapping[str, float]
    origin: str


def ratios(raw: Mapping[str, Any]) -> dict[QuestionKind, Ratio]:
    """The ranges of a table for every question that it names."""
    return {asked: Ratio(low=raw[asked][0], high=raw[asked][1]) for asked in QuestionKind if asked in raw}


def _kind(name: str, raw: Mapping[str, Any]) -> Kind:
    try:
        return Kind(
            name=name,
            corner=Corner(raw["corner"]),
            network=raw["network"],
            forgeable=raw["forgeable"],
            half_value=float(raw["half-value"]),
            rarity=float(raw["rarity"]),
            ratios=ratios(raw),
            ordinary=ratios(raw.get("ordinary", {})),
            crowded=ratios(raw.get("crowded", {})),
            rivals=dict(raw.get("rivals", {})),
            origin=raw["origin"],
        )
    except (KeyError, ValueError, IndexError) as error:
        raise DataError(f"kinds.toml, [{name}]: {error}; see the docstring of Kind for what a row needs") from error


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """All rows of `kinds.toml`. Raises DataError for a row that lacks a part or has an impossible range."""
    text = resources.files("geppo.judge.evidence").joinpath("kinds.toml").read_text(encoding="utf-8")
    return {name: _kind(name, raw) for name, raw in tomllib.loads(text).items()}
