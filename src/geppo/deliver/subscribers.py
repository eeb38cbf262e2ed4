"""Readers as data: `subscribers.toml` in the workspace, and `subscribers.csv` as other systems export it.

A row that cannot be taken is named with what was expected and harms no other row.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import re2

from geppo.deliver._shown import visible
from geppo.deliver._tlp import tlp
from geppo.deliver.schedule import zone
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp

TOML, CSV = "subscribers.toml", "subscribers.csv"
_ADDRESS = re2.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{1,63}")
_LONGEST_ADDRESS = 254
"""RFC 5321 section 4.5.3.1 with erratum 1690."""
_LONGEST_NAME = 120
_LARGEST = 20_000_000
_LANGUAGES = ("en", "ja")
_YES, _NO = frozenset({"true", "yes", "1", ""}), frozenset({"false", "no", "0"})
FIELDS = ("address", "name", "language", "edition", "clearance", "role", "timezone", "active")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One reader. `clearance` is the most closed marking that may reach them; `role` is for the operator's eyes."""

    address: str
    name: str
    language: str
    edition: EditionKind
    clearance: Tlp
    role: str
    timezone: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """All readers, and one line for each row that could not be taken."""

    subscribers: tuple[Subscriber, ...]
    problems: tuple[str, ...]


class _Wrong(ValueError):
    """What is wrong with one row."""


def canonical(address: str) -> str:
    """An address as it is compared: in small letters. RFC 5321 lets local parts differ by case; in use they do not."""
    return address.strip().lower()


def _text(row: Mapping[str, Any], field: str, default: str | None = None) -> str:
    value = row.get(field)
    if value is None or value == "":
        if default is None:
            raise _Wrong(f"{field} is missing")
        return default
    if not isinstance(value, str):
        raise _Wrong(f"{field}: expected text, got {value!r}")
    return value.strip()


def _address(row: Mapping[str, Any]) -> str:
    value = _text(row, "address")
    local = value.partition("@")[0]
    sound = bool(_ADDRESS.fullmatch(value)) and len(value) <= _LONGEST_ADDRESS
    if not sound or local.startswith(".") or local.endswith(".") or ".." in local:
        raise _Wrong(f"address: expected name@host.example in ASCII (a domain in its xn-- form), got {value!r}")
    return value


def _active(row: Mapping[str, Any]) -> bool:
    value = row.get("active", True)
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise _Wrong(f"active: expected true or false, got {value!r}")
    return word in _YES


def _subscriber(row: Mapping[str, Any]) -> Subscriber:
    unknown = sorted(str(key) for key in set(row) - set(FIELDS))
    if unknown:
        raise _Wrong(f"unknown field {', '.join(unknown)}; expected {', '.join(FIELDS)}")
    address, name = _address(row), _text(row, "name", "")
    if name != visible(name) or len(name) > _LONGEST_NAME:
        raise _Wrong(f"name: expected up to {_LONGEST_NAME} printable characters, got {name[:40]!r}")
    language, edition = _text(row, "language"), _text(row, "edition", EditionKind.PUBLIC.value)
    if language not in _LANGUAGES:
        raise _Wrong(f"language: expected {' or '.join(_LANGUAGES)}, got {language!r}")
    if edition not in list(EditionKind):
        raise _Wrong(f"edition: expected {', '.join(EditionKind)}, got {edition!r}")
    label = _text(row, "clearance", Tlp.CLEAR.label)
    clearance = tlp(label)
    if clearance is None:
        raise _Wrong(f"clearance: expected {', '.join(one.label for one in Tlp)}, got {label!r}")
    timezone = _text(row, "timezone")
    try:
        zone(timezone)
    except UsageError as error:
        raise _Wrong(f"timezone: {error}") from error
    return Subscriber(
        address=address,
        name=name,
        language=language,
        edition=EditionKind(edition),
        clearance=clearance,
        role=visible(_text(row, "role", "")),
        timezone=timezone,
        active=_active(row),
    )


Rows = Iterable[tuple[str, Mapping[str, Any]]]
"""Rows with the place that a message names."""


def _toml_rows(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: expected TOML with [[subscriber]] tables, got: {error}") from error
    rows = raw.get("subscriber", [])
    if set(raw) - {"subscriber"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{name}: expected [[subscriber]] tables and nothing else")
    yield from ((f"{name}: subscriber {number}", row) for number, row in enumerate(rows, start=1))


def _csv_rows(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="(too many fields)", restval="")
    try:
        if "address" not in (reader.fieldnames or ()):
            raise UsageError(f"{name}: expected a first line with the columns {', '.join(FIELDS)}")
        for row in reader:
            yield f"{name}: line {reader.line_num}", row
    except csv.Error as error:
        raise UsageError(f"{name}: expected CSV, got: {error}") from error


def roll(rows: Rows) -> Roll:
    """Readers out of rows; the second row with an address is a problem, as it would be a second mail."""
    kept: dict[str, Subscriber] = {}
    problems: list[str] = []
    for place, row in rows:
        try:
            one = _subscriber(row)
            if canonical(one.address) in kept:
                raise _Wrong(f"{one.address} is listed already; the first row counts")
            kept[canonical(one.address)] = one
        except _Wrong as error:
            problems.append(f"{place}: {error}")
    return Roll(subscribers=tuple(kept.values()), problems=tuple(problems))


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"{file}: larger than {_LARGEST} bytes")
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: expected a readable UTF-8 file, got: {error}") from error


def read_subscribers(folder: Path) -> Roll:
    """The readers of a workspace. Raises UsageError where there is no list or a file is no TOML or CSV."""
    rows: list[tuple[str, Mapping[str, Any]]] = []
    files = [file for file in (folder / TOML, folder / CSV) if file.is_file()]
    if not files:
        raise UsageError(f"no readers: expected {folder / TOML} or {folder / CSV}; docs/delivery.md shows one")
    for file in files:
        rows += (_toml_rows if file.suffix == ".toml" else _csv_rows)(_read(file), file.name)
    return roll(rows)
