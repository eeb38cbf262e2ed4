"""Chains of re-reporting read from text: one primary is one origin, every change is named, and no other one is."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.judge.month import Judged, judge_month
from geppo.model.assessment import AssessmentKind
from geppo.model.report import Document, Fetched
from geppo.model.time import Period
from geppo.pipeline import read_documents
from geppo.read.text import read_text

CHAINS = sorted((Path(__file__).parent.parent / "cases" / "chains").iterdir())
NOW = datetime(2026, 8, 1, tzinfo=UTC)


def _judge(folder: Path, period: Period, catalog: Catalog) -> tuple[Judged, dict[str, str]]:
    settings = config.load()
    entry = Entry(kind="folder", name="chain", place=str(folder / "documents"))
    documents: list[Document] = [
        read_text(one, settings) for one in collect([entry], settings, NOW) if isinstance(one, Fetched)
    ]
    readings = read_documents(documents, catalog)
    assert not readings.gaps
    judged = judge_month(readings.reports, readings.claims, period=period, catalog=catalog, settings=settings)
    return judged, {document.sha256: document.name.removesuffix(".md") for document in documents}


@pytest.mark.parametrize("folder", CHAINS, ids=lambda folder: folder.name)
def test_chain(folder: Path) -> None:
    expect: dict[str, Any] = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    judged, names = _judge(folder, Period.parse(expect["period"]), Catalog.load())
    stories = sorted(
        [len(story.origins), *sorted(names[report] for report in story.reports)] for story in judged.stories
    )
    assert stories == sorted(expect["stories"])
    drift = sorted(
        [names[one.get("repeat")], *(one.get(part) for part in ("what", "predicate", "root_value", "repeat_value"))]
        for one in judged.assessments
        if one.kind is AssessmentKind.DRIFT
    )
    assert drift == sorted(expect["drift"])
    disputes = sorted(
        [one.get("type"), one.get("slot"), one.get("a"), one.get("b"), one.get("reason")]
        for one in judged.assessments
        if one.kind is AssessmentKind.CONTRADICTION
    )
    assert disputes == sorted(expect["contradictions"])
    for one in judged.assessments:
        if one.kind is AssessmentKind.CORROBORATION:
            assert int(one.get("origins")) <= expect["most_origins"], (one.get("predicate"), one.subjects)
