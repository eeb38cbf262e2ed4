"""Presets: what is planted in which background, seen by which sensor. Data in `presets/*.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from geppo.errors import DataError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Numbers of planted hosts by mechanism, and the laws of what they carry.

    `lag_ms` is the mean of a gamma law (k = 2) between both legs; `overhead` the share and `extra` the bytes that
    framing adds to a leg, each drawn per relay up to this; `pad` pads to a multiple of so many bytes; `hold` seconds
    are waited before data go on (store and forward). One outside end steers about `steered` of the planted hosts.
    `sessions` is the range of carried sessions a day; `up` and `down` are medians in bytes; `bulk` the share of bulk
    transfers.
    """

    forward: int = 0
    back_connect: int = 0
    tunnels: int = 0
    tunnels_several: int = 0
    proxyware: int = 0
    beacons: int = 0
    lag_ms: float = 80.0
    overhead: float = 0.05
    extra: int = 400
    pad: int = 0
    hold: float = 0.0
    sessions: tuple[int, int] = (30, 600)
    up: int = 1_000
    down: int = 5_000
    bulk: float = 0.1
    jitter: float = 0.5
    steered: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Sizes of the network: hosts and look-alikes; `flows` a day of people and visitors, machines come on top."""

    hosts: int = 2_000
    flows: int = 400_000
    external: int = 40_000
    proxies: int = 2
    reverse_proxies: int = 3
    application_servers: int = 6
    vpn_gateways: int = 1
    jump_hosts: int = 2
    media_relays: int = 1
    update_products: int = 40
    unlisted: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What the sensor does to the records: keeps one packet in `sampling`, cuts long flows every `timeout` seconds, is
    `skew` seconds apart between inside and outside, hides devices behind one address (`nat`), sees one direction only
    (`one_sided`), loses a share of the records (`loss`)."""

    sampling: int = 1
    timeout: float = 0.0
    skew: float = 0.0
    nat: float = 0.0
    one_sided: bool = False
    loss: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanNetwork:
    """One planted network in scan records. `trait` is how its services look alike: one `shared` certificate, a
    `pattern` of issuer with a certificate each, or a `banner`. `batch` nodes are made within hours on one port."""

    name: str
    kind: str
    trait: str
    nodes: int
    ports: tuple[int, ...]
    issuer: str = ""
    subject: str = ""
    years: int = 10
    batch: int = 0
    devices: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    asns: int = 200
    life_days: float = 60.0
    servers: int = 0
    server_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Scan records: benign services, months, vantages with the share of the world that each sees, planted networks."""

    services: int = 50_000
    months: int = 3
    vantages: tuple[float, ...] = (1.0,)
    networks: tuple[ScanNetwork, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One preset."""

    name: str
    about: str
    planted: Planted
    background: Background
    sensor: Sensor
    scan: Scan


@cache
def presets() -> tuple[str, ...]:
    """Names of the packaged presets, sorted."""
    folder = resources.files("geppo.relay.lab").joinpath("presets")
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


def preset(name: str) -> Preset:
    """A packaged preset. Raises UsageError for an unknown name."""
    if name not in presets():
        raise UsageError(f"relay lab: no preset {name!r}; expected one of {', '.join(presets())}")
    text = resources.files("geppo.relay.lab").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    scan = dict(raw.get("scan", {}))
    networks = tuple(_made(ScanNetwork, row, name) for row in scan.pop("network", []))
    return Preset(
        name=name,
        about=raw["about"],
        planted=_made(Planted, raw.get("planted", {}), name),
        background=_made(Background, raw.get("background", {}), name),
        sensor=_made(Sensor, raw.get("sensor", {}), name),
        scan=_made(Scan, {**scan, "networks": networks}, name),
    )


def _made(kind: type[Any], row: dict[str, Any], name: str) -> Any:
    known = {one.name for one in fields(kind)}
    if unknown := sorted(set(row) - known):
        raise DataError(f"preset {name}: {kind.__name__} has no field {', '.join(unknown)}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
