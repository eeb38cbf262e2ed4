"""Ids of what leaves the house: UUIDs of version 5 in a namespace of our own, equal for equal things.

The namespace is the UUIDv5 of the name `urn:geppo:exchange` in RFC 9562's URL namespace. STIX 2.1 (section 2.9) forbids
its own namespace for anything but observables, whose ids the library makes as the standard says.
"""

from __future__ import annotations

import uuid

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:geppo:exchange")
"""33e529ef-2454-5ff4-8145-c0ae80722dc4."""

_SEPARATOR = "\x1f"


def stable_uuid(*parts: str) -> uuid.UUID:
    """The UUIDv5 of what a thing is. Parts are told apart: ("a", "b") is not ("ab",)."""
    name = _SEPARATOR.join(parts)
    return uuid.uuid5(NAMESPACE, name.encode("utf-8", "replace").decode("utf-8"))


def stable_id(type_: str, *parts: str, version: int = 5) -> str:
    """A STIX id that depends only on what the object is.

    `version` 4 gives the same 122 bits in the layout of a version 4 UUID, which STIX recommends for all but observables
    and for which strict validators ask: the two ids of a thing differ in one digit.
    """
    made = stable_uuid(type_, *parts)
    return f"{type_}--{made if version == 5 else uuid.UUID(bytes=made.bytes, version=version)}"
