"""Which network of this month is which of last month's: weighted Jaccard of fingerprints, controllers and ports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geppo.model.relay import RelayNetwork, Tier

_KINDS = frozenset({"certificate", "issuer-pattern", "banner", "jarm", "ja4x"})
_CONTROLLERS = 4.0
_PORTS = 3.0
_LEAST_PORT = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Pairs of (earlier, later) places that are the same network, strongest first, with their likeness in 0..1."""

    pairs: tuple[tuple[int, int, float], ...]


def traits(network: RelayNetwork) -> dict[str, float]:
    """What a network is known by, with weights: fingerprints by their bits, controllers and ports by their shares."""
    found = {f"{one.kind}:{one.value}": max(0.0, one.weight) for one in network.fingerprints if one.kind in _KINDS}
    controllers = {one.ip for one in network.members if one.tier is not Tier.NODE}
    found.update({f"controller:{ip}": _CONTROLLERS / len(controllers) for ip in controllers})
    ports = Counter(one.port for one in network.members)
    for port, count in ports.items():
        share = count / len(network.members)
        if share >= _LEAST_PORT:
            found[f"port:{port}"] = _PORTS * share
    return found


def likeness(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Weighted Jaccard: sum of the smaller weights over sum of the larger ones; 0 where neither has any.

    The bits of a fingerprint depend on who else was scanned that month; one that both have counts with its larger
    weight on both sides.
    """
    smaller = larger = 0.0
    for name in sorted(a.keys() | b.keys()):
        one, other = a.get(name, 0.0), b.get(name, 0.0)
        same = name in a and name in b and not name.startswith(("controller:", "port:"))
        smaller += max(one, other) if same else min(one, other)
        larger += max(one, other)
    return smaller / larger if larger else 0.0


def match(earlier: Sequence[RelayNetwork], later: Sequence[RelayNetwork], least: float) -> Matching:
    """All pairs that are at least `least` alike; several for one network are a split or a merger."""
    before, after = [traits(one) for one in earlier], [traits(one) for one in later]
    pairs = [
        (i, j, round(likeness(one, other), 3))
        for i, one in enumerate(before)
        for j, other in enumerate(after)
        if likeness(one, other) >= least
    ]
    return Matching(pairs=tuple(sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))))
