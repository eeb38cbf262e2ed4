"""Many sources at once: each in a thread of its own turn, their yields in one queue to the one thread that keeps them.

What a source remembers travels in the same queue behind its document, so it is written after the document is kept.
Order between sources is that of arrival; documents are known by their hash, so it does not show in the store.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geppo.collect import Entry, collect
from geppo.collect._http import Client
from geppo.collect._rest import RESTING, Rest, after_failure
from geppo.collect._state import Mark, Seen, State
from geppo.collect._visit import Visit, visiting
from geppo.config import Settings
from geppo.model.report import Fetched, Gap

_AHEAD = 8
"""Documents that may wait to be kept: with the size limit of one it bounds memory."""


_PATIENCE = 1.0
"""Seconds for which threads may end what they are doing when the collection is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    entry: Entry
    what: Fetched | Gap | Mark | None
    """None: the source is through."""


class _StoppedError(Exception):
    """Nobody asks for more."""


class _Crew:
    """Threads that visit sources one after the other and send what comes."""

    def __init__(
        self, entries: Sequence[Entry], settings: Settings, now: datetime, client: Client, since: date | None
    ) -> None:
        self.came: queue.Queue[_Came] = queue.Queue(_AHEAD)
        self.stop = threading.Event()
        self._waiting: queue.SimpleQueue[Entry] = queue.SimpleQueue()
        for entry in entries:
            self._waiting.put(entry)
        self._settings, self._now, self._client, self._since = settings, now, client, since

    def work(self, seen: Mapping[str, Mapping[str, Seen]]) -> None:
        """Visit until no source is waiting. `seen` is what is known of the items of each source."""
        try:
            while not self.stop.is_set():
                entry = self._waiting.get_nowait()
                self._visit(entry, seen[entry.name])
        except (queue.Empty, _StoppedError):
            return

    def _visit(self, entry: Entry, seen: Mapping[str, Seen]) -> None:
        def send(what: Fetched | Gap | Mark | None) -> None:
            self._put(_Came(entry=entry, what=what))

        visit = Visit(client=self._client, seen=seen, since=self._since, remember=send)
        try:
            with visiting(visit):
                for item in collect((entry,), self._settings, self._now):
                    send(item)
        except _StoppedError:
            raise
        except Exception as error:
            message = f"{entry.name}: failed ({type(error).__name__}: {error}); please report it with the source"
            send(Gap(source=entry.name, kind="fault", message=message))
        send(None)

    def _put(self, message: _Came) -> None:
        while not self.stop.is_set():
            try:
                self.came.put(message, timeout=_PATIENCE / 10)
            except queue.Full:
                continue
            return
        raise _StoppedError


def visits(
    entries: Sequence[Entry],
    settings: Settings,
    now: datetime,
    *,
    client: Client,
    state: State,
    since: date | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Generator[tuple[Entry, Fetched | Gap | None]]:
    """What the sources give, as it comes, and None for each that is through.

    The caller keeps each document before it asks for the next one. A source that fails in a way nobody foresaw is a
    Gap of kind `fault` and stops no other.
    """
    rests = state.rests()
    client.hosts.load(one for one in rests if one.host)
    waiting = {one.name: one for one in rests if not one.host}
    asked = []
    for entry in entries:
        rest = waiting.get(entry.name)
        if rest is None or not rest.holds(now):
            asked.append(entry)
            continue
        yield entry, Gap(source=entry.name, kind=RESTING, message=rest.message)
        yield entry, None
    crew = _Crew(asked, settings, now, client, since)
    seen = {entry.name: state.seen(entry.name) for entry in asked}
    # Daemons: Ctrl-C ends the program and does not wait for a server that answers slowly.
    number = min(settings.integer("collect.parallel"), len(asked))
    threads = [threading.Thread(target=crew.work, args=(seen,), daemon=True) for _ in range(number)]
    failed: dict[str, str] = {}
    for thread in threads:
        thread.start()
    try:
        for entry, what in _received(crew.came, len(asked), state, progress):
            if isinstance(what, Gap) and what.source == entry.name:
                failed.setdefault(entry.name, what.kind)
            if what is None:
                _remember(entry, failed.get(entry.name), waiting, state, client, now, settings)
            yield entry, what
    finally:
        crew.stop.set()
        end = time.monotonic() + _PATIENCE
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))


def wake(entries: Iterable[Entry], state: State) -> None:
    """Let these sources be asked whatever they did before, and all hosts."""
    for entry in entries:
        state.wake(entry.name, host=False)
    for rest in state.rests():
        if rest.host:
            state.wake(rest.name, host=True)


def _remember(
    entry: Entry,
    failure: str | None,
    before: Mapping[str, Rest],
    state: State,
    client: Client,
    now: datetime,
    settings: Settings,
) -> None:
    """Who is left alone by the next collections, after a source is through with this kind of failure or none."""
    for host in client.hosts.known():
        # One that asked in this collection asked after `now`, its beginning.
        if now < host.until:
            state.rest(host)
        else:
            state.wake(host.name, host=True)
    rest = after_failure(entry.name, failure, before.get(entry.name), now, settings) if failure else None
    if rest is not None:
        state.rest(rest)
    elif failure != RESTING:
        state.wake(entry.name, host=False)


def _received(
    came: queue.Queue[_Came], count: int, state: State, progress: Callable[[int, int], None]
) -> Iterator[tuple[Entry, Fetched | Gap | None]]:
    done = 0
    progress(0, count)
    while done < count:
        message = came.get()
        if message.what is None:
            done += 1
            yield message.entry, None
            progress(done, count)
        elif isinstance(message.what, Mark):
            state.mark(message.what)
        else:
            yield message.entry, message.what
