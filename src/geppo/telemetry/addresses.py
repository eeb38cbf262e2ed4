"""Addresses in one spelling, so that equal addresses are equal text."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from geppo.errors import UsageError

Network = IPv4Network | IPv6Network


@lru_cache(maxsize=1 << 16)
def six(text: str) -> str | None:
    """An IPv6 address as RFC 5952 writes it, without zone; a v4-mapped one as IPv4; None for anything else."""
    try:
        address = IPv6Address(text.strip().partition("%")[0].strip("[]"))
    except ValueError:
        return None
    return str(address.ipv4_mapped or address)


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """CIDR texts, each possibly a comma-separated list. Raises UsageError for one that is none."""
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    try:
        return tuple(ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise UsageError(f"internal networks: {error}; expected CIDR such as 10.0.0.0/8") from error


def inside(address: str, nets: tuple[Network, ...]) -> bool:
    """Whether a normalised address lies in one of the networks."""
    one = ip_address(address)
    return any(one.version == net.version and one in net for net in nets)
