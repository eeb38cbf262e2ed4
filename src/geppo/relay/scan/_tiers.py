"""Which node stands where: leased servers that relay or control, and devices at the edge; tiers joined into one network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from geppo.model.relay import Tier
from geppo.relay.scan._evidence import argument, bits
from geppo.relay.scan._measure import World, label_has
from geppo.relay.scan._resolve import Draft, assess, profile
from geppo.relay.scan._table import Row, Scan

_JOINING = ("cert", "issuer_mask", "issuer_fine", "banner", "jarm", "ja4x")
_WEAKEST = -4.0
_RARE = 1.3
"""A value joins two groups only if at most this times as many endpoints of the scan have it as the two together."""


def place(members: Iterable[int], rows: Mapping[int, Row]) -> dict[int, Tier]:
    """The tier of each endpoint: by its device label, else by what the labelled ones of its system are."""
    ids = sorted(members)
    said: dict[int, Tier] = {}
    by_system: defaultdict[int | None, Counter[Tier]] = defaultdict(Counter)
    for one in ids:
        label = rows[one].device or ""
        if label_has(label, "edge"):
            said[one] = Tier.NODE
        elif label_has(label, "server"):
            said[one] = Tier.RELAY_SERVER
        if one in said:
            by_system[rows[one].asn][said[one]] += 1
    systems = Counter(rows[one].asn for one in ids)
    gathered = sum(count for _, count in systems.most_common(3)) >= 0.9 * len(ids)
    edge = sum(tier is Tier.NODE for tier in said.values())
    otherwise = Tier.RELAY_SERVER if gathered and edge < 0.05 * len(ids) else Tier.NODE
    for one in ids:
        if one not in said:
            counts = by_system[rows[one].asn]
            told = counts.total() >= 3
            said[one] = max(counts, key=lambda tier: (counts[tier], tier)) if told else otherwise
    return said


def _rare_common(a: Draft, b: Draft, rows: Mapping[int, Row], scan: Scan) -> tuple[str, ...]:
    """Columns whose dominant value both groups share and hardly anybody else has."""
    left, right = profile(a.members, rows), profile(b.members, rows)
    found: list[str] = []
    for name in _JOINING:
        if name in left and left[name] == right.get(name):
            inside = sum(getattr(rows[one], name) == left[name] for one in a.members | b.members)
            total = scan.all(f"SELECT count(*) FROM endpoint WHERE {name} = ?", [left[name]])[0][0]  # noqa: S608
            if total <= _RARE * inside:
                found.append(name)
    return tuple(found)


def link(
    found: Sequence[Draft], weak: Sequence[Draft], rows: Mapping[int, Row], scan: Scan, world: World
) -> list[Draft]:
    """Networks that are tiers of one, joined. `weak` are groups too faint to be a network of their own."""
    joined: list[Draft] = list(found)
    for other in (*found, *(draft for draft in weak if draft.bits > _WEAKEST and draft.benign is None)):
        for index, host in enumerate(joined):
            own = host.members & other.members
            if host is other or (own and len(own) < len(other.members)):
                continue
            if own or (other in found and other not in joined):
                continue
            columns = _rare_common(host, other, rows, scan)
            if not columns or (len(columns) == 1 and columns[0] == "banner"):
                continue
            whole = assess(host.members | other.members, (*host.keys, *other.keys), rows, world)
            tiers = set(place(host.members, rows).values()) | set(place(other.members, rows).values())
            text = f"{len(host.members)} and {len(other.members)} endpoints of two tiers share {', '.join(columns)}, rare elsewhere"
            more = [argument("tiers", "graph", ", ".join(columns), text)] if len(tiers) > 1 else []
            kept = (*host.arguments, *more)
            joined[index] = replace(whole, arguments=kept, bits=bits(kept), benign=host.benign)
            if other in joined:
                joined.remove(other)
            break
    return joined
