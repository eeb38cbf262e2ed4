"""A marked document in a terminal: golden texts, widths, folding, and nothing that a terminal would obey."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from geppo.cli._marked import cuts, show
from geppo.deliver._marked import Marked, look
from tests.deliver.test_marked import CASES, made


def printed(marked: Marked, width: int, *, every: bool = False, colour: bool = False) -> str:
    """What a terminal of that width gets."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        force_terminal=colour,
        color_system="256" if colour else None,
        no_color=False,
    )
    show(marked, console, every=every)
    return stream.getvalue()


@pytest.mark.parametrize("name", CASES)
def test_golden_text(name: str, golden: Callable[[str, str], None]) -> None:
    language = "ja" if CASES[name]["language"] == "ja" else "en"
    golden(f"read/{name}.80.txt", printed(made(name, language), 80))


def test_golden_text_of_a_narrow_terminal(golden: Callable[[str, str], None]) -> None:
    golden("read/hostile.60.all.txt", printed(made("hostile"), 60, every=True))
    golden("read/japanese.60.txt", printed(made("japanese", "ja"), 60))


@pytest.mark.parametrize("width", [24, 40, 60, 80, 200])
@pytest.mark.parametrize("name", CASES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    for language in ("en", "ja"):
        lines = printed(made(name, language), width, every=True).splitlines()
        assert max(cell_len(line) for line in lines) <= width
        assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("name", CASES)
def test_plain_text_holds_nothing_that_a_terminal_obeys(name: str) -> None:
    text = printed(made(name), 80, every=True)
    assert all(char == "\n" or char.isprintable() or char == "\u00a0" or char == "\u3000" for char in text)


def test_colour_is_ours_alone() -> None:
    text = printed(made("hostile"), 80, colour=True)
    codes = {part.partition("m")[0] for part in text.split("\x1b[")[1:]}
    assert codes and all(set(code) <= set("0123456789;") for code in codes)
    assert "\x1b]" not in text and "[bold]Quiet[/bold]" in text and "[red]our[/red]" in text
    assert "⟨" not in text


def test_folded_lines_come_back_with_all() -> None:
    short, full = printed(made("hostile"), 80), printed(made("hostile"), 80, every=True)
    assert "… 2 lines without findings" in short and "weather was fine" not in short
    assert "weather was fine" in full and "without findings" not in full
    assert "  Indicators" in short, "the heading of what is shown stays"


@given(st.text(alphabet="ab 、。「」漢かー한국‹›[.é2\ufe0f\u200d\u0301", max_size=80), st.integers(4, 20))
def test_broken_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    places = [0, *cuts(text, width, look()), len(text)]
    assert places == sorted(places)
    for start, end in pairwise(places):
        assert cell_len(text[start:end].rstrip(" ")) <= width


@pytest.mark.parametrize(
    ("text", "width", "parts"),
    [
        ("one two three", 8, ["one two ", "three"]),
        ("漢字かな漢字", 8, ["漢字かな", "漢字"]),
        ("漢字かな。漢", 8, ["漢字か", "な。漢"]),
        ("漢字か「な」", 8, ["漢字か", "「な」"]),
        ("모래 항구는 조선소", 12, ["모래 항구는 ", "조선소"]),
        ("aaaaaaaaaaaa", 5, ["aaaaa", "aaaaa", "aa"]),
        ("漢字漢 ‹悪性›漢", 10, ["漢字漢 ", "‹悪性›漢"]),
        ("", 5, [""]),
    ],
)
def test_where_lines_break(text: str, width: int, parts: list[str]) -> None:
    places = [0, *cuts(text, width, look()), len(text)]
    assert [text[a:b] for a, b in pairwise(places)] == parts
