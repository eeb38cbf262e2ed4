"""What the records cannot say: no inbound seen, sampling, one-sided flows, cut flows, a short span."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.relay.detect._stage import Stage

_LEAST_TCP, _LEAST_CUT, _SHORT_HOURS = 50, 50, 6


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
SELECT count(*) FILTER (WHERE proto = 'tcp' AND orig_bytes + resp_bytes > 0) AS tcp,
  count(*) FILTER (WHERE proto = 'tcp' AND orig_bytes + resp_bytes > 0 AND orig_pkts + resp_pkts <= 2) AS thin,
  count(*) FILTER (WHERE duration IS NULL) AS timeless, count(*) AS n
FROM flow
"""

_CUT = """
SELECT count(*) FILTER (WHERE pieces >= 5)
FROM (SELECT count(*) AS pieces FROM stage.leg WHERE opened GROUP BY host, peer, port, sport)
"""


@cache
def _known() -> dict[str, dict[str, Any]]:
    text = resources.files("geppo.relay.detect").joinpath("conditions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _held(stage: Stage) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and figures of the conditions that hold, in a fixed order."""
    if not stage.legs:
        yield "nothing", {}
        return
    outbound, inbound, filled, one_sided = stage.connection.execute(_SUMS).fetchone()
    tcp, thin, timeless, n = stage.connection.execute(_FLOWS).fetchone()
    cut = stage.connection.execute(_CUT).fetchone()[0]
    if inbound == 0:
        yield "no-inbound", {}
    if outbound == 0:
        yield "no-outbound", {}
    shares = (
        ("sampling", thin / max(tcp, 1), tcp > _LEAST_TCP),
        ("one-sided", one_sided / max(filled, 1), True),
        ("no-duration", timeless / max(n, 1), True),
    )
    for name, share, enough in shares:
        if enough and share > _known()[name]["share"]:
            yield name, {"share": share}
    if cut > _LEAST_CUT:
        yield "cut", {"count": cut}
    if stage.span < _SHORT_HOURS * 3600:
        yield "short", {"hours": stage.span / 3600}


def conditions(stage: Stage) -> tuple[Condition, ...]:
    """Conditions that hold."""
    return tuple(
        Condition(name=name, text=_known()[name]["text"].format(**figures), degrades=_known()[name]["degrades"])
        for name, figures in _held(stage)
    )
