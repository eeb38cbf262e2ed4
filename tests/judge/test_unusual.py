"""Pairs of states by how unusual they are against the months before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.judge.background import Observed, Sighting
from geppo.judge.month import judge_month
from geppo.judge.unusual import Surprise, Unusual
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.entity import Kind, Term
from geppo.model.time import Period
from tests.judge.conftest import Agreement, load_settings

SETTINGS = load_settings()
USUAL = ("states", "country/CN", "country/TW")
RARE = ("states", "country/CN", "country/KP")
NEVER = ("states", "country/CN", "country/RU")


def observed(period: str, pairs: Mapping[tuple[str, str, str], int]) -> Observed:
    return Observed(
        period=Period.parse(period),
        houses={f"house/{n}": 1 for n in range(12)},
        sightings={
            pair: tuple(Sighting(house=f"house/{n}", root=f"r{n}", story="s", claim="c") for n in range(count))
            for pair, count in pairs.items()
        },
        terms={},
    )


BEFORE = [observed(f"2030-0{n}", {USUAL: 4, ("states", "country/IR", "country/IL"): 3}) for n in (1, 2, 3)]
BEFORE.append(observed("2030-04", {USUAL: 3, RARE: 1}))


def bits(pair: tuple[str, str, str], partners: bool = False) -> float:
    found = Unusual(BEFORE, SETTINGS).of(pair, partners)
    assert found is not None
    return found.bits


def test_what_was_seen_often_surprises_little() -> None:
    assert bits(USUAL) < bits(RARE) < bits(NEVER)


def test_the_formula() -> None:
    """15 of 25 sightings; CN acts in 16 of them, TW is the target of 15; 30 states; weight 10."""
    expected = (16 + 1) / (25 + 30) * (15 + 1) / (25 + 30)
    assert 2.0 ** -bits(USUAL) == pytest.approx((15 + 10 * expected) / 35, rel=0.01)
    assert 2.0 ** -bits(NEVER) == pytest.approx(10 * (17 / 55) * (1 / 55) / 35, rel=0.01)


def test_an_agreement_makes_an_attack_more_unusual_and_sharing_less() -> None:
    assert bits(NEVER, partners=True) == pytest.approx(bits(NEVER) + 1.0, abs=0.01)
    pair = ("shares", "country/KP", "country/RU")
    assert bits(pair, partners=True) == pytest.approx(bits(pair) - 1.0, abs=0.01)


def test_how_often_it_was_seen_is_said() -> None:
    unusual = Unusual(BEFORE, SETTINGS)
    seen = {pair: unusual.of(pair, False) for pair in (USUAL, RARE, NEVER)}
    assert {pair: (one.months, one.seen) for pair, one in seen.items() if one} == {
        USUAL: (4, 4), RARE: (4, 1), NEVER: (4, 0),
    }  # fmt: skip
    assert Unusual([], SETTINGS).of(NEVER, True) is None


def test_where_nothing_is_known_a_pair_counts_in_full() -> None:
    unusual = Unusual(BEFORE, SETTINGS)
    assert unusual.weight(None) == 1.0
    assert unusual.weight(Surprise(bits=4.0, months=3, seen=0)) == 0.5
    assert unusual.weight(Surprise(bits=20.0, months=3, seen=0)) == 1.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("XYZ"), st.integers(1, 9)), max_size=9))
def test_shares_of_all_pairs_are_probabilities_and_more_sightings_never_surprise_more(
    rows: list[tuple[str, str, int]],
) -> None:
    pairs = {("states", one, other): count for one, other, count in rows}
    fewer = Unusual([observed("2030-01", pairs)], SETTINGS)
    shares = []
    for one in "ABC":
        for other in "XYZ":
            pair = ("states", one, other)
            found = fewer.of(pair, False)
            more = Unusual([observed("2030-01", {**pairs, pair: pairs.get(pair, 0) + 3})], SETTINGS).of(pair, False)
            assert found is not None
            assert more is not None
            assert found.bits >= 0.0
            assert more.bits <= found.bits
            shares.append(2.0**-found.bits)
    assert sum(shares) <= 1.02


def _judged(made: Any, background: list[Observed]) -> tuple[list[Assessment], dict[str, float]]:
    lynx = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
    hare = Term(kind=Kind.INTRUSION_SET, id="new:grey-hare", name="Grey Hare")
    quail = Term(kind=Kind.INTRUSION_SET, id="new:iron-quail", name="Iron Quail")
    made.catalogue.states = {
        "new:copper-lynx": "country/CN", "new:grey-hare": "country/CN", "new:iron-quail": "country/IR",
    }  # fmt: skip
    made.catalogue.pacts = [
        Agreement(id=f"agreement/{n}", name="Pact", parties=("CN", other), in_force=date(2029, 1, 1))
        for n, other in enumerate(("TW", "RU"))
    ]
    for name, group, victim in (("a", lynx, "RU"), ("b", hare, "TW")):
        made.report(name, f"House {name}", own=True)
        made.claim(name, group, "targets", victim)
    made.report("c", "House c", own=True)
    other = Term(kind=Kind.CAMPAIGN, id="new:lamp", name="Operation Lamp")
    made.catalogue.states["new:lamp"] = "country/CN"
    made.claim("c", other, "cooperates-with", quail)
    judged = judge_month(
        list(made.reports.values()), made.claims, period=made.period, catalog=made.catalogue, settings=SETTINGS,
        background=background,
    )  # fmt: skip
    pairs = {made.name_of(story.reports[0]): dict(story.score)["pair"] for story in judged.stories}
    return list(judged.assessments), pairs


def test_a_month_ranks_its_pairs_and_says_on_what(made: Any) -> None:
    found, pairs = _judged(made, BEFORE)
    targeting = [one for one in found if one.kind is AssessmentKind.PARTNER_TARGETING]
    assert [one.get("target") for one in targeting] == ["country/RU", "country/TW"]
    assert [(one.get("months"), one.get("months.seen"), one.get("first")) for one in targeting] == [
        ("4", "0", "yes"), ("4", "4", ""),
    ]  # fmt: skip
    (shared,) = [one for one in found if one.get("states")]
    assert {one.get("surprise.rank") for one in (*targeting, shared)} == {"1", "2", "3"}
    assert float(targeting[0].get("surprise")) > float(targeting[1].get("surprise"))
    assert pairs["b"] < pairs["a"]


def test_too_few_months_say_nothing_and_change_no_rank(made: Any) -> None:
    found, pairs = _judged(made, BEFORE[:2])
    assert not any(one.get("surprise") or one.get("first") for one in found)
    assert len(set(pairs.values())) == 1
