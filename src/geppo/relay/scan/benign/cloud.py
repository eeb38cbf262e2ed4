"""Images of rented servers that come with a certificate or a stack: few clouds, ordinary ports."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.CLOUD


def fits(seen: Features) -> Fit | None:
    """Servers of few clouds on ordinary ports."""
    rented = seen.cloud_share > 0.6 or (seen.effective_systems < 4 and seen.server_share > 0.4)
    if not rented or seen.edge_share > 0.2:
        return None
    single = seen.top_system_share > 0.9
    if seen.odd_share < 0.3 or single:
        return Fit(kind=KIND, bits=-5.0, text=f"servers in {seen.systems} system(s), the look of an image")
    return None
