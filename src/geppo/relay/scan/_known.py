"""Published fingerprints against a network: how much commoner their traits are inside it than in the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable

from geppo.model.relay import NetworkClass
from geppo.relay.fingerprints import Known, Match, known
from geppo.relay.scan._data import named, read_toml
from geppo.relay.scan._evidence import Argument
from geppo.relay.scan._table import Scan

_PORT = "(port BETWEEN ? AND ?)"


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
        parts.append(f"ip IN (SELECT ip FROM endpoint GROUP BY ip HAVING {needed})")  # noqa: S608
        values.extend(edge for span in match.ports for edge in span)
    return " AND ".join(parts), values


def _cap(match: Match, one: Known) -> float:
    """Most bits of a match: by status; a library's default name alone never says more than one bit."""
    caps = read_toml("weights.toml")["status"]
    alone = bool(match.issuer_has) and not (match.ports or match.days_least or match.jarm or match.ja4x)
    default = alone and any(name.fits(match.issuer_has) for name in named("library"))
    return min(1.0, caps[one.status]) if default else float(caps[one.status])


def matched(scan: Scan, members: Iterable[int], total: int) -> list[tuple[Known, Argument]]:
    """Fingerprints that at least a tenth of a network's endpoints carry, with their weight.

    Weight = log2 of (share inside / share outside), Laplace-smoothed, up to the cap of the fingerprint's status.
    """
    ids = sorted(members)
    scan.connection.execute("CREATE OR REPLACE TABLE inside AS SELECT unnest(?::BIGINT[]) AS id", [ids])
    found: list[tuple[Known, Argument]] = []
    for one in known():
        best: Argument | None = None
        for match in one.matches:
            where, values = _where(match)
            query = f"SELECT count(*) FILTER (id IN (SELECT id FROM inside)), count(*) FROM endpoint WHERE {where}"  # noqa: S608
            inside, whole = scan.all(query, values)[0]
            if inside < 0.1 * len(ids):
                continue
            here = (inside + 0.5) / (len(ids) + 1)
            there = (whole - inside + 0.5) / (max(0, total - len(ids)) + 1)
            bits = round(min(_cap(match, one), max(0.0, math.log2(here / there))), 2)
            text = (
                f"{match.text} ({one.name}, {one.status}; {one.references[0].publisher} {one.references[0].date}): "
                f"{inside} of {len(ids)} inside, {whole - inside} elsewhere"
            )
            if best is None or bits > best.bits:
                best = Argument(
                    kind="published-fingerprint", family="fingerprint", bits=bits, value=one.name, text=text
                )
        if best is not None:
            found.append((one, best))
    return sorted(found, key=lambda pair: (-pair[1].bits, pair[0].name))


def carriers(scan: Scan, least: int, most: int) -> dict[str, frozenset[int]]:
    """Endpoints that carry a published fingerprint, by the match's text, where there are enough for a network."""
    found: dict[str, frozenset[int]] = {}
    for match in (match for one in known() for match in one.matches):
        where, values = _where(match)
        ids = [row[0] for row in scan.all(f"SELECT id FROM endpoint WHERE {where} LIMIT {most + 1}", values)]  # noqa: S608
        if least <= len(ids) <= most:
            found[match.text] = frozenset(ids)
    return found


def classes(found: Iterable[tuple[Known, Argument]]) -> list[NetworkClass]:
    """What the matched fingerprints call the network, where the match says something."""
    return [one.kind for one, said in found if said.bits >= 1.0]
