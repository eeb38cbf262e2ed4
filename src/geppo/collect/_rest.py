"""How long hosts and sources are left alone, from one collection to the next.

A host that names a time (Retry-After) is not asked before it by any source. A source that keeps failing is asked less
and less often. Both are bounded, and `geppo collect --now` asks all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from geppo.config import Settings

RESTING = "resting"
"""Kind of the gap of what was not asked."""

_FAILED = frozenset({
    "bomb", "client-error", "connect", "denied", "dns", "missing", "protocol", "rate-limited", "refused",
    "server-error", "timeout", "tls", "too-large", "truncated",
})  # fmt: skip
"""Failures of a source that its server has to mend. What the user mends here (a pattern, a key) is asked at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Who is left alone. `failures` are collections in a row that failed, 0 for a host that named a time.

    `since` bounds it from below: on a clock that was set back nothing rests.
    """

    name: str
    host: bool
    since: datetime
    until: datetime
    failures: int
    kind: str

    def holds(self, now: datetime) -> bool:
        """True while it is not to be asked."""
        return self.since <= now < self.until

    @property
    def reason(self) -> str:
        """Why, in words."""
        if self.host:
            return f"{self.name} asked to wait ({self.kind})"
        times = "once" if self.failures == 1 else f"{self.failures} times in a row"
        return f"it failed {times} ({self.kind})"

    @property
    def message(self) -> str:
        """For a gap and for `geppo status`."""
        return f"not asked before {clock(self.until)}, since {self.reason}; `geppo collect --now` asks at once"


def clock(moment: datetime) -> str:
    """A moment to the minute, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


class Hosts:
    """Hosts that named a time, for all threads of a collection."""

    def __init__(self, today: Callable[[], datetime], longest: float) -> None:
        self._today, self._longest = today, timedelta(seconds=longest)
        self._rests: dict[str, Rest] = {}
        self._lock = threading.Lock()

    def load(self, rests: Iterable[Rest]) -> None:
        """What earlier collections knew."""
        with self._lock:
            self._rests.update((one.name, one) for one in rests)

    def ask(self, host: str, seconds: float, kind: str) -> None:
        """A host named a time; it is honoured up to `collect.rest_asked`."""
        now = self._today()
        until = now + min(timedelta(seconds=seconds), self._longest)
        with self._lock:
            self._rests[host] = Rest(name=host, host=True, since=now, until=until, failures=0, kind=kind)

    def resting(self, host: str) -> Rest | None:
        """The rest of a host that may not be asked."""
        with self._lock:
            found = self._rests.get(host)
        return found if found is not None and found.holds(self._today()) else None

    def known(self) -> tuple[Rest, ...]:
        """All, by name."""
        with self._lock:
            return tuple(self._rests[name] for name in sorted(self._rests))


def after_failure(name: str, kind: str, before: Rest | None, now: datetime, settings: Settings) -> Rest | None:
    """What a failed collection of a source leads to; None where the failure is none of its server's.

    From the `collect.rest_failures`th failure in a row on the wait is `collect.rest_first`, doubled for each further
    one up to `collect.rest_longest`. A server that was busy (429) is spared from the first one on.
    """
    if kind not in _FAILED:
        return None
    failures = 1 + (before.failures if before is not None else 0)
    least = 1 if kind == "rate-limited" else settings.integer("collect.rest_failures")
    seconds = 0.0
    if failures >= least:
        # Doubled at most 30 times: beyond that any wait is longer than the longest.
        doubled = settings.number("collect.rest_first") * 2 ** min(failures - least, 30)
        seconds = min(doubled, settings.number("collect.rest_longest"))
    until = now + timedelta(seconds=seconds)
    return Rest(name=name, host=False, since=now, until=until, failures=failures, kind=kind)
