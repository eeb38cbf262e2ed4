"""Trends: a rise or fall beyond chance, of houses that published then and now; silence where the base carries none."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.judge.background import Observed, Sighting, observe
from geppo.judge.chances import compare, discoveries, least_p, tail, two_sided
from geppo.judge.trends import find_trends, silent
from geppo.model.assessment import Assessment
from geppo.model.edition import Month
from geppo.model.entity import Kind, Term
from geppo.model.time import Period
from tests.judge.conftest import CASES, load_settings

ORB = ("kind", "orb")
SETTINGS = load_settings()


def observed(period: str, houses: Sequence[int], each: int, hits: Sequence[int], stories: int) -> Observed:
    seen = tuple(
        Sighting(
            house=f"house/{house}", root=f"{period}/{house}", story=f"s{place % max(1, stories)}", claim=f"c{house}"
        )
        for place, house in enumerate(hits)
    )
    return Observed(
        period=Period.parse(period),
        houses={f"house/{house}": each for house in houses},
        sightings={ORB: seen} if seen else {},
        terms={},
    )


def months(rows: Sequence[Sequence[Any]]) -> list[Observed]:
    return [observed(row[0], range(row[1], row[2] + 1), *row[3:]) for row in rows]


def trends(rows: Sequence[Observed]) -> tuple[Assessment, ...]:
    return find_trends(rows[-1], rows[:-1], SETTINGS)


def _cases() -> list[Any]:
    raw = tomllib.loads((CASES / "judge" / "trends.toml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["id"]) for case in raw["case"]]


@pytest.mark.parametrize("case", _cases())
def test_cases_of_trends(case: Any) -> None:
    rows, expect = months(case["months"]), case["expect"]
    assert silent(rows[-1], rows[:-1], SETTINGS) == expect["silent"]
    found = trends(rows)
    got = [(one.get("direction"), one.confidence.value if one.confidence else "", one.get("first")) for one in found]
    wanted = [(expect["direction"], expect["confidence"], expect["first"])] if expect["direction"] else []
    assert got == wanted
    for one in found:
        assert one.likelihood is None
        assert (one.get("label.en"), one.get("label.ja")) != ("", "")
        assert one.get("months") == str(len(rows) - 1)
        assert [one.get(f"{n}.origins") for n in range(1, len(rows) + 1)] == [
            str(len(row.origins(ORB))) for row in rows
        ]


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 30), st.integers(1, 3))
def test_more_of_the_same_collected_is_no_trend(houses: int, factor: int) -> None:
    """Houses are added that speak of it as often as the others do: the rate stays, and so nothing is said."""
    before = [observed(f"2030-0{n}", range(houses), 2, range(houses // 3), 3) for n in range(1, 7)]
    many = houses * factor
    speaking = [house for house in range(many) if house % houses < houses // 3]
    assert trends([*before, observed("2030-07", range(many), 2, speaking, 3)]) == ()
    here = observed("2030-07", range(houses), 2, range(houses // 3), 3)
    assert trends([*before, replace(here, houses=dict.fromkeys(here.houses, 2 * factor))]) == ()


@settings(max_examples=40, deadline=None)
@given(st.permutations([1, 2, 2, 3, 1, 3]), st.integers(1, 3))
def test_the_order_of_the_months_before_makes_no_trend(counts: list[int], now: int) -> None:
    before = [observed(f"2030-0{n}", range(20), 2, range(count), 2) for n, count in enumerate(counts, 1)]
    assert trends([*before, observed("2030-07", range(20), 2, range(now), 2)]) == ()


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_in_which_months_are_given_never_matters(order: list[int]) -> None:
    rows = [observed(f"2030-0{n}", range(20), 2, range(n % 2), 1) for n in range(1, 7)]
    here = observed("2030-07", range(20), 2, range(8), 3)
    expected = find_trends(here, rows, SETTINGS)
    assert len(expected) == 1
    assert find_trends(here, [rows[n] for n in order], SETTINGS) == expected


def test_what_stands_out_alone_may_not_among_many() -> None:
    """One test at p = .02 is a finding; among forty others that show nothing it is what chance brings."""
    rows = [observed(f"2030-0{n}", range(20), 10, [n % 3], 1) for n in range(1, 7)]
    rows.append(observed("2030-07", range(20), 10, range(5), 4))
    (one,) = trends(rows)
    assert 0.01 < float(one.get("p")) < 0.05
    assert one.get("tested") == "1"
    quiet: dict[tuple[str, ...], tuple[Sighting, ...]] = {
        ("targets", f"sector/{n}"): tuple(
            Sighting(house=f"house/{house}", root="r", story="s", claim="c") for house in range(4)
        )
        for n in range(40)
    }
    assert trends([replace(row, sightings={**row.sightings, **quiet}) for row in rows]) == ()


@pytest.mark.parametrize(
    ("k", "n", "share", "value"),
    [(0, 5, 0.3, 1.0), (5, 5, 0.5, 1 / 32), (6, 5, 0.5, 0.0), (1, 3, 0.5, 7 / 8), (1, 2, 0.0, 0.0), (2, 2, 1.0, 1.0)],
)
def test_the_tail_of_the_binomial(k: int, n: int, share: float, value: float) -> None:
    assert tail(k, n, share) == pytest.approx(value)


def test_the_test_of_two_rates() -> None:
    """Przyborowski and Wilenski: 5 against 0 at equal exposure gives 2 * (1/2)^5."""
    assert two_sided(5, 0, 0.5) == pytest.approx(2 / 32)
    assert two_sided(4, 4, 0.5) == 1.0
    one = compare(5, 0, 0.5)
    assert math.isinf(one.point)
    assert math.isinf(one.high)
    assert one.low == pytest.approx(0.05 ** (1 / 5) / (1 - 0.05 ** (1 / 5)))
    same = compare(4, 4, 0.5)
    assert same.point == 1.0
    assert same.low < 1.0 < same.high
    assert same.low * same.high == pytest.approx(1.0)
    assert compare(2, 4, 0.25).point == pytest.approx(1.5)
    with pytest.raises(ValueError, match="a share inside 0 to 1"):
        compare(1, 1, 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.floats(0.02, 0.98))
def test_the_range_holds_the_point_and_p_is_a_probability(now: int, before: int, share: float) -> None:
    one = compare(now, before, share)
    assert 0.0 <= one.low <= one.point <= one.high
    p = two_sided(now, before, share)
    assert least_p(now + before, share) - 1e-12 <= p <= 1.0


def test_several_tests_are_read_together() -> None:
    assert discoveries([0.04, 0.5, 0.6], 0.1) == -1.0
    assert discoveries([0.03, 0.06, 0.6], 0.1) == 0.06
    assert discoveries([], 0.1) == -1.0


def _month(made: Any, judged: Any) -> Month:
    return Month(
        period=made.period,
        as_of=datetime(2030, 6, 1, tzinfo=UTC),
        documents=tuple(report.document for report in made.reports.values()),
        claims=tuple(made.claims),
        assessments=judged.assessments,
        stories=judged.stories,
        gaps=(),
    )


def test_what_a_month_reported(made: Any) -> None:
    """Own words of origins count; repeats, background, doubts and denials do not. One house is one origin."""
    lynx = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
    relay = Term(kind=Kind.CONCEPT, id="relay-class/orb", name="ORB")
    made.catalogue.states = {"new:copper-lynx": "country/CN"}
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True)
    made.report("more", "Osterlund Labs", "2030-05-09", own=True)
    made.report("paper", "The Harbour Post", "2030-05-05", cites=["Osterlund Labs"])
    made.report("old", "Brindle Research", "2030-03-05", own=True)
    made.claim("lab", lynx, "targets", "JP")
    made.claim("lab", lynx, "uses", relay)
    made.claim("more", lynx, "targets", "JP")
    made.claim("lab", lynx, "targets", "TW", hedge="open")
    made.claim("more", lynx, "targets", "PH", negated=True)
    made.claim("paper", lynx, "targets", "KR", voices=["Osterlund Labs"])
    made.claim("paper", lynx, "targets", "VN")
    made.claim("old", lynx, "targets", "US")
    made.report("other", "Vantrell Security", "2030-05-12", own=True)
    made.claim("lab", lynx, "targets", "AU", voices=["Vantrell Security"])
    made.claim("lab", lynx, "targets", "IN", voices=["Ann Marsh"])
    month = observe(_month(made, made.judge()), made.catalogue)
    counts = {category: len(month.origins(category)) for category in month.sightings}
    assert counts == {
        ("acts", "new:copper-lynx", "country/IN"): 1,
        ("acts", "new:copper-lynx", "country/JP"): 1,
        ("kind", "orb"): 1,
        ("states", "country/CN", "country/IN"): 1,
        ("states", "country/CN", "country/JP"): 1,
        ("targets", "country/IN"): 1,
        ("targets", "country/JP"): 1,
    }
    assert month.houses == {"name:osterlund labs": 2, "name:harbour post": 1, "name:vantrell security": 1}
    assert month.documents == 4
    assert month.terms["country/JP"].name == "JP"
