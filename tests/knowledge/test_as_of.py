"""A month rebuilt as it was known, after everything that can happen to a store since."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from geppo import config
from geppo.catalog import Catalog
from geppo.knowledge import _sql
from geppo.knowledge.sqlite import SqliteStore
from geppo.model.edition import Issue
from geppo.model.time import Period
from geppo.pipeline import collect_paths, run_month
from tests.conftest import month_folder
from tests.knowledge.made import document

_THEN = datetime(2026, 5, 1, tzinfo=UTC)
_LATER = _THEN + timedelta(days=40)
_PERIOD = Period.parse("2026-04")


def _issue(store: SqliteStore, as_of: datetime) -> Issue:
    return run_month(store, _PERIOD, as_of=as_of, settings=config.load(), catalog=Catalog.load(), now=_LATER)


def test_a_month_is_rebuilt_as_it_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqliteStore(":memory:")) as store:
        collect_paths(sorted(month_folder("kanto").iterdir())[:5], store, config.load(), _THEN)
        first = _issue(store, _THEN)
        corrected, withdrawn, paged, reread = [one for one in store.documents(_THEN) if one.url][:4]
        store.correct(replace(corrected, publisher="Somebody Else"), _LATER, "mk", "wrong publisher")
        store.withdraw(withdrawn.sha256, _LATER, "mk", "forged")
        data = b"the page says something else now"
        newer = replace(paged, sha256=hashlib.sha256(data).hexdigest(), text=data.decode(), collected=_LATER)
        store.add_document(newer, data)
        monkeypatch.setattr(_sql, "__version__", "99.0")
        store.add_document(replace(reread, text="read otherwise", collected=_LATER), store.data(reread.sha256))
        late = document("news of April that came late", known=_LATER, published=_PERIOD.span.end)
        store.add_document(late, late.text.encode())
        again = _issue(store, _THEN)
        assert again == first
        now = {one.sha256: one for one in _issue(store, _LATER).month.documents}
        assert now[corrected.sha256].publisher == "Somebody Else"
        assert withdrawn.sha256 not in now
        assert paged.sha256 not in now
        assert newer.sha256 in now
        assert now[reread.sha256].text == "read otherwise"
        assert late.sha256 in now
        assert store.claims(_THEN) == (), "what we read at a later time was not known then"


def test_a_month_asks_for_its_stretch_and_for_what_was_collected_for_it() -> None:
    from geppo.pipeline import month_documents

    days = {
        "old": (-400, -300),
        "background": (-400, -20),
        "before": (-93, -92),
        "quarter": (-92, -90),
        "in": (5, 6),
        "after": (62, 70),
    }
    start = datetime(2026, 4, 1, tzinfo=UTC)
    with closing(SqliteStore(":memory:")) as store:
        for name, (published, known) in days.items():
            one = document(
                name, known=start + timedelta(days=known), published=(start + timedelta(days=published)).date()
            )
            store.add_document(one, name.encode())
        found = month_documents(store, _PERIOD, start + timedelta(days=400), config.load())
    assert [one.text for one in found] == ["background", "before", "quarter", "in"]
