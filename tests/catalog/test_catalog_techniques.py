"""The list of ATT&CK techniques: as the importer writes it, with Japanese labels an editor can print."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from geppo.catalog.attack import LIST, label, tactics, techniques
from geppo.catalog.tables import packaged

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def importer() -> ModuleType:
    pytest.importorskip("pymispgalaxies")
    spec = importlib.util.spec_from_file_location("import_techniques", ROOT / "tools/import_techniques.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["import_techniques"] = module
    spec.loader.exec_module(module)
    return module


def test_the_shipped_list_is_what_the_importer_writes(importer: ModuleType) -> None:
    lines = [line for line in packaged(LIST).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines == importer.lines()


def test_numbers_agree_with_those_that_are_observables() -> None:
    known: set[str] = set()
    source = ROOT / "src/geppo/read/extract/observables/techniques.txt"
    for line in source.read_text(encoding="utf-8").splitlines():
        number, *subs = line.split()
        known |= {number, *(f"{number}.{sub}" for sub in subs)}
    assert techniques().keys() <= known


def test_the_fourteen_tactics_have_names_in_both_languages() -> None:
    used = {tactic for entry in techniques().values() if entry.matrix == "enterprise" for tactic in entry.tactics}
    assert len(used) == 14
    assert all(tactics()[name].name and tactics()[name].name_ja for name in used)


def test_a_sub_technique_has_its_parent_and_its_full_name() -> None:
    entry = techniques()["T1566.001"]
    assert (entry.parent, entry.full) == ("T1566", "Phishing: Spearphishing Attachment")
    assert label("T1566.001", "en") == entry.full
    assert label("T1566.001", "ja") == "スピアフィッシング（添付ファイル）"
    assert label("T9999", "en") == label("T9999", "ja") == ""


def test_labels_can_stand_in_a_japanese_sentence() -> None:
    labels = {number: entry.name_ja for number, entry in techniques().items() if entry.name_ja}
    assert len(labels) >= 150
    assert len(set(labels.values())) == len(labels)
    for number, text in labels.items():
        assert text == text.strip(), number
        assert not re.search(r"[。、，．０-９Ａ-Ｚａ-ｚ]|する$|した$|\($", text), f"{number} {text}"
