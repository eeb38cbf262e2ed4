"""`geppo relay scan` and `geppo relay track` as other programs call them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.relay.scene import make, write_lines

PLANTED: dict[str, Any] = {
    "population": [
        {"name": "street", "size": 500, "as_count": 60, "ports": {"443": 1}, "cert": "unique",
         "issuer": "CN={alpha4-9}.lan, O={alpha4-9}", "jarm": {"a": 2, "b": 1}},
        {"name": "planted", "truth": "network", "size": 80, "as_count": 30, "as_law": "even", "ports": {"47001": 1},
         "cert": "shared", "issuer": "CN=node", "days": [3650, 3650], "jarm": {"own": 1}, "churn": False},
    ]
}  # fmt: skip


def geppo(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "geppo", *words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("relay") / "scan.jsonl"
    write_lines(make(PLANTED).rows, path)
    return path


def test_scan_prints_a_line_a_network_and_draws_it(records: Path, tmp_path: Path) -> None:
    done = geppo("relay", "scan", str(records), "--json", "--map", str(tmp_path / "maps"))
    assert (done.returncode, done.stderr) == (0, "")
    (network,) = (json.loads(line) for line in done.stdout.splitlines())
    assert len(network["members"]) == 80
    assert network["class"] == "orb"
    assert (tmp_path / "maps" / f"{network['network']}.svg").read_text(encoding="utf-8").startswith("<svg")


def test_scan_for_a_person_says_likelihood_and_confidence_apart(records: Path) -> None:
    lines = geppo("relay", "scan", str(records)).stdout.splitlines()
    assert "one relay network (" in lines[0] and "confidence" not in lines[0]
    assert lines[1] == "  Our confidence is low."


def test_track_prints_months(records: Path) -> None:
    (line,) = geppo("relay", "track", str(records), "--json").stdout.splitlines()
    (month,) = json.loads(line)["months"]
    assert (month["month"], month["addresses"], month["new"]) == ("2026-03", 80, 80)


def test_track_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("ip,role,first_seen,last_seen\n192.0.2.1,relay,2026-01-01,2026-01-11\n", encoding="utf-8")
    done = geppo("relay", "track", "--list", str(path))
    assert "relay: 1 addresses, mean 10.0 days, median 10" in done.stdout


@pytest.mark.parametrize("words", [("relay", "scan"), ("relay", "track"), ("relay", "scan", "no-such-file")])
def test_wrong_use(words: tuple[str, ...]) -> None:
    done = geppo(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("geppo: ")


def test_broken_lines_are_counted_and_shown(records: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(records.read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
    done = geppo("relay", "scan", str(path))
    assert done.returncode == 0
    assert "1 bad lines" in done.stderr


def test_settings_of_the_workspace_count(records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "one relay network (" in geppo("relay", "scan", str(records)).stdout
    (tmp_path / "geppo.toml").write_text('[settings]\n"relay.scan.least" = 500\n', encoding="utf-8")
    assert "one relay network (" not in geppo("relay", "scan", str(records)).stdout
