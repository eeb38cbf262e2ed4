"""A DuckDB connection with our limits and macros."""

from __future__ import annotations

import csv
import re
from importlib import resources
from pathlib import Path

import duckdb
from duckdb.func import FunctionNullHandling

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.telemetry.addresses import six

_SIZE = re.compile(r"[0-9]+(\.[0-9]+)? ?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")


def connect(settings: Settings, spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database that spills to `spill`; no extension is fetched from anywhere; times are UTC.

    Raises UsageError for a memory setting that is no size.
    """
    memory, threads = settings.text("telemetry.memory"), settings.integer("telemetry.threads")
    if not _SIZE.fullmatch(memory):
        raise UsageError(f"setting telemetry.memory: expected a size such as 2GB, got {memory!r}")
    connection = duckdb.connect(":memory:")
    connection.execute("SET memory_limit = ?", [memory])
    connection.execute("SET temp_directory = ?", [str(spill)])
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET TimeZone = 'UTC'")
    if threads > 0:
        connection.execute("SET threads = ?", [threads])
    connection.execute("SET enable_progress_bar = false")
    connection.create_function("six_address", six, ["VARCHAR"], "VARCHAR", null_handling=FunctionNullHandling.SPECIAL)
    connection.create_function("quoted_fields", _quoted_fields, ["VARCHAR", "VARCHAR"], "VARCHAR[]")
    connection.execute(resources.files("geppo.telemetry").joinpath("macros.sql").read_text(encoding="utf-8"))
    return connection


def _quoted_fields(line: str, delimiter: str) -> list[str]:
    """The fields of a CSV line with quotes (RFC 4180, one line a record)."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
