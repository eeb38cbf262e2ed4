"""Zeek's conn.log as JSON lines, under whatever name."""

from __future__ import annotations

from geppo.telemetry import zeek
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver
from geppo.telemetry.source import Head

FORMAT = "zeek-json"
_OTHERS = ("query", "trans_id", "method", "uri", "fuid", "name", "note", "cipher", "auth_success", "mailfrom", "user")
"""Fields that other logs with the same four addresses have."""


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """Objects with Zeek's names of the two ends, and the fields of a connection."""
    seen = zeek.records(head)
    if not seen or not any("id.orig_h" in one and "ts" in one for one in seen):
        return _other(seen)
    if any(one.get("_path", "conn") != "conn" for one in seen):
        return _known(str(next(one["_path"] for one in seen if one.get("_path", "conn") != "conn")))
    if any({"conn_state", "history", "orig_bytes"} & one.keys() for one in seen):
        return zeek.json_lines(FLOW_TABLE, columns(__package__)["zeek"], FORMAT)
    if any("cert_chain_fps" in one or "cert_chain_fuids" in one or "cipher" in one for one in seen):
        return None
    return PassOver(what="Zeek log of another kind") if any(set(_OTHERS) & one.keys() for one in seen) else _plain(seen)


def _plain(seen: list[dict[str, object]]) -> Layout | None:
    """A reduced log: the four ends and little else."""
    whole = all({"id.orig_h", "id.resp_h", "ts", "proto"} <= one.keys() for one in seen)
    return zeek.json_lines(FLOW_TABLE, columns(__package__)["zeek"], FORMAT) if whole else None


def _other(seen: list[dict[str, object]]) -> PassOver | None:
    if any("_path" in one and "ts" in one for one in seen):
        return _known(str(next(one["_path"] for one in seen if "_path" in one)))
    return None


def _known(path: str) -> PassOver | None:
    return None if path in {"ssl", "x509"} else PassOver(what=f"Zeek log {path}")
