"""Every layout of public lists reads its case, knows no other's, and loses no line in silence."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.errors import UsageError
from geppo.relay.lists import Listed, Listing, members, read_lines, read_list, value_of

CASES = Path(__file__).parent.parent / "cases" / "relay" / "lists"
NAMES = sorted(path.name for path in CASES.iterdir())


def days(one: Listed) -> dict[str, date | None]:
    return {"first_seen": one.first_seen, "last_seen": one.last_seen}


def plain(listing: Listing) -> dict[str, Any]:
    entries = [
        {**asdict(one), **{name: day and str(day) for name, day in days(one).items()}} for one in listing.entries
    ]
    return {"layout": listing.layout, "entries": entries, "unread": [one.line for one in listing.unread]}


def test_every_layout_has_a_case_and_every_case_a_layout() -> None:
    assert sorted(member.__name__.rpartition(".")[2] for member in members()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    expected = json.loads((CASES / name / "expected.json").read_text(encoding="utf-8"))
    assert plain(read_list(CASES / name / "list.txt")) == expected


@pytest.mark.parametrize("name", NAMES)
def test_one_layout_only_knows_a_list(name: str) -> None:
    lines = (CASES / name / "list.txt").read_text(encoding="utf-8").splitlines()
    assert [member.NAME for member in members() if member.reads(lines)] == [read_lines(lines, name).layout]


def test_an_unknown_list_says_what_is_known() -> None:
    with pytest.raises(UsageError, match=r"no\.txt: no layout knows this list.*ip,role,first_seen,last_seen"):
        read_lines(["hello", "192.0.2.1"], "no.txt")


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    for member in members():
        member.reads(lines)
        list(member.entries(lines))


@given(st.ip_addresses(), st.integers(1, 65535))
def test_an_address_and_port_come_back(address: object, port: int) -> None:
    text = f"[{address}]:{port}" if ":" in str(address) else f"{address}:{port}"
    assert value_of(text) == ("ip", str(address), port)
    assert value_of(text.replace(".", "[.]")) == ("ip", str(address), port)
