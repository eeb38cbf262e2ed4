"""The checker of made months finds what is wrong in a printed sentence and leaves a right one alone."""

from __future__ import annotations

import random
import re
from datetime import date
from pathlib import Path

import pytest

from bench.months_checked import Checker, printed, style
from bench.months_made import MadeMonth, Page, make_months
from bench.months_words import Statement, World, make_world

BENCH = Path(__file__).parent.parent / "bench"


def _key(world: World, kind: str, number: int = 0) -> str:
    return world.of(kind)[number]


def _case() -> tuple[World, Page, Checker]:
    world = make_world(random.Random(3))
    group, other, malware = _key(world, "group"), _key(world, "group", 1), _key(world, "malware")
    statements = (
        Statement(kind="targets", names=(group, "sector/banks", "country/Poland"), when=date(2025, 3, 1), hedged=True),
        Statement(kind="uses", names=(group, malware), positive=False),
        Statement(kind="size", names=(_key(world, "relay"), "unit/routers"), count=12_400, when=date(2025, 3, 4)),
        Statement(kind="uses", names=(other, malware)),
    )
    page = Page(
        name="a.md",
        url="https://labs.example/a",
        house="house/Brackwater Labs",
        language="en",
        published=date(2025, 3, 9),
        story=1,
        repeats="",
        statements=statements,
        text="",
        data="",
    )
    return world, page, Checker(world, [MadeMonth(period="2025-03", pages=(page,), top=())])


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        ("en", "<G> may have targeted banks in Poland.", []),
        ("en", "<G> targeted banks in Poland.", ["hedge lost"]),
        ("en", "<G> did not use <M>.", []),
        ("en", "<G> used <M>.", ["denied as said"]),
        ("en", "<O> used <M>.", []),
        ("en", "<O> did not use <M>.", ["said as denied"]),
        ("en", "<M> used <O>.", ["roles"]),
        ("en", "The size of <R> was 12,400 routers.", []),
        ("en", "The size of <R> was 12,500 routers.", ["number"]),
        ("en", "<G> may have targeted banks in Poland and Germany.", ["name"]),
        ("en", "Others say that Velmontage may have helped <G>.", ["name"]),
        ("en", "<G> does not rule out anything; it may have targeted banks in Poland.", []),
        ("en", "The intrusion by <G> into Brackwater Labs.", ["roles"]),
        ("en", "Brackwater Labs says that <G> used a C2 server.", []),
        ("en", "Others say that Brackwater Labs set a deadline.", ["roles"]),
        ("ja", "<G> が Brackwater Labs に侵入しました。", ["roles"]),
        ("ja", "<G> がポーランドの銀行を標的にした可能性があります。", []),
        ("ja", "<G> がポーランドの銀行を標的にしました。", ["hedge lost"]),
        ("ja", "<G> が <M> を使用した証拠はありません。", []),
        ("ja", "<G> が <M> を使用しました。", ["denied as said"]),
        ("ja", "<R> の規模は 1.24 万台のルータです。", []),
        ("ja", "<R> の規模は 12.4 万台のルータです。", ["number"]),
        ("ja", "<G> がドイツの銀行を標的にした可能性があります。", ["name"]),
    ],
)
def test_findings(language: str, text: str, wrong: list[str]) -> None:
    world, _, checker = _case()
    names = {"<G>": _key(world, "group"), "<O>": _key(world, "group", 1), "<M>": _key(world, "malware")}
    for slot, key in {**names, "<R>": _key(world, "relay")}.items():
        text = text.replace(slot, world.form(key, language))
    markdown = f"## X\n\n{text}[[1]][1]\n\n- \\[1\\] Labs, [a](<https://labs.example/a>), published\n"
    found = [one for one in printed(markdown, language, _case()[1:2]) if one.place == "text"]
    assert [one.text for one in found] == [text]
    assert [one.what for one in checker.findings(found[0], language)] == wrong


def test_a_run_of_one_shape_is_seen() -> None:
    world, _, checker = _case()
    one, other = (world.form(_key(world, "group", number), "en") for number in (0, 1))
    text = f"{one} used it. {other} used it. By contrast, {one} did not."
    found = style(printed(text, "en", ()), "en", checker, world)
    assert (found.longest_run, found.connectives) == (2, ("", "", "By contrast"))


def test_the_same_seed_gives_the_same_pages() -> None:
    one, other = (make_months(5, date(2025, 3, 1))[1] for _ in range(2))
    assert one == other
    assert all(len(month.pages) >= 12 for month in one)
    assert {page.language for month in one for page in month.pages} >= {"en", "ja"}
    kinds = {statement.kind for month in one for page in month.pages for statement in page.statements}
    assert kinds >= {"targets", "size", "leaks", "exploits"}


def test_the_maker_and_the_checker_know_nothing_of_geppo() -> None:
    for name in ("months_made", "months_checked", "months_words"):
        assert not re.search(r"^(?:from|import) geppo", (BENCH / f"{name}.py").read_text(), re.MULTILINE)
