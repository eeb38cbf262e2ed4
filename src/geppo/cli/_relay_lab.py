"""`geppo relay lab`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from geppo.errors import UsageError


def run(
    *,
    seed: int,
    out: Path,
    preset: str = "easy",
    days: int = 1,
    hosts: int = 0,
    flows: int = 0,
    services: int = 0,
    form: Literal["parquet", "zeek"] = "parquet",
) -> int:
    """Make flow and scan records with truth, to measure detectors on. Records only: nothing is sent.

    Example: `geppo relay lab --seed 7 --preset hard --out lab`

    Parameters
    ----------
    seed
        The same seed, preset and sizes give the same records.
    out
        The folder for `flows/`, `services/`, `inventory.csv`, `truth.json`.
    preset
        easy, hard, none, shifted, a sensor fault (sampled, timeout, skewed, nat, one-sided, lossy) or scan-wide.
    days
        Days of flows.
    hosts
        Hosts inside; the preset's number if 0.
    flows
        Flows a day, about; the preset's number if 0.
    services
        Benign services a month; the preset's number if 0.
    form
        parquet, or zeek for packed conn logs.
    """
    from geppo.relay.lab import make_flows, make_services
    from geppo.relay.lab import preset as packaged

    if days < 1 or min(hosts, flows, services) < 0:
        raise UsageError("relay lab: expected at least one day, and sizes that are not negative")
    chosen = packaged(preset)
    sizes = chosen.background
    sizes = replace(sizes, hosts=hosts or sizes.hosts, flows=flows or sizes.flows)
    chosen = replace(chosen, background=sizes, scan=replace(chosen.scan, services=services or chosen.scan.services))
    told = make_flows(chosen, seed, out, days=days, zeek=form == "zeek")
    print(f"{told['rows']:,} flows of {days} day(s), {len(told['hosts'])} planted hosts: {out / 'flows'}")
    if chosen.scan.networks or preset == "none":
        scanned = make_services(chosen, seed, out)
        print(f"{len(scanned['networks'])} planted networks in scan records: {out / 'services'}")
    print(f"truth: {out / 'truth.json'}; these records are made")
    return 0
