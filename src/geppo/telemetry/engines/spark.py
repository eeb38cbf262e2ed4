"""Apache Spark through Ibis: local mode, or the cluster whose address `telemetry.spark_master` has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.telemetry import legs
from geppo.telemetry.engines import Row, needs
from geppo.telemetry.expressions import KEYS, build

ENGINE = "spark"
_EVENTS = """
SELECT unix_micros(ts) AS ts_us, `id.orig_h` AS orig_h, `id.orig_p` AS orig_p, `id.resp_h` AS resp_h,
       `id.resp_p` AS resp_p, proto, orig_bytes, resp_bytes, duration, resp_pkts, conn_state
FROM flows WHERE NOT copy
"""


@contextmanager
def _events(files: Sequence[Path], settings: Settings) -> Iterator[tuple[Any, Any]]:
    """A session with the view `events`, and Ibis on it. The files must lie where every worker can read them."""
    try:
        import ibis
    except ImportError as error:
        raise needs(ENGINE, error) from error
    session = _session(settings)
    try:
        session.read.parquet(*map(_place, files)).createOrReplaceTempView("flows")
        session.sql(_EVENTS).createOrReplaceTempView("events")
        yield session, ibis.pyspark.connect(session)
    finally:
        session.stop()


def _place(path: Path) -> str:
    return f"file://{path.resolve()}"


def rows(name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """See `geppo.telemetry.engines`. The files must lie where every worker can read them."""
    with _events(files, settings) as (session, backend):
        # Sorted again by code point: the order of text in a cluster may follow a collation.
        found = [tuple(row) for row in session.sql(backend.compile(build(name))).collect()]
    return sorted(found, key=lambda row: row[: len(KEYS[name])])


def write(names: Sequence[str], files: Sequence[Path], known: Path | None, out: Path, settings: Settings) -> None:
    """See `geppo.telemetry.engines`. `out` must be where every worker writes and this process reads."""
    with _events(files, settings) as (session, backend):
        if known is not None:
            session.read.parquet(_place(known)).createOrReplaceTempView("known")
        for name in names:
            rows = session.sql(backend.compile(legs.build(name)))
            (rows.write.partitionBy("bucket") if name in legs.PARTED else rows.write).parquet(_place(out / name))


def _session(settings: Settings) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise needs(ENGINE, error) from error
    master = settings.text("telemetry.spark_master")
    builder = (
        SparkSession.builder.master(master)
        .appName("geppo")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", str(settings.integer("telemetry.spark_partitions")))
        .config("spark.driver.memory", settings.text("telemetry.spark_memory"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        # Times of DuckDB have no zone (TIMESTAMP_NTZ); as UTC they are the same instants in every session.
        .config("spark.sql.parquet.inferTimestampNTZ.enabled", "false")
    )
    if master.startswith("local"):
        # Otherwise Spark listens on the address of this machine's name, for nobody.
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    return builder.getOrCreate()
