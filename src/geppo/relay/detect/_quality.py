"""What the records cannot say: no inbound seen, sampling, one-sided flows, cut flows, a short span, one address for all."""

from __future__ import annotations

from dataclasses import dataclass

from geppo.relay.detect._stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of the records: a short name, what follows from it, and whether it lowers confidence."""

    name: str
    text: str
    degrades: bool


_SUMS = """
SELECT count(*) AS legs, count(*) FILTER (WHERE opened AND NOT peer_inside) AS outbound,
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
SELECT count(*) AS n, count(*) FILTER (WHERE pieces >= 5) AS cut
FROM (SELECT count(*) AS pieces FROM stage.leg WHERE opened GROUP BY host, peer, port, sport)
"""


def conditions(stage: Stage) -> tuple[Condition, ...]:
    """Conditions that hold, in a fixed order. The shares are judgements: a fifth or a half of what should be seen."""
    if not stage.legs:
        return (
            Condition(name="nothing", text="no flow has an inside end: are the internal ranges right?", degrades=True),
        )
    legs, outbound, inbound, filled, one_sided = stage.connection.execute(_SUMS).fetchone()
    tcp, thin, timeless, n = stage.connection.execute(_FLOWS).fetchone()
    cut = stage.connection.execute(_CUT).fetchone()[1]
    found: list[Condition] = []

    def say(holds: bool, name: str, text: str, *, degrades: bool = True) -> None:
        if holds:
            found.append(Condition(name=name, text=text, degrades=degrades))

    say(inbound == 0, "no-inbound", "no answered connection from outside was recorded: forward relays cannot be seen, "
        "only those that call out", degrades=False)  # fmt: skip
    say(outbound == 0, "no-outbound", "no connection to the outside was recorded: only relaying inside can be seen")
    say(tcp > 50 and thin > 0.2 * tcp, "sampling", f"{thin / max(tcp, 1):.0%} of the TCP flows with data have at most two "
        "packets: the sensor samples, so most pairs of legs are not recorded and a host that is not listed is not cleared")  # fmt: skip
    say(one_sided > 0.2 * max(filled, 1), "one-sided", f"{one_sided / max(filled, 1):.0%} of the flows have bytes in one "
        "direction only: bytes cannot be balanced there")  # fmt: skip
    say(timeless > 0.3 * max(n, 1), "no-duration", f"{timeless / max(n, 1):.0%} of the flows have no duration")
    say(cut > 50, "cut", f"{cut} connections come in five or more pieces: the sensor has an active time-out; pieces are "
        "put together by address and source port", degrades=False)  # fmt: skip
    say(stage.span < 6 * 3600, "short", f"the records span {stage.span / 3600:.1f} hours: control channels with long "
        "intervals cannot be seen", degrades=False)  # fmt: skip
    return tuple(found)
