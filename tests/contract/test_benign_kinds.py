"""Every benign kind fits its cases and not its near-misses; no kind fits a planted network."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from geppo.model.relay import BENIGN
from geppo.relay.scan._measure import Features
from geppo.relay.scan.benign import fits, members

CASES = Path(__file__).parent.parent / "cases" / "relay" / "benign" / "kinds.toml"
RAW = tomllib.loads(CASES.read_text(encoding="utf-8"))


def features(case: dict[str, Any]) -> Features:
    """Figures of a case over those of a plain group; a name that no figure has is a fault of the case."""
    known = {one.name for one in fields(Features)}
    assert case["seen"].keys() <= known, case["text"]
    return Features(**{**RAW["plain"], **case["seen"]})


def test_every_kind_has_hits_and_near_misses() -> None:
    for member in members():
        kinds = [case for case in RAW["case"] if case["kind"] == member.KIND]
        assert any(case["fits"] for case in kinds) and any(not case["fits"] for case in kinds), member.KIND
        assert member.KIND in BENIGN


@pytest.mark.parametrize("case", RAW["case"], ids=lambda case: f"{case['kind']}: {case['text']}")
def test_case(case: dict[str, Any]) -> None:
    member = next(one for one in members() if case["kind"] == one.KIND)
    found = member.fits(features(case))
    assert (found is not None) == case["fits"]
    if found is not None:
        assert found.bits < 0 and found.text


@pytest.mark.parametrize("case", RAW["network"], ids=lambda case: str(case["text"]))
def test_no_kind_fits_a_network(case: dict[str, Any]) -> None:
    assert fits(features(case)) == []
