"""What a network is for, as far as its services say: ORB, botnet, residential proxy, or unknown. Never who uses it."""

from __future__ import annotations

from collections.abc import Iterable

from geppo.model.relay import NetworkClass
from geppo.relay.scan._data import read_toml
from geppo.relay.scan._measure import Features


def classify(seen: Features, said: Iterable[NetworkClass]) -> NetworkClass:
    """The class with the most points, if it leads clearly; a class that a matched fingerprint states counts most."""
    table = read_toml("classes.toml")
    points = {NetworkClass.ORB: 0.0, NetworkClass.BOTNET: 0.0, NetworkClass.RESIDENTIAL_PROXY: 0.0}
    for stated in said:
        if stated in points:
            points[stated] += table["stated"]
    facts = {
        "own-certificate": seen.with_cert > 0.7 and seen.public_share < 0.5,
        "servers": seen.edge_share < 0.1 and seen.with_cert > 0.7,
        "edge-devices": seen.edge_share > 0.4,
        "batches": seen.batches >= 3 and seen.burst_share > 0.6,
        "several-ports": seen.ports_a_host >= 1.6,
        "banner-only": seen.with_cert < 0.3,
        "proxy-port": seen.customary.get("proxy", 0.0) > 0.5,
        "mobile-devices": seen.mobile_share > 0.4,
        "very-wide": seen.effective_systems >= 40 and seen.countries >= 15,
    }
    for fact, holds in facts.items():
        if holds:
            for name, value in table["points"][fact].items():
                points[NetworkClass(name)] += value
    first, second = sorted(points.values(), reverse=True)[:2]
    if first - second < table["lead"]:
        return NetworkClass.UNKNOWN
    return max(points, key=lambda kind: points[kind])
