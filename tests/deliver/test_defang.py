"""What a person sees of text from outside."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import re2
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo.deliver._shown import defang, quiet, shown, visible, web_address

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "deliver" / "defang.toml").read_text(encoding="utf-8"))
CLICKABLE = re2.compile(
    r"(?i)https?://|(^|[^0-9.])[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}($|[^0-9.])|[a-z0-9]\.com($|[^a-z0-9.-])"
)
PARTS = st.lists(
    st.sampled_from(
        [
            "http://",
            "https://",
            "a",
            "evil",
            ".",
            "com",
            "co.jp",
            "192.0.2.1",
            ":",
            "::1",
            "2001:db8",
            "@",
            "/",
            " ",
            "。",
            "は",
        ]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize("case", CASES["hit"], ids=lambda case: case["text"])
def test_breaks_what_can_be_clicked(case: dict[str, str]) -> None:
    assert defang(case["text"]) == case["shown"]


@pytest.mark.parametrize("case", CASES["near"], ids=lambda case: case["text"])
def test_leaves_the_rest(case: dict[str, str]) -> None:
    assert defang(case["text"]) == case["text"]


@effort(deadline=None)
@given(PARTS)
def test_twice_is_once_and_nothing_is_left_to_click(text: str) -> None:
    once = defang(text)
    assert defang(once) == once
    assert not CLICKABLE.search(once)


@effort(deadline=None)
@given(st.text())
def test_any_text_can_be_shown(text: str) -> None:
    made = shown(text)
    made.encode("utf-8")
    assert all(ord(char) >= 32 for char in made)


def test_direction_tricks_and_controls_are_gone() -> None:
    assert visible("a\u202egpj.exe\u202c\x00\x1b[31m\u2066b\u200f\ufeff") == "agpj.exe[31mb"
    assert visible("one\ntwo\tthree") == "one two three"
    assert quiet("⚡ Weekly 🦅 Recap ✅") == "Weekly Recap"


@pytest.mark.parametrize("url", ["https://a.example/x?y=1#z", "http://例え.jp/", "HTTPS://A.EXAMPLE/"])
def test_web_addresses_may_be_links(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://user@host/",
        "https://[bad",
        'https://a.example/"onclick=',
        "https://a.example/ b",
        "//a.example",
        "",
        "https://a.example/" + "x" * 3000,
        "https://a.example/\u202ex",
    ],
)
def test_nothing_else_becomes_a_link(url: str) -> None:
    assert web_address(url) == ""
