"""The names as the compiled file keeps them: spellings to look for, what each may mean, which ids are one thing.

Working them out takes most of a fifth of a second, so tools/compile_catalog.py does it beforehand. Spellings and
meanings stay text until they are asked for: a report names a few dozen of tens of thousands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from geppo.catalog.folding import key
from geppo.catalog.forms import Case, Form, Use, inflected_name, name_forms
from geppo.catalog.names import KINDS, Names, Reading
from geppo.catalog.tables import Folder
from geppo.model.entity import Kind

READY = "names"
_SOURCES = ("names.jsonl.gz", "overlay.toml", "matching.toml")
_BETWEEN = "\x1e"
_INFLECTED = "*"
_CODES = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """Patterns of names, and beside each its forms as text."""

    patterns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def forms(self, number: int) -> Iterator[Form]:
        """The forms of a pattern."""
        for row in self.rows[number].split(_BETWEEN):
            code, printed = row[0], row[1:]
            if code == _INFLECTED:
                yield inflected_name(printed)
                continue
            rest, case = divmod(_CODES.index(code), len(Case))
            use = Use.ORDINARY_NAME if rest % 2 else Use.NAME
            pattern = self.patterns[number]
            kind = Kind.INTRUSION_SET
            yield Form(pattern, use, kind, "", "", Case(case), printed, key=key(printed), lower=rest >= 2)


NO_SPELLINGS = Spellings()


class Readings(Mapping[str, Sequence[Reading]]):
    """What a folded spelling may mean."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self._read: dict[str, Sequence[Reading]] = {}

    def __getitem__(self, folded: str) -> Sequence[Reading]:
        found = self._read.get(folded)
        if found is None:
            pairs = (one.split(" ") for one in self._raw[folded].split(_BETWEEN))
            found = self._read[folded] = [Reading(KINDS[of.partition("/")[0]], of, int(weight)) for of, weight in pairs]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def fingerprint(home: Traversable) -> str:
    """SHA-256 over the files that the names are made of."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        path = home.joinpath(name)
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def made(names: Names, home: Traversable) -> dict[str, Any]:
    """What the compiled file keeps of the names of a folder."""
    rows: dict[str, list[str]] = {}
    for form in name_forms(names):
        code = _INFLECTED
        if form.tails is None:
            code = _CODES[form.case + len(Case) * ((form.use is Use.ORDINARY_NAME) + 2 * form.lower)]
        rows.setdefault(form.pattern, []).append(code + form.printed)
    readings = {
        folded: _BETWEEN.join(f"{reading.id} {reading.weight}" for reading in meant)
        for folded, meant in names.readings.items()
    }
    return {
        "sha256": fingerprint(home),
        "patterns": "\n".join(rows),
        "forms": "\n".join(_BETWEEN.join(row) for row in rows.values()),
        "readings": readings,
        "same": names.same,
    }


def spellings(kept: Mapping[str, Any]) -> Spellings:
    """The spellings that a compiled file keeps."""
    return Spellings(patterns=tuple(kept["patterns"].split("\n")), rows=tuple(kept["forms"].split("\n")))


def kept(folder: Folder) -> Mapping[str, Any] | None:
    """What the compiled file keeps of the names, None where there is none or it is behind."""
    found = folder.ready(READY)
    return found if found and found["sha256"] == fingerprint(folder.home) else None
