"""Control channels: connections to one outside peer at a steady interval and size, and who else does the same.

An update agent is as regular as an implant. What tells them apart is the population: the same period and size on many
hosts, or one peer of many hosts, is software; a peer that nearly nobody else calls is not explained by that.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from geppo.model.relay import Detection
from geppo.relay.detect._ports import port_tables, ports
from geppo.relay.detect._sql import sections
from geppo.relay.detect._stage import Stage, moment

NAME = "control"
FAMILY = "control channel"

_FEW = 4
"""Copies of a shape that may still be one hand's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A regular pair: host, peer and port, how regular, and how many hosts share the peer and the shape."""

    host: int
    peer: int
    port: int
    count: int
    first: int
    last: int
    period: float
    spread: float
    skew: float
    size: float
    size_spread: float
    answer: float
    hosts: int
    failed: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Period and sizes on a log grid of about a quarter: what two copies of one program have in common."""
        return (
            round(math.log2(max(self.period, 1.0)) * 3),
            round(math.log2(self.size + 64) * 3),
            round(math.log2(self.answer + 64) * 3),
        )

    def regular_bits(self) -> float:
        """How much steadier than the exponential law's .69, more with more beats, 9 at most."""
        steady = max(0.69 - self.spread, 0.0) / 0.69 * max(1 - abs(self.skew), 0.0)
        same = max(1 - self.size_spread / (self.size + 64), 0.0)
        return min(steady * (0.5 + 0.5 * same) * 2 * math.log2(self.count), 9.0)


def _beat(row: dict[str, Any]) -> Beat:
    low, middle, high = (float(one) / 1e6 for one in row["gaps"])
    wide = high - low
    skew = (low + high - 2 * middle) / wide if wide > 1 and middle not in (low, high) else 0.0
    return Beat(
        host=int(row["host"]),
        peer=int(row["peer"]),
        port=int(row["port"]),
        count=int(row["n"]),
        first=int(row["first"]),
        last=int(row["last"]),
        period=middle,
        spread=float(row["spread"]) / 1e6 / middle,
        skew=skew,
        size=float(row["sizes"][1]),
        size_spread=float(row["size_spread"]),
        answer=float(row["answer"]),
        hosts=int(row["hosts"]),
        failed=float(row["failed"]) / int(row["n"]),
    )


def regular(stage: Stage) -> list[Beat]:
    """Regular pairs of all hosts, by host, peer and port."""
    port_tables(stage.connection)
    settings = stage.settings
    cover, hours = (settings.number(f"relay.control.{name}") for name in ("least_cover", "enough_hours"))
    values = {
        "least": settings.integer("relay.control.least_times"),
        "most": settings.integer("relay.control.most_times"),
        "period": round(settings.number("relay.control.least_period") * 1e6),
        "spread": settings.number("relay.control.most_spread"),
        "cover": round(min(cover * stage.span, hours * 3600) * 1e6),
    }
    part, run = sections("control.sql"), stage.connection.execute
    run(part["beat"])
    for bucket in range(stage.buckets):
        run(part["regular"], {**values, "bucket": bucket})
    rows = run(part["known"])
    names = [column[0] for column in rows.description]
    return [_beat(dict(zip(names, row, strict=True))) for row in rows.fetchall()]


def _population_bits(beat: Beat, alike: int, hosts: int, classes: int) -> float:
    """What the population says: rarity of the peer for it, copies of the shape with other peers against it.

    A few copies may be one hand with several servers; many, and above all on several asset classes, are software.
    """
    rare = min(math.log2(max(hosts, 2) / beat.hosts) / 2, 3.0)
    copies = -2.0 * math.log2(alike / _FEW) if alike > _FEW else 0.0
    several = -3.0 if classes > 1 and alike > _FEW else 0.0
    return rare + max(copies, -8.0) + several


def _detection(stage: Stage, beat: Beat, name: str, score: float, alike: int, sharing: int) -> Detection:
    figures = (
        ("period_s", beat.period),
        ("spread", beat.spread),
        ("connections", float(beat.count)),
        ("sent_bytes", beat.size),
        ("answer_bytes", beat.answer),
        ("peer_hosts", float(beat.hosts)),
        ("alike", float(alike)),
        ("port", float(beat.port)),
        ("sharing", float(sharing)),
        ("failed", beat.failed),
        ("common_port", float(beat.port in ports()["common"])),
    )
    return Detection(
        detector=NAME,
        family=FAMILY,
        host=stage.hosts[beat.host],
        peers=(name,),
        first_seen=moment(beat.first),
        last_seen=moment(beat.last),
        score=score,
        false_rate=None,
        figures=figures,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """Who does the like: hosts and asset classes by shape, hosts by peer and port."""

    shapes: dict[tuple[int, int, int], set[int]]
    classes: dict[tuple[int, int, int], set[str]]
    homes: dict[tuple[int, int], set[int]]

    def elsewhere(self, shape: tuple[int, int, int], home: tuple[int, int]) -> int:
        """How many hosts do the like, but do not call the home. The smaller set is gone through, not the larger."""
        like = self.shapes[shape]
        return len(like) - len(like & self.homes[home])


def _crowd(stage: Stage, beats: list[Beat]) -> _Crowd:
    crowd = _Crowd(shapes=defaultdict(set), classes=defaultdict(set), homes=defaultdict(set))
    for beat in beats:
        asset = stage.asset(beat.host)
        crowd.shapes[beat.shape].add(beat.host)
        crowd.classes[beat.shape].add(asset.asset_class if asset else "")
        crowd.homes[beat.peer, beat.port].add(beat.host)
    return crowd


def weighed(stage: Stage, beats: list[Beat]) -> list[tuple[float, Beat]]:
    """Each regular pair with its bits, in the order given."""
    crowd = _crowd(stage, beats)
    others: dict[tuple[tuple[int, int, int], tuple[int, int]], int] = {}
    found = []
    for beat in beats:
        key = (beat.shape, (beat.peer, beat.port))
        # Once for each shape and home: many hosts have the same, and a look at all of them for each would be quadratic.
        if key not in others:
            others[key] = crowd.elsewhere(*key)
        alike = others[key] + 1
        score = beat.regular_bits() + _population_bits(beat, alike, len(stage.hosts), len(crowd.classes[beat.shape]))
        if beat.hosts > stage.uncommon and beat.hosts > 20:
            score = min(score, 0.0)
        found.append((score, beat))
    return found


def detect(stage: Stage) -> list[Detection]:
    """Hosts with a regular connection that the population does not explain, each with its best one; sorted by host.

    Interval and size statistics after RITA v5 (median, MAD, Bowley skew); population shape: own.
    """
    beats = regular(stage)
    crowd = _crowd(stage, beats)
    least = stage.settings.number("relay.control.least_bits")
    best: dict[int, tuple[float, Beat]] = {}
    for score, beat in weighed(stage, beats):
        if score >= least and score > best.get(beat.host, (0.0,))[0]:
            best[beat.host] = (score, beat)
    # Asked once: each question goes through all addresses.
    names = stage.names(beat.peer for _, beat in best.values())
    return [
        _detection(
            stage,
            beat,
            names.get(beat.peer, "?"),
            score,
            len(crowd.shapes[beat.shape]),
            len(crowd.homes[beat.peer, beat.port]),
        )
        for _, (score, beat) in sorted(best.items(), key=lambda item: item[0])
    ]
