"""VPN gateways and firewalls of known makers."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.VPN


def fits(seen: Features) -> Fit | None:
    """A maker's name in certificates, or devices labelled as gateways on the customary ports."""
    if seen.vpn_share > 0.5:
        return Fit(kind=KIND, bits=-6.0, text=f"a gateway maker's name on {seen.vpn_share:.0%}")
    if seen.vpn_device_share > 0.6 and (seen.odd_share < 0.5 or seen.customary.get("vpn", 0.0) > 0.5):
        return Fit(kind=KIND, bits=-6.0, text=f"{seen.vpn_device_share:.0%} labelled as gateways")
    if seen.customary.get("vpn", 0.0) > 0.8 and seen.edge_share < 0.3:
        return Fit(kind=KIND, bits=-3.0, text="customary ports of gateways")
    return None
