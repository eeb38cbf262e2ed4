"""Group-bys and windows over flows that mean the same on every engine, written once in Ibis.

Input is a table EVENTS: flows with plain names and `ts_us`, microseconds since 1970 as a whole number. All results are
whole numbers or text, quantiles are values that occur (the one at position floor((n - 1) q) in ascending order), so
that engines agree to the last digit and no two rows tie. Ibis is imported by the caller (extra `scale`); what DuckDB
makes of each expression lies in `compiled/` and needs no Ibis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from geppo.errors import DataError

EVENTS: Mapping[str, str] = {
    "ts_us": "int64",
    "orig_h": "string",
    "orig_p": "int32",
    "resp_h": "string",
    "resp_p": "int32",
    "proto": "string",
    "orig_bytes": "int64",
    "resp_bytes": "int64",
}
"""Columns and Ibis types of the input."""

PAIR = ("orig_h", "resp_h", "resp_p")
LEAST = 4
"""Connections that a pair needs: three gaps are the fewest with quartiles of their own."""
HOUR_US = 3600 * 1_000_000
WINDOW_US = 6 * HOUR_US
"""Window of the byte balance: six hours (with days, the windows of the conservation test)."""

Expression = Any
"""An Ibis table; Ibis is no dependency of the core."""


def intervals(events: Expression) -> Expression:
    """How regular each pair (orig_h, resp_h, resp_p) is: quartiles and MAD of the gaps (µs) and of the bytes sent.

    Columns: the pair, n, first_us, last_us, gap_q1, gap_q2, gap_q3, gap_mad, bytes_q1, bytes_q2, bytes_q3, bytes_mad.
    MAD is the median of the distances to the median. Pairs below four connections are left out.
    """
    import ibis

    by_time = ibis.window(group_by=PAIR, order_by=["ts_us", "orig_p", "orig_bytes"])
    pair = ibis.window(group_by=PAIR)
    rows = events.select(*PAIR, "orig_p", "ts_us", orig_bytes=events.orig_bytes.fill_null(0))
    rows = rows.mutate(n=rows.count().over(pair)).filter(lambda t: t.n >= LEAST)
    rows = rows.mutate(gap=rows.ts_us - rows.ts_us.lag().over(by_time), place=ibis.row_number().over(by_time))
    whole = rows.group_by(PAIR).aggregate(n=rows.count(), first_us=rows.ts_us.min(), last_us=rows.ts_us.max())
    # Not gap.notnull(): before the first row ClickHouse's lag gives 0.
    gaps = _spread(rows.filter(rows.place > 0).select(*PAIR, value="gap"), "gap")
    sizes = _spread(rows.select(*PAIR, value="orig_bytes"), "bytes")
    return whole.inner_join(gaps, PAIR).inner_join(sizes, PAIR)


def _spread(values: Expression, name: str) -> Expression:
    """Quartiles and MAD of `value` by pair."""
    import ibis

    quarters = _at(values, {f"{name}_q1": 1, f"{name}_q2": 2, f"{name}_q3": 3})
    middle = quarters.select(*PAIR, middle=quarters[f"{name}_q2"])
    apart = values.inner_join(middle, PAIR)
    apart = apart.select(*PAIR, value=ibis.greatest(apart.value - apart.middle, apart.middle - apart.value))
    return quarters.inner_join(_at(apart, {f"{name}_mad": 2}), PAIR)


def _at(values: Expression, quarters: Mapping[str, int]) -> Expression:
    """By pair the values that stand at the quarters `k` in ascending order, at place floor((n - 1) k / 4).

    Compared as whole numbers: engines do not agree about the floor of a quotient.
    """
    import ibis

    ranked = values.mutate(
        place=ibis.row_number().over(ibis.window(group_by=PAIR, order_by="value")),
        n=values.count().over(ibis.window(group_by=PAIR)),
    )
    picked = {
        name: ranked.value.max(
            where=(ranked.place * 4 <= (ranked.n - 1) * k) & ((ranked.n - 1) * k < ranked.place * 4 + 4)
        )
        for name, k in quarters.items()
    }
    return ranked.group_by(PAIR).aggregate(**picked)


def fan(events: Expression) -> Expression:
    """Whom each host talks to, from both ends.

    Columns: host, flows_out, flows_in, bytes_out, bytes_in, first_us, last_us, peers_out, peers_in, ports_out,
    ports_in, hours (in how many it was seen). "out" is what the host opened; bytes are what it sent and received in
    all its flows; null bytes count as 0.
    """
    half = _halves(events)
    sums = half.group_by("host").aggregate(
        flows_out=half.outward.sum(),
        flows_in=(1 - half.outward).sum(),
        bytes_out=half.sent.sum(),
        bytes_in=half.received.sum(),
        first_us=half.ts_us.min(),
        last_us=half.ts_us.max(),
    )
    hours = half.select("host", hour=half.ts_us // HOUR_US).distinct()
    hours = hours.group_by("host").aggregate(hours=hours.count())
    return (
        sums.inner_join(_distinct(half, "peer", "peers"), "host")
        .inner_join(_distinct(half, "port", "ports"), "host")
        .inner_join(hours, "host")
    )


def _distinct(half: Expression, column: str, name: str) -> Expression:
    """Distinct values by host and direction. Not `nunique`: Ibis makes ClickHouse's approximate `uniq` of it."""
    pairs = half.select("host", "outward", column).distinct()
    return pairs.group_by("host").aggregate(
        **{f"{name}_out": pairs.outward.sum(), f"{name}_in": (1 - pairs.outward).sum()}
    )


def balance(events: Expression) -> Expression:
    """Bytes that each host received and sent by window of six hours.

    Columns: host, slot (number of the window since 1970), flows, bytes_in, bytes_out, peers. A host that passes on
    what it gets has |ln(bytes_in / bytes_out)| near 0; the logarithm, no whole number, is left to the caller.
    """
    half = _halves(events)
    half = half.mutate(slot=half.ts_us // WINDOW_US)
    sums = half.group_by(["host", "slot"]).aggregate(
        flows=half.count(), bytes_in=half.received.sum(), bytes_out=half.sent.sum()
    )
    pairs = half.select("host", "slot", "peer").distinct()
    return sums.inner_join(pairs.group_by(["host", "slot"]).aggregate(peers=pairs.count()), ["host", "slot"])


def _halves(events: Expression) -> Expression:
    """Each flow seen from each end."""
    sent, received = events.orig_bytes.fill_null(0), events.resp_bytes.fill_null(0)
    out = events.select(
        "ts_us", host="orig_h", peer="resp_h", port="resp_p", sent=sent, received=received, outward=_one(1)
    )
    into = events.select(
        "ts_us", host="resp_h", peer="orig_h", port="resp_p", sent=received, received=sent, outward=_one(0)
    )
    return out.union(into)


def _one(value: int) -> Expression:
    import ibis

    return ibis.literal(value, type="int64")


EXPRESSIONS: Mapping[str, Callable[[Expression], Expression]] = {"intervals": intervals, "fan": fan, "balance": balance}
KEYS: Mapping[str, tuple[str, ...]] = {"intervals": PAIR, "fan": ("host",), "balance": ("host", "slot")}
"""What is unique in each result, and its order."""


def build(name: str) -> Expression:
    """An expression over an unbound table `events`, in the order of its key. Raises DataError for an unknown name."""
    import ibis

    if name not in EXPRESSIONS:
        raise DataError(f"no shared expression {name!r}; there are {', '.join(EXPRESSIONS)}")
    return EXPRESSIONS[name](ibis.table(dict(EVENTS), name="events")).order_by(KEYS[name])


def compiled(name: str) -> str:
    """DuckDB's SQL of an expression over a table `events`, as Ibis made it. Raises DataError for an unknown name."""
    folder = resources.files("geppo.telemetry.compiled")
    known = sorted(file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql"))
    if name not in known:
        raise DataError(f"no shared expression {name!r}; there are {', '.join(known)}")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
