"""Groups of units while they are put together: whatever is joined, moved or parted, each unit is in one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.judge.citations import Citations
from geppo.judge.grouping import Grouping
from geppo.judge.joins import join_parted, settle
from geppo.judge.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    reports: Mapping[str, Any]
    copy_of: Mapping[str, str]
    order: Mapping[str, int]


def _grouping(reports: Sequence[str], heads: Sequence[bool], own: Sequence[str] = ()) -> Grouping:
    """One unit a place: the page that it is of, and whether a story could be named after it."""
    pages = {
        one: SimpleNamespace(document=SimpleNamespace(published=date(2031, 5, 1)), own_observation=one in own)
        for one in reports
    }
    graph = _Graph(reports=pages, copy_of={}, order={one: number for number, one in enumerate(pages)})
    units = [
        Unit(id=f"u{place}", report=report, claims=(), terms={}, heads=frozenset({f"h{place}"} if head else ()))
        for place, (report, head) in enumerate(zip(reports, heads, strict=True))
    ]
    return Grouping(units, [{} for _ in units], cast(Citations, graph))


def _is_whole(grouping: Grouping) -> bool:
    members = sorted(place for group in grouping.groups.values() for place in group.members)
    homes = {place: at for at, group in grouping.groups.items() for place in group.members}
    firsts = all(at == min(group.members) for at, group in grouping.groups.items())
    return members == list(range(len(grouping.units))) and homes == dict(enumerate(grouping.home)) and firsts


@pytest.mark.parametrize("anchor", [0, 1, 2])
def test_loose_parts_come_to_their_pages_matter_wherever_it_stands(anchor: int) -> None:
    grouping = _grouping(["d1", "d1", "d1"], [place == anchor for place in range(3)])
    settle(grouping)
    assert list(grouping.groups) == [0]
    assert _is_whole(grouping)


def test_the_parts_of_a_page_with_two_matters_stay() -> None:
    grouping = _grouping(["d1", "d1", "d1"], [True, False, True])
    settle(grouping)
    assert sorted(grouping.groups) == [0, 1, 2]


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "move", "part", "add", "settle", "parted"]), st.integers(0, 99), st.integers(0, 99)
    ),
    max_size=12,
)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=8), _STEPS)
def test_each_unit_is_in_one_group_whatever_is_done(
    rows: list[tuple[str, bool]], steps: list[tuple[str, int, int]]
) -> None:
    grouping = _grouping([report for report, _ in rows], [head for _, head in rows], own="a")
    for step, one, other in steps:
        size = len(grouping.units)
        places = sorted({one % size, other % size})
        match step:
            case "join":
                grouping.join(grouping.home[one % size], grouping.home[other % size])
            case "move":
                grouping.move(places, grouping.home[other % size])
            case "part":
                grouping.part(places)
            case "add":
                grouping.add(rows[one % len(rows)][0])
            case "settle":
                settle(grouping)
            case _:
                join_parted(grouping)
        assert _is_whole(grouping)
