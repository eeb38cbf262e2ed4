"""Hosts that relay in 10 and 50 million flows: time, memory, and whether the cost stays linear.

    python -m bench.flows [--parts 1,5] [--seed 8101] [--folder FOLDER] [--long]

Without a folder that holds them, records are made by the lab (preset easy): a part is one house of 20,000 hosts with
about 10 million flows a day, drawn from a seed of its own. Part k lies in 10.4k.0.0/14, so that five parts are one
house of 100,000 hosts and no row occurs twice; `--long` makes one house of 20,000 hosts over as many days instead.
Making is not timed. Each measurement is a process of its own, whose peak memory is the figure.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from geppo import config
from geppo.relay.detect._stage import Asset
from geppo.relay.flows import find, read_inventory
from geppo.telemetry.engine import flows

HOSTS, FLOWS = 20_000, 7_650_000
"""Sizes of a part: hosts, and flows of people a day; machines and planted hosts make about 10 million of it."""
LIMITS = {1: (60.0, 2.0), 5: (360.0, 4.0)}
"""Seconds on two free cores and GiB by number of parts (issue 5, "What it must show")."""
_SHIFT = 1 << 18
"""Addresses between two parts: the lab uses 200,000 above 10.0.1.0."""
_BAD = ("relay", "proxyware")


def _moved(address: str, part: int) -> str:
    """An address inside, moved to the part's block."""
    octets = [int(one) for one in address.split(".")]
    if octets[0] != 10:
        return address
    octets[1] += part * (_SHIFT >> 16)
    return ".".join(map(str, octets))


def _lab(seed: int, days: int, out: Path) -> None:
    sizes = ["--hosts", str(HOSTS), "--flows", str(FLOWS), "--days", str(days), "--services", "1"]
    command = [sys.executable, "-m", "geppo", "relay", "lab", "--seed", str(seed), "--preset", "easy", *sizes]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)


def _moved_files(made: Path, part: int, out: Path) -> None:
    """The records of a part in its block: flows, inventory, truth."""
    out.mkdir(parents=True)
    ends = ", ".join(
        f"regexp_replace(\"{one}\", '^10[.](\\d+)', '10.' || (split_part(\"{one}\", '.', 2)::INTEGER + "
        f'if("{one}" LIKE \'10.%\', {part * (_SHIFT >> 16)}, 0))) AS "{one}"'
        for one in ("id.orig_h", "id.resp_h")
    )
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute("SET preserve_insertion_order = true")
        for file in sorted((made / "flows").glob("*.parquet")):
            connection.execute(
                f"COPY (SELECT * REPLACE ({ends}) FROM read_parquet('{file}')) TO '{out / file.name}' "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
    with (made / "inventory.csv").open(encoding="utf-8") as stream, (out / "inventory.csv").open("w") as target:
        rows = csv.writer(target)
        for number, row in enumerate(csv.reader(stream)):
            rows.writerow(row if number == 0 else [_moved(row[0], part), *row[1:]])
    told = json.loads((made / "truth.json").read_text(encoding="utf-8"))["flows"]["hosts"]
    truth = {_moved(one["host"], part): one["role"] for one in told}
    (out / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def make(folder: Path, parts: int, seed: int, *, long: bool) -> None:
    """Make the parts that are not there."""
    for part in range(1 if long else parts):
        out = folder / (f"long-{parts}" if long else f"part-{part}")
        if out.exists():
            continue
        with tempfile.TemporaryDirectory(dir=folder) as name:
            made = Path(name) / "made"
            _lab(seed + part, parts if long else 1, made)
            _moved_files(made, part, Path(name) / "moved")
            (Path(name) / "moved").rename(out)


def measure(folders: list[Path]) -> None:
    """Find hosts in some parts and print a line; meant for a process of its own, whose memory is the figure."""
    known: dict[str, Asset] = {}
    truth: dict[str, str] = {}
    for folder in folders:
        known |= read_inventory(folder / "inventory.csv")
        truth |= json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    paths = [path for folder in folders for path in sorted(folder.glob("*.parquet"))]
    begun, used = time.perf_counter(), _used()
    with flows(paths, config.load(), ["10.0.0.0/8"]) as engine:
        report = find(engine.connection, config.load(), ["10.0.0.0/8"], known)
    clock, cpu = time.perf_counter() - begun, _used() - used
    relays = {host for host, role in truth.items() if role in _BAD}
    likely = {one.host for one in report.findings if one.likelihood.point >= 0.55}
    print(json.dumps({
        "rows": report.rows, "hosts": report.hosts, "clock": clock, "cpu": cpu,
        "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "relays": len(relays), "found": len(likely & relays), "false": len(likely - relays),
    }))  # fmt: skip


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _table(folder: Path, counts: list[int], seed: int, *, long: bool) -> None:
    """Make what is missing, measure each number of parts in a process of its own, and print a line for each."""
    heads = f"{'flows':>12}{'hosts':>9}{'clock s':>9}{'CPU s':>8}{'GiB':>6}{'Mflows/CPU s':>14}{'of first':>9}"
    print("\nflows through all detectors with decoys (a process each; limits on two free cores)")
    print(f"{heads}  relays found, false hosts; limit")
    first = 0.0
    for parts in counts:
        make(folder, parts, seed, long=long)
        used = [folder / f"long-{parts}"] if long else [folder / f"part-{one}" for one in range(parts)]
        command = [sys.executable, "-m", "bench.flows", "--measure", *map(str, used)]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rate = row["rows"] / row["cpu"] / 1e6
        first = first or rate
        limit = LIMITS.get(parts)
        told = f"{limit[0]:.0f} s, {limit[1]:.0f} GiB" if limit else "none"
        cost = f"{row['clock']:>9.1f}{row['cpu']:>8.1f}{row['gib']:>6.2f}{rate:>14.3f}{first / rate:>9.2f}"
        found = f"{row['found']}/{row['relays']}, {row['false']}"
        print(f"{row['rows']:>12,}{row['hosts']:>9,}{cost}  {found}; {told}", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Print the table; made records are removed unless a folder is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default="1,5", help="parts of about 10 million flows, by commas")
    parser.add_argument("--seed", type=int, default=8101)
    parser.add_argument("--folder", type=Path, help="where made records are kept and looked for")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--measure", nargs="+", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments if arguments is not None else [])
    if given.measure:
        measure(given.measure)
        return
    counts = [int(one) for one in given.parts.split(",")]
    if given.folder is not None:
        given.folder.mkdir(parents=True, exist_ok=True)
        _table(given.folder, counts, given.seed, long=given.long)
        return
    with tempfile.TemporaryDirectory(prefix="geppo-bench-") as folder:
        _table(Path(folder), counts, given.seed, long=given.long)


if __name__ == "__main__":
    main(sys.argv[1:])
