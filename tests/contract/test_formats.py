"""What every format of the family must hold."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from geppo import deliver
from geppo.model.edition import Edition, Issue
from geppo.registry import family

MADE = Path(__file__).parents[1] / "deliver" / "conftest.py"
FORMATS = deliver.formats()


def _made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made_issue_for_formats", MADE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MODULE = _made()
ISSUE: Issue = MODULE.made_issue()
SETTINGS = MODULE.made_settings()


def _render(member: ModuleType, issue: Issue, edition: Edition) -> bytes:
    whole = hasattr(member, "render_issue")
    made = member.render_issue(issue, SETTINGS) if whole else member.render(issue, edition, SETTINGS)
    assert isinstance(made, bytes)
    return made


def test_no_format_is_broken() -> None:
    assert family(deliver.PACKAGE).broken == ()
    assert {member.FORMAT for member in FORMATS} == {"html", "pdf", "md", "eml", "docx", "json", "stix"}


@pytest.mark.parametrize("member", FORMATS, ids=lambda member: str(member.FORMAT))
def test_a_format_names_itself_and_renders_one_way(member: ModuleType) -> None:
    assert member.FORMAT.isascii() and member.FORMAT.islower() and member.__doc__
    assert hasattr(member, "render") != hasattr(member, "render_issue")
    assert hasattr(member, "FILE") == hasattr(member, "render_issue")


@pytest.mark.parametrize("member", FORMATS, ids=lambda member: str(member.FORMAT))
def test_equal_issues_give_equal_bytes(member: ModuleType) -> None:
    edition = ISSUE.editions[-1]
    assert _render(member, ISSUE, edition) == _render(member, MODULE.made_issue(), edition)


@pytest.mark.parametrize("member", FORMATS, ids=lambda member: str(member.FORMAT))
def test_no_path_and_no_clock_of_this_machine(member: ModuleType) -> None:
    made = _render(member, ISSUE, ISSUE.editions[0])
    assert str(Path.home()).encode() + b"/" not in made and str(MADE.parents[2]).encode() not in made
    from datetime import UTC, datetime

    assert datetime.now(tz=UTC).date().isoformat().encode() not in made


@pytest.mark.parametrize("member", FORMATS, ids=lambda member: str(member.FORMAT))
def test_an_issue_with_next_to_nothing(member: ModuleType) -> None:
    edition = replace(
        ISSUE.editions[-1],
        title="",
        subject="",
        sections=(),
        references=(),
        opening=replace(ISSUE.editions[-1].opening, paragraphs=()),
    )
    month = replace(ISSUE.month, documents=(), claims=(), assessments=(), stories=(), gaps=())
    assert _render(member, Issue(month=month, editions=(edition,)), edition)


def test_write_makes_the_files_of_the_command_contract(tmp_path: Path) -> None:
    written = deliver.write(ISSUE, tmp_path, SETTINGS)
    names = {path.name for path in written}
    editions = {
        f"{kind}.{language}.{ending}"
        for kind in ("member", "public", "brief")
        for language in ("ja", "en")
        for ending in ("html", "pdf", "md", "eml", "docx")
    }
    assert names == editions | {"edition.json", "bundle.stix.json"}
    assert all(path.parent == tmp_path / "2031-05" and path.stat().st_size for path in written)
    assert {path.name for path in (tmp_path / "2031-05").iterdir()} == names


def test_writing_again_replaces_and_repeats(tmp_path: Path) -> None:
    small = replace(ISSUE, editions=ISSUE.editions[-1:])
    first = {path: path.read_bytes() for path in deliver.write(small, tmp_path, SETTINGS)}
    assert {path: path.read_bytes() for path in deliver.write(small, tmp_path, SETTINGS)} == first


def test_a_failure_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Path, data: bytes) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(OSError, match="disk full"):
        deliver.write(replace(ISSUE, editions=()), tmp_path, SETTINGS)
    assert not [path for path in (tmp_path / "2031-05").iterdir() if not path.name.startswith(".")]
