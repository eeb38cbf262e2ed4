"""Networks keep their identity over months; births, deaths, splits, mergers and turnover are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.model.assessment import Confidence, Likelihood
from geppo.model.relay import Fingerprint, Member, NetworkClass, RelayNetwork, Tier
from geppo.relay.identity import likeness, match, traits
from geppo.relay.lists import read_list
from geppo.relay.track import Tracked, follow, list_lives
from tests.relay.scene import digest, write_lines

SETTINGS = config.load()
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def row(number: int, day: int, port: int, name: str, vantage: str = "") -> dict[str, Any]:
    return {
        "ts": BEGIN + timedelta(days=day, minutes=number % 1000),
        "ip": f"10.{number // 256}.{number % 256}.7",
        "port": port,
        "asn": 64600 + number % 37,
        "country": ("JP", "KR", "US")[number % 3],
        "cert_sha256": digest("cert_sha256", name),
        "cert_issuer": f"CN={name} node",
        "cert_subject": f"CN={name} node",
        "not_before": BEGIN - timedelta(days=30),
        "not_after": BEGIN + timedelta(days=4000),
        "ja4x": digest("ja4x", name),
        "jarm": digest("jarm", name),
        "device": ("Hoshi router", "Umi camera", "Kaze DVR")[number % 3],
        "vantage": vantage,
    }


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tracked]:
    """`alpha` lives for three months and turns over by half; `beta` dies in January; `gamma` is born in March."""
    rows = [row(n, day, 41001, "alpha") for n in range(120) for day in (3, 17)]
    rows += [row(n, day, 41001, "alpha") for n in range(60, 180) for day in (36, 50)]
    rows += [row(n, day, 41001, "alpha") for n in range(60, 400) for day in (64, 85)]
    rows += [row(500 + n, day, 52002, "beta") for n in range(80) for day in (5, 20)]
    rows += [row(700 + n, day, 33003, "gamma") for n in range(70) for day in (62, 86)]
    path = tmp_path_factory.mktemp("track") / "scan.jsonl"
    write_lines(tuple(rows), path)
    found = follow([path], SETTINGS)
    return {str(one.months[0].addresses): one for one in found}


def test_each_network_is_one_track(tracks: dict[str, Tracked]) -> None:
    assert sorted(tracks) == ["120", "70", "80"]


def test_births_and_deaths(tracks: dict[str, Tracked]) -> None:
    alpha, beta, gamma = tracks["120"], tracks["80"], tracks["70"]
    assert (alpha.born, alpha.died) == (date(2026, 1, 1), None)
    assert (beta.born, beta.died) == (date(2026, 1, 1), date(2026, 1, 1))
    assert (gamma.born, gamma.died) == (date(2026, 3, 1), None)


def test_turnover(tracks: dict[str, Tracked]) -> None:
    turned = [(one.new, one.gone, one.stayed) for one in tracks["120"].months]
    assert turned == [(120, 0, 0), (60, 60, 60), (220, 0, 120)]


def test_a_trend_word_needs_more_than_the_interval(tracks: dict[str, Tracked]) -> None:
    assert [one.trend for one in tracks["120"].months] == ["", "no change beyond the interval", "grew"]


def test_lives_end_only_where_nobody_saw_them_at_the_end(tracks: dict[str, Tracked]) -> None:
    life = tracks["120"].life
    assert life is not None
    assert (life.nodes, life.ended) == (400, 60)


def test_two_vantages_give_an_estimate(tmp_path: Path) -> None:
    rows = [row(n, 3, 41001, "alpha", "east") for n in range(150)] + [
        row(n, 4, 41001, "alpha", "west") for n in range(100, 250)
    ]
    write_lines(tuple(rows), tmp_path / "scan.jsonl")
    month = follow([tmp_path / "scan.jsonl"], SETTINGS)[0].months[0]
    assert month.method.startswith("Chapman")
    assert month.addresses == 250
    assert month.size == pytest.approx(151 * 151 / 51 - 1, abs=0.1)
    assert 250 <= month.low < month.size < month.high


def network(name: str, ports: tuple[int, ...], controllers: tuple[str, ...] = ()) -> RelayNetwork:
    nodes = [
        Member(ip=f"192.0.2.{n}", port=ports[n % len(ports)], tier=Tier.NODE, first_seen=BEGIN, last_seen=BEGIN)
        for n in range(20)
    ]
    servers = [Member(ip=ip, port=55, tier=Tier.RELAY_SERVER, first_seen=BEGIN, last_seen=BEGIN) for ip in controllers]
    return RelayNetwork(
        id=name,
        kind=NetworkClass.ORB,
        members=(*nodes, *servers),
        fingerprints=(Fingerprint(kind="certificate", value=name, inside=20, outside=0, weight=6.0),),
        likelihood=Likelihood(low=0.5, point=0.8, high=0.9),
        confidence=Confidence.LOW,
        evidence=(),
    )


def test_a_new_certificate_with_the_same_controllers_and_ports_is_the_same_network() -> None:
    old, new = (
        network("one", (7001,), ("198.51.100.1", "198.51.100.2")),
        network("two", (7001,), ("198.51.100.1", "198.51.100.2")),
    )
    other = network("two", (9001,), ("203.0.113.1",))
    assert likeness(traits(old), traits(new)) >= SETTINGS.number("relay.track.likeness")
    assert likeness(traits(old), traits(other)) < 0.05
    assert likeness(traits(old), traits(old)) == 1.0


def test_a_split_gives_two_pairs() -> None:
    old = network("one", (7001, 7002))
    halves = [replace(network("one", (7001,)), id="a"), replace(network("one", (7002,)), id="b")]
    assert [(i, j) for i, j, _ in match([old], halves, 0.35).pairs] == [(0, 0), (0, 1)]


def test_the_life_of_a_list_is_reproduced(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "ip,role,first_seen,last_seen\n"
        "192.0.2.1,relay,2026-01-01,2026-01-11\n192.0.2.2,relay,2026-01-01,2026-01-31\n"
        "192.0.2.3,relay,2026-01-01,2026-03-01\n192.0.2.4,node,2026-02-20,\n",
        encoding="utf-8",
    )
    lives = {one.role: one for one in list_lives(read_list(path), SETTINGS)}
    assert lives["relay"].windows.mean_window == pytest.approx((10 + 30 + 59) / 3)
    assert (lives["relay"].windows.median, lives["relay"].windows.ended, lives["relay"].censored.ended) == (30, 3, 2)
    assert lives["node"].windows.ended == 0
