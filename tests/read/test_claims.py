"""Sentences of tests/cases/read/<language>.toml, each read as a document of its own: the claims and no others."""

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

_FOLDER = Path(__file__).parent.parent / "cases" / "read"
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(_FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


@cache
def _catalog() -> Catalog:
    return Catalog.load()


def _document(text: str, language: str) -> Document:
    return Document(
        sha256="0" * 64,
        name="case.md",
        media_type="text/markdown",
        collected=datetime(2026, 3, 16, tzinfo=UTC),
        publisher="Lantern Weekly",
        title="",
        url="https://lantern.example/case",
        language=language,
        published=date(2026, 3, 15),
        text=text,
    )


def _read(text: str, language: str) -> set[tuple[str, str, str, bool, str]]:
    document = _document(text, language)
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
    ("language", "case"),
    [
        pytest.param(
            language, case, marks=pytest.mark.xfail(reason=case["todo"], strict=True) if "todo" in case else ()
        )
        for language, case in CASES
    ],
    ids=[f"{language}-{case['text'][:40]}" for language, case in CASES],
)
def test_sentence(language: str, case: dict[str, Any]) -> None:
    assert _read(case["text"], language) == _expected(case)


def test_five_languages_are_read() -> None:
    assert {language for language, _ in CASES} == {"en", "ja", "zh", "ru", "ko"}
