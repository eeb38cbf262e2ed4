"""Argus flows as CSV with a header line (`ra -c ,`), such as the .binetflow files of CTU.

Bytes are those of whole packets. Times have no zone in this format and are taken as UTC. An arrow that points left
only (`<-`, `<?`) says that the second address opened the connection: the ends are swapped.
"""

from __future__ import annotations

from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver, Split
from geppo.telemetry.source import Head

FORMAT = "argus-csv"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A header line with Argus's names."""
    names = columns(__package__)["argus"]
    line = head.lines[0] if head.lines else ""
    fields = [field.strip() for field in line.split(",")]
    at = {field: f"trim(f[{i}])" for i, field in enumerate(fields, 1)}
    if not all(names[key] in at for key in ("ts", "source", "target", "proto")):
        return None

    def of(key: str) -> str:
        return at.get(names[key], "NULL")

    back = f"({of('direction')} IN ('<-', '<?'))"
    ports = f"lower({of('proto')}) IN ('tcp', 'udp', 'sctp')"

    def either(one: str, two: str) -> str:
        return f"CASE WHEN {back} THEN {two} ELSE {one} END"

    def less(total: str, part: str) -> str:
        return f"CAST(as_count({of(total)}) - as_count({of(part)}) AS VARCHAR)"

    def port(key: str) -> str:
        return f"CASE WHEN {ports} THEN nullif({of(key)}, '') END"

    values = (
        ("ts", of("ts")),
        ("duration", f"nullif({of('duration')}, '')"),
        ("proto", of("proto")),
        ("id.orig_h", either(of("source"), of("target"))),
        ("id.resp_h", either(of("target"), of("source"))),
        ("id.orig_p", either(port("source_port"), port("target_port"))),
        ("id.resp_p", either(port("target_port"), port("source_port"))),
        ("orig_bytes", either(f"nullif({of('source_bytes')}, '')", less("bytes", "source_bytes"))),
        ("resp_bytes", either(less("bytes", "source_bytes"), f"nullif({of('source_bytes')}, '')")),
        ("orig_pkts", either(f"nullif({of('source_packets')}, '')", less("packets", "source_packets"))),
        ("resp_pkts", either(less("packets", "source_packets"), f"nullif({of('source_packets')}, '')")),
    )
    return Layout(
        format=FORMAT,
        table=FLOW_TABLE,
        fields=Split(delimiter=",", width=len(fields)),
        values=values,
        header=line,
    )
