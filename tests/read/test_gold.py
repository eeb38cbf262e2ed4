"""Gold sentences of constructions met in reporting (`set = "met"`): never turned round, never more wrong than here."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from bench import gold
from geppo.catalog import Catalog

LANGUAGES = ("en", "ja", "ko", "ru", "zh")
LEAST_FOUND, MOST_WRONG = 0.9, 0.1
"""Shares of the met gold claims and of what is read in them; measured .95 to 1.00 and .00 to .10 when they were set."""


@cache
def _read(language: str) -> tuple[tuple[str, Counter[str]], ...]:
    catalog = Catalog.load()
    return tuple(
        (case["id"], Counter(verdict for verdict, _ in gold.judge(case, gold.read(case, language, catalog), catalog)))
        for case in gold.cases(language)
        if case["set"] == "met"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_negated_statement_is_read_as_positive(language: str) -> None:
    assert [case for case, row in _read(language) if row["positive"] or row["negative"]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_is_found_and_little_is_wrong(language: str) -> None:
    row = sum((row for _, row in _read(language)), Counter())
    assert row["found"] / (row["found"] + row["missed"]) >= LEAST_FOUND, row
    assert row["wrong"] / (row["found"] + row["wrong"]) <= MOST_WRONG, row


def test_each_language_has_its_sentences() -> None:
    assert sum(len(_read(language)) for language in LANGUAGES) >= 100
