"""`geppo edit` as an analyst calls it: a workspace, a copy, the way back, the signed issue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geppo import pipeline
from geppo.cli import _place
from geppo.cli._app import app
from geppo.errors import GateError, UsageError
from geppo.model.edition import EditionKind
from tests.conftest import made_draft, month_folder

Run = Callable[..., int]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose month is read and judged already."""
    _place.make(tmp_path)
    place = _place.open_workspace(tmp_path)
    pipeline.collect_paths([month_folder("kanto")], place.store, place.settings, made_draft("kanto").month.as_of)
    place.store.close()
    monkeypatch.setattr(pipeline, "draft_month", lambda *_, **__: made_draft("kanto"))
    return tmp_path


@pytest.fixture
def run(desk: Path) -> Run:
    """A command in it."""

    def call(*words: str) -> int:
        return int(app([*words, "--workspace", str(desk)], result_action="return_value") or 0)

    return call


def _copy(desk: Path, form: str = "md") -> Path:
    return desk / "issues" / "2026-04" / f"member.ja.{form}"


def test_the_way_round(desk: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("edit", "export", "2026-04", "--to", "md") == 0
    copy = _copy(desk)
    assert run("edit", "import", str(copy), "--by", "山田") == 0
    assert "no changes" in capsys.readouterr().err and not copy.with_name("issue.toml").exists()
    text = copy.read_text(encoding="utf-8")
    line = next(one for one in text.split("\n") if "ほかの 1 件はその再報道です。" in one)
    changed = line.replace("この件の発信元は 1 件で、ほかの 1 件は", "この件の発信元は 1 件で、残る 1 件は")
    head, _, tail = text.replace(line, changed).partition("\n\n## <!-- h_espionage")
    copy.write_text(f"{head}\n\n編集者注：続報を待ちます。\n\n## <!-- h_espionage{tail}", encoding="utf-8")
    assert run("edit", "import", str(copy), "--by", "山田", "--date", "2026-05-02") == 0
    written = copy.with_name("issue.toml").read_text(encoding="utf-8")
    assert "[[rephrase]]" in written and "[[remark]]" in written and "date = 2026-05-02" in written
    capsys.readouterr()
    assert run("edit", "list", "2026-04") == 0
    listed = capsys.readouterr().out
    assert run("edit", "list", "2026-04", "--stories") == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(made_draft("kanto").month.stories)
    assert rows[0].startswith("s-") and "(member.en, member.ja, public.en, public.ja)" in rows[0]
    assert "applied in member.ja" in listed and "en stays as the machine wrote it" in listed
    assert run("edit", "check", "2026-04") == 0
    assert "2 of 2 edits apply" in capsys.readouterr().out
    assert run("edit", "diff", "2026-04", "--lang", "ja") == 0
    shown = capsys.readouterr().out
    assert "残る 1 件はその再報道です。" in shown and "続報を待ちます。" in shown
    assert run("month", "2026-04", "--lang", "ja", "--edition", "member") == 0
    folder = desk / "out" / "2026-04"
    record: dict[str, Any] = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
    sentences = [one for part in record["editions"][0]["sections"] for one in part["sentences"]]
    assert [one["edited_by"] for one in sentences if "machine" in one] == ["山田"]
    assert (folder / "edits.ja.diff").read_text(encoding="utf-8").startswith("--- machine/member.ja")
    identity = next(one["id"] for one in sentences if "machine" in one)
    capsys.readouterr()
    assert run("why", identity, "--issue", str(folder / "edition.json")) == 0
    assert "rephrased by 山田; geppo wrote: この件の発信元は" in capsys.readouterr().out


def test_what_the_gate_refuses_is_not_taken(desk: Path, run: Run) -> None:
    assert run("edit", "export", "2026-04", "--to", "md") == 0
    copy = _copy(desk)
    text = copy.read_text(encoding="utf-8")
    copy.write_text(text.replace("4,820 台", "5,820 台").replace("# <!-- h", "# <!-- h"), encoding="utf-8")
    with pytest.raises((GateError, UsageError)) as stopped:
        run("edit", "import", str(copy), "--by", "山田")
    assert "nothing was taken" in str(stopped.value) and not copy.with_name("issue.toml").exists()


def test_a_refused_edit_stops_month_and_check(desk: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    record = made_draft("kanto").issue(tuple(EditionKind)).editions[1].sections[0].paragraphs[0][0]
    file = desk / "issues" / "2026-04" / "issue.toml"
    file.parent.mkdir(parents=True)
    table = f'[[rephrase]]\nsentence = "{record.id}"\nlanguage = "en"\nby = "H. Y."\nwas = {json.dumps(record.text)}\n'
    file.write_text(f'{table}text = "Nothing of the kind."\n', encoding="utf-8")
    for words in (("edit", "check", "2026-04"), ("month", "2026-04")):
        with pytest.raises(GateError, match=f"{record.id} \\(en\\): reads back as nothing"):
            run(*words)
    assert not (desk / "out").exists()
    capsys.readouterr()
    assert run("edit", "diff", "2026-04") == 1
    assert "refused" in capsys.readouterr().err
    other = table.replace(json.dumps(record.text), '"Something else."')
    file.write_text(f'{other}text = "Nothing."\n', encoding="utf-8")
    assert run("edit", "list", "2026-04") == 0
    assert "this edit no longer fits: machine now says: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "2026-13"), "month from 01 to 12"),
        (("list", "2026-04.1"), "expected an issue such as"),
        (("export", "2026-04", "--to", "pdf"), "--to takes md or docx"),
        (("export", "2026-04", "--lang", "fr"), "--lang takes ja, en"),
        (("diff", "2026-04", "--lang", "fr"), "--lang takes ja, en"),
        (("import", "nowhere.md", "--by", "x"), "cannot be read"),
        (("import", "nowhere.md", "--by", " "), "must not be empty"),
    ],
)
def test_wrong_use(run: Run, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run("edit", *words)
