"""Every line of `tests/cases/language`: what must be read from it, and near misses from which nothing may be read."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geppo.language._data import languages
from geppo.language.dates import find_dates
from geppo.language.hedges import grade, hedges, negations
from geppo.language.numbers import find_counts
from geppo.language.sentences import Span, blocks, clauses, sentences
from geppo.language.voices import observes, own_observation, voices

CASES = Path(__file__).parent.parent / "cases" / "language"
PUBLISHED = date(2025, 11, 24)
READ_HERE = {"dates", "hedges", "numbers", "sentences", "voices"}


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))


def _lines(name: str, *path: str) -> list[Any]:
    table: Any = _load(name)
    for step in path:
        table = table[step]
    return [
        pytest.param(language, case[0], case[1:], id=f"{language}: {case[0][:60]}")
        for language, cases in table.items()
        if isinstance(cases, list)
        for case in cases
    ]


def _all(text: str) -> Span:
    return Span(start=0, end=len(text))


def test_every_case_file_is_read() -> None:
    assert {file.stem for file in CASES.glob("*.toml")} == READ_HERE


@pytest.mark.parametrize("name", ["dates", "hedges"])
def test_every_language_has_thirty_cases_and_near_misses(name: str) -> None:
    table = _load(name)
    for language in languages():
        assert len(table[language]) >= 30, language
        assert sum(len(case) == 1 for case in table[language]) >= 4, language


@pytest.mark.parametrize(("language", "text", "found"), _lines("dates"))
def test_dates(language: str, text: str, found: list[str]) -> None:
    published = PUBLISHED
    if text.startswith("["):
        published, text = date.fromisoformat(text[1:11]), text[13:]
    read = [
        f"{text[one.start : one.end]} = {one.when.iso()} {one.open}".strip()
        for one in find_dates(text, language, published)
    ]
    assert read == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("hedges"))
def test_hedges(language: str, text: str, found: list[str]) -> None:
    assert [f"{one.text} = {one.rung}" for one in hedges(text, _all(text), language)] == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("hedges", "negations"))
def test_negations(language: str, text: str, found: list[str]) -> None:
    read = negations(text, _all(text), language)
    assert [f"{text[one.start : one.end]} = {one.scope}" for one in read] == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("hedges", "grades"))
def test_grades(language: str, text: str, found: list[str]) -> None:
    one = grade(text, _all(text), language)
    assert ([f"{text[one.start : one.end]} = {one.grade}"] if one else []) == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("numbers"))
def test_numbers(language: str, text: str, found: list[str]) -> None:
    read = []
    for one in find_counts(text, language):
        value = f"{one.value:.12g}" if one.high == one.value else f"{one.value:g}..{one.high:g}"
        percent = " percent" if one.percent else ""
        read.append(f"{text[one.start : one.end]} = {value} {one.bound}{percent}")
    assert read == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("voices"))
def test_voices(language: str, text: str, found: list[str]) -> None:
    read = [
        f"{text[one.name_start : one.name_end]} = {one.kind}{' back' if one.anaphoric else ''}"
        for one in voices(text, _all(text), language)
    ]
    assert read == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("voices", "own"))
def test_own_observation(language: str, text: str, found: list[str]) -> None:
    assert found == ["yes" if own_observation(text, language) else "no"]


@pytest.mark.parametrize(("language", "text", "found"), _lines("voices", "named"))
def test_observation_by_name(language: str, text: str, found: list[str]) -> None:
    assert found == ["yes" if observes(text, language, "Harrow Point") else "no"]
    assert not observes(text, language, "Tidewater Institute") and not observes(text, language, "")


@pytest.mark.parametrize(("language", "text", "found"), _lines("sentences"))
def test_sentences(language: str, text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in sentences(text, language)] == found


@pytest.mark.parametrize(("language", "text", "found"), _lines("sentences", "clauses"))
def test_clauses(language: str, text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in clauses(text, _all(text), language)] == (found or [text])


@pytest.mark.parametrize(("_language", "text", "found"), _lines("sentences", "blocks"))
def test_blocks(_language: str, text: str, found: list[str]) -> None:
    read = blocks(text)
    assert len(read) == len(found)
    for one, expected in zip(read, found, strict=True):
        heading, _, words = expected.partition("| ")
        assert one.heading == heading.strip()
        assert text[one.start : one.end].startswith(words)
