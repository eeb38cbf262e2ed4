"""Multiplexed tunnels: what comes in through a peer, or a small group of peers, is what goes out to all the others.

Two looks. Over the life of the tunnels: both ratios near one, weighed by how often a tunnel of one host balances with
the traffic of another host of like volume (decoys). Over pieces of time, where the group has many connections or the
sensor cuts long ones: the volumes of a piece agree with each other and not with those of another piece.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geppo.model.relay import Detection
from geppo.relay.detect._conserve import Conserved, Pieces, conserved_pieces
from geppo.relay.detect._ports import port_tables, ports
from geppo.relay.detect._sql import sections
from geppo.relay.detect._stage import Stage, moment

Grid = dict[tuple[str, str, str], Any]
"""Counts of decoys by kind, rarity and band, cumulated over both distances."""

NAME = "conservation"
FAMILY = "relay behaviour"

_BANDS = (("tight", 0.1, 400.0), ("wide", 0.3, 2000.0))
"""What a tunnel may add to what it carries: a share, and bytes a relayed connection."""
_NEAR = 0.05
_EDGES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
"""Distances in nats at which decoys are counted."""
_RANGE = 8.0
"""Nats over which the ratio of two unrelated volumes lies about evenly: from a hundredth to thirty-fold."""
_LEGS_A_TUNNEL = 1
"""Fewest other connections within the life of one of the group's."""
_OUTLIERS = 3
"""So many transfers of the host's own that are larger than the tunnel may be set aside."""
_IDLE_PIECES, _IDLE = 20, 0.1
"""Where there are so many pieces, the tenth with the least bytes shows what an idle tunnel moves."""
_PIECES = 3
"""Fewest pieces whose volumes can be told from those of each other."""
_EXITS = 8
"""Fewest targets: two or three volumes agree with anything."""
_PSEUDO = 50.0
"""Weight of that law, in decoy tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """A group of peers of one host and how its bytes balance with the rest within its life.

    `moved` are bytes received from and sent to the group, `others` bytes sent to and received from all others, in
    `legs` connections.
    """

    host: int
    kind: str
    rarity: str
    opened: bool
    moved: tuple[float, float]
    others: tuple[float, float]
    legs: int
    pieces: Conserved | None
    count: int
    peers: tuple[int, ...]
    exits: int
    known: int
    targets_inside: float
    peers_inside: float
    web: float
    port: int
    bytes_: int
    longest: float
    start: int
    stop: int


def _balance(stage: Stage) -> None:
    part, run, settings = sections("conservation.sql"), stage.connection.execute, stage.settings
    port_tables(stage.connection)
    run(part["rarity"], {"uncommon": stage.uncommon})
    life, least = (round(settings.number(f"relay.conservation.{name}_life") * 1e6) for name in ("tunnel", "least"))
    run(
        part["likely"],
        {"least_bytes": settings.integer("relay.conservation.least_bytes"), "least_life": least, "tunnel_life": life},
    )
    run(part["lasting"], {"tunnel_life": life})
    run(part["totals"])
    run(part["member"])
    run(part["grouped"], {"most_peers": settings.integer("relay.conservation.most_peers")})
    run("CREATE OR REPLACE TEMP TABLE band (band VARCHAR, share DOUBLE, bytes DOUBLE)")
    for band in _BANDS:
        run("INSERT INTO band VALUES (?, ?, ?)", list(band))
    run(part["balance"])
    run(
        """CREATE OR REPLACE TEMP TABLE candidate AS SELECT kind, key, host, opened, rarity FROM balance
        WHERE decoy = 0 AND band = 'wide' AND ((up <= $far AND down <= $far) OR (odd AND rarity = 'all'))""",
        {"far": settings.number("relay.conservation.far")},
    )
    run(part["near"])


def _pieces(group: Any, rest: Any, windows: Any) -> Conserved | None:
    """Agreement over pieces of time: edges where connections of the group begin and end, merged to 200 at most."""
    edges = np.unique(np.concatenate([group["t"], group["e"], windows.ravel()]))
    if edges.size > 200:
        edges = edges[:: edges.size // 100]
    if edges.size < 5:
        return None
    sums = {}
    for name, legs in (("group", group), ("rest", rest)):
        for column in ("b_in", "b_out"):
            sums[name, column] = spread(legs["t"], legs["e"], legs[column].astype(float), edges)
    count, tunnels = (spread(legs["t"], legs["e"], np.ones(legs["t"].size), edges) for legs in (rest, group))
    if edges.size > _IDLE_PIECES:
        for column in ("b_in", "b_out"):
            sums["group", column] = sums["group", column] - float(np.quantile(sums["group", column], _IDLE))
    moved = sums["group", "b_in"] + sums["group", "b_out"]
    keep = (moved > 2000) & (count > 0)
    for part in sums.values():
        keep &= part > 0
    if int(keep.sum()) < _PIECES:
        return None
    return conserved_pieces(
        Pieces(
            moved=(sums["group", "b_in"][keep], sums["group", "b_out"][keep]),
            tunnels=tunnels[keep],
            others=(sums["rest", "b_out"][keep], sums["rest", "b_in"][keep]),
            count=count[keep],
            length=np.diff(edges)[keep].astype(float),
        )
    )


def _looks(group: Any, whole: Any, rest: Any, windows: Any) -> Conserved | None:
    """The better look at the pieces: by records, and where the sensor cut connections, by connections too.

    An exporter that counts what each record saw has the volume of each minute; one that tells the connection's bytes
    evenly has only those of the whole.
    """
    looks = [_pieces(group, rest, windows)]
    if whole["t"].size < group["t"].size:
        looks.append(_pieces(whole, rest, windows))
    seen = [one for one in looks if one is not None]
    best = max(seen, key=lambda one: one.bits, default=None)
    return best and replace(best, bits=max(best.bits - math.log2(len(looks)), 0.0))


def spread(start: Any, stop: Any, amount: Any, edges: Any) -> Any:
    """Amounts laid evenly over [start, stop] and summed between edges."""
    stop = np.maximum(stop, start + 1)
    order = np.concatenate([start, stop])
    rate = amount / (stop - start)
    change = np.concatenate([rate, -rate])
    rank = np.argsort(order, kind="stable")
    times, slope = order[rank].astype(float), np.cumsum(change[rank])
    area = np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(times))])
    return np.maximum(np.diff(np.interp(edges.astype(float), times, area)), 0.0)


def _windows(start: Any, stop: Any) -> Any:
    """Union of intervals, each a second wider, as rows (from, to)."""
    order = np.argsort(start, kind="stable")
    low, high = start[order] - 1_000_000, np.maximum.accumulate(stop[order] + 1_000_000)
    first = np.concatenate([[True], low[1:] > high[:-1]])
    last = np.concatenate([first[1:], [True]])
    return np.stack([low[first], high[last]], axis=1)


def _members(kind: str, key: int, opened: bool, legs: Any) -> Any:
    """Which legs belong to the group: legs of lasting peers only."""
    lasting = legs["member"] & (legs["opened"] == opened)
    if kind != "uploads":
        return lasting & (legs[kind] == key)
    _, inverse = np.unique(legs["peer"], return_inverse=True)
    more = np.bincount(inverse, weights=(legs["b_out"] - legs["b_in"]) * lasting)
    return lasting & (more > 0)[inverse]


def _fits(legs: Any, other: Any, received: float, sent: float) -> Any:
    """Legs that a tunnel of so many bytes could have carried; where more than a few do not fit, all stay."""
    fits = (legs["b_out"] <= 1.05 * received) & (legs["b_in"] <= 1.05 * sent)
    return fits if int((other & ~fits).sum()) <= _OUTLIERS else np.ones_like(fits)


def _connections(group: Any) -> dict[str, Any]:
    """The connections that the legs of a group make: start, stop and bytes.

    A sensor with an active time-out cuts a connection into records that share peer and source port.
    """
    pair = np.stack([group["peer"].astype(np.int64), group["sport"].astype(np.int64)])
    _, inverse = np.unique(pair, axis=1, return_inverse=True)
    count = int(inverse.max()) + 1
    start, stop = np.full(count, np.iinfo(np.int64).max), np.zeros(count, dtype=np.int64)
    np.minimum.at(start, inverse, group["t"])
    np.maximum.at(stop, inverse, group["e"])
    sums = {name: np.bincount(inverse, weights=group[name], minlength=count) for name in ("b_in", "b_out")}
    return {"t": start, "e": stop, **sums}


def _tunnel(stage: Stage, host: int, kind: str, key: int, opened: bool, rarity: str, legs: Any) -> Tunnel | None:
    chosen = _members(kind, key, opened, legs)
    members = np.unique(legs["peer"][chosen])
    most = {"all": len(stage.hosts), "uncommon": stage.uncommon, "rare": 2}[rarity]
    other = legs["opened"] & ~legs["member"] & (legs["hosts"] <= most) & ~np.isin(legs["peer"], members)
    other &= _fits(legs, other, float(legs["b_in"][chosen].sum()), float(legs["b_out"][chosen].sum()))
    if not chosen.any() or not other.any():
        return None
    group = {name: column[chosen] for name, column in legs.items()}
    windows = _windows(group["t"], group["e"])
    place = np.searchsorted(windows[:, 0], legs["t"], side="right") - 1
    within = other & (place >= 0) & (legs["t"] <= windows[np.maximum(place, 0), 1])
    rest = {name: column[within] for name, column in legs.items()}
    whole = _connections(group)
    connections, life = whole["t"].size, float((whole["e"] - whole["t"]).max()) / 1e6
    if life < stage.settings.number("relay.conservation.tunnel_life"):
        return None
    sums = [float(part[column].sum()) for part in (group, rest) for column in ("b_in", "b_out")]
    exits = int(np.unique(rest["peer"]).size)
    if min(sums) <= 0 or exits < _EXITS or int(within.sum()) < _LEGS_A_TUNNEL * connections:
        return None
    return Tunnel(
        host=host,
        kind=kind,
        rarity=rarity,
        opened=opened,
        moved=(sums[0], sums[1]),
        others=(sums[3], sums[2]),
        legs=int(within.sum()),
        pieces=_looks(group, whole, rest, windows),
        count=connections,
        peers=tuple(int(one) for one in members),
        exits=exits,
        known=int(group["hosts"].max()),
        targets_inside=float(rest["peer_inside"].mean()),
        peers_inside=float(group["peer_inside"].mean()),
        web=float(np.isin(rest["port"], ports()["web"]).mean()),
        port=int(np.bincount(group["port"]).argmax()),
        bytes_=int(sums[0] + sums[1]),
        longest=life,
        start=int(group["t"].min()),
        stop=int(group["e"].max()),
    )


def _beyond(moved: float, other: float, legs: int, share: float, bytes_: float) -> tuple[float, float]:
    """How far `moved` lies outside of [other, envelope of other], and how wide that is, in nats."""
    low, high = float(np.log(other)), float(np.log((1 + share) * other + bytes_ * legs))
    at = float(np.log(moved))
    return max(low - at, at - high, 0.0), high - low


def _decoys(stage: Stage) -> Grid:
    """Decoys within each pair of distances, by kind, rarity and band."""
    rows = stage.connection.execute(sections("conservation.sql")["decoys"], {"edges": list(_EDGES)}).fetchall()
    counts: Grid = defaultdict(lambda: np.zeros((len(_EDGES) + 1, len(_EDGES) + 1)))
    for kind, rarity, band, up, down, count in rows:
        counts[kind, rarity, band][up, down] += count
    return {key: cells.cumsum(axis=0).cumsum(axis=1) for key, cells in counts.items()}


def _chance(grid: Grid, tunnel: Tunnel) -> float:
    """Chance that both ratios of unrelated traffic come so near: decoys, with an even law as a weak prior."""
    best = 1.0
    for band, share, bytes_ in _BANDS:
        (up, up_wide), (down, down_wide) = (
            _beyond(moved, other, tunnel.legs, share, bytes_)
            for moved, other in zip(tunnel.moved, tunnel.others, strict=True)
        )
        up, down = max(up, _NEAR), max(down, _NEAR)
        cells = grid.get((tunnel.kind, tunnel.rarity, band))
        near, tested = 0.0, 0.0
        if cells is not None:
            near, tested = float(cells[_cell(up), _cell(down)]), float(cells[-1, -1])
        even = min((2 * up + up_wide) / _RANGE, 1.0) * min((2 * down + down_wide) / _RANGE, 1.0)
        best = min(best, (near + _PSEUDO * even) / (tested + _PSEUDO) * len(_BANDS))
    return best


def _cell(far: float) -> int:
    """The cell of the first edge that is not below."""
    return int(np.searchsorted(_EDGES, far, side="left"))


def _detection(stage: Stage, tunnel: Tunnel, names: Mapping[int, str], score: float, chance: float) -> Detection:
    pieces = tunnel.pieces
    figures = (
        ("up", tunnel.moved[0] / tunnel.others[0]),
        ("down", tunnel.moved[1] / tunnel.others[1]),
        ("chance", chance),
        ("connections", float(tunnel.count)),
        ("servers", float(len(tunnel.peers))),
        ("exits", float(tunnel.exits)),
        ("peer_hosts", float(tunnel.known)),
        ("port_hosts", float(stage.port_hosts(tunnel.port))),
        ("common_port", float(tunnel.port in ports()["common"])),
        ("bytes", float(tunnel.bytes_)),
        ("longest_s", tunnel.longest),
        ("pieces", float(pieces.kept if pieces else 0)),
        ("piece_bits", pieces.bits if pieces else 0.0),
        ("opened", float(tunnel.opened)),
        ("port", float(tunnel.port)),
        ("peers_inside", tunnel.peers_inside),
        ("callers", float(len(tunnel.peers))),
        ("targets_inside", tunnel.targets_inside),
        ("target_web", tunnel.web),
    )
    return Detection(
        detector=NAME,
        family=FAMILY,
        host=stage.hosts[tunnel.host],
        peers=tuple(sorted(names[peer] for peer in tunnel.peers if peer in names))[:20],
        first_seen=moment(tunnel.start),
        last_seen=moment(tunnel.stop),
        score=score,
        false_rate=None,
        figures=figures,
    )


def detect(stage: Stage) -> list[Detection]:
    """Hosts with a tunnel whose bytes balance with their other traffic, each with its best group; sorted by host."""
    _balance(stage)
    grid = _decoys(stage)
    least = stage.settings.number("relay.conservation.least_bits")
    found: dict[int, list[tuple[float, float, Tunnel]]] = defaultdict(list)
    run = stage.connection.execute
    wanted = run("SELECT host, kind, key, opened, rarity FROM candidate ORDER BY ALL").fetchall()
    for bucket in range(stage.buckets):
        legs = run(sections("conservation.sql")["legs"], {"bucket": bucket}).fetchnumpy()
        for host, kind, key, opened, rarity in wanted:
            if host % stage.buckets != bucket:
                continue
            low, high = np.searchsorted(legs["host"], [host, host + 1])
            own = {name: column[low:high] for name, column in legs.items()}
            tunnel = _tunnel(stage, host, kind, key, opened, rarity, own)
            if tunnel is not None:
                chance = _chance(grid, tunnel)
                extra = min(tunnel.pieces.bits, 30.0) if tunnel.pieces else 0.0
                found[host].append((-float(np.log2(min(chance, 1.0))) + extra, chance, tunnel))
    best = {host: max(own, key=lambda item: item[0]) for host, own in found.items()}
    price = {host: float(np.log2(len(own))) / 2 for host, own in found.items()}
    told = {host: item for host, item in sorted(best.items()) if item[0] - price[host] >= least}
    names = stage.names(peer for _, _, tunnel in told.values() for peer in tunnel.peers)
    return [
        _detection(stage, tunnel, names, score - price[host], chance) for host, (score, chance, tunnel) in told.items()
    ]
