"""Edits of the catalogue: who changed what, when and why. An edit is a claim of ours and is never rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EditKind(StrEnum):
    """What an edit changes. `undo` takes back the edit whose id is its subject."""

    ALIAS = "alias"
    PUBLISHER = "publisher"
    GRADE = "grade"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change. `id` is a hash of the rest; `subject` a catalogue id, a publisher's name or, for undo, an edit's id.

    `values` by kind: alias `name relation namer source date`; publisher `name name_ja kind country forms`;
    grade `grade` (A to F, reliability of a source as in the Admiralty code); undo none.
    """

    id: str
    kind: EditKind
    subject: str
    values: tuple[tuple[str, str], ...]
    author: str
    reason: str
    known: datetime

    def value(self, name: str) -> str:
        """The value of a name, or an empty text."""
        return next((value for key, value in self.values if key == name), "")
