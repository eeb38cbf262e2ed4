"""Tor relays: certificates with random www names for a year at most, on Tor's ports or 443."""

from __future__ import annotations

import re

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.TOR

_NAME = re.compile(r"^\s*CN=www\.[a-z0-9]{4,25}\.(com|net)\s*$", re.IGNORECASE)
"""How Tor names the certificates of its links (tor source, src/lib/tls/tortls.c: crypto_random_hostname 8-20)."""


def fits(seen: Features) -> Fit | None:
    """Tor's names, or Tor's ports with one certificate an address and no device label."""
    named = bool(_NAME.match(seen.name)) and seen.certs > seen.hosts / 2 and seen.median_days <= 400
    ported = seen.customary.get("tor", 0.0)
    if named and seen.edge_share < 0.3:
        return Fit(kind=KIND, bits=-7.0, text="random www names as Tor makes them")
    if ported > 0.5 and seen.edge_share < 0.3 and seen.median_days <= 400:
        return Fit(kind=KIND, bits=-5.0, text=f"Tor's customary ports on {ported:.0%}")
    return None
