"""Files as an attacker, a full disk or a broken sensor leaves them: what is readable is read, the rest is counted."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from geppo.errors import UsageError
from geppo.telemetry import flows, services
from tests.telemetry.shared import CASES, read, settings_with

TEXT = (CASES / "flows" / "zeek-tsv" / "conn.log").read_bytes()
HEAD, ROW = TEXT[: TEXT.index(b"1935360000")], b"\t".join(TEXT.split(b"\n")[6].split(b"\t"))


def _read(folder: Path, **values: float | str) -> dict[str, Any]:
    return read(flows, [folder], settings_with(**values), folder)


def _one(folder: Path, name: str, data: bytes, **values: float | str) -> dict[str, Any]:
    (folder / name).write_bytes(data)
    made = _read(folder, **values)
    assert len(made["files"]) == 1
    return made


def test_a_truncated_archive_gives_what_it_still_holds(tmp_path: Path) -> None:
    rows = [ROW.replace(b"1935360000.000001", b"%d.5" % (1935360000 + i)) for i in range(60_000)]
    whole = gzip.compress(HEAD + b"\n".join(rows) + b"\n")
    made = _one(tmp_path, "conn.log.gz", whole[: len(whole) // 2])
    assert made["gaps"] == [["conn.log.gz", "damaged"]]
    assert 20_000 < made["files"][0]["rows"] < 40_000 and made["files"][0]["bad"] == 0


def test_one_broken_file_takes_no_other_down(tmp_path: Path) -> None:
    for i in range(5):
        (tmp_path / f"conn.{i}.log.gz").write_bytes(gzip.compress(TEXT))
    (tmp_path / "conn.2.log.gz").write_bytes(gzip.compress(TEXT * 50)[:-30])
    made = _read(tmp_path, files_a_pass=3)
    rows = [one["rows"] for one in made["files"]]
    assert rows[:2] + rows[3:] == [2, 2, 2, 2] and 0 < rows[2] < 100
    assert made["gaps"] == [["conn.2.log.gz", "damaged"]]


def test_a_line_of_ten_megabytes_is_one_bad_line(tmp_path: Path) -> None:
    made = _one(tmp_path, "conn.log", HEAD + b"x" * 10_000_000 + b"\n" + ROW + b"\n", line_bytes=1_000_000)
    assert (made["files"][0]["rows"], made["files"][0]["bad"]) == (1, 1)
    assert made["files"][0]["samples"] == [[7, "longer than 1000000 bytes"]]


def test_nul_bytes_make_a_line_bad_and_leave_the_next(tmp_path: Path) -> None:
    made = _one(tmp_path, "conn.log", HEAD + ROW.replace(b"tcp", b"t\0cp") + b"\n" + ROW + b"\n" + b"\0\0\0\n")
    assert (made["files"][0]["rows"], made["files"][0]["bad"]) == (1, 2)
    assert [sample[0] for sample in made["files"][0]["samples"]] == [7, 9]


def test_bytes_that_are_no_utf8_are_replaced_and_said(tmp_path: Path) -> None:
    made = _one(tmp_path, "conn.log", HEAD + ROW.replace(b"ssl", b"s\xffl") + b"\n")
    assert made["rows"][0]["service"] == "s\ufffdl"
    assert made["gaps"] == [["conn.log", "encoding"]]


def test_an_unterminated_last_line_counts(tmp_path: Path) -> None:
    assert _one(tmp_path, "conn.log", HEAD + ROW)["files"][0]["rows"] == 1


def test_a_name_means_nothing(tmp_path: Path) -> None:
    made = _one(tmp_path, "conn [1] * ?'\";--.txt", gzip.compress(TEXT))
    assert made["files"][0]["rows"] == 2


def test_binary_rubbish_and_empty_files_are_one_gap_each(tmp_path: Path) -> None:
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "half.parquet").write_bytes(b"PAR1" + bytes(100))
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "torn.gz").write_bytes(gzip.compress(TEXT)[:6])
    (tmp_path / "zstd.zst").write_bytes(b"\x28\xb5\x2f\xfd rest")
    made = _read(tmp_path)
    assert made["files"] == [] and made["rows"] == []
    kinds = dict(made["gaps"])
    assert kinds == {
        "empty.log": "empty",
        "half.parquet": "damaged",
        "noise.bin": "unknown-format",
        "torn.gz": "damaged",
        "zstd.zst": "compression",
    }


def test_nested_json_of_great_depth_is_a_bad_line(tmp_path: Path) -> None:
    good = (CASES / "flows" / "zeek-json" / "conn.log").read_bytes().split(b"\n")[0]
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    made = _one(tmp_path, "conn.log", good + b"\n" + deep + b"\n")
    assert (made["files"][0]["rows"], made["files"][0]["bad"]) == (1, 1)


def test_hidden_files_and_links_out_of_the_folder_are_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.log"
    outside.write_bytes(TEXT)
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / ".conn.log").write_bytes(TEXT)
    (folder / "link.log").symlink_to(outside)
    made = _read(folder)
    assert made["files"] == [] and made["gaps"] == [["link.log", "outside"]]


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a file or folder"):
        flows([tmp_path / "missing"], settings_with())


def test_without_nfdump_its_files_are_a_clear_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nfcapd.203105010000").write_bytes(b"\x0c\xa5\x01\x00" + bytes(200))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _read(tmp_path)["gaps"] == [["nfcapd.203105010000", "needs-program"]]


@pytest.mark.parametrize("code", [0, 3])
def test_nfdump_is_run_in_utc_and_its_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    program = tmp_path / "bin" / "nfdump"
    program.parent.mkdir()
    printed = CASES / "flows" / "nfdump-csv-new" / "nf.csv"
    program.write_text(
        f'#!/bin/sh\n[ "$TZ" = UTC ] && [ "$1" = -r ] && while read -r l; do echo "$l"; done < {printed}\nexit {code}\n'
    )
    program.chmod(0o755)
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "nfcapd").write_bytes(gzip.compress(b"\x0c\xa5\x01\x00" + bytes(200)))
    monkeypatch.setenv("PATH", str(program.parent))
    made = _read(folder)
    if code:
        assert made["gaps"] == [["nfcapd", "unreadable"]]
    else:
        assert [(one["format"], one["rows"]) for one in made["files"]] == [("nfdump-binary", 3)]


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress], ids=["bz2", "xz"])
@pytest.mark.parametrize("folder", sorted((CASES / "flows").iterdir()), ids=lambda folder: folder.name)
def test_the_slow_way_gives_what_the_quick_way_gives(folder: Path, pack: Any, tmp_path: Path) -> None:
    """bz2 and xz are read line by line in Python; plain text by the engine."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for path in folder.iterdir():
        if path.name != "expected.json":
            keep = path.suffix == ".toml"
            (tmp_path / path.name).write_bytes(path.read_bytes() if keep else pack(path.read_bytes()))
    assert read(flows, [tmp_path], settings_with(samples=50), tmp_path) == expected


def test_services_too_are_told_from_flows(tmp_path: Path) -> None:
    (tmp_path / "conn.log").write_bytes(TEXT)
    with services([tmp_path], settings_with()) as engine:
        assert engine.report.passed_over == ((str(tmp_path / "conn.log"), "zeek-tsv (flow records)"),)
        assert engine.rows("SELECT * FROM service") == []
