"""Apache Spark through Ibis: local mode, or the cluster whose address `telemetry.spark_master` has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.telemetry.engines import Row, needs
from geppo.telemetry.expressions import KEYS, build

ENGINE = "spark"
_EVENTS = """
SELECT unix_micros(ts) AS ts_us, `id.orig_h` AS orig_h, `id.orig_p` AS orig_p, `id.resp_h` AS resp_h,
       `id.resp_p` AS resp_p, proto, orig_bytes, resp_bytes
FROM flows WHERE NOT copy
"""


def rows(name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """See `geppo.telemetry.engines`. The files must lie where every worker can read them."""
    try:
        import ibis
    except ImportError as error:
        raise needs(ENGINE, error) from error
    session = _session(settings)
    try:
        session.read.parquet(*(f"file://{path.resolve()}" for path in files)).createOrReplaceTempView("flows")
        session.sql(_EVENTS).createOrReplaceTempView("events")
        sql = ibis.pyspark.connect(session).compile(build(name))
        # Sorted again by code point: the order of text in a cluster may follow a collation.
        found = [tuple(row) for row in session.sql(sql).collect()]
    finally:
        session.stop()
    return sorted(found, key=lambda row: row[: len(KEYS[name])])


def _session(settings: Settings) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise needs(ENGINE, error) from error
    return (
        SparkSession.builder.master(settings.text("telemetry.spark_master"))
        .appName("geppo")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", str(settings.integer("telemetry.spark_partitions")))
        .config("spark.driver.memory", settings.text("telemetry.spark_memory"))
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        # Times of DuckDB have no zone (TIMESTAMP_NTZ); as UTC they are the same instants in every session.
        .config("spark.sql.parquet.inferTimestampNTZ.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
