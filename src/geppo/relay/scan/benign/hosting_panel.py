"""Control panels of hosting servers."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.HOSTING_PANEL


def fits(seen: Features) -> Fit | None:
    """A panel's name in certificates, or a panel's ports on servers."""
    if seen.edge_share > 0.3:
        return None
    if seen.panel_share > 0.5:
        return Fit(kind=KIND, bits=-6.0, text=f"a panel's name on {seen.panel_share:.0%}")
    if seen.customary.get("panel", 0.0) > 0.6:
        return Fit(kind=KIND, bits=-4.0, text=f"customary ports of panels on {seen.customary['panel']:.0%}")
    return None
