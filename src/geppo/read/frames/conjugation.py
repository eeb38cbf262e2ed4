"""Verbs of languages that inflect at the end of the word (Japanese, Korean): a stem and a class of endings."""

from __future__ import annotations

from collections.abc import Mapping

from geppo.errors import DataError
from geppo.read.frames.frame import Frame

Table = Mapping[str, Mapping[str, str]]
"""An expression for `active` and one for `passive` (empty where there is none), by a base form's ending."""


def ending(phrase: str, table: Table) -> str:
    """The class of a verb: the longest listed ending. Raises DataError where none is listed."""
    for start in range(len(phrase) + 1):
        if phrase[start:] in table:
            return phrase[start:]
    raise DataError(f"frames: no conjugation for {phrase!r}; its ending must be one of {', '.join(table)}")


def stem(phrase: str, table: Table) -> str:
    """What stays of a verb in all its forms."""
    return phrase[: -len(ending(phrase, table))]


def expressions(frame: Frame, table: Table) -> tuple[str, str]:
    """The active and the passive expression of a frame's verbs; empty where it has no such form.

    Verbs of one class share its endings, so that an expression of many verbs stays small; the longest verb of a class
    comes first, since the first that fits is read, and so does the class of the longest verb.
    """
    stems: dict[str, list[str]] = {}
    for phrase in sorted(frame.phrases, key=len, reverse=True):
        stems.setdefault(ending(phrase, table), []).append(stem(phrase, table))
    made: dict[str, list[str]] = {"active": [], "passive": []}
    for known, row in stems.items():
        for voice, rows in made.items():
            if forms := table[known].get(voice):
                rows.append(f"(?:{'|'.join(row)})(?:{forms})")
    return "|".join(made["active"]), "|".join(made["passive"])
