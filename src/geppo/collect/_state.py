"""What a workspace remembers of its sources: items that are done, counts, last success and last error.

One small SQLite file beside the store. A document is kept first and marked here afterwards, so a collection that is
killed between the two fetches the document again, and the store knows the bytes: nothing is lost and nothing is twice.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from geppo import __version__
from geppo.collect._rest import RESTING, Rest, clock
from geppo.errors import UsageError
from geppo.model.report import Fetched, Gap

FILE = "sources.sqlite"
CACHE = "http-cache.sqlite"

_UNREAD = "unsupported"
"""What no reader takes yet stays unmarked: the next geppo may have a reader for it."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    source TEXT NOT NULL, name TEXT NOT NULL, stamp TEXT NOT NULL, tries INTEGER NOT NULL, reader TEXT NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS brought (
    source TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (source, sha256)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rest (
    name TEXT NOT NULL, host INTEGER NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, failures INTEGER NOT NULL,
    kind TEXT NOT NULL, PRIMARY KEY (name, host)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source (
    name TEXT PRIMARY KEY, last_success TEXT, last_error TEXT, error_kind TEXT, message TEXT
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of an item: its stamp (what changes when it does) and in how many collections it came in part.

    `tries` is 0 for an item that is done.
    """

    stamp: str
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An item of a source that was handed over, to be remembered once its document is kept."""

    source: str
    name: str
    seen: Seen
    cursor: bool = False
    """A place in a series, not an item. It stays where it was while no reader takes an item; another geppo begins
    anew where an item was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One source as `geppo status` shows it. Times are ISO 8601 in UTC; errors are of the latest collection.

    `asked_again` is the time before which it is left alone, None where the next collection asks.
    """

    name: str
    documents: int
    last_success: str | None = None
    last_error: str | None = None
    error_kind: str | None = None
    message: str | None = None
    failures: int = 0
    asked_again: str | None = None


class State:
    """The file of a workspace, or `:memory:`. Used by one thread."""

    def __init__(self, path: Path | str) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA busy_timeout = 5000")
            self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise UsageError(
                f"{path}: expected the state of the sources, got: {error}; delete the file, and items of the sources "
                "are fetched once more"
            ) from error
        self._refused: dict[tuple[str, str], str] = {}
        self._unread: set[str] = set()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def seen(self, source: str) -> Mapping[str, Seen]:
        """Items of a source by name. What an earlier geppo could not read is not among them."""
        rows = self._connection.execute(
            "SELECT name, stamp, tries FROM item WHERE source = ? AND reader IN ('', ?)", (source, __version__)
        )
        return {name: Seen(stamp=stamp, tries=tries) for name, stamp, tries in rows}

    def has(self, source: str, item: Fetched) -> bool:
        """True where the source brought the same bytes before, and the store took them."""
        digest = hashlib.sha256(item.data).hexdigest()
        row = self._connection.execute("SELECT 1 FROM brought WHERE source = ? AND sha256 = ?", (source, digest))
        return row.fetchone() is not None

    def note(self, source: str, item: Fetched, refusal: str = "") -> None:
        """A document was offered to the store; `refusal` is the kind of the gap if it was not taken."""
        self._refused.pop((source, item.name), None)
        if refusal:
            self._refused[source, item.name] = refusal
            return
        digest = hashlib.sha256(item.data).hexdigest()
        self._connection.execute("INSERT OR IGNORE INTO brought VALUES (?, ?)", (source, digest))

    def mark(self, mark: Mark) -> None:
        """Remember an item whose document has been offered to the store."""
        refusal = self._refused.pop((mark.source, mark.name), "")
        if refusal == _UNREAD:
            self._unread.add(mark.source)
        if refusal == _UNREAD or (mark.cursor and mark.source in self._unread):
            return
        if mark.cursor and self._has_refused(mark.source):
            refusal = "an item of the series"
        self._connection.execute(
            "INSERT INTO item VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "stamp = excluded.stamp, tries = excluded.tries, reader = excluded.reader",
            (mark.source, mark.name, mark.seen.stamp, mark.seen.tries, __version__ if refusal else ""),
        )

    def _has_refused(self, source: str) -> bool:
        row = self._connection.execute("SELECT 1 FROM item WHERE source = ? AND reader <> ''", (source,))
        return row.fetchone() is not None

    def finish(self, source: str, now: datetime, gaps: Iterable[Gap]) -> None:
        """A source is through. It was a success unless a gap is of the source itself; the first gap is the error.

        What is known of a source that was left alone stays as it was.
        """
        found = [gap for gap in gaps if gap.kind != "duplicate"]
        whole = next((gap for gap in found if gap.source == source), None)
        if whole is not None and whole.kind == RESTING:
            return
        error = whole or next(iter(found), None)
        moment = now.astimezone(UTC).isoformat(timespec="seconds")
        self._connection.execute(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "last_success = coalesce(excluded.last_success, last_success), last_error = excluded.last_error, "
            "error_kind = excluded.error_kind, message = excluded.message",
            (
                source,
                None if whole is not None and whole.kind != "more" else moment,
                moment if error else None,
                error.kind if error else None,
                error.message if error else None,
            ),
        )

    def rests(self) -> tuple[Rest, ...]:
        """Hosts and sources that are or were left alone, by name."""
        rows = self._connection.execute("SELECT name, host, since, until, failures, kind FROM rest ORDER BY name, host")
        return tuple(
            Rest(
                name=name,
                host=bool(host),
                since=datetime.fromisoformat(since),
                until=datetime.fromisoformat(until),
                failures=failures,
                kind=kind,
            )
            for name, host, since, until, failures, kind in rows
        )

    def rest(self, rest: Rest) -> None:
        """Remember who is to be left alone."""
        times = (one.astimezone(UTC).isoformat() for one in (rest.since, rest.until))
        self._connection.execute(
            "INSERT OR REPLACE INTO rest VALUES (?, ?, ?, ?, ?, ?)",
            (rest.name, rest.host, *times, rest.failures, rest.kind),
        )

    def wake(self, name: str, *, host: bool) -> None:
        """Forget that a source or a host was to be left alone."""
        self._connection.execute("DELETE FROM rest WHERE name = ? AND host = ?", (name, host))

    def status(self, names: Iterable[str], now: datetime | None = None) -> tuple[Status, ...]:
        """The named sources, in that order, then others that the file knows, by name."""
        rows = {
            row[0]: row
            for row in self._connection.execute(
                "SELECT name, last_success, last_error, error_kind, message FROM source"
            )
        }
        counts = dict(self._connection.execute("SELECT source, count(*) FROM brought GROUP BY source"))
        rests = {one.name: one for one in self.rests() if not one.host}
        order = list(dict.fromkeys([*names, *sorted({*rows, *counts})]))
        moment = now or datetime.now(UTC)
        return tuple(_status(name, counts.get(name, 0), rows.get(name), rests.get(name), moment) for name in order)


def _status(name: str, documents: int, row: tuple[str | None, ...] | None, rest: Rest | None, now: datetime) -> Status:
    _, success, error, kind, message = row or (name, None, None, None, None)
    return Status(
        name=name,
        documents=documents,
        last_success=success,
        last_error=error,
        error_kind=kind,
        message=message,
        failures=rest.failures if rest is not None else 0,
        asked_again=clock(rest.until) if rest is not None and rest.holds(now) else None,
    )
