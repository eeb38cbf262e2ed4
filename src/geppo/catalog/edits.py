"""Edits of a workspace on top of the packaged catalogue: aliases, publishers, grades, undone edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geppo.catalog.names import KINDS as ENTRY_KINDS
from geppo.catalog.names import RELATIONS, Alias, Overlay
from geppo.catalog.publishers import KINDS, Publisher
from geppo.errors import DataError
from geppo.model.edit import Edit, EditKind

GRADES = ("A", "B", "C", "D", "E", "F")
"""Reliability of a source in the Admiralty code (STANAG 2511): A completely reliable … F cannot be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What edits add. `grades` are by the id or printed name of a publisher."""

    overlay: Overlay
    publishers: tuple[Publisher, ...]
    grades: tuple[tuple[str, str], ...]


def in_force(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Edits that none after them takes back; an undo that is taken back does not count."""
    gone: set[str] = set()
    for edit in reversed(edits):
        if edit.kind is EditKind.UNDO and edit.id not in gone:
            gone.add(edit.subject)
    return tuple(edit for edit in edits if edit.id not in gone and edit.kind is not EditKind.UNDO)


def read_edits(edits: Sequence[Edit]) -> Edits:
    """What is in force, later edits over earlier ones. Raises DataError for an edit that breaks the format."""
    aliases: dict[tuple[str, str], Alias] = {}
    publishers: dict[str, Publisher] = {}
    grades: dict[str, str] = {}
    for edit in in_force(edits):
        if edit.kind is EditKind.ALIAS:
            alias = _alias(edit)
            aliases[alias.name, alias.means.partition("/")[0]] = alias
        elif edit.kind is EditKind.PUBLISHER:
            publishers[edit.subject] = _publisher(edit)
        else:
            grades[edit.subject] = _choice(edit, "grade", GRADES)
    return Edits(
        overlay=Overlay(names=(), aliases=tuple(aliases.values())),
        publishers=tuple(publishers.values()),
        grades=tuple(grades.items()),
    )


def _choice(edit: Edit, name: str, allowed: Sequence[str]) -> str:
    value = edit.value(name)
    if value not in allowed:
        raise DataError(f"edit {edit.id}: {name} should be one of {', '.join(allowed)}, got {value!r}")
    return value


def _text(edit: Edit, name: str) -> str:
    value = edit.value(name).strip()
    if not value:
        raise DataError(f"edit {edit.id}: {edit.kind} needs {name}")
    return value


def _alias(edit: Edit) -> Alias:
    if edit.subject.partition("/")[0] not in ENTRY_KINDS:
        raise DataError(f"edit {edit.id}: an alias means an id such as actor/…, got {edit.subject!r}")
    try:
        day = date.fromisoformat(edit.value("date"))
    except ValueError as error:
        raise DataError(f"edit {edit.id}: date: expected the day of the source as YYYY-MM-DD") from error
    return Alias(
        name=_text(edit, "name"),
        relation=_choice(edit, "relation", RELATIONS),
        namer=_text(edit, "namer"),
        source=_text(edit, "source"),
        date=day,
        means=edit.subject,
    )


def _publisher(edit: Edit) -> Publisher:
    if not edit.subject.startswith("org/") or edit.subject == "org/":
        raise DataError(f"edit {edit.id}: the id of a publisher should start with org/, got {edit.subject!r}")
    return Publisher(
        id=edit.subject,
        name=_text(edit, "name"),
        name_ja=edit.value("name_ja"),
        kind=_choice(edit, "kind", KINDS),
        country=edit.value("country"),
        forms=tuple(filter(None, edit.value("forms").split("\n"))),
    )
