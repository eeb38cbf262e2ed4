"""Rows of made flows into files, in order of time and within a fixed memory.

Parts of a day go into a table on disk as they are made, and are sorted there.
"""

# ruff: noqa: S608 - SQL is put together from constants of this module and paths of our own
from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from geppo.relay.lab.flows import REJ, S0, STATES, Flows, Ints, packets

_MEMORY = "600MB"
_LINES = 50_000
_DOTTED = "concat_ws('.', {0} >> 24, ({0} >> 16) & 255, ({0} >> 8) & 255, {0} & 255)"
_TABLE = """
CREATE TABLE disk.made (ts BIGINT, duration DOUBLE, src UINTEGER, sport USMALLINT, dst UINTEGER, dport USMALLINT,
    proto UTINYINT, sent BIGINT, got BIGINT, out_packets BIGINT, in_packets BIGINT, state UTINYINT)
"""
_COLUMNS = """ts, duration, src, sport, dst, dport, proto, sent, got, out_packets, in_packets, state"""
_SELECT = f"""
SELECT make_timestamp(ts) AS ts, duration, {_DOTTED.format("src")} AS "id.orig_h", sport::INTEGER AS "id.orig_p",
    {_DOTTED.format("dst")} AS "id.resp_h", dport::INTEGER AS "id.resp_p", if(proto = 17, 'udp', 'tcp') AS proto,
    sent AS orig_bytes, got AS resp_bytes, out_packets AS orig_pkts, in_packets AS resp_pkts,
    $states[state + 1] AS conn_state
FROM disk.made ORDER BY disk.made.ts, src, sport, dst, dport, sent, got, duration
"""


def write(parts: Iterable[Flows], chance: np.random.Generator, day: date, folder: Path, *, zeek: bool) -> int:
    """Write a day as `day=YYYY-MM-DD.parquet`, or as a packed Zeek log, sorted by time; returns the number of rows.

    `chance` draws the packets of flows that no sensor has counted.
    """
    base = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1e6)
    rows = 0
    with tempfile.TemporaryDirectory(prefix=".made-", dir=folder) as name, duckdb.connect() as connection:
        # One thread: rows of equal keys keep their order, so that the same seed gives the same bytes.
        connection.execute(f"SET threads = 1; SET memory_limit = '{_MEMORY}'; SET temp_directory = '{name}'")
        connection.execute(f"ATTACH '{Path(name) / 'made.duckdb'}' AS disk")
        connection.execute(_TABLE)
        for part in parts:
            if len(part):
                rows += len(part)
                connection.register("part", _columns(part, chance, base))
                connection.execute(f"INSERT INTO disk.made SELECT {_COLUMNS} FROM part")
                connection.unregister("part")
        select = _SELECT.replace("$states", str(list(STATES)))
        if zeek:
            _zeek(_fetched(connection.execute(select)), folder / f"conn.{day.isoformat()}.log.gz")
        else:
            target = folder / f"day={day.isoformat()}.parquet"
            connection.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        connection.execute("DETACH disk")
    return rows


def _columns(flows: Flows, chance: np.random.Generator, base: int) -> dict[str, Any]:
    silent, counted = (flows.state == S0) | (flows.state == REJ), flows.out_packets >= 0
    out_packets: Ints = np.where(silent, 1, packets(flows.sent, chance))
    in_packets: Ints = np.where(flows.state == S0, 0, np.where(silent, 1, packets(flows.got, chance)))
    return {
        "ts": base + (flows.start * 1e6).astype(np.int64),
        "duration": np.round(flows.length, 6),
        "src": flows.src,
        "sport": flows.sport,
        "dst": flows.dst,
        "dport": flows.dport,
        "proto": flows.proto,
        "sent": flows.sent,
        "got": flows.got,
        "out_packets": np.where(counted, flows.out_packets, out_packets),
        "in_packets": np.where(counted, flows.in_packets, in_packets),
        "state": flows.state,
    }


_ZEEK = ("ts", "duration", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "orig_bytes", "resp_bytes",
         "orig_pkts", "resp_pkts", "conn_state")  # fmt: skip


def _fetched(result: Any) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(_LINES):
        yield from rows


def _zeek(rows: Iterable[tuple[Any, ...]], path: Path) -> None:
    """Zeek's TSV, packed; no time of packing in the file, so that the bytes are the same again."""
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
                "#fields\t" + "\t".join(_ZEEK)]  # fmt: skip
        packed.write(("\n".join(head) + "\n").encode())
        for ts, *rest in rows:
            seconds = ts.replace(tzinfo=UTC).timestamp()
            packed.write((f"{seconds:.6f}\t" + "\t".join(str(value) for value in rest) + "\n").encode())
