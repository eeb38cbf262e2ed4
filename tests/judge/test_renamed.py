"""Aliases that a repeat swaps; one that it adds, translates or misspells is no drift."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo import config
from geppo.catalog import Catalog
from geppo.config import Settings
from geppo.judge.month import judge_month
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.entity import Kind, Term
from geppo.model.time import Period
from geppo.pipeline import loose_document, read_documents
from tests.judge.conftest import Made, load_settings


def renamed(assessments: tuple[Assessment, ...]) -> list[Assessment]:
    return [one for one in assessments if one.kind is AssessmentKind.DRIFT and one.get("what") == "alias"]


def test_case(renamed_case: Any, settings: Settings) -> None:
    made = renamed_case.make(settings)
    found = renamed(made.judge().assessments)
    changes = [
        [made.name_of(one.get("repeat")), *(one.get(name) for name in ("root_value", "repeat_value", "against"))]
        for one in found
    ]
    assert sorted(changes) == renamed_case.expect["changes"]
    assert all(one.claims and one.origins.repeats == (one.get("repeat"),) for one in found)


NAMES = ("Copper Lynx", "Grey Hare", "Iron Quail", "Tin Weasel")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=4))
def test_a_repeat_that_says_the_same_never_drifts(pairs: list[tuple[str, str]]) -> None:
    made = Made(settings=load_settings())
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True)
    made.report("en", "The Harbour Post", "2030-05-05", cites=["Osterlund Labs"])
    for report in ("lab", "en"):
        for pair in pairs:
            one, other = (Term(kind=Kind.INTRUSION_SET, id=f"new:{name}", name=name) for name in pair)
            made.claim(report, one, "same-as", other)
    assert renamed(made.judge().assessments) == []


ROOT = "We observed the group Copper Lynx (also known as Grey Hare) in networks of manufacturers in Japan."
REPEATS = {
    (
        "en",
        "The Harbour Post",
    ): "According to Osterlund Labs, Copper Lynx, also tracked as {}, attacked firms in Japan.",
    ("ja", "霧灯ニュース"): "Osterlund Labsによると、攻撃グループ「Copper Lynx」（別名：{}）が日本の製造業を攻撃した。",
    ("zh", "寒江新闻"): "据Osterlund Labs称，黑客组织Copper Lynx（又称{}）攻击了日本制造商。",
    (
        "ru",
        "Вестник",
    ): "По данным Osterlund Labs, группировка Copper Lynx (также известная как {}) атаковала заводы в Японии.",
    ("ko", "새빛일보"): "Osterlund Labs에 따르면 해킹조직 Copper Lynx(일명 {})가 일본 제조업체를 공격했다.",
}


@pytest.mark.parametrize(("alias", "wrong"), [("Iron Quail", 5), ("Grey Hare", 0)])
def test_in_five_languages(alias: str, wrong: int) -> None:
    documents = [loose_document(ROOT, "en", date(2030, 5, 4), "Osterlund Labs")]
    documents += [
        loose_document(text.format(alias), language, date(2030, 5, 6), house)
        for (language, house), text in REPEATS.items()
    ]
    catalog = Catalog.load()
    read = read_documents(documents, catalog)
    judged = judge_month(
        read.reports, read.claims, period=Period(year=2030, month=5), catalog=catalog, settings=config.load()
    )
    found = renamed(judged.assessments)
    assert len(found) == wrong
    assert {(one.get("root_value"), one.get("repeat_value")) for one in found} <= {("Grey Hare", "Iron Quail")}
