"""Letters of sources: given, by kind, or F; and what corroborates by itself."""

from __future__ import annotations

from typing import Any

import pytest

from geppo.judge.corroborate import Voice, confidence, credibility
from geppo.model.assessment import Assessment, AssessmentKind, Confidence
from geppo.model.claim import Rung
from tests.judge.conftest import House


def voice(grade: str, rung: Rung = Rung.CONFIRMED, primary: bool = True) -> Voice:
    return Voice(root=grade, rung=rung, grade=grade, primary=primary, concluded=False, bloc="")


def weighed(made: Any) -> Assessment:
    (one,) = [one for one in made.judge().assessments if one.kind is AssessmentKind.CORROBORATION]
    assert isinstance(one, Assessment)
    return one


@pytest.mark.parametrize(
    ("kind", "given", "letter", "point"),
    [
        ("", "", "F", 0.71), ("", "C", "C", 0.71), ("", "A", "A", 0.91), ("", "E", "E", 0.5),
        ("vendor", "", "B", 0.83), ("vendor", "D", "D", 0.6), ("vendor", "F", "F", 0.71), ("vendor", "A", "A", 0.91),
        ("press", "", "C", 0.71), ("blog", "", "F", 0.71), ("blog", "D", "D", 0.6),
    ],
)  # fmt: skip
def test_letter_and_likelihood_of_one_observation(made: Any, kind: str, given: str, letter: str, point: float) -> None:
    """A given letter wins over the kind; own observation lifts a kind to F and no given letter."""
    if kind:
        made.catalogue.houses = {"Osterlund Labs": House(id="org/o", name="Osterlund Labs", kind=kind)}
    made.catalogue.grades = {"Osterlund Labs": given} if given else {}
    made.report("lab", "Osterlund Labs (Osterlund Threat Team)", own=True)
    made.claim("lab", "A", "uses", "B")
    one = weighed(made)
    assert one.get("reliability") == letter
    assert one.likelihood is not None
    assert one.likelihood.point == pytest.approx(point, abs=0.01)
    assert one.evidence[0].reason.startswith(letter)


@pytest.mark.parametrize(("given", "letter"), [("", "C"), ("A", "C"), ("D", "D"), ("E", "E"), ("F", "C")])
def test_a_speaker_whom_only_others_quote(made: Any, given: str, letter: str) -> None:
    made.catalogue.grades = {"osterlund labs": given} if given else {}
    made.report("paper", "The Harbour Post", cites=["Osterlund Labs"])
    made.claim("paper", "A", "uses", "B", voices=["Osterlund Labs"])
    assert weighed(made).get("reliability") == letter


@pytest.mark.parametrize(
    ("grades", "evidence", "level"),
    [
        ("BB", False, "high"), ("BF", False, "high"), ("FF", True, "moderate"), ("F", True, "low"), ("D", True, "low"),
        ("C", True, "moderate"), ("C", False, "low"), ("A", True, "moderate"), ("", True, "low"),
    ],
)  # fmt: skip
def test_confidence_rests_on_a_source_that_was_judged(grades: str, evidence: bool, level: str) -> None:
    assert confidence([voice(grade) for grade in grades], evidence) is Confidence(level)


def test_a_weak_hedge_or_a_repeat_carries_no_confidence() -> None:
    assert confidence([voice("A", Rung.POSSIBLE), voice("A", Rung.SUGGESTS)], True) is Confidence.LOW
    assert confidence([voice("A", primary=False)] * 2, True) is Confidence.LOW


@pytest.mark.parametrize(
    ("voices", "opposed", "evidence", "mark"),
    [
        ("AA", "", False, "1"), ("FF", "", False, "1"), ("A", "", True, "2"), ("F", "", True, "2"),
        ("A", "", False, "3"),
        ("AA", "F", True, "3"), ("A", "F", True, "5"), ("", "", True, "6"), ("", "F", True, "5"),
    ],
)  # fmt: skip
def test_credibility_comes_from_corroboration_alone(voices: str, opposed: str, evidence: bool, mark: str) -> None:
    hearsay = [voice("C", primary=False)]
    against = [voice(grade) for grade in opposed]
    assert credibility([voice(grade) for grade in voices] + hearsay, against, evidence) == mark


def test_a_weak_hedge_of_all_is_possible_and_no_more() -> None:
    assert credibility([voice("A", Rung.POSSIBLE), voice("A", Rung.OPEN)], [], True) == "3"
    assert credibility([voice("A", Rung.POSSIBLE), voice("A", Rung.LIKELY)], [], True) == "1"
