"""Relations between states: who targets whom, partners among them, sharing across states."""

from __future__ import annotations

from typing import Any

from geppo.config import Settings
from geppo.model.assessment import Assessment, AssessmentKind


def groups(assessment: Assessment) -> str:
    names = [key for key, _ in assessment.detail if key.endswith(".name")]
    return ", ".join(f"{assessment.get(key)} {assessment.get(key[:-5] + '.origins')}" for key in names)


def test_case(relations_case: Any, settings: Settings) -> None:
    made, expect = relations_case.make(settings), relations_case.expect
    judged = made.judge()
    found = [one for one in judged.assessments if one.kind is AssessmentKind.PARTNER_TARGETING]
    targeting = [[one.get(n) for n in ("source", "target", "agreement", "origins")] + [groups(one)] for one in found]
    assert targeting == expect["targeting"]
    if "word" in expect:
        assert found[0].likelihood is not None
        assert found[0].likelihood.word == expect["word"]
        assert found[0].confidence == expect["confidence"]
    matrix = judged.matrix
    cells = [[matrix.rows[cell.row], matrix.columns[cell.column], cell.partners] for cell in matrix.cells]
    assert cells == expect["matrix"]
    shared = [one.get("states") for one in judged.assessments if one.get("states")]
    assert shared == expect["sharing"]
    if "one_story" in expect:
        (story,) = judged.stories
        assert made.names_of(story.reports) == sorted(expect["one_story"])
        assert made.names_of(story.origins) == expect["story_origins"]
        assert dict(story.score)["pair"] > 0


def test_an_agreement_is_context_and_never_evidence(made: Any) -> None:
    made.report("lab", "Osterlund Labs", own=True)
    made.claim("lab", "CN", "targets", "RU", when="2030-03")
    first = made.judge().assessments
    made.report("old", "Northwire", "2029-12-05")
    made.claim("old", "CN", "signs", "Pact", when="2029-02-01")
    made.claim("old", "RU", "signs", "Pact", when="2029-02-01")
    made.claim("old", "Pact", "enters-into-force", when="2029-12-04")
    (one,) = [one for one in made.judge().assessments if one.kind is AssessmentKind.PARTNER_TARGETING]
    (plain,) = [one for one in first if one.get("predicate") == "targets"] or [None]
    assert plain is None or plain.likelihood == one.likelihood
    assert [part for part in one.evidence if part.used and part.kind != "origin"] == []


def test_what_would_change_it_is_reckoned(made: Any) -> None:
    made.report("lab", "Osterlund Labs", own=True)
    made.claim("lab", "A", "uses", "B", hedge="likely")
    (one,) = [one for one in made.judge().assessments if one.kind is AssessmentKind.CORROBORATION]
    shifts = dict(one.would_change)
    assert shifts["independent-observation"] > 0 > shifts["independent-denial"]
