"""Suricata's EVE JSON: events of type flow and netflow; the other events of the file are counted and left.

Bytes are what Suricata counts: whole packets, so more than Zeek's payload.
https://docs.suricata.io/en/latest/output/eve/eve-json-format.html#event-type-flow
"""

from __future__ import annotations

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver, Paths
from geppo.telemetry.source import Head

FORMAT = "suricata-eve"
_PATHS = (
    "$.event_type", "$.src_ip", "$.src_port", "$.dest_ip", "$.dest_port", "$.proto", "$.app_proto",
    "$.flow.start", "$.flow.end", "$.flow.bytes_toserver", "$.flow.bytes_toclient", "$.flow.pkts_toserver",
    "$.flow.pkts_toclient", "$.netflow.start", "$.netflow.end", "$.netflow.bytes", "$.netflow.pkts", "$.host",
    "$.icmp_type", "$.icmp_code",
)  # fmt: skip
_START, _END = "coalesce(f[8], f[14])", "coalesce(f[9], f[15])"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with `event_type` and `timestamp`."""
    if not any("event_type" in one and "timestamp" in one for one in zeek.records(head)):
        return None
    return Layout(
        format=FORMAT,
        table=FLOW_TABLE,
        fields=Paths(paths=_PATHS),
        values=(
            ("ts", _START),
            ("duration", f"(epoch_us(as_time({_END})) - epoch_us(as_time({_START}))) / 1e6"),
            ("id.orig_h", "f[2]"),
            ("id.orig_p", "coalesce(f[3], f[19])"),
            ("id.resp_h", "f[4]"),
            ("id.resp_p", "coalesce(f[5], f[20])"),
            ("proto", "f[6]"),
            ("orig_bytes", "coalesce(f[10], f[16])"),
            ("resp_bytes", "f[11]"),
            ("orig_pkts", "coalesce(f[12], f[17])"),
            ("resp_pkts", "f[13]"),
            ("service", "nullif(f[7], 'failed')"),
            ("sensor", "f[18]"),
        ),
        other="f[1] IS NOT NULL AND f[1] NOT IN ('flow', 'netflow')",
    )
