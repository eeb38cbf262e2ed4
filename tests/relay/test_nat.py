"""Addresses of several hosts: told from flow records alone, near misses not called so, and what follows from it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from geppo import config
from geppo.model.assessment import Confidence
from geppo.model.relay import Detection, HostRole
from geppo.relay.classify import of_one_host
from geppo.relay.detect import nat
from geppo.relay.detect._stage import Asset, staged
from geppo.relay.flows import FlowReport, find
from tests.relay.scenes import Scene, load, make, rows

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "relay" / "nat.toml").read_text(encoding="utf-8"))
INSIDE = ("10.0.0.0/8",)
HIDDEN = CASES["case"][1]["sql"]


@cache
def scene() -> Scene:
    row = rows()["hard"]
    return make(row, int(row["seed"]))


def records(*changes: str) -> Any:
    connection = duckdb.connect(config={"threads": 2})
    load(scene(), connection)
    for sql in (CASES["own"]["sql"], *changes):
        connection.execute(sql)
    return connection


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_addresses_of_several_hosts(case: dict[str, Any]) -> None:
    known = {"10.0.0.101": Asset(asset_class="router", role=case.get("role", ""), sanctioned=False)}
    with staged(records(case.get("sql", "")), config.load(), INSIDE, known) as stage:
        assert [one.host for one in nat.detect(stage)] == case["nat"]


@cache
def judged(*changes: str) -> FlowReport:
    return find(records(*changes), config.load(), INSIDE)


def test_a_gateway_is_named_and_not_called_a_relay() -> None:
    report = judged(HIDDEN)
    (gateway,) = [one for one in report.findings if one.host == "10.0.0.100"]
    assert gateway.role is HostRole.NAT_GATEWAY
    assert gateway.likelihood.point < 0.05
    (said,) = [one for one in report.conditions if one.name == "nat"]
    assert "10.0.0.100" in said.text
    assert not [one for one in judged().conditions if one.name == "nat"]


def test_a_relay_behind_a_gateway_is_found_and_its_confidence_is_one_step_less() -> None:
    relay = scene().planted["backconnect"][0]
    moved = f"""UPDATE flow SET "id.orig_h" = '10.0.0.100' WHERE "id.orig_h" = '{relay}'"""
    ports = """UPDATE flow SET "id.orig_p" = 49152 + "id.orig_p" % 16384 WHERE "id.orig_h" = '10.0.0.100'"""
    before, after = (
        next(one for one in judged(moved, *changes).findings if one.host == "10.0.0.100")
        for changes in ((HIDDEN, ports), (HIDDEN,))
    )
    assert before.role is after.role is HostRole.RELAY
    order = list(Confidence)
    assert order.index(after.confidence) < order.index(before.confidence)
    said = [any("one of them" in item.reason for item in one.evidence) for one in (before, after)]
    assert said == [False, True]


@pytest.mark.parametrize(("hosts", "kept"), [(7.0, 2), (8.0, 1)])
def test_what_many_hosts_call_is_no_control_channel_of_an_address_of_several(hosts: float, kept: int) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    gateway, beat = (
        Detection(
            detector=detector, family=family, host="10.0.0.9", peers=(), first_seen=moment, last_seen=moment,
            score=9.0, false_rate=None, figures=(("peer_hosts", hosts),),
        )
        for detector, family in (("nat", nat.FAMILY), ("control", "control channel"))
    )  # fmt: skip
    assert len(of_one_host((beat, gateway), 8)) == kept
    assert of_one_host((beat,), 8) == (beat,)
