"""Work on many things in as many processes as there are cores, its results in order.

The processes are forked: what they read with is there without a copy. One crew may do several rounds over the same
things; each process gets those again that it had before, so that what it kept of them serves once more.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Literal

GROUP = 40_000
"""Size (characters) of what is handed to a process at once: a quarter of a second's work, and a message's cost is
none beside it."""

BIG = 4 * GROUP
"""Things of this size are begun first: the last one would keep one process busy alone."""


class _Lost(Enum):
    LOST = "lost"


LOST: Final = _Lost.LOST
"""The result of a thing over which its process died."""

Lost = Literal[_Lost.LOST]


def cores() -> int:
    """How many processes are worth having: 1 where they cannot be forked safely."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _serve(connection: Connection) -> None:
    """Do what is asked until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Most objects were there before the fork: to look through them again and again finds nothing and copies pages.
    gc.freeze()
    while True:
        try:
            function, things = connection.recv()
        except (EOFError, OSError):
            return
        connection.send([function(one) for one in things])


@dataclass(slots=True)
class _Worker:
    connection: Connection
    process: BaseProcess
    busy: list[tuple[int, Any]] = field(default_factory=list)
    function: Callable[[Any], Any] | None = None


class Crew:
    """Some processes. Use it in a `with` statement: they end with it."""

    def __init__(self, count: int) -> None:
        self._told: list[tuple[Callable[[Any], Any], Any]] = []
        self._had: dict[Any, int] = {}
        self._workers: list[_Worker] = []
        for _ in range(count):
            self._workers.append(self._forked())

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()

    def _forked(self) -> _Worker:
        context = get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        for function, argument in self._told:
            ours.send((function, [argument]))
            ours.recv()
        return _Worker(ours, process)

    def tell(self, function: Callable[[Any], Any], argument: Any) -> None:
        """Call a function of a module once in every process, none of which may be at work."""
        self._told.append((function, argument))
        for number, worker in enumerate(self._workers):
            try:
                worker.connection.send((function, [argument]))
                worker.connection.recv()
            except (EOFError, OSError):
                self._workers[number] = self._forked()

    def idle(self) -> list[int]:
        """The processes that are not at work."""
        return [number for number, worker in enumerate(self._workers) if not worker.busy]

    def give(self, number: int, function: Callable[[Any], Any], things: Sequence[tuple[int, Any]]) -> None:
        """Let an idle process call a function of a module with each of some numbered things."""
        worker = self._workers[number]
        worker.busy, worker.function = list(things), function
        try:
            worker.connection.send((function, [thing for _, thing in things]))
        except OSError:
            # It is dead, which `take` sees as well and mends.
            return

    def take(
        self, beside: Sequence[Any] = (), timeout: float | None = None
    ) -> tuple[list[tuple[int, Any]], list[Any], list[int]]:
        """Wait for results: numbered ones, which of the objects `beside` can be read, and who has become idle.

        Where a process died over several things they are done again one by one in a new one; over one thing its result
        is `LOST`.
        """
        waiting = {worker.connection: number for number, worker in enumerate(self._workers) if worker.busy}
        ready = wait([*waiting, *beside], timeout)
        done: list[tuple[int, Any]] = []
        idle: list[int] = []
        for one in ready:
            if not isinstance(one, Connection) or one not in waiting:
                continue
            number = waiting[one]
            worker = self._workers[number]
            try:
                results = one.recv()
            except (EOFError, OSError):
                done += self._after_death(number)
            else:
                done += [(at, result) for (at, _), result in zip(worker.busy, results, strict=True)]
                worker.busy = []
            idle.append(number)
        return done, [one for one in ready if one in beside], idle

    def _after_death(self, number: int) -> list[tuple[int, Any]]:
        """What comes of the things of a process that died."""
        dead = self._workers[number]
        dead.connection.close()
        dead.process.join()
        self._workers[number] = self._forked()
        if len(dead.busy) == 1 or dead.function is None:
            return [(at, LOST) for at, _ in dead.busy]
        done: list[tuple[int, Any]] = []
        for thing in dead.busy:
            self.give(number, dead.function, [thing])
            worker = self._workers[number]
            try:
                done.append((thing[0], worker.connection.recv()[0]))
                worker.busy = []
            except (EOFError, OSError):
                done += self._after_death(number)
        return done

    def each(self, function: Callable[[Any], Any], things: Sequence[Any], sizes: Sequence[int]) -> Iterator[Any]:
        """What a function of a module makes of each thing (hashable and small, such as a number), in order."""
        queues: list[deque[list[tuple[int, Any]]]] = [deque() for _ in self._workers]
        for group in self._groups(things, sizes):
            at = self._had.get(group[0][1])
            shortest = min(range(len(queues)), key=lambda number: len(queues[number]))
            queues[shortest if at is None else at].append(group)
        idle = list(range(len(self._workers)))
        done: dict[int, Any] = {}
        for wanted in range(len(things)):
            while wanted not in done:
                for number in idle:
                    queue = queues[number] or max(queues, key=len)
                    if queue:
                        group = queue.popleft() if queue is queues[number] else queue.pop()
                        self._had.update((thing, number) for _, thing in group)
                        self.give(number, function, group)
                results, _, idle = self.take()
                done.update(results)
            yield done.pop(wanted)

    def _groups(self, things: Sequence[Any], sizes: Sequence[int]) -> Iterator[list[tuple[int, Any]]]:
        """The things in groups of some size, of things that one process had; the big ones first, each for itself."""
        numbered = list(enumerate(things))
        yield from ([one] for one in numbered if sizes[one[0]] >= BIG)
        open_: dict[int | None, list[tuple[int, Any]]] = {}
        held: dict[int | None, int] = {}
        for number, thing in numbered:
            if sizes[number] >= BIG:
                continue
            had = self._had.get(thing)
            open_.setdefault(had, []).append((number, thing))
            held[had] = held.get(had, 0) + sizes[number]
            if held[had] >= GROUP:
                yield open_.pop(had)
                del held[had]
        yield from open_.values()
