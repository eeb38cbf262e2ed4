"""The engine: a DuckDB connection with the views `flow` and `service`, whatever the files are.

    with flows([Path("logs")], settings) as engine:
        engine.connection.execute('SELECT "id.resp_h", count(*) FROM flow GROUP BY ALL ORDER BY ALL').fetchall()

Rows have no order of their own: a query whose answer is shown says ORDER BY.
"""

# ruff: noqa: S608 - SQL is put together from names and literals that name() and quoted() made
from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from geppo.config import Settings
from geppo.telemetry.addresses import Network, networks
from geppo.telemetry.connect import connect
from geppo.telemetry.formats import Hints
from geppo.telemetry.layout import (
    CERTIFICATE_KEY,
    CERTIFICATE_TABLE,
    FLOW_TABLE,
    SERVICE_TABLE,
    Table,
    Typed,
    name,
)
from geppo.telemetry.report import Report
from geppo.telemetry.source import find
from geppo.telemetry.staging import Stage


@dataclass(slots=True)
class Engine:
    """`connection` has the view `flow` or `service` with the columns of `geppo.model.telemetry`; `report` says what
    was read; `internal` are the networks that the user called his own. Closing it removes all that was staged."""

    connection: duckdb.DuckDBPyConnection
    report: Report
    internal: tuple[Network, ...] = ()
    work: Path | None = field(default=None, repr=False)

    def rows(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query; parameters stand as ? or $name in it."""
        return self.connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close the connection and remove the staged files."""
        self.connection.close()
        if self.work is not None:
            shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def flows(
    paths: Sequence[Path],
    settings: Settings,
    internal: Sequence[str] | None = None,
    *,
    mapping: Path | None = None,
) -> Engine:
    """An engine with the view `flow` over files and folders of any known format.

    `internal` are CIDR texts; `mapping` names the columns of CSV files that are of no known make. Raises UsageError
    for a path that does not exist or a text that is no network; a file that cannot be read is a gap of the report.
    """
    return _open(FLOW_TABLE, paths, settings, networks(tuple(internal or ())), Hints(mapping=mapping))


def services(paths: Sequence[Path], settings: Settings) -> Engine:
    """An engine with the view `service`; otherwise as `flows`."""
    return _open(SERVICE_TABLE, paths, settings, (), Hints())


def _open(
    table: Table, paths: Sequence[Path], settings: Settings, internal: tuple[Network, ...], hints: Hints
) -> Engine:
    sources, gaps = find([Path(path) for path in paths])
    work = Path(tempfile.mkdtemp(prefix="geppo-", dir=settings.text("telemetry.temp_directory") or None))
    connection: duckdb.DuckDBPyConnection | None = None
    try:
        (work / "spill").mkdir()
        connection = connect(settings, work / "spill")
        stage = Stage(connection=connection, settings=settings, table=table, work=work, hints=hints, gaps=gaps)
        stage.take(sources)
        _view(stage)
        return Engine(connection=connection, report=stage.report(), internal=internal, work=work)
    except BaseException:
        if connection is not None:
            connection.close()
        shutil.rmtree(work, ignore_errors=True)
        raise


def _view(stage: Stage) -> None:
    """The view over what was staged and what is used where it lies."""
    columns = stage.table.columns
    parts = [_direct(stage, layout.fields, links) for layout, links in stage.direct if isinstance(layout.fields, Typed)]
    staged = stage.staged(stage.table.name)
    if staged is not None:
        parts.append(f"SELECT {', '.join(name(one.name) for one in columns)} FROM {staged} WHERE _kind < 2")
    if not parts:
        nulls = ", ".join(f"CAST(NULL AS {one.type}) AS {name(one.name)}" for one in columns)
        parts.append(f"SELECT {nulls} WHERE false")
    union = " UNION ALL ".join(parts)
    if stage.table is SERVICE_TABLE:
        union = _joined(stage, union)
    stage.connection.execute(f"CREATE TEMP VIEW {stage.table.name} AS {union}")


def _direct(stage: Stage, fields: Typed, links: Sequence[int]) -> str:
    given = dict(fields.direct)
    inner = ", ".join(f"{name(column)} AS c{i}" for i, column in enumerate(fields.columns, 1))
    outer = ", ".join(
        f"CAST({given.get(one.name, 'NULL')} AS {one.type}) AS {name(one.name)}" for one in stage.table.columns
    )
    return f"SELECT {outer} FROM (SELECT {inner} FROM read_parquet({stage.source_of(links)}))"


def _joined(stage: Stage, union: str) -> str:
    """Services with what a certificate log says of the certificate that they showed."""
    about = ("cert_sha256", "cert_subject", "cert_issuer", "not_before", "not_after")
    shown = [one.name for one in stage.table.columns if one.name != CERTIFICATE_KEY]
    staged = stage.staged(CERTIFICATE_TABLE.name)
    if staged is None:
        return f"SELECT {', '.join(map(name, shown))} FROM ({union})"
    key = name(CERTIFICATE_KEY)
    stage.connection.execute(
        f"CREATE TEMP TABLE certificate AS SELECT * EXCLUDE (_file, _kind, _problem, _line) FROM {staged} "
        f"WHERE _kind < 2 QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY ts DESC, {', '.join(about)}) = 1"
    )
    listed = ", ".join(f"coalesce(s.{one}, c.{one}) AS {one}" if one in about else f"s.{name(one)}" for one in shown)
    return f"SELECT {listed} FROM ({union}) AS s LEFT JOIN certificate AS c ON s.{key} = c.{key}"
