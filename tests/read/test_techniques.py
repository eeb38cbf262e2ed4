"""Techniques in texts: own lines in five languages, near-misses, blind lines, and what holds for any text."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.catalog.attack import techniques
from geppo.catalog.tables import LANGUAGES
from geppo.errors import DataError
from geppo.read.extract.techniques import _cues, find
from geppo.read.triggers import Triggers

CASES = Path(__file__).parents[1] / "cases" / "techniques"
ROOT = Path(__file__).parents[2]

HELD_PRECISION, HELD_RECALL = 0.85, 0.85
"""Floors for the blind lines as they are read now; docs/techniques.md says what they gave when first read."""


def _lines(name: str) -> list[dict[str, Any]]:
    return list(tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))["case"])


def _cases() -> list[Any]:
    return [
        pytest.param(language, case, id=f"{language}-{number}")
        for language in LANGUAGES
        for number, case in enumerate(_lines(language), start=1)
    ]


@pytest.mark.parametrize(("language", "case"), _cases())
def test_a_line_gives_exactly_its_techniques(language: str, case: dict[str, Any]) -> None:
    assert {one.id for one in find(case["text"], language)} == set(case["found"])


def test_there_are_lines_enough_and_near_misses_among_them() -> None:
    count = Counter({language: len(_lines(language)) for language in LANGUAGES})
    assert count["en"] + count["ja"] >= 150
    assert count["zh"] + count["ru"] + count["ko"] >= 60
    for language in LANGUAGES:
        assert sum(not case["found"] for case in _lines(language)) >= 6, language


def test_the_blind_lines_keep_their_floor() -> None:
    hit = extra = missed = 0
    for case in _lines("held"):
        found, asked = {one.id for one in find(case["text"], case["language"])}, set(case["found"])
        hit, extra, missed = hit + len(found & asked), extra + len(found - asked), missed + len(asked - found)
    precision, recall = hit / (hit + extra), hit / (hit + missed)
    print(f"blind lines: precision {precision:.2f}, recall {recall:.2f}")
    assert precision >= HELD_PRECISION
    assert recall >= HELD_RECALL


def test_offsets_are_those_of_the_text_as_read() -> None:
    text = "The attackers du\u200bmped ＬＳＡＳＳ memory, then ran Mimi\u200bkatz."
    assert [text[one.start : one.end] for one in find(text, "en")] == ["du\u200bmped ＬＳＡＳＳ"]
    text = "The attackers ran Mimi\u200bkatz."
    assert [text[one.start : one.end] for one in find(text, "en")] == ["Mimi\u200bkatz"]


def test_a_name_says_so_and_a_description_names_its_cue() -> None:
    name, behaviour = find("Process Injection was seen. The trojan was packed with UPX.", "en")
    assert (name.id, name.how, name.cue) == ("T1055", "name", "Process Injection")
    assert (behaviour.id, behaviour.how, behaviour.name) == ("T1027.002", "behaviour", "Software Packing")
    known = _cues.cues("en")
    assert known
    assert behaviour.cue in {cue.source for cue in known.cues}


def test_an_ordinary_word_is_no_name_without_its_number_or_a_list() -> None:
    assert find("Phishing is a word and Python a language. The Tool was sold.", "en") == ()
    assert [one.id for one in find("Phishing (T1566) was seen.", "en")] == ["T1566"]
    assert [one.id for one in find("Techniques: Tool, Phishing, Keylogging.", "en")] == [
        "T1588.002",
        "T1566",
        "T1056.001",
    ]
    assert [one.id for one in find("Local Account (T1136.001)", "en")] == ["T1136.001"]


def test_what_is_no_attack_by_itself_needs_an_attacker_near_it() -> None:
    line = "It takes a screenshot every minute."
    assert find(line, "en") == ()
    assert [one.id for one in find(f"The trojan was found. {line}", "en")] == ["T1113"]
    far = "The trojan was found. It rained. It snowed. It thawed. " + line
    assert find(far, "en") == ()
    place = far.index("It snowed")
    assert [one.id for one in find(far, "en", hostile=((place, place + 2),))] == ["T1113"]


def test_a_part_that_gives_advice_is_left_out() -> None:
    text = "# Findings\n\nThe trojan adds a Run key.\n\n# Mitigations\n\nThe trojan's Run key is what to look at.\n"
    assert [text[one.start :].startswith("adds a Run key") for one in find(text, "en")] == [True]


def test_the_letters_of_the_cues_are_current() -> None:
    """`python -m tools.compile_cues` after an edit of cues.toml or words.toml keeps the start fast."""
    for language in LANGUAGES:
        known = _cues.cues(language)
        assert known and isinstance(known.prefilter, Triggers), "run python -m tools.compile_cues"


def test_the_letters_never_leave_out_a_cue_that_matches() -> None:
    sys.path.insert(0, str(ROOT))
    try:
        spec = importlib.util.spec_from_file_location("compile_cues", ROOT / "tools/compile_cues.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = json.loads(gzip.decompress(module.compiled()))
    finally:
        sys.path.remove(str(ROOT))
    source = ROOT / "src/geppo/read/extract/techniques" / _cues.TRIGGERS
    assert json.loads(gzip.decompress(source.read_bytes())) == made
    for language in LANGUAGES:
        known = _cues.cues(language)
        assert known
        for case in _lines(language):
            line = case["text"].lower()
            asked = set(known.matching(line))
            matching = {number for number in range(len(known.cues)) if any(True for _ in known.spans(number, line))}
            assert matching <= asked, case["text"]


def test_every_cue_is_for_a_technique_with_a_japanese_label() -> None:
    assert len(_cues.described()) >= 80
    assert [number for number in sorted(_cues.described()) if not techniques()[number].name_ja] == []


def test_a_wrong_cue_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = _cues._file
    broken = {"cue": [{"id": "T1055", "en": ["<nothing>"]}]}
    monkeypatch.setattr(_cues, "_file", lambda name: broken if name == _cues.FILE else real(name))
    with pytest.raises(DataError, match="T1055"):
        _cues.cues.__wrapped__("en")
    broken["cue"][0]["id"] = "T0000"
    with pytest.raises(DataError, match="T0000"):
        _cues.cues.__wrapped__("en")


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("malware steals stole collected files ", "en"),
        ("use ", "en"),
        ("Process Injection, Phishing, ", "en"),
        ("攻撃者はデータを暗号化し", "ja"),
        ("# Recommendations\n\nMalware steals files.\n\n", "en"),
    ],
)
def test_time_is_linear_in_the_length(line: str, language: str) -> None:
    find(line, language)
    start = time.perf_counter()
    find(line * (200_000 // len(line)), language)
    assert time.perf_counter() - start < 5


PIECES = st.sampled_from(
    [
        *"aZ0.,;:!?()[]「」。、 \n\t\u200b\u00ad\u0301ё漢한",
        *(
            "T1566 ",
            "Phishing",
            "Process Injection",
            "the attackers ",
            "dumped LSASS ",
            "did not ",
            "should ",
            "# Advice\n",
        ),
        *(
            "攻撃者は",
            "イベントログを",
            "消去した",
            "確認されていない",
            "злоумышленники ",
            "웹셸",
            "木马",
            "powershell ",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from([*LANGUAGES, "sk", "en-GB"]))
def test_any_text_is_read_and_gives_slices_in_order(text: str, language: str) -> None:
    found = find(text, language)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.id in techniques()
        assert one.cue
