"""Every frame is found in its own lines and not in its near misses; mentions are written as [kind:text]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import resources

import pytest

from geppo.errors import DataError
from geppo.language.sentences import Span, clauses
from geppo.model.claim import Bound, Count, Predicate
from geppo.read.frames import frames, possible, statements
from geppo.read.frames.forms import forms_of
from geppo.read.frames.frame import compile_frames
from geppo.read.typed import Item
from geppo.script import plain

LANGUAGES = tuple(
    sorted(
        folder.name
        for folder in resources.files("geppo.language").iterdir()
        if folder.is_dir() and folder.joinpath("frames.toml").is_file()
    )
)


def _lines() -> list[tuple[str, str, str, bool]]:
    return [
        (language, frame.id, line, expected)
        for language in LANGUAGES
        for known in (frames(language),)
        if known is not None
        for frame in known.frames
        for lines, expected in ((frame.match, True), (frame.near, False))
        for line in lines
    ]


def _counted(item: Item) -> Item:
    """A mention of a count with a number."""
    if item.kind not in ("count", "datacount"):
        return item
    return replace(item, count=Count(value=2, bound=Bound.EXACT, unit=item.terms[0]))


@pytest.mark.parametrize(("language", "identity", "line", "expected"), _lines())
def test_frame_line(
    language: str, identity: str, line: str, expected: bool, parsed: Callable[[str], tuple[str, list[Item]]]
) -> None:
    text, items = parsed(line)
    items = [_counted(item) for item in items]
    parts = clauses(text, Span(start=0, end=len(text)), language)
    may = possible(language, text, 0, len(text), items)
    found = [one.frame.id for one in statements(language, text, 0, len(text), items, parts)] if may else []
    assert (identity in found) == expected, found


def test_every_frame_has_a_line() -> None:
    assert [
        frame.id
        for code in LANGUAGES
        for known in (frames(code),)
        if known
        for frame in known.frames
        if not frame.match
    ] == []


def test_an_unknown_kind_is_named_with_its_frame() -> None:
    text = """
        grammar = "svo"
        [[frame]]
        id = "lend"
        predicate = "provides"
        verbs = ["lend"]
        agent = "lender"
        match = ["x"]
    """
    with pytest.raises(DataError, match=r"frame lend: unknown kind 'lender'"):
        compile_frames(text, "made")


def test_forms_of_verbs() -> None:
    assert forms_of("compromise", {})["compromised"] == {"past", "participle"}
    assert forms_of("deny", {})["denies"] == {"s"}
    assert forms_of("hit", {"hit": ["hit", "hit", "hitting"]})["hit"] == {"base", "past", "participle"}
    assert "stopping" in forms_of("stop", {})


def test_frames_speak_the_vocabulary() -> None:
    for language in LANGUAGES:
        known = frames(language)
        assert known is not None
        assert {frame.predicate for frame in known.frames} <= set(Predicate)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The weather was fine.", False),
        ("en", "Was the bank breached?", False),
        ("ja", "天気がよかった。", False),
        ("ja", "攻撃者が銀行を攻撃した。", True),
        ("zh", "天气很好。", False),
        ("zh", "攻击者入侵了银行。", True),
        ("zh", plain("駭客竊取了資料。", "zh"), True),
        ("ru", "Сегодня тепло.", False),
        ("ru", "Хакеры атаковали банк.", True),
        ("fr", "Des pirates ont attaqué une banque.", False),
    ],
)
def test_a_first_look_tells_sentences_without_a_frame(language: str, text: str, expected: bool) -> None:
    assert possible(language, text, 0, len(text), ()) is expected
