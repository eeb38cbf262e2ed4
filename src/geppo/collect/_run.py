"""Many sources at once: each in a thread of its own turn, their yields in one queue to the one thread that keeps them.

What a source remembers travels in the same queue behind its document, so it is written after the document is kept.
Order between sources is that of arrival; documents are known by their hash, so it does not show in the store.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geppo.collect import Entry, collect
from geppo.collect._http import Client
from geppo.collect._state import Mark, State
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
    waiting: queue.SimpleQueue[Entry] = queue.SimpleQueue()
    came: queue.Queue[_Came] = queue.Queue(_AHEAD)
    stop = threading.Event()
    seen = {entry.name: state.seen(entry.name) for entry in entries}
    for entry in entries:
        waiting.put(entry)

    def put(message: _Came) -> None:
        while not stop.is_set():
            try:
                came.put(message, timeout=_PATIENCE / 10)
            except queue.Full:
                continue
            return
        raise _StoppedError

    def one(entry: Entry) -> None:
        visit = Visit(
            client=client,
            seen=seen[entry.name],
            since=since,
            remember=lambda mark: put(_Came(entry=entry, what=mark)),
        )
        try:
            with visiting(visit):
                for item in collect((entry,), settings, now):
                    put(_Came(entry=entry, what=item))
        except _StoppedError:
            raise
        except Exception as error:
            message = f"{entry.name}: failed ({type(error).__name__}: {error}); please report it with the source"
            put(_Came(entry=entry, what=Gap(source=entry.name, kind="fault", message=message)))
        put(_Came(entry=entry, what=None))

    def work() -> None:
        try:
            while not stop.is_set():
                one(waiting.get_nowait())
        except (queue.Empty, _StoppedError):
            return

    # Daemons: Ctrl-C ends the program and does not wait for a server that answers slowly.
    number = min(settings.integer("collect.parallel"), len(entries))
    threads = [threading.Thread(target=work, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield from _received(came, len(entries), state, progress)
    finally:
        stop.set()
        end = time.monotonic() + _PATIENCE
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))


class _StoppedError(Exception):
    """Nobody asks for more."""


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
