"""CSV of any make, with a TOML file that says which column is what.

    delimiter = ";"                              # default ,
    [columns]
    ts = { column = "start", unit = "ms" }       # s, ms, us, ns since 1970; without unit: told by size, or ISO 8601
    duration = { column = "dur", unit = "ms" }
    "id.orig_h" = "src"
    orig_bytes = { column = "kb_out", unit = "kB" }

The file is the one that the caller names, else `geppo-flows.toml` in the folder of the CSV file.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

from geppo.errors import InputError, UsageError
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver, Split
from geppo.telemetry.source import Head

FORMAT = "mapped-csv"
BESIDE = "geppo-flows.toml"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A file whose first line has all columns that the mapping names."""
    if head.source.path.name == BESIDE:
        return PassOver(what="names of columns")
    beside = head.source.path.parent / BESIDE
    path = hints.mapping or (beside if beside.is_file() else None)
    if path is None or not head.lines:
        return None
    delimiter, mapping = _read(path)
    try:
        fields = [field.strip() for field in next(csv.reader([head.lines[0]], delimiter=delimiter), [])]
    except csv.Error:
        return None
    at = {field: i for i, field in reversed(list(enumerate(fields, 1)))}
    wanted = {one: _column(path, one, entry) for one, entry in mapping.items()}
    if not all(column in at for column, _ in wanted.values()):
        return None
    units = columns(__package__)["units"]
    values = []
    for one, (column, unit) in wanted.items():
        if unit and unit not in units:
            raise UsageError(f"{path}: unit {unit!r} of {one}; expected one of {', '.join(sorted(units))}")
        text = f"nullif(trim(f[{at[column]}]), '')"
        factor = float(units[unit]) if unit else 1.0
        scaled = f"CAST(CAST(round(TRY_CAST({text} AS DOUBLE) * {factor!r}) AS BIGINT) AS VARCHAR)"
        if one in {"ts", "duration"}:
            scaled = f"CAST(CAST(TRY_CAST({text} AS DOUBLE) * {factor!r} AS DECIMAL(18, 6)) AS VARCHAR)"
        values.append((one, f"coalesce({scaled}, {text})" if unit else text))
    return Layout(
        format=FORMAT,
        table=FLOW_TABLE,
        fields=Split(delimiter=delimiter, width=len(fields), quoted=True),
        values=tuple(values),
        header=head.lines[0],
    )


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: expected a TOML file that names columns: {error}") from error
    mapping, delimiter = raw.get("columns", {}), raw.get("delimiter", ",")
    known = {one.name for one in FLOW_TABLE.columns}
    if not isinstance(mapping, dict) or not set(mapping) <= known or not set(FLOW_TABLE.needed) <= set(mapping):
        raise UsageError(
            f"{path}: [columns] needs {', '.join(FLOW_TABLE.needed)} and may have {', '.join(sorted(known))}"
        )
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise UsageError(f"{path}: delimiter should be one character, got {delimiter!r}")
    return delimiter, mapping


def _column(path: Path, one: str, entry: object) -> tuple[str, str]:
    """Name of the source column and its unit."""
    if isinstance(entry, str):
        return entry, ""
    if isinstance(entry, dict) and isinstance(entry.get("column"), str):
        return entry["column"], str(entry.get("unit", ""))
    raise InputError("mapping", f"{path}: {one} should be a column's name or {{ column = …, unit = … }}")
