"""The shared expressions: sums that a reader can follow, and the same rows on every engine."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from geppo.config import Settings
from geppo.errors import DataError, UsageError
from geppo.telemetry import canonical, legs, to_parquet
from geppo.telemetry.engines import engines, rows, write
from geppo.telemetry.expressions import EXPRESSIONS, KEYS, build, compiled
from tests.telemetry.shared import settings_with

SETTINGS = settings_with(buckets=3, spark_master="local[2]")
FIELDS = ("ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "orig_bytes", "resp_bytes")
HEADER = "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\t" + "\t".join(FIELDS) + "\n"
START = 1935360000


def _kept(tmp_path: Path, lines: list[str]) -> list[Path]:
    log = tmp_path / "conn.log"
    log.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    to_parquet([log], tmp_path / "out", SETTINGS, ["10.0.0.0/8"])
    return [part.path for part in canonical.parts(tmp_path / "out")]


def _flow(at: float, one: str, two: str, sent: object = 100, got: object = 1000, port: int = 443) -> str:
    return f"{START + at:.6f}\t{one}\t5{int(at) % 10000:04d}\t{two}\t{port}\ttcp\t{sent}\t{got}"


def test_intervals_of_one_pair(tmp_path: Path) -> None:
    """Gaps of 60, 61, 59, 60 and 120 s: sorted 59 60 60 61 120, so quartiles at places 1, 2, 3: 60 60 61.

    Distances to 60: 1 0 0 1 60, sorted 0 0 1 1 60: MAD 1 s. Bytes 100 100 100 100 200 -: sorted 0 100 100 100 100 200,
    places 1, 2, 3: 100 100 100; distances 100 0 0 0 0 100, sorted 0 0 0 0 100 100, place 2: 0.
    """
    starts = [0, 60, 121, 180, 240, 360]
    sizes: list[object] = [100, 100, 100, 100, 200, "-"]
    lines = [_flow(at, "10.0.0.1", "203.0.113.1", size) for at, size in zip(starts, sizes, strict=True)]
    lines += [_flow(at, "10.0.0.2", "203.0.113.1") for at in (0, 5, 9)]
    found = rows("duckdb", "intervals", _kept(tmp_path, lines), SETTINGS)
    first, second = START * 1_000_000, 1_000_000
    gaps = (60 * second, 60 * second, 61 * second, second)
    assert found == [("10.0.0.1", "203.0.113.1", 443, 6, first, first + 360 * second, *gaps, 100, 100, 100, 0)]


def test_fan_and_balance_of_a_host_in_the_middle(tmp_path: Path) -> None:
    """10.0.0.5 gets 700 + 50 and 300 of 203.0.113.1, sends 500 on to 10.0.0.6 and gets 80 back."""
    lines = [
        _flow(0, "203.0.113.1", "10.0.0.5", 700, 40, 8080),
        _flow(1, "203.0.113.1", "10.0.0.5", 50, "-", 22),
        _flow(7200, "10.0.0.5", "203.0.113.1", 9, 300, 443),
        _flow(7201, "10.0.0.5", "10.0.0.6", 500, 80, 443),
        _flow(6 * 3600, "10.0.0.5", "10.0.0.6", 1, 2, 443),
    ]
    files = _kept(tmp_path, lines)
    first = START * 1_000_000
    host = next(row for row in rows("duckdb", "fan", files, SETTINGS) if row[0] == "10.0.0.5")
    out, into = 9 + 500 + 1 + 40, 700 + 50 + 300 + 80 + 2
    assert host == ("10.0.0.5", 3, 2, out, into, first, first + 6 * 3600 * 1_000_000, 2, 1, 1, 2, 3)
    slot = START // (6 * 3600)
    mine = [row for row in rows("duckdb", "balance", files, SETTINGS) if row[0] == "10.0.0.5"]
    assert mine == [("10.0.0.5", slot, 4, into - 2, out - 1, 2), ("10.0.0.5", slot + 1, 1, 2, 1, 1)]


def test_engines_and_expressions_are_listed() -> None:
    assert set(engines()) == {"duckdb", "spark", "clickhouse"}
    assert set(EXPRESSIONS) == set(KEYS)
    with pytest.raises(UsageError, match="expected one of clickhouse, duckdb, spark"):
        rows("abacus", "fan", [], SETTINGS)
    with pytest.raises(DataError, match="no shared expression 'sum'"):
        compiled("sum")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """4,000 flows with ties in time, size and port, null bytes, IPv6 and flows between monitored hosts."""
    chance = random.Random(11)
    hosts = [f"10.0.{i % 3}.{i}" for i in range(1, 25)] + ["2001:db8::1", "203.0.113.1", "198.51.100.2"]
    lines = []
    for _ in range(4000):
        one, two = chance.sample(hosts, 2)
        at = chance.choice([chance.randrange(90_000), chance.randrange(90_000) + chance.random()])
        sent = chance.choice(["-", 0, 100, 100, chance.randrange(5000)])
        lines.append(
            _flow(at, one, two, sent, chance.choice(["-", 5, chance.randrange(10**9)]), chance.choice([443, 80]))
        )
    return _kept(tmp_path_factory.mktemp("busy"), lines)


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_a_row_is_one_key_in_order(name: str, busy: list[Path]) -> None:
    found = rows("duckdb", name, busy, SETTINGS)
    keys = [row[: len(KEYS[name])] for row in found]
    assert keys == sorted(set(keys)) and len(keys) > 20
    assert all(isinstance(value, int | str) for row in found for value in row)


@pytest.mark.scale
@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
@pytest.mark.parametrize("engine", ["spark", "clickhouse"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_engines_agree_to_the_last_digit(engine: str, name: str, busy: list[Path]) -> None:
    assert rows(engine, name, busy, SETTINGS) == rows("duckdb", name, busy, SETTINGS)


@pytest.mark.scale
@pytest.mark.parametrize("name", sorted([*EXPRESSIONS, *legs.EXPRESSIONS]))
def test_the_shipped_sql_is_what_ibis_compiles(name: str, request: pytest.FixtureRequest) -> None:
    import ibis

    place, make = ("legs", legs.build) if name in legs.EXPRESSIONS else ("expressions", build)
    made = f"-- geppo.telemetry.{place}.{name}, compiled by Ibis; do not edit.\n{ibis.to_sql(make(name), 'duckdb')}\n"
    if request.config.getoption("--update-golden"):
        path = Path(__file__).parents[2] / "src" / "geppo" / "telemetry" / "compiled" / f"{name}.sql"
        path.write_text(made, encoding="utf-8")
    assert compiled(name) == made


@pytest.mark.parametrize("engine", ["spark", "clickhouse"])
def test_a_missing_engine_says_what_to_install(engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import builtins

    real: Callable[..., object] = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name.partition(".")[0] in {"ibis", "chdb", "pyspark"}:
            raise ImportError(f"No module named {name!r}", name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'geppo\[scale\]'"):
        rows(engine, "fan", [Path("x.parquet")], SETTINGS)
    with pytest.raises(UsageError, match=r"pip install 'geppo\[scale\]'"):
        write(engine, ["addresses"], [Path("x.parquet")], None, tmp_path, SETTINGS)


def test_settings_are_the_packaged_ones() -> None:
    assert isinstance(SETTINGS, Settings) and SETTINGS.text("telemetry.spark_master") == "local[2]"


def test_the_example_of_the_docs_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.S)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "conn.log").write_text(HEADER + _flow(0, "10.0.0.1", "203.0.113.1") + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {"__name__": "example"}
    exec(compile(example, "docs/engines.md", "exec"), scope)
    assert scope["busiest"] == [("203.0.113.1", 1)]
