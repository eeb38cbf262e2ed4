"""Relay pairs: a connection towards the one who steers, and at once one to a target, with the same bytes crosswise.

The first leg came in (a forward relay) or the host opened it itself (a back-connect relay); the second the host opened.
Two kinds of decoys say what chance does: the first legs moved in time, and second legs given to another first leg.
The time decoys break what happens together; the others break only who belongs to whom, so that a page that loads forty
things, or an application that asks its database at each request, has no score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geppo.model.relay import Detection
from geppo.relay.detect._conserve import Conserved, conserved, poisson_bits
from geppo.relay.detect._ports import port_tables, ports
from geppo.relay.detect._sql import sections
from geppo.relay.detect._stage import Stage, moment

NAME = "pairs"
FAMILY = "relay behaviour"

_WHOLE, _WHOLE_LEAST, _WHOLE_BITS = 0.7, 8, 6.0
"""Share of the legs that pair, fewest pairs, and bits for it: a page or an application asks the same hosts again."""
_SHOWN = 20
"""Most peers named of one host."""
_SHIFTS = (37, -61, 113, -149)
"""Seconds by which decoys are moved: primes, so that no usual period makes them fall on itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """First legs that share a peer or a service, with their second legs (arrays of one length, by time)."""

    host: int
    kind: str
    shift: int
    opened: bool
    rows: dict[str, Any]

    @property
    def size(self) -> int:
        """How many first legs have a second one."""
        return int(self.rows["begun"].size)

    @property
    def bonus(self) -> float:
        """Bits that need no bytes: nearly all legs of the group pair, and each with a target of its own."""
        targets = np.unique(self.rows["o_peer"]).size
        whole = self.size >= _WHOLE * int(self.rows["legs"][0]) and targets >= self.size / 2
        return _WHOLE_BITS if whole and self.size >= _WHOLE_LEAST else 0.0

    def alone(self) -> Group:
        """The group with rows of its own: slices would keep those of all groups of its bucket in memory."""
        return replace(self, rows={name: column.copy() for name, column in self.rows.items()})

    def score(self, turn: int = 0) -> Conserved:
        """Conservation of bytes; `turn` gives each second leg to the first leg so many places before."""
        row = self.rows
        out_b, in_b = (np.roll(row[name], turn) for name in ("o_out", "o_in"))
        return conserved(row["b_in"], out_b, row["b_out"], in_b, float(row["choices"].mean()))

    def bits_with_bonus(self, turn: int = 0) -> float:
        """Bits by bytes, and those that need none only where the bytes say something."""
        bits = self.score(turn).bits
        return bits + self.bonus if bits > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A group of the real times with its bits by time, by bytes, and of its decoys."""

    group: Group
    bits: float
    time_bits: float
    bytes_: Conserved
    chance_hits: float
    decoys: tuple[float, ...]


def _tables(stage: Stage) -> None:
    port_tables(stage.connection)
    moved = [0, *(second * 1_000_000 for second in _SHIFTS)]
    stage.connection.execute("CREATE OR REPLACE TEMP TABLE shift AS SELECT unnest($v::BIGINT[]) AS shift", {"v": moved})


def _found(stage: Stage, bucket: int) -> dict[str, Any]:
    part, run, settings = sections("pairs.sql"), stage.connection.execute, stage.settings
    least = settings.integer("relay.pairs.least_legs")
    run(part["ready"], {"bucket": bucket, "cap": settings.integer("relay.pairs.legs_a_second")})
    run(part["first"], {"bucket": bucket, "least": least})
    lags = {"low": "lag_low", "high": "lag_high", "before": "lag_before", "after": "lag_after"}
    run(part["match"], {key: round(settings.number(f"relay.pairs.{name}") * 1e6) for key, name in lags.items()})
    rows: dict[str, Any] = run(
        part["grouped"], {"least": least, "share": settings.number("relay.pairs.least_share")}
    ).fetchnumpy()
    return rows


def _groups(rows: dict[str, Any]) -> Iterator[Group]:
    """Cut the rows, which come ordered by group, into groups."""
    size = rows["begun"].size
    if not size:
        return
    edge = np.ones(size, dtype=bool)
    for name in ("kind", "key", "host", "shift", "opened"):
        column = rows[name]
        edge[1:] &= column[1:] == column[:-1]
    starts = np.flatnonzero(~edge | (np.arange(size) == 0))
    for start, stop in zip(starts, [*starts[1:], size], strict=True):
        cut = {name: column[start:stop] for name, column in rows.items()}
        yield Group(
            host=int(cut["host"][0]),
            kind=str(cut["kind"][0]),
            shift=int(cut["shift"][0]),
            opened=bool(cut["opened"][0]),
            rows=cut,
        )


def _scored(groups: list[Group], floor: float) -> list[Scored]:
    """Score the groups of the real times; each has the time decoys of its own key and two turned decoys."""
    by_key: dict[tuple[Any, ...], dict[int, Group]] = defaultdict(dict)
    for group in groups:
        by_key[(group.host, group.kind, int(group.rows["key"][0]), group.opened)][group.shift] = group
    found: list[Scored] = []
    for shifts in by_key.values():
        moved = [group for shift, group in shifts.items() if shift]
        hits = sum(group.size for group in moved) / len(_SHIFTS)
        real = shifts.get(0)
        decoys = [min(group.bits_with_bonus(), poisson_bits(group.size, hits + floor)) for group in moved]
        if real is None:
            found.extend(_only_decoys(moved, decoys))
            continue
        bytes_ = real.score()
        time_bits = poisson_bits(max(bytes_.kept, 1), hits * bytes_.share + floor)
        turned = [real.bits_with_bonus(turn) for turn in (1, 2, 3, 5)] if bytes_.bits > 0 else []
        found.append(
            Scored(
                group=real,
                bits=min(time_bits, bytes_.bits + (real.bonus if bytes_.bits > 0 else 0.0)),
                time_bits=time_bits,
                bytes_=bytes_,
                chance_hits=hits,
                decoys=(*decoys, *turned),
            )
        )
    return found


def _only_decoys(moved: list[Group], decoys: list[float]) -> Iterator[Scored]:
    nothing = Conserved(bits=0.0, share=0.0, chance=1.0, kept=0, overhead=(0.0, 0.0))
    if moved:
        yield Scored(group=moved[0], bits=0.0, time_bits=0.0, bytes_=nothing, chance_hits=0.0, decoys=tuple(decoys))


def false_rates(real: dict[int, float], decoys: list[float], rounds: int) -> dict[int, float]:
    """Empirical false-discovery rate of each host: decoy hosts at its score or above, against real ones.

    One is added above, so that the rate is never 0 on a small network (Barber and Candès 2015, "knockoff+").
    """
    at_least = sorted(real.values())
    null = np.sort(np.asarray(decoys)) if decoys else np.zeros(0)
    rates: dict[int, float] = {}
    lowest = 1.0
    for host, score in sorted(real.items(), key=lambda item: (item[1], item[0])):
        above = len(at_least) - int(np.searchsorted(at_least, score, side="left"))
        false = null.size - int(np.searchsorted(null, score, side="left"))
        lowest = min(lowest, (1 + false) / rounds / max(above, 1))
        rates[host] = lowest
    return rates


def _enough(row: dict[str, Any]) -> Any:
    """Peers of a group that may be named: the most frequent, and all that are as frequent as the last of them."""
    peers, counts = np.unique(row["peer"], return_counts=True)
    return peers[counts >= np.sort(counts)[::-1][:_SHOWN][-1]]


def _detection(stage: Stage, best: Scored, names: Mapping[int, str], rate: float) -> Detection:
    row, group = best.group.rows, best.group
    legs = int(row["legs"][0])
    peers, counts = np.unique(row["peer"], return_counts=True)
    hits = {int(peer): int(count) for peer, count in zip(peers, counts, strict=True)}
    named = [peer for peer in map(int, _enough(row)) if peer in names]
    shown = sorted(named, key=lambda peer: (-hits[peer], names[peer]))[:_SHOWN]
    targets = np.unique(row["o_peer"])
    port = int(np.bincount(row["port"].astype(np.int64)).argmax())
    figures = (
        ("hits", float(best.bytes_.kept)),
        ("legs", float(legs)),
        ("chance_hits", best.chance_hits),
        ("exits", float(targets.size)),
        ("callers", float(peers.size)),
        ("opened", float(group.opened)),
        ("lag_ms", float(np.median(row["lag"])) / 1000),
        ("overhead_share", best.bytes_.overhead[0]),
        ("overhead_bytes", best.bytes_.overhead[1]),
        ("byte_chance", best.bytes_.chance),
        ("port", float(port)),
        ("port_hosts", float(stage.port_hosts(port))),
        ("peers_inside", float(row["peer_inside"].mean())),
        ("peer_hosts", float(row["known"].max())),
        ("common_port", float(np.isin(row["port"], ports()["common"]).mean() > 0.5)),
        ("targets_inside", float(row["o_inside"].mean())),
        ("target_web", float(np.isin(row["o_port"], ports()["web"]).mean())),
    )
    return Detection(
        detector=NAME,
        family=FAMILY,
        host=stage.hosts[group.host],
        peers=tuple(names[peer] for peer in shown),
        first_seen=moment(row["begun"].min()),
        last_seen=moment(row["last"].max()),
        score=best.bits,
        false_rate=rate,
        figures=figures,
    )


def detect(stage: Stage) -> list[Detection]:
    """Hosts whose legs pair above chance, each with its best peer or service; sorted by host.

    Start lag, byte symmetry and overlap in time are the marks that ATT&CK DET0359 and DET0631 name for bridging.
    """
    floor = stage.settings.number("relay.pairs.chance_floor")
    least = stage.settings.number("relay.pairs.least_bits")
    best: dict[int, Scored] = {}
    decoys: list[float] = []
    _tables(stage)
    for bucket in range(stage.buckets):
        null: dict[tuple[int, int], float] = {}
        for one in _scored(list(_groups(_found(stage, bucket))), floor):
            host = one.group.host
            for index, score in enumerate(one.decoys):
                null[(host, index)] = max(null.get((host, index), 0.0), score)
            if one.bits > 0 and (host not in best or one.bits > best[host].bits):
                best[host] = replace(one, group=one.group.alone())
        decoys.extend(null.values())
    rates = false_rates({host: one.bits for host, one in best.items()}, decoys, 2 * len(_SHIFTS))
    told = [host for host in sorted(best) if best[host].bits >= least]
    # Asked once: each question goes through all addresses.
    names = stage.names(int(peer) for host in told for peer in _enough(best[host].group.rows))
    return [_detection(stage, best[host], names, rates[host]) for host in told]
