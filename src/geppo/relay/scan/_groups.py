"""Candidate groups: services that share a value or a tuple, counted in the engine, pruned before anyone looks at rows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from geppo.config import Settings
from geppo.relay.scan._data import Key, keys, read_toml
from geppo.relay.scan._table import ROW_COLUMNS, Row, Scan

_AGED = 50 * 365
_MOSTLY, _MOST_OF, _SOME = 0.45, 0.75, 0.15
"""A little below the shares at which the full weighing begins to count (.5, .8, .2): the figures here are estimates."""
_FEW_CERTS = 2.0
_WIDE = 7.0
_MANY_PORTS = 0.75
_STANDS_OUT = -1.0
"""Bits from which on a benign group is worth a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Endpoints that share the values of a key. `members` are row ids."""

    key: str
    value: int
    members: frozenset[int]


_COUNT = """
INSERT INTO candidate
SELECT {number}, hash({columns}) AS value, count(*) AS size
FROM endpoint WHERE {where}
GROUP BY value
HAVING count(*) >= $large OR (count(*) >= $least AND min(asn) IS DISTINCT FROM max(asn))
"""

_DESCRIBE = """
SELECT c.value, c.size, approx_count_distinct(e.asn), approx_count_distinct(e.cert), approx_count_distinct(e.ip),
       count(*) FILTER (e.odd) / count(*), count(*) FILTER (e.days >= $aged) / count(*),
       count(*) FILTER (e.public) / count(*), count(e.cert) / count(*), count(v.device) / count(*),
       count(*) FILTER (e.trivial) / count(*)
FROM endpoint e LEFT JOIN edge_device v ON v.device = e.device JOIN candidate c ON c.number = {number} AND c.value = hash({columns})
WHERE {where}
GROUP BY ALL
"""


def _qualified(key: Key) -> str:
    return ", ".join(f"e.{column}" for column in key.columns)


def _worth(key: Key, row: tuple[object, ...], base: Mapping[str, float]) -> float:
    """An upper bound, in bits, of the log-odds that the full weighing can give a group.

    Each family gets the most that its cheap figures leave open, so nothing is dropped that would be called a network.
    """
    _, size, systems, certs, hosts, odd, aged, public, with_cert, edge, trivial = (float(str(value)) for value in row)
    if public > _MOSTLY:
        return -math.inf
    shared = with_cert > _MOSTLY and certs <= max(_FEW_CERTS, size / 3)
    patterned = key.columns[0] in ("issuer_mask", "organisation", "cert")
    form = "long-and-trivial" if aged > _MOSTLY or trivial > _MOSTLY else "names-no-product" if edge > _SOME else ""
    port = "odd-port" if odd > _MOST_OF else "odd-port-by-batch" if odd > _MOSTLY else ""
    device = "mixed-devices" if edge > _SOME or (shared and odd > _MOST_OF) else ""
    parts = (
        "shared-certificate" if shared else "issuer-pattern" if patterned else "issuer-shape",
        form,
        port,
        "wide" if systems >= _WIDE else "few-systems",
        device,
        "bursts-on-one-port" if not shared and certs >= _WIDE else "",
        "several-ports-a-host" if odd > _MOST_OF and hosts < size * _MANY_PORTS else "",
    )
    return base["prior"] + sum(base[part] for part in parts if part)


def candidates(scan: Scan, settings: Settings) -> tuple[list[Group], dict[int, Row], int]:
    """The groups worth a look, their rows by id, and how many groups were left out for want of room."""
    connection = scan.connection
    connection.execute("CREATE OR REPLACE TABLE candidate(number INTEGER, value UBIGINT, size BIGINT)")
    connection.execute("CREATE OR REPLACE TABLE wanted(number INTEGER, value UBIGINT)")
    least = settings.integer("relay.scan.least")
    weights = read_toml("weights.toml")
    base = {"prior": float(weights["prior"]), **weights["bits"]}
    large = settings.integer("relay.scan.large")
    worth: list[tuple[float, int, int, int]] = []
    for number, key in enumerate(keys()):
        values = {"number": number, "columns": _qualified(key), "where": key.where}
        connection.execute(
            _COUNT.format(**{**values, "columns": ", ".join(key.columns)}), {"least": least, "large": large}
        )
        for row in scan.all(_DESCRIBE.format(**values), {"aged": _AGED}):
            bits = _worth(key, row, base)
            if bits > _STANDS_OUT:
                worth.append((bits, int(row[1]), number, int(row[0])))
    worth.sort(key=lambda one: (-one[0], one[1], one[2], one[3]))
    return _collect(scan, worth, settings.integer("relay.scan.rows"))


def _collect(
    scan: Scan, worth: list[tuple[float, int, int, int]], room: int
) -> tuple[list[Group], dict[int, Row], int]:
    """Fetch the rows of the best groups while there is room; a row in several groups is counted in each."""
    kept: list[tuple[int, int]] = []
    left_out = 0
    spent = 0
    for _, size, number, value in worth:
        if spent + size > 4 * room or size > room:
            left_out += 1
            continue
        spent += size
        kept.append((number, value))
    if not kept:
        return [], {}, left_out
    scan.connection.executemany("INSERT INTO wanted VALUES (?, ?)", kept)
    members: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, key in enumerate(keys()):
        if not any(one == number for one, _ in kept):
            continue
        query = (
            f"SELECT w.value, list(e.id) FROM endpoint e JOIN wanted w ON w.number = {number} "  # noqa: S608
            f"AND w.value = hash({_qualified(key)}) WHERE {key.where} GROUP BY 1"
        )
        for value, ids in scan.all(query):
            members[(number, value)].extend(ids)
    groups = [
        Group(key=keys()[number].name, value=value, members=frozenset(members[(number, value)]))
        for number, value in kept
    ]
    ids = sorted({one for group in groups for one in group.members})
    scan.connection.execute("CREATE OR REPLACE TABLE looked_at AS SELECT unnest(?::BIGINT[]) AS id", [ids])
    rows = {
        row[0]: Row(*row) for row in scan.all(f"SELECT {ROW_COLUMNS} FROM endpoint e SEMI JOIN looked_at USING (id)")
    }  # noqa: S608
    return groups, rows, left_out
