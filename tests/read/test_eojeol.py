"""Korean words: particles by the last letter of their noun, endings by what they make of a verb."""

from __future__ import annotations

import pytest

from geppo.read.frames import frames
from geppo.read.frames.eojeol import ADNOMINAL, FINAL, LINKING, QUOTING, Lexicon


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    known = frames("ko")
    assert known is not None
    return Lexicon(known)


@pytest.mark.parametrize(
    ("word", "particle"),
    [
        ("은행을", "을"), ("조직은", "은"), ("서버로", "로"), ("서울로", "로"), ("기업으로부터", "으로부터"),
        ("국가", ""), ("결과", ""), ("전문가", ""), ("그대로", ""), ("속도", ""),
    ],
)  # fmt: skip
def test_a_particle_suits_the_letter_before_it(lexicon: Lexicon, word: str, particle: str) -> None:
    assert lexicon.particle(word, named=False) == particle


def test_behind_a_name_of_other_letters_any_particle_stands(lexicon: Lexicon) -> None:
    assert lexicon.particle("가", named=True) == "가"
    assert lexicon.particle("이", named=True) == "이"


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("공격한", ADNOMINAL), ("노리는", ADNOMINAL), ("공격했다고", QUOTING), ("훔쳤다는", QUOTING),
        ("침투해", LINKING), ("유출됐으며", LINKING), ("밝혔다", FINAL),
        ("북한", ""), ("피해", ""), ("홈페이지", ""), ("서버까지", ""), ("역할", ""),
    ],
)  # fmt: skip
def test_an_ending_makes_a_predicate(lexicon: Lexicon, word: str, form: str) -> None:
    assert lexicon.form(word) == form
