"""The embedded store: one SQLite file (WAL), numbered migrations, JSON beside the columns that are asked for."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geppo.errors import UsageError
from geppo.knowledge._search import part_of, searched
from geppo.knowledge._sql import SqlStore, address, digest, migrations
from geppo.knowledge.codec import loads
from geppo.knowledge.store import State
from geppo.model.report import Document

BUSY_SECONDS = 60
"""How long a writer waits for another one."""

TRIGRAM = 3


class SqliteStore(SqlStore):
    """A `Store` in one file; `:memory:` gives a store that lives with the object.

    Raises UsageError for a file that is no store of ours or was made by a newer geppo.
    """

    def __init__(self, path: Path | str) -> None:
        self._path, self._depth = str(path), 0
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._migrate()
            self._connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path}: cannot open the store ({error}); run `geppo doctor`") from error

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self) -> None:
        steps = migrations("sqlite")
        have = self._version()
        if have > steps[-1][0]:
            raise UsageError(
                f"{self._path}: made by a newer geppo (version {have} of the store); expected at most {steps[-1][0]};"
                " update geppo"
            )
        if have == steps[-1][0]:
            return
        # A rename must not rewrite the names in tables that still refer to the old one.
        self._connection.execute("PRAGMA foreign_keys = OFF")
        self._connection.execute("PRAGMA legacy_alter_table = ON")
        with self.batch():
            have = self._version()
            for number, script in steps:
                if number > have:
                    for statement in _statements(script):
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA user_version = {number}")
            if 0 < have < 2:
                self._complete()
        self._connection.execute("PRAGMA legacy_alter_table = OFF")

    def _complete(self) -> None:
        """What version 1 did not have and SQL cannot work out: sizes, addresses, digests, the search index."""
        for sha, data in self.run("SELECT sha256, data FROM archive").fetchall():
            values = (len(zlib.decompress(data)), hashlib.sha256(data).hexdigest(), sha)
            self.run("UPDATE archive SET size = ?, digest = ? WHERE sha256 = ?", values)
        for seq, body in self.run("SELECT seq, body FROM document ORDER BY seq").fetchall():
            document = loads(Document, body)
            row = (address(document), part_of(document.publisher), document.language, digest(body), seq)
            self.run("UPDATE document SET address = ?, publisher = ?, language = ?, digest = ? WHERE seq = ?", row)
            self.index(seq, searched(document))
        for seq, body in self.run("SELECT seq, body FROM reading").fetchall():
            claims = self.run("SELECT body FROM claim WHERE reading = ? ORDER BY id", (seq,)).fetchall()
            self.run("UPDATE reading SET digest = ? WHERE seq = ?", (digest(body, *(row[0] for row in claims)), seq))
        for seq, body in self.run("SELECT seq, body FROM month").fetchall():
            self.run("UPDATE month SET digest = ? WHERE seq = ?", (digest(body), seq))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """One statement."""
        return self._connection.execute(sql, values)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """All that is kept inside stays together; may be nested. A second writer waits."""
        if self._depth:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._depth -= 1

    def index(self, seq: int, text: str) -> None:
        """Two blanks at the end give the last characters a trigram of their own, so that short words are found."""
        self.run("INSERT INTO search (rowid, text) VALUES (?, ?)", (seq, text + "  "))

    def found(self, wanted: Sequence[str]) -> tuple[str, str, tuple[Any, ...]]:
        """All terms, as phrases of trigrams; one of one or two characters as the trigrams that begin with it."""
        parts = [_quoted(term) if len(term) >= TRIGRAM else self._beginning(term) for term in wanted]
        if not all(parts):
            return "search.rowid", "0", ()
        return "search.rowid", "d.seq = search.rowid AND search MATCH ?", (" AND ".join(parts),)

    def _beginning(self, term: str) -> str:
        end = term[:-1] + chr(min(ord(term[-1]) + 1, 0x10FFFF))
        rows = self.run("SELECT term FROM search_terms WHERE term >= ? AND term < ?", (term, end)).fetchall()
        return f"({' OR '.join(_quoted(row[0]) for row in rows)})" if rows else ""

    def state(self) -> State:
        """Version, size, rows and SQLite's quick check."""
        page = [self.run(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")]
        try:
            check = str(self.run("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            check = str(error)
        return State(kind="sqlite", version=self._version(), size=page[0] * page[1], rows=self.counts(), check=check)


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _statements(script: str) -> Iterator[str]:
    text = ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            yield text
            text = ""
