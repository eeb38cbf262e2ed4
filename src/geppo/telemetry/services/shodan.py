"""Banners as Shodan exports them, one JSON object a line.

Field names: https://datapedia.shodan.io. `banner_hash` is Shodan's own hash of the banner.
"""

from __future__ import annotations

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints
from geppo.telemetry.layout import SERVICE_TABLE, Layout, PassOver, Paths
from geppo.telemetry.source import Head

FORMAT = "shodan"
_PATHS = (
    "$.timestamp", "$.ip_str", "$.port", "$.asn", "$.location.country_code", "$.ssl.cert.fingerprint.sha256",
    "$.ssl.cert.subject", "$.ssl.cert.issuer", "$.ssl.cert.issued", "$.ssl.cert.expires", "$.ssl.jarm", "$.hash",
    "$.devicetype", "$._shodan.region", "$.product",
)  # fmt: skip


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with `ip_str`, `port` and `timestamp`."""
    if not any({"ip_str", "port", "timestamp"} <= one.keys() for one in zeek.records(head)):
        return None
    return Layout(
        format=FORMAT,
        table=SERVICE_TABLE,
        fields=Paths(paths=_PATHS),
        values=(
            ("ts", "f[1]"),
            ("ip", "f[2]"),
            ("port", "f[3]"),
            ("asn", "f[4]"),
            ("country", "f[5]"),
            ("cert_sha256", "f[6]"),
            ("cert_subject", "subject_of(f[7])"),
            ("cert_issuer", "subject_of(f[8])"),
            ("not_before", _asn1("f[9]")),
            ("not_after", _asn1("f[10]")),
            ("jarm", "f[11]"),
            ("banner_hash", "f[12]"),
            ("device", "coalesce(f[13], f[15])"),
            ("vantage", "f[14]"),
        ),
    )


def _asn1(text: str) -> str:
    """ "20310401000000Z" to ISO 8601."""
    parts = r"^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$"
    return rf"regexp_replace({text}, '{parts}', '\1-\2-\3T\4:\5:\6Z')"
