"""Content delivery: one certificate of a public authority, or a delivery network's own systems."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.CDN


def fits(seen: Features) -> Fit | None:
    """A delivery network's systems, or one public certificate on ordinary ports of many servers."""
    if seen.cdn_share > 0.5:
        return Fit(kind=KIND, bits=-6.0, text=f"{seen.cdn_share:.0%} in systems of delivery networks")
    if seen.public_share > 0.6 and seen.odd_share < 0.3 and seen.edge_share < 0.3:
        return Fit(kind=KIND, bits=-6.0, text="certificate of a public authority on ordinary ports")
    return None
