"""An issue as it lies in the output folder: what `geppo month` wrote and a person has read is what goes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import re2

from geppo.deliver._tlp import tlp
from geppo.errors import InputError, UsageError
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp
from geppo.model.time import Period

_NAME = re2.compile(r"([0-9]{4}-[0-9]{2})(\.[1-9][0-9]{0,2})?")
_LARGEST = 500_000_000
_CLAIMS = frozenset(("claims", "heading_claims"))
_ASSESSMENTS = frozenset(("assessments", "heading_assessments"))
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedEdition:
    """One edition on disk. `record` is its part of `edition.json`."""

    kind: EditionKind
    language: str
    marking: Tlp
    folder: Path
    record: Record

    @property
    def stem(self) -> str:
        """`member.ja`: the files' names without their endings."""
        return f"{self.kind.value}.{self.language}"

    def data(self, ending: str) -> bytes:
        """One of its files. Raises UsageError where it is not there."""
        return read_file(self.folder / f"{self.stem}.{ending}")

    def files(self) -> tuple[tuple[str, bytes], ...]:
        """All its files by name, mail files left out: they are for readers, one by one."""
        found = sorted(file for file in self.folder.glob(f"{self.stem}.*") if file.suffix != ".eml")
        return tuple((file.name, file.read_bytes()) for file in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One issue on disk."""

    name: str
    period: Period
    as_of: datetime
    corrects: tuple[str, ...]
    editions: tuple[IssuedEdition, ...]
    folder: Path
    record: Record

    def edition(self, kind: EditionKind, language: str) -> IssuedEdition | None:
        """One edition, or None."""
        return next((one for one in self.editions if (one.kind, one.language) == (kind, language)), None)


def read_file(file: Path) -> bytes:
    """A file of an issue. Raises UsageError where it is not there or far too large."""
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"{file}: larger than {_LARGEST} bytes")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: expected a file that `geppo month` wrote ({type(error).__name__})") from error


def _ids(record: Any, keys: frozenset[str]) -> Iterator[str]:
    """All ids under these keys, at any depth: nothing that an edition may come to hold is passed over."""
    if isinstance(record, Mapping):
        for key, value in record.items():
            if key in keys and isinstance(value, list):
                yield from (one for one in value if isinstance(one, str))
            yield from _ids(value, keys)
    elif isinstance(record, list):
        for item in record:
            yield from _ids(item, keys)


def found_marking(issue: Record, edition: Record) -> Tlp:
    """The most closed marking of what an edition shows, from the JSON alone: a second way to what it states itself."""
    used = set(_ids(edition, _CLAIMS))
    judged = set(_ids(edition, _ASSESSMENTS))
    reports = {one["report"] for one in edition["references"]}
    for one in issue["assessments"]:
        if one["id"] in judged:
            used |= set(one["claims"])
            reports |= {*one["origins"]["roots"], *one["origins"]["repeats"]}
    claims = [one for one in issue["claims"] if one["id"] in used]
    reports |= {one["report"] for one in claims} | {one["passage"]["document"] for one in claims}
    labels = [one["marking"] for one in claims]
    labels += [one["marking"] for one in issue["documents"] if one["sha256"] in reports]
    return max((_marking(label) for label in labels), default=Tlp.CLEAR)


def _marking(label: str) -> Tlp:
    found = tlp(label)
    return Tlp.RED if found is None else found


def _edition(folder: Path, issue: Record, record: Record) -> IssuedEdition:
    stated, found = _marking(record["marking"]), found_marking(issue, record)
    if stated is not found:
        raise UsageError(
            f"{folder}: {record['kind']}.{record['language']} states {stated.label} and rests on {found.label}; "
            "write the month again"
        )
    return IssuedEdition(
        kind=EditionKind(record["kind"]), language=record["language"], marking=stated, folder=folder, record=record
    )


def read_issued(out: Path, name: str) -> Issued:
    """The issue called `YYYY-MM` or `YYYY-MM.N` in an output folder.

    Raises UsageError where it is not there, is none of ours, or states a marking that its parts contradict.
    """
    found = _NAME.fullmatch(name)
    if not found:
        raise UsageError(f"expected an issue such as 2025-11 or 2025-11.2, got {name!r}")
    folder = out / name
    try:
        period = Period.parse(found.group(1))
        record = json.loads(read_file(folder / "edition.json"))
        return Issued(
            name=name,
            period=period,
            as_of=datetime.fromisoformat(record["as_of"]),
            corrects=tuple(one["corrects"] for one in record["corrections"]),
            editions=tuple(_edition(folder, record, one) for one in record["editions"]),
            folder=folder,
            record=record,
        )
    except (InputError, KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, UsageError):
            raise
        message = (
            f"{folder}: expected an issue of this version of geppo; write it again ({type(error).__name__}: {error})"
        )
        raise UsageError(message) from error


def issues(out: Path) -> tuple[tuple[Issued, ...], tuple[str, ...]]:
    """All issues in an output folder, oldest first, and a line for each that cannot be read."""
    names = sorted(
        (path.parent.name for path in out.glob("*/edition.json") if _NAME.fullmatch(path.parent.name)),
        key=lambda name: (name[:7], int(name[8:] or 1)),
    )
    found: list[Issued] = []
    problems: list[str] = []
    for name in names:
        try:
            found.append(read_issued(out, name))
        except UsageError as error:
            problems.append(str(error))
    return tuple(found), tuple(problems)


def permitted(bundle: Record, clearance: Tlp) -> dict[str, Any]:
    """A STIX bundle without what is marked above `clearance`, and without what would only point at that.

    An object without a marking goes only where it is a frame of others (marking, extension, identity). A frame that
    nothing points at any more goes too: the name of a publisher tells who wrote a closed report.
    """
    labels = {one["id"]: one.get("name", "") for one in bundle["objects"] if one["type"] == "marking-definition"}
    known = {one["id"] for one in bundle["objects"]}
    wanted = _targets(bundle["objects"])
    kept = {one["id"]: one for one in bundle["objects"] if _open(one, labels, clearance)}
    while True:
        gone = known - set(kept)
        trimmed = {id_: _trimmed(one, gone) for id_, one in kept.items()}
        whole = {id_: one for id_, one in trimmed.items() if one is not None}
        idle = wanted - _targets(whole.values())
        left = {id_: one for id_, one in whole.items() if not (one["type"] in _FRAMES and id_ in idle)}
        if len(left) == len(kept):
            return {**bundle, "objects": list(left.values())}
        kept = left


def _targets(objects: Iterable[Record]) -> set[str]:
    """All ids that objects point at."""
    found: set[str] = set()
    for one in objects:
        for key, value in one.items():
            if key.endswith("_ref") and isinstance(value, str):
                found.add(value)
            elif key.endswith("_refs") and isinstance(value, list):
                found.update(value)
        found.update(one.get("extensions", ()))
    return found


_FRAMES = frozenset(("marking-definition", "extension-definition", "identity"))


def _open(one: Record, labels: Mapping[str, str], clearance: Tlp) -> bool:
    if one["type"] == "marking-definition":
        return _marking(labels[one["id"]]) <= clearance
    refs = one.get("object_marking_refs", ())
    if not refs:
        return one["type"] in _FRAMES
    return all(_marking(labels.get(ref, "")) <= clearance for ref in refs)


def _trimmed(one: dict[str, Any], gone: set[str]) -> dict[str, Any] | None:
    """The object without references to what is gone; None where nothing is left of it."""
    made = dict(one)
    for key, value in one.items():
        if key.endswith("_ref") and value in gone:
            return None
        if key.endswith("_refs") and isinstance(value, list):
            made[key] = [ref for ref in value if ref not in gone]
            if not made[key] and value:
                return None
    return made
