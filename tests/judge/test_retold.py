"""What a retelling page changed, told from the texts: each kind, in more than one language, and what is no change."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.catalog import Catalog
from geppo.judge.month import judge_month
from geppo.judge.slips import slipped
from geppo.model.assessment import AssessmentKind
from geppo.model.report import Document, Fetched
from geppo.model.time import Period
from geppo.pipeline import read_documents
from geppo.read.text import read_text

DATA = tomllib.loads((Path(__file__).parent.parent / "cases" / "judge" / "retold.toml").read_text(encoding="utf-8"))


def _document(name: str, publisher: str, published: date, language: str, text: str) -> Document:
    head = f"---\npublisher: {publisher}\ntitle: {name}\nurl: https://{name}.example/x\npublished: {published}\n"
    data = f"{head}language: {language}\n---\n\n{text}".encode()
    now = datetime(2030, 6, 1, tzinfo=UTC)
    return read_text(Fetched(source="case", name=f"{name}.md", data=data, collected=now), config.load())


@pytest.mark.parametrize("case", DATA["case"], ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    house, spoken = case.get("house", "Osterlund Labs"), case.get("root_language", "en")
    root = _document("root", house, date(2030, 5, 10), spoken, case.get("root", DATA["root"]))
    page = _document("page", "The Harbour Post", date(2030, 5, 13), case.get("language", "en"), case["text"])
    further = [
        _document(f"further-{number}", row["publisher"], date(2030, 5, 12), row.get("language", "en"), row["text"])
        for number, row in enumerate(case.get("further", []))
    ]
    readings = read_documents([root, page, *further], Catalog.load())
    judged = judge_month(
        readings.reports,
        readings.claims,
        period=Period(year=2030, month=5),
        catalog=Catalog.load(),
        settings=config.load(),
    )
    found = [
        [one.get("what"), one.get("root_value").split(" ")[0] if one.get("what") == "number" else one.get("root_value"),
         one.get("repeat_value").split(" ")[0] if one.get("what") == "number" else one.get("repeat_value")]
        for one in judged.assessments
        if one.kind is AssessmentKind.DRIFT and one.get("repeat") == page.sha256
    ]  # fmt: skip
    assert sorted(found) == sorted(case["changes"])


@pytest.mark.parametrize(
    ("one", "other", "misprint"),
    [(14, 41, True), (8312, 83120, True), (362, 632, True), (14, 15, False), (5, 50, False), (120, 120, False)],
)
def test_slips_of_the_pen(one: float, other: float, misprint: bool) -> None:
    assert slipped(one, other) is misprint
    assert slipped(other, one) is misprint
