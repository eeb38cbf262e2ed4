"""The folded copy and its way back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.read.fold import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＣＶＥ－２０２５", "CVE-2025"),
        ("198.\u200b51.\u00ad100", "198.51.100"),
        ("CL\u2010STA\u20110049 \u2013 \u2014", "CL-STA-0049 - -"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("か\u3099", "が"),
        ("㍍", "メートル"),
        ("ﬁle", "file"),
        ("plain ASCII", "plain ASCII"),
        ("漢字とкириллица와 한글", "漢字とкириллица와 한글"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text).text == folded


@pytest.mark.parametrize(
    ("text", "part", "source"),
    [
        ("は198.\u200b51です", "198.51", "198.\u200b51"),
        ("\u200bab\u200b", "ab", "ab"),
        ("高さ㍍だ", "メ", "㍍"),
        ("ｶﾞ!", "ガ", "ｶﾞ"),
        ("ＡＢＣ", "B", "Ｂ"),
    ],
)
def test_the_way_back(text: str, part: str, source: str) -> None:
    folded = fold(text)
    start = folded.text.index(part)
    first, last = folded.original(start, start + len(part))
    assert text[first:last] == source


TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            *"aZ1- \n",
            "Ａ",
            "－",
            "\u200b",
            "\u00ad",
            "\u0301",
            "\u0323",
            "\u3099",
            "か",
            "ﾞ",
            "ｶ",
            "㍍",
            "ᄀ",
            "ᅡ",
            "ᆨ",
            "한",
        ]
    ),
    max_size=40,
).map("".join)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_offsets_never_run_backwards(text: str) -> None:
    folded = fold(text)
    spans = [folded.original(place, place + 1) for place in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert [folded.original(0, place)[1] for place in range(1, len(folded.text) + 1)] == [end for _, end in spans]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_folding_twice_changes_nothing_in_ascii_text(text: str) -> None:
    folded = fold(text).text
    if folded.isascii():
        assert fold(folded).text == folded
    assert not set(folded) & set("\u200b\u00ad\u2011\u2013")


@pytest.mark.parametrize(
    "text", ["e" + "\u0301\u0323" * 100_000, "".join(map(chr, range(0xF900, 0xFAD9))) * 200, "（注）" * 60_000]
)
def test_linear_time(text: str) -> None:
    start = time.process_time()
    fold(text)
    assert time.process_time() - start < 2.0
