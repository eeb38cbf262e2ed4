"""A month read in several processes is the month read in one."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo import config, crew, rounds
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.model.entity import Kind
from geppo.model.report import Document, Fetched
from geppo.read.reading import Reading, read_document
from geppo.read.text import read_text

FOLDER = Path(__file__).parent / "cases" / "months" / "kanto" / "documents"


@pytest.fixture(scope="module")
def documents() -> tuple[Document, ...]:
    settings, now = config.load(), datetime(2026, 6, 1, tzinfo=UTC)
    found = collect([Entry(kind="folder", name="kanto", place=str(FOLDER))], settings, now)
    return tuple(read_text(one, settings) for one in found if isinstance(one, Fetched))


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PARALLEL_FROM", 1)
    monkeypatch.setattr(crew, "cores", lambda: 2)
    monkeypatch.setattr(crew, "GROUP", 1_500)


def test_the_same_in_two_processes(documents: tuple[Document, ...], two: None) -> None:
    catalog = Catalog.load()
    shown: list[tuple[str, int, int]] = []
    together = rounds.read_documents(documents, catalog, lambda *step: shown.append(step))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crew, "cores", lambda: 1)
        alone = rounds.read_documents(documents, catalog)
    assert together == alone and len(alone.reports) == len(documents) and alone.claims
    count = len(documents)
    assert shown == [(step, done + 1, count) for step in ("names", "statements") for done in range(count)]


def test_a_document_that_ends_its_process_is_a_gap(
    documents: tuple[Document, ...], two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = os.getpid()
    bad = documents[3]

    def deadly(document: Document, *rest: object) -> Reading:
        if document is bad and os.getpid() != parent:
            os._exit(1)
        return read_document(document, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("geppo.rounds.read_document", deadly)
    readings = rounds.read_documents(documents, Catalog.load())
    assert [(gap.source, gap.kind) for gap in readings.gaps] == [(bad.name, "reading")]
    assert [one.document for one in readings.reports] == [one for one in documents if one is not bad]


def test_a_campaign_that_is_a_product_in_short_is_none() -> None:
    def page(name: str, text: str) -> Document:
        head = f"---\npublisher: House {name}\ntitle: {name}\npublished: 2026-04-10\nlanguage: en\n---\n\n"
        found = Fetched(
            source="case", name=f"{name}.md", data=(head + text).encode(), collected=datetime(2026, 6, 1, tzinfo=UTC)
        )
        return read_text(found, config.load())

    wrong = page("a", "A good deal has been written about the Marrowgate intrusions that we cannot support.")
    product = page("b", "A flaw in Marrowgate VPN Gateway (CVE-2026-41999) lets anybody log in.")
    other = page("c", "A good deal has been written about the Quillspire intrusions that we cannot support.")
    names = {(one.kind, one.name) for one in rounds.read_documents([wrong, product, other], Catalog.load()).names}
    assert (Kind.CAMPAIGN, "Quillspire") in names
    assert (Kind.PRODUCT, "Marrowgate VPN Gateway") in names
    assert (Kind.CAMPAIGN, "Marrowgate") not in names
