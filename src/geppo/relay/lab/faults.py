"""What a sensor makes of the flows: loss, cuts at a time-out, sampling, skew, one direction, shared addresses."""

from __future__ import annotations

import numpy as np

from geppo.relay.lab.flows import S1, TCP, Flows, Ints
from geppo.relay.lab.preset import Sensor
from geppo.relay.lab.world import INSIDE

NAT_ADDRESS = INSIDE + 2
_MOST_CUTS = 2_000


def seen(chance: np.random.Generator, flows: Flows, sensor: Sensor, hidden: Ints) -> Flows:
    """The flows as the sensor records them. `hidden` are hosts whose flows outward leave from one address."""
    if len(hidden):
        behind = np.isin(flows.src, hidden)
        flows = _with(flows, src=np.where(behind, NAT_ADDRESS, flows.src))
    if sensor.loss:
        flows = flows.take(chance.random(len(flows)) >= sensor.loss)
    if sensor.timeout:
        flows = _cut(flows, sensor.timeout)
    if sensor.skew:
        outward = (flows.src >> 24) == (INSIDE >> 24)
        flows = _with(flows, start=flows.start + np.where(outward, sensor.skew / 2, -sensor.skew / 2))
    if sensor.sampling > 1:
        flows = _sampled(chance, flows, sensor.sampling)
    return _with(flows, got=np.zeros_like(flows.got)) if sensor.one_sided else flows


def _with(flows: Flows, **changed: object) -> Flows:
    return Flows(*(changed.get(name, getattr(flows, name)) for name in Flows.__slots__))  # type: ignore[arg-type]


def _cut(flows: Flows, timeout: float) -> Flows:
    """Long flows in pieces of the active time-out, bytes spread evenly; what is left over stays in the last piece."""
    pieces = np.clip(np.ceil(flows.length / timeout), 1, _MOST_CUTS).astype(np.int64)
    row = np.repeat(np.arange(len(flows)), pieces)
    number = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    long = flows.take(row)
    count = pieces[row]
    last = number == count - 1

    def share(values: Ints) -> Ints:
        even = values // count
        return np.where(last, values - even * (count - 1), even)

    length = np.where(last, long.length - timeout * (count - 1), timeout)
    return _with(
        long,
        start=long.start + number * timeout,
        length=np.maximum(0.001, length),
        sent=share(long.sent),
        got=share(long.got),
        state=np.where(last, long.state, S1),
    )


def _sampled(chance: np.random.Generator, flows: Flows, keep: int) -> Flows:
    """One packet in `keep`: counts are what was sampled, as an exporter without scaling writes them."""
    size = 1_300.0
    bare = np.where(flows.proto == TCP, 3, 0)
    whole = (np.maximum(1, np.ceil(flows.sent / size)), np.ceil(flows.got / size))
    sent, got = (chance.binomial(count.astype(np.int64) + bare, 1 / keep) for count in whole)
    thin = _with(
        flows,
        sent=(sent * np.minimum(size, flows.sent / whole[0])).astype(np.int64),
        got=(got * np.minimum(size, flows.got / np.maximum(1, whole[1]))).astype(np.int64),
        out_packets=sent,
        in_packets=got,
    )
    return thin.take(sent + got > 0)
