"""Planted networks are found with their members, innocent groups are not called, and nothing else matters."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo import config
from geppo.model.assessment import Confidence
from geppo.model.relay import BENIGN, NetworkClass, RelayNetwork, Tier
from geppo.relay.scan import Found, _groups, find, line, sightings
from tests.relay.scene import Scene, make, write_lines

CASES = Path(__file__).parent.parent / "cases" / "relay" / "scan"
SCENES = sorted(path.stem for path in CASES.glob("*.toml"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scan")


@cache
def scene(name: str) -> Scene:
    return make(CASES / f"{name}.toml", scale=0.4)


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for name in SCENES:
        path = folder / f"{name}.jsonl"
        write_lines(scene(name).rows, path)
        found[name] = find([path], config.load())
    return found


def members(network: RelayNetwork) -> frozenset[tuple[str, int]]:
    return frozenset((one.ip, one.port) for one in network.members)


def called(found: Found) -> list[RelayNetwork]:
    return [one for one in found.networks if one.kind not in BENIGN]


def best(found: Found, planted: frozenset[tuple[str, int]]) -> RelayNetwork:
    return max(called(found), key=lambda one: len(members(one) & planted))


@pytest.mark.parametrize("name", SCENES)
def test_planted_networks_are_found(name: str, answers: dict[str, Found]) -> None:
    for planted, truth in scene(name).networks.items():
        network = best(answers[name], truth)
        hit = len(members(network) & truth)
        assert hit / len(members(network)) >= 0.95, planted
        assert hit / len(truth) >= 0.90, planted


@pytest.mark.parametrize("name", SCENES)
def test_nothing_innocent_is_called(name: str, answers: dict[str, Found]) -> None:
    assert len(called(answers[name])) == len(scene(name).networks)
    planted = {one for truth in scene(name).networks.values() for one in truth}
    for network in called(answers[name]):
        assert len(members(network) - planted) <= 0.05 * len(network.members)


@pytest.mark.parametrize("name", SCENES)
def test_benign_groups_go_by_the_name_of_their_kind(name: str, answers: dict[str, Found]) -> None:
    for network in answers[name].networks:
        if network.kind in BENIGN:
            population = max(scene(name).innocent, key=lambda key: len(members(network) & scene(name).innocent[key]))
            assert scene(name).kinds[population] == network.kind, population
            assert network.likelihood.point < 0.5


def test_large_look_alikes_are_explained(answers: dict[str, Found]) -> None:
    kinds = {one.kind for one in answers["tiers"].networks}
    assert {NetworkClass.VENDOR_DEFAULT, NetworkClass.HONEYPOT} <= kinds


def test_tiers_of_one_network_are_joined(answers: dict[str, Found]) -> None:
    network = best(answers["tiers"], scene("tiers").networks["two-tier"])
    servers = {one.ip for one in network.members if one.tier is Tier.RELAY_SERVER}
    hubs = {str(row["ip"]) for row in scene("tiers").rows if row["port"] == 55155}
    assert servers == hubs


def test_a_renewed_certificate_keeps_its_endpoint(answers: dict[str, Found]) -> None:
    truth = scene("bare").networks["unique-spoof"]
    rows = [row for row in scene("bare").rows if (row["ip"], row["port"]) in truth]
    first = {
        (str(row["ip"]), int(row["port"])): row["ts"] for row in sorted(rows, key=lambda row: row["ts"], reverse=True)
    }
    for one in best(answers["bare"], truth).members:
        assert one.first_seen == first[(one.ip, one.port)].replace(microsecond=0)


def test_another_certificate_on_the_same_endpoint_and_stack_is_the_same_member(tmp_path: Path) -> None:
    planted = {"name": "planted", "truth": "network", "size": 80, "as_count": 30, "as_law": "even",
               "ports": {"8443": 1}, "cert": "shared", "issuer": "CN=q,OU=q,O=q,C=qq", "days": [36500, 36500],
               "jarm": {"own": 1}, "churn": False}  # fmt: skip
    made = make({"population": [*BASE["population"], planted]})
    mine = [row for row in made.rows if (row["ip"], row["port"]) in made.networks["planted"]]
    late = datetime(2026, 3, 31, tzinfo=UTC)
    changed, moved = mine[0], next(row for row in mine if row["ip"] != mine[0]["ip"])
    new = {"ts": late, "cert_sha256": "ab" * 32, "cert_issuer": "CN=other", "cert_subject": "CN=other", "ja4x": "else"}
    rows = (*made.rows, {**changed, **new}, {**moved, **new, "jarm": "9" * 62})
    write_lines(rows, tmp_path / "scan.jsonl")
    (network,) = called(find([tmp_path / "scan.jsonl"], config.load()))
    last = {one.ip: one.last_seen for one in network.members}
    assert last[str(changed["ip"])] == late
    assert last[str(moved["ip"])] < late


def test_a_class_is_told_where_services_tell_it(answers: dict[str, Found]) -> None:
    assert best(answers["tiers"], scene("tiers").networks["pool"]).kind is NetworkClass.RESIDENTIAL_PROXY
    assert best(answers["street"], scene("street").networks["lapd-like"]).kind is NetworkClass.ORB


def test_a_published_fingerprint_names_its_reference(answers: dict[str, Found]) -> None:
    network = best(answers["bare"], scene("bare").networks["implant-range"])
    said = next(one for one in network.evidence if one.kind == "published-fingerprint")
    assert said.value == "PolarEdge"
    assert "Sekoia" in said.reason and said.weight <= 3.0


def test_confidence_from_a_scan_is_never_high_nor_does_it_name_who(answers: dict[str, Found]) -> None:
    for found in answers.values():
        assert all(one.confidence is not Confidence.HIGH for one in found.networks)


def test_fingerprints_carry_their_counts(answers: dict[str, Found]) -> None:
    truth = scene("street").networks["hug-like"]
    prints = {one.kind: one for one in best(answers["street"], truth).fingerprints}
    assert prints["certificate"].inside == len(truth) and prints["certificate"].outside == 0
    others = {(row["ip"], row["port"]) for row in scene("street").rows if row["banner_hash"] == prints["banner"].value}
    assert prints["banner"].outside == len(others - truth) > 0


def test_the_order_of_records_and_the_format_change_nothing(folder: Path, answers: dict[str, Found]) -> None:
    rows = tuple(sorted(scene("street").rows, key=lambda row: (str(row["ip"]), row["port"], row["ts"])))
    source, table = folder / "sorted.jsonl", folder / "sorted.parquet"
    write_lines(rows, source)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_json('{source}')) TO '{table}' (FORMAT parquet)")
    expected = [line(one) for one in answers["street"].networks]
    assert [line(one) for one in find([source], config.load()).networks] == expected
    assert [line(one) for one in find([table], config.load()).networks] == expected


def test_columns_may_lack_and_bad_lines_are_counted(tmp_path: Path) -> None:
    kept = ("ts", "ip", "port", "asn", "banner_hash")
    rows = tuple({key: row.get(key) for key in kept} for row in scene("street").rows)
    path = tmp_path / "bare.jsonl"
    write_lines(rows, path)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    found = find([path], config.load())
    assert found.report.bad == 1
    truth = scene("street").networks["quad-like"]
    assert len(members(best(found, truth)) & truth) >= 0.9 * len(truth)


def test_no_records_is_no_network(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"ts": "2026-03-01T00:00:00Z", "ip": "192.0.2.1", "port": 443}\n', encoding="utf-8")
    assert find([path], config.load()).networks == ()


def test_own_counts_say_how_they_were_counted(answers: dict[str, Found]) -> None:
    own = sightings(answers["street"].networks, "scan of a test")
    assert len(own) == len(called(answers["street"]))
    quad = next(one for one in own if one.value == len({ip for ip, _ in scene("street").networks["quad-like"]}))
    assert quad.counted == "addresses" and quad.vantage == "scan of a test" and "distinct" in quad.rule


BASE: dict[str, Any] = {
    "population": [
        {"name": "street", "size": 600, "as_count": 80, "ports": {"443": 5, "80": 1}, "cert": "unique",
         "issuer": "CN={alpha4-9}.lan, O={alpha4-9}", "days": [300, 4000], "jarm": {"a": 3, "b": 2, "c": 1}},
        {"name": "high", "size": 600, "as_count": 80, "port_range": [1024, 65535], "banner": {"a": 2, "b": 1}},
    ]
}  # fmt: skip


@given(
    size=st.integers(60, 250),
    systems=st.integers(15, 60),
    port=st.integers(11000, 60000),
    years=st.sampled_from([3, 10, 100]),
    labelled=st.booleans(),
    seed=st.integers(0, 10**6),
)
@effort(max_examples=4, deadline=None)
def test_a_shared_own_certificate_on_an_odd_port_is_found_whatever_its_size(
    tmp_path_factory: pytest.TempPathFactory, size: int, systems: int, port: int, years: int, labelled: bool, seed: int
) -> None:
    devices = {"Hoshi router": 3, "Umi camera": 2} if labelled else {"": 1}
    planted = {"name": "planted", "truth": "network", "size": size, "as_count": systems, "ports": {str(port): 1},
               "cert": "shared", "issuer": "CN=node {hex6}", "days": [365 * years] * 2, "jarm": {"own": 1},
               "devices": devices, "churn": False, "seed": seed}  # fmt: skip
    made = make({"population": [*BASE["population"], planted]})
    path = tmp_path_factory.mktemp("one") / "scan.jsonl"
    write_lines(made.rows, path)
    found = find([path], config.load())
    assert [members(one) for one in called(found)] == [made.networks["planted"]]


def test_a_line_is_the_contract(answers: dict[str, Found]) -> None:
    shown = json.loads(json.dumps(line(called(answers["street"])[0])))
    keys = ["network", "class", "members", "fingerprints", "likelihood", "word", "confidence", "evidence"]
    assert list(shown) == keys
    assert list(shown["members"][0]) == ["ip", "port", "tier", "first_seen", "last_seen"]
    assert list(shown["likelihood"]) == ["low", "point", "high"]
    assert list(shown["evidence"][0]) == ["kind", "value", "weight", "text"]
    assert datetime.fromisoformat(shown["members"][0]["first_seen"]).tzinfo == UTC


@pytest.mark.parametrize("name", SCENES)
def test_what_products_ports_settle_early_would_have_been_settled_the_same_later(
    name: str, folder: Path, answers: dict[str, Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_groups, "_of_product", lambda row: False)
    assert find([folder / f"{name}.jsonl"], config.load()).networks == answers[name].networks


@pytest.mark.parametrize(
    ("edge", "vpn", "panel", "product"),
    [
        (0.0, 1.0, 0.0, True),
        (0.0, 0.9, 0.0, False),
        (0.0, 0.0, 0.8, True),
        (0.0, 0.0, 0.7, False),
        (0.2, 1.0, 1.0, False),
    ],
)
def test_a_products_ports_have_to_be_on_nearly_all(edge: float, vpn: float, panel: float, product: bool) -> None:
    row = (0, 100, 50, 90, 95, 1.0, 0.0, 0.0, 1.0, edge, 0.0, 0, None, None, vpn, panel)
    assert _groups._of_product(row) is product
