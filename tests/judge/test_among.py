"""Links among many reports: the search by shared value finds what looking at every pair finds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo import config
from geppo.errors import InputError
from geppo.judge.among import Item, read_items, search
from geppo.judge.evidence import UNKNOWN_BACKGROUND, Artefact, Side
from geppo.judge.overlap import SAME_CLUSTER, assess

ARTEFACTS = st.one_of(
    st.builds(Artefact, type=st.just("ip"), value=st.sampled_from([f"203.0.113.{n}" for n in (7, 8, 9)])),
    st.builds(
        Artefact, type=st.just("host"), value=st.sampled_from(["a.crow.example", "b.crow.example", "kestrel.test"])
    ),
    st.builds(Artefact, type=st.just("port"), value=st.sampled_from(["4443", "50500"])),
    st.builds(Artefact, type=st.just("path"), value=st.sampled_from(["/gate/Xk29z/in.php", "/index.php"])),
)
SIDES = st.lists(
    st.builds(
        Side, publisher=st.sampled_from(["North", "South"]), artefacts=st.lists(ARTEFACTS, max_size=4).map(tuple)
    ),
    min_size=2,
    max_size=6,
)
SETTINGS = config.load()


@settings(deadline=None)
@given(SIDES)
def test_the_search_equals_all_pairs(sides: Sequence[Side]) -> None:
    items = [Item(id=f"r{number}", side=side) for number, side in enumerate(sides)]
    found = search(items, SETTINGS, UNKNOWN_BACKGROUND)
    told = {
        (a.id, b.id)
        for a, b in combinations(items, 2)
        if any(row.used and row.group != "context"
               for row in assess(a.side, b.side, question=SAME_CLUSTER, settings=SETTINGS).evidence)
    }  # fmt: skip
    assert {(link.a, link.b) for link in found.links} == told
    assert found.pairs == len(items) * (len(items) - 1) // 2
    assert search(items[::-1], SETTINGS, UNKNOWN_BACKGROUND) == found


def test_a_value_that_many_hold_weighs_less_and_then_nothing() -> None:
    def held(reports: int) -> float:
        items = [
            Item(id=f"r{n:03d}", side=Side(artefacts=(Artefact(type="host", value="c.crow.example"),)))
            for n in range(reports)
        ]
        links = search(items, SETTINGS, UNKNOWN_BACKGROUND).links
        return links[0].judgement.likelihood.point if links else 0.0

    assert held(2) > held(12) > held(41) == 0.0


def test_what_is_too_common_is_named() -> None:
    items = [Item(id=f"r{n}", side=Side(artefacts=(Artefact(type="ip", value="203.0.113.7"),))) for n in range(50)]
    found = search(items, SETTINGS, UNKNOWN_BACKGROUND)
    assert found.links == ()
    assert ("ip", "203.0.113.7", 50) in {(one.kind, one.value, one.reports) for one in found.common}


def test_expected_wrong_adds_up() -> None:
    items = [Item(id=name, side=Side(artefacts=(Artefact(type="ip", value="203.0.113.7"),))) for name in ("a", "b")]
    found = search(items, SETTINGS, UNKNOWN_BACKGROUND)
    (link,) = found.links
    assert found.expected_wrong(0.0) == pytest.approx(1 - link.judgement.likelihood.point)
    assert found.expected_wrong(1.0) == 0.0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["[]"], "line 1: expected an object"),
        (['{"id": "a", "artefacts": []}', "{"], "line 2: expected one JSON object a line"),
        (['{"id": "a"}', "", '{"id": "a"}'], "line 3: the id 'a' came before"),
        (['{"id": "a", "colour": "red"}'], "line 1.colour: unknown field"),
    ],
)
def test_bad_lines_are_named(lines: Sequence[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(read_items(lines))


def test_items_are_read_like_the_sides_of_pairs() -> None:
    line = json.dumps({"id": "a", "date": "2030-05", "artefacts": [{"type": "ip", "value": "203.0.113.7"}]})
    (item,) = read_items(["\ufeff" + line])
    assert item.side.artefacts == (Artefact(type="ip", value="203.0.113.7"),)
