"""Which pages are one matter, read from their texts: by the report that a page retells, not by the house it credits."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.catalog import Catalog
from geppo.judge.marks import figure_keys
from geppo.judge.month import lay_base
from geppo.model.report import Document
from geppo.pipeline import read_documents

CASES = Path(__file__).parent.parent / "cases" / "judge" / "retellings.toml"
ROWS = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _document(row: dict[str, Any]) -> Document:
    return Document(
        sha256=hashlib.sha256(row["name"].encode()).hexdigest(),
        name=row["name"],
        media_type="text/markdown",
        collected=datetime(2031, 7, 1, tzinfo=UTC),
        publisher=row["publisher"],
        title=row["name"],
        url=f"https://{row['name']}.example/",
        language=row.get("language", "en"),
        published=date.fromisoformat(row["published"]),
        text=row["text"],
    )


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case["id"])
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_matters(case: dict[str, Any], turned: bool, catalog: Catalog) -> None:
    documents = [_document(row) for row in case["pages"]]
    names = {one.sha256: one.name for one in documents}
    readings = read_documents(documents[::-1] if turned else documents, catalog)
    claims = sorted(readings.claims, key=lambda claim: claim.id)
    base = lay_base(readings.reports, claims, catalog, config.load())
    groups = [{names[unit.report] for unit in cluster.units} for cluster in base.clusters]
    assert sorted(sorted(group) for group in groups if len(group) > 1) == sorted(map(sorted, case["groups"]))


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (9.0, ()),
        (2031.0, ()),
        (4.5, ()),
        (46.0, ("figure:46",)),
        (27_400.0, ("figure:27400", "about:27e3")),
        (27_000.0, ("figure:27000", "about:27e3", "upto:27e3")),
        (26_800.0, ("figure:26800", "about:26e3", "upto:27e3")),
        (2_740.0, ("figure:2740", "about:27e2")),
    ],
)
def test_a_figure_is_known_by_its_first_digits(value: float, keys: tuple[str, ...]) -> None:
    assert figure_keys(value) == keys
