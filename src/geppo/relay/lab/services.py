"""Made scan records: the benign services of the made internet, and networks planted among them, month by month.

Benign: web servers with a certificate each, CDN and cloud images with shared ones, hosting panels, routers of providers
with one vendor certificate, vendor defaults by device model, library test certificates, VPN appliances, Tor relays,
hosts that answer on hundreds of ports. Nodes of a planted network are born and die; each vantage sees a share of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from geppo.relay.lab.flows import Ints
from geppo.relay.lab.preset import Scan, ScanNetwork
from geppo.relay.lab.world import OUTSIDE

Stream = Callable[..., np.random.Generator]
_AS = 4_200_000_000
_COUNTRIES = np.array(["US", "DE", "CN", "JP", "FR", "GB", "NL", "KR", "BR", "IN", "RU", "TW", "TH", "SG"])
_BENIGN = (
    ("web", 0.55),
    ("panel", 0.08),
    ("cdn", 0.08),
    ("cloud", 0.07),
    ("isp", 0.06),
    ("vendor", 0.06),
    ("library", 0.03),
    ("vpn", 0.03),
    ("tor", 0.02),
    ("many-ports", 0.02),
)
_COLUMNS = (
    "make_timestamp(ts) AS ts",
    "ip",
    "port::INTEGER AS port",
    "asn",
    "country",
    "cert_sha256",
    "cert_subject",
    "cert_issuer",
    "make_timestamp(not_before) AS not_before",
    "make_timestamp(not_after) AS not_after",
    "ja4x",
    "jarm",
    "banner_hash",
    "device",
    "vantage",
)
_YEAR = 31_557_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One month's rows, and which services of it belong to which planted network."""

    month: str
    rows: dict[str, Any]
    columns: tuple[str, ...]
    members: dict[str, list[dict[str, Any]]]
    kinds: dict[str, str]


def services(stream: Stream, scan: Scan, number: int, first: date) -> Iterator[Made]:
    """The records of a month."""
    start = _month(first, number)
    table = _Table(stream("rows", number), start, scan.vantages)
    _benign(stream("benign"), table, scan.services)
    members: dict[str, list[dict[str, Any]]] = {}
    for network in scan.networks:
        members[network.name] = _planted(stream("network", network.name), table, network, number)
    yield Made(
        month=f"{start:%Y-%m}",
        rows=table.rows(),
        columns=_COLUMNS,
        members=members,
        kinds={network.name: network.kind for network in scan.networks},
    )


def _month(first: date, number: int) -> date:
    whole = first.year * 12 + first.month - 1 + number
    return date(whole // 12, whole % 12 + 1, 1)


def _micro(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1e6)


class _Table:
    """Rows of a month while they are put together. Each service is seen by each vantage with its share."""

    def __init__(self, chance: np.random.Generator, start: date, vantages: tuple[float, ...]) -> None:
        self._chance, self._start, self._vantages = chance, _micro(start), vantages
        self._parts: list[dict[str, Any]] = []

    def add(self, ip: Ints, port: Ints, asn: Ints, country: Any, **traits: Any) -> None:
        """Services with their traits; a trait is one text for all, or an array."""
        for number, share in enumerate(self._vantages):
            kept = self._chance.random(len(ip)) < share
            size = int(kept.sum())
            row: dict[str, Any] = {
                "ts": self._start + self._chance.integers(0, 26 * 86_400_000_000, size),
                "ip": _text(ip[kept]),
                "port": port[kept],
                "asn": asn[kept],
                "country": country[kept],
                "vantage": np.full(size, f"v{number + 1}", dtype=object),
            }
            for name in ("cert_sha256", "cert_subject", "cert_issuer", "ja4x", "jarm", "banner_hash", "device"):
                value = traits.get(name)
                row[name] = value[kept] if isinstance(value, np.ndarray) else np.full(size, value, dtype=object)
            before = traits.get("not_before", np.full(len(ip), self._start - _YEAR // 4))
            row["not_before"] = before[kept]
            row["not_after"] = before[kept] + int(traits.get("years", 1) * _YEAR)
            self._parts.append(row)

    def rows(self) -> dict[str, Any]:
        """All rows as columns."""
        return {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}


def _text(numbers: Ints) -> Any:
    octets = np.stack([(numbers >> shift) & 255 for shift in (24, 16, 8, 0)], axis=1).astype(str)
    dot = "."
    joined = octets[:, 0]
    for place in (1, 2, 3):
        joined = np.char.add(np.char.add(joined, dot), octets[:, place])
    return joined.astype(object)


def _hex(chance: np.random.Generator, size: int, length: int = 64) -> Any:
    """Random hexadecimal texts."""
    raw = chance.bytes(size * length // 2).hex()
    return np.array([raw[at : at + length] for at in range(0, size * length, length)], dtype=object)


def _one(chance: np.random.Generator, length: int = 64) -> str:
    return str(_hex(chance, 1, length)[0])


def _spots(
    chance: np.random.Generator, size: int, asns: int, countries: tuple[str, ...] = ()
) -> tuple[Ints, Ints, Any]:
    """Addresses, their AS and country: an AS holds whole /16 blocks and lies in one country."""
    known = np.array(countries, dtype=object) if countries else _COUNTRIES.astype(object)
    weight = 1.0 / np.arange(1, asns + 1) ** 0.9
    index = chance.choice(asns, size, p=weight / weight.sum())
    base = chance.integers(0, 2_000, asns)
    ip = OUTSIDE + (base[index] << 16) + chance.integers(1, 65_535, size)
    homes = known[np.arange(asns) % len(known)]
    return ip, _AS + base[index], homes[index]


def _benign(chance: np.random.Generator, table: _Table, size: int) -> None:
    for kind, share in _BENIGN:
        count = int(size * share)
        if count:
            _KINDS[kind](chance, table, count)


def _web(chance: np.random.Generator, table: _Table, size: int) -> None:
    ip, asn, country = _spots(chance, size, 400)
    names = np.array([f"CN=site{number}.example" for number in range(size)], dtype=object)
    issuers = np.array(["C=US,O=Made Encrypt,CN=R3", "C=US,O=Made Encrypt,CN=R4", "C=GB,O=Made CA,CN=DV"], dtype=object)
    stacks = _hex(chance, 40, 62)
    table.add(
        ip,
        np.full(size, 443),
        asn,
        country,
        cert_sha256=_hex(chance, size),
        cert_subject=names,
        cert_issuer=chance.choice(issuers, size),
        years=0.25,
        jarm=chance.choice(stacks, size),
        ja4x=chance.choice(_hex(chance, 6, 36), size),
        device="web server",
    )


def _shared(kind: str, groups: int, asns: int, years: float, device: str, port: int) -> Callable[..., None]:
    """A maker of groups that share one certificate each, as CDNs, images, panels and vendor defaults do."""

    def make(chance: np.random.Generator, table: _Table, size: int) -> None:
        for number in range(groups):
            count = max(1, size // groups)
            ip, asn, country = _spots(chance, count, asns)
            name = f"CN={kind}{number}.example,O=Made {kind.title()} {number}"
            table.add(
                ip,
                np.full(count, port),
                asn,
                country,
                cert_sha256=_one(chance),
                cert_subject=name,
                cert_issuer=name if years > 5 else "C=US,O=Made Encrypt,CN=R3",
                years=years,
                jarm=_one(chance, 62),
                ja4x=_one(chance, 36),
                device=f"{device} {number}" if device else None,
            )

    return make


def _library(chance: np.random.Generator, table: _Table, size: int) -> None:
    """Test certificates of libraries, left in by makers of all kinds of devices, on usual ports."""
    ip, asn, country = _spots(chance, size, 300)
    kinds = np.array(["camera", "printer", "gateway", "web server"], dtype=object)
    table.add(
        ip,
        chance.choice(np.array([443, 8443, 4433]), size),
        asn,
        country,
        cert_sha256=_one(chance),
        cert_subject="C=NL,O=PolarSSL,CN=localhost",
        cert_issuer="C=NL,O=PolarSSL,CN=PolarSSL Test CA",
        years=10,
        jarm=chance.choice(_hex(chance, 12, 62), size),
        device=chance.choice(kinds, size),
    )


def _tor(chance: np.random.Generator, table: _Table, size: int) -> None:
    ip, asn, country = _spots(chance, size, 120)
    names = np.array([f"CN=www.{_word(chance)}.net" for _ in range(size)], dtype=object)
    issuers = np.array([f"CN=www.{_word(chance)}.com" for _ in range(size)], dtype=object)
    table.add(
        ip,
        chance.choice(np.array([9001, 443, 9030]), size),
        asn,
        country,
        cert_sha256=_hex(chance, size),
        cert_subject=names,
        cert_issuer=issuers,
        years=0.6,
        jarm=_one(chance, 62),
        ja4x=_one(chance, 36),
    )


def _word(chance: np.random.Generator) -> str:
    return "".join(chance.choice(list("abcdefghijklmnopqrstuvwxyz234567"), int(chance.integers(8, 20))))


def _many_ports(chance: np.random.Generator, table: _Table, size: int) -> None:
    """Hosts that answer on hundreds of ports with one banner: traps and middle boxes."""
    hosts = max(1, size // 200)
    ip, asn, country = _spots(chance, hosts, 30)
    each = np.repeat(np.arange(hosts), size // hosts)
    table.add(ip[each], chance.integers(1, 65_000, len(each)), asn[each], country[each], banner_hash=_one(chance, 32))


_KINDS: dict[str, Callable[..., None]] = {
    "web": _web,
    "panel": _shared("panel", 20, 150, 10, "", 8443),
    "cdn": _shared("cdn", 6, 60, 1, "", 443),
    "cloud": _shared("image", 8, 8, 10, "", 443),
    "isp": _shared("cpe", 6, 2, 20, "router of a provider", 7547),
    "vendor": _shared("vendor", 12, 250, 20, "device model", 443),
    "library": _library,
    "vpn": _shared("vpn", 8, 120, 3, "VPN appliance", 443),
    "tor": _tor,
    "many-ports": _many_ports,
}


def _planted(chance: np.random.Generator, table: _Table, network: ScanNetwork, month: int) -> list[dict[str, Any]]:
    """The nodes alive in a month, and the servers behind them."""
    day = 30.44 * month
    size = network.nodes
    grown = int(size * 3)
    born = chance.uniform(-2.5 * 91, 91, grown)
    life = chance.exponential(network.life_days, grown)
    ip, asn, country = _spots(chance, grown, network.asns, network.countries)
    port = _ports(chance, network, born, grown)
    traits = _traits(chance, network, born, grown)
    alive = np.flatnonzero((born <= day + 26) & (born + life >= day))[:size]
    chosen = {name: value[alive] if isinstance(value, np.ndarray) else value for name, value in traits.items()}
    table.add(ip[alive], port[alive], asn[alive], country[alive], **chosen)
    members = [_member(int(ip[one]), int(port[one]), "node") for one in alive]
    if network.servers:
        where, held, home = _spots(chance, network.servers, 2, ("SG", "US"))
        ports = np.full(network.servers, network.server_port)
        table.add(
            where,
            ports,
            held,
            home,
            cert_sha256=_one(chance),
            cert_subject=network.subject,
            cert_issuer=network.issuer,
            years=network.years,
            jarm=_one(chance, 62),
            ja4x=_one(chance, 36),
        )
        members += [_member(int(one), network.server_port, "relay-server") for one in where]
    return sorted(members, key=lambda row: (row["ip"], row["port"]))


def _ports(chance: np.random.Generator, network: ScanNetwork, born: Any, size: int) -> Ints:
    if network.batch:
        return 10_000 + (_batches(born, network) * 7_919) % 50_000
    return chance.choice(np.array(network.ports), size)


def _batches(born: Any, network: ScanNetwork) -> Ints:
    """The batch of each node: nodes in order of their birth, so many a batch."""
    order = np.argsort(np.argsort(born))
    return (order // network.batch).astype(np.int64)


def _traits(chance: np.random.Generator, network: ScanNetwork, born: Any, size: int) -> dict[str, Any]:
    start = _micro(date(2030, 3, 1)) + (born * 86_400_000_000).astype(np.int64)
    if network.batch:
        start = _micro(date(2030, 3, 1)) + (_batches(born, network) * 3 * 86_400_000_000) - 200 * 86_400_000_000
        start = start + chance.integers(0, 6 * 3_600_000_000, size)
    devices = np.array(network.devices or ("router",), dtype=object)
    common: dict[str, Any] = {"device": chance.choice(devices, size)}
    if network.trait == "banner":
        return common | {"banner_hash": _one(chance, 32)}
    common |= {
        "jarm": _one(chance, 62),
        "ja4x": _one(chance, 36),
        "cert_issuer": network.issuer,
        "cert_subject": network.subject or network.issuer,
        "years": network.years,
    }
    if network.trait == "shared":
        return common | {"cert_sha256": _one(chance), "not_before": np.full(size, _micro(date(2029, 5, 6)))}
    return common | {"cert_sha256": _hex(chance, size), "not_before": start}


def _member(ip: int, port: int, tier: str) -> dict[str, Any]:
    octets = ".".join(str((ip >> shift) & 255) for shift in (24, 16, 8, 0))
    return {"ip": octets, "port": port, "tier": tier}


def last_day(first: date, months: int) -> date:
    """The day behind the last made month."""
    return _month(first, months) - timedelta(days=1)
