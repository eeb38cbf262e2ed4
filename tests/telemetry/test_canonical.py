"""Canonical Parquet: every flow once for the whole, and every flow of a monitored host in the host's bucket."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from geppo.errors import UsageError
from geppo.telemetry import canonical, flows, open_bucket, to_parquet
from tests.telemetry.shared import settings_with

INTERNAL = ("10.0.0.0/8", "2001:db8:1::/48")
SETTINGS = settings_with(buckets=4, threads=2)
HOSTS = [f"10.0.0.{i}" for i in range(1, 9)] + ["2001:db8:1::5", "203.0.113.7", "203.0.113.8", "2001:db8:2::9"]
ENDS = '"id.orig_h", "id.resp_h", "id.orig_p"'


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 300 flows over two days between monitored and other hosts."""
    chance = random.Random(7)
    lines = ["#separator \\x09", "#path\tconn", "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto"]
    for i in range(300):
        one, two = chance.sample(HOSTS, 2)
        lines.append(f"{1935360000 + i * 500 + chance.random():.6f}\t{one}\t{10000 + i}\t{two}\t443\ttcp")
    path = tmp_path_factory.mktemp("logs") / "conn.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _rows(paths: list[Path]) -> list[tuple[object, ...]]:
    with flows(paths, SETTINGS) as engine:
        return engine.rows("SELECT * FROM flow ORDER BY ALL")


def test_the_whole_has_every_flow_once(log: Path, tmp_path: Path) -> None:
    report = to_parquet([log], tmp_path / "out", SETTINGS, INTERNAL)
    assert report.rows == 300
    assert _rows([tmp_path / "out"]) == _rows([log])
    assert {part.day for part in canonical.parts(tmp_path / "out")} == {"2031-05-01", "2031-05-02"}


def test_a_bucket_has_every_flow_of_its_monitored_hosts(log: Path, tmp_path: Path) -> None:
    to_parquet([log], tmp_path / "out", SETTINGS, INTERNAL)
    assert canonical.bucket_count(tmp_path / "out") == 4
    expected: Counter[tuple[object, ...]] = Counter()
    with flows([log], SETTINGS) as engine:
        for one, two, port in engine.rows(f"SELECT {ENDS} FROM flow"):
            expected.update((host, port) for host in (one, two) if host.startswith(("10.", "2001:db8:1:")))
    seen: Counter[tuple[object, ...]] = Counter()
    for bucket in range(4):
        with open_bucket(tmp_path / "out", bucket, SETTINGS) as engine:
            for end in ("id.orig_h", "id.resp_h"):
                mine = engine.rows(f'SELECT "{end}", "id.orig_p" FROM flow WHERE bucket_of("{end}") = ?', [bucket])
                seen.update(row for row in mine if str(row[0]).startswith(("10.", "2001:db8:1:")))
    assert seen == expected


def test_a_flow_between_monitored_hosts_lies_in_two_buckets_at_most(log: Path, tmp_path: Path) -> None:
    to_parquet([log], tmp_path / "out", SETTINGS, INTERNAL)
    with flows([part.path for part in canonical.parts(tmp_path / "out")], SETTINGS, copies=True) as engine:
        times = engine.rows(f"SELECT {ENDS}, count(*) FROM flow GROUP BY ALL")
    for one, two, _, count in times:
        both = all(host.startswith(("10.", "2001:db8:1:")) for host in (one, two))
        apart = canonical.bucket_of(one, 4) != canonical.bucket_of(two, 4)
        assert count == (2 if both and apart else 1)
    assert {count for *_, count in times} == {1, 2}


def test_equal_inputs_give_equal_bytes(log: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        to_parquet([log], tmp_path / name, SETTINGS, INTERNAL)
        folder = tmp_path / name
        made.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.parquet")})
    assert made[0] == made[1] and len(made[0]) == 8


def test_a_day_of_a_bucket(log: Path, tmp_path: Path) -> None:
    to_parquet([log], tmp_path / "out", SETTINGS, INTERNAL)
    with open_bucket(tmp_path / "out", 1, SETTINGS, days=["2031-05-02"]) as engine:
        assert engine.rows("SELECT DISTINCT CAST(ts AS DATE)::VARCHAR FROM flow") == [("2031-05-02",)]
    with open_bucket(tmp_path / "out", 1, SETTINGS, days=["1999-01-01"]) as engine:
        assert engine.rows("SELECT count(*) FROM flow") == [(0,)]


def test_without_internal_networks_nothing_is_written_twice(log: Path, tmp_path: Path) -> None:
    to_parquet([log], tmp_path / "out", SETTINGS)
    with flows([part.path for part in canonical.parts(tmp_path / "out")], SETTINGS, copies=True) as engine:
        assert engine.rows("SELECT count(*) FROM flow") == [(300,)]


def test_both_ways_to_a_bucket_agree() -> None:
    connection = duckdb.connect()
    for host in HOSTS:
        sql = f"SELECT {canonical.bucket_sql('x', 16)} FROM (SELECT CAST(? AS VARCHAR) AS x)"
        assert connection.execute(sql, [host]).fetchall() == [(canonical.bucket_of(host, 16),)]


def test_a_failed_run_leaves_nothing(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    (tmp_path / ".out.unfinished" / "day=1999-01-01").mkdir(parents=True)
    monkeypatch.setattr(canonical, "_sort", full)
    with pytest.raises(OSError, match="disk full"):
        to_parquet([log], tmp_path / "out", SETTINGS, INTERNAL)
    assert list(tmp_path.iterdir()) == []


def test_wrong_use_says_so(log: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        to_parquet([log], tmp_path / "out", SETTINGS)
    with pytest.raises(UsageError, match="expected canonical Parquet"):
        open_bucket(tmp_path / "out", 0, SETTINGS)
    with pytest.raises(UsageError, match="internal networks"):
        flows([log], SETTINGS, ["10.0.0.0/40"])
    to_parquet([log], tmp_path / "more", SETTINGS)
    with pytest.raises(UsageError, match="buckets 0 to 3"):
        open_bucket(tmp_path / "more", 4, SETTINGS)
