"""Flows as their monitored hosts see them, written once in Ibis: what every detector of relays begins with.

Three expressions over a table `events` (columns EVENTS) and a table `known` (columns KNOWN), in whole numbers and text,
so that every engine gives the same rows:

    addresses   each address once
    legs        a row for each monitored end of a flow
    sides       the legs of one host, peer, port and direction, counted

`known` has the monitored addresses with the host's number, those that are not written in their normal form, and those
that are left out. Any other address is one of the outside in its normal form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from geppo.errors import DataError
from geppo.telemetry.expressions import EVENTS as PLAIN
from geppo.telemetry.expressions import Expression

EVENTS: Mapping[str, str] = {**PLAIN, "duration": "float64", "resp_pkts": "int64", "conn_state": "string"}
"""Columns and Ibis types of the flows; `duration` in seconds."""
KNOWN: Mapping[str, str] = {
    "address": "string",
    "normal": "string",
    "host": "int64",
    "bucket": "int64",
    "skip": "int64",
}
"""An address, its normal form, its host's number and bucket (null outside), and 1 where it is left out."""

SILENT = ("icmp", "icmp6", "ipv6-icmp", "igmp", "arp")
"""Protocols without ports."""
FAILED = ("S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR")
"""Zeek's states of a connection that was not answered (conn.log, field conn_state)."""
LONGEST = 1e8
"""Seconds from which on a duration is a fault of the record: three years."""


def addresses(events: Expression, known: Expression) -> Expression:
    """Each address that occurs at either end. Column: address."""
    del known
    called = events.select(address="resp_h")
    return events.select(address="orig_h").union(called).filter(lambda t: t.address.notnull()).distinct()


def legs(events: Expression, known: Expression) -> Expression:
    """A row for each monitored end of a flow.

    Columns: host, peer (text), peer_inside, port (the called one), sport, opened, udp (null where the protocol is), t
    and e (start and end, microseconds since 1970), b_in and b_out (bytes received and sent), failed, bucket. A flow
    without state and without a counter of answers (NetFlow in one direction) is not known to have failed.
    """
    import ibis

    flow = _placed(events, known)
    lasted = ibis.least(ibis.greatest(flow.duration.fill_null(0.0), 0.0), LONGEST) * 1e6
    silent = ibis.ifelse(
        flow.conn_state.notnull(), flow.conn_state.fill_null("").isin(FAILED), flow.resp_pkts.fill_null(1) == 0
    )
    flow = flow.mutate(
        t=flow.ts_us,
        # Half up and down are told differently by engines; the floor is not.
        e=flow.ts_us + (lasted + 0.5).floor().cast("int64"),
        sent=ibis.greatest(flow.orig_bytes.fill_null(0), 0),
        got=ibis.greatest(flow.resp_bytes.fill_null(0), 0),
        port=flow.resp_p.fill_null(0).cast("int64"),
        sport=flow.orig_p.fill_null(0).cast("int64"),
        udp=(flow.proto == "udp").cast("int64"),
        failed=silent.cast("int64"),
    )
    return _side(flow, "from", "to", opened=1).union(_side(flow, "to", "from", opened=0))


def _placed(events: Expression, known: Expression) -> Expression:
    """The flows that count, with the normal form, host and bucket of both ends."""
    flow = events.filter(events.ts_us.notnull() & events.proto.fill_null("tcp").notin(SILENT))
    for column, side in (("orig_h", "from"), ("resp_h", "to")):
        ends = known.select(
            **{column: "address", f"{side}_normal": "normal", f"{side}_host": "host", f"{side}_bucket": "bucket"},
            **{f"{side}_skip": "skip"},
        )
        flow = flow.left_join(ends, column).drop(f"{column}_right")
        flow = flow.mutate(**{f"{side}_peer": flow[f"{side}_normal"].fill_null(flow[column])})
    left = (flow.from_skip.fill_null(0) == 0) & (flow.to_skip.fill_null(0) == 0)
    return flow.filter(left & (flow.from_peer != flow.to_peer))


def _side(flow: Expression, mine: str, other: str, *, opened: int) -> Expression:
    import ibis

    received, sent = ("got", "sent") if opened else ("sent", "got")
    own = flow.filter(flow[f"{mine}_host"].notnull())
    return own.select(
        host=own[f"{mine}_host"],
        peer=own[f"{other}_peer"],
        peer_inside=own[f"{other}_host"].notnull().cast("int64"),
        port="port",
        sport="sport",
        opened=ibis.literal(opened, type="int64"),
        udp="udp",
        t="t",
        e="e",
        b_in=own[received],
        b_out=own[sent],
        failed="failed",
        bucket=own[f"{mine}_bucket"],
    )


def sides(events: Expression, known: Expression) -> Expression:
    """The legs of a host, peer, port and direction, counted.

    Columns: host, peer, port, opened, peer_inside, udp (1 where all are), n, failed, b_in, b_out, first, last, longest
    (microseconds), bucket.
    """
    leg = legs(events, known)
    return leg.group_by(["host", "peer", "port", "opened"]).aggregate(
        peer_inside=leg.peer_inside.max(),
        udp=leg.udp.min(),
        n=leg.count(),
        failed=leg.failed.sum(),
        b_in=leg.b_in.sum(),
        b_out=leg.b_out.sum(),
        first=leg.t.min(),
        last=leg.e.max(),
        longest=(leg.e - leg.t).max(),
        bucket=leg.bucket.min(),
    )


EXPRESSIONS: Mapping[str, Callable[[Expression, Expression], Expression]] = {
    "addresses": addresses,
    "legs": legs,
    "sides": sides,
}
PARTED = frozenset({"legs", "sides"})
"""What is written by `bucket`."""


def build(name: str) -> Expression:
    """An expression over unbound tables `events` and `known`. Raises DataError for an unknown name."""
    import ibis

    if name not in EXPRESSIONS:
        raise DataError(f"no expression {name!r} over legs; there are {', '.join(EXPRESSIONS)}")
    return EXPRESSIONS[name](ibis.table(dict(EVENTS), name="events"), ibis.table(dict(KNOWN), name="known"))
