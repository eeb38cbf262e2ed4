"""What a product shows out of the box: label and certificate name the same maker, or all of its kind have it."""

from __future__ import annotations

from geppo.model.relay import NetworkClass
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import Fit

KIND = NetworkClass.VENDOR_DEFAULT


def fits(seen: Features) -> Fit | None:
    """Labels agree with certificates, or one kind of device shows it nearly everywhere on ordinary ports."""
    if seen.labelled_share >= 0.2 and seen.agreement >= 0.6:
        return Fit(kind=KIND, bits=-7.0, text=f"certificate and label name the same maker on {seen.agreement:.0%}")
    whole = seen.labelled_share > 0.6 and seen.top_device_share >= 0.95 and seen.device_coverage >= 0.85
    plain = seen.trivial_share < 0.5 and seen.median_days < 50 * 365
    customary = seen.odd_share < 0.5 or max(seen.customary.values(), default=0.0) > 0.5
    if whole and plain and customary:
        return Fit(kind=KIND, bits=-5.0, text=f"on {seen.device_coverage:.0%} of all {seen.top_device} in the scan")
    nameless = seen.edge_share > 0.6 and seen.top_device_share >= 0.97 and seen.maker_share < 0.1
    if nameless and plain and seen.with_cert > 0.7 and seen.batches < 3:
        return Fit(
            kind=KIND, bits=-2.5, text=f"one certificate on one kind of device ({seen.top_device}, no maker named)"
        )
    return None
