"""Addresses that stand for several hosts (NAT with port translation), from flow records alone.

Two marks, both needed, unless the inventory says it: source ports that no single system draws, and calls to the
services that the house uses as often as several hosts of it make them. A proxy has the first mark often, too, but it is
called by those whom it serves; a gateway's clients leave no call to it. A gateway that keeps the ports of clients of
one system cannot be told from records.
"""

from __future__ import annotations

from typing import Any

from geppo.model.relay import Detection
from geppo.relay.classify import has_word, table
from geppo.relay.detect._sql import sections
from geppo.relay.detect._stage import Stage, moment

NAME = "nat"
FAMILY = "address translation"

_RANGES = {"first": 32_768, "second": 49_152, "third": 61_000}
"""Where ranges of source ports begin and end: Linux draws from 32768 to 60999 (ip_local_port_range), others from
49152 to 65535 (IANA's dynamic ports, RFC 6335, section 6)."""


def _named(stage: Stage) -> list[int]:
    """Hosts that the inventory calls a translating gateway."""
    return [
        number
        for number, text in enumerate(stage.hosts)
        if (asset := stage.inventory.get(text))
        and has_word(f"{asset.role} / {asset.asset_class}", table().words["nat"]["words"])
    ]


def _rows(stage: Stage, named: list[int]) -> list[dict[str, Any]]:
    part, run, settings = sections("nat.sql"), stage.connection.execute, stage.settings
    run(part["ports"], {**_RANGES, "least_flows": settings.integer("relay.nat.least_flows")})
    run(part["mixed"], {"share": settings.number("relay.nat.port_share")})
    mixed, measured = run("SELECT (SELECT count(*) FROM mixed), count(*) FROM source_ports").fetchone()
    if mixed > max(settings.number("relay.nat.most_hosts") * measured, 2):
        # Nobody's ports are his own: something rewrites them all before the sensor, or the records are masked.
        run("DELETE FROM mixed")
    run(part["known"], {"hosts": named})
    rows = run(part["gateways"], {"least_hosts": settings.integer("relay.nat.least_hosts")})
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def _translates(row: dict[str, Any], stage: Stage) -> bool:
    """True where both marks stand, and being called is not its work."""
    settings = stage.settings
    return bool(
        row["mixed"]
        and row["services"] >= settings.integer("relay.nat.least_services")
        and row["alike"] >= settings.number("relay.nat.least_alike")
        and row["called"] <= settings.number("relay.nat.most_called") * row["opened"]
    )


def detect(stage: Stage) -> list[Detection]:
    """Addresses of several hosts each; sorted by host. `alike` is how many hosts of the house it calls like: a floor of
    how many are behind it, where each calls but some of the services."""
    named = set(_named(stage))
    found = []
    for row in _rows(stage, sorted(named)):
        if row["host"] not in named and not _translates(row, stage):
            continue
        figures = {name: float(row[name]) for name in ("ports", "low", "middle", "high", "services", "alike")}
        found.append(
            Detection(
                detector=NAME,
                family=FAMILY,
                host=stage.hosts[row["host"]],
                peers=(),
                first_seen=moment(row["first"]),
                last_seen=moment(row["last"]),
                score=0.0,
                false_rate=None,
                figures=(*figures.items(), ("opened", float(row["host"] not in named))),
            )
        )
    return found
