"""What only a language model read never counts more than what rules read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geppo.judge._reference import Standing
from geppo.judge.corroborate import Weigher
from geppo.model.claim import Claim, Hedge, Predicate, Rung
from geppo.model.report import Passage
from geppo.write.facts import _witness
from tests.write.test_gate_claims import ACTORS, PLACES


def _claim(identifier: str, rule: str, rung: Rung) -> Claim:
    return Claim(
        id=identifier, report="d1", publisher="Northgate Labs", predicate=Predicate.TARGETS, subject=ACTORS[0],
        object=PLACES[0], qualifiers=(), count=None, when=None, hedge=Hedge(rung=rung), negated=False, voices=(),
        passage=Passage(document="d1", start=0, end=1, text="A"), published=date(2031, 5, 10), rule=rule,
    )  # fmt: skip


RULE, MODEL = _claim("c1", "en/targets", Rung.LIKELY), _claim("c0", "en/llm", Rung.CONFIRMED)


def test_the_layer_is_told_by_the_rule() -> None:
    assert (RULE.proposed, MODEL.proposed) == (False, True)


def test_a_rules_claim_is_quoted_first() -> None:
    for model in (MODEL, replace(MODEL, hedge=Hedge(rung=Rung.POSSIBLE))):
        assert sorted([model, RULE], key=lambda claim: _witness(claim, {"d1"}))[0] is RULE
        assert (
            sorted([model, replace(RULE, report="d2")], key=lambda claim: _witness(claim, {"d1"}))[0].rule == RULE.rule
        )


def test_an_origin_that_only_a_model_read_is_no_primary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Weigher, "standing", lambda *_: Standing(grade="B", precedence=1))
    weigher = object.__new__(Weigher)
    assert weigher.voice("d1", True, [RULE]).primary
    both = weigher.voice("d1", True, [MODEL, RULE])
    assert (both.primary, both.rung) == (True, Rung.LIKELY)
    alone = weigher.voice("d1", True, [MODEL])
    assert (alone.primary, alone.rung) == (False, Rung.CONFIRMED)
