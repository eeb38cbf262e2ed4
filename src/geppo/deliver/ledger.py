"""What went out, to whom, and what came of it: one SQLite file in the workspace.

Intent before, receipt after: a parcel is `sending` in the file, on disk, before its first byte goes out, and `sent`
only after the other side said so. What a crash leaves `sending` may or may not have arrived; the next run sends it
again with the same id and notes the event `again`, as it does for a lost connection. So nobody is missed, and a crash
makes at most one parcel per connection come twice.

    planned → sending → sent
                      → deferred → sending …
                      → bounced

One process at a time: the file is opened with an exclusive lock, which the system releases when the process ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Self

from geppo.deliver.subscribers import canonical
from geppo.errors import UsageError

FILE = "delivery.sqlite"
Clock = Callable[[], datetime]
_LONGEST_ANSWER = 500


class State(StrEnum):
    """Where a parcel stands."""

    PLANNED = "planned"
    SENDING = "sending"
    DEFERRED = "deferred"
    SENT = "sent"
    BOUNCED = "bounced"


class Outcome(StrEnum):
    """What one attempt gave. `unreachable`: nothing was offered, because there was no connection."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The other side's answer: outcome, its number (SMTP or HTTP, 0 for none) and its words.

    `doubt`: the line was lost while the parcel was under way, so that it may have arrived.
    """

    outcome: Outcome
    code: int
    text: str
    doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One parcel in the ledger."""

    id: str
    channel: str
    issue: str
    edition: str
    language: str
    recipient: str
    state: State
    attempts: int
    first_attempt: datetime | None
    next_attempt: datetime | None
    code: int
    answer: str
    settled: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a parcel."""

    at: datetime
    id: str
    channel: str
    what: str
    detail: str


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _entry(row: sqlite3.Row) -> Entry:
    times = {name: _moment(row[name]) for name in ("first_attempt", "next_attempt", "settled")}
    return Entry(**{**dict(row), **times, "state": State(row["state"])})


class Ledger:
    """The file, open. Close it, or use it as a context manager."""

    def __init__(self, file: Path, clock: Clock) -> None:
        """Open or make the ledger. Raises UsageError where another delivery has it open or the file is none of ours."""
        self._clock = clock
        self._db = sqlite3.connect(file, timeout=0, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(resources.files("geppo.deliver").joinpath("ledger.sql").read_text(encoding="utf-8"))
            # A write takes the lock now, so that a second process learns of the first before it does anything.
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._db.close()
            raise UsageError(f"{file}: another delivery is running ({error}); wait for it to end") from error
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise UsageError(f"{file}: expected a ledger of geppo, got: {error}; move the file away") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and release it."""
        self._db.close()

    def _note(self, id_: str, channel: str, what: str, detail: str) -> None:
        self._db.execute(
            "INSERT INTO event (at, id, channel, what, detail) VALUES (?, ?, ?, ?, ?)",
            (_stamp(self._clock()), id_, channel, what, detail[:_LONGEST_ANSWER]),
        )

    def issue(self, name: str, edition: str, language: str, sha256: str) -> None:
        """Bind the name of an issue to its bytes. Raises UsageError where other bytes went out under that name."""
        with self._db:
            self._db.execute(
                "INSERT INTO issued VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (name, edition, language, sha256)
            )
        key = (name, edition, language)
        row = self._db.execute("SELECT sha256 FROM issued WHERE (issue, edition, language) = (?, ?, ?)", key).fetchone()
        if row["sha256"] != sha256:
            raise UsageError(
                f"{name} {edition}.{language}: the file is not the one that was delivered before under this name; "
                "put it back, or issue the month again as a correction (corrections.toml, `geppo month --revision`)"
            )

    def plan(self, entries: Iterable[tuple[str, str, str, str, str, str]]) -> None:
        """Note parcels (id, channel, issue, edition, language, recipient) that are due; known ones stay as they are."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            "INSERT INTO parcel (id, channel, issue, edition, language, recipient, state)"
            " VALUES (?, ?, ?, ?, ?, ?, 'planned') ON CONFLICT DO NOTHING",
            entries,
        )
        self._db.execute("COMMIT")

    def intend(self, id_: str, channel: str) -> None:
        """Before the first byte: the parcel is on its way. On disk when this returns."""
        now = _stamp(self._clock())
        self._db.execute("BEGIN IMMEDIATE")
        if self.entry(id_, channel).state is State.SENDING:
            self._note(id_, channel, "again", "a run ended between intent and receipt; sent again with the same id")
        self._db.execute(
            "UPDATE parcel SET state = 'sending', attempts = attempts + 1, first_attempt = coalesce(first_attempt, ?)"
            " WHERE id = ? AND channel = ?",
            (now, id_, channel),
        )
        self._db.execute("COMMIT")

    def settle(self, id_: str, channel: str, state: State, reply: Reply, again: datetime | None = None) -> None:
        """After the answer: the receipt. `again` is when to try once more."""
        now = _stamp(self._clock())
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(
            "UPDATE parcel SET state = ?, code = ?, answer = ?, next_attempt = ?, settled = ?"
            " WHERE id = ? AND channel = ?",
            (state, reply.code, reply.text[:_LONGEST_ANSWER], _stamp(again) if again else None, now, id_, channel),
        )
        if state is State.PLANNED:  # nothing was offered: the attempt does not count
            self._db.execute(
                "UPDATE parcel SET attempts = attempts - 1,"
                " first_attempt = CASE WHEN attempts > 1 THEN first_attempt END WHERE id = ? AND channel = ?",
                (id_, channel),
            )
        self._note(id_, channel, state.value, f"{reply.code} {reply.text}".strip())
        if reply.doubt and state is State.DEFERRED:
            self._note(id_, channel, "again", "the connection was lost under way; to be sent again with the same id")
        self._db.execute("COMMIT")

    def entry(self, id_: str, channel: str) -> Entry:
        """One parcel. Raises KeyError where it was never planned."""
        row = self._db.execute("SELECT * FROM parcel WHERE id = ? AND channel = ?", (id_, channel)).fetchone()
        if row is None:
            raise KeyError(id_)
        return _entry(row)

    def entries(self, issue: str, channel: str | None = None) -> tuple[Entry, ...]:
        """The parcels of an issue, by recipient."""
        rows = self._db.execute(
            "SELECT * FROM parcel WHERE issue = ? AND (? IS NULL OR channel = ?) ORDER BY channel, recipient, id",
            (issue, channel, channel),
        )
        return tuple(_entry(row) for row in rows)

    def events(self, what: str | None = None) -> tuple[Event, ...]:
        """What happened, in order; of one kind where `what` is given."""
        rows = self._db.execute(
            "SELECT at, id, channel, what, detail FROM event WHERE ? IS NULL OR what = ? ORDER BY n", (what, what)
        )
        return tuple(Event(**{**dict(row), "at": datetime.fromisoformat(row["at"])}) for row in rows)

    def parcels_of(self, id_: str) -> tuple[Entry, ...]:
        """All channels' parcels with an id."""
        rows = self._db.execute("SELECT * FROM parcel WHERE id = ? ORDER BY channel", (id_,))
        return tuple(_entry(row) for row in rows)

    def bounce(self, entry: Entry, code: str, text: str) -> None:
        """A parcel that was taken came back."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(
            "UPDATE parcel SET state = 'bounced', answer = ? WHERE id = ? AND channel = ?",
            (f"{code} {text}"[:_LONGEST_ANSWER], entry.id, entry.channel),
        )
        self._note(entry.id, entry.channel, "bounced", f"{code} {text}")
        self._db.execute("COMMIT")

    def note(self, entry: Entry, what: str, detail: str) -> None:
        """An event that changes no state."""
        self._note(entry.id, entry.channel, what, detail)

    def bounced_issues(self, address: str) -> int:
        """How many issues bounced for an address."""
        row = self._db.execute(
            "SELECT count(DISTINCT issue) FROM parcel WHERE state = 'bounced' AND lower(recipient) = ?",
            (canonical(address),),
        ).fetchone()
        return int(row[0])

    def suppress(self, address: str, reason: str) -> None:
        """Send nothing more to an address."""
        self._db.execute(
            "INSERT INTO suppressed VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (canonical(address), _stamp(self._clock()), reason[:_LONGEST_ANSWER]),
        )

    def allow(self, address: str) -> bool:
        """Take an address off the list of suppressed ones; False where it was not on it."""
        return bool(self._db.execute("DELETE FROM suppressed WHERE address = ?", (canonical(address),)).rowcount)

    def suppressed(self) -> dict[str, str]:
        """Suppressed addresses (small letters) and why."""
        rows: Sequence[sqlite3.Row] = self._db.execute(
            "SELECT address, reason FROM suppressed ORDER BY address"
        ).fetchall()
        return {row["address"]: row["reason"] for row in rows}
