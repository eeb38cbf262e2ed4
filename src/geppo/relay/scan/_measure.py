"""What a group of endpoints looks like: sizes, spread, concentration, names, devices. Figures only, no judgement."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Any

from geppo.relay.scan._data import customary_ports, device_words, label_has, systems
from geppo.relay.scan._table import Row

_WORD = re.compile(r"[a-z][a-z-]*[a-z0-9]|[a-z]")
_ATTRIBUTE = re.compile(r"(?:^|[,/+])\s*[A-Za-z.0-9]{1,12}=([^,/+]*)")
_BURST_HOURS = 24
_LEAST_BATCH = 3
_DENSE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the whole scan says: names by id, addresses per device label, share of odd ports, endpoints per port.

    `named` holds, by kind (`library`, `panel`, `vpn`), the packaged name of each name id that has one.
    """

    names: Mapping[int, str]
    named: Mapping[str, Mapping[int | None, str]]
    device_hosts: Mapping[str, int]
    port_endpoints: Mapping[int, int]
    odd_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Figures of a group. Shares are of its endpoints unless said otherwise; an effective number is exp(entropy)."""

    endpoints: int
    hosts: int
    systems: int
    effective_systems: float
    top_system_share: float
    countries: int
    top_country_share: float
    ports: int
    top_port: int
    top_port_share: float
    odd_share: float
    batch_port_share: float
    burst_share: float
    batches: int
    port_stands_out: float
    port_range: float
    ports_a_host: float
    with_cert: float
    certs: int
    top_cert_share: float
    public_share: float
    self_signed_share: float
    mask_share: float
    shape_share: float
    median_days: float
    trivial_share: float
    jarm_share: float
    ja4x_share: float
    banner_share: float
    labelled_share: float
    effective_devices: float
    top_device: str
    top_device_share: float
    device_coverage: float
    edge_share: float
    server_share: float
    mobile_share: float
    vpn_device_share: float
    agreement: float
    makers: int
    maker_share: float
    library: str
    library_share: float
    panel_share: float
    vpn_share: float
    customary: Mapping[str, float]
    cdn_share: float
    cloud_share: float
    name: str


def effective(counts: Collection[int]) -> float:
    """exp of the Shannon entropy: how many equally common values would be as mixed (Hill number of order 1)."""
    total = sum(counts)
    if not total:
        return 0.0
    return math.exp(-sum(count / total * math.log(count / total) for count in counts if count))


def _top(values: Iterable[Hashable]) -> tuple[Hashable, int]:
    """The commonest value that is not None, and how often it stands there; ties go to the smaller text."""
    counts = Counter(values)
    counts.pop(None, None)
    if not counts:
        return None, 0
    most = max(counts.values())
    return min((value for value, count in counts.items() if count == most), key=str), most


@lru_cache(maxsize=65536)
def words(text: str) -> frozenset[str]:
    """Words of a label or a certificate name that may name a maker: at least three letters, none of the common ones."""
    found = (part for word in _WORD.findall(text.lower()) for part in (word, *word.split("-")))
    return frozenset(word for word in found if len(word) >= 3 and word not in device_words("common"))


def agree(device: str, name: str) -> bool:
    """True where a device label and a certificate name share a maker's word, in part at least ("asus", "asustek")."""
    a, b = words(device), words(name)
    return any(one in other or other in one for one in a for other in b)


def trivial(name: str) -> bool:
    """True for a name whose attributes say nothing: three or more, each at most two letters, hardly any different."""
    values = [value.strip() for value in _ATTRIBUTE.findall(name)]
    return len(values) >= 3 and all(len(value) <= 2 for value in values) and len(set("".join(values).lower())) <= 4


def _share(count: float, total: float) -> float:
    return count / total if total else 0.0


def _batches(rows: Collection[Row]) -> tuple[float, float, int]:
    """Share of a batch's endpoints on its commonest port, share of certificates made in bursts, and number of batches.

    A batch is a run of certificates that begin within a day, three days at most, and are at least `_DENSE` times as
    many as an even pace over the whole span would put there; runs of fewer than three do not count.
    """
    dated = sorted((row.begins, row.cert, row.port) for row in rows if row.begins is not None and row.cert is not None)
    if len({cert for _, cert, _ in dated}) < _LEAST_BATCH * 2:
        return 0.0, 0.0, 0
    runs: list[list[tuple[int, int, int]]] = []
    for one in dated:
        if runs and one[0] - runs[-1][-1][0] <= _BURST_HOURS and one[0] - runs[-1][0][0] <= 3 * _BURST_HOURS:
            runs[-1].append(one)
        else:
            runs.append([one])
    pace = len(dated) / (dated[-1][0] - dated[0][0] + _BURST_HOURS)
    bursts = [
        run
        for run in runs
        if len({cert for _, cert, _ in run}) >= _LEAST_BATCH
        and len(run) >= _DENSE * pace * (run[-1][0] - run[0][0] + _BURST_HOURS / 2)
    ]
    inside = sum(len(run) for run in bursts)
    on_port = sum(max(Counter(port for _, _, port in run).values()) for run in bursts)
    return _share(on_port, inside), _share(inside, len(dated)), len(bursts)


def _port_stands_out(port: int, endpoints: float, world: World) -> float:
    """How many times more endpoints a port has than the ports around it have on the median."""
    around = [world.port_endpoints.get(port + step, 0) for step in range(-25, 26) if step]
    return endpoints / (median(around) + 1.0)


def _port_range(ports: Iterable[int]) -> float:
    """Share of the port space between the 5 % and the 95 % quantile of ports."""
    ordered = sorted(ports)
    cut = len(ordered) // 20
    return (ordered[-1 - cut] - ordered[cut]) / 65535


def _named_share(world: World, tally: _Tally, kind: str) -> tuple[str, float]:
    """The commonest packaged name of a kind in issuers, and the share of endpoints with one."""
    known = world.named[kind]
    hits: Counter[str] = Counter()
    for issuer, count in tally.issuers.items():
        if issuer in known:
            hits[known[issuer]] += count
    if not hits:
        return "", 0.0
    return min(hits, key=lambda name: (-hits[name], name)), _share(sum(hits.values()), tally.size)


def _makers(devices: Mapping[str, int]) -> int:
    """How many makers the labels speak of: one if the labels of a twentieth or more have a word in common."""
    total = sum(devices.values())
    labels = [label for label, count in devices.items() if count >= total / 20]
    shared = frozenset.intersection(*(words(label) for label in labels)) if labels else frozenset()
    return 1 if shared else len(labels)


def _agreement(rows: Collection[Row], texts: Mapping[int | None, str]) -> float:
    """Share of the labelled endpoints with a certificate whose label and certificate name the same maker."""
    asked = Counter((row.device, row.issuer, row.subject) for row in rows if row.device and row.cert is not None)
    hits = sum(
        count
        for (device, issuer, subject), count in asked.items()
        if agree(device or "", f"{texts.get(issuer, '')} {texts.get(subject, '')}")
    )
    return _share(hits, sum(asked.values()))


@dataclass(frozen=True, slots=True)
class _Tally:
    """What is counted once for many figures; `texts` are the names of the group's issuers and subjects."""

    size: int
    hosts: int
    by_system: Counter[int | None]
    by_country: Counter[str]
    by_port: Counter[int]
    devices: Counter[str]
    certs: Counter[int]
    issuers: Counter[int | None]
    texts: Mapping[int | None, str]


def _tally(shown: Row, world: World) -> _Tally:
    """`shown` holds a column of values in each field."""
    columns: Any = shown
    issuers = Counter(columns.issuer)
    return _Tally(
        size=len(columns.id),
        hosts=len(set(columns.ip)),
        by_system=Counter(columns.asn),
        by_country=Counter(filter(None, columns.country)),
        by_port=Counter(columns.port),
        devices=Counter(filter(None, columns.device)),
        certs=Counter(one for one in columns.cert if one is not None),
        issuers=issuers,
        texts={one: world.names[one] for one in {*issuers, *columns.subject} if one is not None and one in world.names},
    )


def _top_share(counts: Counter[Any]) -> float:
    return _share(max(counts.values(), default=0), sum(counts.values()))


def _customary(by_port: Counter[int], size: int) -> dict[str, float]:
    return {kind: _share(sum(by_port[one] for one in ports), size) for kind, ports in customary_ports().items()}


def _median_days(rows: Collection[Row]) -> float:
    days = [row.days for row in rows if row.days is not None]
    return float(median(days)) if days else 0.0


def _coverage(rows: Collection[Row], device: object, scale: float, world: World) -> float:
    hosts = len({row.ip for row in rows if row.device == device}) if device else 0
    return min(1.0, _share(hosts * scale, world.device_hosts.get(str(device), 0)))


def _labelled(devices: Counter[str], kind: str, *, but: str = "") -> int:
    return sum(
        count for label, count in devices.items() if label_has(label, kind) and not (but and label_has(label, but))
    )


def _trivial(issuers: Counter[int | None], texts: Mapping[int | None, str]) -> int:
    return sum(count for one, count in issuers.items() if one is not None and trivial(texts.get(one, "")))


def _issuer(tally: _Tally) -> str:
    issuer, _ = _top(tally.issuers.elements())
    return tally.texts.get(issuer if isinstance(issuer, int) else None, "")


def measure(rows: Collection[Row], world: World, *, whole: int = 0) -> Features:
    """The figures of a group. `rows` may be an even sample of `whole` endpoints; counts of hosts are then scaled up."""
    shown: Any = Row._make(zip(*rows, strict=True))
    size, tally = len(rows), _tally(shown, world)
    scale = max(1.0, whole / size)
    devices, with_cert = tally.devices, sum(tally.certs.values())
    top_device, _ = _top(devices.elements())
    port = int(str(_top(shown.port)[0]))
    batch_port, burst, batches = _batches(rows)
    library, library_share = _named_share(world, tally, "library")
    return Features(
        endpoints=max(size, whole),
        hosts=round(tally.hosts * scale),
        systems=len(tally.by_system),
        effective_systems=effective(list(tally.by_system.values())),
        top_system_share=_share(max(tally.by_system.values()), size),
        countries=len(tally.by_country),
        top_country_share=_top_share(tally.by_country),
        ports=len(tally.by_port),
        top_port=port,
        top_port_share=_share(tally.by_port[port], size),
        odd_share=_share(sum(shown.odd), size),
        batch_port_share=batch_port,
        burst_share=burst,
        batches=batches,
        port_stands_out=_port_stands_out(port, tally.by_port[port] * scale, world),
        port_range=_port_range(shown.port),
        ports_a_host=_share(len(set(zip(shown.ip, shown.port, strict=True))), tally.hosts),
        with_cert=_share(with_cert, size),
        certs=len(tally.certs),
        top_cert_share=_top_share(tally.certs),
        public_share=_share(sum(shown.public), size),
        self_signed_share=_share(sum(row.issuer is not None and row.issuer == row.subject for row in rows), with_cert),
        mask_share=_share(_top(shown.issuer_mask)[1], size),
        shape_share=_share(_top(shown.issuer_fine)[1], size),
        median_days=_median_days(rows),
        trivial_share=_share(_trivial(tally.issuers, tally.texts), size),
        jarm_share=_share(_top(shown.jarm)[1], size),
        ja4x_share=_share(_top(shown.ja4x)[1], size),
        banner_share=_share(_top(shown.banner)[1], size),
        labelled_share=_share(sum(devices.values()), size),
        effective_devices=effective(list(devices.values())),
        top_device=str(top_device or ""),
        top_device_share=_top_share(devices),
        device_coverage=_coverage(rows, top_device, scale, world),
        edge_share=_share(_labelled(devices, "edge"), size),
        server_share=_share(_labelled(devices, "server", but="edge"), size),
        mobile_share=_share(_labelled(devices, "mobile"), size),
        vpn_device_share=_share(_labelled(devices, "vpn"), size),
        agreement=_agreement(rows, tally.texts),
        makers=_makers(devices),
        maker_share=_share(sum(count for label, count in devices.items() if words(label)), sum(devices.values())),
        library=library,
        library_share=library_share,
        panel_share=_named_share(world, tally, "panel")[1],
        vpn_share=_named_share(world, tally, "vpn")[1],
        customary=_customary(tally.by_port, size),
        cdn_share=_share(sum(tally.by_system[one] for one in systems("cdn")), size),
        cloud_share=_share(sum(tally.by_system[one] for one in systems("cloud")), size),
        name=_issuer(tally),
    )
