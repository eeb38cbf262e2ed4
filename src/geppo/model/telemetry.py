"""Columns of the two big tables that geppo reads: flows and scanned services. Zeek's names, so that users know them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a canonical table: its name, its SQL type, what it means, and whether a table may lack it."""

    name: str
    type: str
    meaning: str
    optional: bool = False


FLOW: tuple[Column, ...] = (
    Column(name="ts", type="TIMESTAMP", meaning="first packet, UTC, microseconds"),
    Column(name="duration", type="DOUBLE", meaning="seconds; null where the sensor gave none"),
    Column(name="id.orig_h", type="VARCHAR", meaning="address that opened the connection"),
    Column(name="id.orig_p", type="INTEGER", meaning="its port"),
    Column(name="id.resp_h", type="VARCHAR", meaning="address that was called"),
    Column(name="id.resp_p", type="INTEGER", meaning="its port"),
    Column(name="proto", type="VARCHAR", meaning="tcp, udp, icmp …, lower case"),
    Column(name="orig_bytes", type="BIGINT", meaning="payload bytes from the opener; null where not known"),
    Column(name="resp_bytes", type="BIGINT", meaning="payload bytes from the called; null where not known"),
    Column(name="orig_pkts", type="BIGINT", meaning="packets from the opener"),
    Column(name="resp_pkts", type="BIGINT", meaning="packets from the called"),
    Column(name="conn_state", type="VARCHAR", meaning="Zeek's state (S0, SF, REJ …) or null"),
    Column(name="service", type="VARCHAR", meaning="application protocol as the sensor saw it", optional=True),
    Column(name="sensor", type="VARCHAR", meaning="who recorded it, where several did", optional=True),
)
"""One row a connection. Zeek's conn.log field reference is the origin of names and meanings."""

SERVICE: tuple[Column, ...] = (
    Column(name="ts", type="TIMESTAMP", meaning="when the service was seen, UTC"),
    Column(name="ip", type="VARCHAR", meaning="address"),
    Column(name="port", type="INTEGER", meaning="port"),
    Column(name="asn", type="BIGINT", meaning="autonomous system number", optional=True),
    Column(name="country", type="VARCHAR", meaning="ISO 3166-1 alpha-2 of the address", optional=True),
    Column(name="cert_sha256", type="VARCHAR", meaning="SHA-256 of the leaf certificate, hex", optional=True),
    Column(name="cert_subject", type="VARCHAR", meaning="subject as RFC 4514 text", optional=True),
    Column(name="cert_issuer", type="VARCHAR", meaning="issuer as RFC 4514 text", optional=True),
    Column(name="not_before", type="TIMESTAMP", meaning="start of validity, UTC", optional=True),
    Column(name="not_after", type="TIMESTAMP", meaning="end of validity, UTC", optional=True),
    Column(name="ja4x", type="VARCHAR", meaning="JA4X of the certificate", optional=True),
    Column(name="jarm", type="VARCHAR", meaning="JARM of the TLS stack", optional=True),
    Column(name="banner_hash", type="VARCHAR", meaning="hash of the banner or of the header order", optional=True),
    Column(name="device", type="VARCHAR", meaning="device as the scanner classified it", optional=True),
    Column(name="vantage", type="VARCHAR", meaning="which scanner saw it, where several did", optional=True),
)
"""One row a service seen: an (ip, port) at a time."""
