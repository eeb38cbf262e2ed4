"""Stories and editions: what is written, and what each sentence rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from geppo.model.assessment import Assessment
from geppo.model.claim import Claim
from geppo.model.edits import Edits, Outcome, Remark
from geppo.model.entity import Term
from geppo.model.relay import OwnNetwork
from geppo.model.report import Document, Gap
from geppo.model.time import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Reports of one matter, ranked. `score` holds the parts beside the total (part name, value).

    `origins` are the reports (or named speakers) with observation of their own; `previously` tells that an earlier
    issue had it, so that it needs a new dated fact.
    """

    id: str
    subjects: tuple[Term, ...]
    reports: tuple[str, ...]
    origins: tuple[str, ...]
    claims: tuple[str, ...]
    assessments: tuple[str, ...]
    theme: str
    score: tuple[tuple[str, float], ...]
    rank: int
    previously: bool = False

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return sum(value for _, value in self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Everything known about a month when an issue is written. The writers and the deliverers get this and no store.

    `houses` are names of one house in different letters, each row with the name on its own pages first.
    """

    period: Period
    as_of: datetime
    documents: tuple[Document, ...]
    claims: tuple[Claim, ...]
    assessments: tuple[Assessment, ...]
    stories: tuple[Story, ...]
    gaps: tuple[Gap, ...]
    networks: tuple[OwnNetwork, ...] = ()
    houses: tuple[tuple[str, ...], ...] = ()

    @property
    def made(self) -> frozenset[str]:
        """Our notes on records of the lab: what they tell was seen nowhere."""
        return frozenset(one.report for one in self.networks if one.made)


class EditionKind(StrEnum):
    """Who gets it."""

    MEMBER = "member"
    PUBLIC = "public"
    BRIEF = "brief"


class Role(StrEnum):
    """What a sentence does in its section."""

    LEAD = "lead"
    CLAIM = "claim"
    CAVEAT = "caveat"
    ASSESSMENT = "assessment"
    CONFIDENCE = "confidence"
    CHANGE = "change"
    BACKGROUND = "background"
    CONTRAST = "contrast"
    TREND = "trend"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One printed sentence. It cannot exist without a claim or an assessment to rest on.

    `id` is the same in both languages; `citations` are reference numbers, printed after `text` or at the `[n]` in it.
    `machine` is what geppo wrote where an editor (`edited_by`) found other words; `story` is empty in an opening.
    """

    id: str
    text: str
    role: Role
    claims: tuple[str, ...]
    assessments: tuple[str, ...]
    citations: tuple[int, ...]
    story: str = ""
    machine: str = ""
    edited_by: str = ""

    def __post_init__(self) -> None:
        if not (self.claims or self.assessments):
            raise ValueError(f"a sentence needs claims or assessments to rest on: {self.text!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading that is itself a claim (`heading_claims`), paragraphs of sentences, and signed remarks on them."""

    id: str
    heading: str
    heading_claims: tuple[str, ...]
    heading_assessments: tuple[str, ...]
    story: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An entry of the source list."""

    n: int
    report: str
    publisher: str
    title: str
    url: str
    published: date
    accessed: date
    note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a matrix: how many claims, which, and whether the two are partners by an agreement in force."""

    row: int
    column: int
    value: int
    claims: tuple[str, ...]
    partners: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Who (rows) targets whom (columns)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One count with its counting rule. Bars of different counters share a picture, never a line."""

    group: str
    label: str
    value: float
    printed: str
    counter: str
    when: str
    claims: tuple[str, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Counts side by side, grouped by what was counted."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One dated thing. `start` and `end` are equal for a day; `published` events are reports, others happenings."""

    start: date
    end: date
    lane: str
    label: str
    published: bool
    claims: tuple[str, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The month, day by day, in lanes."""

    start: date
    end: date
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture drawn from claims. `caption` is the finding, `rule` the counting rule, `alt` all of it in words."""

    id: str
    title: str
    caption: str
    rule: str
    alt: str
    body: Matrix | Counts | Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: cells as text, and what it rests on."""

    cells: tuple[str, ...]
    claims: tuple[str, ...]
    assessments: tuple[str, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A box of the member edition: contradictions, what would change our view, vulnerabilities, gaps, glossary."""

    id: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Where the member edition tells more of a line of the brief: a number of a section from 1, or 0 for none.

    `sentence` is the line's first one; `matters` names what of the reader's profile it touches, in the edition's words.
    """

    sentence: str
    section: int
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One language and one audience of an issue."""

    language: str
    kind: EditionKind
    title: str
    subject: str
    opening: Section
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    key_judgements: tuple[Sentence, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    pointers: tuple[Pointer, ...] = ()

    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in reading order."""
        found: list[Sentence] = list(self.key_judgements)
        for section in (self.opening, *self.sections):
            for paragraph in section.paragraphs:
                found.extend(paragraph)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an issue corrects: the name of the earlier issue, and what was wrong, as (language, text)."""

    corrects: str
    texts: tuple[tuple[str, str], ...]

    def text(self, language: str) -> str:
        """What was wrong in a language, or an empty text."""
        return dict(self.texts).get(language, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What an analyst did to an issue: the edits, what became of each, and the editions as geppo wrote them."""

    edits: Edits
    machine: tuple[Edition, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A month with all its editions. `revision` counts how often the month was issued."""

    month: Month
    editions: tuple[Edition, ...]
    revision: int = 1
    corrections: tuple[Correction, ...] = ()
    editing: Editing | None = None

    @property
    def name(self) -> str:
        """`2025-11`, and `2025-11.2` where it was issued again."""
        return str(self.month.period) + (f".{self.revision}" if self.revision > 1 else "")
