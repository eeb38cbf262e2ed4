"""Claims: who says what, when, how sure, where. A claim is theirs; our view is an Assessment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geppo.model.entity import Term
from geppo.model.marking import Tlp
from geppo.model.report import Passage
from geppo.model.time import When


class Predicate(StrEnum):
    """The claim vocabulary. Signed, ratified and in force are three predicates and never one."""

    TARGETS = "targets"
    COMPROMISES = "compromises"
    USES = "uses"
    EXPLOITS = "exploits"
    ATTRIBUTED_TO = "attributed-to"
    HAS_NEXUS = "has-nexus"
    SHARES = "shares-infrastructure-with"
    COOPERATES = "cooperates-with"
    SAME_AS = "same-as"
    VARIANT_OF = "variant-of"
    HAS_COMPONENT = "has-component"
    PROVIDES = "provides"
    HOSTS = "hosts"
    COMMUNICATES_WITH = "communicates-with"
    DISCLOSES = "discloses"
    ACTIVE = "active"
    COUNTS = "counts"
    STEALS = "steals"
    LEAKS = "leaks"
    DISRUPTS = "disrupts"
    CLAIMS_RESPONSIBILITY = "claims-responsibility"
    PAYS = "pays"
    FIXES = "fixes"
    LISTS = "lists"
    WARNS = "warns"
    SIGNS = "signs"
    RATIFIES = "ratifies"
    ENTERS_INTO_FORCE = "enters-into-force"
    ARRESTS = "arrests"
    SEIZES = "seizes"
    SANCTIONS = "sanctions"
    AUTOMATES = "automates"
    CLASSIFIES = "classifies"
    ASSESSES = "assesses"
    DENIES = "denies"


class Rung(StrEnum):
    """The hedge ladder of the sources, from open to confirmed, and the kinds that carry no range."""

    OPEN = "open"
    POSSIBLE = "possible"
    SUGGESTS = "suggests"
    LIKELY = "likely"
    VERY_LIKELY = "very-likely"
    CONFIRMED = "confirmed"
    REPORTED = "reported"
    FORECAST = "forecast"
    TREND = "trend"
    NOT_FOUND = "not-found"
    DENIES = "denies"


STRENGTH: dict[Rung, int] = {
    Rung.NOT_FOUND: 0,
    Rung.OPEN: 1,
    Rung.FORECAST: 1,
    Rung.POSSIBLE: 2,
    Rung.SUGGESTS: 3,
    Rung.REPORTED: 3,
    Rung.TREND: 3,
    Rung.LIKELY: 4,
    Rung.VERY_LIKELY: 5,
    Rung.DENIES: 6,
    Rung.CONFIRMED: 6,
}
"""Order of the rungs for "never stronger than its claims"; `reported` counts as `suggests` where no rung was given."""


class Grade(StrEnum):
    """A source's own confidence word: another axis than the hedge, and without a range."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """How sure the source is, in its own words (`text`, empty where it states a thing flatly)."""

    rung: Rung
    text: str = ""
    grade: Grade | None = None


class Bound(StrEnum):
    """How a count is bounded in print."""

    EXACT = "exact"
    MORE_THAN = "more-than"
    AT_LEAST = "at-least"
    ABOUT = "about"
    NEARLY = "nearly"
    UP_TO = "up-to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number with its unit. `unit` is a term of kind concept; a percentage has the unit `percent`.

    `high` is the upper end where the source gives a range ("80 to 90 percent"), else None.
    """

    value: float
    bound: Bound
    unit: Term
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of one document.

    `voices` is the chain of those who say it, outermost first, without the page's own publisher: empty where the page
    speaks for itself, ("Politico", "Gen Digital") where it says that Politico says that Gen Digital says so.
    `qualifiers` are further typed arguments by role (what, with, by, method, place, part-role …).
    `about` is the id of the claim that an assesses or denies claim speaks about.
    `contrast` marks a statement that its author sets against another ("in spite of the partnership").
    """

    id: str
    report: str
    publisher: str
    predicate: Predicate
    subject: Term
    object: Term | None
    qualifiers: tuple[tuple[str, Term], ...]
    count: Count | None
    when: When | None
    hedge: Hedge
    negated: bool
    voices: tuple[str, ...]
    passage: Passage
    published: date
    rule: str
    about: str = ""
    marking: Tlp = Tlp.CLEAR

    @property
    def turned(self) -> bool:
        """True where it is said not to be so: negated, or a statement that a party denies."""
        return self.negated or (self.hedge.rung is Rung.DENIES and self.predicate is not Predicate.DENIES)

    @property
    def proposed(self) -> bool:
        """True for a claim that a language model proposed and no rule read (its rule is `en/llm`)."""
        return self.rule.endswith("/llm")

    @property
    def speaker(self) -> str:
        """Whose statement it is: the innermost voice, or the publisher."""
        return self.voices[-1] if self.voices else self.publisher

    def qualifier(self, role: str) -> Term | None:
        """The first qualifier of a role, or None."""
        return next((term for name, term in self.qualifiers if name == role), None)
