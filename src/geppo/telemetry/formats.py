"""Formats of flow and service files: one module per format in `flows/` and `services/`.

A member has `FORMAT`, its name, and

    recognise(head: Head, hints: Hints) -> Layout | PassOver | None

which tells by content whether the file is its own: how to read it, that it is known and holds something else, or None.
At most one member takes a file. A member raises InputError where the file is its own and cannot be read; the reason
becomes a gap and the other files go on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

from geppo.errors import InputError
from geppo.registry import family
from geppo.telemetry.layout import Layout, PassOver
from geppo.telemetry.source import Head

PACKAGES = {"flow": "geppo.telemetry.flows", "service": "geppo.telemetry.services"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the user says of the files: `mapping` is a TOML file that names the columns of CSV files."""

    mapping: Path | None = None


@cache
def members(table: str) -> tuple[ModuleType, ...]:
    """The formats of a table ("flow" or "service"), by name."""
    return family(PACKAGES[table]).members


@cache
def columns(package: str, file: str = "columns.toml") -> Mapping[str, Any]:
    """The table of column names that lies beside the members of a family."""
    return tomllib.loads(resources.files(package).joinpath(file).read_text(encoding="utf-8"))


def recognise(head: Head, table: str, hints: Hints) -> Layout | PassOver:
    """The layout of a file, or what it holds instead. Raises InputError for a format that nobody knows."""
    if not head.data.strip(b"\x00 \t\r\n"):
        raise InputError("empty", f"{head.source.name}: the file is empty")
    for kind in (table, *(other for other in PACKAGES if other != table)):
        for member in members(kind):
            found = member.recognise(head, hints)
            if isinstance(found, Layout) and kind != table:
                return PassOver(what=f"{found.format} ({kind} records)")
            if found is not None:
                return found  # type: ignore[no-any-return]
    raise InputError(
        "unknown-format",
        f"{head.source.name}: no known format of {table} records; known are "
        f"{', '.join(member.FORMAT for member in members(table))}. Convert it, or leave it out",
    )


def first(candidates: Iterable[str], present: Mapping[str, int]) -> int | None:
    """The position (from 1) of the first candidate that the file has."""
    return next((present[name] for name in candidates if name in present), None)
