"""Recall, false hosts and calibration of `geppo relay flows` on every preset of the lab, from unseen seeds.

    python -m bench.presets [--seed 92001] [--hosts 2000] [--flows 150000] [--without-inventory]

Nothing is tuned on what this prints. A relay counts as found from a likelihood of .55 on; one behind an address of
several hosts is counted apart. ECE: listed hosts in five bins of likelihood, mean distance of the likelihood from the
share of relays; once as they are listed, once with innocent hosts as often as the base rate asks (relays are denser in
the lab than in a house).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from geppo import config
from geppo.model.relay import HostRole
from geppo.relay.flows import FlowReport, find, read_inventory
from geppo.relay.lab import make_flows, preset, presets
from geppo.relay.lab.preset import Preset
from geppo.telemetry.engine import flows

_BAD = ("relay", "proxyware")
_LIKELY = 0.55
_EDGES = (0.2, 0.45, 0.55, 0.8, 1.01)
_SHARED = "10.0.0.2"
"""The address behind which the preset `nat` hides devices."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one preset gave: points are (likelihood, is a relay) of the hosts listed; `channels` those of them that are
    listed for a control channel alone, whose likelihood of relaying is capped and not calibrated."""

    found: Counter[str]
    planted: Counter[str]
    hidden: int
    false: int
    unlikely: int
    hosts: int
    relays: int
    conditions: tuple[str, ...]
    points: tuple[tuple[float, bool], ...]
    channels: tuple[tuple[float, bool], ...]


def _outcome(report: FlowReport, told: dict[str, object]) -> Outcome:
    rows = [row for row in told["hosts"] if row["role"] in _BAD]  # type: ignore[attr-defined]
    seen = {row["host"]: row["mechanism"] for row in rows if not row["hidden"]}
    hidden = len(rows) - len(seen)
    shared = {_SHARED} if hidden else set()
    likely = {one.host for one in report.findings if one.likelihood.point >= _LIKELY}
    listed = [
        (one.role is HostRole.CONTROL_CHANNEL, (one.likelihood.point, one.host in seen or one.host in shared))
        for one in report.findings
        if one.role is not HostRole.NAT_GATEWAY
    ]
    return Outcome(
        found=Counter(seen[host] for host in likely & set(seen)),
        planted=Counter(seen.values()),
        hidden=hidden,
        false=len(likely - set(seen) - shared),
        unlikely=sum(1 for one in report.findings if one.likelihood.point >= 0.45 and one.host not in seen),
        hosts=report.hosts,
        relays=len(seen),
        conditions=tuple(one.name for one in report.conditions),
        points=tuple(point for _, point in listed),
        channels=tuple(point for channel, point in listed if channel),
    )


def measured(chosen: Preset, seed: int, hosts: int, rows: int, *, inventory: bool = True) -> Outcome:
    """Make records of a preset and find hosts in them."""
    chosen = replace(chosen, background=replace(chosen.background, hosts=hosts, flows=rows))
    with tempfile.TemporaryDirectory(prefix="geppo-bench-") as folder:
        out = Path(folder)
        told = make_flows(chosen, seed, out)
        known = read_inventory(out / "inventory.csv") if inventory else {}
        with flows([out / "flows"], config.load(), ["10.0.0.0/8"]) as engine:
            return _outcome(find(engine.connection, config.load(), ["10.0.0.0/8"], known), told)


def error(points: list[tuple[float, bool]], weight: float) -> float:
    """Expected calibration error; an innocent host counts `weight` times."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for likelihood, relay in points:
        bins.setdefault(sum(likelihood >= edge for edge in _EDGES), []).append((likelihood, relay))
    whole = off = 0.0
    for rows in bins.values():
        weights = [1.0 if relay else weight for _, relay in rows]
        said = sum(w * likelihood for w, (likelihood, _) in zip(weights, rows, strict=True))
        true = sum(w for w, (_, relay) in zip(weights, rows, strict=True) if relay)
        whole, off = whole + sum(weights), off + abs(said - true)
    return off / whole if whole else 0.0


def _reckoned(title: str, outcomes: list[Outcome]) -> None:
    relays = sum(one.relays for one in outcomes)
    innocent = sum(one.hosts for one in outcomes) - relays
    prior = config.load().number("relay.flows.prior")
    weight = relays / prior / innocent if innocent else 1.0
    points = [point for one in outcomes for point in one.points]
    channels = [point for one in outcomes for point in one.channels]
    others = points.copy()
    for point in channels:
        others.remove(point)
    for what, rows in (("listed hosts", points), ("control channels alone", channels), ("all but these", others)):
        relays = sum(relay for _, relay in rows)
        print(f"{title}: {len(rows)} {what}, {relays} of them relays, ECE {error(rows, 1.0):.3f} as listed, "
              f"{error(rows, weight):.3f} with innocent hosts x {weight:.1f}")  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=92_001)
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--flows", type=int, default=150_000)
    parser.add_argument(
        "--presets", default=",".join(one for one in presets() if not one.startswith("scan") and one != "sample")
    )
    parser.add_argument("--without-inventory", action="store_true")
    given = parser.parse_args(arguments if arguments is not None else [])
    heads = f"{'preset':12}{'relays found':>14}{'hidden':>8}{'false hosts':>13}{'host-days':>11}{'s':>6}"
    print(f"{heads}  by mechanism; notes")
    made: dict[str, Outcome] = {}
    for place, name in enumerate(given.presets.split(",")):
        begun = time.perf_counter()
        one = measured(
            preset(name), given.seed + place, given.hosts, given.flows, inventory=not given.without_inventory
        )
        made[name] = one
        share = f"{sum(one.found.values())}/{one.relays}"
        kinds = ", ".join(f"{kind} {one.found[kind]}/{count}" for kind, count in sorted(one.planted.items()))
        print(f"{name:12}{share:>14}{one.hidden:>8}{one.false:>13}{one.hosts:>11}{time.perf_counter() - begun:>6.0f}  "
              f"{kinds}; {', '.join(one.conditions) or 'none'}", flush=True)  # fmt: skip
    print(json.dumps({name: [one.false, one.unlikely] for name, one in made.items()}))
    clear = [one for name, one in made.items() if name in ("easy", "hard", "none")]
    _reckoned("easy, hard, none", clear)
    _reckoned("all presets", list(made.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
