"""One side of a comparison: what one report shows, and what follows from it (a URL shows its host and path too)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

from geppo.judge.evidence._common import common
from geppo.model.time import When

_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

HASHES = {"sha256": 64, "sha1": 40, "md5": 32}
"""Hash types with their length in hexadecimal digits."""

_KIND = {"sha256": "hash", "sha1": "hash", "md5": "hash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A value that a report ties to one side.

    `type` is a type of the pairs format, `value` its normal form. `server` is the address or host that the value was
    seen on: equal servers mean one observation.
    """

    type: str
    value: str
    first_seen: date | None = None
    last_seen: date | None = None
    server: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A value of one kind as one side shows it: on which servers, and from when to when (None: not stated)."""

    servers: frozenset[str]
    first: date | None
    last: date | None


Index = Mapping[str, Mapping[str, tuple[Artefact, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one report shows of one actor or cluster. `index` holds, per kind and value, the artefacts that show it."""

    date: When | None = None
    publisher: str = ""
    artefacts: tuple[Artefact, ...] = ()
    techniques: tuple[str, ...] = ()
    index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _index(self.artefacts, self.techniques))

    @property
    def empty(self) -> bool:
        """True where the report shows nothing that could be compared."""
        return not (self.artefacts or self.techniques)

    def trait(self, kind: str, value: str) -> Trait:
        """The trait behind a value of `index`. Raises KeyError for a value that this side does not show."""
        shown = self.index[kind][value]
        starts = [artefact.first_seen for artefact in shown if artefact.first_seen]
        ends = [artefact.last_seen for artefact in shown if artefact.last_seen]
        return Trait(
            servers=frozenset(server for artefact in shown if (server := _stands_on(kind, artefact))),
            first=min(starts, default=None),
            last=max(ends, default=None),
        )


def is_address(value: str) -> bool:
    """True for an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65536)
def registered_domain(host: str) -> str:
    """The name that somebody registered (public suffix list with its private part), or an empty text.

    Under an unknown top-level domain it is the last two labels: the list's own default rule.
    """
    found = _SUFFIXES(host)
    if found.suffix:
        return found.top_domain_under_public_suffix
    return ".".join(host.split(".")[-2:]) if "." in host else ""


@lru_cache(maxsize=65536)
def platform(host: str) -> str:
    """The dynamic-DNS or hosting suffix that a host stands under, or an empty text."""
    found = _SUFFIXES(host)
    if found.is_private and found.suffix != host:
        return found.suffix
    labels = host.split(".")
    tails = (".".join(labels[place:]) for place in range(1, len(labels) - 1))
    return next((tail for tail in tails if tail in common().platforms), "")


def url_host(url: str) -> str:
    """The host or address of a URL in lower case, without port and user."""
    return (urlsplit(url).hostname or "").rstrip(".")


def net24(address: str) -> str:
    """The first three octets of an IPv4 address, or an empty text for an IPv6 address."""
    return "" if ":" in address else address.rpartition(".")[0]


def path_parts(path: str) -> tuple[str, str]:
    """File name (last segment that is not empty) and directory (with both slashes) of a URL path; empty where none."""
    head, _, name = path.rstrip("/").rpartition("/")
    return name, f"{head}/" if head else ""


def _stands_on(kind: str, artefact: Artefact) -> str:
    if artefact.type == "url":
        return url_host(artefact.value)
    return artefact.server if artefact.server != artefact.value or kind != artefact.type else ""


def _of_name(host: str) -> list[tuple[str, str]]:
    return [("domain", registered_domain(host)), ("platform", platform(host))]


def _of_server(server: str) -> list[tuple[str, str]]:
    if is_address(server):
        return [("ip", server), ("net24", net24(server))]
    return [("host", server), *_of_name(server)]


def _of_path(path: str) -> list[tuple[str, str]]:
    name, directory = path_parts(path)
    return [("path", path), ("filename", name), ("directory", directory)]


def _shown(artefact: Artefact) -> list[tuple[str, str]]:
    """(kind, value) that follow from one artefact, itself included; empty values are to be skipped."""
    kind, value = artefact.type, artefact.value
    if kind == "url":
        found = [("url", value), *_of_server(url_host(value)), *_of_path(urlsplit(value).path)]
    elif kind in ("ip", "host"):
        found = _of_server(value)
    elif kind == "domain":
        found = [("domain", value), ("platform", platform(value))]
    elif kind == "path":
        found = _of_path(value)
    else:
        found = [(_KIND.get(kind, kind), value)]
    return found + _of_server(artefact.server) if artefact.server else found


def _index(artefacts: tuple[Artefact, ...], techniques: tuple[str, ...]) -> Index:
    index: dict[str, dict[str, tuple[Artefact, ...]]] = {}
    for artefact in artefacts:
        for kind, value in _shown(artefact):
            if value:
                values = index.setdefault(kind, {})
                values[value] = (*values.get(value, ()), artefact)
    if techniques:
        index["technique"] = dict.fromkeys(techniques, ())
    return index
