"""Candidate groups: services that share a value or a tuple, counted in the engine, pruned before rows are looked at."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geppo.config import Settings
from geppo.relay.scan._data import Key, customary_ports, keys, read_toml
from geppo.relay.scan._table import ROW_COLUMNS, Row, Scan

_AGED = 50 * 365
_MOSTLY, _MOST_OF, _SOME = 0.45, 0.75, 0.15
"""A little below the shares at which the full weighing begins to count (.5, .8, .2): the figures here are estimates."""
_FEW_CERTS = 2.0
_SHAPE_FULL = 50.0
_CLUMPED = 0.7
_WIDE = 7.0
_MANY_PORTS = 0.75
_STANDS_OUT = -1.0
"""Bits from which on a benign group is worth a line."""
_SURELY = {"vpn": 0.93, "panel": 0.75}
"""Shares of a product's customary ports from which on the benign kind of that name fits (.8 and .6 in its module) and
the port speaks against, whatever sample is looked at: three standard errors of a share on 80 endpoints above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A distinct set of endpoints that some keys give. `sample` holds row ids, at most about `relay.scan.sample`."""

    keys: tuple[str, ...]
    number: int
    value: int
    size: int
    clumped: bool
    sample: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A group before its rows are looked at: which key and value give it, and how promising it is at best."""

    bits: float
    size: int
    number: int
    value: int
    keys: tuple[str, ...]
    clumped: bool


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
       count(*) FILTER (e.public) / count(*), count(e.cert) / count(*), count(*) FILTER (e.edge) / count(*),
       count(*) FILTER (e.trivial) / count(*), bit_xor(hash(e.id)),
       approx_count_distinct(e.begins // 24), max(e.begins) // 24 - min(e.begins) // 24 + 1,
       count(*) FILTER (e.port IN ({vpn})) / count(*), count(*) FILTER (e.port IN ({panel})) / count(*)
FROM endpoint e JOIN candidate c ON c.number = {number} AND c.value = hash({columns})
WHERE {where}
GROUP BY ALL
"""

_MEMBERS = """
INSERT INTO member
SELECT w.number, w.value, e.id, hash(e.ip) FROM endpoint e
JOIN wanted w ON w.number = {number} AND w.value = hash({columns})
WHERE {where}
"""

_SAMPLE = """
SELECT m.number, m.value, list(m.id) FROM member m
JOIN wanted w ON w.number = m.number AND w.value = m.value AND m.host % w.step = 0
GROUP BY ALL
"""


def _qualified(key: Key) -> str:
    return ", ".join(f"e.{column}" for column in key.columns)


def _clumped(row: tuple[Any, ...]) -> bool:
    """True where certificates begin on far fewer days than at an even pace over the same span."""
    size, days, span = int(row[1]), row[12], row[13]
    if not days or not span or int(row[3]) < _WIDE:
        return False
    return bool(float(days) < _CLUMPED * span * (1.0 - math.exp(-size / span)))


def _of_product(row: tuple[Any, ...]) -> bool:
    """True where the ports alone make a group a product's, so that it can be no network and no tier of one."""
    shares = zip(row[14:16], _SURELY.values(), strict=True)
    return bool(row[9] < _SOME) and any(share >= least for share, least in shares)


def _worth(key: Key, row: tuple[Any, ...], base: Mapping[str, float], clumped: bool) -> float:
    """An upper bound, in bits, of the log-odds that the full weighing can give a group.

    Each family gets the most that its cheap figures leave open, so nothing is dropped that would be called a network.
    """
    _, size, systems, certs, hosts, odd, aged, public, with_cert, edge, trivial = (
        float(str(value)) for value in row[:11]
    )
    if public > _MOSTLY:
        return -math.inf
    shared = with_cert > _MOSTLY and certs <= max(_FEW_CERTS, size / 3)
    patterned = key.columns[0] in ("issuer_mask", "organisation", "cert")
    form = "long-and-trivial" if aged > _MOSTLY or trivial > _MOSTLY else "names-no-product" if edge > _SOME else ""
    port = "odd-port" if odd > _MOST_OF else "odd-port-by-batch" if odd > _MOSTLY and clumped else ""
    port = "customary-port" if _of_product(row) else port
    device = "mixed-devices" if edge > _SOME or (shared and odd > _MOST_OF) else ""
    parts = (
        "shared-certificate" if shared else "issuer-pattern" if patterned else "issuer-shape",
        form,
        port,
        "wide" if systems >= _WIDE else "few-systems",
        device,
        "bursts-on-one-port" if clumped else "",
        "several-ports-a-host" if odd > _MOST_OF and hosts < size * _MANY_PORTS else "",
    )
    bits = base["prior"] + sum(base[part] for part in parts if part)
    return bits if shared or patterned else bits - base["issuer-shape"] * max(0.0, 1.0 - hosts / _SHAPE_FULL)


def _promising(scan: Scan, settings: Settings) -> list[_Candidate]:
    """All groups worth a look, each distinct set of endpoints once: two sets with the same size and the same exclusive
    or of their row hashes are taken for the same."""
    connection = scan.connection
    connection.execute("CREATE OR REPLACE TABLE candidate(number INTEGER, value UBIGINT, size BIGINT)")
    weights = read_toml("weights.toml")
    base = {"prior": float(weights["prior"]), **weights["bits"]}
    least, large = settings.integer("relay.scan.least"), settings.integer("relay.scan.large")
    ports = {kind: ", ".join(map(str, sorted(customary_ports()[kind]))) for kind in _SURELY}
    found: dict[tuple[int, int], _Candidate] = {}
    for number, key in enumerate(keys()):
        plain = ", ".join(key.columns)
        connection.execute(
            _COUNT.format(number=number, columns=plain, where=key.where), {"least": least, "large": large}
        )
        describe = _DESCRIBE.format(number=number, columns=_qualified(key), where=key.where, **ports)
        for row in scan.all(describe, {"aged": _AGED}):
            value, size, same = int(row[0]), int(row[1]), int(row[11])
            clumped = _clumped(row)
            bits = _worth(key, row, base, clumped)
            if bits <= (_STANDS_OUT if size >= large or _of_product(row) else 0.0):
                continue
            known = found.get((size, same))
            found[(size, same)] = (
                _Candidate(bits=bits, size=size, number=number, value=value, keys=(key.name,), clumped=clumped)
                if known is None
                else replace(known, bits=min(bits, known.bits), keys=(*known.keys, key.name))
            )
    return sorted(found.values(), key=lambda one: (-one.bits, -one.size, one.number, one.value))


def candidates(scan: Scan, settings: Settings) -> tuple[list[Group], dict[int, Row]]:
    """The groups worth a look with a first few of their rows, and these rows by id.

    Who belongs to which of them stays in the table `member`, so that later looks need no pass over the endpoints.
    """
    promising = _promising(scan, settings)
    connection = scan.connection
    connection.execute("CREATE OR REPLACE TABLE member(number INTEGER, value UBIGINT, id BIGINT, host UBIGINT)")
    _want(scan, [(one.number, one.value, 1) for one in promising])
    for number in sorted({one.number for one in promising}):
        key = keys()[number]
        connection.execute(_MEMBERS.format(number=number, columns=_qualified(key), where=key.where))
    groups = [
        Group(keys=one.keys, number=one.number, value=one.value, size=one.size, clumped=one.clumped, sample=())
        for one in promising
    ]
    return sampled(scan, groups, settings.integer("relay.scan.first-look"))


def sampled(
    scan: Scan, groups: Sequence[Group], room: int, known: Mapping[int, Row] | None = None
) -> tuple[list[Group], dict[int, Row]]:
    """Groups with about `room` of their rows, whole addresses each; and these rows by id. `known` as in `fetch`."""
    ids = _pick(scan, [(one.number, one.value, max(1, one.size // room)) for one in groups])
    found = [
        replace(one, sample=tuple(ids[(one.number, one.value)])) for one in groups if ids.get((one.number, one.value))
    ]
    return found, fetch(scan, {id_ for group in found for id_ in group.sample}, known)


def _want(scan: Scan, wanted: Sequence[tuple[int, int, int]]) -> None:
    """The table `wanted`: groups by key number and value, and of how many addresses one is taken."""
    scan.connection.execute("CREATE OR REPLACE TABLE wanted(number INTEGER, value UBIGINT, step BIGINT)")
    if wanted:
        scan.connection.execute(
            "INSERT INTO wanted SELECT unnest(?::INTEGER[]), unnest(?::UBIGINT[]), unnest(?::BIGINT[])",
            [list(column) for column in zip(*wanted, strict=True)],
        )


def _pick(scan: Scan, wanted: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], list[int]]:
    """Row ids of candidate groups, by (key number, value): of every `step`-th address by hash, so that
    equal sets give equal samples and an address keeps all its ports."""
    _want(scan, wanted)
    return {(number, value): sorted(ids) for number, value, ids in scan.all(_SAMPLE)} if wanted else {}


def fetch(scan: Scan, ids: Collection[int], known: Mapping[int, Row] | None = None) -> dict[int, Row]:
    """Rows by id; their ids stay in the table `looked_at`. Rows in `known` are not read again."""
    known = known or {}
    query = f"SELECT {ROW_COLUMNS} FROM endpoint e SEMI JOIN looked_at USING (id)"  # noqa: S608
    found = {one: known[one] for one in ids if one in known}
    _look_at(scan, [one for one in ids if one not in known])
    found.update({row[0]: Row._make(row) for row in scan.all(query)})
    if known:
        _look_at(scan, ids)
    return found


def _look_at(scan: Scan, ids: Collection[int]) -> None:
    scan.connection.execute("CREATE OR REPLACE TABLE looked_at AS SELECT unnest(?::BIGINT[]) AS id", [sorted(ids)])


def whole(scan: Scan, groups: Sequence[Group], room: int) -> tuple[dict[tuple[int, int], frozenset[int]], int]:
    """All row ids of groups by (key number, value) as far as `room` rows go, and how many groups were left out."""
    kept: list[tuple[int, int, int]] = []
    left_out = 0
    for group in groups:
        if group.size > room:
            left_out += 1
            continue
        room -= group.size
        kept.append((group.number, group.value, 1))
    return {key: frozenset(ids) for key, ids in _pick(scan, kept).items()}, left_out
