"""Folding never moves a character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geppo.catalog.folding import fold, folded, key


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="aB\u200b\u00ad\u2060İ米カ .-"))
def test_spans_point_at_the_characters_as_read(text: str) -> None:
    view = folded(text)
    assert len(view.raw) == len(view.text)
    for place, c in enumerate(view.raw):
        start, end = view.span(place, place + 1)
        assert text[start:end] == c


def test_folding() -> None:
    assert fold("ＡＰＴ－２９\u00a0“Ё”’") == "apt-29 “е”'"
    assert key("Smoke-Loader 2.0") == key("smokeloader20")
