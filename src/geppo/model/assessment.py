"""Our judgements. Likelihood and confidence are two fields and never stand in one sentence (ICD 203)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geppo.model.entity import Term


class Band(StrEnum):
    """ICD 203 bands of likelihood."""

    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN = "roughly even"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"


_UPPER: tuple[tuple[float, Band], ...] = (
    (0.05, Band.ALMOST_NO_CHANCE),
    (0.20, Band.VERY_UNLIKELY),
    (0.45, Band.UNLIKELY),
    (0.55, Band.ROUGHLY_EVEN),
    (0.80, Band.LIKELY),
    (0.95, Band.VERY_LIKELY),
    (1.01, Band.ALMOST_CERTAIN),
)


def band(probability: float) -> Band:
    """The ICD 203 band (ODNI, 2015) of a probability in [0, 1]; an edge belongs to the upper band."""
    return next(word for edge, word in _UPPER if probability < edge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihood:
    """A probability with its 5–95 % range, kept within .01–.99: we never print 0 or 100 %."""

    low: float
    point: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.point <= self.high <= 1.0:
            raise ValueError(f"expected 0 <= low <= point <= high <= 1, got {self.low}, {self.point}, {self.high}")

    @property
    def word(self) -> Band:
        """The band of the point."""
        return band(self.point)


class Confidence(StrEnum):
    """How good the base of a judgement is."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One argument for or against. `weight` is in bits (log2 of the likelihood ratio used); unused ones say why."""

    kind: str
    value: str
    group: str
    weight: float
    used: bool
    reason: str


class AssessmentKind(StrEnum):
    """What a judgement is about."""

    OVERLAP = "overlap"
    CORROBORATION = "corroboration"
    CONTRADICTION = "contradiction"
    COUNTING = "counting"
    PARTNER_TARGETING = "partner-targeting"
    DRIFT = "drift"
    TREND = "trend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Who stands behind a set of claims: independent origins, and pages that repeat them.

    `roots` are report ids (or `named:<speaker>` where only others quote the origin); `repeats` are report ids.
    """

    roots: tuple[str, ...]
    repeats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A judgement over claims.

    `kind` says what question was asked, `subjects` about whom, `claims` on what (claim ids). `detail` holds the parts
    that a sentence may print, as (name, value) pairs whose names the kind fixes (see the judge's modules).
    `would_change` lists what would move it, most first.
    """

    id: str
    kind: AssessmentKind
    subjects: tuple[Term, ...]
    claims: tuple[str, ...]
    likelihood: Likelihood | None
    confidence: Confidence | None
    origins: Origins
    evidence: tuple[Evidence, ...] = ()
    rivals: tuple[tuple[str, float], ...] = ()
    detail: tuple[tuple[str, str], ...] = ()
    would_change: tuple[tuple[str, float], ...] = ()

    def get(self, name: str) -> str:
        """A part of `detail`, or an empty text."""
        return next((value for key, value in self.detail if key == name), "")
