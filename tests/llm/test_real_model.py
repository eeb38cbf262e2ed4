"""The whole way with a real small model: server, schema, gate, record, and a rebuild without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geppo import config
from geppo.cli._llm import state
from geppo.config import Settings
from tests.llm.local_model import serving, weights
from tests.llm.runs import files, month, page, session_of, write_pages

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Settings for a model that is there while they are made only."""
    assert weights() is not None, "the packages of requirements/model.txt are missing; run `make test-model`"
    return config.load()


def test_a_month_with_a_real_model(settings: Settings, tmp_path: Path) -> None:
    pages = write_pages(
        tmp_path / "pages",
        {"own": page("Northgate Labs", "It is likely that APT31 targeted Norway on 5 March 2026. The attack file holds "
                                       "Turla and Chile.")},
    )  # fmt: skip
    with serving() as address:
        given: dict[str, str | int | bool] = {
            "endpoint": address,
            "model": "SmolLM2-135M-Instruct.Q4_1",
            "timeout": 120,
            "tokens": 80,
            "claims": True,
        }
        known = Settings(known=settings.known, values={f"llm.{name}": value for name, value in given.items()})
        assert "answers; for wording and claims, up to TLP:GREEN" in state(known)
        session = session_of(known, tmp_path / "kept")
        issue = month(pages, known, session)
        made = files(issue, tmp_path / "one", session)
        session.close()
    assert issue.month.gaps == ()
    record = json.loads(made["llm.json"])
    assert {row["where"] for row in record["proposals"]} >= {"reading", "member.en", "member.ja"}
    assert all(row["prompt"] for row in record["proposals"] if row["reason"] != "unread")
    taken = {row["text"] for row in record["proposals"] if row["accepted"]}
    plain = {one.text for edition in month(pages, known, None).editions for one in edition.sentences()}
    printed = {one.text for edition in issue.editions for one in edition.sentences()}
    assert printed <= plain | taken
    # The server is gone: a rebuild has all it needs.
    again = session_of(known, tmp_path / "kept")
    assert files(month(pages, known, again), tmp_path / "two", again) == made
    again.close()
