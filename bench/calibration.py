"""Counts for `src/geppo/relay/calibration.toml`: what became of sums of bits on made records.

    python -m bench.calibration [--lab 48] [--scenes 41]

Prints the file. The lab's presets `FITTED` from seeds 93001 on, in turn, and scenes of `tests/relay/scenes.py` under
laws drawn from seeds 2000 on; nothing else uses these seeds, and `bench.presets` measures on others, with presets that
are not among these too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from geppo import config
from geppo.relay.detect._stage import Asset
from geppo.relay.flows import FlowReport, find, read_inventory
from geppo.relay.lab import make_flows, preset
from geppo.relay.odds import bits_of, stratum_of
from geppo.telemetry.engine import flows
from tests.relay import scenes

FITTED = ("easy", "hard", "none", "timeout")
_FIRST_LAB, _FIRST_SCENE = 93_001, 2_000
_BAD = ("relay", "proxyware")
_INSIDE = ["10.0.0.0/8"]
_EDGES = (-30, -14, -9, -6, -4, -2, 0, 2, 4, 6, 9, 14, 30)
_PLANTS = ("forward", "backconnect", "mux", "mux_many", "mux_inbound", "pivot")
_OTHERS = (
    "c2",
    "forward_proxy",
    "reverse_proxy",
    "application",
    "jump_host",
    "vpn",
    "mail",
    "p2p",
    "backup",
    "scanner",
)


def _lab(count: int) -> Iterator[tuple[FlowReport, set[str]]]:
    """Reports of the lab's presets, of 600 to 2,000 hosts, with the hosts that relay; an inventory in three of four."""
    for number in range(count):
        seed = _FIRST_LAB + number
        rng = np.random.default_rng(seed)
        chosen = preset(FITTED[number % len(FITTED)])
        hosts = int(rng.integers(600, 2_001))
        chosen = replace(chosen, background=replace(chosen.background, hosts=hosts, flows=75 * hosts))
        chosen = replace(chosen, planted=replace(chosen.planted, steered=int(rng.integers(1, 7))))
        with tempfile.TemporaryDirectory(prefix="geppo-bench-") as folder:
            out = Path(folder)
            told = make_flows(chosen, seed, out)
            known = read_inventory(out / "inventory.csv") if rng.random() < 0.75 else {}
            with flows([out / "flows"], config.load(), _INSIDE) as engine:
                report = find(engine.connection, config.load(), _INSIDE, known)
        yield report, {row["host"] for row in told["hosts"] if row["role"] in _BAD}


def _scenes(count: int) -> Iterator[tuple[FlowReport, set[str]]]:
    """Reports of scenes of 500 to 1,500 hosts with none to 16 relays under easy or hard laws, an inventory in seven of
    ten, and the hosts that relay."""
    for seed in range(_FIRST_SCENE, _FIRST_SCENE + count):
        rng = np.random.default_rng(seed)
        plants = Counter(str(one) for one in rng.choice(_PLANTS, int(rng.integers(0, 17))))
        plants.update(str(one) for one in rng.choice(_OTHERS, int(rng.integers(0, 9))))
        law = {"lag": 0.4, "overhead": 0.3, "overhead_bytes": 2_000} if rng.random() < 0.5 else {}
        row = {
            "hosts": int(rng.integers(500, 1_501)),
            "flows_per_host_day": 60,
            "agents": int(rng.integers(0, 4)),
            **law,
        }
        scene = scenes.make({**row, "plants": plants}, seed)
        assets = scene.inventory.items() if rng.random() < 0.7 else ()
        known = {
            host: Asset(asset_class=kind, role=job, sanctioned=leave == "yes") for host, (kind, job, leave) in assets
        }
        with duckdb.connect(config={"threads": 2}) as connection:
            scenes.load(scene, connection)
            report = find(connection, config.load(), _INSIDE, known)
        yield report, {host for host, role in scene.truth.items() if role in _BAD}


def main(arguments: list[str] | None = None) -> None:
    """Print the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", type=int, default=48)
    parser.add_argument("--scenes", type=int, default=41)
    given = parser.parse_args(arguments if arguments is not None else [])
    counts: Counter[tuple[str, int, bool]] = Counter()
    hosts = relays = 0
    for made in (_lab(given.lab), _scenes(given.scenes)):
        for report, bad in made:
            hosts, relays = hosts + report.hosts, relays + len(bad)
            for one in report.findings:
                place = int(np.searchsorted(_EDGES[1:-1], bits_of(one.evidence, config.load()), side="right"))
                counts[stratum_of(one.evidence), place, one.host in bad] += 1
    prior = config.load().number("relay.flows.prior")
    weight = relays * (1 - prior) / prior / (hosts - relays)
    print(f"# {relays} relays among {hosts} hosts.\n\ninnocent_weight = {weight:.1f}")
    for stratum in ("relaying", "channel"):
        for place, (low, high) in enumerate(pairwise(_EDGES)):
            relayed, whole = counts[stratum, place, True], sum(counts[stratum, place, it] for it in (True, False))
            if whole:
                print(f"\n[[{stratum}]]\nfrom = {low}\nto = {high}\nhosts = {whole}\nrelays = {relayed}")


if __name__ == "__main__":
    main(sys.argv[1:])
