"""The store in PostgreSQL (psycopg 3, extra `postgres`): the same journal, for several machines at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from geppo.errors import UsageError
from geppo.knowledge._search import grams, searched
from geppo.knowledge._sql import TABLES, Cursor, SqlStore, like, migrations, storable
from geppo.knowledge.codec import loads
from geppo.knowledge.store import Query, State
from geppo.model.report import Document

_LOCK = 0x67657070
"""Key of the advisory lock that one migration holds."""

NEWEST = 1000
"""Records among which a search looks first."""

_SESSION = {"jit": "off", "work_mem": "64MB", "random_page_cost": "1.1"}
"""A month's question sorts ten thousand bodies (10 MB), which the default of 4 MB does on disk, and is compiled for
longer than it runs."""


class PostgresStore(SqlStore):
    """A `Store` behind `postgresql://user@host/database`. The database has to be in UTF-8.

    Raises UsageError without the driver, without a server, or for a store of a newer geppo.
    """

    def __init__(self, url: str) -> None:
        self._floor = 0
        try:
            import psycopg
        except ImportError as error:
            raise UsageError("a PostgreSQL store needs psycopg: install geppo[postgres]") from error
        try:
            self._connection = psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError as error:
            raise UsageError(f"store: cannot reach PostgreSQL ({error}); check [store] url") from error
        if self._connection.info.encoding != "utf-8":
            raise UsageError(f"store: the database is in {self._connection.info.encoding}; expected UTF-8")
        for name, value in _SESSION.items():
            self.run("SELECT set_config(?, ?, false)", (name, value))
        self._migrate()

    def _version(self) -> int:
        if self.run("SELECT to_regclass('geppo_version')").fetchone()[0] is None:
            return 0
        return int(self.run("SELECT max(number) FROM geppo_version").fetchone()[0])

    def _migrate(self) -> None:
        steps = migrations("postgres")
        with self.batch():
            self.run("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
            have = self._version()
            if have > steps[-1][0]:
                raise UsageError(
                    f"store: made by a newer geppo (version {have}); expected at most {steps[-1][0]}; update geppo"
                )
            for number, script in steps:
                if number > have:
                    self._connection.execute(cast(Any, script))
                    self.run("INSERT INTO geppo_version (number) VALUES (?)", (number,))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def run(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        """One statement."""
        text = sql.replace("%", "%%").replace("?", "%s")
        return self._connection.execute(cast(Any, text), storable(values))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """All that is kept inside stays together; may be nested."""
        with self._connection.transaction():
            yield

    def index(self, seq: int, text: str) -> None:
        """Keep the folded text and the hashes of its characters and pairs."""
        self.run("INSERT INTO search (seq, folded, grams) VALUES (?, ?, ?)", (seq, text, grams(text)))

    def found(self, wanted: Sequence[str]) -> tuple[str, str, tuple[Any, ...]]:
        """All terms: the index of pairs narrows, the folded text decides."""
        needed = sorted({gram for term in wanted for gram in grams(term)})
        texts = " AND ".join(["search.folded LIKE ?"] * len(wanted))
        condition = f"search.seq > ? AND d.seq = search.seq AND search.grams @> ?::integer[] AND {texts}"
        return "search.seq", condition, (self._floor, needed, *map(like, wanted))

    def search(self, query: Query, as_of: datetime) -> tuple[Document, ...]:
        """First among the newest records: for a common word the server would else fetch every text that has it."""
        self._floor = max(0, int(self.run("SELECT coalesce(max(seq), 0) FROM search").fetchone()[0]) - NEWEST)
        found = super().search(query, as_of)
        if self._floor and len(found) < query.most:
            self._floor = 0
            found = super().search(query, as_of)
        return found

    def put(self, table: str, rows: Iterable[tuple[Any, ...]]) -> int:
        """Rows as `rows` gave them, for an empty store; the next row of ours comes after them."""
        columns, count, top = TABLES[table], 0, 0
        texts: list[tuple[int, str]] = []
        with self._connection.cursor() as cursor:
            with cursor.copy(cast(Any, f"COPY {table} ({', '.join(columns)}) FROM STDIN")) as copy:
                for row in rows:
                    copy.write_row(storable(row))
                    count, top = count + 1, row[0]
                    if table == "document":
                        texts.append((row[0], row[-1]))
            with cursor.copy(cast(Any, "COPY search (seq, folded, grams) FROM STDIN")) as copy:
                for seq, body in texts:
                    text = searched(loads(Document, body))
                    copy.write_row((seq, text, grams(text)))
        if count:
            self.run("SELECT setval(pg_get_serial_sequence(?, 'seq'), ?)", (table, top))
        return count

    def state(self) -> State:
        """Version, size, rows; a quick check is what the server itself answers."""
        size = int(self.run("SELECT pg_database_size(current_database())").fetchone()[0])
        return State(kind="postgresql", version=self._version(), size=size, rows=self.counts(), check="ok")
