"""Planted relays, proxyware and beacons, each with its truth. Starts are seconds of one day.

What is carried: sessions whose sizes are log-normal (up about 1 kB, down about 5 kB, a tenth of them bulk), lengths
about 1.6 s; the lag between legs is gamma with k = 2; framing adds a share and some bytes. Stated assumptions, all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geppo.relay.lab.flows import DAY, Floats, Flows, Ints, by_day, connections, joined
from geppo.relay.lab.preset import Planted
from geppo.relay.lab.world import World, outside

_BULK = 400_000.0
_MISSED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What one host is: role, mechanism, the outside ends that run it, sessions carried."""

    host: int
    role: str
    mechanism: str
    peers: tuple[int, ...]
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sessions:
    start: Floats
    length: Floats
    up: Floats
    down: Floats
    to: Ints
    port: Ints


def planted(
    fixed: np.random.Generator, chance: np.random.Generator, world: World, law: Planted
) -> tuple[Flows, list[Truth]]:
    """All planted flows of a day and their truth. `fixed` draws what stays over days: hosts, servers, ports, paces."""
    edge = fixed.permutation(world.of("camera", "router", "nas"))
    desks = fixed.permutation(world.of("workstation"))
    flows: list[Flows] = []
    truths: list[Truth] = []
    each = [
        *[("forward", edge)] * law.forward,
        *[("back-connect", edge)] * law.back_connect,
        *[("tunnel", edge)] * law.tunnels,
        *[("tunnels", edge)] * law.tunnels_several,
        *[("proxyware", desks)] * law.proxyware,
        *[("beacon", desks)] * law.beacons,
    ]
    taken = {"edge": 0, "desks": 0}
    controllers = outside(fixed, max(1, len(each) // law.steered + 1))
    for number, (mechanism, pool) in enumerate(each):
        name = "edge" if pool is edge else "desks"
        if taken[name] >= len(pool):
            break
        host = int(pool[taken[name]])
        taken[name] += 1
        made, truth = _one(fixed, chance, host, mechanism, law, int(controllers[number % len(controllers)]))
        flows += made
        truths.append(truth)
    return joined(flows), truths


_PORTS = {
    "forward": (7_777, 11_288, 63_256, 1_080, 55_555),
    "back-connect": (55_555, 45_675, 8_443, 51_715),
    "proxyware": (443, 8_443, 6_000, 51_115),
    "tunnel": (443, 8_443, 55_555),
    "tunnels": (443, 8_443, 55_555),
}


def _one(
    fixed: np.random.Generator, chance: np.random.Generator, host: int, mechanism: str, law: Planted, controller: int
) -> tuple[list[Flows], Truth]:
    if mechanism == "beacon":
        return _beacon(fixed, chance, host, law)
    several = {"tunnels": 6, "proxyware": 4, "forward": 3}.get(mechanism, 1)
    servers = np.array([controller, *outside(fixed, several - 1)], np.int64)
    port = int(fixed.choice(_PORTS[mechanism]))
    sessions = _sessions(chance, law)
    makers = {"forward": _forward, "back-connect": _back_connect, "proxyware": _back_connect}
    make = makers.get(mechanism, _tunnels)
    flows = list(make(chance, host, servers, port, sessions, law))
    role = "proxyware" if mechanism == "proxyware" else "relay"
    peers = tuple(int(one) for one in servers)
    return flows, Truth(host=host, role=role, mechanism=mechanism, peers=peers, sessions=len(sessions.start))


def _sessions(chance: np.random.Generator, law: Planted) -> _Sessions:
    size = int(chance.integers(law.sessions[0], law.sessions[1] + 1))
    bulk = chance.random(size) < law.bulk
    return _Sessions(
        start=by_day(chance, size, office=float(chance.uniform(0, 0.6))),
        length=np.where(bulk, 55.0, 1.6) * np.exp(chance.normal(0, 0.9, size)) + 0.05,
        up=law.up * np.exp(chance.normal(0, 1.0, size)) + 60,
        down=np.where(bulk, _BULK, float(law.down)) * np.exp(chance.normal(0, 1.1, size)) + 120,
        to=outside(chance, size),
        port=chance.choice(np.array([443, 443, 443, 80, 993, 587], np.int64), size),
    )


def _framed(chance: np.random.Generator, data: Floats, law: Planted) -> Floats:
    """Bytes of a leg that carries data: a share and some bytes more, padded where the preset pads."""
    framed = data * (1 + chance.uniform(0.005, law.overhead)) + chance.uniform(20, law.extra)
    return np.ceil(framed / law.pad) * law.pad if law.pad else framed


def _lag(chance: np.random.Generator, size: int, law: Planted) -> Floats:
    lag = chance.gamma(2.0, law.lag_ms / 2_000, size)
    return lag + chance.uniform(0.3, 1.0, size) * law.hold if law.hold else lag


def _outward(chance: np.random.Generator, host: int, sessions: _Sessions, lag: Floats) -> Flows:
    """The leg to where a session goes."""
    return connections(
        chance,
        sessions.start + lag,
        np.full(len(lag), host),
        sessions.to,
        sessions.port,
        sent=sessions.up,
        got=sessions.down,
        length=sessions.length,
        spread=0,
    )


def _forward(
    chance: np.random.Generator, host: int, servers: Ints, port: int, sessions: _Sessions, law: Planted
) -> Iterator[Flows]:
    """Somebody outside connects to the device, which connects on."""
    size = len(sessions.start)
    lag = _lag(chance, size, law)
    yield connections(
        chance,
        sessions.start,
        chance.choice(servers, size),
        np.full(size, host),
        port,
        sent=_framed(chance, sessions.up, law),
        got=_framed(chance, sessions.down, law),
        length=sessions.length + lag + chance.exponential(0.05, size),
        spread=0,
    )
    yield _outward(chance, host, sessions, lag)


def _back_connect(
    chance: np.random.Generator, host: int, servers: Ints, port: int, sessions: _Sessions, law: Planted
) -> Iterator[Flows]:
    """The device holds a line to its server; for every session it opens one more to it, and one to where it goes."""
    size = len(sessions.start)
    lag = _lag(chance, size, law)
    yield _line(chance, host, servers, port)
    yield connections(
        chance,
        sessions.start,
        np.full(size, host),
        chance.choice(servers, size),
        port + 1,
        sent=_framed(chance, sessions.down, law),
        got=_framed(chance, sessions.up, law),
        length=sessions.length + lag + chance.exponential(0.05, size),
        spread=0,
    )
    yield _outward(chance, host, sessions, lag)


def _line(chance: np.random.Generator, host: int, servers: Ints, port: int) -> Flows:
    """Control lines, renewed a few times a day."""
    start = np.sort(chance.uniform(0, DAY, 4 * len(servers)))
    return connections(
        chance,
        start,
        np.full(len(start), host),
        np.tile(servers, 4),
        port,
        sent=9_000,
        got=7_000,
        length=DAY / 6,
        spread=0.3,
    )


def _tunnels(
    chance: np.random.Generator, host: int, servers: Ints, port: int, sessions: _Sessions, law: Planted
) -> Iterator[Flows]:
    """All sessions inside one long connection to each server, renewed now and then: bytes are kept, legs are not."""
    size = len(sessions.start)
    lag = _lag(chance, size, law)
    at = chance.integers(0, len(servers), size)
    up, down = _framed(chance, sessions.up, law), _framed(chance, sessions.down, law)
    cuts = np.sort(np.concatenate([[0.0], chance.uniform(0, DAY, int(chance.integers(2, 12))), [DAY * 1.2]]))
    slot = np.searchsorted(cuts, sessions.start, side="right") - 1
    for server in range(len(servers)):
        held = [(first, last, (at == server) & (slot == number)) for number, (first, last) in enumerate(pairwise(cuts))]
        sent = np.array([down[chosen].sum() for _, _, chosen in held]) + 2_000
        got = np.array([up[chosen].sum() for _, _, chosen in held]) + 2_000
        yield connections(
            chance,
            np.array([first for first, _, _ in held]),
            np.full(len(held), host),
            np.full(len(held), servers[server]),
            port,
            sent=sent,
            got=got,
            length=np.array([last - first for first, last, _ in held]) * 0.999,
            spread=0,
        )
    yield _outward(chance, host, sessions, lag)


def _beacon(
    fixed: np.random.Generator, chance: np.random.Generator, host: int, law: Planted
) -> tuple[list[Flows], Truth]:
    """A call home at a pace with jitter; one in twenty is missing."""
    period, jitter = float(np.exp(fixed.uniform(np.log(60), np.log(3_600)))), fixed.uniform(0, law.jitter)
    beats = int(DAY / period)
    start = (np.arange(beats) + chance.uniform(-jitter / 2, jitter / 2, beats)) * period + chance.uniform(0, period)
    start = start[(chance.random(beats) >= _MISSED) & (start < DAY)]
    server = outside(fixed, 1)
    flows = connections(
        chance,
        start,
        np.full(len(start), host),
        np.full(len(start), server[0]),
        443,
        sent=float(fixed.integers(150, 900)),
        got=float(fixed.integers(100, 700)),
        length=0.5,
        spread=0.08,
    )
    truth = Truth(host=host, role="control-channel", mechanism="beacon", peers=(int(server[0]),), sessions=len(start))
    return [flows], truth
