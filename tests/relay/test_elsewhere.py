"""The stage that another engine makes is the stage made here: the same legs, the same sides, the same findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.cli._relay_flows import run_flows
from geppo.config import Settings
from geppo.relay.detect._elsewhere import Elsewhere
from geppo.relay.detect._stage import staged
from geppo.relay.flows import find
from geppo.telemetry import canonical, flows, to_parquet
from geppo.telemetry.engine import Engine
from tests.relay.scenes import make, rows, write

INSIDE = ("10.0.0.0/8", "2001:db8::/32")
HEADER = (
    "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t"
)
HEADER += "duration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\tresp_pkts\n"
ODD = """\
1772323200.5\t10.0.0.1\t50000\t203.0.113.9\t443\ttcp\t1.0000005\t10\t20\tSF\t3\t3
1772323201.5\t10.0.0.1\t50001\t203.0.113.9\t443\ttcp\t-\t-\t-\tS0\t1\t0
1772323202.5\t203.0.113.9\t50002\t10.0.0.1\t8080\ttcp\t0.25\t70\t80\t-\t2\t0
1772323203.5\t10.0.0.1\t50003\t10.0.0.2\t22\ttcp\t2.5\t700\t-\t-\t4\t-
1772323204.5\t2001:db8::7\t50004\t2606:4700::1\t853\tudp\t9.75\t11\t12\t-\t1\t1
1772323205.5\t10.0.0.1\t50005\t224.0.0.251\t5353\tudp\t0.1\t99\t-\tS0\t1\t0
1772323206.5\t10.0.0.1\t8\t203.0.113.1\t0\ticmp\t0.1\t56\t56\tOTH\t1\t1
1772323207.5\t10.0.0.1\t50006\t10.0.0.1\t80\ttcp\t0.1\t5\t6\tSF\t3\t3
1772323208.5\t::ffff:10.0.0.2\t50007\t203.0.113.9\t443\ttcp\t100000001\t1\t2\tREJ\t1\t1
"""
"""No state, no duration, no bytes; IPv6, mapped IPv4, multicast, ICMP, a flow to itself, a fault of years."""


def _settings(bucket_rows: int = 3_000_000) -> Settings:
    values: dict[str, float | int | str | bool] = {
        "relay.flows.bucket_rows": bucket_rows,
        "telemetry.buckets": 3,
        "telemetry.spark_master": "local[2]",
    }
    return Settings(known=config.load().known, values=values)


@cache
def _scene(name: str) -> Any:
    return make(rows()[name], int(rows()[name]["seed"]))


def _kept(tmp_path: Path, name: str) -> Path:
    logs = tmp_path / "logs"
    logs.mkdir()
    if name == "odd":
        (logs / "conn.log").write_text(HEADER + ODD, encoding="utf-8")
    elif name != "nothing":
        write(_scene(name), logs / "flows.parquet")
    to_parquet([logs], tmp_path / "kept", _settings(), INSIDE)
    return tmp_path / "kept"


@contextmanager
def _two_ways(tmp_path: Path, name: str, engine: str) -> Iterator[tuple[Engine, Elsewhere]]:
    kept = _kept(tmp_path, name)
    files = tuple(part.path for part in canonical.parts(kept))
    (tmp_path / "made").mkdir()
    with flows([kept], _settings(), INSIDE) as source:
        yield source, Elsewhere(engine=engine, files=files, folder=tmp_path / "made", settings=_settings())


def _tables(source: Engine, place: Elsewhere | None, bucket_rows: int, inside: tuple[str, ...] = INSIDE) -> list[Any]:
    with staged(source.connection, _settings(bucket_rows), inside, None, place) as stage:
        run_ = stage.connection.execute
        told = [(table, run_(f"FROM stage.{table} ORDER BY ALL").fetchall()) for table in ("leg", "pair", "popularity")]
        return [*told, stage.hosts, stage.legs, stage.first, stage.last, stage.rows]


ENGINES = [
    "duckdb",
    *(
        pytest.param(one, marks=[pytest.mark.scale, pytest.mark.filterwarnings("ignore::Warning")])
        for one in ("spark", "clickhouse")
    ),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "bucket_rows"), [("odd", 4), ("cut", 5_000)])
def test_tables_are_those_made_here(engine: str, name: str, bucket_rows: int, tmp_path: Path) -> None:
    with _two_ways(tmp_path, name, engine) as (source, place):
        here, there = _tables(source, None, bucket_rows), _tables(source, place, bucket_rows)
    assert len(here[0][1]) >= 7
    assert there == here


@pytest.mark.parametrize("engine", ENGINES)
def test_no_host_of_the_house_is_no_leg(engine: str, tmp_path: Path) -> None:
    with _two_ways(tmp_path, "odd", engine) as (source, place):
        assert _tables(source, place, 4, ("192.0.2.0/24",))[:2] == [("leg", []), ("pair", [])]


@pytest.mark.parametrize("engine", ENGINES)
def test_findings_are_those_made_here(engine: str, tmp_path: Path) -> None:
    with _two_ways(tmp_path, "hard", engine) as (source, place):
        here = find(source.connection, _settings(), INSIDE)
        assert len(here.findings) > 3
        assert find(source.connection, _settings(), INSIDE, None, place) == here


@pytest.mark.scale
@pytest.mark.parametrize("engine", ["spark", "clickhouse"])
@pytest.mark.filterwarnings("ignore::Warning")
def test_the_command_takes_records_of_any_format(engine: str, tmp_path: Path) -> None:
    (tmp_path / "conn.log").write_text(HEADER + ODD, encoding="utf-8")
    paths, internal = (tmp_path / "conn.log",), ",".join(INSIDE)
    here = run_flows(paths, internal=internal, inventory=None, engine="duckdb")
    assert run_flows(paths, internal=internal, inventory=None, engine=engine) == here


@pytest.mark.parametrize("engine", ["spark", "clickhouse"])
def test_nothing_to_read_needs_no_engine(engine: str, tmp_path: Path) -> None:
    here = run_flows((tmp_path,), internal="10.0.0.0/8", inventory=None, engine="duckdb")
    assert run_flows((tmp_path,), internal="10.0.0.0/8", inventory=None, engine=engine) == here
    assert [one.name for one in here[0].conditions] == ["nothing"]
