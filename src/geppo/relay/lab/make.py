"""Write a preset's records and its truth.

Flows: `flows/day=YYYY-MM-DD.parquet` (or Zeek TSV) with the columns of `geppo.model.telemetry.FLOW`, sorted by time;
`inventory.csv`; services: `services/month=YYYY-MM.parquet`; `truth.json`; `README.txt`. Draws are of numpy's PCG64
from the seed, one stream for each part, so that a change of one part leaves the others as they were.
"""

from __future__ import annotations

import csv
import ipaddress
import json
import zlib
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from geppo.relay.lab.background import background
from geppo.relay.lab.faults import seen
from geppo.relay.lab.flows import Ints
from geppo.relay.lab.planted import Truth, planted
from geppo.relay.lab.preset import Preset
from geppo.relay.lab.services import Made, services
from geppo.relay.lab.world import World, world
from geppo.relay.lab.written import write

FIRST = date(2030, 3, 4)
"""The first made day: a Monday in the future of all real records."""

_README = """These records are made, not observed. Addresses outside are of 240.0.0.0/5, which is routed nowhere.
preset {name}, seed {seed}: {about}
truth.json says what was planted. docs/lab.md says how, and what such records cannot show.
"""


def stream(seed: int, *parts: object) -> np.random.Generator:
    """The random stream of one part."""
    words = [zlib.crc32(str(part).encode()) for part in parts]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def text_of(number: int) -> str:
    """An address as text."""
    return str(ipaddress.IPv4Address(number))


def make_flows(preset: Preset, seed: int, out: Path, *, days: int = 1, zeek: bool = False) -> dict[str, Any]:
    """Write flows, inventory and the flow part of the truth; the truth is returned too."""
    folder = out / "flows"
    folder.mkdir(parents=True, exist_ok=True)
    made = world(stream(seed, "world"), preset.background)
    hidden = _hidden(stream(seed, "nat"), made, preset.sensor.nat)
    truths: dict[int, Truth] = {}
    rows = 0
    for number in range(days):
        extra, told = planted(stream(seed, "fixed"), stream(seed, "planted", number), made, preset.planted)
        parts = chain(background(stream(seed, "background", number), made, preset.background), [extra])
        sensor = stream(seed, "sensor", number)
        recorded = (seen(sensor, made.own_ports(part, hidden), preset.sensor, hidden) for part in parts)
        rows += write(recorded, stream(seed, "packets", number), FIRST + timedelta(days=number), folder, zeek=zeek)
        for truth in told:
            truths[truth.host] = truth
    _inventory(stream(seed, "inventory"), made, preset.background.unlisted, out / "inventory.csv")
    found = {
        "rows": rows,
        "internal": ["10.0.0.0/8"],
        "hosts": [
            {
                "host": text_of(one.host), "role": one.role, "mechanism": one.mechanism, "sessions": one.sessions,
                "peers": [text_of(peer) for peer in one.peers], "hidden": bool(np.isin(one.host, hidden)),
            }
            for one in sorted(truths.values(), key=lambda truth: truth.host)
        ],
        "sanctioned": {role: [text_of(int(host)) for host in hosts] for role, hosts in sorted(made.special.items())},
    }  # fmt: skip
    _truth(out, preset, seed, flows=found)
    return found


def make_services(preset: Preset, seed: int, out: Path, *, first: date = FIRST) -> dict[str, Any]:
    """Write scan records from the month of `first` on and the scan part of the truth; the truth is returned too."""
    folder = out / "services"
    folder.mkdir(parents=True, exist_ok=True)
    networks: dict[str, dict[str, Any]] = {}
    for number in range(preset.scan.months):
        for made in services(lambda *parts: stream(seed, "scan", *parts), preset.scan, number, first):
            _write_services(made, folder)
            for name, members in made.members.items():
                row = networks.setdefault(name, {"class": made.kinds[name], "members": {}})
                row["members"].setdefault(made.month, []).extend(members)
    found = {"networks": {name: networks[name] for name in sorted(networks)}}
    _truth(out, preset, seed, scan=found)
    return found


def _hidden(chance: np.random.Generator, made: World, share: float) -> Ints:
    edge = made.of("camera", "router", "nas")
    return np.sort(chance.choice(edge, int(len(edge) * share), replace=False)) if share else np.empty(0, np.int64)


def _truth(out: Path, preset: Preset, seed: int, **parts: dict[str, Any]) -> None:
    path = out / "truth.json"
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known |= {"preset": preset.name, "seed": seed, **parts}
    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (out / "README.txt").write_text(_README.format(name=preset.name, seed=seed, about=preset.about), encoding="utf-8")


def _inventory(chance: np.random.Generator, made: World, unlisted: float, path: Path) -> None:
    """Most hosts with their class; special hosts with role and sanction, but for a share that nobody listed."""
    roles = {int(host): role for role, hosts in made.special.items() for host in hosts}
    with path.open("w", newline="", encoding="utf-8") as stream_:
        rows = csv.writer(stream_, lineterminator="\n")
        rows.writerow(("host", "asset_class", "role", "sanctioned"))
        for host, kind in zip(made.hosts, made.classes, strict=True):
            role = roles.get(int(host), "")
            if chance.random() < (unlisted if role else unlisted / 3):
                continue
            rows.writerow((text_of(int(host)), kind, role, "yes" if role else ""))


def _write_services(made: Made, folder: Path) -> None:
    columns = ", ".join(made.columns)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("made", made.rows)
        target = folder / f"month={made.month}.parquet"
        connection.execute(
            f"COPY (SELECT {columns} FROM made ORDER BY ts, ip, port, vantage) TO '{target}' "  # noqa: S608
            "(FORMAT parquet, COMPRESSION zstd)"
        )
