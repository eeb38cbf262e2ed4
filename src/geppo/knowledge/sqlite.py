"""The embedded store: one SQLite file (WAL), numbered migrations, JSON beside the columns that are asked for."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from geppo import __version__
from geppo.errors import UsageError
from geppo.knowledge.codec import dumps, loads
from geppo.model.claim import Claim
from geppo.model.edition import Month
from geppo.model.report import Document, Gap, Report
from geppo.model.time import Period


def _utc(time: datetime) -> str:
    if time.tzinfo is None:
        raise ValueError("a time in the store needs a zone")
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _migrations() -> list[tuple[int, str]]:
    folder = resources.files("geppo.knowledge").joinpath("migrations")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [(int(entry.name[:4]), entry.read_text(encoding="utf-8")) for entry in files]


class SqliteStore:
    """A `Store` in one file; `:memory:` gives a store that lives with the object."""

    def __init__(self, path: Path | str) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise UsageError(f"{path}: cannot open the store ({error}); run `geppo doctor`") from error
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._migrate(str(path))

    def _migrate(self, path: str) -> None:
        have = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        steps = _migrations()
        if have > steps[-1][0]:
            raise UsageError(f"{path}: made by a newer geppo (version {have} of the store); update geppo")
        for number, script in steps:
            if number > have:
                self._connection.executescript(f"BEGIN;{script};PRAGMA user_version = {number};COMMIT;")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add_document(self, document: Document, data: bytes) -> bool:
        """Keep a document and its bytes. False if these bytes are known already."""
        self._connection.execute("BEGIN")
        known = self._connection.execute("SELECT 1 FROM archive WHERE sha256 = ?", (document.sha256,)).fetchone()
        if known is None:
            self._connection.execute("INSERT INTO archive VALUES (?, ?)", (document.sha256, zlib.compress(data, 6)))
            self._connection.execute(
                "INSERT INTO document VALUES (?, ?, ?, ?)",
                (document.sha256, document.published.isoformat(), _utc(document.collected), dumps(document)),
            )
        self._connection.execute("COMMIT")
        return known is None

    def add_gap(self, gap: Gap, known: datetime) -> None:
        """Keep what could not be used, and why."""
        self._connection.execute(
            "INSERT INTO gap VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (gap.source, gap.kind, _utc(known), dumps(gap)),
        )

    def documents(self, as_of: datetime) -> tuple[Document, ...]:
        """Documents known at a time, by publication date and hash."""
        rows = self._connection.execute(
            "SELECT body FROM document WHERE known <= ? ORDER BY published, sha256", (_utc(as_of),)
        )
        return tuple(loads(Document, body) for (body,) in rows)

    def data(self, sha256: str) -> bytes:
        """The archived bytes. Raises KeyError for an unknown hash."""
        row = self._connection.execute("SELECT data FROM archive WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise KeyError(sha256)
        return zlib.decompress(row[0])

    def gaps(self, as_of: datetime) -> tuple[Gap, ...]:
        """Gaps known at a time, by source."""
        rows = self._connection.execute("SELECT body FROM gap WHERE known <= ? ORDER BY source, kind", (_utc(as_of),))
        return tuple(loads(Gap, body) for (body,) in rows)

    def add_reading(self, report: Report, claims: Sequence[Claim], known: datetime) -> None:
        """Keep what was read from a document by this version of geppo; the document itself is kept apart."""
        self._connection.execute("BEGIN")
        self._connection.execute(
            "INSERT INTO report VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (report.id, __version__, _utc(known), dumps(report.cites)),
        )
        self._connection.execute("DELETE FROM claim WHERE report = ? AND reader = ?", (report.id, __version__))
        self._connection.executemany(
            "INSERT INTO claim VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(c.id, __version__, c.report, c.predicate.value, _utc(known), dumps(c)) for c in claims],
        )
        self._connection.execute("COMMIT")

    def claims(self, as_of: datetime) -> tuple[Claim, ...]:
        """Claims of this version of geppo known at a time, by id."""
        rows = self._connection.execute(
            "SELECT body FROM claim WHERE reader = ? AND known <= ? ORDER BY id", (__version__, _utc(as_of))
        )
        return tuple(loads(Claim, body) for (body,) in rows)

    def add_month(self, month: Month) -> None:
        """Keep what a month was judged to be. The same month as of the same time is kept once."""
        self._connection.execute(
            "INSERT INTO month VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (str(month.period), _utc(month.as_of), dumps(month)),
        )

    def month(self, period: Period, as_of: datetime | None = None) -> Month | None:
        """The latest judgement of a month (not later than `as_of`), or None."""
        limit = _utc(as_of) if as_of else "9999"
        row = self._connection.execute(
            "SELECT body FROM month WHERE period = ? AND as_of <= ? ORDER BY as_of DESC LIMIT 1", (str(period), limit)
        ).fetchone()
        if row is None:
            return None
        month: Month = loads(Month, row[0])
        return month
