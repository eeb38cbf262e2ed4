"""Drift: each change of a repeat against its root is named once, and none is invented."""

from __future__ import annotations

from typing import Any

from geppo.config import Settings
from geppo.model.assessment import AssessmentKind


def test_case(drift_case: Any, settings: Settings) -> None:
    made = drift_case.make(settings)
    found = [one for one in made.judge().assessments if one.kind is AssessmentKind.DRIFT]
    changes = [
        [
            made.name_of(one.get("repeat")),
            *(one.get(name) for name in ("what", "root_value", "repeat_value", "direction")),
        ]
        for one in found
    ]
    assert sorted(changes) == drift_case.expect["changes"]
    for one in found:
        assert len(one.claims) == 2
        assert one.likelihood is None
        assert one.confidence is None
        assert one.origins.roots == (one.get("root"),)


def test_hedge_about_another_statement_is_not_compared(made: Any) -> None:
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True)
    made.report("en", "The Harbour Post", "2030-05-05", cites=["Osterlund Labs"])
    made.claim("lab", "Copper Lynx", "targets", "JP", hedge="possible")
    made.claim("en", "Copper Lynx", "targets", "KR", hedge="confirmed", voices=["Osterlund Labs"])
    assert [one for one in made.judge().assessments if one.kind is AssessmentKind.DRIFT] == []


def test_grade_may_stand_in_a_claim_about_the_claim(made: Any) -> None:
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True)
    made.report("en", "The Harbour Post", "2030-05-05", cites=["Osterlund Labs"])
    first = made.claim("lab", "A", "cooperates-with", "B", hedge="suggests")
    made.claim("lab", "Osterlund Labs", "assesses", about=first, grade="low")
    second = made.claim("en", "B", "cooperates-with", "A", hedge="suggests", voices=["Osterlund Labs"])
    made.claim("en", "Osterlund Labs", "assesses", about=second, grade="high")
    found = [one for one in made.judge().assessments if one.kind is AssessmentKind.DRIFT]
    assert [(one.get("what"), one.get("root_value"), one.get("repeat_value")) for one in found] == [
        ("grade", "low", "high")
    ]
