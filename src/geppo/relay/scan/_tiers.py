"""Which node stands where: leased servers that relay or control, devices at the edge; tiers joined into one network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from geppo.model.relay import Tier
from geppo.relay.scan._data import label_has
from geppo.relay.scan._evidence import argument, bits
from geppo.relay.scan._measure import World
from geppo.relay.scan._resolve import Draft, assess, profile
from geppo.relay.scan._table import Row, Scan

_JOINING = ("cert", "issuer_mask", "issuer_fine", "banner", "jarm", "ja4x")
_WEAK = frozenset({"banner", "issuer_fine"})
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


def _shared(left: Mapping[str, object], right: Mapping[str, object]) -> tuple[str, ...]:
    """Columns whose dominant value two groups share."""
    return tuple(name for name in _JOINING if name in left and left[name] == right.get(name))


def _joins(columns: Sequence[str], host: Draft) -> bool:
    """True where they share a certificate, a stack, a name that no library gives by default, or two weaker things."""
    names = {"issuer_mask", "issuer_fine"} & set(columns)
    strong = set(columns) - _WEAK - ({"issuer_mask"} if host.seen.library_share > 0.5 else set())
    return bool(strong) or len(set(columns) - names) + bool(names) > 1


def _rare(
    columns: Iterable[str], both: frozenset[int], rows: Mapping[int, Row], scan: Scan, value: Mapping[str, object]
) -> tuple[str, ...]:
    """Those of the columns whose value hardly anybody else in the scan has."""
    found: list[str] = []
    for name in columns:
        inside = sum(getattr(rows[one], name) == value[name] for one in both)
        total = scan.all(f"SELECT count(*) FROM endpoint WHERE {name} = ?", [value[name]])[0][0]  # noqa: S608
        if total <= _RARE * inside:
            found.append(name)
    return tuple(found)


def link(
    found: Sequence[Draft], weak: Sequence[Draft], rows: Mapping[int, Row], scan: Scan, world: World
) -> list[Draft]:
    """Networks that are tiers of one, joined. `weak` are groups too faint to be a network of their own."""
    joined = list(found)
    profiles = [profile(one.members, rows) for one in found]
    for other in (*found, *(one for one in weak if one.bits > _WEAKEST and one.benign is None)):
        own = profile(other.members, rows)
        for index, host in enumerate(joined):
            columns = () if host is other else _shared(profiles[index], own)
            if not _joins(columns, host) or host.members & other.members:
                continue
            both = host.members | other.members
            columns = _rare(columns, both, rows, scan, own)
            if not _joins(columns, host):
                continue
            joined[index] = _together(host, other, columns, rows, world)
            if other in joined:
                gone = joined.index(other)
                del joined[gone], profiles[gone]
            break
    return joined


def _together(host: Draft, other: Draft, columns: Sequence[str], rows: Mapping[int, Row], world: World) -> Draft:
    """Two groups as one network: the arguments of the stronger, and that its tiers are joined."""
    whole = assess(host.members | other.members, (*host.keys, *other.keys), rows, world)
    tiers = set(place(host.members, rows).values()) | set(place(other.members, rows).values())
    text = f"{len(host.members)} and {len(other.members)} endpoints share {', '.join(columns)}, rare elsewhere"
    more = [argument("tiers", "graph", ", ".join(columns), text)] if len(tiers) > 1 else []
    kept = (*host.arguments, *more)
    return replace(whole, arguments=kept, bits=bits(kept), benign=host.benign)
