"""Devices that a provider hands out and manages: one system or a country's few, one kind of device, one certificate."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.ISP_MANAGED


def fits(seen: Features) -> Fit | None:
    """One provider (or up to four of one country) and devices of one kind."""
    alike = seen.labelled_share < 0.1 or seen.top_device_share >= 0.85
    one = seen.systems == 1 or seen.top_system_share > 0.9
    national = seen.countries <= 1 and seen.systems <= 4
    if not alike or seen.server_share > 0.3 or seen.cloud_share > 0.5 or not (one or national):
        return None
    if seen.labelled_share < 0.1 and not one:
        return None
    return Fit(kind=KIND, bits=-6.0, text=f"{seen.systems} provider(s) of one country, one kind of device")
