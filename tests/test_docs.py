"""The documents say what is so: examples run, excerpts are real, commands and settings exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geppo import config
from geppo.cli._app import app

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_runs(number: int) -> None:
    exec(compile(EXAMPLES[number], f"CONTRIBUTING example {number + 1}", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_excerpt_is_what_geppo_writes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.search(r"<!-- excerpt: (\S+) -->\n(.*?)<!-- /excerpt -->", text, re.S)
    assert found is not None
    golden = (GOLDEN / found.group(1)).read_text(encoding="utf-8").splitlines()
    quoted = [line.removeprefix("> ") for line in found.group(2).splitlines()]
    assert len(quoted) >= 2
    assert [line for line in quoted if line not in golden] == []


def test_every_command_is_documented_and_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    reference = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    for name in ("init", "collect", "month", "demo", "read", "why", "judge", "deliver", "schedule", "status", "doctor"):
        assert f"`geppo {name}" in reference
        app.help_print([name])
        shown = capsys.readouterr().out
        assert "Example" in shown, name


def test_settings_say_unit_meaning_and_origin() -> None:
    known = config.load().known
    assert known
    for setting in known.values():
        assert setting.unit and setting.meaning and setting.origin, setting.name


def test_links_of_the_documents_exist() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"
