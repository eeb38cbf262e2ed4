"""Stories: clusters over languages, split roundups, names, themes, follow-ups, the made months as wholes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geppo.config import Settings
from geppo.judge._reference import effect, naming, predicates, themes
from geppo.model.claim import Predicate
from geppo.model.edition import Story
from geppo.model.entity import Kind, Term
from geppo.model.observable import Observable, ObservableType, Verdict

MONTHS = {
    "harbor": [
        ["cobaltine-mossline", "harbourbrief-w12", "jnic-mossline-warning", "luye-mossline-scan", "shiomi-not-orb"],
        ["dolsan-glass-ferry", "lindhagen-glass-ferry"],
        [
            "haeum-shared-ip",
            "kirishima-two-groups",
            "lanting-alliance",
            "northquay-shared-server",
            "volnolom-odin-server",
        ],
        ["harbourbrief-w12"],
        ["harbourbrief-w12", "kordon-breakwater"],
        [
            "harbourbrief-w12",
            "minamoto-tidegate",
            "narae-tidegate",
            "portunal-advisory",
            "ravensgate-what-it-is-not",
        ],
        ["harbourbrief-w12", "stackwarden-burrowmite"],
        ["hatoba-notice-2"],
        ["lengwan-sandglass", "quillmark-ashen-caracal", "stepnoy-khartiya", "suzukake-pact"],
        ["portside-grimtally"],
    ],
    "kanto": [
        ["aomine-kazelink", "jnecc-kazelink", "kansoku-kazelink-1", "kansoku-kazelink-2", "sagami-weekly"],
        ["boso-arrest", "sagami-weekly"],
        ["gaiko-weekly-agreement"],
        ["gaiko-weekly-agreement"],
        ["keihin-murasame", "shirakaba-murasame"],
        ["keihin-nullberth", "minatopan-notice-1", "minatopan-notice-2", "sagami-weekly"],
        ["musashi-univ-notice"],
        ["sagami-weekly", "sokai-hollow-reed"],
    ],
}


def reports_of(made: Any, stories: tuple[Story, ...]) -> list[list[str]]:
    return sorted(made.names_of(story.reports) for story in stories)


def test_case(stories_case: Any, settings: Settings) -> None:
    made, expect = stories_case.make(settings), stories_case.expect
    judged = made.judge()
    assert reports_of(made, judged.stories) == expect["stories"]
    if "subjects" in expect:
        assert [term.name for term in judged.stories[0].subjects][: len(expect["subjects"])] == expect["subjects"]
    if "theme" in expect:
        assert judged.stories[0].theme == expect["theme"]


@pytest.mark.parametrize("name", sorted(MONTHS))
def test_a_made_month_falls_into_its_stories(name: str, month_reader: Any) -> None:
    made = month_reader(name).made
    assert reports_of(made, made.judge().stories) == MONTHS[name]


def test_a_report_without_claims_joins_by_its_names(month_reader: Any) -> None:
    made = month_reader("kanto").made
    silent = made.reports["keihin-murasame"].id
    made.claims = [claim for claim in made.claims if claim.report != silent]
    story = made.story(made.judge(), "shirakaba-murasame")
    assert silent in story.reports


def test_a_report_without_claims_joins_by_the_number_of_a_flaw(made: Any) -> None:
    flaw = Term(kind=Kind.VULNERABILITY, id="cve/CVE-2030-1111", name="CVE-2030-1111")
    made.report("lab", "Osterlund Labs", own=True)
    made.claim("lab", "attackers", "exploits", flaw)
    for name, number in (("same", "CVE-2030-1111"), ("other", "CVE-2030-2222")):
        made.report(name, f"House {name}", text=number)
        seen = Observable(
            type=ObservableType.CVE, value=number, start=0, end=len(number), defanged=False,
            verdict=Verdict.UNKNOWN, reason="",
        )  # fmt: skip
        made.reports[name] = replace(made.reports[name], observables=(seen,))
    assert reports_of(made, made.judge().stories) == [["lab", "same"]]


def earlier_story(*subjects: Term, claims: tuple[str, ...] = ()) -> Story:
    return Story(
        id="s-earlier",
        subjects=subjects,
        reports=(),
        origins=(),
        claims=claims,
        assessments=(),
        theme="espionage",
        score=(),
        rank=1,
    )


def test_follow_up_needs_a_new_dated_fact(made: Any) -> None:
    lynx = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
    made.report("a", "Osterlund Labs", own=True)
    made.claim("a", lynx, "targets", "JP")
    before = earlier_story(lynx)
    (stale,) = made.judge([before]).stories
    made.claim("a", lynx, "targets", "KR", when="2030-05-09")
    (fresh,) = made.judge([before]).stories
    assert stale.previously and fresh.previously
    assert dict(stale.score)["novelty"] < 0 < dict(fresh.score)["novelty"]
    (new,) = made.judge([earlier_story(Term(kind=Kind.MALWARE, id="new:x", name="X"))]).stories
    assert not new.previously
    assert dict(new.score)["novelty"] > dict(fresh.score)["novelty"]


def test_stories_of_other_months_come_last(made: Any) -> None:
    lynx = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
    hare = Term(kind=Kind.INTRUSION_SET, id="new:grey-hare", name="Grey Hare")
    made.report("old", "Osterlund Labs", "2030-04-30", own=True)
    made.report("new", "Daily Gull", "2030-05-31")
    made.report("late", "Harbour Post", "2030-06-01")
    made.claim("old", lynx, "disrupts", "JP", count=(900000, "person"))
    made.claim("new", hare, "has-nexus", "KR", hedge="possible")
    made.claim("late", hare, "has-nexus", "KR", hedge="possible")
    first, second = made.judge().stories
    assert made.names_of(first.reports) == ["late", "new"]
    assert made.names_of(second.reports) == ["old"]
    assert dict(second.score)["out-of-period"] < 0
    assert "out-of-period" not in dict(first.score)
    assert (first.rank, second.rank) == (1, 2)


def test_reference_data_know_every_kind_and_predicate() -> None:
    assert set(naming()) == set(Kind)
    assert all(0.0 <= effect(predicate) <= 1.0 for predicate in Predicate)
    assert predicates("hostile") <= predicates("observed")
    assert len({theme.id for theme in themes()}) == len(themes())
