"""Hosts that relay: recall, false hosts, time and memory on a scene with truth, beside `rita5-score` in the same run.

    python -m bench.relay [FOLDER] [--inventory]

FOLDER holds `flow*.parquet` (or `conn*` logs), `truth.csv` with the columns host,role and perhaps `inventory.csv`: what
`python -m tests.relay.scenes ROW SEED FOLDER` writes. Without it the lab makes a day (preset hard, seed 92100).
`rita5-score` follows the published scoring rules of activecm/rita v5 (`geppo.relay.detect.rita5_score`); the program
itself is not run.
"""

from __future__ import annotations

import argparse
import csv
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

from geppo import config
from geppo.relay.detect._stage import Asset, staged
from geppo.relay.detect.control import regular, weighed
from geppo.relay.detect.rita5_score import scores
from geppo.relay.flows import find, read_inventory
from geppo.relay.lab import make_flows, preset
from geppo.telemetry.engine import flows

BAD = ("relay", "proxyware")


def _rss() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _truth(folder: Path) -> dict[str, str]:
    with (folder / "truth.csv").open(encoding="utf-8") as stream:
        return {row["host"]: row["role"] for row in csv.DictReader(stream)}


def _made(folder: Path) -> Path:
    """A day of the lab in the form of a folder of records with truth."""
    told = make_flows(preset("hard"), 92_100, folder)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("host", "role"))
        rows.writerows((one["host"], one["role"]) for one in told["hosts"])
    for file in (folder / "flows").iterdir():
        file.rename(folder / file.name)
    return folder


def _beacons(paths: list[Path], internal: list[str], known: dict[str, Asset], truth: dict[str, str]) -> None:
    """Benign pairs at equal recall of the control channels: ours against rita5-score."""
    settings = config.load()
    wanted = {host for host, role in truth.items() if role == "control-channel"}
    with flows(paths, settings, internal) as engine, staged(engine.connection, settings, internal, known) as stage:
        ours = regular(stage)
        mine = sorted(((score, stage.hosts[beat.host]) for score, beat in weighed(stage, ours)), reverse=True)
        start = time.perf_counter()
        theirs = sorted(((one.score, stage.hosts[one.host]) for one in scores(stage)), reverse=True)
        took = time.perf_counter() - start
    if not wanted:
        return
    print(f"\n{'beacons':24}{'recall':>8}{'cut':>8}{'benign pairs':>14}")
    best = max(len({host for _, host in mine} & wanted), 1)
    for name, ranked in (("control", mine), ("rita5-score", theirs)):
        for share in (0.8, 0.9, 1.0):
            need, hit, benign = share * best, set(), 0
            for score, host in ranked:
                if host in wanted:
                    hit.add(host)
                elif truth.get(host) not in BAD:
                    benign += 1
                if len(hit) >= need:
                    print(f"{name:24}{len(hit) / len(wanted):8.2f}{score:8.2f}{benign:14}")
                    break
            else:
                print(f"{name:24}{len(hit) / len(wanted):8.2f}{'-':>8}{benign:14}  (all pairs)")
    print(f"rita5-score took {took:.1f} s on the staged legs")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--internal", default="10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,2001:db8::/32")
    parser.add_argument("--inventory", action="store_true", help="give the detectors the inventory")
    given = parser.parse_args()
    if given.folder is not None:
        measure(given.folder, given.internal.split(","), inventory=given.inventory)
        return
    with tempfile.TemporaryDirectory(prefix="geppo-bench-") as folder:
        measure(_made(Path(folder)), given.internal.split(","), inventory=given.inventory)


def measure(folder: Path, internal: list[str], *, inventory: bool) -> None:
    """Print the tables of one folder."""
    paths = sorted(folder.glob("*.parquet")) or sorted(folder.glob("conn*"))
    truth = _truth(folder)
    known = read_inventory(folder / "inventory.csv") if inventory else {}
    start = time.perf_counter()
    with flows(paths, config.load(), internal) as engine:
        report = find(engine.connection, config.load(), internal, known)
    took = time.perf_counter() - start
    speed = report.rows / took / 1e6
    print(f"{report.rows:,} flows, {report.hosts:,} hosts: {took:.1f} s, {speed:.2f} M flows/s, {_rss():.2f} GiB")
    relays = {host for host, role in truth.items() if role in BAD}
    print(f"{'likelihood from':16}{'recall':>16}{'false hosts':>13}")
    for edge in (0.45, 0.55, 0.8):
        listed = {one.host for one in report.findings if one.likelihood.point >= edge}
        hit = len(listed & relays)
        share = f"{hit}/{len(relays)} = {hit / len(relays):.1%}" if relays else "-"
        print(f"{edge:<16}{share:>16}{len(listed - relays):13}")
    roles = Counter((truth.get(one.host, "-"), one.role.value) for one in report.findings)
    print("truth -> role:", ", ".join(f"{a} -> {b}: {n}" for (a, b), n in sorted(roles.items())))
    _beacons(paths, internal, known, truth)


if __name__ == "__main__":
    main()
