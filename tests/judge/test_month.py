"""A month as a whole: the made months' own truth, bounds that hold for any claims, and robustness."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from geppo.config import Settings
from geppo.judge import month
from geppo.judge.corroborate import Voice, combine, confidence, weight
from geppo.judge.month import judge_month
from geppo.model.assessment import AssessmentKind, Band, Confidence
from geppo.model.claim import Predicate, Rung
from geppo.model.time import Period


def kind_of(judged: Any, kind: AssessmentKind) -> list[Any]:
    return [one for one in judged.assessments if one.kind is kind]


@pytest.mark.parametrize("name", ["harbor", "kanto"])
def test_pages_on_one_origin_count_once(name: str, month_reader: Any) -> None:
    """`one_origin` of the truth: for a statement that several of these pages make, one of them is the only root."""
    reader = month_reader(name)
    made = reader.made
    base = month.lay_base(list(made.reports.values()), made.claims, made.catalogue, made.settings)
    shared = 0
    for pages in reader.truth["one_origin"]:
        wanted = {made.reports[page].id for page in pages if page in made.reports}
        for key, statement in base.statements.items():
            makers = {claim.report for claim in statement.claims}
            if len(makers) > 1 and makers <= wanted:
                trace = base.attribution.of(key)
                assert len(trace.roots) == 1, (key, made.names_of(trace.roots))
                shared += 1
    assert shared >= 3


def test_harbor_contradictions_are_those_of_its_truth(month_reader: Any) -> None:
    judged = month_reader("harbor").made.judge()
    found = {(one.get("type"), one.get("a"), one.get("b")) for one in kind_of(judged, AssessmentKind.CONTRADICTION)}
    assert found == {
        ("date", "2026-01-21", "2025-12-21"),
        ("date", "2025-10-12", "2025-10-02"),
        ("identity", "Velvet Osprey", "Dune Marten"),
    }


def test_harbor_drift_is_that_of_its_truth(month_reader: Any) -> None:
    made = month_reader("harbor").made
    found = {
        (made.name_of(one.get("repeat")), one.get("what"), one.get("repeat_value"))
        for one in kind_of(made.judge(), AssessmentKind.DRIFT)
    }
    assert found == {
        ("lanting-alliance", "grade", "high"),
        ("haeum-shared-ip", "grade", "moderate"),
        ("haeum-shared-ip", "date", "2025-12-21"),
    }


def test_harbor_groups_of_two_houses_stay_two(month_reader: Any) -> None:
    (one,) = kind_of(month_reader("harbor").made.judge(), AssessmentKind.PARTNER_TARGETING)
    assert (one.get("source"), one.get("target")) == ("country/IR", "country/TJ")
    assert [one.get("1.name"), one.get("2.name")] == ["Ashen Caracal", "沙漏九号"]
    assert one.get("origins") == "2"
    assert (one.get("signed"), one.get("ratified")) == ("2025-01-17", "2025-05")


def test_harbor_counts_keep_their_counters(month_reader: Any) -> None:
    found = kind_of(month_reader("harbor").made.judge(), AssessmentKind.COUNTING)
    mesh = next(one for one in found if one.get("thing") == "Mossline")
    assert mesh.get("series") == "never"
    assert [(mesh.get(f"{n}.value"), mesh.get(f"{n}.counter")) for n in (1, 2)] == [
        ("31400", "Cobaltine Research"),
        ("18900", "鹿野网络实验室"),
    ]


def test_kanto_hedges_that_a_paper_raised(month_reader: Any) -> None:
    made = month_reader("kanto").made
    found = {
        (made.name_of(one.get("repeat")), one.get("predicate"), one.get("root_value"), one.get("repeat_value"))
        for one in kind_of(made.judge(), AssessmentKind.DRIFT)
    }
    assert found == {
        ("keihin-murasame", "has-nexus", "suggests", "very-likely"),
        ("keihin-murasame", "same-as", "likely", "confirmed"),
    }


def test_order_never_matters(month_reader: Any) -> None:
    made = month_reader("harbor").made
    first = made.judge()
    for seed in range(3):
        order = random.Random(seed)
        items = list(made.reports.items())
        order.shuffle(items)
        made.reports = dict(items)
        order.shuffle(made.claims)
        assert made.judge() == first


def test_ids_are_unique_and_everything_leads_somewhere(month_reader: Any) -> None:
    made = month_reader("harbor").made
    judged = made.judge()
    claims = {claim.id for claim in made.claims}
    reports = {report.id for report in made.reports.values()}
    ids = [one.id for one in judged.assessments]
    assert len(set(ids)) == len(ids)
    for one in judged.assessments:
        assert set(one.claims) <= claims and one.claims
        assert all(root in reports or root.startswith("named:") for root in one.origins.roots)
        assert set(one.origins.repeats) <= reports
    for story in judged.stories:
        assert set(story.assessments) <= set(ids)
        assert set(story.claims) <= claims
        assert story.origins and story.subjects and story.theme
    assert {claim for story in judged.stories for claim in story.claims} == claims


def test_nothing_given_nothing_judged(settings: Settings, made: Any) -> None:
    judged = judge_month([], [], period=Period(year=2030, month=5), catalog=made.catalogue, settings=settings)
    assert (judged.assessments, judged.stories) == ((), ())
    made.report("a", "Daily Gull")
    assert made.judge().stories == ()


def test_claims_of_unknown_reports_are_left_out(made: Any) -> None:
    made.report("a", "Daily Gull")
    made.claim("a", "Lynx", "targets", "JP")
    made.claims.append(replace(made.claims[0], id="c-elsewhere", report="0" * 64))
    (story,) = made.judge().stories
    assert story.claims == ("c-a-0000",)


NOISE = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([predicate.value for predicate in Predicate]),
        st.sampled_from(("Lynx", "Quail", "JP", "RU", "Osterlund Labs", "")),
        st.sampled_from(("Lynx", "Quail", "KP", "Daily Gull", None)),
        st.sampled_from([rung.value for rung in Rung]),
        st.booleans(),
        st.sampled_from(("", "2030-05-03", "2030", "2029-01-01/2030-02-02")),
        st.sampled_from((None, (0, "device"), (7, "percent"), (1e12, "otters"))),
        st.sampled_from(((), ("Daily Gull",), ("researchers",), ("A", "B", "C"))),
    ),
    max_size=12,
)


@given(rows=NOISE)
@profile(max_examples=120, deadline=None)
def test_noisy_claims_are_judged_within_bounds(fresh: Any, rows: list[Any]) -> None:
    made = fresh()
    for number, publisher in enumerate(("Osterlund Labs", "Daily Gull", "Osterlund Labs", "")):
        made.report(f"p{number}", publisher, f"2030-05-{number + 1:02d}", own=number == 0, cites=["Daily Gull", ""])
    for page, predicate, subject, obj, hedge, negated, when, count, voices in rows:
        made.claim(
            f"p{page}", subject, predicate, obj, hedge=hedge, negated=negated, when=when, count=count, voices=voices
        )
    judged = made.judge()
    assert made.judge() == judged
    for one in judged.assessments:
        if one.likelihood is not None:
            assert 0.01 <= one.likelihood.low <= one.likelihood.point <= one.likelihood.high <= 0.99
    assert [story.rank for story in judged.stories] == list(range(1, len(judged.stories) + 1))


def voice(rung: Rung, grade: str = "B", root: str = "r", **more: Any) -> Voice:
    parts = {"primary": True, "concluded": False, "bloc": "", **more}
    return Voice(root=root, rung=rung, grade=grade, **parts)


def test_words_of_one_and_two_sources(settings: Settings) -> None:
    """A flat B source: 5/(1+5) = .83; two: odds 25, .96. A conclusion of one: 1/2 + .6 * .333 = .70."""
    one = combine([voice(Rung.CONFIRMED)], [], settings)
    two = combine([voice(Rung.CONFIRMED, root="a"), voice(Rung.CONFIRMED, root="b")], [], settings)
    conclusion = combine([voice(Rung.CONFIRMED, concluded=True)], [], settings)
    assert one and two and conclusion
    assert one.point == pytest.approx(5 / 6, abs=1e-3)
    assert two.point == pytest.approx(25 / 26, abs=1e-3)
    assert conclusion.point == pytest.approx(0.7, abs=1e-3)
    assert (one.word, two.word, conclusion.word) == (Band.VERY_LIKELY, Band.ALMOST_CERTAIN, Band.LIKELY)


def test_partners_count_half_and_denials_pull_down(settings: Settings) -> None:
    apart = combine([voice(Rung.CONFIRMED, root="a"), voice(Rung.CONFIRMED, root="b")], [], settings)
    bloc = [voice(Rung.CONFIRMED, root=root, bloc="x") for root in "ab"]
    together = combine(bloc, [], settings)
    denied = combine(bloc, [voice(Rung.CONFIRMED, root="c")], settings)
    assert apart and together and denied
    assert denied.point < together.point < apart.point


def test_weak_words_never_pull_each_other_down(settings: Settings) -> None:
    one = combine([voice(Rung.POSSIBLE)], [], settings)
    many = combine([voice(Rung.POSSIBLE, root=str(n)) for n in range(5)], [], settings)
    assert one and many
    assert many.point >= one.point
    assert combine([voice(Rung.NOT_FOUND)], [], settings) is None
    assert weight(0.5, 10.0, 1.0) == 0.0


def test_confidence_by_rule() -> None:
    primary, quoted = voice(Rung.CONFIRMED), voice(Rung.CONFIRMED, primary=False)
    assert confidence([primary, replace(primary, root="b")], False) is Confidence.HIGH
    assert confidence([primary], True) is Confidence.MODERATE
    assert confidence([primary, quoted], False) is Confidence.MODERATE
    assert confidence([primary], False) is Confidence.LOW
    assert confidence([quoted, quoted], True) is Confidence.LOW
    assert confidence([voice(Rung.POSSIBLE), voice(Rung.POSSIBLE, root="b")], True) is Confidence.LOW


def test_a_few_hundred_reports_take_a_moment(fresh: Any) -> None:
    made = fresh()
    order = random.Random(7)
    for number in range(300):
        name = made.report(f"p{number}", f"House {number % 80}", f"2030-05-{number % 28 + 1:02d}", own=number % 5 == 0)
        for _ in range(8):
            group = order.randrange(40)
            made.claim(name, f"Group {group}", "cooperates-with", f"Group {(group + 1) % 40}")
    start = time.process_time()
    made.judge()
    assert time.process_time() - start < 4.0
