"""Stores of every released version open with everything that was in them, and copies hold what the original holds."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo import config
from geppo.errors import InputError, UsageError
from geppo.knowledge import retention, transfer
from geppo.knowledge._sql import TABLES, SqlStore
from geppo.knowledge.place import open_store
from geppo.knowledge.sqlite import SqliteStore
from geppo.knowledge.store import Query
from geppo.model.edit import Edit, EditKind
from geppo.model.report import Gap, Report
from geppo.model.time import Period
from tests.conftest import CASES
from tests.knowledge.made import EARLY, day, document
from tests.knowledge.servers import fresh

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def version1(tmp_path: Path) -> Path:
    """A store as the released version 1 wrote it."""
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((CASES / "store" / "version1.sql").read_text(encoding="utf-8"))
    return path


def test_version_1_survives(version1: Path) -> None:
    with closing(SqliteStore(version1)) as store:
        first, second = store.documents(_NOW)
        assert (first.name, first.publisher, first.text) == ("one.html", "Example CERT", "政府機関への攻撃を確認した。")
        assert [store.data(one.sha256) for one in (first, second)] == [b"first page", b"second page"]
        assert store.documents(datetime(2026, 4, 4, tzinfo=UTC)) == (first,)
        assert [gap.source for gap in store.gaps(_NOW)] == ["bad.bin"]
        assert [claim.id for claim in store.claims(_NOW)] == ["c1new"]
        assert [claim.id for claim in store.claims(datetime(2026, 4, 25, tzinfo=UTC))] == ["c0old"]
        month = store.month(Period.parse("2026-04"))
        assert month is not None
        assert [one.sha256 for one in month.documents] == [first.sha256, second.sha256]
        assert store.search(Query(text="政府", publisher="cert"), _NOW) == (first,)
        assert store.retrievals(first.sha256)[0].url == "https://cert.example/one"
        assert list(store.verify()) == []
        newer = document("third", url=second.url, publisher=second.publisher, language="en", known=_NOW)
        store.add_document(newer, b"third")
        assert set(store.documents(_NOW)) == {first, newer}, "an old document is a version of its page, too"
        state = store.state()
    with closing(SqliteStore(version1)) as store:
        assert store.state() == replace(state, size=store.state().size)
        assert not list(
            store.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_1' ESCAPE '\\'")
        )
        assert not store.run("PRAGMA foreign_key_check").fetchall()


def test_tables_are_those_of_a_new_store(version1: Path) -> None:
    def shape(store: SqliteStore) -> list[tuple[str, ...]]:
        return sorted(store.run("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'").fetchall())

    with closing(SqliteStore(version1)) as old, closing(SqliteStore(":memory:")) as new:
        assert shape(old) == shape(new)
        for table, columns in TABLES.items():
            assert tuple(row[1] for row in new.run(f"PRAGMA table_info({table})")) == columns


def test_a_failed_migration_leaves_the_old_store(version1: Path) -> None:
    with closing(sqlite3.connect(version1)) as connection:
        connection.execute("UPDATE document SET body = 'no json'")
        connection.commit()
    before = version1.read_bytes()
    for _ in range(2):
        with pytest.raises(Exception, match=r"JSON|json|Expecting"):
            SqliteStore(version1)
    with closing(sqlite3.connect(version1)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
        assert connection.execute("SELECT count(*) FROM document").fetchone()[0] == 2
    assert len(version1.read_bytes()) == len(before)


def test_no_store_and_a_newer_store_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no store" * 999)
    with pytest.raises(UsageError, match="cannot open the store"):
        SqliteStore(tmp_path / "x")
    with closing(sqlite3.connect(tmp_path / "new")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="newer geppo"):
        SqliteStore(tmp_path / "new")


def filled(store: SqlStore) -> SqlStore:
    """A store with a row in every table, one of them dropped, one withdrawn."""
    documents = [document(f"{n} 政府", url=f"https://a.example/{n % 2}", known=day(n)) for n in range(4)]
    for one in documents:
        store.add_document(one, one.text.encode(), (("ETag", f'"{one.text}"'),))
    store.add_gap(Gap(source="s", kind="k", message="m"), EARLY)
    store.withdraw(documents[3].sha256, day(9), "mk", "why")
    store.drop(documents[0].sha256, day(9))
    store.add_edit(Edit(id="e1", kind=EditKind.GRADE, subject="x", values=(), author="a", reason="r", known=EARLY))
    return store


def rows(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a store."""
    return {table: [tuple(map(_plain, row)) for row in store.rows(table)] for table in TABLES}


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_sqlite_to_postgres_and_back(version1: Path, tmp_path: Path, postgres: str) -> None:
    with (
        closing(filled(SqliteStore(version1))) as first,
        closing(open_store(fresh(postgres))) as second,
        closing(SqliteStore(tmp_path / "third.sqlite")) as third,
    ):
        assert all(rows(first).values())
        count = transfer.copy(first, second)
        assert count == transfer.copy(second, third) == sum(map(len, rows(first).values()))
        assert rows(first) == rows(second) == rows(third)
        for text in ("政府", "攻撃", "relay"):
            query = Query(text=text)
            assert first.search(query, _NOW) == second.search(query, _NOW) == third.search(query, _NOW)
        assert list(second.verify()) == list(third.verify()) == []
        more = document("more", known=_NOW)
        assert second.add_document(more, b"more")
        assert more in second.documents(_NOW)
        with pytest.raises(UsageError, match="not empty"):
            transfer.copy(first, second)


def test_an_archive_file_is_the_store(version1: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.tar", tmp_path / "two.tar"
    with closing(filled(SqliteStore(version1))) as first, closing(SqliteStore(":memory:")) as second:
        transfer.write(first, one)
        transfer.read(one, second)
        assert rows(first) == rows(second)
        transfer.write(second, two)
    assert one.read_bytes() == two.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_archive_file_leaves_nothing(version1: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with closing(SqliteStore(version1)) as store:
        transfer.write(store, path)
    whole = path.read_bytes()
    at = whole.index(b"first page")
    damaged = (whole[:at] + b"F" + whole[at + 1 :], whole[: len(whole) // 2], b"no tar", b"")
    with closing(SqliteStore(":memory:")) as target:
        for data in damaged:
            path.write_bytes(data)
            with pytest.raises(InputError, match=r"a\.tar"):
                transfer.read(path, target)
            assert not any(count for _, count in target.counts())
            assert target.search(Query(text="relay"), _NOW) == ()


@pytest.mark.parametrize("where", ["archive", "document", "claim", "reading", "month"])
def test_verify_finds_what_was_changed(version1: Path, where: str) -> None:
    with closing(SqliteStore(version1)) as store:
        second = store.documents(_NOW)[1]
        if where == "archive":
            data = bytearray(zlib.compress(b"second page", 6))
            data[6] ^= 1
            store.run("UPDATE archive SET data = ? WHERE sha256 = ?", (bytes(data), second.sha256))
        else:
            store.run(f"UPDATE {where} SET body = replace(body, '\"', ' \"')")
        faults = list(store.verify())
    assert faults
    if where == "archive":
        assert [(fault.subject, fault.name) for fault in faults] == [(second.sha256, "two.html")]


def test_verify_finds_any_flipped_bit() -> None:
    data = bytes(range(256)) * 9
    packed = zlib.compress(data, 6)
    one = replace(document("x"), sha256=hashlib.sha256(data).hexdigest())
    with closing(SqliteStore(":memory:")) as store:
        store.add_document(one, data)
        for bit in range(len(packed) * 8):
            flipped = bytearray(packed)
            flipped[bit // 8] ^= 1 << bit % 8
            store.run("UPDATE archive SET data = ?", (bytes(flipped),))
            assert [fault.subject for fault in store.verify()] == [one.sha256], bit


def test_retention_keeps_everything_unless_told_and_always_what_claims_need(version1: Path) -> None:
    settings = config.load()
    some = replace(settings, values={"store.keep_days": 30})
    with closing(SqliteStore(version1)) as store:
        assert retention.apply(store, settings, datetime(2099, 1, 1, tzinfo=UTC)) == ()
        assert retention.droppable(store, some, datetime(2026, 4, 20, tzinfo=UTC)) == ()
        assert [one.name for one in retention.droppable(store, some, _NOW)] == ["one.html"]
        assert len(retention.apply(store, some, _NOW)) == 1
        assert retention.apply(store, some, _NOW) == ()
        first, second = store.documents(_NOW)
        assert first.text
        assert store.data(second.sha256) == b"second page", "claims rest on it"
        assert list(store.verify()) == []


def test_a_reading_that_is_cited_protects(tmp_path: Path) -> None:
    some = replace(config.load(), values={"store.keep_days": 1})
    with closing(SqliteStore(tmp_path / "s")) as store:
        one = document("page")
        store.add_document(one, b"page")
        report = Report(id=one.sha256, document=one, mentions=(), observables=(), cites=(), own_observation=False)
        store.add_reading(report, (), EARLY)
        assert len(retention.droppable(store, some, _NOW)) == 1, "a reading without claims needs nothing"
