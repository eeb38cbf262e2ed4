"""What was parsed when the package was made is what the files say; an edited file counts at once."""

from __future__ import annotations

import gzip
import json
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from geppo import shipped

HOME = Path(str(resources.files("geppo")))
FOLDERS = sorted(str(file.parent.relative_to(HOME)) for file in HOME.rglob(shipped.FILE))
READING = ("language/en", "language/ja", "language/ko", "language/neutral", "language/ru", "language/zh", "read")


def test_reading_finds_its_data_parsed() -> None:
    assert set(READING) <= set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_parsed_tables_are_what_the_files_say(folder: str) -> None:
    kept = json.loads(gzip.decompress((HOME / folder / shipped.FILE).read_bytes()))
    texts = [file.read_text(encoding="utf-8") for file in sorted((HOME / folder).glob("*.toml"))]
    assert set(kept) == {shipped.fingerprint(text) for text in texts}, "run tools/compile_rules.py"
    for text in texts:
        assert json.loads(kept[shipped.fingerprint(text)]) == tomllib.loads(text)


def test_an_edited_text_is_parsed_anew() -> None:
    folder = resources.files("geppo.read")
    text = folder.joinpath("kinds.toml").read_text(encoding="utf-8")
    assert shipped.loads(text + '\nnew = "here"\n', folder) == tomllib.loads(text + '\nnew = "here"\n')


def test_a_caller_may_change_what_it_gets() -> None:
    shipped.table("geppo.read", "kinds.toml").clear()
    assert shipped.table("geppo.read", "kinds.toml")["kinds"]


def test_a_folder_without_parsed_tables_is_read(tmp_path: Path) -> None:
    assert shipped.loads("a = 1", tmp_path) == {"a": 1}
    with pytest.raises(tomllib.TOMLDecodeError):
        shipped.loads("a =", tmp_path)
