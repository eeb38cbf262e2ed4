"""Zeek's ssl.log and x509.log as tab-separated text, joined by the leaf certificate."""

from __future__ import annotations

from dataclasses import replace

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import CERTIFICATE_TABLE, SERVICE_TABLE, Layout, PassOver
from geppo.telemetry.source import Head

FORMAT = "zeek-tls-tsv"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A log with `#path` ssl or x509; Zeek's other logs are passed over."""
    found = zeek.header(head)
    if found is None:
        return None
    if found.path not in {"ssl", "x509"}:
        return None if found.path in {"", "conn"} else PassOver(what=f"Zeek log {found.path}")
    table = SERVICE_TABLE if found.path == "ssl" else CERTIFICATE_TABLE
    layout = zeek.tsv(head, found, table, columns(__package__)[found.path], FORMAT)
    return replace(layout, values=with_hash(layout.values))


def with_hash(values: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The key is the certificate's SHA-256 wherever it is 64 hexadecimal digits long."""
    key = dict(values).get(zeek.CERTIFICATE)
    if key is None:
        return values
    return (*values, ("cert_sha256", f"CASE WHEN regexp_matches({key}, '^[0-9a-fA-F]{{64}}$') THEN {key} END"))
