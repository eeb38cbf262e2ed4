"""Flow records to Parquet: rows a second by format, beside DuckDB's own reader of the same file as the limit.

The limit is `read_csv` (`read_json`) with explicit columns and types into Parquet, which checks, counts and normalises
nothing and stops at the first bad line.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from geppo import config
from geppo.telemetry import flows, to_parquet

ROWS = 1_000_000
_MADE = """
SELECT 1935360000 + i * 0.05 AS ts, 'C' || hash(i) AS uid, '10.' || hash(i, 1) % 4 || '.' || hash(i, 2) % 250 || '.'
    || hash(i, 3) % 250 AS orig_h, hash(i, 4) % 64512 + 1024 AS orig_p,
    CASE WHEN hash(i, 5) % 20 = 0 THEN '2001:db8::' || printf('%x', hash(i, 6) % 65536)
         ELSE '198.51.' || hash(i, 7) % 250 || '.' || hash(i, 8) % 250 END AS resp_h,
    hash(i, 9) % 1024 AS resp_p, hash(i, 10) % 100000 / 1000.0 AS duration, hash(i, 11) % 9000 AS orig_bytes,
    hash(i, 12) % 90000 AS resp_bytes, hash(i, 13) % 90 AS orig_pkts, hash(i, 14) % 90 AS resp_pkts
FROM range({rows}) AS made(i)
"""
_ZEEK = (
    ("ts", "DOUBLE"), ("uid", "VARCHAR"), ("id.orig_h", "VARCHAR"), ("id.orig_p", "INTEGER"), ("id.resp_h", "VARCHAR"),
    ("id.resp_p", "INTEGER"), ("proto", "VARCHAR"), ("service", "VARCHAR"), ("duration", "DOUBLE"),
    ("orig_bytes", "BIGINT"), ("resp_bytes", "BIGINT"), ("conn_state", "VARCHAR"), ("history", "VARCHAR"),
    ("orig_pkts", "BIGINT"), ("resp_pkts", "BIGINT"),
)  # fmt: skip
_NFDUMP = (
    ("firstSeen", "TIMESTAMP"), ("duration", "DOUBLE"), ("proto", "VARCHAR"), ("srcAddr", "VARCHAR"),
    ("srcPort", "INTEGER"), ("dstAddr", "VARCHAR"), ("dstPort", "INTEGER"), ("packets", "BIGINT"), ("bytes", "BIGINT"),
    ("flows", "INTEGER"),
)  # fmt: skip


def _zeek(columns: tuple[tuple[str, str], ...]) -> str:
    own = {"id.orig_h": "orig_h", "id.orig_p": "orig_p", "id.resp_h": "resp_h", "id.resp_p": "resp_p", "proto": "'tcp'",
           "service": "NULL", "conn_state": "'SF'", "history": "'ShADadFf'"}  # fmt: skip
    return ", ".join(f'{own.get(name, name)} AS "{name}"' for name, _ in columns)


def _make(folder: Path, rows: int) -> dict[str, Path]:
    """One file of each format with the same flows."""
    connection = duckdb.connect()
    made = _MADE.format(rows=rows)
    paths = {
        name: folder / name / file
        for name, file in (("zeek-tsv", "conn.log"), ("zeek-json", "conn.json"), ("nfdump-csv", "nf.csv"))
    }
    for path in paths.values():
        path.parent.mkdir()
    body = folder / "body"
    connection.execute(
        f"COPY (SELECT {_zeek(_ZEEK)} FROM ({made})) TO '{body}' (DELIMITER '\t', HEADER false, NULLSTR '-')"
    )
    with paths["zeek-tsv"].open("wb") as out, body.open("rb") as rest:
        fields = "\t".join(name for name, _ in _ZEEK)
        out.write(f"#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\t{fields}\n".encode())
        while chunk := rest.read(1 << 20):
            out.write(chunk)
    body.unlink()
    connection.execute(f"COPY (SELECT {_zeek(_ZEEK)} FROM ({made})) TO '{paths['zeek-json']}' (FORMAT json)")
    own = "make_timestamp(CAST(ts * 1e6 AS BIGINT)), duration, 'TCP', orig_h, orig_p, resp_h, resp_p, orig_pkts"
    own += ", orig_bytes, 1"
    header = ", ".join(f'"{name}"' for name, _ in _NFDUMP)
    connection.execute(
        f"COPY (SELECT * FROM (SELECT {own} FROM ({made})) AS t({header})) TO '{paths['nfdump-csv']}' (HEADER)"
    )
    connection.close()
    return paths


def _limit(path: Path, out: Path) -> None:
    connection = duckdb.connect()
    columns = dict(_NFDUMP if path.name == "nf.csv" else _ZEEK)
    if path.suffix == ".json":
        source, options = "read_json", "format = 'newline_delimited'"
    else:
        skip = 1 if path.name == "nf.csv" else 4
        tab = path.suffix == ".log"
        delimiter = "\t" if tab else ","
        source, options = (
            "read_csv",
            (
                f"delim = '{delimiter}', quote = '', escape = '', header = false, auto_detect = false, "
                f"strict_mode = false, skip = {skip}, nullstr = '{'-' if tab else ''}'"
            ),
        )
    connection.execute(
        f"COPY (SELECT * FROM {source}('{path}', columns = {columns!r}, {options})) TO '{out}' (COMPRESSION zstd)"
    )
    connection.close()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processors: on a busy machine only the second compares."""
    start, used = time.perf_counter(), _used()
    work()
    return time.perf_counter() - start, _used() - used


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _view(path: Path) -> None:
    with flows([path], config.load()) as engine:
        assert engine.report.rows == ROWS and engine.report.bad == 0, engine.report


def _canonical(path: Path, out: Path) -> None:
    assert to_parquet([path], out, config.load(), ["10.0.0.0/9"]).rows == ROWS


def main() -> None:
    """Print the table."""
    print(f"\nflow records to Parquet ({ROWS:,} rows of each format, one run, the machine's processors)")
    print(f"{'format':<12}{'what':<28}{'clock s':>9}{'CPU s':>8}{'Mrows/s':>9}{'Mrows/CPU s':>13}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for format_, path in _make(folder, ROWS).items():
            work: dict[str, Callable[[], object]] = {
                "DuckDB alone (the limit)": partial(_limit, path, folder / "limit.parquet"),
                "view flow, checked": partial(_view, path),
                "canonical by day and bucket": partial(_canonical, path, folder / f"{format_}.out"),
            }
            for what, does in work.items():
                clock, used = _timed(does)
                rates = f"{ROWS / clock / 1e6:>9.2f}{ROWS / used / 1e6:>13.2f}"
                print(f"{format_:<12}{what:<28}{clock:>9.2f}{used:>8.2f}{rates}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"highest memory {memory:.0f} MiB; target of the view .25 Mrows/s")


if __name__ == "__main__":
    main()
