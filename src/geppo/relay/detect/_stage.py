"""Legs of inside hosts, from the view `flow`: the one table that all detectors read.

A flow with two inside ends gives two legs. Addresses become 64-bit numbers, so that the joins are on integers; the
spelling of an address does not matter (`::ffff:10.0.0.1` is `10.0.0.1`). Multicast, broadcast and unspecified addresses
are left out. Hosts are numbered in the order of their text and fall into buckets by that number, which is what bounds
the memory of the joins.
"""

from __future__ import annotations

import ipaddress
import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.relay.detect import _elsewhere
from geppo.relay.detect._elsewhere import Elsewhere
from geppo.relay.detect._sql import sections

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BUCKETS_A_PASS = 4
"""Buckets whose legs are grouped at once: 12 M flows, which fit into the memory of the engine's default."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A row of the inventory: what the host is, what it is for, and whether relaying is its work."""

    asset_class: str
    role: str
    sanctioned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Tables `stage.leg`, `stage.pair`, `host` and `address` on one DuckDB connection.

    A group-by over all legs runs in `passes`, each over some of the buckets. `hosts` are texts by host
    number; `classes` the asset class by host number where the inventory knows it.
    `first` and `last` are microseconds since 1970 (start of the first flow, start of the last).
    """

    connection: Any
    settings: Settings
    buckets: int
    passes: int
    rows: int
    legs: int
    first: int
    last: int
    hosts: tuple[str, ...]
    inventory: Mapping[str, Asset] = field(default_factory=dict)

    @property
    def uncommon(self) -> int:
        """A peer of so many inside hosts or fewer is uncommon: a hundredth of them, 3 at least."""
        return max(len(self.hosts) // 100, 3)

    @property
    def span(self) -> float:
        """Seconds between the first and the last start."""
        return (self.last - self.first) / 1e6

    def asset(self, host: int) -> Asset | None:
        """The inventory's row of a host number."""
        return self.inventory.get(self.hosts[host])

    def port_hosts(self, port: int) -> int:
        """How many inside hosts call the outside on a port."""
        row = self.connection.execute("SELECT hosts FROM stage.port_use WHERE port = ?", [port]).fetchone()
        return int(row[0]) if row else 0

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Texts of peers by their number."""
        wanted = sorted({int(one) for one in ids})
        if not wanted:
            return {}
        rows = self.connection.execute(
            "SELECT id, min(text) FROM address WHERE id IN (SELECT unnest($ids::UBIGINT[])) GROUP BY id",
            {"ids": wanted},
        ).fetchall()
        return {int(number): str(text) for number, text in rows}


def moment(microseconds: float) -> datetime:
    """UTC time of a number of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=int(microseconds))


def networks(internal: Iterable[str]) -> tuple[Network, ...]:
    """CIDR ranges as networks. Raises UsageError for a text that is none."""
    found: list[Network] = []
    for text in internal:
        try:
            found.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            raise UsageError(f"--internal: expected ranges such as 10.0.0.0/8, got {text!r} ({error})") from error
    return tuple(found)


def _other_addresses(connection: Any, inside: tuple[Network, ...]) -> None:
    """Add the addresses that are no plain IPv4 text to `address`, in their normal form."""
    rows = connection.execute("SELECT text FROM spelling WHERE number IS NULL ORDER BY text").fetchall()
    ready = []
    for (text,) in rows:
        try:
            value: Any = ipaddress.ip_address(text.partition("%")[0].strip())
        except ValueError:
            continue
        value = getattr(value, "ipv4_mapped", None) or value
        within = any(value.version == one.version and value in one for one in inside)
        net = int(value) >> (8 if value.version == 4 else 64)
        skip = value.is_multicast or value.is_unspecified
        ready.append((text, str(value), net & (2**63 - 1), within, skip))
    for start in range(0, len(ready), 20_000):
        part = ready[start : start + 20_000]
        texts, normal, nets, withins, skips = (list(column) for column in zip(*part, strict=True))
        connection.execute(
            """INSERT INTO address SELECT text, hash(text), hash(normal), net, inside, skip FROM
            (SELECT unnest($1::VARCHAR[]) AS text, unnest($2::VARCHAR[]) AS normal, unnest($3::BIGINT[]) AS net,
            unnest($4::BOOLEAN[]) AS inside, unnest($5::BOOLEAN[]) AS skip)""",
            [texts, normal, nets, withins, skips],
        )
        connection.execute(
            """INSERT INTO address SELECT normal, hash(normal), hash(normal), net, inside, skip FROM
            (SELECT unnest($1::VARCHAR[]) AS text, unnest($2::VARCHAR[]) AS normal, unnest($3::BIGINT[]) AS net,
            unnest($4::BOOLEAN[]) AS inside, unnest($5::BOOLEAN[]) AS skip) WHERE text <> normal""",
            [texts, normal, nets, withins, skips],
        )


def _ranges(connection: Any, inside: tuple[Network, ...]) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE range4 (low BIGINT, high BIGINT)")
    for one in inside:
        if one.version == 4:
            low = int(one.network_address)
            connection.execute("INSERT INTO range4 VALUES (?, ?)", [low, low + one.num_addresses - 1])


def _made(connection: Any, buckets: int, passes: int) -> None:
    """Fill `stage.leg` and `stage.pair` from the view `flow`."""
    part = sections("_stage.sql")
    connection.execute(part["leg"], {"buckets": buckets})
    for turn in range(passes):
        low = turn * _BUCKETS_A_PASS
        connection.execute(part["paired"], {"low": low, "high": low + _BUCKETS_A_PASS - 1})


@contextmanager
def staged(
    connection: Any,
    settings: Settings,
    internal: Iterable[str],
    inventory: Mapping[str, Asset] | None = None,
    place: Elsewhere | None = None,
) -> Iterator[Stage]:
    """Build the stage from the view `flow` of `connection`; its tables live in a temporary file during the block.

    With `place` its engine makes them of its files, which must hold the same flows as the view.
    """
    inside = networks(internal)
    part = sections("_stage.sql")
    with tempfile.TemporaryDirectory(prefix="geppo-relay-") as folder:
        file = str(Path(folder) / "stage.duckdb").replace("'", "''")
        connection.execute(f"ATTACH '{file}' AS stage")
        try:
            _ranges(connection, inside)
            if place is None:
                connection.execute(part["texts"])
            else:
                _elsewhere.texts(connection, place)
            connection.execute(part["spelling"])
            connection.execute(part["address"])
            _other_addresses(connection, inside)
            connection.execute(part["host"])
            rows = int(connection.execute("SELECT count(*) FROM flow").fetchone()[0])
            buckets = min(max(math.ceil(rows / settings.integer("relay.flows.bucket_rows")), 1), 64)
            passes = math.ceil(buckets / _BUCKETS_A_PASS)
            connection.execute(part["pair"])
            if place is None:
                _made(connection, buckets, passes)
            else:
                _elsewhere.legs(connection, place, buckets)
            connection.execute(part["popularity"])
            if passes == 1:
                connection.execute("SET memory_limit = ?", [settings.text("relay.flows.memory")])
            legs, first, last = connection.execute("SELECT count(*), min(t), max(t) FROM stage.leg").fetchone()
            texts = connection.execute("SELECT text FROM host ORDER BY host").fetchall()
            yield Stage(
                connection=connection,
                settings=settings,
                buckets=buckets,
                passes=passes,
                rows=rows,
                legs=int(legs),
                first=int(first or 0),
                last=int(last or 0),
                hosts=tuple(text for (text,) in texts),
                inventory=inventory or {},
            )
        finally:
            connection.execute("DETACH stage")
            connection.execute("SET memory_limit = ?", [settings.text("telemetry.memory")])
