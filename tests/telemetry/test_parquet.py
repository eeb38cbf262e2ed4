"""Parquet of others: what is clean is used where it lies, what is not is mended as text is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from geppo.telemetry import flows, services
from tests.telemetry.shared import settings_with

SETTINGS = settings_with()
BASE = """
SELECT TIMESTAMP '2031-05-01 10:00:00.25' + to_seconds(i) AS ts, 1.5 :: DOUBLE AS duration,
    '10.0.0.' || i AS "id.orig_h", 40000 + i AS "id.orig_p", '203.0.113.9' AS "id.resp_h", 443 AS "id.resp_p",
    'tcp' AS proto, 5 :: BIGINT AS orig_bytes, 7 :: BIGINT AS resp_bytes
FROM range(3) AS made(i)
"""
TIMES = {
    "without zone": "ts",
    "with zone": "ts AT TIME ZONE 'UTC'",
    "seconds": "epoch_us(ts) / 1e6",
    "milliseconds": "epoch_ms(ts)",
    "text": "CAST(ts AS VARCHAR)",
    "nanoseconds": "CAST(ts AS TIMESTAMP_NS)",
}


def _write(path: Path, sql: str) -> Path:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    connection.close()
    return path


@pytest.mark.parametrize("kind", TIMES)
def test_every_kind_of_time_is_the_same_instant(kind: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "conn.parquet", f"SELECT * REPLACE ({TIMES[kind]} AS ts) FROM ({BASE})")
    with flows([path], SETTINGS) as engine:
        assert engine.rows("SELECT min(ts), count(*) FROM flow") == [(datetime(2031, 5, 1, 10, 0, 0, 250000), 3)]
        assert engine.report.files[0].first == datetime(2031, 5, 1, 10, 0, 0, 250000)


def test_clean_files_are_not_copied_and_others_are_mended(tmp_path: Path) -> None:
    clean = _write(tmp_path / "clean.parquet", BASE)
    odd = """CASE "id.orig_p" WHEN 40000 THEN '::FFFF:10.0.0.0' WHEN 40001 THEN 'nowhere' ELSE '2001:DB8::0:1' END"""
    mixed = _write(tmp_path / "mixed.parquet", f'SELECT * REPLACE ({odd} AS "id.orig_h") FROM ({BASE})')
    with flows([clean, mixed], SETTINGS) as engine:
        assert engine.work is not None
        assert len(list((engine.work / "staged" / "flow").iterdir())) == 1
        assert [(one.rows, one.bad) for one in engine.report.files] == [(3, 0), (2, 1)]
        assert engine.report.files[1].samples[0].reason == "id.orig_h: cannot read nowhere"
        hosts = engine.rows('SELECT "id.orig_h" FROM flow ORDER BY ALL')
    assert [host for (host,) in hosts] == ["10.0.0.0", "10.0.0.0", "10.0.0.1", "10.0.0.2", "2001:db8::1"]


@pytest.mark.parametrize(
    "change",
    ["-1.0 AS duration", '70000 AS "id.orig_p"', "-5 AS orig_bytes", "'nan' :: DOUBLE AS duration", "NULL AS ts"],
)
def test_wrong_values_are_found(change: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "conn.parquet", f"SELECT * REPLACE ({change}) FROM ({BASE})")
    with flows([path], SETTINGS) as engine:
        assert engine.report.files[0].bad + engine.report.files[0].doubtful == 3


def test_missing_optional_columns_are_null_and_missing_needed_ones_a_gap(tmp_path: Path) -> None:
    few = _write(tmp_path / "few.parquet", f'SELECT ts, "id.orig_h", "id.resp_h", proto FROM ({BASE})')
    none = _write(tmp_path / "none.parquet", "SELECT 1 AS a")
    with flows([few, none], SETTINGS) as engine:
        assert engine.rows("SELECT count(*), count(duration), count(conn_state) FROM flow") == [(3, 0, 0)]
        assert [gap.kind for gap in engine.report.gaps] == ["unknown-format"]


def test_services_keep_their_certificates(tmp_path: Path) -> None:
    sql = """SELECT TIMESTAMP '2031-05-01' AS ts, '203.0.113.9' AS ip, 443 AS port, 64500 :: INTEGER AS asn,
        'CN=a' AS cert_subject, DATE '2122-01-01' AS not_after FROM range(2)"""
    with services([_write(tmp_path / "scan.parquet", sql)], SETTINGS) as engine:
        found = engine.rows("SELECT DISTINCT ip, port, asn, cert_subject, not_after, jarm FROM service")
    assert found == [("203.0.113.9", 443, 64500, "CN=a", datetime(2122, 1, 1), None)]


def test_closing_removes_what_was_staged(tmp_path: Path) -> None:
    settings = settings_with(temp_directory=str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    with flows([_write(tmp_path / "conn.parquet", BASE)], settings):
        assert len(list((tmp_path / "tmp").iterdir())) == 1
    assert list((tmp_path / "tmp").iterdir()) == []


_ANSWER = """
SELECT ts + INTERVAL 1 MILLISECOND AS ts, duration, "id.resp_h" AS "id.orig_h", "id.resp_p" AS "id.orig_p",
    "id.orig_h" AS "id.resp_h", "id.orig_p" AS "id.resp_p", proto, resp_bytes AS orig_bytes FROM ({base}) WHERE {where}
"""
_ONE_WAY = "SELECT * EXCLUDE (resp_bytes) FROM ({base}) UNION ALL " + _ANSWER


@pytest.mark.parametrize(
    ("where", "joined", "unpaired", "answers"),
    [
        ("true", 3, 0, [5, 5, 5, 7, 7, 7]),
        ('"id.orig_p" <> 40001', 2, 1, [5, 5, 5, 7, 7, None]),
        ("false", 0, 3, [5, 5, 5, None, None, None]),
    ],
)
def test_parquet_with_a_row_for_each_direction_is_paired(
    where: str, joined: int, unpaired: int, answers: list[int | None], tmp_path: Path
) -> None:
    path = _write(tmp_path / "netflow.parquet", _ONE_WAY.format(base=BASE, where=where))
    with flows([path], SETTINGS) as engine:
        assert (engine.report.joined, engine.report.unpaired, engine.report.rows) == (joined, unpaired, 3 + joined)
        found = engine.rows('SELECT orig_bytes, resp_bytes, "id.resp_p" FROM flow ORDER BY ALL')
    assert [row[0] for row in found] + [row[1] for row in found] == answers
    assert {row[2] for row in found} == {443}


@pytest.mark.parametrize("more", ["resp_bytes", "3 :: BIGINT AS resp_pkts", "'SF' AS conn_state"])
def test_a_file_that_speaks_of_answers_is_not_paired(more: str, tmp_path: Path) -> None:
    sql = f"SELECT * EXCLUDE (resp_bytes), {more} FROM ({BASE} UNION ALL {BASE})"
    with flows([_write(tmp_path / "conn.parquet", sql)], SETTINGS) as engine:
        assert engine.rows("SELECT count(*) FROM flow") == [(6,)]
        assert (engine.report.joined, engine.report.unpaired) == (0, 0)
