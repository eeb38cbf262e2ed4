"""What all SQL stores do alike. A dialect adds how to connect, transactions, migrations and the search index.

Statements are written once, with `?` for values; texts compare by code point in every dialect.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from importlib import resources
from typing import Any, Protocol
from urllib.parse import urldefrag, urlsplit

from geppo import __version__
from geppo.knowledge import _audit, codec
from geppo.knowledge._search import part_of, searched, terms
from geppo.knowledge.codec import loads
from geppo.knowledge.store import Fault, Query, Record, Retrieval, State
from geppo.model.claim import Claim
from geppo.model.edit import Edit
from geppo.model.edition import Month
from geppo.model.report import Document, Gap, Report
from geppo.model.time import Period

TABLES: dict[str, tuple[str, ...]] = {
    "archive": ("seq", "sha256", "size", "data", "digest", "dropped"),
    "retrieval": ("seq", "sha256", "name", "url", "known", "headers"),
    "document": (
        "seq", "sha256", "reader", "published", "known", "got", "address", "publisher", "language", "withdrawn",
        "author", "reason", "digest", "body",
    ),
    "gap": ("seq", "source", "kind", "known", "body"),
    "reading": ("seq", "report", "reader", "known", "digest", "body"),
    "claim": ("seq", "reading", "id", "predicate", "body"),
    "month": ("seq", "period", "as_of", "known", "reader", "digest", "body"),
    "edit": ("seq", "known", "digest", "body"),
}  # fmt: skip
"""Every table with its columns, in an order in which rows can be put in: what a copy of a store copies."""

_COUNTS = """
d.known <= ? AND d.withdrawn = 0
AND NOT EXISTS (SELECT 1 FROM document AS n WHERE n.sha256 = d.sha256 AND n.known <= ?
    AND (n.known > d.known OR (n.known = d.known AND n.seq > d.seq)))
AND (d.address = '' OR NOT EXISTS (SELECT 1 FROM document AS v WHERE v.address = d.address AND v.address <> ''
    AND v.got > d.got AND v.known <= ? AND v.sha256 <> d.sha256 AND v.withdrawn = 0
    AND NOT EXISTS (SELECT 1 FROM document AS w WHERE w.sha256 = v.sha256 AND w.known <= ?
        AND (w.known > v.known OR (w.known = v.known AND w.seq > v.seq)))))
"""
"""True for the record `d` that counts at a time (four times): its document's last then, of the newest version then."""


class Cursor(Protocol):
    """What both drivers give."""

    @property
    def rowcount(self) -> int:
        """Rows that a statement changed."""

    def fetchone(self) -> Any:
        """The next row or None."""

    def fetchall(self) -> list[Any]:
        """All rows."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


def utc(time: datetime) -> str:
    """A time as the store writes it: UTC, whole seconds. Raises ValueError for one without a zone."""
    if time.tzinfo is None:
        raise ValueError("a time in the store needs a zone")
    return time.astimezone(UTC).isoformat(timespec="seconds")


def digest(*parts: str) -> str:
    """SHA-256 of texts, each with its length."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        whole.update(b"%d:" % len(data) + data)
    return whole.hexdigest()


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(values: Iterable[Any]) -> tuple[Any, ...]:
    """Values whose texts every database takes: NUL and lone surrogates, as in odd file names, become U+FFFD."""
    return tuple(_UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value for value in values)


def dumps(value: Any) -> str:
    """A model value as JSON text that every database takes."""
    return str(storable([codec.dumps(value)])[0])


def address(document: Document) -> str:
    """What versions of one page share: address, publisher, language, and whether it is a note of ours.

    Empty where there is no address, or only that of a whole site, which many pages give as theirs.
    """
    parts = urlsplit(document.url)
    if not parts.netloc or (parts.path in ("", "/") and not parts.query):
        return ""
    words = (urldefrag(document.url).url, document.publisher, document.language, "note" if document.note else "page")
    return "\n".join(words).replace("\0", " ")


def migrations(dialect: str) -> list[tuple[int, str]]:
    """The numbered scripts of a dialect, in order."""
    folder = resources.files("geppo.knowledge").joinpath("migrations", dialect)
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [(int(entry.name[:4]), entry.read_text(encoding="utf-8")) for entry in files]


def like(part: str) -> str:
    """A LIKE pattern (escaped with a backslash) for texts that hold `part`."""
    for sign in ("\\", "%", "_"):
        part = part.replace(sign, "\\" + sign)
    return f"%{part}%"


class SqlStore(ABC):
    """A `Store` in SQL."""

    @abstractmethod
    def run(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        """One statement."""

    @abstractmethod
    def batch(self) -> AbstractContextManager[None]:
        """All that is kept inside stays together; may be nested."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""

    @abstractmethod
    def state(self) -> State:
        """Version, size, rows and a quick check."""

    @abstractmethod
    def index(self, seq: int, text: str) -> None:
        """Put a record's folded text into the search index."""

    @abstractmethod
    def found(self, wanted: Sequence[str]) -> tuple[str, str, tuple[Any, ...]]:
        """The key of the search index, and the condition with its values that records with all terms fulfil."""

    def _insert(self, table: str, values: Sequence[Any], more: str = "") -> Cursor:
        values = storable(values)
        columns = TABLES[table][1:]
        marks = ", ".join("?" * len(columns))
        return self.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {more}", values)  # noqa: S608

    # Documents

    def add_document(self, document: Document, data: bytes, headers: Sequence[tuple[str, str]] = ()) -> bool:
        """Keep a document and its bytes. False if these bytes are known already.

        Known bytes make a new record in two cases: a newer reader takes another text from them, or their page is back
        after another version. Raises ValueError where the bytes are not those that the hash names.
        """
        sha = document.sha256
        if hashlib.sha256(data).hexdigest() != sha:
            raise ValueError(f"{document.name}: the bytes do not have the hash {sha}")
        packed, when = zlib.compress(data, 6), utc(document.collected)
        with self.batch():
            new = (
                self._insert(
                    "archive",
                    (sha, len(data), packed, hashlib.sha256(packed).hexdigest(), ""),
                    "ON CONFLICT (sha256) DO NOTHING",
                ).rowcount
                == 1
            )
            sent = json.dumps([list(pair) for pair in headers], ensure_ascii=False)
            once = "ON CONFLICT (sha256, name, url) DO NOTHING"
            self._insert("retrieval", (sha, document.name, document.url, when, sent), once)
            if new:
                self._record(document, when, when)
            else:
                self.run(
                    "UPDATE archive SET data = ?, digest = ?, dropped = '' WHERE sha256 = ? AND data IS NULL",
                    (packed, hashlib.sha256(packed).hexdigest(), sha),
                )
                self._known_again(document, when)
        return new

    def _known_again(self, document: Document, when: str) -> None:
        row = self.run(
            "SELECT reader, known, got, address, withdrawn, body FROM document WHERE sha256 = ?"
            " ORDER BY known DESC, seq DESC LIMIT 1",
            (document.sha256,),
        ).fetchone()
        reader, known, got, place, withdrawn, body = row
        if withdrawn or when <= known:
            return
        back = self.run(
            "SELECT 1 FROM document WHERE address = ? AND address <> '' AND got > ? AND sha256 <> ? LIMIT 1",
            (place, got, document.sha256),
        ).fetchone()
        newer = reader != __version__ and loads(Document, body).text != document.text
        if back or newer:
            self._record(document, when, when if back else got)

    def _record(
        self, document: Document, known: str, got: str, *, author: str = "", reason: str = "", withdrawn: int = 0
    ) -> None:
        body = dumps(document)
        values = (
            document.sha256, __version__, document.published.isoformat(), known, got, address(document),
            part_of(document.publisher), document.language, withdrawn, author, reason, digest(body), body,
        )  # fmt: skip
        columns = TABLES["document"][1:]
        seq = self.run(
            f"INSERT INTO document ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) RETURNING seq",  # noqa: S608
            storable(values),
        ).fetchone()[0]
        self.index(seq, searched(document))

    def _last(self, sha256: str) -> tuple[str, str]:
        """When the bytes were last new, and the last record of a document."""
        row = self.run(
            "SELECT got, body FROM document WHERE sha256 = ? ORDER BY known DESC, seq DESC LIMIT 1", (sha256,)
        ).fetchone()
        if row is None:
            raise KeyError(sha256)
        return row[0], row[1]

    def correct(self, document: Document, known: datetime, author: str, reason: str) -> None:
        """From `known` on the document counts as given here. Raises KeyError for an unknown hash."""
        with self.batch():
            got, _ = self._last(document.sha256)
            self._record(document, utc(known), got, author=author, reason=reason)

    def withdraw(self, sha256: str, known: datetime, author: str, reason: str) -> None:
        """From `known` on the document does not count. Raises KeyError for an unknown hash."""
        with self.batch():
            got, body = self._last(sha256)
            self._record(loads(Document, body), utc(known), got, author=author, reason=reason, withdrawn=1)

    def documents(
        self,
        as_of: datetime,
        since: date | None = None,
        until: date | None = None,
        known_since: datetime | None = None,
    ) -> tuple[Document, ...]:
        """Documents as they counted at a time, by publication date and hash."""
        limits, values = _limits(since, until)
        if known_since:
            limits, values = f"{limits} AND d.known >= ?", (*values, utc(known_since))
        rows = self.run(
            f"SELECT d.body FROM document AS d WHERE {_COUNTS} {limits} ORDER BY d.published, d.sha256",  # noqa: S608
            (*(utc(as_of),) * 4, *values),
        )
        return tuple(loads(Document, body) for (body,) in rows)

    def history(self, sha256: str) -> tuple[Record, ...]:
        """Every record of a document, the oldest first."""
        rows = self.run(
            "SELECT body, known, reader, withdrawn, author, reason FROM document WHERE sha256 = ? ORDER BY known, seq",
            (sha256,),
        )
        return tuple(
            Record(
                document=loads(Document, body),
                known=datetime.fromisoformat(known),
                reader=reader,
                withdrawn=bool(withdrawn),
                author=author,
                reason=reason,
            )
            for body, known, reader, withdrawn, author, reason in rows
        )

    def versions(self, sha256: str) -> tuple[str, ...]:
        """Hashes of all versions of the page that a document is a version of, the oldest first."""
        rows = self.run(
            "SELECT v.sha256, min(v.got), min(v.seq) FROM document AS v WHERE v.address <> '' AND v.address IN"
            " (SELECT address FROM document WHERE sha256 = ?) GROUP BY v.sha256 ORDER BY 2, 3",
            (sha256,),
        ).fetchall()
        return tuple(row[0] for row in rows) or (sha256,)

    def retrievals(self, sha256: str) -> tuple[Retrieval, ...]:
        """How the bytes came, the first first."""
        rows = self.run("SELECT name, url, known, headers FROM retrieval WHERE sha256 = ? ORDER BY seq", (sha256,))
        return tuple(
            Retrieval(
                name=name,
                url=url,
                known=datetime.fromisoformat(known),
                headers=tuple((key, value) for key, value in json.loads(headers)),
            )
            for name, url, known, headers in rows
        )

    def data(self, sha256: str) -> bytes:
        """The archived bytes. Raises KeyError for an unknown hash, and for bytes dropped under a retention rule."""
        row = self.run("SELECT data FROM archive WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None or row[0] is None:
            raise KeyError(sha256)
        return zlib.decompress(row[0])

    # Gaps, readings, months, edits

    def add_gap(self, gap: Gap, known: datetime) -> None:
        """Keep what could not be used, and why, each time that it was so."""
        self._insert("gap", (gap.source, gap.kind, utc(known), dumps(gap)), "ON CONFLICT DO NOTHING")

    def gaps(self, as_of: datetime, since: date | None = None) -> tuple[Gap, ...]:
        """Gaps known at a time, by source and kind; of each the last one. None that got known before `since` (UTC), and
        none of a document that came later, under that name.
        """
        first = utc(datetime.combine(since, time.min, UTC)) if since is not None else ""
        rows = self.run(
            "SELECT body, known FROM gap WHERE known <= ? AND known >= ? ORDER BY source, kind, known, seq",
            (utc(as_of), first),
        )
        last: dict[tuple[str, str], tuple[Gap, str]] = {}
        for body, known in rows:
            gap: Gap = loads(Gap, body)
            last[gap.source, gap.kind] = gap, known
        came: dict[str, str] = {}
        if last:
            named = self.run("SELECT name, max(known) FROM retrieval WHERE known <= ? GROUP BY name", (utc(as_of),))
            came = dict(named.fetchall())
        return tuple(gap for gap, known in last.values() if came.get(gap.source, "") <= known)

    def add_reading(self, report: Report, claims: Sequence[Claim], known: datetime) -> None:
        """Keep what was read from a document by this version of geppo. The same reading again is kept once."""
        bodies = {claim.id: (claim.predicate.value, dumps(claim)) for claim in claims}
        cites, when = dumps(report.cites), utc(known)
        mark = digest(cites, *(bodies[key][1] for key in sorted(bodies)))
        with self.batch():
            last = self.run(
                "SELECT reader, digest FROM reading WHERE report = ? AND known <= ? ORDER BY known DESC, seq DESC"
                " LIMIT 1",
                (report.id, when),
            ).fetchone()
            if last is not None and tuple(last) == (__version__, mark):
                return
            seq = self.run(
                "INSERT INTO reading (report, reader, known, digest, body) VALUES (?, ?, ?, ?, ?) RETURNING seq",
                (report.id, __version__, when, mark, cites),
            ).fetchone()[0]
            for key in sorted(bodies):
                self._insert("claim", (seq, key, *bodies[key]))

    def claims(self, as_of: datetime) -> tuple[Claim, ...]:
        """Claims known at a time, by id: of each document its last reading then."""
        rows = self.run(
            "SELECT c.body FROM claim AS c JOIN reading AS r ON r.seq = c.reading WHERE r.known <= ? AND NOT EXISTS"
            " (SELECT 1 FROM reading AS n WHERE n.report = r.report AND n.known <= ?"
            " AND (n.known > r.known OR (n.known = r.known AND n.seq > r.seq))) ORDER BY c.id",
            (utc(as_of), utc(as_of)),
        )
        return tuple(loads(Claim, body) for (body,) in rows)

    def add_month(self, month: Month, known: datetime | None = None) -> None:
        """Keep what a month was judged to be. The same judgement again is kept once; another one goes beside it."""
        body, period, as_of = dumps(month), str(month.period), utc(month.as_of)
        mark = digest(body)
        with self.batch():
            last = self.run(
                "SELECT digest FROM month WHERE period = ? AND as_of = ? ORDER BY seq DESC LIMIT 1", (period, as_of)
            ).fetchone()
            if last is None or last[0] != mark:
                self._insert("month", (period, as_of, utc(known or month.as_of), __version__, mark, body))

    def month(self, period: Period, as_of: datetime | None = None) -> Month | None:
        """The latest judgement of a month (not later than `as_of`), or None."""
        row = self.run(
            "SELECT body FROM month WHERE period = ? AND as_of <= ? ORDER BY as_of DESC, seq DESC LIMIT 1",
            (str(period), utc(as_of) if as_of else "9999"),
        ).fetchone()
        if row is None:
            return None
        month: Month = loads(Month, row[0])
        return month

    def add_edit(self, edit: Edit) -> bool:
        """Keep an edit of the catalogue. False if it is known already."""
        body = dumps(edit)
        with self.batch():
            if any(known.id == edit.id for known in self._edits("9999")):
                return False
            self._insert("edit", (utc(edit.known), digest(body), body))
        return True

    def edits(self, as_of: datetime) -> tuple[Edit, ...]:
        """Edits known at a time, in the order in which they were made."""
        return self._edits(utc(as_of))

    def _edits(self, limit: str) -> tuple[Edit, ...]:
        rows = self.run("SELECT body FROM edit WHERE known <= ? ORDER BY known, seq", (limit,))
        return tuple(loads(Edit, body) for (body,) in rows)

    # Search

    def search(self, query: Query, as_of: datetime) -> tuple[Document, ...]:
        """Documents as of a time whose title or text has what is asked for, the last known first."""
        key, condition, hits = self.found(terms(query))
        limits, values = _limits(query.since, query.until)
        if query.publisher:
            limits, values = f"{limits} AND d.publisher LIKE ? ESCAPE '\\'", (*values, like(part_of(query.publisher)))
        if query.language:
            limits, values = f"{limits} AND d.language = ?", (*values, query.language)
        rows = self.run(
            f"SELECT d.body FROM search CROSS JOIN document AS d WHERE {condition} AND {_COUNTS} {limits}"  # noqa: S608
            f" ORDER BY {key} DESC LIMIT ?",
            (*hits, *(utc(as_of),) * 4, *values, query.most),
        )
        return tuple(loads(Document, body) for (body,) in rows)

    # Keeping

    def drop(self, sha256: str, known: datetime) -> bool:
        """Drop archived bytes under a retention rule; everything else stays. False where there were none."""
        done = self.run(
            "UPDATE archive SET data = NULL, digest = '', dropped = ? WHERE sha256 = ? AND data IS NOT NULL",
            (utc(known), sha256),
        )
        return done.rowcount == 1

    def cited(self) -> frozenset[str]:
        """Hashes of documents that any claim, of any reading or month, rests on."""
        return _audit.cited(self)

    def verify(self) -> Iterator[Fault]:
        """Hash everything again; yields what is not as it was."""
        return _audit.verify(self)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a table as they are, in the order in which they came."""
        columns = ", ".join(TABLES[table])
        for row in self.run(f"SELECT {columns} FROM {table} ORDER BY seq"):  # noqa: S608
            yield tuple(row)

    def put(self, table: str, rows: Iterable[tuple[Any, ...]]) -> int:
        """Rows as `rows` gave them, for an empty store. Gives how many."""
        columns, count = TABLES[table], 0
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        for row in rows:
            self.run(sql, row)
            if table == "document":
                self.index(row[0], searched(loads(Document, row[-1])))
            count += 1
        return count

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Rows of each table."""
        return tuple((name, self.run(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in TABLES)  # noqa: S608


def _limits(since: date | None, until: date | None) -> tuple[str, tuple[Any, ...]]:
    sql = ""
    values: list[Any] = []
    if since:
        sql, values = sql + " AND d.published >= ?", [*values, since.isoformat()]
    if until:
        sql, values = sql + " AND d.published <= ?", [*values, until.isoformat()]
    return sql, tuple(values)
