"""Values that many share by nature: public resolvers, dynamic-DNS suffixes, everyday file names (`common.toml`)."""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The lists of `common.toml`, lower case.

    `long`, `mixed` and `deep` say what makes a name telling, `crowd` from how many unrelated documents on a provider
    block counts as let to everybody.
    """

    networks: tuple[tuple[Network, str], ...]
    addresses: frozenset[str]
    services: frozenset[str]
    platforms: frozenset[str]
    hashes: frozenset[str]
    certificates: frozenset[str]
    fingerprints: frozenset[str]
    tools: frozenset[str]
    ports: frozenset[str]
    stems: frozenset[str]
    segments: frozenset[str]
    long: int
    mixed: int
    deep: int
    crowd: int


@lru_cache(maxsize=1)
def common() -> Common:
    """Read `common.toml` once."""
    text = resources.files("geppo.judge.evidence").joinpath("common.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    values = {name: frozenset(part["values"]) for name, part in raw.items() if "values" in part}
    platforms = frozenset(name for provider in raw["platforms"].values() for name in provider["values"])
    networks = tuple((ipaddress.ip_network(net), why) for net, why in sorted(raw["networks"]["ranges"].items()))
    telling = raw["telling"]
    return Common(
        networks=networks,
        platforms=platforms,
        long=telling["long"],
        mixed=telling["mixed"],
        deep=telling["deep"],
        crowd=raw["crowded"]["documents"],
        **values,
    )


def special_address(address: str) -> str:
    """Why an address says nothing about an actor (private range, public resolver), or an empty text."""
    if address in common().addresses:
        return "zero list: public resolver"
    parsed = ipaddress.ip_address(address)
    return next((f"zero list: {why}" for net, why in common().networks if parsed in net), "")


def crowded_block(documents: int) -> bool:
    """True where so many unrelated documents hold addresses of a block that it is let to everybody."""
    return documents >= common().crowd


def service(name: str) -> bool:
    """True for a host or domain of a service that everybody uses, or a host under such a domain."""
    labels = name.split(".")
    return any(".".join(labels[place:]) in common().services for place in range(len(labels) - 1))


def everyday_name(filename: str) -> bool:
    """True for a file name that unrelated authors choose daily."""
    return filename.lower().partition(".")[0] in common().stems


def everyday_path(path: str) -> bool:
    """True for a path of everyday folders with an everyday file name, or none."""
    *folders, last = [segment for segment in path.split("/") if segment] or [""]
    return all(map(everyday_segment, folders)) and (not last or everyday_name(last) or everyday_segment(last))


def everyday_segment(segment: str) -> bool:
    """True for a folder that says nothing: one of a content system, or a number of at most four digits."""
    low = segment.lower()
    return low in common().segments or (low.isdigit() and len(low) <= 4)


def telling_name(name: str) -> bool:
    """True for a name that nobody would choose twice by chance: long, or letters mixed with digits or both cases."""
    stem = name.rpartition(".")[0] or name
    if len(stem) >= common().long:
        return True
    letters = [sign for sign in stem if sign.isalpha()]
    both_cases = any(sign.isupper() for sign in letters[1:]) and any(sign.islower() for sign in letters)
    with_digits = bool(letters) and any(sign.isdigit() for sign in stem)
    return len(stem) >= common().mixed and (both_cases or with_digits)


def telling_path(path: str) -> bool:
    """True for a path with a telling segment, or with many that are not everyday ones."""
    segments = [segment for segment in path.split("/") if segment and not everyday_segment(segment)]
    return len(segments) >= common().deep or any(telling_name(segment) for segment in segments)
