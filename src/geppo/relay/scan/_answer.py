"""Drafts as networks of the model: members with tiers, fingerprints with counts, likelihood and confidence."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from geppo.model.assessment import Confidence, Evidence, Likelihood
from geppo.model.relay import Fingerprint, Member, NetworkClass, RelayNetwork, Tier
from geppo.relay.map import Place
from geppo.relay.scan._evidence import Argument, counted, likelihood
from geppo.relay.scan._evidence import rows as evidence_rows
from geppo.relay.scan._resolve import Draft, profile
from geppo.relay.scan._table import Crowded, Row, Scan
from geppo.relay.scan._tiers import place

_PRINTED = {
    "cert": "certificate",
    "issuer_mask": "issuer-pattern",
    "banner": "banner",
    "jarm": "jarm",
    "ja4x": "ja4x",
    "port": "port",
    "days": "validity-days",
}
_SOURCE = {"cert": "cert_sha256", "banner": "banner_hash", "jarm": "jarm", "ja4x": "ja4x"}
_CAP = 6.0
_WIDE = 0.7
_CORNERS = {
    "identity": "make",
    "form": "make",
    "port": "make",
    "batch": "graph",
    "graph": "graph",
    "fingerprint": "published",
}
"""Which families rest on one observation: what a service shows, how nodes hang together, what others published."""


def utc(moment: datetime) -> datetime:
    """The engine's zoneless UTC time with its zone."""
    return moment.replace(tzinfo=UTC)


def pattern(name: str) -> str:
    """A certificate name with its changing words as `#`, as the grouping sees it."""
    return re.sub(r"[A-Za-z]*[0-9][A-Za-z0-9]*", "#", name)


def texts(scan: Scan, wanted: Mapping[str, set[int]]) -> dict[tuple[str, int], str]:
    """The texts behind hashed values, by (column, hash); one pass over the records per column."""
    found: dict[tuple[str, int], str] = {}
    for column, hashes in sorted(wanted.items()):
        source = _SOURCE[column]
        query = (
            f"SELECT DISTINCT hash({source}), {source} FROM record "  # noqa: S608
            f"WHERE hash({source}) IN (SELECT unnest(?::UBIGINT[]))"
        )
        if hashes:
            found.update({(column, value): text for value, text in scan.all(query, [sorted(hashes)])})
    return found


def wanted_texts(drafts: Iterable[Draft], rows: Mapping[int, Row]) -> dict[str, set[int]]:
    """Which hashed values the fingerprints of these drafts will print."""
    wanted: dict[str, set[int]] = {column: set() for column in _SOURCE}
    for draft in drafts:
        for column, value in profile(draft.members, rows).items():
            if column in wanted:
                wanted[column].add(int(str(value)))
    return wanted


def counts(scan: Scan, drafts: Iterable[Draft], rows: Mapping[int, Row]) -> dict[tuple[str, object], int]:
    """How many endpoints of the scan have each value that fingerprints will print, by (column, value)."""
    wanted: dict[str, set[Any]] = {}
    for draft in drafts:
        for column, value in profile(draft.members, rows).items():
            if column in _PRINTED:
                wanted.setdefault(column, set()).add(value)
    found: dict[tuple[str, object], int] = {}
    for column, values in sorted(wanted.items()):
        query = f"SELECT {column}, count(*) FROM endpoint WHERE {column} IN (SELECT unnest(?::UBIGINT[])) GROUP BY 1"  # noqa: S608
        found.update({(column, value): count for value, count in scan.all(query, [sorted(values)])})
    return found


def fingerprints(
    draft: Draft,
    rows: Mapping[int, Row],
    scan: Scan,
    known: Mapping[tuple[str, int], str],
    totals: Mapping[tuple[str, object], int],
) -> tuple[Fingerprint, ...]:
    """The values that most of a network has, with how many have them inside and in the rest of the scan.

    Weight = log2 of (share inside / share outside), Laplace-smoothed, at most 6 bits.
    """
    found: list[Fingerprint] = []
    own = profile(draft.members, rows)
    for column, kind in _PRINTED.items():
        if column not in own:
            continue
        value = own[column]
        inside = sum(getattr(rows[one], column) == value for one in draft.members)
        outside = max(0, totals.get((column, value), 0) - inside)
        here = (inside + 0.5) / (len(draft.members) + 1)
        there = (outside + 0.5) / (max(0, scan.endpoints - len(draft.members)) + 1)
        if column == "issuer_mask":
            shown = pattern(str(scan.all("SELECT min(name) FROM name WHERE mask = ?", [value])[0][0]))
        else:
            shown = known.get((column, int(str(value))), str(value)) if column in _SOURCE else str(value)
        weight = round(min(_CAP, math.log2(here / there)), 2)
        found.append(Fingerprint(kind=kind, value=shown, inside=inside, outside=outside, weight=weight))
    return tuple(sorted(found, key=lambda one: (-one.weight, one.kind, one.value)))


def confidence(arguments: Sequence[Argument], said: Likelihood) -> Confidence:
    """Low on one kind of observation, moderate on two or more; never high, since a scan shows no relaying."""
    corners = {
        _CORNERS[one.family] for one, used in counted(arguments) if used and one.bits > 0.5 and one.family in _CORNERS
    }
    if len(corners) < 2 or said.high - said.low > _WIDE:
        return Confidence.LOW
    return Confidence.MODERATE


def identity(found: Sequence[Fingerprint], members: Sequence[Member]) -> str:
    """A network's id: from its certificates, patterns and banners, else from all its fingerprints and first address."""
    naming = [one for one in found if one.kind in ("certificate", "issuer-pattern", "banner")] or list(found)
    text = "|".join(f"{one.kind}={one.value}" for one in sorted(naming, key=lambda one: (one.kind, one.value)))
    return "net-" + hashlib.sha256((text or members[0].ip).encode()).hexdigest()[:12]


def _members(draft: Draft, rows: Mapping[int, Row]) -> tuple[Member, ...]:
    tiers = place(draft.members, rows)
    spans: dict[tuple[str, int], tuple[Any, Any, Tier]] = {}
    for one in sorted(draft.members):
        row = rows[one]
        key = (row.ip, row.port)
        first, last, tier = spans.get(key, (row.first_seen, row.last_seen, tiers[one]))
        spans[key] = (min(first, row.first_seen), max(last, row.last_seen), tier)
    return tuple(
        Member(ip=ip, port=port, tier=tier, first_seen=utc(first), last_seen=utc(last))
        for (ip, port), (first, last, tier) in sorted(spans.items())
    )


def places(draft: Draft, rows: Mapping[int, Row]) -> tuple[Place, ...]:
    """Addresses of a network by tier, country and system."""
    tiers = place(draft.members, rows)
    hosts = {rows[one].ip: (tiers[one], rows[one].country or "", rows[one].asn) for one in sorted(draft.members)}
    counts = Counter(hosts.values())
    ranked = sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0][1], pair[0][2] or 0))
    return tuple(
        Place(tier=tier, country=country, system=system, addresses=count) for (tier, country, system), count in ranked
    )


def network(
    draft: Draft,
    kind: NetworkClass,
    rows: Mapping[int, Row],
    scan: Scan,
    known: Mapping[tuple[str, int], str],
    totals: Mapping[tuple[str, object], int],
) -> RelayNetwork:
    """A draft as a network of the model."""
    members = _members(draft, rows)
    own = fingerprints(draft, rows, scan, known, totals)
    said = likelihood(draft.arguments)
    return RelayNetwork(
        id=identity(own, members),
        kind=kind,
        members=members,
        fingerprints=own,
        likelihood=said,
        confidence=confidence(draft.arguments, said),
        evidence=evidence_rows(draft.arguments),
    )


def crowd(found: Sequence[Crowded], least: int) -> RelayNetwork:
    """The addresses that answer on everything, as one benign group; each is listed with its lowest port."""
    said = Likelihood(low=0.01, point=0.01, high=0.05)
    reason = f"{len(found)} address(es) with {least} open ports or more, up to {max(one.ports for one in found)}"
    row = Evidence(kind="honeypot", value=str(len(found)), group="innocent", weight=-8.0, used=True, reason=reason)
    members = tuple(
        Member(
            ip=one.ip, port=one.lowest, tier=Tier.UNKNOWN, first_seen=utc(one.first_seen), last_seen=utc(one.last_seen)
        )
        for one in found
    )
    return RelayNetwork(
        id="net-honeypots",
        kind=NetworkClass.HONEYPOT,
        members=members,
        fingerprints=(),
        likelihood=said,
        confidence=Confidence.LOW,
        evidence=(row,),
    )


def line(found: RelayNetwork) -> dict[str, Any]:
    """A network as the command prints it."""
    return {
        "network": found.id,
        "class": str(found.kind),
        "members": [
            {
                "ip": one.ip,
                "port": one.port,
                "tier": str(one.tier),
                "first_seen": one.first_seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "last_seen": one.last_seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for one in found.members
        ],
        "fingerprints": [
            {"kind": one.kind, "value": one.value, "inside": one.inside, "outside": one.outside, "weight": one.weight}
            for one in found.fingerprints
        ],
        "likelihood": {"low": found.likelihood.low, "point": found.likelihood.point, "high": found.likelihood.high},
        "word": str(found.likelihood.word),
        "confidence": str(found.confidence),
        "evidence": [
            {"kind": one.kind, "value": one.value, "weight": one.weight, "text": one.reason} for one in found.evidence
        ],
    }
