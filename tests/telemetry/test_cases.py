"""Each case is a folder of made records with `expected.json`: what the report and the view must say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geppo.telemetry import flows, services
from tests.telemetry.shared import CASES, read, settings_with

OPENERS = {"flows": flows, "services": services}
FOLDERS = sorted(folder for kind in OPENERS for folder in (CASES / kind).iterdir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_a_case_reads_as_expected(folder: Path, request: pytest.FixtureRequest) -> None:
    inputs = sorted(path for path in folder.iterdir() if path.name != "expected.json")
    made = read(OPENERS[folder.parent.name], inputs, settings_with(samples=50), folder)
    expected = folder / "expected.json"
    if request.config.getoption("--update-golden"):
        expected.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert made == json.loads(expected.read_text(encoding="utf-8"))
