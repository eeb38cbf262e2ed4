"""`geppo read --jsonl` of much at once: several processes, the same answers in the same order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geppo import crew
from geppo.cli import _lines
from geppo.cli.read import run

DEADLY = "this line ends its reader"


def _rows(count: int) -> list[str]:
    texts = {
        "en": "The hacking group Frost Lantern {n} used 192.0.2[.]{n} as a C2 server against ministries in Chile.",
        "ja": "攻撃グループ「霜柱の狐」は、{n}月に192.0.2[.]{n}を中継に使った。",
    }
    rows = []
    for number in range(1, count + 1):
        language = "ja" if number % 3 == 0 else "en"
        text = texts[language].format(n=number) * (60 if number == 7 else 1 + number % 3)
        rows.append(json.dumps({"id": f"r{number}", "text": text, "published": "2026-03-04"}))
    return rows


def _answers(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    code = run([str(path)], jsonl=True)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_many_lines_get_the_answers_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _rows(40)
    rows[4:4] = ["", "{broken", '{"id": "none"}']
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(_lines, "cores", lambda: 1)
    alone = _answers(file, capsys)
    assert alone[0] == 2 and len(alone[1]) == 42
    monkeypatch.setattr(_lines, "cores", lambda: 2)
    monkeypatch.setattr(_lines, "_PIECE", 1_000)
    monkeypatch.setattr(_lines, "GROUP", 700)
    for least in (1, 3_000):
        monkeypatch.setattr(_lines, "PARALLEL_FROM", least)
        monkeypatch.setattr(_lines, "AHEAD", least + 4_000)
        assert _answers(file, capsys) == alone


def test_a_line_that_ends_its_process_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _rows(12)
    rows[5] = json.dumps({"id": "bad", "text": DEADLY})
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setattr(_lines, "cores", lambda: 2)
    monkeypatch.setattr(_lines, "PARALLEL_FROM", 1)
    read = _lines._loose
    parent = os.getpid()

    def deadly(text: str, *rest: object) -> object:
        if text == DEADLY and os.getpid() != parent:
            os._exit(3)
        return read(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(_lines, "_loose", deadly)
    code, answers = _answers(file, capsys)
    assert code == 2 and len(answers) == 12
    assert [one["id"] for one in answers] == [*(f"r{n}" for n in range(1, 6)), "6", *(f"r{n}" for n in range(7, 13))]
    assert "process that read it ended" in str(answers[5]["error"])
    assert all("error" not in one for number, one in enumerate(answers) if number != 5)


def test_who_sends_one_line_gets_its_answer_before_the_next() -> None:
    command = [sys.executable, "-m", "geppo", "read", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        for row in _rows(2):
            process.stdin.write(row.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == json.loads(row)["id"]
        process.stdin.write(_rows(3)[2].encode())
        process.stdin.close()
        assert json.loads(process.stdout.readline())["id"] == "r3"
        assert process.wait() == 0


def _doubled(number: int) -> int:
    if number == 13:
        os._exit(1)
    return number * 2 + _told[-1]


_told = [0]


def _tell(number: int) -> None:
    _told.append(number)


def test_a_crew_keeps_the_order_and_loses_only_what_kills() -> None:
    things = list(range(30))
    sizes = [crew.GROUP * 5 if number == 20 else crew.GROUP // 4 for number in things]
    with crew.Crew(2) as made:
        for told in (0, 100):
            made.tell(_tell, told)
            got = list(made.each(_doubled, things, sizes))
            assert got == [crew.LOST if number == 13 else number * 2 + told for number in things]
    assert _told == [0]
