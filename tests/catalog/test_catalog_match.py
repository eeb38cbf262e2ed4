"""Matching: cases in five languages, then what must hold for any text."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.catalog import Catalog, Name
from geppo.model.entity import Kind

FOLDER = Path(__file__).parents[1] / "cases/catalog"
KINDS = {"sectors": ["sector"], "places": ["location"]}
"""Kinds that a file of cases compares where a case does not say so itself."""


def _cases(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return [{"kinds": KINDS.get(name, []), **row} for row in rows]


CASES = [case for name in ("match", "sectors", "places", "apart") for case in _cases(name)]
LANGUAGES = ("en", "ja", "zh", "ru", "ko")
PIECES = (
    "Lazarus Group", "APT 29", "Play", "ransomware", "the", "US", "米", "露朝", "日", "タイ", "北·러", "росси", "АРТ31",
    "\u200b", "\u00ad", "İ", "ß", "ﬁ", "Ｌ", "ｶﾞ", "\n", " ", ".", "、", "[.]", "https://", "@", "·", "'s", "s",
    "İstanbul", "中", "Sino-Russian", "российско-китайских", "한미", "海地区", "𝐀𝐏𝐓",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_cases(catalog: Catalog, case: dict[str, Any]) -> None:
    found = [
        [mention.surface, mention.id]
        for mention in catalog.match(case["text"], case["language"])
        if mention.kind in case["kinds"]
    ]
    assert found == case["found"]


@given(text=TEXTS, language=st.sampled_from((*LANGUAGES, "xx")))
@settings(max_examples=250, deadline=None)
def test_offsets_slice_the_surface_and_nothing_overlaps(text: str, language: str) -> None:
    end = 0
    for mention in Catalog.load().match(text, language):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.surface
        assert mention.name
        end = mention.end


@given(text=TEXTS, before=st.sampled_from(("", "x y. ", "前。", "\u200b\n")))
@settings(max_examples=100, deadline=None)
def test_a_sentence_before_only_moves_the_offsets(text: str, before: str) -> None:
    catalog = Catalog.load()
    alone = catalog.match("\n\n" + text, "en")
    moved = catalog.match(before + "\n\n" + text, "en")
    assert [(m.start + len(before), m.surface) for m in alone] == [(m.start, m.surface) for m in moved]


def test_the_same_text_gives_the_same_answer(catalog: Catalog) -> None:
    text = "".join(case["text"] for case in CASES)
    assert catalog.match(text, "en") == catalog.match(text, "en")


def test_names_of_this_month(catalog: Catalog) -> None:
    extra = (
        Name(kind=Kind.INTRUSION_SET, id="new:Velvet Harrow", name="Velvet Harrow", forms=("ベルベットハロー",)),
        Name(kind=Kind.MALWARE, id="new:QuarkMoth", name="QuarkMoth"),
    )
    text = "Velvet Harrow ran QuarkMoth, not velvet harrow or QuarkMoths2."
    assert catalog.match(text, "en") == ()
    found = catalog.match(text, "en", extra)
    assert [(m.kind, m.id, m.surface) for m in found] == [
        (Kind.INTRUSION_SET, "new:Velvet Harrow", "Velvet Harrow"),
        (Kind.MALWARE, "new:QuarkMoth", "QuarkMoth"),
    ]
    (kana,) = catalog.match("「ベルベットハロー」", "ja", extra)
    assert (kana.id, kana.name) == ("new:Velvet Harrow", "Velvet Harrow")


def test_a_listed_name_wins_over_a_new_one(catalog: Catalog) -> None:
    extra = (Name(kind=Kind.MALWARE, id="new:APT29", name="APT29"),)
    (mention,) = catalog.match("APT29", "en", extra)
    assert mention.id == "actor/apt29"


def test_a_name_in_another_script_has_a_name_that_every_edition_can_print(catalog: Catalog) -> None:
    (mention,) = catalog.match("ラザルス", "ja")
    assert (mention.surface, mention.name) == ("ラザルス", "Lazarus Group")


def test_what_the_rest_of_the_text_tells_decides_a_bare_name(catalog: Catalog) -> None:
    bare = [m.kind for m in catalog.match("Sofacy came back.", "en")]
    told = [
        m.kind for m in catalog.match("The backdoor Sofacy is old.\n\n" + "Much later we saw Sofacy come back.", "en")
    ]
    assert bare == [Kind.INTRUSION_SET]
    assert [kind for kind in told if kind in (Kind.INTRUSION_SET, Kind.MALWARE)] == [Kind.MALWARE, Kind.MALWARE]


def test_long_hostile_texts_take_linear_time(catalog: Catalog) -> None:
    for piece in ("US ", "Play group ", "[.]", "\u200b", "(", "росси", "日米", "a"):
        assert isinstance(catalog.match(piece * 20_000, "ja"), tuple)
