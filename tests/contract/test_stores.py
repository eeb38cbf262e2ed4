"""What every store must do; one suite for all of them, in a file, in memory and behind a real PostgreSQL server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from geppo.errors import UsageError
from geppo.knowledge import _sql
from geppo.knowledge._search import passage
from geppo.knowledge._sql import SqlStore
from geppo.knowledge.place import open_store
from geppo.knowledge.store import Query
from geppo.model.edit import Edit, EditKind
from geppo.model.report import Document, Gap, Report
from geppo.model.time import Period
from tests.conftest import CASES, made_month
from tests.knowledge.made import EARLY, day, document
from tests.knowledge.servers import fresh

STORES = ("sqlite-memory", "sqlite-file", "postgres")
_LATE = day(30)
_FAR = day(4000)


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], SqlStore]]:
    """Opens the store; again, where it is not in memory."""
    kind, made = request.param, list[SqlStore]()
    where: str | Path = ":memory:" if kind == "sqlite-memory" else tmp_path / "s.sqlite"
    if kind == "postgres":
        where = fresh(request.getfixturevalue("postgres"))

    def again() -> SqlStore:
        if kind != "sqlite-memory" or not made:
            made.append(open_store(where))
        return made[-1]

    yield again
    for store in made:
        store.close()


@pytest.fixture
def store(opened: Callable[[], SqlStore]) -> SqlStore:
    """An empty store."""
    return opened()


def add(store: SqlStore, *documents: Document) -> None:
    """Documents whose bytes are made from their names and texts."""
    for one in documents:
        assert store.add_document(one, _bytes(one))


def _bytes(one: Document) -> bytes:
    return (one.name.removesuffix(".html") if len(one.text) < 1 else one.text).encode()


def _report(one: Document) -> Report:
    return Report(id=one.sha256, document=one, mentions=(), observables=(), cites=(), own_observation=False)


def _rehashed(one: Document) -> Document:
    return replace(document(one.text), **{
        name: getattr(one, name) for name in ("name", "publisher", "title", "url", "published", "text", "links")
    })  # fmt: skip


def test_documents_come_back_as_they_went_in(store: SqlStore) -> None:
    documents = [_rehashed(one) for one in made_month("kanto").month.documents]
    add(store, *documents)
    assert not store.add_document(documents[0], documents[0].text.encode())
    kept = store.documents(_FAR)
    assert set(kept) == set(documents)
    assert list(kept) == sorted(kept, key=lambda one: (one.published, one.sha256))
    assert store.data(documents[0].sha256) == documents[0].text.encode()
    with pytest.raises(KeyError):
        store.data("0" * 64)
    with pytest.raises(ValueError, match="hash"):
        store.add_document(replace(documents[0], sha256="0" * 64), b"x")
    assert list(store.verify()) == []


def test_the_stretch_of_a_month(store: SqlStore) -> None:
    old, new, late = (document(f"d{n}", published=date(2026, 4, n), known=day(n)) for n in (1, 10, 20))
    add(store, old, new, late)
    assert store.documents(_FAR, date(2026, 4, 1), date(2026, 4, 10)) == (old, new)
    assert store.documents(_FAR, date(2026, 4, 2)) == (new, late)
    assert store.documents(_FAR, None, date(2026, 4, 19), day(10)) == (new,)


def test_what_was_not_known_yet_is_not_told(store: SqlStore) -> None:
    one = document("x", known=_LATE)
    store.add_document(one, b"x")
    store.add_gap(Gap(source="a.md", kind="empty", message="nothing in it"), _LATE)
    assert store.documents(EARLY) == ()
    assert store.gaps(EARLY) == ()
    assert store.search(Query(text="x"), EARLY) == ()
    assert store.documents(_LATE) == (one,)
    assert [gap.source for gap in store.gaps(_LATE)] == ["a.md"]


def test_a_gap_is_kept_each_time_and_the_last_is_told(store: SqlStore) -> None:
    for number, message in ((1, "no answer"), (3, "no answer"), (5, "refused")):
        store.add_gap(Gap(source="site", kind="fetch", message=message), day(number))
    store.add_gap(Gap(source="Site", kind="fetch", message="upper case"), day(5))
    assert [gap.message for gap in store.gaps(day(4))] == ["no answer"]
    assert [gap.message for gap in store.gaps(day(5))] == ["upper case", "refused"]
    assert [gap.message for gap in store.gaps(day(5), day(5).date())] == ["upper case", "refused"]
    assert store.gaps(day(5), day(6).date()) == store.gaps(day(4), day(4).date()) == ()
    assert [gap.message for gap in store.gaps(day(4), day(3).date())] == ["no answer"]
    assert dict(store.counts())["gap"] == 4


def test_a_gap_of_what_came_later_is_none(store: SqlStore) -> None:
    """Its text in the feed was kept at once, its page two days later."""
    store.add_gap(Gap(source="page", kind="timeout", message="no answer; its text in the feed is kept"), day(1))
    own = replace(document("own text", known=day(1)), name="page")
    store.add_document(own, b"own text")
    assert [gap.source for gap in store.gaps(day(2))] == ["page"]
    whole = replace(document("whole page", known=day(3)), name="page")
    store.add_document(whole, b"whole page")
    assert store.gaps(day(3)) == () and [gap.source for gap in store.gaps(day(2))] == ["page"]
    store.add_gap(Gap(source="page", kind="timeout", message="gone again"), day(4))
    assert [gap.message for gap in store.gaps(day(4))] == ["gone again"]


def test_a_correction_supersedes_and_overwrites_nothing(store: SqlStore) -> None:
    first = document("page", published=date(2026, 4, 1))
    add(store, first)
    right = replace(first, published=date(2026, 3, 30), publisher="Another")
    store.correct(right, day(5), "mk", "the date was that of an update")
    assert store.documents(day(4)) == (first,)
    assert store.documents(day(5)) == (right,)
    assert store.documents(day(5), since=date(2026, 4, 1)) == ()
    assert store.search(Query(text="page", publisher="another"), day(5)) == (right,)
    assert store.search(Query(text="page", publisher="another"), day(4)) == ()
    store.withdraw(first.sha256, day(9), "mk", "a forgery")
    assert (store.documents(day(8)), store.documents(day(9))) == ((right,), ())
    assert store.search(Query(text="page"), day(9)) == ()
    assert [(one.author, one.withdrawn) for one in store.history(first.sha256)] == [("", False), ("mk", False),
                                                                                   ("mk", True)]  # fmt: skip
    assert not store.add_document(replace(first, collected=day(12)), b"page")
    assert store.documents(day(12)) == ()
    with pytest.raises(KeyError):
        store.withdraw("0" * 64, day(9), "mk", "unknown")


def test_a_newer_reader_reads_again(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first = document("page", text="read badly")
    store.add_document(first, b"page")
    same_version = replace(first, text="other text", collected=day(2))
    assert not store.add_document(same_version, b"page")
    assert store.documents(_LATE) == (first,)
    monkeypatch.setattr(_sql, "__version__", "99.0")
    better = replace(first, text="read well", collected=day(3))
    assert not store.add_document(better, b"page")
    assert (store.documents(day(2)), store.documents(day(3))) == ((first,), (better,))
    assert store.search(Query(text="badly"), day(2)) == (first,)
    assert store.search(Query(text="badly"), day(3)) == ()


def test_versions_of_a_page(store: SqlStore) -> None:
    url = "https://cert.example/advisory#top"
    first = document("v1", url=url)
    note = document("note", url=url, note=True, known=day(3))
    other = document("retold", url=url, publisher="Press", known=day(4))
    second = document("v2", url="https://cert.example/advisory", known=day(5), published=date(2026, 5, 1))
    add(store, first, note, other, second)
    assert set(store.documents(day(4))) == {first, note, other}
    assert set(store.documents(day(5))) == {second, note, other}
    assert set(store.documents(day(5), until=date(2026, 4, 30))) == {note, other}, "the old version must not come back"
    assert store.versions(second.sha256) == (first.sha256, second.sha256)
    store.correct(replace(first, title="corrected later"), day(6), "mk", "typo")
    assert second in store.documents(day(6))
    back = replace(first, collected=day(7))
    assert not store.add_document(back, b"v1")
    assert set(store.documents(day(7))) == {back, note, other}
    store.withdraw(back.sha256, day(8), "mk", "served by mistake")
    assert set(store.documents(day(8))) == {second, note, other}
    assert store.data(second.sha256) == b"v2"


def test_pages_of_one_run_and_whole_sites_are_no_versions(store: SqlStore) -> None:
    same = [document(f"same {n}", url="https://a.example/x") for n in (1, 2)]
    site = [document(f"site {n}", url="https://a.example/", known=day(n)) for n in (1, 2)]
    bare = [document(f"bare {n}", known=day(n)) for n in (1, 2)]
    add(store, *same, *site, *bare)
    assert len(store.documents(_LATE)) == 6


def test_headers_stay_with_the_bytes(store: SqlStore) -> None:
    one = document("page", url="https://a.example/x")
    headers = (("ETag", '"1"'), ("Set-Cookie", "a"), ("Set-Cookie", "b"))
    store.add_document(one, b"page", headers)
    store.add_document(replace(one, name="copy.html", collected=day(2)), b"page")
    kept = store.retrievals(one.sha256)
    assert [(row.name, row.known, row.headers) for row in kept] == [
        (one.name, EARLY, headers),
        ("copy.html", day(2), ()),
    ]
    assert dict(store.counts())["archive"] == 1


def test_claims_come_back_as_they_went_in(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    month = made_month("kanto").month
    one = document("page")
    add(store, one)
    claims = [replace(claim, report=one.sha256) for claim in month.claims]
    store.add_reading(_report(one), claims, day(1))
    store.add_reading(_report(one), claims[::-1], day(2))
    assert dict(store.counts())["reading"] == 1, "the same reading twice is one"
    assert list(store.claims(_LATE)) == sorted(claims, key=lambda claim: claim.id)
    assert store.claims(EARLY) == ()
    monkeypatch.setattr(_sql, "__version__", "99.0")
    store.add_reading(_report(one), claims[:1], day(3))
    assert len(store.claims(day(2))) == len(claims), "what an older version read stays"
    assert list(store.claims(day(3))) == claims[:1]
    assert one.sha256 in store.cited()


def test_a_month_comes_back_as_it_was_judged(store: SqlStore) -> None:
    month = made_month("kanto").month
    store.add_month(month)
    store.add_month(month)
    assert store.month(month.period) == month
    assert store.month(Period.parse("2019-01")) is None
    later = replace(month, as_of=month.as_of + timedelta(days=3))
    store.add_month(later)
    assert store.month(month.period) == later
    assert store.month(month.period, month.as_of) == month
    again = replace(month, claims=())
    store.add_month(again, day(99))
    assert store.month(month.period, month.as_of) == again
    assert dict(store.counts())["month"] == 3, "judged again: beside the first, not over it"


def test_edits_are_a_journal(store: SqlStore) -> None:
    edits = [
        Edit(id=f"e{n}", kind=EditKind.GRADE, subject="org/x", values=(("grade", "B"),), author="mk", reason="r",
             known=day(n))
        for n in (3, 1)
    ]  # fmt: skip
    assert [store.add_edit(edit) for edit in (*edits, edits[0])] == [True, True, False]
    assert [edit.id for edit in store.edits(day(2))] == ["e1"]
    assert store.edits(_LATE) == (edits[1], edits[0])


def test_hostile_values_are_values(store: SqlStore) -> None:
    hostile = "x'); DROP TABLE documents; -- \\ % _ ? \" \0"
    one = document(hostile, publisher=hostile, title=hostile, url="https://a.example/?\0")
    add(store, one)
    assert store.documents(_LATE) == (one,)
    for text in ("DROP TABLE", "%", "_ ?", "\\", "'); drop", "?"):
        assert store.search(Query(text=text, publisher="% _ ?"), _LATE) == (one,), text
    assert store.search(Query(text="xx", publisher="%%"), _LATE) == ()
    store.add_gap(Gap(source="odd\udcff\0name", kind="k", message="\udcff"), EARLY)
    assert [gap.kind for gap in store.gaps(_LATE)] == ["k"]


_SEARCHES = json.loads((CASES / "store" / "search.json").read_text(encoding="utf-8"))


def test_search_finds_every_script(store: SqlStore) -> None:
    documents = {
        key: document(row["text"], title=row.get("title", ""), language=row["language"], known=day(number),
                      published=date(2026, 4, 1 + number), publisher=row.get("publisher", "Example CERT"))
        for number, (key, row) in enumerate(_SEARCHES["documents"].items())
    }  # fmt: skip
    add(store, *documents.values())
    names = {one.sha256: key for key, one in documents.items()}
    for case in _SEARCHES["searches"]:
        query = Query(
            text=case["text"],
            since=date.fromisoformat(case["since"]) if "since" in case else None,
            until=date.fromisoformat(case["until"]) if "until" in case else None,
            publisher=case.get("publisher", ""),
            language=case.get("language", ""),
            most=case.get("most", 20),
        )
        hits = store.search(query, _LATE)
        assert [names[one.sha256] for one in hits] == case["hits"], case
        for one in hits:
            found = passage(one, query)
            assert found.text[found.start : found.end]
            if "shown" in case:
                assert found.text[found.start : found.end] == case["shown"]
                assert one.text[found.at :].startswith(case["shown"])
    with pytest.raises(UsageError):
        store.search(Query(text=' "" '), _LATE)


def test_a_batch_is_kept_whole_or_not_at_all(opened: Callable[[], SqlStore]) -> None:
    store = opened()
    with pytest.raises(RuntimeError), store.batch():
        add(store, document("a"))
        with store.batch():
            add(store, document("b"))
        raise RuntimeError
    assert store.documents(_FAR) == ()
    assert store.search(Query(text="a"), _FAR) == ()
    add(store, document("a"))
    assert len(opened().documents(_FAR)) == 1


def test_state_and_drop(store: SqlStore) -> None:
    one = document("page")
    add(store, one)
    state = store.state()
    assert (state.check, state.version, dict(state.rows)["document"]) == ("ok", 2, 1)
    assert store.drop(one.sha256, day(1))
    assert not store.drop(one.sha256, day(1))
    with pytest.raises(KeyError):
        store.data(one.sha256)
    assert store.documents(_LATE) == (one,)
    assert list(store.verify()) == [], "a drop is no damage"
    assert not store.add_document(one, b"page")
    assert store.data(one.sha256) == b"page"
