"""Hosts as Censys describes them, one JSON object a line (or an array): one service each of `services`.

Field names of the host data set, version 2: https://docs.censys.com; a host may stand below `host` or `result`.
"""

from __future__ import annotations

import json
from pathlib import Path

from geppo.config import Settings
from geppo.errors import InputError
from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints
from geppo.telemetry.layout import SERVICE_TABLE, Layout, PassOver, Paths
from geppo.telemetry.source import Head, unpacked

FORMAT = "censys-hosts"
_HOST = "coalesce(json_extract(line, '$.result'), json_extract(line, '$.host'), json_extract(line, '$'))"
_EACH = f"list_transform(json_extract({_HOST}, '$.services[*]'), lambda e: CAST(e AS VARCHAR))"
_LEAF = "$.tls.certificates.leaf_data"
_PATHS = (
    "$.observed_at", "$.port", "$.certificate", f"{_LEAF}.fingerprint", f"{_LEAF}.subject_dn", f"{_LEAF}.issuer_dn",
    f"{_LEAF}.validity.start", f"{_LEAF}.validity.end", "$.jarm.fingerprint", "$.banner_hashes[0]",
    "$.tls.ja4x", "$.scan_time", "$.cert.fingerprint_sha256", "$.cert.parsed.subject_dn", "$.cert.parsed.issuer_dn",
    "$.cert.parsed.validity_period.not_before", "$.cert.parsed.validity_period.not_after", "$.banner_hash_sha256",
)  # fmt: skip
_HOSTED = ("ip", "autonomous_system.asn", "location.country_code", "last_updated_at")


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with `ip` and a list `services`; indented or in an array, they are put on lines first."""
    seen = zeek.records(head)
    if any(_host(one) for one in seen):
        paths = tuple(f"{above}.{one}" for one in _HOSTED for above in ("$", "$.host", "$.result"))
        return Layout(
            format=FORMAT,
            table=SERVICE_TABLE,
            fields=Paths(paths=paths, each=_EACH, item_paths=_PATHS),
            values=(
                ("ts", f"coalesce(g[1], g[12], {_of(3)})"),
                ("ip", _of(0)),
                ("port", "g[2]"),
                ("asn", _of(1)),
                ("country", _of(2)),
                ("cert_sha256", "coalesce(g[4], g[13], g[3])"),
                ("cert_subject", "coalesce(g[5], g[14])"),
                ("cert_issuer", "coalesce(g[6], g[15])"),
                ("not_before", "coalesce(g[7], g[16])"),
                ("not_after", "coalesce(g[8], g[17])"),
                ("jarm", "g[9]"),
                ("banner_hash", "coalesce(g[10], g[18])"),
                ("ja4x", "g[11]"),
            ),
            other="item IS NULL AND f IS NOT NULL",
        )
    start = head.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    if not seen and start[:1] in {b"[", b"{"} and b'"services"' in head.data:
        return Layout(format=FORMAT, table=SERVICE_TABLE, fields=Paths(paths=()), values=(), prepare=on_lines)
    return None


def _of(field: int) -> str:
    return f"coalesce({', '.join(f'f[{3 * field + i}]' for i in (1, 2, 3))})"


def _host(one: dict[str, object]) -> bool:
    bodies = [one, one.get("host"), one.get("result")]
    return any(isinstance(body, dict) and "ip" in body and isinstance(body.get("services"), list) for body in bodies)


def on_lines(source: Path, target: Path, settings: Settings) -> None:
    """Write the objects of one JSON document on lines. Raises InputError when it is too large or no JSON."""
    most = settings.integer("telemetry.document_bytes")
    with source.open("rb") as file:
        compression = {b"\x1f\x8b": "gzip", b"BZ": "bz2", b"\xfd7": "xz"}.get(file.read(2), "none")
    with unpacked(source, compression) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise InputError(
            "too-large", f"{source.name}: one JSON document of more than {most} bytes; put one host a line"
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError("unreadable", f"{source.name}: expected one JSON document: {error}") from error
    hosts = document if isinstance(document, list) else [document]
    with target.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(host, ensure_ascii=True) + "\n" for host in hosts)
