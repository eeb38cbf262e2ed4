"""Chains of re-reporting with truth: origins counted, changes of repeats named, and none named that is none.

The eight chains of `bench/cases/retold` (94 documents in five languages) were written without sight of the system. At
first sight it named 2 of their 29 changes and none wrongly; they were looked at since, so what the table prints is no
blind figure any more.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geppo import config
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.judge.month import judge_month
from geppo.model.assessment import AssessmentKind
from geppo.model.report import Fetched
from geppo.model.time import Period
from geppo.pipeline import read_documents
from geppo.read.text import read_text

CASES = Path(__file__).parent / "cases" / "retold"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
_ONE = {"hedge": "hedge", "grade": "hedge"}


def _of_kind(what: str) -> str:
    """A hedge and a grade are two words for one thing."""
    return _ONE.get(what, what)


def measured(folder: Path, catalog: Catalog) -> dict[str, Any]:
    """Stories as (origins, reports), and changes as (document, kind): found, wanted."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    settings = config.load()
    entry = Entry(kind="folder", name="chain", place=str(folder / "documents"))
    got = [one for one in collect([entry], settings, NOW) if isinstance(one, Fetched)]
    documents = [read_text(one, settings) for one in got]
    names = {one.sha256: one.name.removesuffix(".md") for one in documents}
    readings = read_documents(documents, catalog)
    judged = judge_month(
        readings.reports, readings.claims, period=Period.parse(truth["period"]), catalog=catalog, settings=settings
    )
    drift = [one for one in judged.assessments if one.kind is AssessmentKind.DRIFT]
    return {
        "stories": sorted((len(story.origins), len(story.reports)) for story in judged.stories),
        "truth": sorted((origins, len(reports)) for origins, reports in truth["origins"]),
        "found": {(names[one.get("repeat")], _of_kind(one.get("what"))) for one in drift},
        "wanted": {(row["document"], _of_kind(row["what"])) for row in truth["drift"]},
    }


def main() -> None:
    """Print the table."""
    catalog = Catalog.load()
    print("\nchains of re-reporting")
    print(f"{'chain':<22}{'changes':>8}{'named':>7}{'wrong':>7}  stories as (origins, reports), truth in brackets")
    totals = [0, 0, 0]
    for folder in sorted(CASES.iterdir()):
        found = measured(folder, catalog)
        row = [len(found["wanted"]), len(found["found"] & found["wanted"]), len(found["found"] - found["wanted"])]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        print(f"{folder.name:<22}{row[0]:>8}{row[1]:>7}{row[2]:>7}  {found['stories']} [{found['truth']}]")
    print(f"{'all':<22}{totals[0]:>8}{totals[1]:>7}{totals[2]:>7}")


if __name__ == "__main__":
    main()
