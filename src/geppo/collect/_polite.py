"""One request at a time to a host, and a pause between two."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Origin = tuple[str, str, int]
"""Scheme, host, port."""


@dataclass(slots=True)
class _Door:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free: float = 0.0
    """When the next request may start, on the clock."""


class Gate:
    """Lets one thread at a time through to a host, not before its delay has passed."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock, self._sleep = clock, sleep
        self._doors: dict[tuple[str, int], _Door] = {}
        self._lock = threading.Lock()

    @contextmanager
    def through(self, origin: Origin, delay: float) -> Iterator[None]:
        """Wait for the turn; the pause of `delay` seconds begins when the block ends."""
        with self._lock:
            door = self._doors.setdefault(origin[1:], _Door())
        with door.lock:
            wait = door.free - self._clock()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                door.free = self._clock() + delay
