"""What more, or fewer, origins report than before: said with its basis, its confidence apart, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Origins
from geppo.model.edition import EditionKind, Month, Role
from geppo.model.entity import Kind, Term
from geppo.pipeline import MonthReader
from geppo.write.edition import Writer
from tests.conftest import made_month


def _trend(month: Month, direction: str = "rising", **changed: str) -> Assessment:
    claim = next(claim for claim in month.claims if claim.report in month.stories[0].reports)
    detail = {
        "what": "targets", "category": "sector/energy", "direction": direction, "months": "5", "now": "7",
        "before": "4", "panel": "11", "exposure.before": "46", "p": "0.0004", **changed,
    }  # fmt: skip
    return Assessment(
        id=f"a-trend-{direction}", kind=AssessmentKind.TREND,
        subjects=(Term(kind=Kind.SECTOR, id="sector/energy", name="energy"),), claims=(claim.id,), likelihood=None,
        confidence=Confidence.MODERATE, origins=Origins(roots=(claim.report,), repeats=()),
        detail=tuple(detail.items()),
    )  # fmt: skip


def _opening(month: Month, language: str) -> list[tuple[Role, str]]:
    reader = MonthReader(Catalog.load(), (), month.period.span.end)
    made = Writer(month, EditionKind.MEMBER, Catalog.load(), reader).editions()
    edition = next(one for one in made if one.language == language)
    return [(one.role, one.text) for paragraph in edition.opening.paragraphs for one in paragraph]


_SAID = {
    "ja": (
        "以前の 5 か月と比べ、エネルギー分野への攻撃を報告する発信元が増えています"
        "（2026 年 4 月は 11 者中 7 者、以前は延べ 46 者月で 4 件）。",
        "この増減についての確信度は「中」です。",
    ),
    "en": (
        "Compared with the 5 months before, more origins report attacks on the energy sector: "
        "7 of 11 houses in April 2026, against 4 in 46 house-months.",
        "Our confidence in this change is moderate.",
    ),
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_rise_is_said_with_its_basis_and_its_confidence_apart(language: str) -> None:
    month = made_month("kanto").month
    told = _opening(replace(month, assessments=(*month.assessments, _trend(month))), language)
    assert (Role.TREND, _SAID[language][0]) in told
    assert (Role.CONFIDENCE, _SAID[language][1]) in told


def test_a_month_without_a_trend_says_nothing_of_tempo() -> None:
    assert all(role not in (Role.TREND, Role.CONFIDENCE) for role, _ in _opening(made_month("kanto").month, "en"))


@pytest.mark.parametrize(
    "changed",
    [{"what": "nothing-known"}, {"what": "acts"}],
    ids=["a category without words", "a pair with one side"],
)
def test_what_cannot_be_named_is_not_said(changed: dict[str, str]) -> None:
    month = made_month("kanto").month
    told = _opening(replace(month, assessments=(*month.assessments, _trend(month, **changed))), "en")
    assert all(role is not Role.TREND for role, _ in told)


def test_a_fall_is_called_a_fall_and_rises_come_first() -> None:
    month = made_month("kanto").month
    both = (_trend(month, "falling", p="0.00001"), _trend(month))
    month = replace(month, assessments=(*month.assessments, *both))
    told = [text for role, text in _opening(month, "en") if role is Role.TREND]
    assert ["more origins" in told[0], "fewer origins" in told[1]] == [True, True]
