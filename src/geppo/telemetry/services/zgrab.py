"""ZGrab2's JSON lines: one line a host, one service a module that answered.

https://github.com/zmap/zgrab2; older versions do not print the port, then the module's own is taken (columns.toml).
"""

from __future__ import annotations

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import SERVICE_TABLE, Layout, PassOver, Paths, quoted
from geppo.telemetry.source import Head

FORMAT = "zgrab2"
_EACH = (
    "list_transform(map_entries(TRY_CAST(json_extract(line, '$.data') AS MAP(VARCHAR, JSON))), "
    "lambda e: CAST(json_object('module', e.key, 'scan', e.value) AS VARCHAR))"
)
_LOGS = (
    "$.scan.result.handshake_log",
    "$.scan.result.response.request.tls_log.handshake_log",
    "$.scan.result.tls.handshake_log",
)
_PARSED = "server_certificates.certificate.parsed"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with `ip` and a `data` object whose members have a `status`."""
    seen = zeek.records(head)
    if not any("ip" in one and _modules(one.get("data")) for one in seen):
        return None
    paths = ["$.module", "$.scan.status", "$.scan.port", "$.scan.timestamp"]

    def field(name: str) -> str:
        at = []
        for log in _LOGS:
            paths.append(f"{log}.{_PARSED}.{name}")
            at.append(f"g[{len(paths)}]")
        return f"coalesce({', '.join(at)})"

    ports = columns(__package__)["zgrab_ports"]
    default = " ".join(f"WHEN {quoted(module)} THEN {quoted(port)}" for module, port in sorted(ports.items()))
    values = (
        ("ts", "g[4]"),
        ("ip", "f[1]"),
        ("port", f"coalesce(g[3], CASE g[1] {default} END)"),
        ("cert_sha256", field("fingerprint_sha256")),
        ("cert_subject", field("subject_dn")),
        ("cert_issuer", field("issuer_dn")),
        ("not_before", field("validity.start")),
        ("not_after", field("validity.end")),
    )
    return Layout(
        format=FORMAT,
        table=SERVICE_TABLE,
        fields=Paths(paths=("$.ip",), each=_EACH, item_paths=tuple(paths)),
        values=values,
        other="g[2] IS NOT NULL AND g[2] <> 'success'",
    )


def _modules(data: object) -> bool:
    return isinstance(data, dict) and any(isinstance(one, dict) and "status" in one for one in data.values())
