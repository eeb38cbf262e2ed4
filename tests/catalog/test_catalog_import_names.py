"""The importer: what becomes one line, and that the shipped list is what it writes."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def importer() -> ModuleType:
    pytest.importorskip("pymispgalaxies")
    spec = importlib.util.spec_from_file_location("import_names", ROOT / "tools/import_names.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["import_names"] = module
    spec.loader.exec_module(module)
    return module


def test_the_shipped_list_is_what_the_importer_writes(importer: ModuleType) -> None:
    shipped = gzip.decompress((ROOT / "src/geppo/catalog/data/names.jsonl.gz").read_bytes()).decode().splitlines()
    assert [json.loads(line) for line in shipped] == importer.rows()


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Winnti for Linux - S0430", ["Winnti for Linux"]),
        ("海莲花 - APT-C-00", ["海莲花", "APT-C-00"]),
        ("APT37（Reaper）", ["APT37", "Reaper"]),
        ("Turla, Waterbug, Group 88", ["Turla", "Waterbug", "Group 88"]),
    ],
)
def test_fields_with_several_names(importer: ModuleType, printed: str, names: list[str]) -> None:
    assert list(importer.split_names(printed)) == names


def test_states(importer: ModuleType) -> None:
    assert importer.nexus_of({"cfr-suspected-state-sponsor": "Iran (Islamic Republic of)"}) == "IR"
    assert importer.nexus_of({"country": "KP"}) == "KP"
    assert importer.nexus_of({"country": "mideast"}) == ""
    assert importer.nexus_of({}) == ""
