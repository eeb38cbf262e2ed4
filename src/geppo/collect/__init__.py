"""Documents in. A source is one module of this package; importing it is the whole registration.

A member has `KIND` (the word in `sources.toml`, and its module's name) and `fetch`, and may have `OPTIONS` (further
fields by name, with what they mean). It yields what it got, in an order that does not depend on the machine, and a Gap
for each thing it could not get; it raises only for wrong use. It judges nothing: duplicates and unreadable text are
found later, by hash and by reading. A member that uses the network asks `_visit.current` for the client and for what
earlier collections brought.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from geppo import registry
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One source as the user wrote it down.

    `place` is an address or a path. `publisher` and `language` are what the user declares for all of its documents;
    fields of a document win. `allow_private` permits private and loopback addresses. `options` are fields that only
    some kinds know; a member lists them in `OPTIONS`.
    """

    kind: str
    name: str
    place: str
    publisher: str = ""
    language: str = ""
    reliability: str = ""
    allow_private: bool = False
    options: tuple[tuple[str, str], ...] = ()

    def option(self, name: str) -> str:
        """A field that only this kind has, or ""."""
        return dict(self.options).get(name, "")

    @property
    def declared(self) -> tuple[tuple[str, str], ...]:
        """Fields for `Fetched.declared`; empty ones are left out."""
        fields = (("language", self.language), ("publisher", self.publisher))
        return tuple((key, value) for key, value in fields if value)


class Source(Protocol):
    """What a member module offers."""

    KIND: str

    def fetch(self, entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
        """Everything the source holds. `now` is the time of collection and goes into every Fetched."""


@cache
def sources() -> dict[str, Source]:
    """Members by kind, sorted."""
    members = registry.family("geppo.collect").members
    return {member.KIND: member for member in sorted(members, key=lambda one: str(one.KIND))}


def source(kind: str) -> Source | None:
    """The member of a kind, imported alone (`geppo collect --path` needs no HTTP client), or None."""
    name = f"{__name__}.{kind}"
    if not kind.isidentifier() or kind.startswith("_") or importlib.util.find_spec(name) is None:
        return None
    member: Source = importlib.import_module(name)
    return member


def refused(item: Fetched, error: Exception) -> Gap:
    """The gap for a document that no reader takes. A fault of ours in reading one is a gap, too, and stops no other."""
    if isinstance(error, InputError):
        return Gap(source=item.name, kind=error.kind, message=str(error))
    message = f"{item.name}: reading failed ({type(error).__name__}: {error}); please report it with the file"
    return Gap(source=item.name, kind="fault", message=message)


def collect(entries: Iterable[Entry], settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """Fetch entry after entry; an entry of an unknown kind is a Gap of kind `unknown-source`."""
    for entry in entries:
        member = source(entry.kind)
        if member is None:
            known = ", ".join(sources())
            yield Gap(
                source=entry.name,
                kind="unknown-source",
                message=f"kind {entry.kind!r} is not known; expected one of: {known}.",
            )
            continue
        yield from member.fetch(entry, settings, now)
