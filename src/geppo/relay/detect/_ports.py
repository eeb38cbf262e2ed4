"""Ports by what they say, from `ports.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def ports() -> dict[str, tuple[int, ...]]:
    """Ports by kind (quiet, common, mail, resolver, tor, vpn, media, web, proxy)."""
    text = resources.files("geppo.relay.detect").joinpath("ports.toml").read_text(encoding="utf-8")
    return {name: tuple(values) for name, values in tomllib.loads(text).items()}


def port_tables(connection: Any) -> None:
    """Tables `quiet_port`, `common_port` … for the SQL of the detectors."""
    for kind in ("quiet", "lookup", "common", "mail", "tor", "resolver"):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {kind}_port AS SELECT unnest($v::UINTEGER[]) AS port",
            {"v": list(ports()[kind])},
        )
