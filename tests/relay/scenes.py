"""Small made networks with known truth, for the tests and the bench of the flow detectors. Records only, no traffic.

A scene is a row of `tests/cases/relay/scenes.toml`: how many hosts, which relays under which laws, which look-alikes.
Every address is a private or a documentation-style made one; the truth is one role a planted host.
"""

from __future__ import annotations

import ipaddress
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

Array = Any
"""A numpy array of numbers or addresses."""

COLUMNS = ("ts", "duration", "src", "sport", "dst", "dport", "proto", "out", "back", "state")
EPOCH = 1_772_323_200.0
"""2026-03-01 00:00 UTC."""
DAY = 86_400.0
INSIDE = int(ipaddress.ip_address("10.0.0.0"))
OUTSIDE = int(ipaddress.ip_address("20.0.0.0"))


@dataclass(slots=True)
class Scene:
    """Rows under construction, the truth so far and the inventory rows of the planted hosts."""

    rng: np.random.Generator
    laws: Mapping[str, Any]
    hosts: int
    days: float
    parts: list[dict[str, Array]] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    planted: dict[str, list[str]] = field(default_factory=dict)
    inventory: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def law(self, name: str, default: float) -> float:
        """A number of the scene's row."""
        return float(self.laws.get(name, default))

    def add(self, **columns: Any) -> None:
        """Add flows; scalars are spread over the longest column."""
        size = max(np.size(value) for value in columns.values())
        if not size:
            return
        row = {"sport": self.rng.integers(1024, 65000, size), "proto": 6, "state": 1, **columns}
        self.parts.append({name: np.broadcast_to(np.asarray(row[name]), (size,)) for name in COLUMNS})

    def lognormal(self, median: float, sigma: float, size: int) -> Array:
        """Whole numbers of bytes under a log-normal law."""
        return np.maximum(self.rng.lognormal(np.log(median), sigma, size), 1).astype(np.int64)

    def times(self, count: int) -> Array:
        """Times over the scene with a daily rhythm."""
        day = self.rng.random(4 * count + 16)
        keep = self.rng.random(day.size) < 0.25 + 0.75 * np.sin(np.pi * day) ** 2
        chosen = day[keep][:count]
        return EPOCH + (chosen + self.rng.integers(0, max(int(self.days), 1), chosen.size)) * DAY * min(self.days, 1)

    def outside(self, count: int) -> Array:
        """Fresh outside addresses."""
        return OUTSIDE + self.rng.integers(0, 2**27, count)


def address(number: int) -> str:
    """Dotted form of a made address."""
    return str(ipaddress.ip_address(int(number)))


def background(scene: Scene) -> None:
    """Bursts to Zipf destinations with a name lookup before, from hosts with heavy-tailed activity."""
    rng = scene.rng
    rate = scene.law("flows_per_host_day", 300) * scene.days / 6
    bursts = rng.poisson(rate * rng.gamma(0.8, 1 / 0.8, scene.hosts))
    host = np.repeat(np.arange(scene.hosts), bursts)
    start = scene.times(host.size)
    host = host[: start.size]
    popular = scene.outside(20_000)
    rank = np.minimum(rng.zipf(1.3, host.size), popular.size) - 1
    scene.add(ts=start - rng.gamma(2, 0.02, host.size), duration=rng.gamma(2, 0.01, host.size), src=INSIDE + host,
              dst=INSIDE + 53, dport=53, proto=17, out=rng.integers(30, 70, host.size),
              back=rng.integers(60, 400, host.size))  # fmt: skip
    many = 1 + rng.geometric(0.25, host.size)
    host, start, rank = np.repeat(host, many), np.repeat(start, many), np.repeat(rank, many)
    moved = rng.random(host.size) < 0.5
    rank = np.where(moved, np.minimum(rng.zipf(1.3, host.size), popular.size) - 1, rank)
    out = scene.lognormal(900, 0.9, host.size)
    back = scene.lognormal(7000, 1.6, host.size)
    upload = rng.random(host.size) < 0.05
    out = np.where(upload, scene.lognormal(60_000, 1.6, host.size), out)
    failed = rng.random(host.size) < 0.03
    scene.add(ts=start + rng.exponential(0.6, host.size), duration=rng.lognormal(0.3, 1.5, host.size),
              src=INSIDE + host, dst=popular[rank],
              dport=np.where(rng.random(host.size) < 0.9, 443, 80), out=np.where(failed, 0, out),
              back=np.where(failed, 0, back), state=np.where(failed, 0, 1))  # fmt: skip


def agents(scene: Scene) -> None:
    """Update agents: one period and size for a fifth of the hosts, to few destinations."""
    rng = scene.rng
    for _ in range(int(scene.law("agents", 3))):
        period, up, down = rng.choice([300.0, 900.0, 3600.0]), rng.integers(200, 2000), rng.integers(500, 9000)
        homes = scene.outside(4)
        for host in rng.choice(scene.hosts, max(scene.hosts // 5, 1), replace=False):
            beacon(scene, INSIDE + int(host), int(rng.choice(homes)), 443, period, 0.05, int(up), int(down))


def long_lived(scene: Scene) -> None:
    """What ordinary hosts keep open: push channels, calls, uploads to a cloud, staff tunnels, shells, streams."""
    rng = scene.rng
    for name, share, length, out, back, ports in (
        ("push", 0.5, 30_000, 6e3, 9e3, (443, 5223, 5228)), ("call", 0.1, 2400, 1.5e8, 1.6e8, (443, 3478)),
        ("upload", 0.08, 900, 6e7, 8e5, (443,)), ("tunnel", 0.03, 18_000, 2e7, 1.5e8, (443, 1194, 51820)),
        ("shell", 0.04, 5000, 3e4, 2e5, (22,)), ("stream", 0.15, 3600, 1.5e6, 4e8, (443,)),
        ("sync", 0.05, 40_000, 9e6, 1.1e7, (443, 22000)),
    ):  # fmt: skip
        homes = scene.outside(40 if name in ("push", "call", "stream") else 300)
        host = rng.choice(scene.hosts, max(int(scene.hosts * share * scene.law("long", 1.0)), 1))
        start = scene.times(host.size)
        host = host[: start.size]
        scene.add(ts=start, duration=rng.lognormal(np.log(length), 0.7, host.size), src=INSIDE + host,
                  dst=rng.choice(homes, host.size), dport=rng.choice(ports, host.size),
                  out=scene.lognormal(out, 1.1, host.size), back=scene.lognormal(back, 1.1, host.size))  # fmt: skip


def beacon(scene: Scene, host: int, peer: int, port: int, period: float, jitter: float, up: int, down: int) -> None:
    """Connections at a period with uniform jitter; one in twenty is missing."""
    rng = scene.rng
    count = int(scene.days * DAY / period)
    gaps = period * (1 + jitter * rng.uniform(-1, 1, count))
    times = EPOCH + np.cumsum(gaps) - rng.random() * period
    times = times[(rng.random(count) > 0.05) & (times < EPOCH + scene.days * DAY)]
    scene.add(ts=times, duration=rng.gamma(2, 0.1, times.size), src=host, dst=peer, dport=port,
              out=up + rng.integers(0, 40, times.size), back=down + rng.integers(0, 60, times.size))  # fmt: skip


def _sizes(scene: Scene, count: int) -> tuple[Array, Array, Array]:
    rng = scene.rng
    up, down = scene.lognormal(1000, 1.0, count), scene.lognormal(5000, 1.4, count)
    length = rng.lognormal(np.log(1.6), 1.0, count)
    bulk = rng.random(count) < 0.1
    down = np.where(bulk, scene.lognormal(400_000, 1.0, count), down)
    return up, down, np.where(bulk, rng.lognormal(np.log(55), 0.6, count), length)


def _more(scene: Scene, value: Array) -> Array:
    """A leg with its envelope: a share and some bytes more, drawn per connection within the scene's limits."""
    rng = scene.rng
    share = rng.uniform(0.005, scene.law("overhead", 0.05), value.size)
    return (value * (1 + share) + rng.uniform(20, scene.law("overhead_bytes", 400), value.size)).astype(np.int64)


def _relayed(scene: Scene, host: int, count: int) -> tuple[Array, Array, Array, Array]:
    """Out-legs of a relay: start, length, bytes up and down, each to an outside target."""
    rng = scene.rng
    start = scene.times(count) if rng.random() < 0.5 else EPOCH + np.sort(rng.random(count)) * scene.days * DAY
    up, down, length = _sizes(scene, start.size)
    targets = np.where(
        rng.random(start.size) < 0.5, scene.outside(start.size), rng.choice(scene.outside(30), start.size)
    )
    scene.add(ts=start, duration=length, src=host, dst=targets, dport=rng.choice([443, 80, 22, 25, 993], start.size,
              p=[0.7, 0.12, 0.08, 0.05, 0.05]), out=up, back=down)  # fmt: skip
    return start, length, up, down


def _lag(scene: Scene, count: int) -> Array:
    return scene.rng.gamma(2, scene.law("lag", 0.08) / 2, count)


def forward(scene: Scene, host: int) -> None:
    """Connections come in on an odd port and go out at once."""
    rng = scene.rng
    start, length, up, down = _relayed(scene, host, int(rng.integers(30, 600) * scene.days))
    callers = scene.outside(int(rng.integers(1, 6)))
    lag, tail = _lag(scene, start.size), rng.gamma(2, 0.05, start.size)
    scene.add(ts=start - lag, duration=length + lag + tail, src=rng.choice(callers, start.size), dst=host,
              dport=int(rng.integers(2000, 60000)), out=_more(scene, up), back=_more(scene, down))  # fmt: skip


def backconnect(scene: Scene, host: int) -> None:
    """A beacon to a controller; each relayed connection rides on one that the host opens to it first."""
    rng = scene.rng
    start, length, up, down = _relayed(scene, host, int(rng.integers(30, 600) * scene.days))
    controller, port = int(scene.outside(1)[0]), int(rng.integers(2000, 60000))
    lag, tail = _lag(scene, start.size), rng.gamma(2, 0.05, start.size)
    scene.add(ts=start - lag, duration=length + lag + tail, src=host, dst=controller, dport=port,
              out=_more(scene, down), back=_more(scene, up))  # fmt: skip
    beacon(scene, host, controller, port, float(rng.uniform(60, 3600)), float(rng.uniform(0, 0.5)), 300, 200)


def mux(scene: Scene, host: int, servers: int = 1) -> None:
    """Few long connections to one or several servers carry everything that the host then opens."""
    rng = scene.rng
    start, length, up, down = _relayed(scene, host, int(rng.integers(60, 600) * scene.days))
    homes = scene.outside(1) + np.arange(servers) * (1 if rng.random() < 0.5 else 70_000)
    port = int(rng.integers(2000, 60000))
    cut = scene.law("slice", float(rng.choice([2.0, 6.0, 24.0])) * 3600)
    ports = rng.integers(1024, 65000, servers)
    use = rng.integers(0, servers, start.size)
    edges = np.arange(EPOCH, EPOCH + scene.days * DAY + 1, cut)
    for index, home in enumerate(homes):
        own = use == index
        late = np.clip((edges[None, :] - start[own, None]) / length[own, None], 0, 1)
        share = np.diff(np.concatenate([late, np.ones((late.shape[0], 1))], axis=1), axis=1)
        out, back = ((share * _more(scene, part[own])[:, None]).sum(axis=0)[:-1] for part in (down, up))
        more = {"sport": ports[index]} if "slice" in scene.laws else {}
        scene.add(ts=edges[:-1], duration=cut - 0.1, src=host, dst=home, dport=port,
                  out=(out + 300).astype(np.int64), back=(back + 200).astype(np.int64), **more)  # fmt: skip


def mux_many(scene: Scene, host: int) -> None:
    """The same over six servers."""
    mux(scene, host, 6)


def mux_inbound(scene: Scene, host: int) -> None:
    """An operator opens long tunnels to the host, which opens what they carry."""
    rng = scene.rng
    start, _, up, down = _relayed(scene, host, int(rng.integers(60, 600) * scene.days))
    caller, port = int(scene.outside(1)[0]), int(rng.integers(2000, 60000))
    for left, right in pairwise(np.linspace(EPOCH, EPOCH + scene.days * DAY, 5)):
        own = (start >= left) & (start < right)
        scene.add(ts=np.array([left]), duration=right - left - 60, src=caller, dst=host, dport=port,
                  out=_more(scene, up[own]).sum(), back=_more(scene, down[own]).sum())  # fmt: skip


def pivot(scene: Scene, host: int) -> None:
    """An outside address goes through the host to many hosts of the house."""
    _through(scene, host, scene.outside(2), int(scene.rng.integers(2000, 60000)),
             INSIDE + 60_100 + np.arange(25), 120, 445)  # fmt: skip


def inside_pivot(scene: Scene, host: int) -> None:
    """One host of the house goes through it to many others."""
    _through(scene, host, INSIDE + scene.rng.choice(scene.hosts, 1), int(scene.rng.integers(2000, 60000)),
             INSIDE + 60_130 + np.arange(25), 120, 445)  # fmt: skip


def slow(scene: Scene, host: int) -> None:
    """A dozen relayed connections a day."""
    start, length, up, down = _relayed(scene, host, 14)
    lag = _lag(scene, start.size)
    scene.add(ts=start - lag, duration=length + lag, src=int(scene.outside(1)[0]), dst=host, dport=34_567,
              out=_more(scene, up), back=_more(scene, down))  # fmt: skip


def c2(scene: Scene, host: int) -> None:
    """A control channel and nothing else."""
    beacon(scene, host, int(scene.outside(1)[0]), int(scene.rng.integers(2000, 60000)),
           float(scene.rng.uniform(60, 3600)), float(scene.rng.uniform(0, 0.5)), 300, 200)  # fmt: skip


def _through(scene: Scene, host: int, clients: Array, port: int, targets: Array, count: int, dport: int) -> None:
    rng = scene.rng
    start = scene.times(count)
    up, down, length = _sizes(scene, start.size)
    lag = rng.gamma(2, 0.01, start.size)
    scene.add(ts=start, duration=length, src=host, dst=rng.choice(targets, start.size), dport=dport, out=up, back=down)
    scene.add(ts=start - lag, duration=length + lag, src=rng.choice(clients, start.size), dst=host, dport=port,
              out=_more(scene, up), back=_more(scene, down))  # fmt: skip


def forward_proxy(scene: Scene, host: int) -> None:
    """Many clients of the house go out through it."""
    clients = INSIDE + scene.rng.choice(scene.hosts, max(scene.hosts // 10, 12), replace=False)
    _through(scene, host, clients, 3128, scene.outside(2000), 6000, 443)


def reverse_proxy(scene: Scene, host: int) -> None:
    """The whole world calls; it calls three servers of the house."""
    _through(scene, host, scene.outside(1500), 443, INSIDE + 60_000 + np.arange(3), 5000, 8080)


def application(scene: Scene, host: int) -> None:
    """A web application: each request makes a query to a database, sizes of its own."""
    rng = scene.rng
    start = scene.times(4000)
    scene.add(
        ts=start,
        duration=rng.gamma(2, 0.1, start.size),
        src=scene.outside(800)[rng.integers(0, 800, start.size)],
        dst=host,
        dport=443,
        out=scene.lognormal(700, 0.5, start.size),
        back=scene.lognormal(20_000, 1, start.size),
    )
    scene.add(ts=start + rng.gamma(2, 0.01, start.size), duration=rng.gamma(2, 0.05, start.size), src=host,
              dst=INSIDE + 60_010, dport=5432, out=scene.lognormal(400, 0.4, start.size),
              back=scene.lognormal(3000, 1, start.size))  # fmt: skip


def jump_host(scene: Scene, host: int) -> None:
    """Four administrators go on to servers of the house."""
    clients = INSIDE + scene.rng.choice(scene.hosts, 4, replace=False)
    _through(scene, host, clients, 22, INSIDE + 60_020 + np.arange(12), 60, 22)


def vpn(scene: Scene, host: int) -> None:
    """Long tunnels from employees outside, many connections to servers of the house and out."""
    rng = scene.rng
    for _ in range(40):
        begin, length = EPOCH + rng.random() * (DAY * scene.days - 3e4), float(rng.uniform(5e3, 2.5e4))
        count = int(rng.integers(50, 300))
        up, down, each = _sizes(scene, count)
        start = begin + rng.random(count) * length
        target = np.where(rng.random(count) < 0.6, INSIDE + 60_040 + rng.integers(0, 20, count), scene.outside(count))
        scene.add(ts=start, duration=each, src=host, dst=target, dport=443, out=up, back=down)
        scene.add(ts=np.array([begin]), duration=length + 300, src=scene.outside(1), dst=host, dport=443, proto=17,
                  out=np.array([_more(scene, up).sum()]), back=_more(scene, down).sum())  # fmt: skip


def backup(scene: Scene, host: int) -> None:
    """Pulls from many hosts by night, pushes to one store outside."""
    rng = scene.rng
    clients = INSIDE + rng.choice(scene.hosts, 40, replace=False)
    sizes = scene.lognormal(3e7, 1, 40)
    start = EPOCH + 3600 + np.sort(rng.random(40)) * 9000
    scene.add(ts=start, duration=120.0, src=host, dst=clients, dport=10000, out=sizes // 60, back=sizes)
    scene.add(ts=start[::4] + 130, duration=300.0, src=host, dst=scene.outside(1), dport=443,
              out=np.add.reduceat(sizes, np.arange(0, 40, 4)), back=np.full(10, 90_000))  # fmt: skip


def mail(scene: Scene, host: int) -> None:
    """Mail in from outside and inside, and on to others."""
    rng = scene.rng
    start = scene.times(1500)
    size = scene.lognormal(20_000, 1.5, start.size)
    callers = scene.outside(400)[rng.integers(0, 400, start.size)]
    scene.add(ts=start, duration=rng.gamma(2, 0.8, start.size), src=callers,
              dst=host, dport=25, out=size, back=600)  # fmt: skip
    scene.add(ts=start + rng.gamma(2, 0.3, start.size), duration=rng.gamma(2, 0.5, start.size), src=host,
              dst=INSIDE + 60_070 + rng.integers(0, 2, start.size), dport=25, out=size + 300, back=600)  # fmt: skip


def p2p(scene: Scene, host: int) -> None:
    """Peers by the hundred in both directions on odd ports."""
    rng = scene.rng
    for inbound in (True, False):
        start = scene.times(2000)
        peers = scene.outside(500)[rng.integers(0, 500, start.size)]
        scene.add(ts=start, duration=rng.lognormal(3, 1.5, start.size), src=peers if inbound else host,
                  dst=host if inbound else peers, dport=51413 if inbound else rng.integers(1025, 65000, start.size),
                  out=scene.lognormal(4000, 2.2, start.size), back=scene.lognormal(4000, 2.2, start.size))  # fmt: skip


def scanner(scene: Scene, host: int) -> None:
    """Tries every host of the house on twenty ports."""
    rng = scene.rng
    count = 20_000
    closed = rng.random(count) < 0.95
    scene.add(ts=EPOCH + 40_000 + np.sort(rng.random(count)) * 7200, duration=0.01, src=host,
              dst=INSIDE + rng.integers(0, scene.hosts, count), dport=rng.integers(20, 40, count),
              out=np.where(closed, 0, 40), back=np.where(closed, 0, 60), state=np.where(closed, 0, 1))  # fmt: skip


CASES = Path(__file__).parent.parent / "cases" / "relay" / "scenes.toml"

PLANTS: dict[str, tuple[str, Callable[[Scene, int], None], tuple[str, str, str]]] = {
    "forward": ("relay", forward, ("router", "edge", "no")),
    "backconnect": ("relay", backconnect, ("nas", "storage", "no")),
    "mux": ("relay", mux, ("router", "edge", "no")),
    "mux_many": ("relay", mux_many, ("camera", "camera", "no")),
    "mux_inbound": ("relay", mux_inbound, ("router", "edge", "no")),
    "pivot": ("relay", pivot, ("firewall", "edge", "no")),
    "inside_pivot": ("relay", inside_pivot, ("server", "database", "no")),
    "slow": ("relay", slow, ("router", "edge", "no")),
    "c2": ("control-channel", c2, ("camera", "camera", "no")),
    "forward_proxy": ("sanctioned-relay", forward_proxy, ("server", "forward proxy", "yes")),
    "reverse_proxy": ("sanctioned-relay", reverse_proxy, ("server", "reverse proxy", "yes")),
    "application": ("none", application, ("server", "web application", "no")),
    "jump_host": ("sanctioned-relay", jump_host, ("server", "jump host", "yes")),
    "vpn": ("sanctioned-relay", vpn, ("server", "vpn gateway", "yes")),
    "backup": ("none", backup, ("server", "backup", "yes")),
    "mail": ("none", mail, ("server", "mail", "yes")),
    "p2p": ("none", p2p, ("workstation", "desk", "no")),
    "scanner": ("scanner", scanner, ("server", "vulnerability scanner", "yes")),
}


def make(row: Mapping[str, Any], seed: int) -> Scene:
    """A scene of a row: background, agents and the planted hosts, one seed one scene."""
    scene = Scene(rng=np.random.default_rng(seed), laws=row, hosts=int(row["hosts"]), days=float(row.get("days", 1)))
    background(scene)
    agents(scene)
    long_lived(scene)
    for host in range(scene.hosts):
        scene.inventory[address(INSIDE + host)] = ("workstation" if host % 5 else "printer", "desk", "no")
    free = iter(scene.rng.permutation(np.arange(256, scene.hosts)))
    for name, count in row.get("plants", {}).items():
        truth, plant, listed = PLANTS[name]
        for _ in range(int(count)):
            host = INSIDE + int(next(free))
            plant(scene, host)
            scene.truth[address(host)] = truth
            scene.planted.setdefault(name, []).append(address(host))
            scene.inventory[address(host)] = listed
    if "slice" in row:
        sliced(scene, float(row["slice"]))
    if "sample" in row:
        sampled(scene, int(row["sample"]))
    return scene


def sliced(scene: Scene, seconds: float) -> None:
    """Cut all flows as a sensor with an active time-out does, bytes evenly over the pieces."""
    whole = {name: np.concatenate([part[name] for part in scene.parts]) for name in COLUMNS}
    pieces = np.maximum(np.ceil(whole["duration"] / seconds), 1).astype(np.int64)
    index = np.repeat(np.arange(pieces.size), pieces)
    place = np.arange(index.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    cut = {name: column[index] for name, column in whole.items()}
    cut["ts"] = cut["ts"] + place * seconds
    cut["duration"] = np.minimum(cut["duration"] - place * seconds, seconds)
    for name in ("out", "back"):
        cut[name] = cut[name] // pieces[index] + (place == 0) * (cut[name] % pieces[index])
    scene.parts = [cut]


def sampled(scene: Scene, one_in: int) -> None:
    """Keep one flow in so many, as a sampling sensor does."""
    whole = {name: np.concatenate([part[name] for part in scene.parts]) for name in COLUMNS}
    keep = scene.rng.random(whole["ts"].size) < 1 / one_in
    scene.parts = [{name: column[keep] for name, column in whole.items()}]


def load(
    scene: Scene,
    connection: duckdb.DuckDBPyConnection,
    *,
    table: str = "flow",
    order: int = 0,
    shift: int = 0,
    six: bool = False,
) -> None:
    """Put the rows of a scene into a table with the canonical flow columns.

    `order` chooses another order of the rows, `shift` seconds move all times, `six` spells all addresses as IPv6 with
    one /64 for each /24.
    """
    made = {name: np.concatenate([part[name] for part in scene.parts]) for name in COLUMNS}
    spelt = _six if six else _dotted
    connection.register("made", made)
    connection.execute(
        f"""CREATE OR REPLACE TABLE {table} AS
        SELECT make_timestamp((ts * 1e6)::BIGINT + {shift}::BIGINT * 1000000) AS ts, duration::DOUBLE AS duration,
        {spelt("src")} AS "id.orig_h", sport::INTEGER AS "id.orig_p", {spelt("dst")} AS "id.resp_h",
        dport::INTEGER AS "id.resp_p", if(proto = 17, 'udp', 'tcp') AS proto, "out"::BIGINT AS orig_bytes,
        back::BIGINT AS resp_bytes, ("out" // 900 + 3)::BIGINT AS orig_pkts, (back // 900 + 3)::BIGINT AS resp_pkts,
        if(state = 1, 'SF', 'S0') AS conn_state FROM made ORDER BY hash(ts, sport, {order})"""
    )


def _dotted(column: str) -> str:
    parts = (f"({column}::BIGINT >> {shift} & 255)" for shift in (24, 16, 8, 0))
    return "concat_ws('.', " + ", ".join(parts) + ")"


def _six(column: str) -> str:
    number = f"{column}::BIGINT"
    return f"format('2001:db8:{{:x}}:{{:x}}::{{:x}}', {number} >> 16, ({number} >> 8 & 255) + 256, {number} & 255)"


def as_six(text: str) -> str:
    """An IPv4 text as `load(six=True)` spells it, in normal form."""
    number = int(ipaddress.ip_address(text))
    return str(ipaddress.ip_address(f"2001:db8:{number >> 16:x}:{(number >> 8 & 255) + 256:x}::{number & 255:x}"))


def write(scene: Scene, folder: Path) -> Path:
    """Write `flow.parquet`, `inventory.csv` and `truth.csv` of a scene."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    load(scene, connection, table="flow_made")
    target = folder / "flow.parquet"
    connection.execute(f"COPY flow_made TO '{target}' (FORMAT parquet)")
    lines = ["host,asset_class,role,sanctioned", *(f"{host},{','.join(row)}" for host, row in scene.inventory.items())]
    (folder / "inventory.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["host,role", *(f"{host},{role}" for host, role in scene.truth.items())]
    (folder / "truth.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def rows() -> dict[str, Any]:
    """All rows of scenes.toml by name."""
    return tomllib.loads(CASES.read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(write(make(rows()[sys.argv[1]], int(sys.argv[2])), Path(sys.argv[3])))
