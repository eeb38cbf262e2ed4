"""What holds for any text: spans in range, sorted, apart; nothing but blanks between sentences; no text is refused."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.language._data import code, languages
from geppo.language._lexicon import fold
from geppo.language.dates import find_dates
from geppo.language.hedges import combine, grade, hedges, negations
from geppo.language.numbers import find_counts
from geppo.language.sentences import Span, blocks, clauses, sentences
from geppo.language.voices import own_observation, voices
from geppo.model.claim import STRENGTH, Rung

LANGUAGES = ("en", "ja", "zh", "ru", "ko", "fr", "ro", "sk", "zh-Hant", "", "??")
PIECES = st.sampled_from(
    [
        *" \n.,;:!?()[]「」『』“”«»（）。、！？-–—~〜%",
        *(
            "2025",
            "25,000",
            "11月",
            "18日",
            "年",
            "November ",
            "May ",
            "18 июня ",
            "2024 года",
            "월 ",
            "일 ",
            "令和7年",
        ),
        *(
            "cannot be ruled out",
            "可能性が高い",
            "很可能",
            "возможно",
            "수 있다",
            "not ",
            "ない",
            "не ",
            "没有",
            "않다",
        ),
        *("According to Oakscan ", "によると、", "据称", "сообщает", "에 따르면 ", "more than ", "約", "более ", "두 "),
        *(
            "# ",
            "- ",
            "**a**",
            "■",
            "U.S. ",
            "т.е. ",
            "192.0.2[.]7",
            "https://example.com/a",
            "\u200b",
            "\u3000",
            "２５",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join))
DAYS = st.dates(min_value=date(1995, 1, 1), max_value=date(2049, 12, 31))


class Stretch(Protocol):
    """Anything with offsets."""

    @property
    def start(self) -> int:
        """First character."""

    @property
    def end(self) -> int:
        """One past the last."""


def _apart(found: Sequence[Stretch], text: str) -> None:
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        at = one.end


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_sentences_cover_what_is_not_blank(text: str, language: str) -> None:
    found = sentences(text, language)
    _apart(found, text)
    rest = list(text)
    for one in found:
        assert text[one.start : one.end] == text[one.start : one.end].strip()
        rest[one.start : one.end] = " " * (one.end - one.start)
    assert not "".join(rest).strip()


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_clauses_lie_inside_their_sentence(text: str, language: str) -> None:
    for sentence in sentences(text, language):
        parts = clauses(text, sentence, language)
        _apart(parts, text)
        assert parts[0].start == sentence.start
        assert parts[-1].end == sentence.end


@given(text=TEXTS)
def test_blocks_are_apart(text: str) -> None:
    _apart(blocks(text), text)


@given(text=TEXTS, language=st.sampled_from(LANGUAGES), published=DAYS)
def test_dates_are_apart(text: str, language: str, published: date) -> None:
    found = find_dates(text, language, published)
    _apart(found, text)
    assert all(one.open in ("", "since", "until") for one in found)


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_numbers_are_apart(text: str, language: str) -> None:
    found = find_counts(text, language)
    _apart(found, text)
    assert all(0 <= one.value <= one.high for one in found)


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_hedges_are_apart(text: str, language: str) -> None:
    whole = Span(start=0, end=len(text))
    found = hedges(text, whole, language)
    _apart(found, text)
    assert all(one.text == text[one.start : one.end] for one in found)
    _apart(negations(text, whole, language), text)
    one = grade(text, whole, language)
    assert one is None or text[one.start : one.end]


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_voices_hold_their_names(text: str, language: str) -> None:
    for one in voices(text, Span(start=0, end=len(text)), language):
        assert 0 <= one.start <= one.name_start < one.name_end <= one.end <= len(text)
    _apart(own_observation(text, language), text)


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_a_clause_has_no_hedge_that_its_sentence_has_not(text: str, language: str) -> None:
    for sentence in sentences(text, language):
        spots = {(one.start, one.end) for one in hedges(text, sentence, language)}
        for part in clauses(text, sentence, language):
            alone = {one.start: one for one in hedges(text, part, language)}
            judged = [one for one in alone.values() if (one.start, one.end) not in spots]
            assert all(one.rung is Rung.LIKELY for one in judged)


@given(text=TEXTS)
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(rungs=st.lists(st.sampled_from(list(Rung)), max_size=5))
def test_combining_is_never_stronger_than_a_hedge(rungs: list[Rung]) -> None:
    combined = combine(rungs)
    assert combined is combine(reversed(rungs))
    graded = [rung for rung in rungs if rung is not Rung.REPORTED] or rungs
    assert STRENGTH[combined] == min((STRENGTH[rung] for rung in graded), default=STRENGTH[Rung.CONFIRMED])


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_is_repeatable(language: str) -> None:
    text = "According to Oakscan, more than 25,000 hosts may have been hit in May 2025.\n\n2025年5月、約30台。"
    span = Span(start=0, end=len(text))
    assert hedges(text, span, language) == hedges(text, span, language)
    assert find_dates(text, language, date(2025, 6, 1)) == find_dates(text, language, date(2025, 6, 1))


def test_a_language_without_folder_reads_neutral() -> None:
    assert languages() == ("en", "ja", "ko", "ru", "zh")
    assert code("zh-Hans_CN") == "zh"
    assert code("../en") == "neutral"
    text = "Le 2025-11-18, c'est possible. Fin."
    assert len(sentences(text, "fr")) == 2
    assert hedges(text, Span(start=0, end=len(text)), "fr") == ()


@pytest.mark.parametrize("piece", ["(", "「", ". ", "...", "may ", "1,", "2025-", "\n", "- a\n", "可能性", "не ", "а"])
def test_time_is_linear_in_the_text(piece: str) -> None:
    """Sixteen times the text may take at most a hundred times as long: squared growth would take 256 times."""

    def read(text: str) -> float:
        began = time.process_time()
        for language in ("en", "ja", "ru"):
            spans = sentences(text, language)
            for span in spans[:50]:
                clauses(text, span, language)
                hedges(text, span, language)
                voices(text, span, language)
            find_dates(text, language, date(2025, 11, 24))
            find_counts(text, language)
        blocks(text)
        return time.process_time() - began

    small = "x" + piece * (2000 // len(piece))
    read(small)
    short = min(read(small + " ") for _ in range(3))
    long = "x" + piece * (32000 // len(piece))
    assert min(read(long + " " * extra) for extra in (0, 1)) < 100 * short + 0.2
