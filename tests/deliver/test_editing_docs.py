"""The file that docs/editing.md shows is taken as it stands, and every command it shows exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geppo.cli._app import app
from geppo.deliver.issue_toml import parse_edits

TEXT = (Path(__file__).parents[2] / "docs" / "editing.md").read_text(encoding="utf-8")


def test_the_file_shown_is_taken() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    edits = parse_edits(block, "editing.md")
    assert len(edits.order) == 2
    assert [len(rows) for rows in (edits.pins, edits.drops, edits.rephrases, edits.remarks)] == [1, 1, 1, 1]


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"geppo edit ([a-z]+)", TEXT))))
def test_the_commands_shown_exist(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    app.help_print(["edit", verb])
    assert "Example" in capsys.readouterr().out
