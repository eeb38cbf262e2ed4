"""Chains of re-reporting with truth: origins counted, changes of repeats named, and none named that is none.

The eight chains of `bench/cases/retold` (94 documents in five languages) were written without sight of the system. At
first sight it named 2 of their 29 changes and none wrongly; they were looked at since, so what the table prints is no
blind figure any more.

`bench/cases/matters` and `matters_unseen` (four chains each, 79 documents) were written before anything was done about
which pages are one matter: two matters of one house in one week, namesakes, a follow-up, figures without names, a
roundup over two. The first set was looked at while the joining was mended; of the second only this table was.

`bench/cases/matters_third` (four chains, 54 documents) was written before sentences of a repeat were compared with
those of its root: one primary with its repeats and a near-copy, once two primaries. At first sight 303 of 338 pairs
were in one story and none wrongly, 2 of 4 chains had exactly the stories of the truth, 9 of 24 changes were named and
6 that are none. `bench/cases/matters_fourth` (four chains, 50 documents) was written and run after sentences were
compared; its primaries are Korean, Russian (two), Chinese and English. At first sight all 288 pairs were in one story
and none wrongly, 3 of 4 chains had exactly the stories of the truth, 21 of 26 changes were named and none wrongly.
`bench/cases/matters_fifth` (two chains, 21 documents) has longer pages: at first sight all 100 pairs were in one
story, 1 of 2 chains had exactly the stories of the truth, 8 of 13 changes were named and 1 that is none. Of
`bench/cases/matters_sixth` (two chains, 23 documents) it was 111 of 121 pairs, 1 of 2 chains, 10 of 12 changes and 3
that are none. All were looked at since. `bench/cases/matters_seventh` (two chains, 22 documents; one of them repeats
faithfully) was written last: at first sight all 111 pairs were in one story, both chains had exactly the stories of
the truth, all 6 changes were named and none wrongly.

Pairs are of two pages: how many the truth has in one story, how many of those are in one story, and how many that are
not. `grouped` counts the same with single pages from which no claim was read, which become no story. The last lines
have all pages as if they were of one month, and made pages (from a seed) that name a house and print figures of their
own: whatever is joined there is joined by accident.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from geppo import config
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.config import Settings
from geppo.judge.month import judge_month, lay_base
from geppo.model.assessment import AssessmentKind
from geppo.model.report import Document, Fetched, Report
from geppo.model.time import Period
from geppo.pipeline import Readings, read_documents
from geppo.read.text import read_text

CASES = Path(__file__).parent / "cases"
SETS = (
    "retold",
    "matters",
    "matters_unseen",
    "matters_third",
    "matters_fourth",
    "matters_fifth",
    "matters_sixth",
    "matters_seventh",
)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
_ONE = {"hedge": "hedge", "grade": "hedge"}


def _of_kind(what: str) -> str:
    """A hedge and a grade are two words for one thing."""
    return _ONE.get(what, what)


def _pairs(stories: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    """Two pages of one story, in order of their names."""
    return {pair for pages in stories for pair in combinations(sorted(set(pages)), 2)}


def _documents(folder: Path, settings: Settings) -> Iterator[Document]:
    entry = Entry(kind="folder", name="chain", place=str(folder / "documents"))
    for one in collect([entry], settings, NOW):
        if isinstance(one, Fetched):
            yield read_text(one, settings)


def _truth(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "truth.json").read_text(encoding="utf-8")))


def grouped(readings: Readings, names: dict[str, str], catalog: Catalog, settings: Settings) -> set[tuple[str, str]]:
    """Pairs of pages that are one matter, by `names` of their reports."""
    claims = sorted(readings.claims, key=lambda claim: claim.id)
    base = lay_base(readings.reports, claims, catalog, settings)
    return _pairs([names[unit.report] for unit in cluster.units] for cluster in base.clusters)


def measured(folder: Path, catalog: Catalog) -> dict[str, Any]:
    """Stories as (origins, reports), pairs of pages in one story, and changes as (document, kind): found, wanted."""
    truth, settings = _truth(folder), config.load()
    documents = list(_documents(folder, settings))
    names = {one.sha256: one.name.removesuffix(".md") for one in documents}
    readings = read_documents(documents, catalog)
    judged = judge_month(
        readings.reports, readings.claims, period=Period.parse(truth["period"]), catalog=catalog, settings=settings
    )
    drift = [one for one in judged.assessments if one.kind is AssessmentKind.DRIFT]
    return {
        "stories": sorted((len(story.origins), len(story.reports)) for story in judged.stories),
        "truth": sorted((origins, len(reports)) for origins, reports in truth["origins"]),
        "pairs": _pairs([names[report] for report in story.reports] for story in judged.stories),
        "grouped": grouped(readings, names, catalog, settings),
        "true_pairs": _pairs(reports for _, reports in truth["origins"]),
        "found": {(names[one.get("repeat")], _of_kind(one.get("what"))) for one in drift},
        "wanted": {(row["document"], _of_kind(row["what"])) for row in truth["drift"]},
    }


def _together(catalog: Catalog) -> None:
    """Print how the pages of all chains fall into matters if they are read as one month."""
    settings = config.load()
    documents: list[Document] = []
    names: dict[str, str] = {}
    true: set[tuple[str, str]] = set()
    for folder in (folder for chains in SETS for folder in sorted((CASES / chains).iterdir())):
        for one in _documents(folder, settings):
            documents.append(one)
            names[one.sha256] = f"{folder.name}/{one.name.removesuffix('.md')}"
        true |= _pairs([f"{folder.name}/{page}" for page in pages] for _, pages in _truth(folder)["origins"])
    found = grouped(read_documents(documents, catalog), names, catalog, settings)
    print(f"\nall as one month: {len(documents)} pages; {len(true)} pairs, {len(found & true)} grouped,", end=" ")
    print(f"{len(found - true)} wrongly")


def _mention(name: str, publisher: str, cites: tuple[str, ...], chance: random.Random) -> Report:
    """A page with five figures and a day that are nobody else's but by accident."""
    published = date(2026, 9, 1) + timedelta(days=chance.randrange(28))
    began = published - timedelta(days=chance.randrange(10))
    figures = " ".join(f"There were {int(10 ** chance.uniform(1, 3.3))} systems of that kind." for _ in range(5))
    document = Document(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        name=name,
        media_type="text/markdown",
        collected=NOW,
        publisher=publisher,
        title="",
        url=f"https://{name}.example/",
        language="en",
        published=published,
        text=f"{' '.join(cites)} {figures} It began on {began:%d %B %Y}.",
    )
    own = not cites
    return Report(id=document.sha256, document=document, mentions=(), observables=(), cites=cites, own_observation=own)


def _accidents(catalog: Catalog) -> None:
    """Print how many of made pages that only name a house are joined to anything."""
    for houses, pages, mentions in ((10, 1, 300), (10, 3, 600), (10, 20, 600), (10, 20, 2000)):
        chance = random.Random(3)
        names = [f"Quarrel{number} Labs" for number in range(houses)]
        made = [_mention(f"h{at}-{n}", name, (), chance) for at, name in enumerate(names) for n in range(pages)]
        made += [_mention(f"m{n}", f"Paper{n} Times", (chance.choice(names),), chance) for n in range(mentions)]
        base = lay_base(made, [], catalog, config.load())
        groups = [{unit.report for unit in cluster.units} for cluster in base.clusters]
        joined = sum(len(group) for group in groups if len(group) > 1)
        print(
            f"{houses} houses with {pages} pages, {mentions} that name one: {joined} of {len(made)} joined by accident"
        )


def _row(name: str, values: Sequence[int], rest: str = "") -> None:
    widths = (7, 7, 7, 9, 7, 9, 7, 7)
    print(f"{name:<22}" + "".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True)), end="  ")
    print(rest)


def main() -> None:
    """Print the tables."""
    catalog = Catalog.load()
    for chains in SETS:
        print(f"\nchains of re-reporting: {chains}")
        print(f"{'chain':<22}{'pairs':>7}{'found':>7}{'wrong':>7}{'grouped':>9}{'wrong':>7}", end="")
        print(f"{'changes':>9}{'named':>7}{'wrong':>7}  stories as (origins, reports), truth in brackets")
        totals, right = [0] * 8, 0
        folders = sorted((CASES / chains).iterdir())
        for folder in folders:
            got = measured(folder, catalog)
            true = got["true_pairs"]
            row = [len(true), len(got["pairs"] & true), len(got["pairs"] - true)]
            row += [len(got["grouped"] & true), len(got["grouped"] - true)]
            row += [len(got["wanted"]), len(got["found"] & got["wanted"]), len(got["found"] - got["wanted"])]
            totals = [a + b for a, b in zip(totals, row, strict=True)]
            same = got["stories"] == got["truth"] and got["pairs"] == true
            right += same
            _row(folder.name, row, f"{got['stories']}" if same else f"{got['stories']} [{got['truth']}]")
        _row("all", totals, f"{right} of {len(folders)} chains with the stories of the truth")
    _together(catalog)
    _accidents(catalog)


if __name__ == "__main__":
    main()
