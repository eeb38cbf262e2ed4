"""What can be said of a list of sources without asking any of them: form, host, kind, and what stands there twice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from geppo.collect import Entry
from geppo.collect._guard import is_public

_LOCAL = ("localhost", ".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".test", ".invalid",
          ".example")  # fmt: skip
"""Names that are no public host (RFC 2606, RFC 6761, RFC 6762, RFC 8375, and habits of offices)."""

_SCHEMES = {"mail": ("imaps",), "github": ("https",)}
_DATA = (".json", ".csv", ".csv.gz", ".pdf", ".zip", ".tar.gz")
"""Ends of addresses that are no feed; JSON Feed has its own media type and mostly another end."""


def faults(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Name of a source and what is wrong with it, in the order of the list."""
    places: dict[tuple[str, str], str] = {}
    for entry in entries:
        for message in _one(entry):
            yield entry.name, message
        key = (entry.kind, _same(entry.place))
        if key in places:
            yield entry.name, f"the same address as {places[key]}; take one of them out"
        places.setdefault(key, entry.name)


def _one(entry: Entry) -> Iterator[str]:
    for option in ("user_env", "secret_env"):
        name = entry.option(option)
        if name and not os.environ.get(name, "").strip():
            yield f"the environment variable {name} ({option}) is not set here"
    if entry.reliability and not entry.publisher:
        yield "reliability without a publisher says nothing; add the publisher"
    if "://" in entry.place:
        yield from _address(entry)


def _address(entry: Entry) -> Iterator[str]:
    try:
        parts = urlsplit(entry.place)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port
    except ValueError as error:
        yield f"{entry.place!r}: not an address ({error})"
        return
    known = _SCHEMES.get(entry.kind, ("https", "http"))
    if parts.scheme not in known:
        yield f"{entry.place}: expected an address that begins with {' or '.join(known)}"
    elif parts.scheme == "http" and not entry.allow_private:
        yield f"{entry.place}: sent in the open, and may be changed on the way; write https if the server has it"
    if "@" in parts.netloc and entry.kind != "mail":
        yield f"{host}: a user name in the address; use user_env and secret_env"
    if not host or (private(host) and not entry.allow_private):
        yield f"{host or entry.place!r}: no public host; correct it, or add `allow_private = true` if it is yours"
    if entry.kind == "feed" and parts.path.lower().endswith(_DATA):
        yield f"{entry.place}: looks like a file and not like a feed; check the kind"
    if entry.kind == "pdf" and parts.path.lower().endswith((".xml", ".rdf", ".rss")):
        yield f"{entry.place}: looks like a feed and not like a PDF; check the kind"


def private(host: str) -> bool:
    """True for a host that no public name or address can be, as it is spelled. Nothing is resolved."""
    try:
        return not is_public(host)
    except ValueError:
        pass
    if "." not in host or host.endswith(_LOCAL):
        return True
    # 0x7f.1, 0177.0.0.1, 2130706433: spellings of addresses that resolvers know and a name cannot have.
    last = host.rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


def _same(place: str) -> str:
    """An address without what makes no other one."""
    try:
        parts = urlsplit(place)
    except ValueError:
        return place
    if not parts.netloc:
        return place
    path = parts.path.rstrip("/")
    return f"{parts.netloc.lower().removeprefix('www.')}{path}?{parts.query}"
