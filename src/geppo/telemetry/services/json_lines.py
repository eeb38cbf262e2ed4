"""Services as JSON lines with the canonical names (`geppo.model.telemetry.SERVICE`)."""

from __future__ import annotations

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import SERVICE_TABLE, Layout, PassOver
from geppo.telemetry.source import Head

FORMAT = "json-lines"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with `ts`, `ip` and `port`."""
    if not any({"ts", "ip", "port"} <= one.keys() for one in zeek.records(head)):
        return None
    return zeek.json_lines(SERVICE_TABLE, columns(__package__)["canonical"], FORMAT)
