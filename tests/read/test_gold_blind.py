"""The blind gold texts (tests/cases/gold_blind) are well formed. They are measured by `python -m bench.gold --blind`
and never asserted on: a test that fails on one of them would have rules mended for it.
"""

from __future__ import annotations

from typing import Any

import pytest

from bench import gold
from geppo.model.claim import Predicate, Rung

CASES = [case for path in sorted(gold.BLIND.glob("*.toml")) for case in gold.cases(path.stem, gold.BLIND)]


def _words(case: dict[str, Any]) -> list[str]:
    said = [claim.get(role, "") for claim in case["claims"] for role in ("subject", "object", "voice")]
    return [*said, *(name for _, name in case["known"])]


def test_each_language_has_its_texts_and_about_a_third_invite_an_error() -> None:
    counts = {
        path.stem: (len(cases), sum(case.get("near", False) for case in cases))
        for path in gold.BLIND.glob("*.toml")
        for cases in (gold.cases(path.stem, gold.BLIND),)
    }
    assert counts.keys() == {"en", "ja", "zh", "ru", "ko"}
    assert all(total >= 30 and 0.25 <= near / total <= 0.45 for total, near in counts.values()), counts


def test_ids_are_distinct() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_annotations_speak_of_the_words_and_the_vocabulary(case: dict[str, Any]) -> None:
    assert case["set"] == "blind"
    assert [words for words in _words(case) if words not in case["text"]] == []
    assert all(kind in gold.KINDS for kind, _ in case["known"])
    for claim in case["claims"]:
        Predicate(claim["predicate"])
        Rung(claim["hedge"])
