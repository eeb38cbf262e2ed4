"""`sources.toml` of a workspace, and the reviewed list that a new workspace starts from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import re2

from geppo.collect import Entry, sources
from geppo.errors import UsageError
from geppo.model.edit import Edit, EditKind

FILE = "sources.toml"
_FIELDS = ("name", "kind", "url", "path", "publisher", "language", "reliability", "allow_private", "off")
_LANGUAGE = re2.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_RELIABILITY = re2.compile(r"[A-F]")
_LONGEST_NAME = 80
_WORST = "FABCDE"


def load(path: Path) -> tuple[Entry, ...]:
    """The sources of a file in their order, without those that are `off`.

    Raises UsageError that names the file, the source, what was expected and what to do.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: not there; write it (docs/collecting.md) or make one with `geppo init DIR`"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: expected a TOML file in UTF-8, got: {error}") from error
    return read(raw, str(path), path.parent)


def starter() -> str:
    """The text of the packaged list, which `geppo init` copies."""
    return resources.files(__package__).joinpath("starter.toml").read_text(encoding="utf-8")


def read(raw: Mapping[str, Any], where: str, home: Path) -> tuple[Entry, ...]:
    """Sources from what a file holds; paths that are not absolute begin at `home`."""
    unknown = sorted(set(raw) - {"source"})
    rows = raw.get("source", [])
    if unknown or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        found = f"unknown {', '.join(unknown)}" if unknown else "a [source] table"
        raise UsageError(f"{where}: expected only [[source]] entries, got {found}")
    entries: list[Entry] = []
    names: set[str] = set()
    for number, row in enumerate(rows, 1):
        entry = _entry(row, f"{where}: source {number} ({row.get('name', 'without a name')})", home)
        if entry.name in names:
            raise UsageError(f"{where}: two sources are named {entry.name!r}; each needs a name of its own")
        names.add(entry.name)
        if row.get("off") is not True:
            entries.append(entry)
    return tuple(entries)


def _entry(row: Mapping[str, Any], where: str, home: Path) -> Entry:
    for key, value in row.items():
        wanted: type = bool if key in {"allow_private", "off"} else str
        if not isinstance(value, wanted):
            raise UsageError(f"{where}: {key} should be {wanted.__name__}, got {type(value).__name__}")
    name, kind = row.get("name", ""), row.get("kind", "")
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageError(f"{where}: name should be 1 to {_LONGEST_NAME} characters on one line")
    member = sources().get(kind)
    if member is None:
        raise UsageError(f"{where}: kind {kind!r} is not known; expected one of {', '.join(sources())}")
    options = frozenset(getattr(member, "OPTIONS", {}))
    for key in row:
        if key not in _FIELDS and key not in options:
            known = ", ".join([*_FIELDS, *sorted(options)])
            raise UsageError(f"{where}: unknown field {key!r}; a source of kind {kind} may have: {known}")
    _check(row, where)
    return Entry(
        kind=kind,
        name=name,
        place=_place(row, where, home),
        publisher=row.get("publisher", ""),
        language=row.get("language", ""),
        reliability=row.get("reliability", ""),
        allow_private=row.get("allow_private", False),
        options=tuple(sorted((key, value) for key, value in row.items() if key in options)),
    )


def _check(row: Mapping[str, Any], where: str) -> None:
    language, reliability = row.get("language", ""), row.get("reliability", "")
    if language and not _LANGUAGE.fullmatch(language):
        raise UsageError(f"{where}: language should be a code such as ja or en, got {language!r}")
    if reliability and not _RELIABILITY.fullmatch(reliability):
        raise UsageError(f"{where}: reliability should be an Admiralty letter from A to F, got {reliability!r}")


def _place(row: Mapping[str, Any], where: str, home: Path) -> str:
    given = [row[key].strip() for key in ("url", "path") if row.get(key, "").strip()]
    if len(given) != 1:
        raise UsageError(f"{where}: expected one of url and path, got {'both' if given else 'neither'}")
    place: str = given[0]
    return place if "://" in place or place == "-" else str(home / place)


def grades(entries: Iterable[Entry]) -> tuple[Edit, ...]:
    """The letters of sources that declare their publisher, as edits of the catalogue older than any of a user's.

    Of two letters for one publisher the lower counts; F says less than any other.
    """
    found: dict[str, str] = {}
    for entry in entries:
        if entry.publisher and entry.reliability:
            held = found.get(entry.publisher, "F")
            found[entry.publisher] = max(held, entry.reliability, key=_WORST.index)
    return tuple(
        Edit(
            id=f"{FILE}/{publisher}",
            kind=EditKind.GRADE,
            subject=publisher,
            values=(("grade", letter),),
            author=FILE,
            reason="reliability of the source",
            known=datetime(1, 1, 1, tzinfo=UTC),
        )
        for publisher, letter in sorted(found.items())
    )


def chosen(entries: Iterable[Entry], names: Iterable[str], where: str) -> tuple[Entry, ...]:
    """The entries that are named, all if none is. Raises UsageError for a name that no source has."""
    entries = tuple(entries)
    wanted = tuple(names)
    known = {entry.name for entry in entries}
    missing = [name for name in wanted if name not in known]
    if missing:
        listed = ", ".join(sorted(known)) or "none"
        raise UsageError(f"collect: no source is named {', '.join(missing)} in {where}; there are: {listed}")
    return tuple(entry for entry in entries if not wanted or entry.name in wanted)
