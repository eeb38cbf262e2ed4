"""From flow records to findings: roles before verdicts, likelihood, what could not be judged, and the command."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo import config
from geppo.cli._relay_flows import run, sparkline
from geppo.errors import UsageError
from geppo.model.assessment import Confidence, Evidence
from geppo.model.relay import Detection, HostRole
from geppo.relay.classify import figures_of, likes
from geppo.relay.detect._conserve import Pieces, conserved, conserved_pieces, poisson_bits
from geppo.relay.detect._stage import Asset
from geppo.relay.detect.conservation import spread
from geppo.relay.detect.pairs import false_rates
from geppo.relay.detect.rita5_score import spread_score
from geppo.relay.flows import FlowReport, find, read_inventory
from geppo.relay.odds import CHANNEL, RELAYING, calibrated, likelihood, most_telling, stratum_of
from geppo.telemetry import flows
from tests.relay.scenes import Scene, load, make, rows, write

CASES = Path(__file__).parent.parent / "cases" / "relay"
SCENES = rows()
INSIDE = ("10.0.0.0/8",)


@cache
def scene(name: str) -> Scene:
    return make(SCENES[name], int(SCENES[name]["seed"]))


def judged(name: str, *change: str, inventory: bool = True) -> FlowReport:
    connection = duckdb.connect(config={"threads": 2})
    load(scene(name), connection)
    for sql in change:
        connection.execute(sql)
    known = {
        host: Asset(asset_class=kind, role=job, sanctioned=leave == "yes")
        for host, (kind, job, leave) in scene(name).inventory.items()
    }
    return find(connection, config.load(), INSIDE, known if inventory else {})


@cache
def hard() -> FlowReport:
    return judged("hard")


def test_relays_are_found_and_nothing_else() -> None:
    planted = {host for hosts in scene("hard").planted.values() for host in hosts}
    likely = {one.host for one in hard().findings if one.likelihood.point >= 0.55}
    assert likely <= planted
    assert len(likely) >= 7
    assert {one.role for one in hard().findings if one.host in likely} <= {HostRole.RELAY, HostRole.PROXYWARE}


def test_peers_are_the_steering_side_first() -> None:
    host = scene("hard").planted["backconnect"][0]
    found = next(one for one in hard().findings if one.host == host)
    part = next(p for p in scene("hard").parts if p["dport"].size > 20 and (p["dport"] > 1999).all() and _own(p, host))
    controller = int(part["dst"][0])
    assert found.peers[0] == ".".join(str(controller >> shift & 255) for shift in (24, 16, 8, 0))


def _own(part: dict[str, Any], host: str) -> bool:
    return ".".join(str(int(part["src"][0]) >> shift & 255) for shift in (24, 16, 8, 0)) == host


@pytest.mark.parametrize("inventory", [True, False])
def test_a_month_without_a_relay_has_nobody_above_unlikely(inventory: bool) -> None:
    report = judged("quiet", inventory=inventory)
    assert all(one.likelihood.point < 0.45 for one in report.findings)
    assert all(one.role not in (HostRole.RELAY, HostRole.PROXYWARE) for one in report.findings)
    proxy = scene("quiet").planted["forward_proxy"][0]
    role = next(one.role for one in report.findings if one.host == proxy)
    assert role is (HostRole.SANCTIONED_RELAY if inventory else HostRole.UNKNOWN)


def test_unanswered_flows_leave_no_finding_and_say_so() -> None:
    report = judged("hard", "UPDATE flow SET orig_bytes = 0, resp_bytes = 0, conn_state = 'S0'")
    assert all(one.role is not HostRole.RELAY for one in report.findings)
    assert "no-inbound" in {one.name for one in report.conditions}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("sampling", "UPDATE flow SET orig_pkts = 1, resp_pkts = 0"),
        ("one-sided", "UPDATE flow SET resp_bytes = 0"),
        ("no-duration", "UPDATE flow SET duration = NULL"),
        ("short", "DELETE FROM flow WHERE ts > (SELECT min(ts) FROM flow) + INTERVAL 1 HOUR"),
        ("nothing", "DELETE FROM flow"),
    ],
)
def test_conditions_are_said(name: str, change: str) -> None:
    assert name not in {one.name for one in hard().conditions}
    assert name in {one.name for one in judged("hard", change).conditions}


_LOOK_UPS = """
INSERT INTO flow BY NAME SELECT ts + INTERVAL (n) SECOND AS ts, 0.0 AS duration, "id.orig_h", "id.orig_p", "id.resp_h",
53 AS "id.resp_p", 'udp' AS proto, 60 AS orig_bytes, {back} AS resp_bytes, {out} AS orig_pkts, {in_} AS resp_pkts
FROM (SELECT * FROM flow ORDER BY ALL LIMIT 1), range({count}) made(n)
"""
_THIN = "DELETE FROM flow WHERE proto = 'udp'; UPDATE flow SET orig_pkts = 1, resp_pkts = 0"


def look_ups(out: str, in_: str, count: int = 20_000) -> str:
    return _LOOK_UPS.format(back=f"120 * ({in_})", out=out, in_=in_, count=count)


@pytest.mark.parametrize(
    ("rate", "changes"),
    [
        ("(about 1:100)", (_THIN, look_ups("(n % 199 < 100)::INT", "(n % 199 > 98)::INT"))),
        ("(about 1:10)", (_THIN, look_ups("(n % 19 < 10)::INT", "(n % 19 > 8)::INT"))),
        ("(at a rate that they do not tell)", (_THIN,)),
        ("(at a rate that they do not tell)", (_THIN, look_ups("1", "1", 150))),
        ("(about 1:100): all packet counts are", ("UPDATE flow SET orig_pkts = 100 * (orig_pkts // 3)",)),
    ],
)
def test_the_rate_of_sampling_is_told_where_the_records_tell_it(rate: str, changes: tuple[str, ...]) -> None:
    said = {one.name: one.text for one in judged("hard", *changes).conditions}
    assert rate in said["sampling"]
    assert "one-sided" not in said


@pytest.mark.parametrize(
    "change",
    [
        look_ups("1", "1"),
        look_ups("1", "0"),
        "UPDATE flow SET resp_pkts = NULL, resp_bytes = NULL",
        # Tries that nobody answers, as NetFlow counts them: whole packets without data.
        "UPDATE flow SET orig_pkts = 1, resp_pkts = 0, orig_bytes = 60, resp_bytes = 0 WHERE hash(ts) % 2 = 0",
        # Half of the counters a multiple of 12 by chance of a program.
        "UPDATE flow SET orig_pkts = 12 WHERE hash(ts) % 2 = 0",
    ],
    ids=["look-ups", "unanswered look-ups", "one direction", "scans", "one program"],
)
def test_small_flows_that_are_whole_are_not_called_sampled(change: str) -> None:
    assert "sampling" not in {one.name for one in judged("hard", change).conditions}


def test_flows_of_one_direction_make_no_scanner() -> None:
    report = judged("hard", "UPDATE flow SET conn_state = NULL, resp_bytes = NULL, resp_pkts = NULL")
    assert "one-sided" in {one.name for one in report.conditions}
    assert all(one.role is not HostRole.SCANNER and one.likelihood.point < 0.45 for one in report.findings)


_FORTH = """SELECT ts, duration, "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", proto, orig_bytes, orig_pkts"""
_BACK = """SELECT ts + INTERVAL 1 MILLISECOND, duration, "id.resp_h", "id.resp_p", "id.orig_h", "id.orig_p", proto,
resp_bytes, resp_pkts"""


def test_one_way_records_of_the_same_house_give_the_same_relays(tmp_path: Path) -> None:
    connection = duckdb.connect(config={"threads": 2})
    load(scene("hard"), connection)
    both = f"{_FORTH} FROM flow UNION ALL {_BACK} FROM flow WHERE resp_pkts > 0"
    connection.execute(f"COPY ({both}) TO '{tmp_path / 'netflow.parquet'}' (FORMAT parquet)")
    assets = {
        host: Asset(asset_class=a, role=b, sanctioned=c == "yes") for host, (a, b, c) in scene("hard").inventory.items()
    }
    with flows([tmp_path], config.load(), INSIDE) as engine:
        report = find(engine.connection, config.load(), INSIDE, assets)
    likely, clear = ({one.host for one in found.findings if one.likelihood.point >= 0.55} for found in (report, hard()))
    assert len(likely & clear) >= len(clear) - 1 and likely <= clear
    assert "one-sided" not in {one.name for one in report.conditions}


def test_sampling_lowers_confidence() -> None:
    weak = {one.host: one for one in judged("hard", "UPDATE flow SET orig_pkts = 1, resp_pkts = 0").findings}
    order = list(Confidence)
    both = [(order.index(one.confidence), order.index(weak[one.host].confidence)) for one in hard().findings]
    assert all(after <= before for before, after in both)
    assert any(after < before for before, after in both)


@pytest.mark.parametrize(
    "case", tomllib.loads((CASES / "likes.toml").read_text())["case"], ids=lambda case: case["name"]
)
def test_look_alikes(case: dict[str, Any]) -> None:
    against = [like.name for like in likes(case["figures"]) if like.bits < 0]
    assert against == ([case["against"]] if case["against"] else [])


def detection(detector: str, score: float, **figures: float) -> Detection:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return Detection(
        detector=detector, family="relay behaviour", host="10.0.0.9", peers=(), first_seen=moment, last_seen=moment,
        score=score, false_rate=None, figures=tuple(figures.items()),
    )  # fmt: skip


@pytest.mark.parametrize(("hits", "best"), [(2, "conservation"), (10, "pairs"), (60, "pairs")])
def test_pairs_by_chance_do_not_hide_a_tunnel(hits: int, best: str) -> None:
    own = (detection("pairs", 40.0, hits=hits, legs=100.0), detection("conservation", 12.0))
    chosen = most_telling(own, config.load())
    assert chosen is not None and chosen.detector == best


@pytest.mark.parametrize(("sharing", "against"), [(0, "everyday-service"), (3, "everyday-service"), (4, "own-service")])
def test_hosts_that_stand_out_by_a_server_do_not_make_it_a_service_of_the_house(sharing: int, against: str) -> None:
    tunnel = detection("conservation", 20.0, opened=1.0, common_port=1.0, peer_hosts=4.0, port=443.0)
    held = likes(figures_of((tunnel,), tunnel, {}, sharing))
    assert [like.name for like in held if like.bits < 0] == [against]


_CALLS_HOME = """
INSERT INTO flow BY NAME SELECT (SELECT min(ts) FROM flow) + INTERVAL (600 * n + h) SECOND AS ts, 0.4 AS duration,
'10.0.0.' || (60 + h) AS "id.orig_h", 50000 AS "id.orig_p", '20.1.2.3' AS "id.resp_h", 443 AS "id.resp_p",
'tcp' AS proto, 500 AS orig_bytes, 700 AS resp_bytes, 5 AS orig_pkts, 5 AS resp_pkts, 'SF' AS conn_state
FROM range(140) beats(n), range(9) hosts(h)
"""


def test_software_that_calls_home_from_a_few_hosts_is_a_lead_and_no_more() -> None:
    added = {f"10.0.0.{60 + host}" for host in range(9)}
    found = [one for one in judged("hard", _CALLS_HOME).findings if one.host in added]
    assert {one.role for one in found} == {HostRole.CONTROL_CHANNEL} and len(found) == 9
    assert all(one.likelihood.point < 0.05 for one in found)
    assert not any(item.kind == "shared-peer" for one in found for item in one.evidence)


def test_the_command_prints_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = write(scene("hard"), tmp_path)
    assert run(flow, internal="10.0.0.0/8", inventory=tmp_path / "inventory.csv", json_=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == len(hard().findings)
    for line in lines:
        assert set(line) == {
            "host", "role", "likelihood", "word", "confidence", "peers", "first_seen", "last_seen", "evidence",
        }  # fmt: skip
        assert 0.01 <= line["likelihood"]["low"] <= line["likelihood"]["point"] <= line["likelihood"]["high"] <= 0.99
        assert all(set(item) == {"kind", "value", "weight", "text"} for item in line["evidence"])
    assert run(flow, internal="10.0.0.0/8", inventory=tmp_path / "inventory.csv") == 0
    page = capsys.readouterr().out
    assert "0 bad lines" in page
    assert all(line["host"] in page for line in lines)
    assert "malicious" not in page


def test_wrong_use_is_said() -> None:
    with pytest.raises(UsageError, match="give a file"):
        run()
    with pytest.raises(UsageError, match=r"10\.0\.0\.0/8"):
        judged_internal("no range")


def judged_internal(text: str) -> None:
    connection = duckdb.connect()
    load(scene("hard"), connection)
    find(connection, config.load(), [text])


@pytest.mark.parametrize(
    ("line", "leave"),
    [
        ("10.0.0.1,server,web proxy,yes", True),
        ("10.0.0.1,server,web proxy,TRUE", True),
        ("10.0.0.1,server,web proxy,1", True),
        ("10.0.0.1,server,web proxy,", True),
        ("10.0.0.1,server,web proxy,no", False),
        ("10.0.0.1,server,database,", False),
        ("10.0.0.1,server,database,0", False),
    ],
)
def test_inventory(tmp_path: Path, line: str, leave: bool) -> None:
    path = tmp_path / "hosts.csv"
    path.write_text(f"host,asset_class,role,sanctioned\n{line}\n", encoding="utf-8")
    assert read_inventory(path)["10.0.0.1"].sanctioned is leave


def test_an_inventory_without_hosts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hosts.csv"
    path.write_text("address;class\n", encoding="utf-8")
    with pytest.raises(UsageError, match="host,asset_class"):
        read_inventory(path)


@given(st.integers(0, 2**32), st.floats(1.0, 1.3), st.floats(0, 800))
def test_conserved_bytes_score_and_shuffled_do_not(seed: int, share: float, more: float) -> None:
    rng = np.random.default_rng(seed)
    up, down = (rng.lognormal(8, 1.2, 40).astype(np.int64) + 40 for _ in range(2))
    outer = ((up * share + more).astype(np.int64), (down * share + more).astype(np.int64))
    assert conserved(outer[0], up, outer[1], down, 1.0).bits > 60
    assert conserved(outer[0], np.roll(up, 7), outer[1], np.roll(down, 7), 1.0).bits < 20


def carried(rng: np.random.Generator, size: int, more: float) -> Pieces:
    """A tunnel that adds a share, `more` bytes for each connection it carries, and a handshake, over uneven pieces."""
    count, length = rng.integers(8, 90, size).astype(float), rng.uniform(600, 9000, size)
    up, down = (rng.lognormal(8, 1.2, size) * count for _ in range(2))
    return Pieces(
        moved=(1.2 * up + more * count + 900, 1.07 * down + 150 * count + 3500),
        tunnels=np.ones(size),
        others=(up, down),
        count=count,
        length=length,
    )


@given(st.integers(0, 2**32), st.floats(0, 2400))
def test_a_tunnel_follows_what_it_carries_from_piece_to_piece(seed: int, more: float) -> None:
    pieces = carried(np.random.default_rng(seed), 12, more)
    assert conserved_pieces(pieces).bits > 20
    shuffled = replace(pieces, moved=tuple(np.roll(one, 5) for one in pieces.moved))
    assert conserved_pieces(shuffled).bits < 12


@given(st.integers(0, 2**32))
def test_pieces_that_hold_few_of_the_bytes_say_nothing(seed: int) -> None:
    pieces = carried(np.random.default_rng(seed), 12, 100.0)
    more = np.where(np.arange(12) < 6, 1.0, 40.0) * np.maximum(1, pieces.moved[0].max() / pieces.moved[0])
    assert conserved_pieces(replace(pieces, moved=(pieces.moved[0] * more, pieces.moved[1]))).bits == 0.0


@given(st.integers(0, 2**32))
def test_a_steady_line_beside_steady_traffic_says_nothing_however_long_the_pieces(seed: int) -> None:
    rng = np.random.default_rng(seed)
    length, noise = rng.uniform(600, 90_000, 12), rng.normal(1, 0.02, (4, 12))
    received, sent, out, back = length * np.array([9.0, 40.0, 8.5, 38.0])[:, None] * noise
    steady = Pieces(moved=(received, sent), tunnels=np.ones(12), others=(out, back), count=length / 300, length=length)
    assert conserved_pieces(steady).bits < 4


def test_constant_bytes_say_nothing() -> None:
    same = np.full(50, 400)
    assert conserved(same, same, same, same, 1.0).bits == 0.0


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300), st.integers(1, 10_000)), min_size=1, max_size=30))
def test_spreading_loses_no_byte(legs: list[tuple[int, int, int]]) -> None:
    start, length, amount = (np.array(column) for column in zip(*legs, strict=True))
    sums = spread(start, start + length, amount.astype(float), np.arange(0, 1301, 100))
    assert math.isclose(float(sums.sum()), float(amount.sum()), rel_tol=1e-9)
    assert (sums >= 0).all()


def test_false_rates_never_rise_with_the_score() -> None:
    rates = false_rates({1: 5.0, 2: 9.0, 3: 30.0, 4: 31.0}, [4.0, 6.0, 7.0, 8.0, 12.0, 3.0, 2.0, 1.0], 4)
    assert rates[1] >= rates[2] >= rates[3] >= rates[4]
    # at 31: (1 + 0) / 4 / 1 = .25; at 30: (1 + 0) / 4 / 2 = .125, which 31 inherits
    assert rates[4] == rates[3] == 0.125
    # at 5: five decoys at or above: (1 + 4) / 4 / 4
    assert rates[1] == pytest.approx((1 + 4) / 4 / 4)


def test_poisson_bits() -> None:
    assert poisson_bits(1, 2.0) == 0.0
    # 10 of mean .5: 10 ln 20 - 10 + .5 = 20.46 nats
    assert poisson_bits(10, 0.5) == pytest.approx((10 * math.log(20) - 9.5) / math.log(2))


@pytest.mark.parametrize(
    ("quartiles", "mad", "default", "score"),
    [
        ([50.0, 60.0, 70.0], 10.0, 1.0, 0.917),  # skew 0; (60 - 10) / 60 = .833; (1 + .833) / 2
        ([10.0, 20.0, 50.0], 10.0, 1.0, 0.5),  # skew (10 + 50 - 40) / 40 = .5; (20 - 10) / 20 = .5
        ([60.0, 60.0, 60.0], 0.0, 1.0, 1.0),
        ([0.0, 0.0, 0.0], 0.0, 0.0, 0.5),
    ],
)
def test_rita5_spread(quartiles: list[float], mad: float, default: float, score: float) -> None:
    assert spread_score(quartiles, mad, default) == score


@given(st.floats(-40, 40), st.sampled_from(list(Confidence)))
def test_likelihood_keeps_its_order_and_its_edges(bits: float, sure: Confidence) -> None:
    said = likelihood(bits, sure, 1.0)
    assert 0.01 <= said.low <= said.point <= said.high <= 0.99
    assert likelihood(bits, sure, 0.44).high <= 0.44


@given(st.floats(-40, 40), st.floats(0, 10), st.sampled_from([RELAYING, CHANNEL]))
def test_more_evidence_is_never_less_likely(bits: float, more: float, stratum: str) -> None:
    assert calibrated(bits + more, stratum) >= calibrated(bits, stratum)


def evidence(group: str, used: bool = True) -> Evidence:
    return Evidence(kind="made", value="", group=group, weight=5.0, used=used, reason="made")


@pytest.mark.parametrize(
    ("groups", "stratum"),
    [
        (["control channel"], CHANNEL),
        (["control channel", "graph", "asset"], CHANNEL),
        (["control channel", "relay behaviour"], RELAYING),
        (["relay behaviour", "graph"], RELAYING),
        (["inventory"], RELAYING),
    ],
)
def test_a_control_channel_alone_has_a_table_of_its_own(groups: list[str], stratum: str) -> None:
    assert stratum_of([evidence(group) for group in groups]) == stratum
    assert stratum_of([*map(evidence, groups), evidence("relay behaviour", used=False)]) == stratum


@given(st.floats(-12, 0.5))
def test_a_control_channel_alone_is_a_lead_and_no_relay(bits: float) -> None:
    assert calibrated(bits, CHANNEL) < 0.05


def test_sparkline() -> None:
    assert sparkline((0, 1, 100)) == " ▁█"
    assert sparkline((0, 0)) == "  "
