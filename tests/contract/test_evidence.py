"""Every kind of evidence keeps the contract of `geppo.judge.evidence`, on hits and near-misses."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.judge.evidence import UNKNOWN_BACKGROUND, Artefact, Counts, Item, QuestionKind, Ratio, Side, kinds
from geppo.judge.evidence._common import common
from geppo.judge.evidence._side import platform, registered_domain
from geppo.judge.pairs import TYPES, read_side
from geppo.registry import family

CASES = Path(__file__).parent.parent / "cases" / "overlap" / "evidence.toml"
FAMILY = family("geppo.judge.evidence")
MEMBERS = {str(member.KIND): member for member in FAMILY.members}
CASE_LIST: list[dict[str, Any]] = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]


def sides(case: dict[str, Any]) -> tuple[Side, Side]:
    both, techniques = case.get("both", []), case.get("techniques", [])
    a, b = (
        read_side({"artefacts": [*both, *case.get(name, [])], "techniques": techniques}, name) for name in ("a", "b")
    )
    return a, b


def shared(member: ModuleType, a: Side, b: Side) -> list[Item]:
    return list(member.shared(a, b, UNKNOWN_BACKGROUND))


def kinds_of(member: ModuleType) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(member, "KINDS", (member.KIND,))
    return names


def test_all_members_load() -> None:
    assert not FAMILY.broken
    assert len(MEMBERS) == len(FAMILY.members)


def test_every_row_has_a_member_and_an_origin() -> None:
    owned = {name for member in FAMILY.members for name in kinds_of(member)}
    assert kinds().keys() - owned == {"log-ins"}
    assert owned <= kinds().keys()
    for row in kinds().values():
        assert row.origin
        assert set(row.ratios) == set(QuestionKind)
        assert all(ratio.low >= 1.0 for ratio in row.ratios.values())


@pytest.mark.parametrize("name", kinds_of(MEMBERS["context"]))
def test_context_is_capped(name: str) -> None:
    assert all(ratio.high <= 2.0 for ratio in kinds()[name].ratios.values())


@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: f"{case['kind']}: {case['name']}")
def test_case(case: dict[str, Any]) -> None:
    a, b = sides(case)
    found = shared(MEMBERS[case["kind"]], a, b)
    assert len(found) == len(case["expect"])
    for item, expected in zip(found, case["expect"], strict=True):
        assert (item.kind, item.value, item.used) == (expected["kind"], expected["value"], expected["used"])
        if expected["used"]:
            assert item.group == expected["group"]
            assert not item.reason
        else:
            assert item.reason.startswith(expected["reason"])


def test_every_member_has_a_hit_and_a_near_miss() -> None:
    for kind in MEMBERS:
        used = [any(row["used"] for row in case["expect"]) for case in CASE_LIST if case["kind"] == kind]
        assert set(used) == {True, False}, kind


@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: f"{case['kind']}: {case['name']}")
def test_order_of_sides_does_not_matter(case: dict[str, Any]) -> None:
    a, b = sides(case)
    for member in FAMILY.members:
        assert shared(member, a, b) == shared(member, b, a)


ARTEFACTS = st.builds(
    Artefact,
    type=st.sampled_from(sorted(TYPES - {"url", "ip"})),
    value=st.text(min_size=1, max_size=12),
    server=st.sampled_from(["", "192.0.2.1", "pier.test"]),
)


@given(values=st.lists(ARTEFACTS, max_size=6))
def test_any_text_is_taken(values: list[Artefact]) -> None:
    side = Side(artefacts=tuple(values), techniques=("T1090",))
    found = [item for member in FAMILY.members for item in shared(member, side, side)]
    assert [item.kind for item in found].count("technique") == 1
    assert all(item.used is not bool(item.reason) for item in found)


def test_background_lowers_and_drops() -> None:
    side = Side(artefacts=(Artefact(type="host", value="pier.harbour.test"),))
    known = Counts(counts={("host", "pier.harbour.test"): 9})
    sinkhole = Counts(zeros={("host", "pier.harbour.test"): "sinkhole"})
    (plain,) = shared(MEMBERS["host"], side, side)
    (common_one,) = MEMBERS["host"].shared(side, side, known)
    (dropped,) = MEMBERS["host"].shared(side, side, sinkhole)
    asked = QuestionKind.SAME_CLUSTER
    assert common_one.ratios[asked] == plain.ratios[asked].divided(10)
    assert (dropped.used, dropped.reason) == (False, "sinkhole")


@given(low=st.floats(1, 100), width=st.floats(0, 100), by=st.floats(1, 1000), age=st.floats(0, 1))
def test_common_or_old_traits_never_argue_against(low: float, width: float, by: float, age: float) -> None:
    weaker = Ratio(low=low, high=low + width).divided(by).shrunk(age)
    assert 1.0 <= weaker.low <= weaker.high <= low + width + 1e-9


def test_lists_are_lower_case_and_sane() -> None:
    for values in (common().services, common().platforms, common().stems, common().segments, common().tools):
        assert all(value == value.lower().strip() for value in values)
    assert not common().services & common().platforms


@pytest.mark.parametrize(
    ("host", "domain", "suffix"),
    [
        ("a.b.harbour.co.jp", "harbour.co.jp", ""),
        ("harbour.co.jp", "harbour.co.jp", ""),
        ("pier.duckdns.org", "pier.duckdns.org", "duckdns.org"),
        ("duckdns.org", "", ""),
        ("pier.zzux.com", "zzux.com", "zzux.com"),
        ("zzux.com", "zzux.com", ""),
        ("pier.harbour.test", "harbour.test", ""),
        ("localhost", "", ""),
    ],
)
def test_registered_domain_and_platform(host: str, domain: str, suffix: str) -> None:
    assert registered_domain(host) == domain
    assert platform(host) == suffix
