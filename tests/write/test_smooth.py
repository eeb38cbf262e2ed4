"""Wordings by a model: what the machine's own sentence says in other order passes, anything else is dropped."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geppo.llm.record import Reason
from geppo.model.claim import Bound, Claim, Count, Hedge, Predicate, Rung
from geppo.model.time import When, day
from geppo.write.edition import LANGUAGES
from geppo.write.smooth import dropped
from tests.conftest import CASES
from tests.write.test_gate_claims import ACTORS, MALWARE, PLACES, UNITS, claims, desk, stronger

_CASES = tomllib.loads((CASES / "llm" / "wording.toml").read_text(encoding="utf-8"))["case"]
_ROWS = [
    (case, text, reason)
    for case in _CASES
    for reason, texts in [(None, case["taken"]), *case["dropped"].items()]
    for text in texts
]
_TERMS = {term.name: term for term in (*ACTORS, *MALWARE, *PLACES)}


def _claim(case: dict[str, Any]) -> Claim:
    row = case["claim"]
    bound = Bound(row.get("bound", "exact"))
    count = Count(value=row["count"], bound=bound, unit=UNITS[2]) if "count" in row else None
    return Claim(
        id="c1", report="d1", publisher="Velmora Research", predicate=Predicate(row["predicate"]),
        subject=_TERMS[row["subject"]], object=_TERMS.get(row.get("object", "")), qualifiers=(), count=count,
        when=_when(row.get("when")), hedge=Hedge(rung=Rung(row["hedge"])), negated=row.get("negated", False),
        voices=(), passage=_PASSAGE, published=_DAY, rule="made",
    )  # fmt: skip


def _when(text: str | None) -> When | None:
    return day(date.fromisoformat(text)) if text else None


def _made() -> Claim:
    found: list[Claim] = []

    @settings(max_examples=1, database=None)
    @given(claims())
    def take(claim: Claim) -> None:
        found.append(claim)

    take()
    return found[0]


_PASSAGE, _DAY = _made().passage, _made().published


@pytest.mark.parametrize(("case", "text", "reason"), _ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_wording(case: dict[str, Any], text: str, reason: str | None) -> None:
    claim = _claim(case)
    made = desk(claim)
    language = case["language"]
    own = made.sentence(language, claim)
    assert own is not None
    assert own == case["own"]
    gate = made.writer.gates[language]
    text = gate.composer.wording_sentence(text)
    assert dropped(made.said, own, text, gate) == (None if reason is None else Reason(reason))


_SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SLOW
@given(claims(), st.data())
def test_a_stronger_or_other_claim_is_never_a_wording(claim: Claim, data: st.DataObject) -> None:
    made = desk(claim)
    what, more = data.draw(st.sampled_from(stronger(claim)))
    for language in LANGUAGES:
        own, text = made.sentence(language, claim), made.sentence(language, more)
        assume(own is not None and text is not None)
        assert own is not None
        assert text is not None
        assert dropped(made.said, own, text, made.writer.gates[language]) is not None, f"{what}: {text}"


@_SLOW
@given(claims(), st.text(min_size=1, max_size=40), st.integers(0, 60))
def test_nothing_can_be_put_into_a_sentence(claim: Claim, added: str, at: int) -> None:
    made = desk(claim)
    for language in LANGUAGES:
        own = made.sentence(language, claim)
        assume(own is not None)
        assert own is not None
        gate = made.writer.gates[language]
        text = gate.composer.wording_sentence((own[:at] + added + own[at:]).strip())
        if dropped(made.said, own, text, gate) is None:
            more = set(text) - set(own)
            assert all(one in " 、" or "ぁ" <= one <= "ん" for one in more) if language == "ja" else not more, text
            assert language == "ja" or {*text.strip(".").split()} <= {*own.strip(".").split(), *_FREE}, text


_FREE = {"a", "an", "the", "of", "in", "on", "at", "by", "to", "as", "it", "its", "is", "be", "and", "for", "that"}
