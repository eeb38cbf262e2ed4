"""Published fingerprints against a network: how much commoner their traits are inside it than in the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from geppo.model.relay import NetworkClass
from geppo.relay.fingerprints import Known, Match, known
from geppo.relay.scan._data import named, read_toml
from geppo.relay.scan._evidence import Argument
from geppo.relay.scan._table import Scan

_PORT = "(port BETWEEN ? AND ?)"
_LEAST_SHARE = 0.1


def _where(match: Match) -> tuple[str, list[object]]:
    """The match as an SQL condition on `endpoint`, and its values."""
    parts: list[str] = []
    values: list[object] = []
    if match.issuer_has:
        parts.append("issuer IN (SELECT id FROM name WHERE contains(lower(name), ?))")
        values.append(match.issuer_has)
    if match.subject_has:
        parts.append("subject IN (SELECT hash(cert_subject) FROM record WHERE contains(lower(cert_subject), ?))")
        values.append(match.subject_has)
    if match.device_has:
        parts.append("contains(lower(device), ?)")
        values.append(match.device_has)
    hashed = (("jarm", match.jarm), ("ja4x", match.ja4x), ("banner", match.banner_hash), ("cert", match.cert_sha256))
    for column, text in hashed:
        if text:
            parts.append(f"{column} = hash(?::VARCHAR)")
            values.append(text)
    if match.days_least:
        parts.append("days >= ?")
        values.append(match.days_least)
    if match.ports:
        parts.append(f"({' OR '.join([_PORT] * len(match.ports))})")
        values.extend(edge for span in match.ports for edge in span)
    if match.every_port:
        needed = " AND ".join([f"bool_or{_PORT}"] * len(match.ports))
        any_ = " OR ".join([_PORT] * len(match.ports))
        parts.append(f"ip IN (SELECT ip FROM endpoint WHERE {any_} GROUP BY ip HAVING {needed})")  # noqa: S608
        values.extend(edge for _ in range(2) for span in match.ports for edge in span)
    return " AND ".join(parts), values


def _cap(match: Match, one: Known) -> float:
    """Most bits of a match: by status; a library's default name alone never says more than one bit."""
    caps = read_toml("weights.toml")["status"]
    alone = bool(match.issuer_has) and not (match.ports or match.days_least or match.jarm or match.ja4x)
    default = alone and any(name.fits(match.issuer_has) for name in named("library"))
    return min(1.0, caps[one.status]) if default else float(caps[one.status])


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """The endpoints of the scan that carry a match of a published network."""

    known: Known
    match: Match
    ids: frozenset[int]


def carriers(scan: Scan, most: int) -> list[Carriers]:
    """For each match of each packaged fingerprint, who carries it; a match that more than `most` carry says nothing."""
    found: list[Carriers] = []
    for one in known():
        for match in one.matches:
            where, values = _where(match)
            ids = [row[0] for row in scan.all(f"SELECT id FROM endpoint WHERE {where} LIMIT {most + 1}", values)]  # noqa: S608
            if 0 < len(ids) <= most:
                found.append(Carriers(known=one, match=match, ids=frozenset(ids)))
    return found


def matched(published: Iterable[Carriers], members: frozenset[int], total: int) -> list[tuple[Known, Argument]]:
    """Fingerprints that at least a tenth of a network's endpoints carry, with their weight; the best match of each.

    Weight = log2 of (share inside / share outside), Laplace-smoothed, up to the cap of the fingerprint's status.
    """
    best: dict[str, tuple[Known, Argument]] = {}
    for one in published:
        inside = len(one.ids & members)
        if inside < _LEAST_SHARE * len(members):
            continue
        outside = len(one.ids) - inside
        here = (inside + 0.5) / (len(members) + 1)
        there = (outside + 0.5) / (max(0, total - len(members)) + 1)
        bits = round(min(_cap(one.match, one.known), max(0.0, math.log2(here / there))), 2)
        said = one.known.references[0]
        text = (
            f"{one.match.text} ({one.known.name}, {one.known.status}; {said.publisher} {said.date}): "
            f"{inside} of {len(members)} inside, {outside} elsewhere"
        )
        now = Argument(kind="published-fingerprint", family="fingerprint", bits=bits, value=one.known.name, text=text)
        if one.known.name not in best or bits > best[one.known.name][1].bits:
            best[one.known.name] = (one.known, now)
    return sorted(best.values(), key=lambda pair: (-pair[1].bits, pair[0].name))


def classes(found: Iterable[tuple[Known, Argument]]) -> list[NetworkClass]:
    """What the matched fingerprints call the network, where the match says something."""
    return [one.kind for one, said in found if said.bits >= 1.0]
