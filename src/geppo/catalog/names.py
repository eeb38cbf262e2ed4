"""Names of groups, programs and campaigns: the packaged lists, and the overlay of sourced aliases on top of them.

The lists (`names.jsonl.gz`, written by tools/import_names.py) are never joined by alias. Two entries are the same only
if the overlay says so with a namer, a source and a date, or if each of two actor entries lists the other's main name.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from geppo.catalog.folding import fold, key
from geppo.catalog.rules import Nearby
from geppo.catalog.spelling import Suffix, Suffixes
from geppo.catalog.tables import entries, parsed
from geppo.errors import DataError
from geppo.model.entity import Kind

KINDS = {
    "actor": Kind.INTRUSION_SET,
    "malware": Kind.MALWARE,
    "tool": Kind.TOOL,
    "campaign": Kind.CAMPAIGN,
    "technique": Kind.CONCEPT,
}
"""First part of an id, and the kind of thing that it names."""

_ORDER = (Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.TOOL)

RELATIONS = ("same", "part-of", "overlaps", "former")
IDENTITY = ("same", "former")
"""Relations under which a name means the thing itself: another namer's name, or the namer's own earlier name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name that is known only for this month: found in its documents, held by no list."""

    kind: Kind
    id: str
    name: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One claim that a name stands for an entry: who says so, where, and since when (None: the list has no dates)."""

    name: str
    relation: str
    namer: str
    source: str
    date: date | None
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the catalogue. `lists` are the packaged lists that have it under this main name."""

    id: str
    kind: Kind
    name: str
    nexus: str = ""
    lists: tuple[str, ...] = ()


class Reading(NamedTuple):
    """One thing that a spelling may mean; `weight` grows with the lists that say so, twice for a main name.

    A tuple, because thousands are made at start.
    """

    kind: Kind
    id: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What `overlay.toml` adds: names that no list holds, and aliases with their sources."""

    names: tuple[Entry, ...]
    aliases: tuple[Alias, ...]


def read_overlay(path: Traversable) -> Overlay:
    """Read an overlay file, empty where there is none.

    Raises DataError for an entry without namer, source or date, or of an unknown kind.
    """
    names, aliases = [], []
    tables = parsed(path.name, path.read_bytes()) if path.is_file() else {}
    for row in entries(path.name, tables, "name"):
        identity = row.text("id")
        kind = row.choice("kind", tuple(KINDS))
        if not identity.startswith(f"{kind}/"):
            raise row.wrong(f"the id should start with {kind}/")
        names.append(Entry(id=identity, kind=KINDS[kind], name=row.text("name"), nexus=row.text("nexus", default="")))
        row.finish()
    for row in entries(path.name, tables, "alias"):
        when = row.day("date")
        if when is None:
            raise row.wrong("an alias needs the date of its source")
        aliases.append(
            Alias(
                name=row.text("name"),
                relation=row.choice("relation", RELATIONS),
                namer=row.text("namer"),
                source=row.text("source"),
                date=when,
                means=row.text("means"),
            )
        )
        row.finish()
    return Overlay(names=tuple(names), aliases=tuple(aliases))


class Names:
    """All names, by id and by folded spelling.

    `read` gives the lines of the packaged list. With `readings` and `same`, worked out beforehand, nothing is read
    before an entry is asked for.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[dict[str, Any]]],
        overlays: Sequence[Overlay],
        suffixes: Suffixes,
        withheld: Iterable[str],
        ready: tuple[Mapping[str, Sequence[Reading]], Mapping[str, str]] | None = None,
    ) -> None:
        self._read = read
        self._overlays = overlays
        self._suffixes = suffixes
        self._withheld = frozenset(map(key, withheld))
        self.overlay_aliases = [alias for overlay in overlays for alias in overlay.aliases]
        self.ordinary: set[str] = set()
        self.ordinary_phrases: set[str] = set()
        self.lower: set[str] = set()
        self.spoken: dict[str, str] = {}
        self._main: dict[str, list[str]] = defaultdict(list)
        if ready is not None:
            self.readings, self.same = ready
            return
        for alias in self.overlay_aliases:
            if alias.means not in self._rows:
                raise DataError(f"overlay: [[alias]] {alias.name}: means the unknown id {alias.means!r}")
        self.readings = self._index()
        self.same = self._joined()

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        """The lines of the list by id, with what the overlays add."""
        rows = {row["id"]: row for row in self._read()}
        for entry in (entry for overlay in self._overlays for entry in overlay.names):
            row = rows.setdefault(entry.id, {"id": entry.id, "name": entry.name, "lists": ["overlay"]})
            row["nexus"] = entry.nexus or row.get("nexus", "")
        return rows

    @property
    def ids(self) -> Iterable[str]:
        """Ids of all entries."""
        return self._rows.keys()

    def _index(self) -> dict[str, Sequence[Reading]]:
        """Fill the spellings: every printed name, with and without its suffix; and give what each may mean."""
        weights: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for identity, row in self._rows.items():
            if identity.startswith("technique/"):
                continue
            ordinary = row.get("ordinary", ())
            self.ordinary.update(map(key, ordinary))
            self.ordinary_phrases.update(map(fold, row.get("phrases", ())))
            if identity.startswith("tool/"):
                self.lower.add(key(row["name"]))
            for position, printed in enumerate((row["name"], *(name for name, _ in row.get("aliases", ())))):
                bare, suffix = self._suffixes.strip(printed)
                folded = key(bare)
                if position == 0:
                    self._main[folded].append(identity)
                if key(bare) in self._withheld:
                    bare = printed
                whole = suffix is Suffix.KEPT or (suffix is Suffix.NEEDED and bare in ordinary)
                for name in (bare, printed) if whole else (bare,):
                    self.spoken.setdefault(name, key(name))
                    weights[self.spoken[name]][identity] += 1 if position else 2 * len(row["lists"])
        found: dict[str, Sequence[Reading]] = {}
        for folded, meant in weights.items():
            readings = [Reading(KINDS[of.partition("/")[0]], of, n) for of, n in meant.items()]
            found[folded] = sorted(readings, key=lambda reading: (-reading.weight, reading.id))
        for alias in self.overlay_aliases:
            self._overlay(alias, found)
        return found

    def has_bare_form(self, printed: str) -> bool:
        """True for a name that texts also print without the suffix that belongs to it."""
        bare, suffix = self._suffixes.strip(printed)
        return suffix is Suffix.KEPT and bare != printed and key(bare) not in self.ordinary

    def bare(self, printed: str) -> str:
        """A name without a suffix that only says what it is of: "Ochre Lynx" of "Ochre Lynx Group"."""
        return self._suffixes.strip(printed)[0]

    def _overlay(self, alias: Alias, readings: dict[str, Sequence[Reading]]) -> None:
        """An alias of the overlay outweighs what the lists say, except for the main name of another entry."""
        if alias.relation not in IDENTITY:
            return
        folded = key(alias.name)
        self.spoken.setdefault(alias.name, folded)
        kind = KINDS[alias.means.partition("/")[0]]
        old = readings.get(folded, ())
        if any(reading.kind is kind and reading.id in self._main[folded] for reading in old if folded in self._main):
            return
        weight = 1 + max((reading.weight for reading in old), default=1)
        others = [reading for reading in old if reading.kind is not kind]
        readings[folded] = [Reading(kind, alias.means, weight), *others]

    def _joined(self) -> dict[str, str]:
        """Each joined id with the one that stands for its group."""
        parent: dict[str, str] = {}

        def top(identity: str) -> str:
            while identity in parent:
                identity = parent[identity]
            return identity

        for alias in self.overlay_aliases:
            if alias.relation in IDENTITY:
                for identity in self._main.get(key(self._suffixes.strip(alias.name)[0]), ()):
                    same_kind = identity.partition("/")[0] == alias.means.partition("/")[0]
                    if same_kind and top(identity) != top(alias.means):
                        parent[top(identity)] = top(alias.means)
        for one, other in self.mutual():
            first, second = sorted((top(one), top(other)), key=self._standing)
            if first != second:
                parent[second] = first
        return {identity: top(identity) for identity in parent}

    def _standing(self, identity: str) -> tuple[bool, int, str]:
        named = any(alias.means == identity for alias in self.overlay_aliases)
        return (not named, -len(self._rows[identity]["lists"]), identity)

    def mutual(self) -> list[tuple[str, str]]:
        """Pairs of actor entries of which each lists the other's main name."""
        listed = {
            identity: {key(name) for alias, _ in row.get("aliases", ()) for name in (self._suffixes.strip(alias)[0],)}
            for identity, row in self._rows.items()
            if identity.startswith("actor/")
        }
        own = {identity: key(self._suffixes.strip(self._rows[identity]["name"])[0]) for identity in listed}
        pairs = {
            (min(identity, other), max(identity, other))
            for identity, names in listed.items()
            for name in names
            for other in self._main.get(name, ())
            if other != identity and other in listed and own[identity] in listed[other]
        }
        return sorted(pairs)

    def entry(self, identity: str) -> Entry | None:
        """The entry of an id as its list or the overlay prints it."""
        row = self._rows.get(identity)
        if row is None:
            return None
        return Entry(
            id=identity,
            kind=KINDS[identity.partition("/")[0]],
            name=row["name"],
            nexus=row.get("nexus", ""),
            lists=tuple(row.get("lists", ())),
        )

    def canonical(self, identity: str) -> str:
        """The id that stands for an entry after the `same` and `former` relations; any other id comes back as it is."""
        return self.same.get(identity, identity)

    def group(self, identity: str) -> tuple[str, ...]:
        """Ids that stand for the same thing, the canonical one first."""
        first = self.canonical(identity)
        return (first, *sorted(other for other, of in self.same.items() if of == first))

    def nexus(self, identity: str) -> str:
        """The state that a list suspects behind an entry or one that is the same.

        Where none says so, the entries that list its name as an alias speak for it, if they all name one state.
        """
        group = self.group(identity)
        stated = [self._rows[member].get("nexus", "") for member in group if member in self._rows]
        if any(stated):
            return str(next(filter(None, stated)))
        kind = identity.partition("/")[0]
        names = {key(self._suffixes.strip(self._rows[member]["name"])[0]) for member in group if member in self._rows}
        listing = {
            self._rows[reading.id].get("nexus", "")
            for name in names
            for reading in self.readings.get(name, ())
            if reading.id.startswith(f"{kind}/")
        } - {""}
        return listing.pop() if len(listing) == 1 else ""

    def aliases(self, identity: str) -> tuple[Alias, ...]:
        """What is said to be another name of an entry or of one that is the same, each with who says so."""
        found: list[Alias] = []
        group = self.group(identity)
        for member in group:
            row = self._rows.get(member)
            if row is None:
                continue
            for name, source in row.get("aliases", ()):
                found.append(_listed(name, source, member))
            if member != group[0]:
                found += [_listed(row["name"], source, group[0]) for source in row["lists"]]
        found += [alias for alias in self.overlay_aliases if alias.means in group]
        return tuple(sorted(found, key=lambda alias: (key(alias.name), alias.name, alias.namer, alias.source)))


def _listed(name: str, source: str, means: str) -> Alias:
    return Alias(name=name, relation="same", namer=source, source=f"MISP galaxy {source}", date=None, means=means)


def read_names(path: Traversable) -> list[dict[str, Any]]:
    """The lines of the packaged list. Raises DataError for a file that breaks its format."""
    try:
        lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
        rows: list[dict[str, Any]] = json.loads("[" + ",".join(lines) + "]")
    except (OSError, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{path.name}: expected gzip of JSON lines, got: {error}") from error
    return rows


def best_kind(
    readings: Sequence[Reading], votes: Mapping[Kind, float], told: Mapping[str, int], nearby: Nearby
) -> Kind:
    """The kind that most lists print, weighed by the words around and by what the rest of the text tells.

    `votes` are factors by kind; `told` counts, by id, the mentions of the text whose kind is plain, and doubles the
    weight of the kind that it tells most often. A name that mostly means a group keeps meaning it before `malware`,
    which then says whose malware it is.
    """
    weights: dict[Kind, float] = defaultdict(float)
    elsewhere: dict[Kind, int] = defaultdict(int)
    plain: dict[Kind, int] = defaultdict(int)
    for reading in readings:
        plain[reading.kind] += reading.weight
    of_group = plain[Kind.INTRUSION_SET] >= nearby.mostly_group * plain[Kind.MALWARE]
    for reading in readings:
        vote = votes.get(reading.kind, 1.0)
        if of_group and reading.kind is Kind.MALWARE:
            vote = min(vote, nearby.near)
        weights[reading.kind] += reading.weight * vote
        elsewhere[reading.kind] += told.get(reading.id, 0)
    most = max(elsewhere.values())
    return max(weights, key=lambda kind: (weights[kind] * (1 + (0 < most == elsewhere[kind])), -_ORDER.index(kind)))


def best_id(readings: Sequence[Reading], kind: Kind, canonical: Callable[[str], str]) -> str:
    """The id of the reading that most lists give, empty where two different things have it equally often."""
    ranked = [reading for reading in readings if reading.kind is kind]
    if not ranked:
        return ""
    rivals = [reading for reading in ranked[1:] if reading.weight == ranked[0].weight]
    if any(canonical(rival.id) != canonical(ranked[0].id) for rival in rivals):
        return ""
    return ranked[0].id
