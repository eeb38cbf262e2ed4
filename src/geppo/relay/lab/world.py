"""Addresses of the made world and the hosts of the made network.

Inside is 10.0.0.0/8; outside is 240.0.0.0/5, which is reserved and routed nowhere (RFC 1112, section 4), so that no
record can be taken for a real one. Numbers are IPv4 addresses as integers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geppo.relay.lab.flows import Flows, Ints
from geppo.relay.lab.preset import Background

INSIDE = 10 << 24
OUTSIDE = 240 << 24
_WIDTH = 1 << 27

CLASSES = (
    ("workstation", 0.72),
    ("server", 0.10),
    ("printer", 0.06),
    ("camera", 0.06),
    ("router", 0.03),
    ("nas", 0.03),
)
"""Asset classes and their shares."""

_FIRST_PORT = 1_024
_DESK, _OTHER = (49_152, 65_535), (32_768, 60_999)
"""Source ports of desks (Windows: the dynamic ports of RFC 6335) and of all others (Linux: ip_local_port_range)."""
_WIDELY = ("forward-proxy", "reverse-proxy", "cache", "nat-gateway", "scanner")
"""Roles with the range widened, as is done where a host opens very many connections."""

EDGE = frozenset({"camera", "router", "nas"})


@dataclass(frozen=True, slots=True)
class World:
    """The made network: hosts by class, special hosts by role, and the outside."""

    hosts: Ints
    classes: tuple[str, ...]
    outside: Ints
    weight: np.ndarray[tuple[int], np.dtype[np.float64]]
    special: dict[str, Ints]
    resolvers: Ints

    def of(self, *classes: str) -> Ints:
        """Hosts of some classes that have no special role."""
        taken = {int(one) for held in self.special.values() for one in held}
        chosen = [host for host, name in zip(self.hosts, self.classes, strict=True) if name in classes]
        return np.array([host for host in chosen if int(host) not in taken], np.int64)

    def own_ports(self, flows: Flows, hidden: Ints) -> Flows:
        """The flows with source ports from the range that the system of an inside host draws from.

        Who carries for others draws from all ports, and so does the gateway before `hidden` hosts; ends outside stay
        as they are.
        """
        widely = np.concatenate([*(self.special[role] for role in _WIDELY if role in self.special), hidden])
        place = np.clip(np.searchsorted(self.hosts, flows.src), 0, len(self.hosts) - 1)
        own = (self.hosts[place] == flows.src) & ~np.isin(flows.src, widely)
        desk = np.array(self.classes)[place] == "workstation"
        low = np.where(desk, _DESK[0], _OTHER[0])
        width = np.where(desk, _DESK[1] - _DESK[0], _OTHER[1] - _OTHER[0]) + 1
        drawn = low + (flows.sport - _FIRST_PORT) * width // (65_536 - _FIRST_PORT)
        return replace(flows, sport=np.where(own, drawn, flows.sport))


def outside(chance: np.random.Generator, size: int) -> Ints:
    """Addresses outside."""
    return OUTSIDE + chance.integers(1, _WIDTH - 1, size)


def world(chance: np.random.Generator, sizes: Background) -> World:
    """Draw the network."""
    names, shares = zip(*CLASSES, strict=True)
    drawn = chance.choice(len(names), sizes.hosts, p=np.array(shares))
    hosts = INSIDE + 256 + np.sort(chance.choice(200_000, sizes.hosts, replace=False))
    classes = [names[index] for index in drawn]
    servers = [place for place, name in enumerate(classes) if name == "server"]
    special: dict[str, Ints] = {}
    wanted = {
        "forward-proxy": sizes.proxies,
        "reverse-proxy": sizes.reverse_proxies,
        "application-server": sizes.application_servers,
        "vpn-gateway": sizes.vpn_gateways,
        "jump-host": sizes.jump_hosts,
        "media-relay": sizes.media_relays,
        "mail": 1,
        "backup": 1,
        "cache": 1,
        "nat-gateway": 1,
        "monitoring": 1,
        "scanner": 1,
    }
    places = iter(chance.permutation(servers))
    for role, count in wanted.items():
        special[role] = np.array([hosts[place] for place, _ in zip(places, range(count), strict=False)], np.int64)
    far = outside(chance, sizes.external)
    weight = 1.0 / np.arange(1, sizes.external + 1) ** 1.05
    return World(
        hosts=hosts,
        classes=tuple(classes),
        outside=far,
        weight=weight / weight.sum(),
        special=special,
        resolvers=np.array([INSIDE + 53, INSIDE + 54], np.int64),
    )
