"""Treaties, alliances and partnerships between states, with the three dates that must not be mixed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from geppo.catalog.tables import Folder

KINDS = ("alliance", "treaty", "partnership", "sharing", "understanding")
"""Kinds of agreement, the closest first. An understanding sets rules between states that are no partners by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement between states. `parties` are ISO 3166-1 alpha-2 codes; a date is None where it is unknown."""

    id: str
    name: str
    name_ja: str
    parties: tuple[str, ...]
    kind: str
    signed: date | None
    ratified: date | None
    in_force: date | None
    ended: date | None
    source: str
    forms: Mapping[str, tuple[str, ...]]

    def holds(self, on: date) -> bool:
        """True where it is in force on a day.

        A treaty or alliance needs its date of entry into force; a partnership or a sharing agreement that states none
        counts from its signature, since such declarations are not ratified.
        """
        start = self.in_force
        if start is None and self.kind in ("partnership", "sharing"):
            start = self.signed
        return start is not None and start <= on and (self.ended is None or on < self.ended)


def read_agreements(folder: Folder) -> tuple[Agreement, ...]:
    """Read `agreements.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in folder.entries("agreements.toml", "agreement"):
        names, parties = row.inner("name"), row.texts("parties")
        if len(parties) < 2:
            raise row.wrong("an agreement needs two parties or more")
        found.append(
            Agreement(
                id=f"agreement/{row.text('id')}",
                name=names.text("en"),
                name_ja=names.text("ja"),
                parties=parties,
                kind=row.choice("kind", KINDS),
                signed=row.day("signed"),
                ratified=row.day("ratified"),
                in_force=row.day("in_force"),
                ended=row.day("ended"),
                source=row.text("source"),
                forms=row.by_language("forms"),
            )
        )
        names.finish()
        row.finish()
    return tuple(found)


def between(agreements: Iterable[Agreement], a: str, b: str, on: date) -> tuple[Agreement, ...]:
    """Agreements that make two states partners on a day: the closest kind first, then the newest."""
    if a == b:
        return ()
    bonds = (row for row in agreements if row.kind != "understanding" and row.holds(on))
    found = [row for row in bonds if a in row.parties and b in row.parties]
    return tuple(
        sorted(found, key=lambda row: (KINDS.index(row.kind), -(row.in_force or row.signed or on).toordinal(), row.id))
    )
