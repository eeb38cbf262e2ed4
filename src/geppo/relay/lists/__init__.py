"""Public tracking lists of relay networks: what was published of single addresses, with role and window.

A member of the family is one layout: `NAME`, `reads(lines)` says whether a text is its own, `entries(lines)` yields
what it lists. Lines that a layout should know and does not are given back as `Listing.unread`, never dropped. Lists
stay with their publishers; nothing of them is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType

from geppo.errors import DataError, UsageError
from geppo.registry import family

_MOST_BYTES = 64 * 1024 * 1024
_MOST_LINE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry: a value with its role, port and window. `open_ended`: still there when the list was made."""

    line: int
    kind: str
    value: str
    port: int | None
    role: str
    first_seen: date | None
    last_seen: date | None
    open_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A line that a layout should know and does not."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as read: its layout, entries, and lines that could not be read."""

    layout: str
    entries: tuple[Listed, ...]
    unread: tuple[Unread, ...]


@lru_cache(maxsize=1)
def members() -> tuple[ModuleType, ...]:
    """The layouts of the package. Raises DataError if one is broken."""
    found = family("geppo.relay.lists")
    if found.broken:
        raise DataError("; ".join(f"list layout {one.name}: {one.reason}" for one in found.broken))
    return found.members


_HEX = re.compile(r"[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32}")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.IGNORECASE)


def refang(text: str) -> str:
    """A value as it is on the wire: `[.]`, `(.)` and hxxp undone."""
    plain = text.strip().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":")
    return re.sub(r"^hxxp", "http", plain, flags=re.IGNORECASE)


def value_of(text: str) -> tuple[str, str, int | None] | None:
    """Kind (`ip`, `domain`, `hash`), normal form and port of a listed value; None for anything else."""
    plain = re.sub(r"^[a-z]{2,6}://", "", refang(text), flags=re.IGNORECASE).split("/")[0]
    if _HEX.fullmatch(plain):
        return "hash", plain.lower(), None
    host, port = plain, None
    bracketed = re.fullmatch(r"\[([0-9a-fA-F:.]+)\](?::([0-9]{1,5}))?", plain)
    if bracketed:
        host, port = bracketed[1], int(bracketed[2]) if bracketed[2] else None
    elif plain.count(":") == 1 and plain.rpartition(":")[2].isascii() and plain.rpartition(":")[2].isdigit():
        host, _, number = plain.rpartition(":")
        port = int(number)
    if port is not None and not 0 < port < 65536:
        return None
    try:
        return "ip", str(ip_address(host)), port
    except ValueError:
        return ("domain", host.lower(), port) if _DOMAIN.fullmatch(host) else None


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path}: expected a list of at most {_MOST_BYTES // 1024**2} MiB")
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    return [line[:_MOST_LINE] for line in text.splitlines()]


def read_lines(lines: Sequence[str], where: str) -> Listing:
    """A list from its lines. Raises UsageError if no layout knows it."""
    for member in members():
        if member.reads(lines):
            found: list[Listed | Unread] = list(member.entries(lines))
            return Listing(
                layout=member.NAME,
                entries=tuple(one for one in found if isinstance(one, Listed)),
                unread=tuple(one for one in found if isinstance(one, Unread)),
            )
    names = ", ".join(member.NAME for member in members())
    raise UsageError(
        f"{where}: no layout knows this list; known: {names}. Make it a CSV with ip,role,first_seen,last_seen"
    )


def read_list(path: Path) -> Listing:
    """A list from a file, its layout told from its text. Raises UsageError if none knows it or it cannot be read."""
    return read_lines(_lines(path), str(path))


def addresses(listing: Listing, role: str = "") -> Iterator[Listed]:
    """The entries that are addresses with a first day, of a role where one is given (whole role, without case)."""
    for one in listing.entries:
        if one.kind == "ip" and one.first_seen and (not role or one.role.casefold() == role.casefold()):
            yield one
