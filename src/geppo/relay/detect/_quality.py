"""What the records cannot say: no inbound seen, sampling, one-sided flows, cut flows, a short span."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.relay.detect._stage import Stage

_LEAST_TCP, _LEAST_CUT, _SHORT_HOURS = 50, 50, 6
_BARE = 80
"""Bytes of a packet up to which it may be a bare header, of IPv6 with options too (RFC 8200, RFC 9293): a try or a
refusal, which is no connection with too few packets."""
_LEAST_LOOK_UPS = 200
_MOST_NAMED = 5
_MOST_BOTH = 0.9
"""Share of look-ups with both packets from which on they are whole, so that they give no rate."""
_SCALED_FROM, _SCALED_SHARE = 8, 0.95
"""Where counters are multiplied by the rate, nearly all are multiples of the commonest one. Origin: judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of the records: a short name, what follows from it, and whether it lowers confidence."""

    name: str
    text: str
    degrades: bool


_SUMS = """
SELECT count(*) FILTER (WHERE opened AND NOT peer_inside) AS outbound,
  count(*) FILTER (WHERE NOT opened AND NOT peer_inside AND NOT failed AND b_in > 0) AS inbound,
  count(*) FILTER (WHERE b_in > 0 OR b_out > 0) AS filled,
  count(*) FILTER (WHERE (coalesce(b_in, 0) > 0) <> (coalesce(b_out, 0) > 0) AND NOT failed AND NOT udp) AS one_sided
FROM stage.leg
"""

_FLOWS = """
WITH counted AS (
  SELECT proto, duration, "id.resp_p" = 53 AND proto = 'udp' AS look_up, orig_pkts, resp_pkts,
    coalesce(orig_pkts, 0) + coalesce(resp_pkts, 0) AS packets,
    proto = 'tcp' AND coalesce(orig_bytes, 0) + coalesce(resp_bytes, 0) > $bare * packets AND packets > 0 AS with_data
  FROM flow
)
SELECT count(*) FILTER (WHERE with_data),
  count(*) FILTER (WHERE with_data AND packets <= if(orig_pkts IS NULL OR resp_pkts IS NULL, 1, 2)),
  count(*) FILTER (WHERE look_up AND packets > 0),
  count(*) FILTER (WHERE look_up AND orig_pkts > 0 AND resp_pkts > 0),
  coalesce(mode(orig_pkts) FILTER (WHERE orig_pkts > 0), 0),
  count(*) FILTER (WHERE duration IS NULL), count(*)
FROM counted
"""

_MULTIPLES = """
SELECT count(*) FILTER (WHERE orig_pkts % $unit = 0) / greatest(count(*), 1) FROM flow WHERE orig_pkts > 0
"""

_CUT = """
SELECT count(*) FILTER (WHERE pieces >= 5)
FROM (
  SELECT count(*) AS pieces FROM stage.leg WHERE opened AND bucket % $passes = $turn GROUP BY host, peer, port, sport
)
"""


@cache
def _known() -> dict[str, dict[str, Any]]:
    text = resources.files("geppo.relay.detect").joinpath("conditions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sampled:
    """How the packets look sampled. `share` is that of too small TCP flows, `one_in` the rate, 0 where it is unknown;
    `scaled` where the exporter multiplied what it counted."""

    share: float
    one_in: float
    scaled: bool = False

    def figures(self) -> dict[str, Any]:
        """Places of the text. A connection of ten packets is recorded with the chance 1 - (1 - 1/N)^10."""
        thin = f"{self.share:.0%} of the TCP flows with data have fewer packets than a connection needs"
        if not self.one_in:
            return {"rate": "at a rate that they do not tell", "why": thin, "lost": "next to none"}
        both = 1 / (1 - (1 - 1 / self.one_in) ** 10) ** 2
        return {
            "rate": f"about 1:{_rounded(self.one_in):,}",
            "why": "all packet counts are multiples of that" if self.scaled else thin,
            "lost": f"one in {_rounded(both):,} where each has ten packets",
        }


def _rounded(value: float) -> int:
    """To the power of ten that is half of the value at most: the estimates are no better."""
    step: int = 10 ** max(0, math.floor(math.log10(value / 2)))
    return round(value / step) * step


def _sampled(stage: Stage, counts: Sequence[int]) -> _Sampled | None:
    """Whether packets look sampled, and how many each recorded one stands for.

    A whole TCP connection with data has three packets at least (RFC 9293: two of the handshake, one of data), so flows
    with fewer say that some were not seen; look-ups and bare tries say nothing and do not count. The rate N follows
    from look-ups, a packet each way: of those recorded at all, s = p / (2 - p) have both packets, where p = 1 / N, so
    N = (1 + s) / 2s (the pair law of independent sampling). Counters that the exporter multiplied by N are multiples
    of N.
    """
    tcp, thin, look_ups, both, unit = counts
    share = thin / max(tcp, 1)
    if tcp <= _LEAST_TCP:
        return None
    known = stage.connection.execute(_MULTIPLES, {"unit": unit}).fetchone() if unit >= _SCALED_FROM else (0.0,)
    if known[0] >= _SCALED_SHARE:
        return _Sampled(share=share, one_in=unit, scaled=True)
    if share <= _known()["sampling"]["share"]:
        return None
    part = both / max(look_ups, 1)
    told = look_ups >= _LEAST_LOOK_UPS and both > 0 and part < _MOST_BOTH
    return _Sampled(share=share, one_in=(1 + part) / (2 * part) if told else 0.0)


def _held(stage: Stage) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and figures of the conditions that hold, in a fixed order."""
    if not stage.legs:
        yield "nothing", {}
        return
    outbound, inbound, filled, one_sided = stage.connection.execute(_SUMS).fetchone()
    *counts, timeless, n = stage.connection.execute(_FLOWS, {"bare": _BARE}).fetchone()
    sampled = _sampled(stage, counts)
    turns = ({"passes": stage.passes, "turn": turn} for turn in range(stage.passes))
    cut = sum(stage.connection.execute(_CUT, turn).fetchone()[0] for turn in turns)
    if inbound == 0:
        yield "no-inbound", {}
    if outbound == 0:
        yield "no-outbound", {}
    if sampled:
        yield "sampling", sampled.figures()
    # Of a sampled connection one direction is often missing: that is no fault of its own.
    shares = (("one-sided", 0.0 if sampled else one_sided / max(filled, 1)), ("no-duration", timeless / max(n, 1)))
    for name, share in shares:
        if share > _known()[name]["share"]:
            yield name, {"share": share}
    if cut > _LEAST_CUT:
        yield "cut", {"count": cut}
    if stage.span < _SHORT_HOURS * 3600:
        yield "short", {"hours": stage.span / 3600}


def translated(hosts: Sequence[str]) -> tuple[Condition, ...]:
    """The condition that follows where addresses stand for several hosts each; none where none does."""
    if not hosts:
        return ()
    named = ", ".join(hosts[:_MOST_NAMED]) + (
        f" and {len(hosts) - _MOST_NAMED} more" if len(hosts) > _MOST_NAMED else ""
    )
    text = _known()["nat"]["text"].format(count=len(hosts), hosts=named)
    return (Condition(name="nat", text=text, degrades=_known()["nat"]["degrades"]),)


def conditions(stage: Stage) -> tuple[Condition, ...]:
    """Conditions that hold."""
    return tuple(
        Condition(name=name, text=_known()[name]["text"].format(**figures), degrades=_known()[name]["degrades"])
        for name, figures in _held(stage)
    )
