"""Onion services of Tor: 56 characters of base32 (version 3, RFC 7686 and Tor's rend-spec-v3) or 16 (version 2)."""

from __future__ import annotations

_BASE32 = frozenset("abcdefghijklmnopqrstuvwxyz234567")
_VERSIONS = {56: "v3", 16: "v2"}


def detail(host: str) -> tuple[tuple[str, str], ...]:
    """What to note of a host: its network, and the version where the name has the shape of one."""
    if not host.endswith(".onion"):
        return ()
    name = host.removesuffix(".onion").rpartition(".")[2]
    version = _VERSIONS.get(len(name), "") if set(name) <= _BASE32 else ""
    return (("network", "tor"), ("onion", version)) if version else (("network", "tor"),)
