"""Networks in 5 million scan records: time, memory, and precision and recall of members per planted network.

    python -m bench.scan [--rows N] [--records FILE.parquet]

Without `--records`, the records are made by bench/scan.sql. The limit beside it is the group-by over all columns that
any finding of groups must at least do once. A file given must have a column `truth` with the network's name.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from geppo import config
from geppo.model.relay import BENIGN
from geppo.relay.scan import find


def make(rows: int, path: Path) -> None:
    """Write the records of bench/scan.sql as Parquet."""
    text = (Path(__file__).parent / "scan.sql").read_text(encoding="utf-8").replace("$rows", str(rows))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute(text)
        connection.execute(f"COPY made TO '{path}' (FORMAT parquet)")


def limit(path: Path) -> float:
    """Seconds of one group-by over endpoint and stack."""
    begun = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute(
            "SELECT count(*) FROM (SELECT ip, port, cert_sha256, jarm, banner_hash, min(ts) FROM "
            f"read_parquet('{path}') GROUP BY ALL)"
        ).fetchone()
    return time.perf_counter() - begun


def measure(path: Path) -> None:
    """Find networks in one file and print the table; meant for a process of its own, whose memory is the figure."""
    begun = time.perf_counter()
    found = find([path], config.load())
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    with duckdb.connect() as connection:
        planted: dict[str, set[tuple[str, int]]] = {}
        query = f"SELECT DISTINCT truth, ip, port FROM read_parquet('{path}') WHERE truth <> ''"
        for name, ip, port in connection.execute(query).fetchall():
            planted.setdefault(name, set()).add((ip, port))
        rows = connection.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchone()
    called = [({(m.ip, m.port) for m in one.members}, one) for one in found.networks if one.kind not in BENIGN]
    print(f"{rows[0] if rows else 0:,} rows, {found.endpoints:,} endpoints: {took:.1f} s, peak {peak:.2f} GiB, "
          f"one group-by {limit(path):.1f} s, {found.left_out} groups left out")  # fmt: skip
    print(f"{'planted':12}{'members':>9}{'precision':>11}{'recall':>8}  class, likelihood")
    claimed: set[str] = set()
    for name, members in sorted(planted.items()):
        best, one = max(called, key=lambda pair: len(pair[0] & members), default=(set(), None))
        hit = len(best & members)
        if one is None or not hit:
            print(f"{name:12}{len(members):>9}{'-':>11}{0:>8.3f}")
            continue
        claimed.add(one.id)
        shares = f"{hit / len(best):>11.3f}{hit / len(members):>8.3f}"
        print(f"{name:12}{len(members):>9}{shares}  {one.kind}, {one.likelihood.point}")
    others = [one for _, one in called if one.id not in claimed]
    print(
        f"called and not planted: {len(others)}"
        + "".join(f"\n  {one.id} {len(one.members)} {one.evidence[0].reason}" for one in others)
    )


def main(arguments: list[str] | None = None) -> None:
    """Make the records where none are given, and measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--records", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments if arguments is not None else [])
    if wanted.measure:
        measure(wanted.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = wanted.records or Path(folder) / "scan.parquet"
        if wanted.records is None:
            make(wanted.rows, path)
        subprocess.run([sys.executable, "-m", "bench.scan", "--measure", str(path)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
