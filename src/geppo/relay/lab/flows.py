"""Columns of made flows, and how connections turn into them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]]

TCP, UDP, ICMP = 6, 17, 1
SF, S0, REJ, S1, RSTO = range(5)
STATES = ("SF", "S0", "REJ", "S1", "RSTO")
PROTOCOLS = {TCP: "tcp", UDP: "udp", ICMP: "icmp"}
DAY = 86_400.0
_SEGMENT = 1_300.0


@dataclass(frozen=True, slots=True)
class Flows:
    """Rows of flows as arrays of one length: start and length in seconds, ends, payload bytes and packets each way.

    Packets are -1 until they are written, or a sensor counts them.
    """

    start: Floats
    length: Floats
    src: Ints
    sport: Ints
    dst: Ints
    dport: Ints
    proto: Ints
    sent: Ints
    got: Ints
    state: Ints
    out_packets: Ints
    in_packets: Ints

    def __len__(self) -> int:
        return len(self.start)

    def take(self, chosen: npt.NDArray[np.bool_] | Ints) -> Flows:
        """Some rows."""
        return Flows(*(getattr(self, name)[chosen] for name in self.__slots__))


def joined(parts: Iterable[Flows]) -> Flows:
    """All rows of several."""
    kept = [part for part in parts if len(part)]
    if not kept:
        return connections(np.random.default_rng(0), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), 443)
    return Flows(*(np.concatenate([getattr(part, name) for part in kept]) for name in Flows.__slots__))


def connections(
    chance: np.random.Generator,
    start: Floats,
    src: Ints,
    dst: Ints,
    port: int | Ints,
    *,
    sent: Numbers | float = 800.0,
    got: Numbers | float = 4_000.0,
    length: Numbers | float = 1.0,
    proto: int = TCP,
    spread: float = 1.0,
) -> Flows:
    """Whole connections. `sent`, `got` and `length` are medians of log-normal laws unless `spread` is 0: then they are
    the values themselves."""
    size = len(start)
    noise = np.exp(chance.normal(0.0, spread, (3, size))) if spread else np.ones((3, size))
    ints = np.int64
    return Flows(
        start=np.asarray(start, np.float64),
        length=np.clip(np.broadcast_to(length, size) * noise[2], 0.001, DAY),
        src=np.asarray(src, ints),
        sport=chance.integers(1_024, 65_536, size),
        dst=np.asarray(dst, ints),
        dport=np.broadcast_to(np.asarray(port, ints), size).copy(),
        proto=np.full(size, proto, ints),
        sent=(np.broadcast_to(sent, size) * noise[0]).astype(ints),
        got=(np.broadcast_to(got, size) * noise[1]).astype(ints),
        state=np.full(size, SF, ints),
        out_packets=np.full(size, -1, ints),
        in_packets=np.full(size, -1, ints),
    )


def packets(payload: Ints, chance: np.random.Generator) -> Ints:
    """Packets that carry a payload: full segments, a few more for the handshake and acknowledgements."""
    return (np.ceil(payload / _SEGMENT) + chance.integers(2, 6, len(payload))).astype(np.int64)


def by_day(chance: np.random.Generator, size: int, *, office: float = 0.7, start: float = 0.0) -> Floats:
    """Starts within a day: a share around working hours, the rest at any time."""
    busy = np.clip(chance.normal(13.0, 3.2, size), 0, 23.99) * 3_600
    idle = chance.uniform(0, DAY, size)
    return start + np.where(chance.random(size) < office, busy, idle)
