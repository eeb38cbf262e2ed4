"""`geppo month --llm` and the line of `geppo doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from geppo import config
from geppo.cli import _llm, _place, collect, init, month
from geppo.cli.doctor import _model
from geppo.errors import InputError, UsageError
from tests.llm.endpoint import Endpoint, endpoint
from tests.llm.runs import page, write_pages


@pytest.fixture
def made() -> Iterator[Endpoint]:
    """An endpoint that gives every sentence back, and the probe its answer."""
    with endpoint(lambda shown: {"sentence": shown["sentence"]} if "sentence" in shown else {"ok": True}) as server:
        yield server


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A workspace with one document."""
    place = tmp_path / "work"
    init.run(place)
    pages = write_pages(tmp_path / "pages", {"a": page("Northgate Labs", "APT31 targeted Norway on 5 March 2026.")})
    assert collect.run(path=[pages], workspace=place) == 0
    return place


def _say(work: Path, *lines: str) -> None:
    (work / config.WORKSPACE_FILE).write_text("[llm]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def test_month_with_and_without(work: Path, made: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    record = work / "out" / "2026-03" / "llm.json"
    with pytest.raises(UsageError, match="--llm needs `endpoint`"):
        month.run("2026-03", llm=True, workspace=work)
    _say(work, f'endpoint = "{made.address}"', 'model = "made"')
    assert month.run("2026-03", workspace=work) == 0
    assert made.bodies
    assert str(record) in capsys.readouterr().out
    rows = json.loads(record.read_text(encoding="utf-8"))["proposals"]
    assert {row["reason"] for row in rows} == {"same", "unread"}
    asked = len(made.bodies)
    assert month.run("2026-03", llm=True, workspace=work) == 0
    assert month.run("2026-03", llm=False, workspace=work) == 0
    assert (len(made.bodies), record.exists()) == (asked, False)


def test_a_month_without_an_answer_ends_as_one_with_gaps(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _say(work, 'endpoint = "http://127.0.0.1:9/v1"', 'model = "made"')
    assert month.run("2026-03", workspace=work) == 3
    assert "gap: llm: refused: 127.0.0.1: no connection" in capsys.readouterr().err
    assert (work / "out" / "2026-03" / "member.en.html").exists()


def test_doctor_tells_of_the_model(work: Path, made: Endpoint) -> None:
    assert _model(work).startswith("off")
    _say(work, f'endpoint = "{made.address}"', 'model = "made"', "claims = true", 'max_marking = "TLP:AMBER"')
    assert _model(work) == "made at 127.0.0.1 (this machine) answers; for wording and claims, up to TLP:AMBER"
    assert made.shown == [{}]
    _say(work, 'endpoint = "http://127.0.0.1:9/v1"', 'model = "made"')
    with pytest.raises(InputError, match="no connection"):
        _model(work)
    _say(work, 'endpoint = "https://llm.example/v1"', 'model = "made"')
    with pytest.raises(UsageError, match="allow_remote"):
        _model(work)


def test_a_session_is_made_only_where_it_is_wanted(work: Path, made: Endpoint) -> None:
    _say(work, f'endpoint = "{made.address}"', 'model = "made"')
    place = _place.open_workspace(work)
    with _llm.session(place, None) as found:
        assert found is not None
    with _llm.session(place, False) as found:
        assert found is None
    place.store.close()
