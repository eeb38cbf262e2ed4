"""Fan-in and fan-out: how many a host calls and is called by, and how often in vain. Scanners are told by it alone."""

from __future__ import annotations

from collections.abc import Iterable

from geppo.model.relay import Detection
from geppo.relay.detect._ports import port_tables
from geppo.relay.detect._sql import sections
from geppo.relay.detect._stage import Stage, moment

NAME = "fan"
FAMILY = "fan"


def detect(stage: Stage) -> list[Detection]:
    """Hosts that knock in vain at many doors; sorted by host."""
    port_tables(stage.connection)
    stage.connection.execute(sections("fan.sql")["profile"])
    rows = stage.connection.execute(
        """SELECT host, tried, tried_ports, opened_pairs, first, last FROM profile
        WHERE tried >= $least AND tried >= $share * opened_pairs ORDER BY host""",
        {
            "least": stage.settings.integer("relay.fan.least_tried"),
            "share": stage.settings.number("relay.fan.least_share"),
        },
    ).fetchall()
    return [
        Detection(
            detector=NAME,
            family=FAMILY,
            host=stage.hosts[host],
            peers=(),
            first_seen=moment(first),
            last_seen=moment(last),
            score=8.0,
            false_rate=None,
            figures=(("tried", float(tried)), ("tried_ports", float(ports)), ("pairs", float(pairs))),
        )
        for host, tried, ports, pairs, first, last in rows
    ]


def profiles(stage: Stage, hosts: Iterable[int]) -> dict[int, dict[str, float]]:
    """Figures of hosts by host number: callers, targets, shares of mail, Tor and name service, and their services.

    `listen:PORT:inside` and `listen:PORT:outside` are the callers of a service. Needs `detect` to have run.
    """
    wanted = sorted(set(hosts))
    run = stage.connection.execute
    rows = run(
        "SELECT * FROM profile WHERE host IN (SELECT unnest($hosts::UINTEGER[])) ORDER BY host", {"hosts": wanted}
    )
    names = [column[0] for column in rows.description]
    found: dict[int, dict[str, float]] = {}
    for row in rows.fetchall():
        figures = {name: float(value or 0) for name, value in zip(names, row, strict=True)}
        whole = max(figures["opened_n"] + figures["called_n"], 1.0)
        for kind in ("mail", "tor", "resolver"):
            figures[f"{kind}_share"] = figures[f"{kind}_n"] / whole
        found[int(figures.pop("host"))] = figures
    for host, port, inside, outside in run(sections("fan.sql")["listen"], {"hosts": wanted}).fetchall():
        found[host][f"listen:{port}:inside"] = float(inside)
        found[host][f"listen:{port}:outside"] = float(outside)
    return found
