"""The commands as other programs call them: output, exit codes, errors."""

from __future__ import annotations

import importlib
import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geppo.cli._app import VERBS
from tests.conftest import month_folder


def geppo(*words: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a new process."""
    return subprocess.run(
        [sys.executable, "-m", "geppo", *words], input=stdin, capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a written month."""
    home = tmp_path_factory.mktemp("briefing")
    documents = home / "reports"
    shutil.copytree(month_folder("kanto"), documents)
    work = home / "work"
    assert geppo("init", str(work)).returncode == 0
    collected = geppo("collect", "--path", str(documents), "--workspace", str(work))
    assert collected.returncode == 0, collected.stderr
    assert "14 new documents" in collected.stdout
    written = geppo("month", "2026-04", "--workspace", str(work))
    assert written.returncode == 0, written.stderr
    return work


def test_month_writes_the_files_of_the_contract(briefing: Path) -> None:
    folder = briefing / "out" / "2026-04"
    names = {path.name for path in folder.iterdir()}
    wanted = {
        f"{k}.{lang}.{end}" for k in ("member", "public") for lang in ("ja", "en") for end in ("html", "pdf", "md")
    }
    assert wanted | {"edition.json", "bundle.stix.json"} <= names
    assert {name for name in names if name.endswith(".eml")}


def test_why_walks_from_a_sentence_to_the_document(briefing: Path) -> None:
    data = json.loads((briefing / "out" / "2026-04" / "edition.json").read_text(encoding="utf-8"))
    sentence = next(
        s for e in data["editions"] for section in e["sections"][1:] for s in section["sentences"] if s["assessments"]
    )
    shown = geppo("why", sentence["id"], "--workspace", str(briefing))
    assert shown.returncode == 0, shown.stderr
    for part in ("sentence", "assessment", "claim", "passage", "document sha256", "https://"):
        assert part in shown.stdout
    assert geppo("why", "s-nothing", "--workspace", str(briefing)).returncode == 2


def test_as_of_before_the_collection_knows_nothing(briefing: Path, tmp_path: Path) -> None:
    done = geppo(
        "month", "2026-04", "--as-of", "2020-01-01T00:00:00+09:00", "--workspace", str(briefing), "--out", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    data = json.loads((tmp_path / "2026-04" / "edition.json").read_text(encoding="utf-8"))
    assert data["claims"] == []


def test_collecting_again_adds_nothing(briefing: Path) -> None:
    again = geppo("collect", "--path", str(briefing.parent / "reports"), "--workspace", str(briefing))
    assert again.returncode == 0
    assert "0 new documents, 14 known already" in again.stdout


def test_a_bad_file_gives_exit_3_and_a_line(tmp_path: Path) -> None:
    geppo("init", str(tmp_path / "w"))
    (tmp_path / "x.bin").write_bytes(b"\x7fELF\x00")
    done = geppo("collect", "--path", str(tmp_path / "x.bin"), "--workspace", str(tmp_path / "w"))
    assert done.returncode == 3
    assert "binary" in done.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["month", "2026-13", "--workspace", "."], "month from 01 to 12"),
        (["month", "2026-04"], "geppo init"),
        (["month", "2026-04", "--as-of", "2026-04-01T06:01"], "zone"),
        (["collect", "--path", "/nowhere/at/all"], "no such file"),
        (["judge", "overlap"], "two groups"),
    ],
)
def test_wrong_use_says_what_to_do(words: list[str], hint: str, tmp_path: Path) -> None:
    if "--as-of" in words:
        geppo("init", str(tmp_path))
    done = geppo(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert hint in done.stderr


def test_read_answers_line_by_line() -> None:
    lines = [
        {"id": "a", "text": "Dune Marten used 192.0.2[.]15 as a C2 server, Northgate Labs said."},
        {"id": "b", "text": "脆弱性CVE-2026-41234が悪用された。", "language": "ja", "published": "2026-03-02"},
        {"id": "c", "text": ""},
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "geppo", "read", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    answers = []
    for line in lines:
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
        answers.append(json.loads(process.stdout.readline()))
    process.stdin.close()
    process.stdout.close()
    assert process.wait(timeout=20) == 0
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    value = answers[0]["observables"][0]
    assert (value["type"], value["value"], value["defanged"], value["verdict"]) == (
        "ipv4", "192.0.2.15", True, "malicious",
    )  # fmt: skip
    assert answers[1]["claims"][0]["predicate"] == "exploits"
    assert answers[2]["claims"] == []


def test_judge_overlap_pairs(tmp_path: Path) -> None:
    side = {
        "date": "2026-03-02",
        "publisher": "A",
        "artefacts": [{"type": "ip", "value": "192.0.2.15"}],
        "techniques": [],
    }
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"id": "p", "a": side, "b": {**side, "publisher": "B"}}) + "\n", encoding="utf-8")
    done = geppo("judge", "overlap", "--pairs", str(file))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["id"] == "p"
    assert answer["confidence"] == "low"
    assert set(answer["likelihood"]) >= {"low", "point", "high"}


def test_doctor_finds_nothing_wrong(tmp_path: Path) -> None:
    done = geppo("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "fault" not in done.stdout


def test_the_list_of_verbs_says_what_each_says_of_itself() -> None:
    for verb, line in VERBS.items():
        own = inspect.getdoc(importlib.import_module(f"geppo.cli.{verb}").run) or ""
        assert own.partition("\n\n")[0] == line
    listed = " ".join(geppo("--help").stdout.replace("│", " ").split())
    assert VERBS["why"] in listed
    assert "Examples: geppo why" in " ".join(geppo("why", "--help").stdout.split())
