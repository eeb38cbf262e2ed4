"""Sentences joined, paragraphs and connectives: what stands side by side is said as what it is, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import Bound, Claim, Count, Hedge, Predicate, Rung
from geppo.model.edition import Edition, EditionKind, Month, Role, Sentence
from geppo.model.entity import Kind, Term
from geppo.model.report import Passage
from geppo.model.time import Period, When, day
from geppo.write.arrange import arrange
from geppo.write.discourse import condensed, connected
from geppo.write.edition import printed_houses
from geppo.write.facts import Fact, standing
from geppo.write.order import in_reading_order, is_essence
from geppo.write.outline import HOSTILE, JOINT, Planner
from geppo.write.statement import Outline, SectionPlan, Statement, statement
from tests.conftest import MONTHS, made_month

_DEVICES = Term(kind=Kind.CONCEPT, id="device/device", name="devices")
_MESH = Term(kind=Kind.INFRASTRUCTURE, id="network/new/mesh", name="Mesh")
_LYNX = Term(kind=Kind.INTRUSION_SET, id="actor/new/lynx", name="Ochre Lynx")
_TOOL = Term(kind=Kind.MALWARE, id="malware/new/mudvane", name="Mudvane")
_STRANGER = Term(kind=Kind.INTRUSION_SET, id="actor/new/stranger", name="Stranger")
_ENERGY = Term(kind=Kind.SECTOR, id="sector/energy", name="energy")
_POLICE = Term(kind=Kind.CONCEPT, id="role/police", name="police")


def _claim(
    number: int,
    predicate: Predicate = Predicate.TARGETS,
    subject: Term = _LYNX,
    object_: Term | None = None,
    *,
    report: str = "d1",
    house: str = "Velmora Research",
    count: float | None = None,
    when: When | None = None,
    rung: Rung = Rung.CONFIRMED,
    negated: bool = False,
    published: date = date(2031, 5, 10),
) -> Claim:
    return Claim(
        id=f"c{number}", report=report, publisher=house, predicate=predicate, subject=subject, object=object_,
        qualifiers=(), count=Count(value=count, bound=Bound.EXACT, unit=_DEVICES) if count else None, when=when,
        hedge=Hedge(rung=rung), negated=negated, voices=(),
        passage=Passage(document=report, start=0, end=1, text="A"), published=published, rule="made",
    )  # fmt: skip


def _said(claim: Claim, parent: str = "", role: Role = Role.CLAIM) -> Statement:
    fact = Fact(claims=(claim,), score=1.0)
    return statement("fact", role, "story", 100.0, claims=fact.ids, facts=(fact,), parent=parent)


def _planner() -> Planner:
    month = replace(made_month("kanto").month, stories=(), claims=(), assessments=(), documents=())
    return Planner(month, Catalog.load())


def _section(paragraphs: Sequence[Sequence[Statement]], sayable: bool = True) -> list[list[Statement]]:
    plan = SectionPlan(
        id="x", theme="x", story="story", heading=paragraphs[0][0], paragraphs=tuple(tuple(one) for one in paragraphs)
    )
    outline = Outline(kind=EditionKind.MEMBER, opening=(), sections=(plan,), key_judgements=(), heads=())
    done = connected(outline, _planner(), lambda _: sayable)
    return [list(one) for one in done.sections[0].paragraphs]


def _targets_and_uses() -> list[Statement]:
    first = _said(_claim(1, Predicate.TARGETS, object_=_ENERGY), role=Role.LEAD)
    return [first, _said(_claim(2, Predicate.USES, object_=_TOOL), first.id)]


class TestJoining:
    def test_two_facts_of_one_report_on_one_subject_become_one_sentence(self) -> None:
        ((whole,),) = _section([_targets_and_uses()])
        assert set(whole.claims) == {"c1", "c2"}
        assert len(whole.facts) == 2

    def test_they_stay_apart_where_the_gate_refuses(self) -> None:
        ((one, other),) = _section([_targets_and_uses()], sayable=False)
        assert (one.claims, other.claims) == (("c1",), ("c2",))

    @pytest.mark.parametrize(
        "other",
        [
            _claim(2, Predicate.USES, object_=_TOOL, report="d2"),
            _claim(2, Predicate.USES, object_=_TOOL, house="Other House"),
            _claim(2, Predicate.USES, object_=_TOOL, rung=Rung.LIKELY),
            _claim(2, Predicate.USES, object_=_TOOL, negated=True),
            _claim(2, Predicate.COUNTS, count=300.0),
            _claim(2, Predicate.TARGETS, object_=_TOOL),
            _claim(2, Predicate.USES, subject=_MESH, object_=_TOOL),
        ],
        ids=["another page", "another house", "hedged", "negated", "a count", "the same verb", "another subject"],
    )
    def test_what_differs_stays_apart(self, other: Claim) -> None:
        first = _said(_claim(1, Predicate.TARGETS, object_=_ENERGY), role=Role.LEAD)
        (said,) = _section([[first, _said(other, first.id)]])
        assert [one.claims for one in said] == [("c1",), ("c2",)]

    def test_the_single_origin_is_said_with_the_lead(self) -> None:
        lead = _said(_claim(1, object_=_ENERGY), role=Role.LEAD)
        origin = statement(
            "origins.single", Role.CAVEAT, "story", 90.0, claims=["c1"], assessments=["a1"], parent=lead.id,
            values={"n": "1", "m": "3"},
        )  # fmt: skip
        rest = _said(_claim(2, Predicate.USES, object_=_TOOL, report="d2"), lead.id)
        whole, after = condensed([lead, origin, rest], True, lambda _: True)
        assert (whole.value("tail"), whole.value("m"), whole.assessments) == ("single", "3", ("a1",))
        assert after.parent == whole.id
        assert condensed([lead, origin, rest], False, lambda _: True) == [lead, origin, rest]

    def test_several_origins_are_never_folded_into_the_lead(self) -> None:
        lead = _said(_claim(1, object_=_ENERGY), role=Role.LEAD)
        origin = statement("origins.several", Role.CAVEAT, "story", 90.0, claims=["c1"], parent=lead.id)
        assert condensed([lead, origin], True, lambda _: True) == [lead, origin]

    def test_a_page_that_credits_nobody_is_not_called_a_repeat(self) -> None:
        lead = _said(_claim(1, object_=_ENERGY), role=Role.LEAD)
        origin = statement(
            "origins.single_unseen", Role.CAVEAT, "story", 90.0, claims=["c1"], assessments=["a1"], parent=lead.id,
            values={"n": "1", "m": "2"},
        )  # fmt: skip
        (whole,) = condensed([lead, origin], True, lambda _: True)
        assert whole.value("tail") == "single_unseen"


class TestSeries:
    def _counts(self, *, rung: Rung = Rung.CONFIRMED) -> list[Statement]:
        days = (date(2031, 3, 1), date(2031, 1, 1), date(2031, 2, 1))
        claims = [
            _claim(
                n, Predicate.COUNTS, _MESH, report=f"d{n}", house=f"House {n}", count=100.0 * n, when=day(at), rung=rung
            )
            for n, at in enumerate(days, start=1)
        ]
        first = _said(claims[0], role=Role.LEAD)
        said = [first, *(_said(claim, first.id) for claim in claims[1:])]
        apart = statement(
            "counting.apart", Role.CAVEAT, "story", 91.0, claims=["c1", "c2", "c3"], assessments=["a1"],
            parent=said[-1].id,
        )  # fmt: skip
        return [*said, apart]

    def test_counts_of_several_houses_are_listed_in_the_order_of_time(self) -> None:
        listed, these = condensed(self._counts(), False, lambda _: True)
        assert listed.form == "counting.listed"
        assert [fact.best.id for fact in listed.facts] == ["c2", "c3", "c1"]
        assert (these.form, these.parent, these.assessments) == ("counting.these", listed.id, ("a1",))

    def test_a_list_too_long_is_told_in_two_sentences(self) -> None:
        def short(said: Statement) -> bool:
            return len(said.facts) <= 2

        listed, single, these = condensed(self._counts(), False, short)
        assert [fact.best.id for fact in listed.facts] == ["c2", "c3"]
        assert single.claims == ("c1",)
        assert {listed.id} == {single.parent, these.parent}

    def test_a_hedged_count_keeps_its_own_sentence(self) -> None:
        counts = self._counts(rung=Rung.LIKELY)
        assert condensed(counts, False, lambda _: True) == counts


class TestConnectives:
    def _kinds(self, *claims: Claim) -> list[str]:
        told = _section([[_said(claim, role=Role.LEAD)] for claim in claims])
        return [paragraph[0].connective.partition(".")[0] for paragraph in told]

    def test_the_first_paragraph_has_none_and_words_take_turns(self) -> None:
        told = _section([[_said(_claim(n, object_=_ENERGY, report=f"d{n}"), role=Role.LEAD)] for n in range(1, 5)])
        assert [one[0].connective for one in told] == ["", "addition.0", "addition.1", "addition.2"]

    def test_by_contrast_only_between_joining_and_attacking(self) -> None:
        joined = _claim(1, Predicate.SHARES, object_=_MESH)
        attack = _claim(2, Predicate.TARGETS, _STRANGER, _LYNX, report="d2")
        other = _claim(3, Predicate.USES, object_=_TOOL, report="d3")
        assert self._kinds(joined, attack) == ["", "contrast"]
        assert self._kinds(attack, joined) == ["", "contrast"]
        assert self._kinds(joined, other) == ["", "addition"]
        assert self._kinds(attack, other) == ["", "addition"]

    def test_no_contrast_where_nobody_of_those_who_join_is_attacked(self) -> None:
        joined = _claim(1, Predicate.SHARES, object_=_MESH)
        for attacker in (_STRANGER, _LYNX):
            assert self._kinds(joined, _claim(2, subject=attacker, object_=_ENERGY, report="d2")) == ["", "addition"]

    def test_no_contrast_where_joining_was_just_told_or_a_contrast_came_just_before(self) -> None:
        attack = _said(_claim(1, Predicate.TARGETS, _STRANGER, _LYNX), role=Role.LEAD)
        also = _said(_claim(2, Predicate.SHARES, object_=_MESH, report="d2", house="B"), attack.id)
        shared = _said(_claim(3, Predicate.SHARES, object_=_MESH, report="d3"), role=Role.LEAD)
        assert _section([[attack, also], [shared]])[-1][0].connective == "addition.0"
        assert _section([[attack], [shared]])[-1][0].connective == "contrast.0"
        rows = [shared, attack, _said(_claim(4, Predicate.SHARES, object_=_MESH, report="d4"), role=Role.LEAD)]
        told = _section([[one] for one in rows])
        assert [one[0].connective for one in told] == ["", "contrast.0", "addition.0"]

    def test_however_before_a_denial_of_what_was_said_and_before_no_other_fact(self) -> None:
        lead = _said(_claim(1, object_=_ENERGY), role=Role.LEAD)
        denied = _said(_claim(2, Predicate.DENIES, _MESH, report="d2"), lead.id)
        ((_, second),) = _section([[lead, denied]])
        assert second.connective == "however.0"
        more = _said(_claim(3, Predicate.USES, object_=_TOOL, report="d2"), lead.id)
        ((_, second),) = _section([[lead, more]])
        assert second.connective == ""

    def test_however_before_a_negated_fact_only_where_it_limits_what_was_said(self) -> None:
        lead = _said(_claim(1, object_=_ENERGY), role=Role.LEAD)
        for predicate, object_, kind in (
            (Predicate.CLASSIFIES, _TOOL, "however.0"),
            (Predicate.USES, _TOOL, ""),
            (Predicate.TARGETS, _ENERGY, "however.0"),
            (Predicate.TARGETS, _TOOL, ""),
        ):
            denied = _said(_claim(2, predicate, object_=object_, report="d2", negated=True), lead.id)
            ((_, second),) = _section([[lead, denied]])
            assert second.connective == kind

    @pytest.mark.parametrize("single", [True, False])
    def test_one_origin_is_said_once_in_a_section(self, single: bool) -> None:
        lead = _said(_claim(1, object_=_ENERGY), role=Role.LEAD)
        form = "origins.single_alone" if single else "origins.several"
        origin = statement(form, Role.CAVEAT, "story", 90.0, claims=["c1"], assessments=["a1"], parent=lead.id)
        closing = statement("trend.alone", Role.TREND, "story", 90.0, claims=["c1"])
        told = _section([[lead, origin], [closing]])
        assert len(told) == (1 if single else 2)

    def test_a_connective_that_the_gate_refuses_is_left_out(self) -> None:
        first, second = (_said(_claim(n, object_=_ENERGY, report=f"d{n}"), role=Role.LEAD) for n in (1, 2))
        assert _section([[first], [second]], sayable=False)[1][0].connective == ""

    def test_background_is_told_once_and_earlier_reporting_is_not_called_background(self) -> None:
        cases = [_said(_claim(1, object_=_ENERGY), role=Role.LEAD)]
        cases += [_said(_claim(n, object_=_ENERGY, report=f"d{n}"), role=Role.BACKGROUND) for n in (2, 3, 4)]
        told = [
            replace(one, connective=kind) for one, kind in zip(cases, ("", "earlier", "background", ""), strict=True)
        ]
        kinds = [paragraph[0].connective.partition(".")[0] for paragraph in _section([[one] for one in told])]
        assert kinds == ["", "earlier", "addition", "addition"]


@pytest.mark.parametrize(
    ("subjects", "stands"),
    [
        ((_MESH,), True),
        ((Term(kind=Kind.INTRUSION_SET, id="actor/new/other", name="Other"),), False),
        ((_MESH, Term(kind=Kind.INTRUSION_SET, id="actor/new/other", name="Other")), True),
    ],
    ids=["the same thing", "another thing of the theme", "one of two the same"],
)
def test_an_earlier_story_stands_behind_one_about_the_same(subjects: tuple[Term, ...], stands: bool) -> None:
    story = replace(made_month("kanto").month.stories[0], subjects=(_MESH,))
    assert _planner().stands_behind(replace(story, id="before", subjects=subjects), [story]) is stands


@pytest.mark.parametrize(
    ("theme", "predicate", "negated", "essence"),
    [
        ("relay-infrastructure", Predicate.CLASSIFIES, False, True),
        ("relay-infrastructure", Predicate.CLASSIFIES, True, False),
        ("relay-infrastructure", Predicate.COUNTS, False, False),
        ("espionage", Predicate.CLASSIFIES, False, False),
    ],
)
def test_what_a_network_is_comes_before_its_details(
    theme: str, predicate: Predicate, negated: bool, essence: bool
) -> None:
    lead = Fact(claims=(_claim(1, Predicate.COUNTS, _MESH, count=300.0),), score=1.0)
    further = Fact(claims=(_claim(2, predicate, _MESH, _DEVICES, negated=negated),), score=1.0)
    assert is_essence(further, lead, theme) is essence


def test_reading_order_keeps_speakers_together_and_the_lead_speaker_first() -> None:
    lead = Fact(claims=(_claim(9, Predicate.EXPLOITS, object_=_TOOL),), score=1.0)
    said = [
        _said(_claim(1, Predicate.PAYS, report="d2", house="B")),
        _said(_claim(2, Predicate.USES, object_=_TOOL)),
        _said(_claim(3, Predicate.EXPLOITS, object_=_TOOL, report="d2", house="B")),
        _said(_claim(4, Predicate.CLASSIFIES, _TOOL, _ENERGY)),
        _said(_claim(5, Predicate.TARGETS, object_=_ENERGY)),
    ]
    told = in_reading_order(said, lead, str.casefold)
    assert [one.claims[0] for one in told] == ["c4", "c5", "c2", "c3", "c1"]


def test_a_corrected_number_is_told_by_nobody() -> None:
    old, new = _claim(1, Predicate.COUNTS, _MESH, count=4820.0), _claim(2, Predicate.COUNTS, _MESH, count=3170.0)
    repeat = _claim(3, Predicate.COUNTS, _MESH, count=4820.0, report="d3", house="Echo Daily")
    other = _claim(4, Predicate.COUNTS, _LYNX, count=4820.0)
    update = Assessment(
        id="a1", kind=AssessmentKind.CONTRADICTION, subjects=(_MESH,), claims=("c2", "c1"), likelihood=None,
        confidence=None, origins=Origins(roots=(), repeats=()), detail=(("type", "update"), ("b_claims", "c1")),
    )  # fmt: skip
    base = made_month("kanto").month
    month: Month = replace(
        base, claims=(old, new, repeat, other), assessments=(update,), period=Period.parse("2031-05")
    )
    assert [claim.id for claim in standing(month, Catalog.load())] == ["c2", "c4"]


# -- on whole months -----------------------------------------------------------------------------------------------


def _editions(language: str) -> Iterator[Edition]:
    for name in sorted(MONTHS):
        for edition in made_month(name).editions:
            if edition.language == language:
                yield edition


def _sentences(edition: Edition) -> list[list[Sentence]]:
    return [list(paragraph) for section in edition.sections for paragraph in section.paragraphs]


def test_by_contrast_stands_only_before_a_contrast() -> None:
    contrasts = 0
    for name in sorted(MONTHS):
        issue = made_month(name)
        predicates = {claim.id: claim.predicate for claim in issue.month.claims}
        for edition in issue.editions:
            for section in edition.sections:
                before: set[Predicate] = set()
                for paragraph in section.paragraphs:
                    acts = {predicates[claim] for claim in paragraph[0].claims}
                    if paragraph[0].text.startswith(("一方で、", "By contrast, ")):
                        contrasts += 1
                        assert (acts & JOINT and before & HOSTILE) or (acts & HOSTILE and before & JOINT)
                    before |= acts
    assert contrasts


def test_no_section_opens_with_a_connective_and_no_sentence_shape_comes_three_times() -> None:
    opening = re.compile(r"^(?:また|一方で|このほか|さらに|加えて|背景として|ただし|もっとも)、")
    for edition in _editions("ja"):
        for section in edition.sections:
            assert not opening.match(section.paragraphs[0][0].text)
        for paragraph in _sentences(edition):
            ends = [sentence.text[-10:] for sentence in paragraph if sentence.text.endswith("ます。")]
            assert not any(a == b == c for a, b, c in zip(ends, ends[1:], ends[2:], strict=False))
            words = [found.group() for one in paragraph if (found := opening.match(one.text))]
            assert not any(a == b for a, b in pairwise(words))


def test_a_corrected_number_stands_only_in_the_sentence_that_corrects_it() -> None:
    found = 0
    for edition in made_month("kanto").editions:
        for sentence in edition.sentences():
            if "4,820" in sentence.text:
                found += 1
                assert "訂正" in sentence.text or "corrected" in sentence.text
    assert found


@pytest.mark.parametrize(
    ("language", "letters"), [("ja", "[\uac00-\ud7a3]|[\u0400-\u04ff]"), ("en", "[^\x00-\u024f\u2000-\u206f]")]
)
def test_a_house_in_other_letters_is_introduced_where_it_is_named_first(language: str, letters: str) -> None:
    opening = {"ja": r"（.語の発行元|（..語の発行元|（...語の発行元", "en": r" \(in [A-Z][a-z]+"}[language]
    introduced = 0
    for edition in _editions(language):
        houses = {document.publisher.partition("(")[0].strip() for document in made_month("harbor").month.documents}
        text = " ".join(one.text for paragraphs in _sentences(edition) for one in paragraphs)
        for house in (one for one in houses if re.search(letters, one)):
            first = re.search(rf"{re.escape(house)}(.*)", text)
            introduced += bool(first and re.match(opening, first.group(1)))
            assert len(re.findall(rf"{re.escape(house)}(?:{opening})", text)) <= 1
    assert introduced


@pytest.mark.parametrize(("language", "name"), [("en", "Osterlund Labs"), ("ja", "Osterlund Labs")])
def test_a_house_stands_by_one_name_in_letters_that_a_reader_knows(language: str, name: str) -> None:
    month = made_month("kanto").month
    house = "오스터룬드 랩스"
    documents = (replace(month.documents[0], publisher=house),)
    claim = replace(month.claims[0], publisher="Osterlund Labs", voices=("Osterlund Labs",))
    apart = replace(month, documents=documents, claims=(claim,), houses=())
    one = replace(apart, houses=((house, "Osterlund Labs"),))
    assert printed_houses(apart, Catalog.load(), language)[house] == house
    assert {printed_houses(one, Catalog.load(), language)[each] for each in (house, "Osterlund Labs")} == {name}


def test_planning_twice_gives_the_same_outline() -> None:
    month = made_month("harbor").month
    planners = [Planner(month, Catalog.load()) for _ in range(2)]
    one, other = (arrange(planner, EditionKind.MEMBER, lambda _: (10, 5)) for planner in planners)
    assert one == other
