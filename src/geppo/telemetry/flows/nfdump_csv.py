"""nfdump's `-o csv`: the wide layout to 1.7.4 and the layouts from 1.7.5 on, told by the names in the first line.

NetFlow is one-sided: a zero in both opposite counters says "not recorded" and becomes null. Times have no zone: run
nfdump with TZ=UTC. The ICMP type and code stand in the target port as "type.code"; they become the two ports, as in
Zeek. Bytes are those of IP packets.
"""

from __future__ import annotations

from geppo.telemetry.formats import Hints, columns, first
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver, Split
from geppo.telemetry.source import Head

FORMAT = "nfdump-csv"
_SUMMARY = "^(Summary|flows,bytes|Total flows|Time window|Sys:|No matching flows|[0-9]+(,[0-9]+){5}$)"
"""The lines after the last record; the sums stand in one line of six numbers."""


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A header line that names both ends and a start as nfdump does."""
    line = head.lines[0] if head.lines else ""
    fields = [field.strip() for field in line.split(",")]
    names = columns(__package__)["nfdump"]
    present = {field: i for i, field in reversed(list(enumerate(fields, 1)))}
    if not all(first(names[key], present) for key in ("ts", "id.orig_h", "id.resp_h", "proto")):
        return None

    def text(key: str) -> str:
        found = [present[one] for one in names[key] if one in present]
        parts = [f"nullif(trim(f[{i}]), '')" for i in found]
        return f"coalesce({', '.join(parts)})" if len(parts) > 1 else (parts[0] if parts else "NULL")

    icmp = f"(contains(upper({text('proto')}), 'ICMP') OR {text('proto')} IN ('1', '58'))"
    silent = f"(coalesce(as_count({text('resp_bytes')}), 0) = 0 AND coalesce(as_count({text('resp_pkts')}), 0) = 0)"
    lasted = text("duration")
    if lasted == "NULL" and text("end") != "NULL":
        lasted = f"(epoch_us(as_time({text('end')})) - epoch_us(as_time({text('ts')}))) / 1e6"
    values = {key: text(key) for key in ("ts", "id.orig_h", "id.resp_h", "orig_bytes", "orig_pkts", "sensor")}
    values |= {
        "duration": _seconds(lasted),
        "proto": _protocol(text("proto")),
        "id.orig_p": f"CASE WHEN {icmp} THEN {_half(text('id.resp_p'), 1)} ELSE {text('id.orig_p')} END",
        "id.resp_p": f"CASE WHEN {icmp} THEN {_half(text('id.resp_p'), 2)} ELSE {text('id.resp_p')} END",
        "resp_bytes": f"CASE WHEN NOT {silent} THEN {text('resp_bytes')} END",
        "resp_pkts": f"CASE WHEN NOT {silent} THEN {text('resp_pkts')} END",
    }
    return Layout(
        format=FORMAT,
        table=FLOW_TABLE,
        fields=Split(delimiter=",", width=len(fields)),
        values=tuple(values.items()),
        header=line,
        skip=f"regexp_matches(line, '{_SUMMARY}')",
    )


def _half(text: str, part: int) -> str:
    """One side of the point in "8.0"."""
    return f"nullif(split_part({text}, '.', {part}), '')"


def _seconds(value: str) -> str:
    """1.7 may print hours:minutes:seconds."""
    text = f"CAST({value} AS VARCHAR)"
    clock = f"regexp_matches({text}, '^[0-9]+:[0-9]{{2}}:[0-9]{{2}}([.][0-9]+)?$')"
    hours, minutes, seconds = (f"TRY_CAST(split_part({text}, ':', {i}) AS DOUBLE)" for i in (1, 2, 3))
    return f"CASE WHEN {clock} THEN CAST({hours} * 3600 + {minutes} * 60 + {seconds} AS VARCHAR) ELSE {text} END"


def _protocol(text: str) -> str:
    """Numbers of the commonest protocols to names (IANA protocol numbers)."""
    return (
        f"CASE {text} WHEN '6' THEN 'tcp' WHEN '17' THEN 'udp' WHEN '1' THEN 'icmp' WHEN '58' THEN 'icmp6' "
        f"WHEN '132' THEN 'sctp' ELSE {text} END"
    )
