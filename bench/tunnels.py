"""Recall of multiplexed tunnels: enough planted ones for a figure, on seeds that nothing else uses.

    python -m bench.tunnels [--presets easy,hard,...] [--seeds 3] [--first 95001] [--steered 6,1]

A house of 2,000 hosts has 10 relays with one tunnel and 10 with tunnels to six servers. `steered` is how many relays
one outside end steers: where it is 1, no relay has a server in common with another, and the bytes must tell alone.
Intervals: 95 %, Wilson. Nothing is tuned on what this prints.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from dataclasses import replace

from bench.presets import Outcome, measured
from geppo.relay.lab import preset
from geppo.relay.lab.preset import Preset

_EACH = 10
_KINDS = ("tunnel", "tunnels")


def _planted(name: str, steered: int) -> Preset:
    chosen = preset(name)
    only = replace(
        chosen.planted, forward=0, back_connect=0, proxyware=0, beacons=0, tunnels=_EACH, tunnels_several=_EACH,
        steered=steered,
    )  # fmt: skip
    return replace(chosen, planted=only)


def interval(found: int, planted: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z = 1.96
    share, whole = found / planted, 1 + z * z / planted
    middle = (share + z * z / (2 * planted)) / whole
    wide = z / whole * math.sqrt(share * (1 - share) / planted + z * z / (4 * planted**2))
    return max(middle - wide, 0.0), min(middle + wide, 1.0)


def _told(outcomes: list[Outcome]) -> str:
    found, planted = Counter[str](), Counter[str]()
    for one in outcomes:
        found, planted = found + one.found, planted + one.planted
    parts = []
    for kind in _KINDS:
        if planted[kind]:
            low, high = interval(found[kind], planted[kind])
            share = f"{found[kind]}/{planted[kind]} = {found[kind] / planted[kind]:.0%} ({low:.0%}-{high:.0%})"
            parts.append(f"{share:>24}")
    return "  ".join(parts)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", default="easy,hard,shifted,lossy,timeout,skewed")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=95_001)
    parser.add_argument("--steered", default="6,1")
    given = parser.parse_args(arguments if arguments is not None else [])
    print(f"{'preset':10}{'steered':>8}{'one server':>24}  {'six servers':>24}  false hosts of host-days")
    for steered in (int(one) for one in given.steered.split(",")):
        for name in given.presets.split(","):
            chosen = _planted(name, steered)
            made = [measured(chosen, given.first + 100 * steered + turn, 2_000, 150_000) for turn in range(given.seeds)]
            false, days = sum(one.false for one in made), sum(one.hosts for one in made)
            print(f"{name:10}{steered:>8}{_told(made)}  {false} of {days:,}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
