"""Which claims are one statement: acts in other countries, or against other victims, are other statements."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geppo.judge.month import lay_base
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.entity import Kind, Term

CASES = Path(__file__).parent.parent / "cases" / "judge" / "statements.toml"
ROWS = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
LYNX = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
OFFICES = Term(kind=Kind.SECTOR, id="sector/government", name="government bodies")


def _targets(made: Any, page: str, places: list[str], beside: list[str], negated: bool = False) -> None:
    made.report(page, f"{page.title()} Labs", own=True)
    made.claim(page, LYNX, "targets", OFFICES, negated=negated)
    terms = tuple(("place", made.term(code)) for code in places)
    made.claims[-1] = replace(made.claims[-1], qualifiers=terms)
    for code in beside:
        made.claim(page, LYNX, "targets", code)


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case["id"])
def test_case(case: dict[str, Any], made: Any) -> None:
    for page, row in case["pages"].items():
        _targets(made, page, row.get("places", []), row.get("beside", []))
    base = lay_base(list(made.reports.values()), made.claims, made.catalogue, made.settings)
    found = [
        made.names_of(claim.report for claim in statement.claims)
        for statement in base.statements.values()
        if statement.object == OFFICES
    ]
    assert sorted(found) == case["statements"]


def _of_offices(made: Any, kind: AssessmentKind) -> list[Assessment]:
    return [one for one in made.judge().assessments if one.kind is kind and OFFICES in one.subjects]


def test_three_countries_are_not_three_origins_of_one_statement(made: Any) -> None:
    for page, places in (("ja", ["JP", "TW"]), ("ko", ["KR"]), ("zh", ["VN"])):
        _targets(made, page, places, [])
    found = _of_offices(made, AssessmentKind.CORROBORATION)
    assert [(one.get("origins"), one.get("credibility")) for one in found] == [("1", "3")] * 3


def test_one_statement_of_two_houses_stays_confirmed(made: Any) -> None:
    _targets(made, "ja", ["JP", "TW"], [])
    _targets(made, "ko", ["JP"], [])
    (one,) = _of_offices(made, AssessmentKind.CORROBORATION)
    assert (one.get("origins"), one.get("credibility")) == ("2", "1")


@pytest.mark.parametrize(("denied", "disputes"), [(["JP"], 1), (["VN"], 0)])
def test_a_denial_is_one_where_the_countries_meet(denied: list[str], disputes: int, made: Any) -> None:
    _targets(made, "ja", ["JP", "TW"], [])
    _targets(made, "ko", denied, [], negated=True)
    found = [one for one in made.judge().assessments if one.kind is AssessmentKind.CONTRADICTION]
    assert len(found) == disputes
