"""STIX 2.1 objects to documents: one a report, with what it refers to, and one for what no report refers to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geppo.collect._made import dumped, objects, text_of
from geppo.collect._when import day_of

_SPACE = uuid.UUID("a1f43f5c-7d1e-5d8e-9f6b-2f4f1c7f6f10")
"""Name space of the ids of bundles made here; any fixed UUID serves."""

_TOP = frozenset({"report", "grouping", "note", "opinion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A document's worth of objects. `stamp` is the newest change in it."""

    name: str
    stamp: str
    day: date | None
    publisher: str
    data: bytes


def bundled(found: Iterable[dict[str, Any]]) -> list[Bundled]:
    """The newest version of each object, grouped, in the order of ids."""
    by_id: dict[str, dict[str, Any]] = {}
    for one in found:
        key = text_of(one, "id")
        if key and _version(one) >= _version(by_id.get(key, {})):
            by_id[key] = one
    used: set[str] = set()
    out: list[Bundled] = []
    for key in sorted(by_id):
        if by_id[key].get("type") in _TOP and isinstance(by_id[key].get("object_refs"), list):
            members = _members(by_id[key], by_id)
            used.update(members)
            out.append(_bundle(key, members, by_id))
    rest = [key for key in sorted(by_id) if key not in used]
    if any(by_id[key].get("type") not in {"identity", "marking-definition", "extension-definition"} for key in rest):
        out.append(_bundle("bundle--" + str(uuid.uuid5(_SPACE, "\n".join(rest))), rest, by_id))
    return out


def _version(one: dict[str, Any]) -> str:
    return text_of(one, "modified") or text_of(one, "created")


def _members(top: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> list[str]:
    """A report's own id, what it refers to, relationships between those, and who made and marked it all."""
    refs = {text_of(top, "id"), *(ref for ref in top["object_refs"] if isinstance(ref, str))}
    for key, one in by_id.items():
        if one.get("type") == "relationship" and {one.get("source_ref"), one.get("target_ref")} <= refs:
            refs.add(key)
    for key in sorted(refs):
        one = by_id.get(key, {})
        marks = one.get("object_marking_refs")
        refs.update(ref for ref in (one.get("created_by_ref"), *(marks if isinstance(marks, list) else ())) if ref)
    return [key for key in sorted(ref for ref in refs if isinstance(ref, str)) if key in by_id]


def _bundle(key: str, members: list[str], by_id: dict[str, dict[str, Any]]) -> Bundled:
    top = by_id.get(key, {})
    maker = by_id.get(text_of(top, "created_by_ref"), {})
    stamp = max((_version(by_id[member]) for member in members), default="")
    bundle = {
        "type": "bundle",
        "id": "bundle--" + str(uuid.uuid5(_SPACE, f"{key}\n{stamp}")),
        "objects": [by_id[member] for member in members],
    }
    return Bundled(
        name=f"{key}.stix.json",
        stamp=stamp,
        day=day_of(text_of(top, "published") or stamp),
        publisher=text_of(maker, "name"),
        data=dumped(bundle),
    )


def bundle_objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a bundle or an envelope."""
    return objects(found.get("objects")) if isinstance(found, dict) else []
