"""What a comparison asks, and the tables per question from `questions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.errors import DataError
from geppo.judge.evidence._table import QuestionKind, Ratio

RIVALS = ("common-supplier", "re-let-server", "imitation", "error")
"""The hypotheses that are never part of the headline, by their stable keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of two sides.

    `asked`: somebody asked about these two named actors before looking; then a wide range still gets its word.
    `same_state`: both are attributed to one state (a higher prior of cooperation). `scanned`: among how many pairs the
    link was found; the prior odds are divided by it. `sources`: independent primary sources behind both sides, None:
    the publishers are counted. `relation`: what relations between the states do to the prior odds (1: nothing).
    """

    kind: QuestionKind
    asked: bool
    same_state: bool = False
    scanned: int = 1
    sources: int | None = None
    relation: float = 1.0

    def __post_init__(self) -> None:
        if self.scanned < 1 or self.relation <= 0.0:
            raise ValueError(f"expected scanned >= 1 and relation > 0, got {self.scanned}, {self.relation}")

    @property
    def prior(self) -> str:
        """The name of the prior in the settings."""
        return "same-state" if self.same_state and self.kind is QuestionKind.COOPERATION else str(self.kind)


SAME_CLUSTER = Question(kind=QuestionKind.SAME_CLUSTER, asked=False)
"""Are two unlabelled reports about the same operators?"""

COOPERATION = Question(kind=QuestionKind.COOPERATION, asked=True)
"""Do two named actors of different states work together?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Something that was not seen and would move the answer: an item of a kind, other times of use, a crowded block."""

    key: str
    kind: str
    group: str
    use: str
    crowded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A question's part of `questions.toml`."""

    leading: str
    headline: tuple[str, ...]
    further: Ratio
    most_further: int
    uses: Mapping[str, Ratio]
    weights: Mapping[str, float]


def _range(raw: list[float]) -> Ratio:
    return Ratio(low=raw[0], high=raw[1])


@lru_cache(maxsize=1)
def _raw() -> dict[str, Any]:
    text = resources.files("geppo.judge.evidence").joinpath("questions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=4)
def tables(asked: QuestionKind) -> Tables:
    """The tables for a question. Raises DataError where a part is missing or impossible."""
    raw = _raw()[asked]
    try:
        return Tables(
            leading=raw["leading"],
            headline=tuple(raw["headline"]),
            further=_range(raw["further"]),
            most_further=raw["most-further"],
            uses={use: _range(raw[use]) for use in ("overlapping", "disjoint")},
            weights=dict(raw["weights"]),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise DataError(f"questions.toml, [{asked}]: {error}") from error


def rival_factors(sign: str) -> Mapping[str, float]:
    """How a sign (overlapping, disjoint, crowded) fits each rival; a rival that isn't named: 1."""
    factors: dict[str, float] = _raw()["rivals"].get(sign, {})
    return factors


@lru_cache(maxsize=1)
def unseen() -> tuple[Unseen, ...]:
    """What would change a judgement, in the order of `questions.toml`."""
    return tuple(
        Unseen(
            key=key,
            kind=raw.get("kind", ""),
            group=raw.get("group", ""),
            use=raw.get("use", ""),
            crowded=raw.get("crowded", False),
        )
        for key, raw in _raw()["unseen"].items()
    )
