"""English sentences of tests/cases/read/en.toml, each read as a document of its own: the claims and no others."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from geppo.catalog import Catalog
from geppo.model.report import Document
from geppo.read.reading import new_names, read_document

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent.parent / "cases" / "read" / "en.toml").read_text(encoding="utf-8")
)["case"]


@cache
def _catalog() -> Catalog:
    return Catalog.load()


def _document(text: str) -> Document:
    return Document(
        sha256="0" * 64,
        name="case.md",
        media_type="text/markdown",
        collected=datetime(2026, 3, 16, tzinfo=UTC),
        publisher="Lantern Weekly",
        title="",
        url="https://lantern.example/case",
        language="en",
        published=date(2026, 3, 15),
        text=text,
    )


def _read(text: str) -> set[tuple[str, str, str, bool, str]]:
    document = _document(text)
    claims = read_document(document, _catalog(), new_names(document, _catalog())).claims
    return {
        (c.predicate.value, c.subject.name, c.object.name if c.object else "", c.negated, c.hedge.rung.value)
        for c in claims
    }


def _expected(case: dict[str, Any]) -> set[tuple[str, str, str, bool, str]]:
    return {
        (row["predicate"], row["subject"], row.get("object", ""), row["negated"], row["hedge"])
        for row in case["claims"]
    }


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.xfail(reason=case["todo"], strict=True) if "todo" in case else ())
        for case in CASES
    ],
    ids=lambda case: case["text"][:48],
)
def test_sentence(case: dict[str, Any]) -> None:
    assert _read(case["text"]) == _expected(case)
