"""robots.txt by cases, and in linear time on hostile rules."""

from __future__ import annotations

import time
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.collect._robots import parse
from tests.conftest import CASES

ALL = tomllib.loads((CASES / "collect" / "robots.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_rules(case: dict[str, Any]) -> None:
    robots = parse(case["text"])
    assert [path for path in case.get("yes", ()) if not robots.allows(f"https://a.example{path}")] == []
    assert [path for path in case.get("no", ()) if robots.allows(f"https://a.example{path}")] == []
    assert robots.delay == case.get("delay", 0.0)


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_is_read(text: str, path: str) -> None:
    for given_text in (text, f"User-agent: *\nDisallow: {text}"):
        assert parse(given_text).allows("https://a.example/" + path.replace("/", "")) in {True, False}


def test_a_rule_of_many_stars_takes_linear_time() -> None:
    robots = parse("User-agent: *\n" + ("Disallow: /" + "*a" * 2_000 + "b$\n") * 20)
    start = time.process_time()
    assert robots.allows("https://a.example/" + "a" * 20_000)
    assert time.process_time() - start < 1
