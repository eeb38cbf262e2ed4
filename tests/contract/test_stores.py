"""What every store must do: give back what it got, as of the time asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geppo.knowledge.sqlite import SqliteStore
from geppo.knowledge.store import Store
from geppo.model.report import Gap, Report
from geppo.model.time import Period
from tests.conftest import made_month

STORES: dict[str, Callable[[Path], SqliteStore]] = {
    "sqlite-memory": lambda _: SqliteStore(":memory:"),
    "sqlite-file": lambda path: SqliteStore(path / "s.sqlite"),
}
_EARLY = datetime(2026, 4, 1, tzinfo=UTC)
_LATE = _EARLY + timedelta(days=30)


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


def test_documents_come_back_as_they_went_in(store: Store) -> None:
    documents = made_month("kanto").month.documents
    assert all(store.add_document(document, document.text.encode()) for document in documents)
    assert not store.add_document(documents[0], b"again")
    kept = store.documents(_LATE + timedelta(days=400))
    assert set(kept) == set(documents)
    assert list(kept) == sorted(kept, key=lambda one: (one.published, one.sha256))
    assert store.data(documents[0].sha256) == documents[0].text.encode()
    with pytest.raises(KeyError):
        store.data("0" * 64)


def test_what_was_not_known_yet_is_not_told(store: Store) -> None:
    document = replace(made_month("kanto").month.documents[0], collected=_LATE)
    store.add_document(document, b"x")
    store.add_gap(Gap(source="a.md", kind="empty", message="nothing in it"), _LATE)
    assert store.documents(_EARLY) == ()
    assert store.gaps(_EARLY) == ()
    assert store.documents(_LATE) == (document,)
    assert [gap.source for gap in store.gaps(_LATE)] == ["a.md"]


def test_claims_come_back_as_they_went_in(store: Store) -> None:
    month = made_month("kanto").month
    for document in month.documents:
        store.add_document(document, b"")
        claims = [claim for claim in month.claims if claim.report == document.sha256]
        report = Report(
            id=document.sha256, document=document, mentions=(), observables=(), cites=(), own_observation=False
        )
        store.add_reading(report, claims, _EARLY)
    assert set(store.claims(_LATE)) == set(month.claims)
    assert store.claims(_EARLY - timedelta(days=1)) == ()


def test_a_month_comes_back_as_it_was_judged(store: Store) -> None:
    month = made_month("kanto").month
    store.add_month(month)
    assert store.month(month.period) == month
    assert store.month(Period.parse("2019-01")) is None
    later = replace(month, as_of=month.as_of + timedelta(days=3))
    store.add_month(later)
    assert store.month(month.period) == later
    assert store.month(month.period, month.as_of) == month


def test_hostile_values_are_values(store: Store) -> None:
    hostile = "x'); DROP TABLE documents; --"
    document = replace(made_month("kanto").month.documents[0], publisher=hostile, title=hostile, collected=_EARLY)
    store.add_document(document, hostile.encode())
    assert store.documents(_LATE)[0].publisher == hostile
