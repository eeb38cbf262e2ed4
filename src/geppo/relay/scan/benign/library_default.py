"""Default and test certificates of libraries and servers, wherever nobody put in one of their own."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.LIBRARY_DEFAULT


def fits(seen: Features) -> Fit | None:
    """A packaged default name on most endpoints, and no odd port or range of ports that they share."""
    if seen.library_share < 0.6:
        return None
    gathered = seen.odd_share > 0.8 and (seen.top_port_share > 0.6 or seen.burst_share > 0.5)
    ranged = seen.odd_share > 0.8 and seen.port_range < 0.2 and seen.jarm_share > 0.9
    if gathered or ranged or seen.median_days >= 50 * 365:
        return None
    return Fit(kind=KIND, bits=-5.0, text=f"{seen.library} on {seen.library_share:.0%}")
