"""An analyst's edits of an issue: stories pinned, dropped or put in order, sentences rephrased, signed remarks.

An edit names stories, sections and sentences by the ids of `edition.json`. It never stands for a claim.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A story to be told before all others. `claims` tell it again where a new report changed its id."""

    story: str
    by: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A story not to be told, and why. `claims` as in Pin."""

    story: str
    reason: str
    by: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rephrase:
    """Other words for one sentence of one language.

    `was` is the machine's text that it was made for, `rests` the ids of the claims and assessments under it (not
    compared where empty). `edition` is an edition's kind, or empty for each that says the sentence so.
    """

    sentence: str
    language: str
    text: str
    was: str
    by: str
    edition: str = ""
    rests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """The analyst's own words, signed and dated: no claim, and no origin.

    It stands at the end of `section`, or behind the paragraph that holds `sentence`; one of the two is empty. `own` are
    the names and numbers in it that no source of the issue holds; they are printed as such.
    """

    language: str
    text: str
    by: str
    day: date
    section: str = ""
    sentence: str = ""
    edition: str = ""
    own: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """An id that depends on what it says, where, and who says it."""
        parts = (self.language, self.text, self.by, self.day.isoformat(), self.section, self.sentence, *self.own)
        return "r" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:10]


Edit = Pin | Drop | Rephrase | Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All edits of one issue, in the order of the file. `order` are stories in the order in which they are told."""

    pins: tuple[Pin, ...] = ()
    drops: tuple[Drop, ...] = ()
    order: tuple[str, ...] = ()
    rephrases: tuple[Rephrase, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def __bool__(self) -> bool:
        return any((self.pins, self.drops, self.order, self.rephrases, self.remarks))


class State(StrEnum):
    """What became of an edit. `replaced`: a later edit of the same sentence took its place."""

    APPLIED = "applied"
    UNFIT = "unfit"
    REFUSED = "refused"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An edit and what became of it: in which editions it stands (`member.ja`), and what there is to say about it.

    `subject` names it: `rephrase s0123456789 ja`. The edit of an order is None.
    """

    subject: str
    edit: Edit | None
    state: State
    where: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def line(self) -> str:
        """The outcome on one line."""
        places = f" in {', '.join(self.where)}" if self.where else ""
        notes = "".join(f"; {note}" for note in self.notes)
        return f"{self.subject}: {self.state.value}{places}{notes}"
