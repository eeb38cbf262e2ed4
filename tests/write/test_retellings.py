"""What stands behind which statement: what repeats changed behind what they changed, a denial behind its charge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import Bound, Count, Predicate, Rung
from geppo.model.edition import Role
from geppo.model.entity import Kind, Term
from geppo.model.time import Period
from geppo.write.facts import Fact, standing
from geppo.write.order import behind_what_they_deny
from geppo.write.phrases import phrases
from geppo.write.retellings import with_changes
from geppo.write.statement import Statement, statement
from geppo.write.wording import Wording
from tests.conftest import made_draft, made_month
from tests.write.made import made_claim

_LYNX = Term(kind=Kind.INTRUSION_SET, id="actor/new/lynx", name="Ochre Lynx")
_ENERGY = Term(kind=Kind.SECTOR, id="sector/energy", name="energy")
_CHILE = Term(kind=Kind.LOCATION, id="country/CL", name="Chile")
_PERU = Term(kind=Kind.LOCATION, id="country/PE", name="Peru")


def _said(number: int, predicate: Predicate, subject: Term, object_: Term | None, parent: str = "") -> Statement:
    fact = Fact(claims=(made_claim(subject, predicate, object_, id=f"c{number}"),), score=1.0)
    return statement("fact", Role.CLAIM, "story", 100.0, claims=fact.ids, facts=(fact,), parent=parent)


LEAD = _said(1, Predicate.TARGETS, _LYNX, _ENERGY)
NEXUS = _said(2, Predicate.HAS_NEXUS, _LYNX, _CHILE, LEAD.id)


def _change(what: str, repeat: str, *claims: str, direction: str = "stronger") -> Assessment:
    return Assessment(
        id=f"{what}/{repeat}", kind=AssessmentKind.DRIFT, subjects=(), claims=claims, likelihood=None, confidence=None,
        origins=Origins(roots=("d1",), repeats=(repeat,)),
        detail=(("what", what), ("repeat", repeat), ("direction", direction)),
    )  # fmt: skip


def test_changes_are_counted_by_kind_and_page() -> None:
    drifts = [_change("hedge", "r1", "c1"), _change("grade", "r1", "c1"), _change("hedge", "r2", "c1"),
              _change("reporter", "r3"), _change("hedge", "r4", "c1", direction="weaker")]  # fmt: skip
    lead, changed, nexus = with_changes([LEAD, NEXUS], drifts)
    assert (lead, nexus) == (LEAD, NEXUS)
    assert dict(changed.values) == {"hedge": "2", "reporter": "1", "weaker": "1"}
    assert changed.parent == LEAD.id


def test_a_change_stands_behind_what_was_changed_and_nowhere_else() -> None:
    lead, nexus, changed = with_changes([LEAD, NEXUS], [_change("hedge", "r1", "c2")])
    assert (lead, nexus, changed.parent) == (LEAD, NEXUS, NEXUS.id)
    assert with_changes([LEAD, NEXUS], [_change("hedge", "r1", "c9")]) == [LEAD, NEXUS]
    lead, changed, _ = with_changes([LEAD, NEXUS], [_change("reporter", "r1", "c9")])
    assert (lead, changed.parent) == (LEAD, LEAD.id)


def test_the_origins_of_a_statement_come_before_what_repeats_changed() -> None:
    origins = statement("origins.single", Role.CAVEAT, "story", 93.0, claims=["c1"], parent=LEAD.id)
    told = with_changes([LEAD, origins, NEXUS], [_change("number", "r1", "c1", direction="")])
    assert [one.form for one in told] == ["fact", "origins.single", "drift.changed", "fact"]


@pytest.mark.parametrize(("state", "place"), [(_CHILE, 2), (_PERU, None)])
def test_a_state_denies_what_points_at_it_or_nothing(state: Term, place: int | None) -> None:
    denial = _said(3, Predicate.DENIES, state, None, LEAD.id)
    told = behind_what_they_deny([LEAD], [denial, NEXUS])
    if place is None:
        assert told == [LEAD, NEXUS]
    else:
        assert told[place].claims == denial.claims
        assert told[place].parent == NEXUS.id


def test_a_denial_by_somebody_else_stays_behind_the_lead() -> None:
    denial = _said(3, Predicate.DENIES, _LYNX, None, LEAD.id)
    assert behind_what_they_deny([LEAD], [NEXUS, denial]) == [LEAD, denial, NEXUS]


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("ja", ["AとBの共有", "Cの悪用"], "AとBの共有、ならびにCの悪用"),
        ("ja", ["Aの悪用", "Cの悪用"], "Aの悪用とCの悪用"),
        ("en", ["the sharing by A and B", "the use of C"], "the sharing by A and B, and the use of C"),
        ("en", ["the use of A", "the use of C"], "the use of A and the use of C"),
        ("en", ["A and B", "C", "D"], "A and B, C and D"),
    ],
)
def test_two_long_nouns_are_set_apart_where_one_holds_a_list(language: str, words: list[str], text: str) -> None:
    assert Wording(phrases(language), Catalog.load(), Period.parse("2031-05")).things(words) == text


@pytest.mark.parametrize(("value", "stands"), [("24 company", False), ("14 company", True)])
def test_a_number_that_a_repeat_has_otherwise_is_told_by_nobody(value: str, stands: bool) -> None:
    count = Count(value=24.0, bound=Bound.EXACT, unit=Term(kind=Kind.CONCEPT, id="unit/company", name="company"))
    claim = made_claim(_LYNX, Predicate.COMPROMISES, _ENERGY, id="c1", report="r1", count=count)
    drift = replace(_change("number", "r1"), detail=(("what", "number"), ("repeat", "r1"), ("repeat_value", value)))
    month = replace(made_month("kanto").month, claims=(claim,), assessments=(drift,))
    assert bool(standing(month, Catalog.load())) is stands


def test_who_only_passes_something_on_is_named_beside_whose_word_it_is() -> None:
    draft = made_draft("kanto")
    passed = [
        claim
        for claim in draft.month.claims
        if claim.hedge.rung is Rung.REPORTED and claim.voices and claim.speaker != claim.publisher
    ]
    assert passed
    for edition in made_month("kanto").editions:
        for sentence in edition.sentences():
            for claim in passed:
                if sentence.claims == (claim.id,) and "22" in sentence.text:
                    assert claim.publisher in sentence.text
                    assert claim.speaker in sentence.text
