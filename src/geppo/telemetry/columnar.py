"""Parquet files of flows and services: names and types to canonical columns."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import duckdb

from geppo.errors import InputError
from geppo.telemetry.formats import Hints
from geppo.telemetry.layout import FLOW_TABLE, Layout, Table, Typed
from geppo.telemetry.source import PARQUET, Head

MARK = "geppo.table"
"""Key of the Parquet metadata under which geppo says that a file is in canonical form."""

_ANSWERED = {"resp_bytes", "resp_pkts", "conn_state"}
_COUNTED = {"orig_bytes", "orig_pkts"}
"""A file that counts what was sent, and says nothing of answers, has a row for each direction (NetFlow)."""
_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT"}
_REAL = {"FLOAT", "DOUBLE"}


def parquet(head: Head, table: Table, names: Mapping[str, Sequence[str]], format_: str, hints: Hints) -> Layout | None:
    """The layout of a Parquet file that has the needed columns, else None. Raises InputError for a damaged one."""
    if not head.data.startswith(PARQUET):
        return None
    schema, mark = _look(head)
    lower: dict[str, str] = {}
    for column in schema:
        lower.setdefault(column.lower(), column)
    chosen = {one: next((lower[name] for name in names[one] if name in lower), None) for one in names}
    used = {one: column for one, column in chosen.items() if column is not None}
    if any(one not in used for one in table.needed):
        return None
    columns = tuple(used.values())
    at = {one: f"c{i}" for i, one in enumerate(used, 1)}
    types = {one.name: one.type for one in table.columns}
    direct = [(one, _direct(one, types[one], schema[column], at[one])) for one, column in used.items()]
    return Layout(
        format=format_,
        table=table,
        fields=Typed(
            columns=columns,
            direct=tuple((one, sql) for one, sql in direct if sql) if all(sql for _, sql in direct) else (),
            known=mark == table.name,
            where="NOT copy" if mark == table.name and schema.get("copy") == "BOOLEAN" and not hints.copies else "",
        ),
        values=tuple((one, _text(types[one], schema[column], at[one])) for one, column in used.items()),
        one_sided=table is FLOW_TABLE and bool(_COUNTED & used.keys()) and not _ANSWERED & used.keys(),
    )


def _look(head: Head) -> tuple[dict[str, str], str]:
    """Columns with their types, and our mark."""
    path = glob.escape(str(head.source.path))
    connection = _looker().cursor()
    try:
        rows = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
        marks: list[tuple[Any, ...]] = connection.execute(
            "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?", [path, MARK]
        ).fetchall()
    except duckdb.Error as error:
        told = str(error).strip().split("\n")[0]
        raise InputError("damaged", f"{head.source.name}: this Parquet file cannot be opened: {told}") from error
    finally:
        connection.close()
    return {str(row[0]): str(row[1]) for row in rows}, str(marks[0][0]) if marks else ""


@cache
def _looker() -> duckdb.DuckDBPyConnection:
    """For looking at footers: one for all files, since a database of its own costs more than the look."""
    return duckdb.connect(":memory:", config={"threads": 1})


def _direct(column: str, wanted: str, type_: str, at: str) -> str:
    """A value of the canonical type without a detour over text, or nothing."""
    if wanted == "TIMESTAMP":
        if type_ == "TIMESTAMP WITH TIME ZONE":
            return f"zoned_time({at})"
        if type_.startswith("TIMESTAMP"):
            return f"CAST({at} AS TIMESTAMP)"
        return f"epoch_time(CAST({at} AS DOUBLE))" if type_ in _WHOLE | _REAL and column == "ts" else ""
    if wanted in {"BIGINT", "INTEGER"}:
        return f"CAST({at} AS {wanted})" if type_ in _WHOLE else ""
    if wanted == "DOUBLE":
        return f"CAST({at} AS DOUBLE)" if type_ in _WHOLE | _REAL else ""
    return at if type_ == "VARCHAR" else ""


def _text(wanted: str, type_: str, at: str) -> str:
    """The text form from which the ordinary rules make a value."""
    if type_ == "INTERVAL":
        return f"CAST(epoch({at}) AS VARCHAR)"
    if wanted == "TIMESTAMP" and type_.startswith("TIMESTAMP"):
        return f"CAST(CAST({at} AS TIMESTAMPTZ) AS VARCHAR)"
    return f"CAST({at} AS VARCHAR)"
