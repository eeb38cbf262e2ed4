"""Hosts: what is a valid name, and what a dotted word is: address, domain, file or nothing."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from geppo.read.extract.observables import _data

_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@lru_cache(maxsize=50_000)
def is_ipv4(text: str) -> bool:
    """Four numbers from 0 to 255 without leading zeros."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=5_000)
def ipv6(text: str) -> str:
    """The normal form of an IPv6 address (RFC 5952), or "" for anything else."""
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        return ""


def well_formed(host: str) -> bool:
    """True where every label of a lower-case name is one (RFC 1035; underscores and letters of any script pass)."""
    if len(host) > 253 or "." not in host:
        return False
    for label in host.split("."):
        if not 0 < len(label) <= 63 or label[0] == "-" or label[-1] == "-":
            return False
        if not all(char in _LABEL or (char > "\x7f" and char.isalpha()) for char in label):
            return False
    return True


def public(label: str) -> bool:
    """True for a last label of the public suffix list, which takes a fifth of a second to load."""
    return label in _data.suffixes("frequent") or label in _data.top_level_domains()


def known_top(label: str) -> bool:
    """True for public, reserved and alternative last labels."""
    return label in _data.suffixes("reserved") or label in _data.suffixes("alternative") or public(label)


def plausible_top(label: str) -> bool:
    """True for a label that could be a new top-level domain: 2 to 24 letters, or punycode, and no file suffix."""
    shape = (2 <= len(label) <= 24 and label.isalpha()) or label.startswith("xn--")
    return shape and label not in _data.suffixes("files")
