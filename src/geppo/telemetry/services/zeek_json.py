"""Zeek's ssl.log and x509.log as JSON lines, joined by the leaf certificate."""

from __future__ import annotations

from dataclasses import replace

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import CERTIFICATE_TABLE, SERVICE_TABLE, Layout, PassOver
from geppo.telemetry.services.zeek_tsv import with_hash
from geppo.telemetry.source import Head

FORMAT = "zeek-tls-json"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with the fields of an ssl.log or of an x509.log."""
    seen = zeek.records(head)
    if any("ts" in one and "certificate.subject" in one for one in seen):
        table, names = CERTIFICATE_TABLE, columns(__package__)["x509"]
    elif any({"ts", "id.resp_h", "established"} <= one.keys() and {"version", "cipher"} & one.keys() for one in seen):
        table, names = SERVICE_TABLE, columns(__package__)["ssl"]
    else:
        return None
    layout = zeek.json_lines(table, names, FORMAT)
    return replace(layout, values=with_hash(layout.values))
