"""A sentence has an end: a page without full stops is read in pieces, whatever stands in it."""

from __future__ import annotations

import pytest

from geppo.language.sentences import LONGEST, LONGEST_WIDE, Span, sentences


def _bare(text: str, spans: tuple[Span, ...]) -> str:
    return "".join("".join(text[span.start : span.end].split()) for span in spans)


@pytest.mark.parametrize(
    ("piece", "language", "most"),
    [
        ("the group used X against banks, ", "en", LONGEST),
        ("a", "en", LONGEST),
        ("группа атаковала банк, ", "ru", LONGEST),
        ("攻撃グループが銀行を狙い、", "ja", LONGEST_WIDE),
        ("攻击", "zh", LONGEST_WIDE),
        ("은행을 공격하고, ", "ko", LONGEST_WIDE),
    ],
)
def test_what_is_too_long_is_cut_and_nothing_lost(piece: str, language: str, most: int) -> None:
    text = piece * (4 * most // len(piece))
    spans = sentences(text, language)
    assert len(spans) >= 4 and max(span.end - span.start for span in spans) <= most
    assert min(span.end - span.start for span in spans[:-1]) > most // 2
    assert _bare(text, spans) == "".join(text.split())
    for span in spans[:-1] if len(piece) > 2 else ():
        assert text[span.end - 1] in ",、" or text[span.end] in " ,"


def test_a_long_sentence_that_is_none_too_long_stays_whole() -> None:
    text = "the group used X against banks, " * 40
    assert len(sentences(text, "en")) == 1 and LONGEST_WIDE < len(text) < LONGEST
