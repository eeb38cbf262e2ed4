"""Zeek's conn.log as tab-separated text."""

from __future__ import annotations

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver
from geppo.telemetry.source import Head

FORMAT = "zeek-tsv"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A log with `#path conn`, or without `#path` and with the columns of a connection."""
    found = zeek.header(head)
    if found is None:
        return None
    if found.path not in {"", "conn"} or (not found.path and "conn_state" not in found.fields):
        return None if found.path in {"ssl", "x509"} else PassOver(what=f"Zeek log {found.path or 'without #path'}")
    return zeek.tsv(head, found, FLOW_TABLE, columns(__package__)["zeek"], FORMAT)
