"""The lab: the same records again, a truth that the records bear out, nothing planted where nothing should be."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from geppo.errors import UsageError
from geppo.model.telemetry import FLOW, SERVICE
from geppo.relay.lab import Preset, make_flows, make_services, preset, presets
from geppo.relay.lab.make import stream
from geppo.relay.lab.planted import planted
from geppo.relay.lab.preset import Background
from geppo.relay.lab.world import world

SMALL = Background(hosts=300, flows=6_000, external=2_000, update_products=4)


def _small(name: str) -> Preset:
    chosen = preset(name)
    return replace(chosen, background=SMALL, scan=replace(chosen.scan, services=4_000))


@pytest.fixture(scope="module")
def easy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    out = tmp_path_factory.mktemp("easy")
    yield out, make_flows(_small("easy"), 3, out, days=2)


SUMS = "SELECT count(*), sum(orig_bytes), sum(resp_bytes), max(duration) FROM flow"


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], tuple[Any, ...]]:
    out = tmp_path_factory.mktemp("clear")
    return make_flows(_small("easy"), 4, out), _rows(out, SUMS)[0]


def _rows(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW flow AS SELECT * FROM read_parquet('{out}/flows/*.parquet')")
        return connection.execute(sql).fetchall()


def _digest(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        make_flows(_small("hard"), seed, tmp_path / name)
        make_services(_small("hard"), seed, tmp_path / name)
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b")
    assert _digest(tmp_path / "a") != _digest(tmp_path / "c")


def test_columns_are_the_canonical_ones(easy: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    out, _ = easy
    have = {name: kind for name, kind, *_ in _rows(out, "DESCRIBE flow")}
    assert have == {column.name: column.type for column in FLOW if not column.optional}
    make_services(_small("easy"), 3, tmp_path)
    with duckdb.connect() as connection:
        rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{tmp_path}/services/*.parquet')").fetchall()
    found = {name: kind for name, kind, *_ in rows if name != "month"}
    assert found == {column.name: column.type for column in SERVICE}


def test_no_address_can_be_taken_for_a_real_one(easy: tuple[Path, dict[str, Any]]) -> None:
    out, _ = easy
    inside, outside = ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("240.0.0.0/5")
    for (text,) in _rows(out, 'SELECT DISTINCT "id.orig_h" FROM flow UNION SELECT DISTINCT "id.resp_h" FROM flow'):
        address = ipaddress.ip_address(text)
        assert address in inside or address in outside, text


def test_every_carried_session_has_both_legs(easy: tuple[Path, dict[str, Any]]) -> None:
    """Legs of relays that carry a session each: as many toward the servers as outward, bytes kept in framing."""
    out, truth = easy
    carriers = [row for row in truth["hosts"] if row["mechanism"] in ("forward", "back-connect")]
    assert len(carriers) >= 8
    for row in carriers:
        peers = ", ".join(f"'{peer}'" for peer in row["peers"])
        host = row["host"]
        near = _rows(out, f"""
            SELECT count(*), sum(CASE WHEN "id.orig_h" = '{host}' THEN orig_bytes ELSE resp_bytes END)
            FROM flow WHERE ("id.orig_h" = '{host}' AND "id.resp_h" IN ({peers}) AND duration < 20000
                OR "id.resp_h" = '{host}' AND "id.orig_h" IN ({peers}))""")  # fmt: skip
        far = _rows(out, f"""
            SELECT count(*), sum(resp_bytes) FROM flow WHERE "id.orig_h" = '{host}' AND "id.resp_h" NOT IN ({peers})
            AND "id.resp_p" IN (443, 80, 993, 587) AND "id.resp_h" LIKE '24_.%' AND resp_bytes > 100""")  # fmt: skip
        assert near[0][0] >= row["sessions"]
        assert far[0][0] >= row["sessions"]
        assert 0.5 < near[0][1] / far[0][1] < 1.6, row


def test_hosts_and_servers_stay_over_the_days() -> None:
    chosen = _small("easy")
    made = world(stream(1, "world"), chosen.background)
    told = [planted(stream(1, "fixed"), stream(1, "planted", day), made, chosen.planted)[1] for day in range(3)]
    ends = [[(one.host, one.mechanism, one.peers) for one in day] for day in told]
    assert ends[0] == ends[1] == ends[2]
    assert [one.sessions for one in told[0]] != [one.sessions for one in told[1]]


def test_nothing_is_planted_where_nothing_should_be(tmp_path: Path) -> None:
    told = make_flows(_small("none"), 2, tmp_path)
    scanned = make_services(_small("none"), 2, tmp_path)
    assert told["hosts"] == []
    assert scanned["networks"] == {}
    assert told["rows"] > 5_000


@pytest.mark.parametrize("name", ["sampled", "timeout", "skewed", "nat", "one-sided", "lossy"])
def test_sensor_faults_change_the_records_and_not_the_truth(
    name: str, unharmed: tuple[dict[str, Any], tuple[Any, ...]], tmp_path: Path
) -> None:
    clear, before = unharmed
    faulty = make_flows(_small(name), 4, tmp_path)
    assert [row["host"] for row in faulty["hosts"]] == [row["host"] for row in clear["hosts"]]
    (after,) = _rows(tmp_path, SUMS)
    if name == "sampled":
        assert after[0] < before[0]
        assert after[1] < before[1] / 20
        (few,) = _rows(tmp_path, "SELECT count(*) FILTER (orig_pkts + resp_pkts <= 2) / count(*) FROM flow")
        assert few[0] > 0.5
    if name == "timeout":
        assert after[0] > before[0]
        assert after[1:3] == before[1:3]
        assert after[3] <= 60.0
    if name == "one-sided":
        assert after[2] == 0
    if name == "lossy":
        assert 0.93 < after[0] / before[0] < 0.97
    if name == "nat":
        assert any(row["hidden"] for row in faulty["hosts"])
    if name == "skewed":
        assert after[1:3] == before[1:3]


def test_nodes_of_a_network_die_and_are_born(tmp_path: Path) -> None:
    truth = make_services(_small("easy"), 9, tmp_path)
    months = truth["networks"]["mesh"]["members"]
    nodes = [{(row["ip"], row["port"]) for row in months[month]} for month in sorted(months)]
    assert len(nodes) == 3
    assert nodes[0] & nodes[1]
    assert nodes[0] - nodes[1]
    assert nodes[1] - nodes[0]
    servers = {row["tier"] for row in truth["networks"]["backline"]["members"]["2030-03"]}
    assert servers == {"node", "relay-server"}


def test_zeek_text_holds_the_same_rows(tmp_path: Path) -> None:
    make_flows(_small("easy"), 3, tmp_path / "parquet")
    make_flows(_small("easy"), 3, tmp_path / "zeek", zeek=True)
    (log,) = (tmp_path / "zeek" / "flows").glob("*.log.gz")
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT count(*) FROM read_csv('{log}', delim='\t', header=false, comment='#', all_varchar=true)"
        ).fetchone()
    assert rows == _rows(tmp_path / "parquet", "SELECT count(*) FROM flow")[0]


@cache
def _names() -> tuple[str, ...]:
    return presets()


def test_every_preset_reads(tmp_path: Path) -> None:
    assert {"easy", "hard", "none", "shifted", "scan-wide"} <= set(_names())
    for name in _names():
        assert preset(name).about
    with pytest.raises(UsageError, match="expected one of easy"):
        preset("moon")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from geppo.cli._relay_lab import run

    assert run(seed=1, out=tmp_path, preset="none", hosts=200, flows=2_000, services=2_000) == 0
    assert "these records are made" in capsys.readouterr().out
    assert json.loads((tmp_path / "truth.json").read_text())["seed"] == 1
    assert "made, not observed" in (tmp_path / "README.txt").read_text()
    with pytest.raises(UsageError, match="at least one day"):
        run(seed=1, out=tmp_path, days=0)


def test_streams_are_apart() -> None:
    one, other = stream(1, "a").random(3), stream(1, "b").random(3)
    assert not np.allclose(one, other)
