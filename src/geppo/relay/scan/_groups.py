"""Candidate groups: services that share a value or a tuple, counted in the engine, pruned before anyone looks at rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from geppo.config import Settings
from geppo.relay.scan._data import Key, keys
from geppo.relay.scan._table import ROW_COLUMNS, Row, Scan

_AGED = 50 * 365


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
       count(*) FILTER (e.public) / count(*), count(e.cert) / count(*)
FROM endpoint e JOIN candidate c ON c.number = {number} AND c.value = hash({columns})
WHERE {where}
GROUP BY ALL
"""


def _qualified(key: Key) -> str:
    return ", ".join(f"e.{column}" for column in key.columns)


def _worth(key: Key, row: tuple[object, ...], base_odd: float) -> float:
    """An upper bound, in bits, of what the rows of a group could say; 0 or less is not looked at.

    Cheap on purpose: it must never drop what the full weighing would call a network.
    """
    _, size, systems, certs, _hosts, odd, aged, public, with_cert = (float(str(value)) for value in row)
    if public > 0.5:
        return 0.0
    bits = 1.0 if systems >= 3 else 0.0
    shared = with_cert > 0.5 and certs <= max(2.0, size / 8)
    named = key.columns[0] in ("issuer_mask", "issuer_fine", "organisation")
    bits += 3.0 if shared else 2.0 if named else 0.0
    bits += 3.0 if odd > max(0.5, min(0.9, 2 * base_odd)) else 0.0
    bits += 2.0 if aged > 0.5 else 0.0
    return bits - 1.0


def candidates(scan: Scan, settings: Settings) -> tuple[list[Group], dict[int, Row], int]:
    """The groups worth a look, their rows by id, and how many groups were left out for want of room."""
    connection = scan.connection
    connection.execute("CREATE OR REPLACE TABLE candidate(number INTEGER, value UBIGINT, size BIGINT)")
    connection.execute("CREATE OR REPLACE TABLE wanted(number INTEGER, value UBIGINT)")
    least = settings.integer("relay.scan.least")
    large = settings.integer("relay.scan.large")
    worth: list[tuple[float, int, int, int]] = []
    for number, key in enumerate(keys()):
        values = {"number": number, "columns": _qualified(key), "where": key.where}
        connection.execute(
            _COUNT.format(**{**values, "columns": ", ".join(key.columns)}), {"least": least, "large": large}
        )
        for row in scan.all(_DESCRIBE.format(**values), {"aged": _AGED}):
            bits = _worth(key, row, scan.odd_share)
            if bits > 0:
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
