"""Relay infrastructure: what a detector saw, which host stands out, which network it belongs to, how it was counted.

Three assertions are kept apart: a host relays; a host belongs to a network; a network is used by somebody. The third is
never raised by the first two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geppo.model.assessment import Confidence, Evidence, Likelihood
from geppo.model.time import Period


class HostRole(StrEnum):
    """What a host does, before anything is said about why."""

    RELAY = "relay"
    CONTROL_CHANNEL = "control-channel"
    SANCTIONED_RELAY = "sanctioned-relay"
    PROXYWARE = "proxyware"
    SCANNER = "scanner"
    NAT_GATEWAY = "nat-gateway"
    UNKNOWN = "unknown"


class NetworkClass(StrEnum):
    """What a group of services is. All but the first four are benign kinds, called by their own name."""

    ORB = "orb"
    BOTNET = "botnet"
    RESIDENTIAL_PROXY = "residential-proxy"
    UNKNOWN = "unknown"
    ISP_MANAGED = "isp-managed"
    VENDOR_DEFAULT = "vendor-default"
    LIBRARY_DEFAULT = "library-default"
    CDN = "cdn"
    VPN = "vpn"
    TOR = "tor"
    SCANNER = "scanner"
    CLOUD = "cloud"
    HOSTING_PANEL = "hosting-panel"
    HONEYPOT = "honeypot"


BENIGN = frozenset(NetworkClass) - {
    NetworkClass.ORB,
    NetworkClass.BOTNET,
    NetworkClass.RESIDENTIAL_PROXY,
    NetworkClass.UNKNOWN,
}


class Tier(StrEnum):
    """Role of a node in its network (after Mandiant's terms, May 2024)."""

    OPERATOR = "operator"
    CONTROLLER = "controller"
    RELAY_SERVER = "relay-server"
    PAYLOAD = "payload"
    NODE = "node"
    EXIT = "exit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What one detector says of one host before anything is put together.

    `peers` are the other ends that it rests on, strongest first. `score` is in bits (log2 of a likelihood ratio);
    `false_rate` is the empirical share of false calls at this score where the detector has decoys, else None.
    `figures` are what a person or the next step may want to see, as (name, value); the detector's words say the unit.
    """

    detector: str
    family: str
    host: str
    peers: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    score: float
    false_rate: float | None
    figures: tuple[tuple[str, float], ...]

    def figure(self, name: str) -> float:
        """A figure by name, or 0."""
        return next((value for key, value in self.figures if key == name), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFinding:
    """A host that stands out, with its role, and how likely and how sure that is."""

    host: str
    role: HostRole
    likelihood: Likelihood
    confidence: Confidence
    peers: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A trait by which services of a network are told: kind, value, how many have it, how common it is elsewhere.

    `inside` and `outside` are counts of services; `weight` is in bits.
    """

    kind: str
    value: str
    inside: int
    outside: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A service that belongs to a network."""

    ip: str
    port: int
    tier: Tier
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayNetwork:
    """A group of services that one hand runs, or a benign kind by its own name. `id` follows from its fingerprints."""

    id: str
    kind: NetworkClass
    members: tuple[Member, ...]
    fingerprints: tuple[Fingerprint, ...]
    likelihood: Likelihood
    confidence: Confidence
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A count of ours with its counting rule: what was counted, in which window, from where."""

    network: str
    value: int
    counted: str
    rule: str
    vantage: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """One month of a network that we follow, as our note on it says: addresses seen, the 95 % interval of the size,
    addresses new and gone since the month before. `start` and `end` are the row's place in the note's text.

    `method` is how the interval was made (poisson, chapman); `trend` is first, grew, shrank or within (its interval).
    """

    month: Period
    addresses: int
    low: int
    high: int
    method: str
    new: int
    gone: int
    trend: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNetwork:
    """A network in our own records, month by month. `track` is its name in `geppo relay track`, `report` the hash of
    our note; `made` says that the records are of the lab and were seen nowhere."""

    name: str
    track: str
    kind: NetworkClass
    report: str
    made: bool
    rows: tuple[TrackRow, ...]

    def row(self, month: Period) -> TrackRow | None:
        """The row of a month."""
        return next((one for one in self.rows if one.month == month), None)
