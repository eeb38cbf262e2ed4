"""Counts side by side with their counters; a series only where one counter counted."""

from __future__ import annotations

from typing import Any

import pytest

from geppo.config import Settings
from geppo.judge.quantities import agree, classes, family, span
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import Bound, Count
from geppo.model.entity import Kind, Term

MESH = Term(kind=Kind.INFRASTRUCTURE, id="new:fennel-mesh", name="Fennel Mesh")
OPERATOR = Term(kind=Kind.CONCEPT, id="role/operator", name="operator")


def unit(identity: str) -> Term:
    return Term(kind=Kind.CONCEPT, id=identity, name=identity.rpartition("/")[2])


def count(value: float, bound: str = "exact") -> Count:
    return Count(value=value, bound=Bound(bound), unit=unit("device/device"))


def counting(made: Any) -> list[Assessment]:
    return [one for one in made.judge().assessments if one.kind is AssessmentKind.COUNTING]


def column(assessment: Assessment, name: str) -> list[str]:
    return [assessment.get(f"{n}.{name}") for n in range(1, int(assessment.get("n")) + 1)]


def test_three_counters_are_never_a_series(made: Any) -> None:
    made.report("first", "Osterlund Labs", "2030-02-25", own=True)
    made.report("scan", "Skywatch Foundation", "2030-04-20", own=True)
    made.report("lab", "寒江实验室", "2030-05-30", own=True, language="zh")
    made.report("copy", "Daily Gull", "2030-05-31", cites=["寒江实验室"])
    made.claim("first", MESH, "counts", count=(2000, "device", "more-than"), when="2030-02")
    made.claim("scan", MESH, "counts", count=(40000, "host", "nearly"), when="2030-04-05")
    made.claim("lab", MESH, "counts", count=(25000, "device", "more-than"), when="2030-05")
    made.claim("copy", MESH, "counts", count=(25000, "device", "more-than"), voices=["寒江实验室"])
    made.claim("lab", MESH, "counts", count=(140, "server"), when="2030-05")
    (one,) = counting(made)
    assert column(one, "value") == ["2000", "40000", "25000"]
    assert column(one, "counter") == ["Osterlund Labs", "Skywatch Foundation", "寒江实验室"]
    assert column(one, "when") == ["2030-02", "2030-04-05", "2030-05"]
    assert column(one, "bound") == ["more-than", "nearly", "more-than"]
    assert one.get("series") == "never"
    assert one.get("differ").split() == ["counter", "when", "unit"]
    assert len(one.origins.roots) == 3
    assert len(one.origins.repeats) == 1


def test_one_counter_over_time_is_a_series(made: Any) -> None:
    made.report("a", "Daily Gull", "2030-05-12", cites=["Skywatch Foundation"])
    made.report("b", "The Harbour Post", "2030-05-20", cites=["Skywatch Foundation"])
    made.claim("a", MESH, "counts", count=(12600, "system"), when="2030-05-09", voices=["Skywatch Foundation"])
    made.claim("b", MESH, "counts", count=(5300, "system"), when="2030-05-18", voices=["Skywatch Foundation"])
    (one,) = counting(made)
    assert one.get("series") == "one counter"
    assert one.get("differ") == "when"


def test_a_nameless_subject_counts_for_what_its_page_is_about(made: Any) -> None:
    made.report("a", "Osterlund Labs", "2030-05-02", own=True)
    made.report("b", "Vantrell Security", "2030-05-20", own=True)
    made.claim("a", OPERATOR, "compromises", unit("device/router"), count=(2000, "router"))
    made.claim("a", OPERATOR, "uses", MESH)
    made.claim("b", MESH, "counts", count=(9000, "device"))
    (one,) = counting(made)
    assert column(one, "value") == ["2000", "9000"]


def test_shares_and_single_counts_are_not_listed(made: Any) -> None:
    made.report("a", "Osterlund Labs", "2030-05-02", own=True)
    made.claim("a", MESH, "counts", count=(52, "percent"), place="KR")
    made.claim("a", MESH, "counts", count=(21, "percent"), place="US")
    made.claim("a", MESH, "counts", count=(900, "device"))
    assert counting(made) == []


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ("device/router", "machines"),
        ("address/ip-address", "machines"),
        ("device/server", "servers"),
        ("unit/package", "packages"),
        ("unit/company", "organisations"),
        ("unit/person", "people"),
        ("unit/percent", "share"),
        ("unit/otters", "unit/otters"),
    ],
)
def test_families_of_units(identity: str, expected: str) -> None:
    assert family(unit(identity)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (count(31400), count(30000, "more-than"), True),
        (count(31400), count(31000, "about"), True),
        (count(39500), count(40000, "nearly"), True),
        (count(9460), count(9460, "up-to"), True),
        (count(31400), count(18900), False),
        (count(2000, "more-than"), count(25000, "more-than"), False),
        (count(6), count(2), False),
    ],
)
def test_numbers_that_may_be_one(one: Count, other: Count, expected: bool, settings: Settings) -> None:
    assert agree(one, other, settings) is expected
    assert agree(other, one, settings) is expected


def test_classes_hold_what_agrees(settings: Settings) -> None:
    found = classes([("a", count(25000, "more-than")), ("b", count(25000)), ("c", count(40000, "nearly"))], settings)
    assert found["a"] == found["b"] != found["c"]
    assert span(count(100, "about"), settings) == (90.0, 110.00000000000001)
