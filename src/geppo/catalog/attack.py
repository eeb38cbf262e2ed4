"""The techniques of ATT&CK as the catalogue holds them: number, name, tactics and our Japanese label.

Knows nothing of texts and of this package's other modules; it reads `techniques.txt` and `techniques.toml` of the
catalogue's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from geppo.catalog.tables import Folder, Row, packaged
from geppo.errors import DataError

LIST = "techniques.txt"
LABELS = "techniques.toml"
MATRICES = ("enterprise", "mobile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tactic:
    """A tactic. `id` is its short name (`initial-access`), `number` the one that ATT&CK prints (`TA0001`)."""

    id: str
    number: str
    name: str
    name_ja: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A technique or sub-technique. `name` is its own name; `full` has the parent's before it, as ATT&CK prints it.

    `name_ja` is empty where we have no Japanese label. `tactics` are short names.
    """

    number: str
    matrix: str
    tactics: tuple[str, ...]
    name: str
    full: str
    name_ja: str

    @property
    def parent(self) -> str:
        """The number of the technique above it, or an empty text."""
        head, dot, _ = self.number.partition(".")
        return head if dot else ""


def _rows(text: str) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Number to matrix, tactics and name. Raises DataError for a line that breaks the format."""
    found: dict[str, tuple[str, tuple[str, ...], str]] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 4 or parts[1] not in MATRICES or not all(parts) or parts[0] in found:
            raise DataError(f"{LIST}, line {place}: expected number, matrix, tactics and name once, got {line!r}")
        found[parts[0]] = (parts[1], tuple(parts[2].split(",")), parts[3])
    return found


@cache
def _labels() -> tuple[Mapping[str, Tactic], Mapping[str, str]]:
    folder = Folder(packaged(""))
    tactics: dict[str, Tactic] = {}
    for row in folder.entries(LABELS, "tactic"):
        names = row.inner("name")
        tactic = Tactic(id=row.text("id"), number=row.text("number"), name=names.text("en"), name_ja=names.text("ja"))
        tactics[tactic.id] = tactic
        names.finish()
        row.finish()
    table = Row(LABELS, "[technique]", folder.tables(LABELS).get("technique", {}))
    return tactics, {number: table.text(number) for number in table.names()}


def tactics() -> Mapping[str, Tactic]:
    """Tactics by their short names, in the order of an attack."""
    return _labels()[0]


@cache
def techniques() -> Mapping[str, Entry]:
    """All techniques by number. Raises DataError for data that break their format or label an unknown number."""
    rows = _rows(packaged(LIST).read_text(encoding="utf-8"))
    known, labels = _labels()
    if unknown := sorted(labels.keys() - rows.keys()):
        raise DataError(f"{LABELS}: [technique] labels numbers that {LIST} does not hold: {', '.join(unknown)}")
    found: dict[str, Entry] = {}
    for number, (matrix, of, name) in rows.items():
        if unknown := sorted(set(of) - known.keys()):
            raise DataError(f"{LIST}: {number}: {LABELS} has no tactic {', '.join(unknown)}")
        parent = rows.get(number.partition(".")[0]) if "." in number else None
        full = f"{parent[2]}: {name}" if parent else name
        found[number] = Entry(
            number=number, matrix=matrix, tactics=of, name=name, full=full, name_ja=labels.get(number, "")
        )
    return found


def label(number: str, language: str) -> str:
    """How we print a technique in `ja` or `en`; empty where the number is unknown or has no Japanese label.

    In English a sub-technique has its technique's name before it: "DLL" alone says nothing.
    """
    entry = techniques().get(number)
    if entry is None:
        return ""
    return entry.name_ja if language == "ja" else entry.full
