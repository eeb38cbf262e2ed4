"""What a source may use while it runs: the client, what is known of its items, and the day to begin with.

A visit belongs to the running thread; a source asks for it with `current`. A source that is called on its own gets a
bare one, without memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Generic, TypeVar

from geppo.collect import Entry
from geppo.collect._http import Client
from geppo.collect._state import Mark, Seen
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

T = TypeVar("T")
Fetch = Callable[[Entry, Settings, datetime], Iterator[Fetched | Gap]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Generic[T]):
    """Something that a source offers. `name` is the name of its document, one of a kind within the source.

    `stamp` changes when the item does; `day` is the day it was published, None if the source does not say.
    """

    name: str
    stamp: str
    what: T
    day: date | None = None


@dataclass(slots=True, kw_only=True)
class Visit:
    """One collection of one source."""

    client: Client
    seen: Mapping[str, Seen] = field(default_factory=dict)
    since: date | None = None
    remember: Callable[[Mark], None] = lambda _: None

    def done(self, entry: Entry, item: Item[T]) -> None:
        """Call it after the item's document was yielded: it will not be offered again until its stamp changes."""
        self.remember(Mark(source=entry.name, name=item.name, seen=Seen(stamp=item.stamp)))

    def in_part(self, entry: Entry, item: Item[T], most: int, *, asked: bool = True) -> None:
        """The same for an item that should be tried again in the next collections, `most` in all.

        A collection that did not ask, since the host is left alone, does not count.
        """
        before = self.seen.get(item.name)
        tries = before.tries if before is not None and before.stamp == item.stamp else 0
        tries = tries + 1 if asked else max(1, tries)
        kept = Seen(stamp=item.stamp, tries=0 if asked and tries >= most else tries)
        self.remember(Mark(source=entry.name, name=item.name, seen=kept))

    def cursor(self, name: str) -> str:
        """Where the last collection of a series ended, "" at the first one."""
        seen = self.seen.get(name)
        return seen.stamp if seen is not None else ""

    def move(self, entry: Entry, name: str, stamp: str) -> None:
        """The series was read up to `stamp`; call it after the last of its documents was yielded."""
        self.remember(Mark(source=entry.name, name=name, seen=Seen(stamp=stamp), cursor=True))

    def known(self, name: str, stamp: str) -> bool:
        """True for an item that is done and has not changed."""
        seen = self.seen.get(name)
        return seen is not None and seen.stamp == stamp and not seen.tries

    def pending(self, items: Iterable[Item[T]]) -> Iterator[Item[T]]:
        """Items that are new, changed or still in part, none from before `since`, each name once."""
        names: set[str] = set()
        for item in items:
            old = self.since is not None and item.day is not None and item.day < self.since
            if item.name in names or old or self.known(item.name, item.stamp):
                continue
            names.add(item.name)
            yield item


_current: ContextVar[Visit | None] = ContextVar("visit", default=None)


def current(settings: Settings) -> Visit:
    """The visit of this thread, or a bare one."""
    return _current.get() or Visit(client=Client(settings))


@contextmanager
def visiting(visit: Visit) -> Iterator[None]:
    """Sources that run in the block get this visit."""
    token = _current.set(visit)
    try:
        yield
    finally:
        _current.reset(token)


def limited(items: Iterable[Item[T]], entry: Entry, settings: Settings) -> Iterator[Item[T] | Gap]:
    """At most `collect.max_items`; where there are more, a Gap says so and the next collection takes them."""
    most = settings.integer("collect.max_items")
    for number, item in enumerate(items):
        if number >= most:
            yield Gap(
                source=entry.name,
                kind="more",
                message=f"{entry.name}: more than {most} new items; collect again for the rest (collect.max_items)",
            )
            return
        yield item


def failing_as_gap(fetch: Fetch) -> Fetch:
    """A source whose InputError ends it with a Gap of its own."""

    @wraps(fetch)
    def whole(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
        try:
            with _some_visit(settings):
                yield from fetch(entry, settings, now)
        except InputError as error:
            yield Gap(source=entry.name, kind=error.kind, message=str(error))

    return whole


@contextmanager
def _some_visit(settings: Settings) -> Iterator[None]:
    """Where a source is called on its own, a client of its own is opened and closed again."""
    if _current.get() is not None:
        yield
        return
    with closing(Client(settings)) as client, visiting(Visit(client=client)):
        yield
