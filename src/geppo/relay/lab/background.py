"""What an office network does all day, its look-alikes of relays among it. Starts are seconds of one day.

Shapes are assumptions (docs/lab.md): heavy-tailed hosts, Zipf destinations, working hours, bursts; a share of names
looked up, of failed connections, of scans from outside.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geppo.relay.lab.flows import DAY, REJ, S0, UDP, Floats, Flows, Ints, by_day, connections
from geppo.relay.lab.preset import Background
from geppo.relay.lab.world import World, outside

_SHARES = {"web": 0.42, "dns": 0.17, "inbound": 0.12, "inner": 0.09, "scans": 0.02, "quic": 0.08}
_LOT = 400_000
"""Flows made at once: about 100 MB with what their making needs."""
_PORTS = np.array([443, 443, 443, 443, 80, 8443], np.int64)
_INNER = np.array([445, 389, 88, 3306, 5432, 443, 135], np.int64)


def background(chance: np.random.Generator, world: World, sizes: Background) -> Iterator[Flows]:
    """One day, in parts of no particular order, so that a large day need not lie in memory."""
    yield from _web(chance, world, int(sizes.flows * _SHARES["web"]))
    yield from _quic(chance, world, int(sizes.flows * _SHARES["quic"]))
    yield from _names(chance, world, int(sizes.flows * _SHARES["dns"]))
    yield from _inner(chance, world, int(sizes.flows * _SHARES["inner"]))
    yield from _scans(chance, world, int(sizes.flows * _SHARES["scans"]))
    yield from _served(chance, world, int(sizes.flows * _SHARES["inbound"]))
    yield from _updates(chance, world, sizes.update_products)
    yield from _proxied(chance, world, sizes)
    yield from _gateways(chance, world)
    yield from _services(chance, world)
    yield _edge(chance, world)


def _lots(size: int) -> Iterator[int]:
    """A number in lots of what is made at once; one lot at least."""
    whole, rest = divmod(size, _LOT)
    yield from [_LOT] * whole
    if rest or not whole:
        yield rest


class _Heavy:
    """Hosts drawn with heavy tails: a few do much. The weights are drawn at the first use and stay for all lots."""

    def __init__(self, chance: np.random.Generator, hosts: Ints) -> None:
        self._chance, self._hosts = chance, hosts
        self._share: Floats | None = None

    def draw(self, size: int) -> Ints:
        """So many hosts."""
        if self._share is None:
            weight = self._chance.pareto(1.3, len(self._hosts)) + 0.05
            self._share = weight / weight.sum()
        return self._chance.choice(self._hosts, size, p=self._share)


def _far(chance: np.random.Generator, world: World, size: int) -> Ints:
    return chance.choice(world.outside, size, p=world.weight)


def _web(chance: np.random.Generator, world: World, size: int) -> Iterator[Flows]:
    """Browsing, in bursts of a page's connections; some fail."""
    hosts = _Heavy(chance, world.of("workstation", "server"))
    for count in _lots(size):
        yield _pages(chance, world, hosts, max(1, count // 6))


def _pages(chance: np.random.Generator, world: World, hosts: _Heavy, pages: int) -> Flows:
    host, start = hosts.draw(pages), by_day(chance, pages)
    many = chance.integers(1, 12, pages)
    at = np.repeat(start, many) + chance.gamma(1.2, 1.5, many.sum())
    made = connections(
        chance,
        at,
        np.repeat(host, many),
        _far(chance, world, many.sum()),
        chance.choice(_PORTS, many.sum()),
        sent=900,
        got=9_000,
        length=2.5,
        spread=1.5,
    )
    failed = chance.random(len(made)) < 0.03
    made.state[failed] = np.where(chance.random(failed.sum()) < 0.6, S0, REJ)
    made.sent[failed] = made.got[failed] = 0
    return made


def _quic(chance: np.random.Generator, world: World, size: int) -> Iterator[Flows]:
    hosts = _Heavy(chance, world.of("workstation"))
    for count in _lots(size):
        yield connections(
            chance,
            by_day(chance, count),
            hosts.draw(count),
            _far(chance, world, count),
            443,
            sent=3_000,
            got=20_000,
            length=8,
            proto=UDP,
            spread=1.6,
        )


def _names(chance: np.random.Generator, world: World, size: int) -> Iterator[Flows]:
    """Look-ups, and what the resolvers ask outside for those that they do not know."""
    hosts = _Heavy(chance, world.hosts)
    for count in _lots(size):
        asked = connections(
            chance,
            by_day(chance, count),
            hosts.draw(count),
            chance.choice(world.resolvers, count),
            53,
            sent=45,
            got=180,
            length=0.02,
            proto=UDP,
            spread=0.3,
        )
        yield asked
        missed = asked.take(chance.random(count) < 0.35)
        yield connections(
            chance,
            missed.start + chance.gamma(2, 0.001, len(missed)),
            missed.dst,
            outside(chance, len(missed)),
            53,
            sent=missed.sent + 5.0,
            got=missed.got + 30.0,
            length=0.03,
            proto=UDP,
            spread=0.1,
        )


def _inner(chance: np.random.Generator, world: World, size: int) -> Iterator[Flows]:
    """File shares, directories, databases."""
    hosts = _Heavy(chance, world.of("workstation"))
    for count in _lots(size):
        yield connections(
            chance,
            by_day(chance, count),
            hosts.draw(count),
            chance.choice(world.of("server"), count),
            chance.choice(_INNER, count),
            sent=5_000,
            got=20_000,
            length=20,
            spread=2.0,
        )


def _scans(chance: np.random.Generator, world: World, size: int) -> Iterator[Flows]:
    """Probes from outside: a few scanners, many targets, mostly no answer."""
    scanners: Ints | None = None
    for count in _lots(size):
        start = chance.uniform(0, DAY, count)
        scanners = outside(chance, 60) if scanners is None else scanners
        made = connections(
            chance,
            start,
            chance.choice(scanners, count),
            chance.choice(world.hosts, count),
            chance.choice(np.array([22, 23, 80, 443, 3389, 7547]), count),
            sent=0,
            got=0,
            length=0.01,
            spread=0,
        )
        made.state[:] = np.where(chance.random(count) < 0.8, S0, REJ)
        yield made


def _served(chance: np.random.Generator, world: World, size: int) -> Iterator[Flows]:
    """Visitors of application servers and reverse proxies, and what those call inside for each request."""
    for role, share, kept in (("application-server", 0.5, 0.25), ("reverse-proxy", 0.5, 1.0)):
        for count in _lots(int(size * share)) if len(world.special[role]) else ():
            yield from _visits(chance, world, role, count, kept)


def _visits(chance: np.random.Generator, world: World, role: str, count: int, kept: float) -> Iterator[Flows]:
    hosts = world.special[role]
    visit = connections(
        chance,
        by_day(chance, count, office=0.4),
        outside(chance, count),
        chance.choice(hosts, count),
        443,
        sent=1_200,
        got=14_000,
        length=1.5,
        spread=1.3,
    )
    yield visit
    called = visit.take(chance.random(count) < (0.9 if role == "application-server" else 1.0))
    behind = world.of("server")[: 6 * len(hosts)]
    target = behind[(called.dst * 7 + called.sport % 2) % len(behind)]
    noise = np.exp(chance.normal(0, 0.8 if role == "application-server" else 0.01, (2, len(called))))
    yield connections(
        chance,
        called.start + chance.gamma(2, 0.003, len(called)),
        called.dst,
        target,
        5432 if role == "application-server" else 8080,
        sent=called.sent * kept * noise[0],
        got=called.got * (0.6 if kept < 1 else 1.0) * noise[1],
        length=called.length * 0.8,
        spread=0,
    )


def _updates(chance: np.random.Generator, world: World, products: int) -> Iterator[Flows]:
    """Software that calls home at a fixed pace from many hosts at once."""
    everyone = world.of("workstation", "server")
    for _ in range(products):
        hosts = chance.choice(everyone, min(len(everyone), int(chance.integers(20, 120))), replace=False)
        period, jitter = chance.choice([300, 600, 900, 1_800, 3_600]), chance.uniform(0, 0.15)
        home, sent, got = (
            outside(chance, int(chance.integers(1, 4))),
            chance.integers(200, 900),
            chance.integers(100, 2_000),
        )
        beats = int(DAY / period)
        start = (np.arange(beats)[None, :] + chance.normal(0, jitter, (len(hosts), beats))) * period
        start += chance.uniform(0, period, (len(hosts), 1))
        kept = chance.random(start.shape) < 0.9
        src = np.broadcast_to(hosts[:, None], start.shape)[kept]
        yield connections(
            chance,
            start[kept] % DAY,
            src,
            chance.choice(home, kept.sum()),
            443,
            sent=float(sent),
            got=float(got),
            length=0.4,
            spread=0.05,
        )


def _carried(chance: np.random.Generator, legs: Flows, via: Ints, to: Ints, port: int | Ints) -> Flows:
    """The second leg of carried connections, as a well-made proxy makes it."""
    lag = chance.gamma(2, 0.01, len(legs))
    return connections(
        chance,
        legs.start + lag,
        via,
        to,
        port,
        sent=legs.sent * 0.995,
        got=legs.got * 0.998,
        length=np.maximum(0.01, legs.length - lag * chance.uniform(0, 1, len(legs))),
        spread=0,
    )


def _proxied(chance: np.random.Generator, world: World, sizes: Background) -> Iterator[Flows]:
    """Clients of the sanctioned proxies, of the cache and of the VPN gateways, and what is carried on."""
    clients = world.of("workstation")
    for role, port, share in (("forward-proxy", 8080, 0.04), ("cache", 3128, 0.01)):
        for host in world.special[role]:
            hosts = _Heavy(chance, clients)
            for count in _lots(int(sizes.flows * share / max(1, len(world.special[role])))):
                leg = connections(
                    chance,
                    by_day(chance, count),
                    hosts.draw(count),
                    np.full(count, host),
                    port,
                    sent=1_100,
                    got=9_000,
                    length=3,
                    spread=1.4,
                )
                yield leg
                on = leg if role == "forward-proxy" else leg.take(chance.random(count) < 0.3)
                yield _carried(chance, on, on.dst, _far(chance, world, len(on)), 443)


def _gateways(chance: np.random.Generator, world: World) -> Iterator[Flows]:
    """VPN users from outside, jump hosts, a media relay that carries calls between two ends."""
    for host in world.special["vpn-gateway"]:
        users = outside(chance, 60)
        day = by_day(chance, 60)
        yield connections(chance, day, users, np.full(60, host), 443, sent=3e7, got=2e8, length=14_000, spread=0.8)
        size = 4_000
        yield connections(
            chance,
            np.repeat(day, 70)[:size] + chance.uniform(0, 12_000, min(size, 4_200)),
            np.full(size, host),
            chance.choice(world.of("server"), size),
            chance.choice(_INNER, size),
            sent=3_000,
            got=30_000,
            length=10,
            spread=1.6,
        )
    for host in world.special["jump-host"]:
        size = 120
        leg = connections(
            chance,
            by_day(chance, size, office=0.95),
            chance.choice(world.of("workstation")[:25], size),
            np.full(size, host),
            22,
            sent=40_000,
            got=90_000,
            length=900,
            spread=1.2,
        )
        yield leg
        yield _carried(chance, leg, leg.dst, chance.choice(world.of("server"), size), 22)
    for host in world.special["media-relay"]:
        size = 400
        leg = connections(
            chance,
            by_day(chance, size, office=0.95),
            chance.choice(world.of("workstation"), size),
            np.full(size, host),
            3478,
            sent=3e6,
            got=3e6,
            length=400,
            proto=UDP,
            spread=0.9,
        )
        yield leg
        yield _carried(chance, leg, leg.dst, outside(chance, size), 3478)


def _services(chance: np.random.Generator, world: World) -> Iterator[Flows]:
    """Mail both ways, backup at night, a guest network behind one address, probes, a scanner of ours, Tor, swarms."""
    yield from _mail_and_backup(chance, world)
    yield from _gateway_and_probes(chance, world)
    yield from _own_scanner(chance, world)
    yield from _leisure(chance, world)


def _mail_and_backup(chance: np.random.Generator, world: World) -> Iterator[Flows]:
    for host in world.special["mail"]:
        yield connections(
            chance,
            by_day(chance, 1_500),
            outside(chance, 1_500),
            np.full(1_500, host),
            25,
            sent=40_000,
            got=500,
            length=4,
            spread=1.6,
        )
        yield connections(
            chance,
            by_day(chance, 700),
            np.full(700, host),
            outside(chance, 700),
            25,
            sent=35_000,
            got=500,
            length=4,
            spread=1.6,
        )
    for host in world.special["backup"]:
        servers = world.of("server")
        yield connections(
            chance,
            chance.uniform(3_600, 14_400, len(servers)),
            servers,
            np.full(len(servers), host),
            9102,
            sent=5e8,
            got=1e5,
            length=1_800,
            spread=1.0,
        )


def _gateway_and_probes(chance: np.random.Generator, world: World) -> Iterator[Flows]:
    for host in world.special["nat-gateway"]:
        yield connections(
            chance,
            by_day(chance, 6_000),
            np.full(6_000, host),
            _far(chance, world, 6_000),
            443,
            sent=1_000,
            got=12_000,
            length=4,
            spread=1.7,
        )
    for host in world.special["monitoring"]:
        servers = world.of("server")
        start = np.tile(np.arange(0, DAY, 300.0), len(servers)) + np.repeat(chance.uniform(0, 300, len(servers)), 288)
        yield connections(
            chance,
            start % DAY,
            np.full(len(start), host),
            np.repeat(servers, 288),
            161,
            sent=90,
            got=150,
            length=0.02,
            proto=UDP,
            spread=0.05,
        )


def _own_scanner(chance: np.random.Generator, world: World) -> Iterator[Flows]:
    for host in world.special["scanner"]:
        found = connections(
            chance,
            chance.uniform(0, 20_000, len(world.hosts) * 4),
            np.full(len(world.hosts) * 4, host),
            np.tile(world.hosts, 4),
            chance.integers(1, 10_000, len(world.hosts) * 4),
            sent=0,
            got=0,
            length=0.01,
            spread=0,
        )
        found.state[:] = REJ
        yield found


def _leisure(chance: np.random.Generator, world: World) -> Iterator[Flows]:
    users = world.of("workstation")[-3:]
    yield connections(
        chance,
        by_day(chance, 60),
        chance.choice(users, 60),
        chance.choice(outside(chance, 3), 60),
        9001,
        sent=2e6,
        got=9e6,
        length=900,
        spread=1.0,
    )
    swarm = world.of("workstation")[-6:-3]
    yield connections(
        chance,
        by_day(chance, 6_000),
        chance.choice(swarm, 6_000),
        outside(chance, 6_000),
        chance.integers(6_881, 60_000, 6_000),
        sent=30_000,
        got=60_000,
        length=60,
        spread=2.2,
    )


def _edge(chance: np.random.Generator, world: World) -> Flows:
    """Cameras, routers and storage: a vendor cloud now and then, and an administrator."""
    hosts = world.of("camera", "router", "nas")
    clouds = outside(chance, 8)
    beats = 48
    start: Floats = (
        np.arange(beats)[None, :] * 1_800
        + chance.uniform(0, 1_800, (len(hosts), 1))
        + chance.normal(0, 60, (len(hosts), beats))
    ).ravel()
    return connections(
        chance,
        start % DAY,
        np.repeat(hosts, beats),
        clouds[np.repeat(np.arange(len(hosts)) % 8, beats)],
        443,
        sent=600,
        got=400,
        length=1,
        spread=0.3,
    )
