"""Expressions asked without RE2's wrapper give what the wrapper gives."""

from __future__ import annotations

import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geppo import linear

PATTERNS = (
    r"a*",
    r"(は|が)(、)?",
    r"\bab\b",
    r"^a|b$",
    r"(?P<one>[a-z]+)?(?P<two>[あ-ん])",
    r"(?i)A.b",
    r"[^a]+",
    r"",
)
TEXTS = st.text(alphabet="abAB あはが、é🙂\n", max_size=24)


def _seen(match: linear.Match | None) -> object:
    if match is None:
        return None
    groups = range(len(match.groups()) + 1)
    return (
        [(match.span(number), match.start(number), match.end(number), match[number]) for number in groups],
        match.groups("none"),
        match.groupdict(),
        match.lastindex,
        match.lastgroup,
        match.group(),
        match.group(0, *groups),
    )


def test_the_matcher_of_this_release_is_used() -> None:
    assert isinstance(linear.compile("a"), linear.Pattern)


@pytest.mark.parametrize("pattern", PATTERNS)
@example(text="、、AAAA", pos=None, endpos=1)
@settings(deadline=None)
@given(text=TEXTS, pos=st.none() | st.integers(-2, 26), endpos=st.none() | st.integers(-2, 26))
def test_every_question_has_the_same_answer(pattern: str, text: str, pos: int | None, endpos: int | None) -> None:
    ours, theirs = linear.compile(pattern), re2.compile(pattern)
    for name in ("search", "match", "fullmatch"):
        assert _seen(getattr(ours, name)(text, pos, endpos)) == _seen(getattr(theirs, name)(text, pos, endpos))
        assert _seen(getattr(ours, name)(text)) == _seen(getattr(theirs, name)(text))
    for stretch in ((), (pos, endpos)):
        assert [_seen(one) for one in ours.finditer(text, *stretch)] == [
            _seen(one) for one in theirs.finditer(text, *stretch)
        ]
    data = text.encode()
    assert [_seen(one) for one in linear.within(ours, text, data)] == [_seen(one) for one in theirs.finditer(text)]
    for stretch in ((), (pos, endpos)):
        assert _seen(ours.search(data, *stretch)) == _seen(theirs.search(data, *stretch))
        assert [_seen(one) for one in ours.finditer(data, *stretch)] == [
            _seen(one) for one in theirs.finditer(data, *stretch)
        ]
    assert ours.sub("-", text) == theirs.sub("-", text) and ours.split(text) == theirs.split(text)


def test_names_and_numbers_of_groups_that_are_none() -> None:
    match = linear.compile("(?P<one>a)").search("a")
    assert match.start("one") == 0 and match.span("one") == (0, 1)
    with pytest.raises(IndexError):
        match.start(2)
    with pytest.raises(IndexError):
        match.group("two")


def test_without_the_matcher_the_wrapper_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "_ANCHOR", None)
    assert not isinstance(linear.compile("a"), linear.Pattern)
    assert linear.compile("a").search("ba").span() == (1, 2)
