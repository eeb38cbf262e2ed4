"""From overlapping groups to networks: the best group first, grown by groups of the same make, joined by address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from zlib import crc32

from geppo.model.relay import NetworkClass
from geppo.relay.scan._evidence import Argument, arguments, bits
from geppo.relay.scan._measure import Features, World, measure
from geppo.relay.scan._table import Row
from geppo.relay.scan.benign import fits

_SAMPLE = 1000
_TRAITS = ("cert", "issuer_mask", "issuer_fine", "banner", "jarm", "ja4x", "port", "days")
_NAMING = frozenset({"cert", "issuer_mask", "issuer_fine", "banner"})
_MAKE = _NAMING | {"jarm", "ja4x"}
_DOMINANT = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A set of endpoints with what it looks like and what that says. `benign` is the kind that fits best, if any."""

    members: frozenset[int]
    keys: tuple[str, ...]
    seen: Features
    arguments: tuple[Argument, ...]
    bits: float
    benign: NetworkClass | None

    @property
    def before(self) -> float:
        """The log-odds without the benign kind: how much the group stands out."""
        return bits([one for one in self.arguments if one.family != "innocent"])


def _sample(ids: Sequence[int], rows: Mapping[int, Row]) -> Sequence[int]:
    """The endpoints of every n-th address by checksum; an address keeps all its ports."""
    step = len(ids) // _SAMPLE
    if step < 2:
        return ids
    return [one for one in ids if crc32(rows[one].ip.encode()) % step == 0] or ids[:_SAMPLE]


def assess(
    members: frozenset[int], keys: Iterable[str], rows: Mapping[int, Row], world: World, *, size: int = 0
) -> Draft:
    """Measure and weigh a set of endpoints, or a sample of a set of `size`. Large sets are measured on every n-th."""
    ids = sorted(members)
    seen = measure([rows[one] for one in _sample(ids, rows)], world, whole=max(size, len(ids)))
    found = arguments(seen)
    benign = fits(seen)
    found.extend(
        Argument(kind=str(fit.kind), family="innocent", bits=fit.bits, value=seen.name, text=fit.text) for fit in benign
    )
    return Draft(
        members=members,
        keys=tuple(sorted(set(keys))),
        seen=seen,
        arguments=tuple(found),
        bits=bits(found),
        benign=benign[0].kind if benign else None,
    )


def order(found: Iterable[Draft]) -> list[Draft]:
    """Drafts, the most likely first."""
    return sorted(found, key=lambda draft: (-draft.bits, -len(draft.members), min(draft.members)))


def profile(members: Iterable[int], rows: Mapping[int, Row]) -> dict[str, object]:
    """The values that most endpoints of a set have, by column."""
    ids = _sample(sorted(members), rows)
    found: dict[str, object] = {}
    picked = [rows[one] for one in ids]
    for name in _TRAITS:
        counts = Counter(map(attrgetter(name), picked))
        value, count = counts.most_common(1)[0]
        if value is not None and count >= _DOMINANT * len(ids):
            found[name] = value
    return found


def _kin(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """True where two sets have the same make: two values in common, one of them a name, certificate or banner."""
    same = {name for name in a if b.get(name) == a[name]}
    return len(same) >= 2 and bool(same & _NAMING)


def _grown(
    seed: Draft, others: Sequence[Draft], rows: Mapping[int, Row], world: World, least: int
) -> tuple[Draft, set[int]]:
    """A draft with every further group that overlaps it and is of the same make; and the places of those taken in."""
    now, taken = seed, set[int]()
    changed = True
    while changed:
        changed = False
        for place, other in enumerate(others):
            if place in taken or len(other.members & now.members) < 0.5 * min(len(other.members), len(now.members)):
                continue
            more = other.members - now.members
            if more and not _fits_in(now, more, other, rows, world, least):
                continue
            taken.add(place)
            if more:
                now = assess(now.members | more, (*now.keys, *other.keys), rows, world)
                changed = True
            else:
                now = replace(now, keys=tuple(sorted({*now.keys, *other.keys})))
    return now, taken


def _fits_in(now: Draft, more: frozenset[int], other: Draft, rows: Mapping[int, Row], world: World, least: int) -> bool:
    if not _kin(profile(now.members, rows), profile(more, rows)):
        return False
    if len(more) < least:
        return True
    return (
        assess(more, other.keys, rows, world).bits > 0.0
        or assess(now.members | more, other.keys, rows, world).bits >= now.bits
    )


def _of_one_make(members: frozenset[int], rows: Mapping[int, Row]) -> frozenset[int]:
    """Without endpoints that share the port only: each keeps a certificate, name, banner or stack that most have."""
    own = {name: value for name, value in profile(members, rows).items() if name in _MAKE}
    if not own:
        return members
    return frozenset(one for one in members if any(getattr(rows[one], name) == value for name, value in own.items()))


def networks(found: Sequence[Draft], rows: Mapping[int, Row], world: World, least: int) -> list[Draft]:
    """Networks out of the drafts with positive odds: grown, then joined where they live on the same addresses."""
    positive = [draft for draft in found if draft.bits > 0.0]
    done: list[Draft] = []
    free = list(positive)
    used: set[int] = set()
    while free:
        seed = free.pop(0)
        left = seed.members - used
        if len(left) < max(least, len(seed.members) / 2):
            continue
        grown, taken = _grown(seed, free, rows, world, least)
        free = [draft for place, draft in enumerate(free) if place not in taken]
        fresh = _of_one_make(grown.members - used, rows)
        if fresh != grown.members:
            grown = assess(fresh, grown.keys, rows, world)
        if grown.bits > 0.0:
            used |= grown.members
            done.append(grown)
    return _same_addresses(done, rows, world)


def _same_addresses(found: list[Draft], rows: Mapping[int, Row], world: World) -> list[Draft]:
    """Several services of one node are one network: joined where a third of the smaller one's addresses are shared."""
    merged = True
    while merged:
        merged = False
        hosts = [{rows[one].ip for one in draft.members} for draft in found]
        for i in range(len(found)):
            for j in range(i + 1, len(found)):
                if len(hosts[i] & hosts[j]) >= 0.3 * min(len(hosts[i]), len(hosts[j])):
                    both = assess(found[i].members | found[j].members, (*found[i].keys, *found[j].keys), rows, world)
                    found = [draft for place, draft in enumerate(found) if place not in (i, j)] + [both]
                    merged = True
                    break
            if merged:
                break
    return found
