"""`geppo read` as a user meets it: files, folders, streams, pages, and what it says when something is wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from geppo.cli.read import run
from geppo.errors import UsageError

NOTE = "Dune Marten used 192.0.2[.]15 as a C2 server, Northgate Labs said.\n"


class _Stdin(io.TextIOWrapper):
    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "note.md"
    file.write_text(f"---\npublished: 2025-03-02\npublisher: Harbour Weekly\n---\n\n{NOTE}", encoding="utf-8")
    return file


def test_a_file_is_shown_with_its_marks(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(note)]) == 0
    shown = capsys.readouterr().out
    assert "Harbour Weekly\u00a0· published 2 March 2025\u00a0· English\u00a0· note.md" in " ".join(shown.split(" "))
    assert "192.0.2[.]15 ‹malicious›" in shown and "\x1b" not in shown and "192.0.2.15" not in shown


def test_standard_input_without_date_and_publisher(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", _Stdin(NOTE.encode()))
    assert run() == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "publisher not stated" in shown and "no date in the document" in shown and "standard input" in shown


def test_labels_in_japanese(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(note)], lang="ja") == 0
    assert "192.0.2[.]15 ‹悪性›" in capsys.readouterr().out


def test_colour_only_where_it_is_wanted(
    note: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    run([str(note)])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run([str(note)])
    assert "\x1b" not in capsys.readouterr().out


def test_json_is_the_contract(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(note)], json_=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"id", "language", "observables", "mentions", "claims"} <= set(said)
    value = said["observables"][0]
    assert set(value) >= {"type", "value", "start", "end", "defanged", "verdict", "reason"}
    assert (value["value"], said["id"]) == ("192.0.2.15", str(note))


def test_a_page_to_standard_output_and_to_a_file(note: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run([str(note)], html=True, lang="ja") == 0
    page = capfdbinary.readouterr().out
    assert page.startswith(b'<!DOCTYPE html>\n<html lang="ja">')
    out = note.with_name("note.html")
    assert run([str(note)], html=True, out=out, lang="ja") == 0
    assert out.read_bytes() == page
    assert capfdbinary.readouterr().out == f"{out}\n".encode()


def test_several_documents(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = note.parent
    (folder / "other.txt").write_text("12 March 2025. Callback to 192.0.2[.]15 again, from Russia.\n", encoding="utf-8")
    (folder / "copy.md").write_bytes(note.read_bytes())
    assert run([str(folder)]) == 0
    seen = capsys.readouterr()
    assert "2025-03-12  en" in seen.out and "copy.md" in seen.out and "other.txt" in seen.out
    assert "192.0.2[.]15  in 2 documents" in seen.out
    assert "the same bytes as" in seen.err
    (folder / "bad.bin").write_bytes(b"\x7fELF\x00")
    assert run([str(note), str(folder / "other.txt"), str(folder)], json_=True) == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(row["id"]).name for row in rows] == ["note.md", "other.txt", "bad.bin"]
    assert "a Linux program" in rows[-1]["error"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ({"path": ["{}/nope.md"]}, "No such file.*expected a file with a report, a folder of them, or -"),
        ({"path": ["{}/empty.md"]}, "empty.md: the file is empty"),
        ({"path": ["{}/program"]}, "a Linux program, not a text; expected HTML"),
        ({"path": ["{}/none"]}, "nothing to read in .*none .no file there.; expected HTML"),
        ({"path": ["{}/long.txt"]}, "2000001 characters of text, at most 2000000"),
        ({"path": ["{}/huge.txt"]}, "more than 20000000 bytes"),
        ({"path": ["{}/undated.md"]}, "'soon' is no date; expected YYYY-MM-DD"),
        ({"path": ["--jsno"]}, "no option --jsno; .geppo read --help"),
        ({"path": ["a"], "lang": "fr"}, "expected en or ja, got 'fr'"),
        ({"path": ["a"], "json_": True, "html": True}, "one of --json, --jsonl and --html"),
        ({"path": ["a", "b"], "jsonl": True}, "--jsonl reads one stream"),
        ({"path": ["{}/nope"], "jsonl": True}, "No such file.*expected a file of JSON lines"),
        ({"path": ["{}/none"], "html": True}, "the page of one document"),
        ({"path": ["a"], "out": Path("x")}, "--out goes with --html"),
        ({"path": ["{}/" + "a" * 400]}, "File name too long"),
        ({"path": ["{}/no\x1b[31mpe"]}, r"no\[31mpe: No such file"),
    ],
)
def test_wrong_use_says_what_where_and_what_was_expected(words: dict[str, object], hint: str, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "program").write_bytes(b"\x7fELF\x00\x01")
    (tmp_path / "undated.md").write_text("---\npublished: soon\n---\n\nText.", encoding="utf-8")
    if "long.txt" in str(words):
        (tmp_path / "long.txt").write_bytes(b"a" * 2_000_001)
    if "huge.txt" in str(words):
        (tmp_path / "huge.txt").write_bytes(b"a" * 20_000_001)
    paths = words.pop("path")
    assert isinstance(paths, list)
    with pytest.raises(UsageError, match=hint):
        run([path.format(tmp_path) for path in paths], **words)  # type: ignore[arg-type]


def test_json_lines_answer_each_line_whatever_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lines.jsonl"
    deep = b'{"id":"deep","text":' + b"[" * 100_000
    file.write_bytes(
        b'{"id":1,"text":"a"}\n\xff\n[1]\n\n{"id":"\\ud800","text":"x"}\n{"id":2}\n' + deep + b'\n{"id":3,"text":"b"}'
    )
    assert run([str(file)], jsonl=True) == 2
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == [1, "2", "3", "\ud800", 2, "7", 3]
    assert [("error" in row) for row in rows] == [False, True, True, False, True, True, False]
