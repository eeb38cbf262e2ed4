# ruff: noqa: S608 - SQL is put together from names and literals that name() and quoted() made
"""Flows kept as Parquet, so that a day can be read host by host in parts that fit into memory.

    OUT/day=2031-05-01/bucket=03/flows.parquet        columns of FLOW, and `copy`; sorted by time

A bucket holds whole hosts: every flow of a monitored host, whichever end it was, lies in the host's bucket. A flow
between two monitored hosts of different buckets is therefore written twice, the second time (at the called end) with
`copy` true. So:

- all flows once: leave out the copies; `flows([OUT])` does.
- all flows of the hosts of one bucket: `open_bucket(OUT, n)`, copies included. A query that looks from a host's end
  takes only ends for which `bucket_of(host) = n`: the other end may be whole in another bucket only.

A flow without a monitored end lies once in the opener's bucket. The bucket of a host is the number that the first
eight digits of its address's MD5 make, modulo the number of buckets: any engine can compute it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.telemetry.addresses import inside
from geppo.telemetry.columnar import MARK
from geppo.telemetry.engine import Engine, flows
from geppo.telemetry.layout import FLOW_TABLE, name, quoted
from geppo.telemetry.report import Report

BUCKETS = "geppo.buckets"
"""Key of the Parquet metadata that holds the number of buckets."""
_FILE = "flows.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file: a bucket of a day (`day` as 2031-05-01)."""

    day: str
    bucket: int
    path: Path


def bucket_of(host: str, buckets: int) -> int:
    """The bucket of an address in normal form."""
    return int(hashlib.md5(host.encode(), usedforsecurity=False).hexdigest()[:8], 16) % buckets


def bucket_sql(host: str, buckets: int) -> str:
    """The same as SQL over a text expression."""
    return f"CAST(CAST('0x' || left(md5({host}), 8) AS BIGINT) % {buckets} AS INTEGER)"


def to_parquet(
    paths: Sequence[Path],
    out: Path,
    settings: Settings,
    internal: Sequence[str] | None = None,
    *,
    mapping: Path | None = None,
) -> Report:
    """Write the flows of `paths` to the new folder `out`; hosts in `internal` (CIDR texts) are the monitored ones.

    The folder appears when all is written, or not at all; what a broken run left is removed by the next. Raises
    UsageError when `out` exists already.
    """
    if out.exists():
        raise UsageError(f"{out}: exists already; give a new folder, readers take several")
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.parent / f".{out.name}.unfinished"
    shutil.rmtree(half, ignore_errors=True)
    buckets = max(1, settings.integer("telemetry.buckets"))
    with flows(paths, settings, internal, mapping=mapping) as engine:
        assert engine.work is not None
        half.mkdir()
        try:
            _hosts(engine, buckets)
            _part(engine, engine.work / "parted")
            _sort(engine.connection, engine.work / "parted", half, buckets)
            half.rename(out)
        finally:
            shutil.rmtree(half, ignore_errors=True)
        return engine.report


def _hosts(engine: Engine, buckets: int) -> None:
    """Table `host`: each address with its bucket, and whether it is monitored."""
    nets = engine.internal
    engine.connection.create_function("monitored", lambda host: inside(host, nets), ["VARCHAR"], "BOOLEAN")
    known = "monitored(host)" if nets else "false"
    engine.connection.execute(
        f"CREATE TEMP TABLE host AS SELECT host, {bucket_sql('host', buckets)} AS bucket, {known} AS monitored "
        'FROM (SELECT "id.orig_h" AS host FROM flow UNION SELECT "id.resp_h" FROM flow)'
    )


def _part(engine: Engine, folder: Path) -> None:
    """Rows by day and bucket, not yet in order."""
    columns = ", ".join(f"f.{name(one.name)}" for one in FLOW_TABLE.columns)
    engine.connection.execute(f"""
        COPY (
            SELECT * EXCLUDE (home, lie), unnest(lie) AS bucket, unnest(lie) <> home AS copy
            FROM (
                SELECT *, CASE WHEN twice THEN [home, other] ELSE [home] END AS lie FROM (
                    SELECT {columns}, strftime(f.ts, '%Y-%m-%d') AS day,
                        CASE WHEN r.monitored AND NOT o.monitored THEN r.bucket ELSE o.bucket END AS home,
                        r.bucket AS other,
                        o.monitored AND r.monitored AND o.bucket <> r.bucket AS twice
                    FROM flow AS f
                    JOIN host AS o ON f."id.orig_h" = o.host
                    JOIN host AS r ON f."id.resp_h" = r.host
                )
            )
        ) TO {quoted(str(folder))} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day, bucket))
    """)


def _sort(connection: duckdb.DuckDBPyConnection, parted: Path, out: Path, buckets: int) -> None:
    """One sorted file a bucket: equal inputs give equal bytes, and readers can skip by time."""
    columns = ", ".join(name(one.name) for one in FLOW_TABLE.columns)
    # Only with this setting do several threads write rows in the order of the query.
    connection.execute("SET preserve_insertion_order = true")
    for folder in sorted(parted.glob("day=*/bucket=*")):
        day, bucket = folder.parent.name.removeprefix("day="), int(folder.name.removeprefix("bucket="))
        target = out / f"day={day}" / f"bucket={bucket:02d}" / _FILE
        target.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(
            f"COPY (SELECT {columns}, copy FROM read_parquet({quoted(str(folder / '*.parquet'))}, "
            f"hive_partitioning = false) ORDER BY ALL) TO {quoted(str(target))} "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{name(MARK)}: 'flow', {name(BUCKETS)}: '{buckets}'}})"
        )
        shutil.rmtree(folder)


def is_canonical(folder: Path) -> bool:
    """True for a folder that `to_parquet` made."""
    return next(folder.glob(f"day=*/bucket=*/{_FILE}"), None) is not None


def parts(folder: Path) -> tuple[Part, ...]:
    """The parts of a folder that `to_parquet` made, by day and bucket. Raises UsageError for another folder."""
    found = [
        Part(
            day=path.parent.parent.name.removeprefix("day="),
            bucket=int(path.parent.name.removeprefix("bucket=")),
            path=path,
        )
        for path in folder.glob(f"day=*/bucket=*/{_FILE}")
    ]
    if not found:
        raise UsageError(f"{folder}: expected canonical Parquet (day=…/bucket=…/{_FILE}); make it with to_parquet")
    return tuple(sorted(found, key=lambda part: (part.day, part.bucket)))


def bucket_count(folder: Path) -> int:
    """Into how many buckets a folder is cut."""
    connection = duckdb.connect(":memory:")
    try:
        row = connection.execute(
            "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?",
            [str(parts(folder)[0].path).replace("[", "[[]"), BUCKETS],
        ).fetchone()
    finally:
        connection.close()
    if row is None:
        raise UsageError(f"{folder}: its files do not say into how many buckets they are cut; make it with to_parquet")
    return int(row[0])


def open_bucket(folder: Path, bucket: int, settings: Settings, days: Sequence[str] = ()) -> Engine:
    """An engine whose view `flow` has all flows of the hosts of one bucket, copies included; `days` as 2031-05-01.

    The macro `bucket_of(host)` tells in SQL which bucket an end belongs to.
    """
    count = bucket_count(folder)
    if not 0 <= bucket < count:
        raise UsageError(f"{folder}: has buckets 0 to {count - 1}, not {bucket}")
    chosen = [part.path for part in parts(folder) if part.bucket == bucket and (not days or part.day in days)]
    if not chosen:
        empty = Path(tempfile.mkdtemp(prefix="geppo-"))
        try:
            engine = flows([empty], settings)
        finally:
            empty.rmdir()
    else:
        engine = flows(chosen, settings, copies=True)
    engine.connection.execute(f"CREATE TEMP MACRO bucket_of(host) AS {bucket_sql('host', count)}")
    return engine
