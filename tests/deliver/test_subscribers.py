"""Readers as data: rows by case, TOML and CSV alike, a bad row harms no other."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from geppo.deliver.subscribers import read_subscribers, roll
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp

CASES = Path(__file__).parents[1] / "cases" / "deliver" / "subscribers"
ROWS = tomllib.loads((CASES / "rows.toml").read_text(encoding="utf-8"))["case"]
SOUND = {"address": "reader@desk.example", "name": "読者", "language": "ja", "timezone": "Asia/Tokyo"}


@pytest.mark.parametrize("case", ROWS, ids=lambda case: str(case["name"]))
def test_row(case: dict[str, Any]) -> None:
    made = roll([("list: line 1", SOUND | case["field"]), ("list: line 2", SOUND | {"address": "other@desk.example"})])
    assert made.subscribers[-1].address == "other@desk.example", "a bad row harms no other"
    if "problem" in case:
        assert len(made.subscribers) == 1
        (problem,) = made.problems
        assert problem.startswith("list: line 1: ") and case["problem"] in problem
    else:
        assert len(made.subscribers) == 2 and not made.problems


def test_defaults_are_the_careful_ones() -> None:
    (one,) = roll([("x", SOUND)]).subscribers
    assert (one.edition, one.clearance, one.active) == (EditionKind.PUBLIC, Tlp.CLEAR, True)
    (strict,) = roll([("x", SOUND | {"clearance": "amber+strict"})]).subscribers
    assert strict.clearance is Tlp.AMBER_STRICT


def test_csv_and_toml_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "toml").mkdir()
    (tmp_path / "csv" / "subscribers.csv").write_text(
        "\ufeffaddress,name,language,edition,clearance,role,timezone,active\r\n"
        'a@desk.example,"Abe, Ai",ja,member,TLP:GREEN,CSIRT,Asia/Tokyo,yes\r\n'
        "b@desk.example,,en,,,,Europe/Berlin,no\r\n",
        encoding="utf-8",
    )
    (tmp_path / "toml" / "subscribers.toml").write_text(
        '[[subscriber]]\naddress="a@desk.example"\nname="Abe, Ai"\nlanguage="ja"\nedition="member"\n'
        'clearance="TLP:GREEN"\nrole="CSIRT"\ntimezone="Asia/Tokyo"\n[[subscriber]]\naddress="b@desk.example"\nlanguage="en"\n'
        'timezone="Europe/Berlin"\nactive=false\n',
        encoding="utf-8",
    )
    made = read_subscribers(tmp_path / "csv")
    assert made == read_subscribers(tmp_path / "toml") and not made.problems and len(made.subscribers) == 2


def test_both_files_are_read_and_the_same_reader_counts_once(tmp_path: Path) -> None:
    (tmp_path / "subscribers.toml").write_text(
        '[[subscriber]]\naddress="A@Desk.example"\nlanguage="ja"\ntimezone="Asia/Tokyo"\n', encoding="utf-8"
    )
    (tmp_path / "subscribers.csv").write_text(
        "address,language,timezone\na@desk.example,en,Asia/Tokyo\n,en\nb@desk.example,en,Asia/Tokyo,too,many\n",
        encoding="utf-8",
    )
    made = read_subscribers(tmp_path)
    assert [one.language for one in made.subscribers] == ["ja"]
    assert made.problems[0].startswith("subscribers.csv: line 2: a@desk.example is listed")
    assert "address is missing" in made.problems[1] and "too many fields" in made.problems[2]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("subscribers.toml", "[[subscriber]\n", "expected TOML"),
        ("subscribers.toml", 'readers = ["a@desk.example"]\n', "tables and nothing else"),
        ("subscribers.csv", "mail,language\nx@desk.example,ja\n", "first line with the columns address"),
        ("subscribers.csv", "", "first line with the columns address"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        read_subscribers(tmp_path)


def test_no_list(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"docs/delivery\.md"):
        read_subscribers(tmp_path)
    (tmp_path / "subscribers.toml").write_bytes("名前".encode("shift_jis"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_subscribers(tmp_path)
