"""Contradictions: both values with their speakers, the preferred one with its reason, and none invented."""

from __future__ import annotations

from typing import Any

from geppo.config import Settings
from geppo.model.assessment import AssessmentKind

PARTS = ("type", "a", "b", "preferred", "reason", "matches")


def contradictions(made: Any) -> list[Any]:
    return [one for one in made.judge().assessments if one.kind is AssessmentKind.CONTRADICTION]


def test_case(contradict_case: Any, settings: Settings) -> None:
    found = contradictions(contradict_case.make(settings))
    assert sorted([one.get(name) for name in PARTS] for one in found) == contradict_case.expect["found"]
    for one in found:
        assert one.get("a_by") and one.get("b_by")
        assert one.get("a_reports") and one.get("b_reports")
        assert len(one.claims) >= 2


def test_a_value_that_only_a_repeat_gives_has_no_origin(made: Any) -> None:
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True)
    made.report("en", "The Harbour Post", "2030-05-05", cites=["Osterlund Labs"])
    made.claim("lab", "Lynx", "steals", "JP", count=(2, "company"))
    made.claim("en", "Lynx", "steals", "JP", count=(6, "company"), voices=["Osterlund Labs"])
    (one,) = contradictions(made)
    assert (one.get("a_origins"), one.get("b_origins")) == ("1", "0")


def test_signing_and_ratification_are_never_compared(made: Any) -> None:
    made.report("a", "Northwire", "2030-05-02")
    made.report("b", "Daily Gull", "2030-05-03")
    made.claim("a", "RU", "signs", "Pact", when="2029-06-19")
    made.claim("b", "RU", "ratifies", "Pact", when="2029-11-09")
    made.claim("b", "Pact", "enters-into-force", when="2029-12-04")
    assert contradictions(made) == []
