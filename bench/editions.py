"""What all editions of a large month cost once it is judged, and whether two runs give the same bytes.

    python -m bench.editions [REPORTS]

The month is made of the pages of many made months (`bench/months_made.py`, seeds from 1 on), all of one month,
beside the shipped one as the limit's own size. Reading and judging come first and are not counted.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

from bench.months_made import Page, make_months
from geppo import config
from geppo.catalog import Catalog
from geppo.config import Settings
from geppo.deliver import pdf, write
from geppo.knowledge.sqlite import SqliteStore
from geppo.model.edition import EditionKind, Issue
from geppo.model.time import Period
from geppo.pipeline import Draft, collect_paths, draft_month

_PERIOD = Period.parse("2026-05")
_FIRST = date(2026, 5, 1)
_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _pages(count: int) -> Iterable[Page]:
    seed = 0
    while count > 0:
        seed += 1
        for page in make_months(seed, _FIRST, 1)[1][0].pages[:count]:
            yield page
            count -= 1


def _draft(folder: Path, settings: Settings, period: Period) -> Draft:
    store = SqliteStore(":memory:")
    collect_paths([folder], store, settings, _NOW)
    return draft_month(store, period, as_of=_NOW, settings=settings, catalog=Catalog.load())


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def _row(name: str, draft: Draft, settings: Settings) -> None:
    start = time.perf_counter()
    issue: Issue = draft.issue(tuple(EditionKind))
    worded = time.perf_counter() - start
    member = next(one for one in issue.editions if one.kind is EditionKind.MEMBER and one.language == "ja")
    start = time.perf_counter()
    pdf.render(issue, member, settings)
    paper = time.perf_counter() - start
    digests, files = [], 0.0
    for _ in range(2):
        with tempfile.TemporaryDirectory() as out:
            start = time.perf_counter()
            paths = write(issue, Path(out), settings)
            files = time.perf_counter() - start
            digests.append(_digest(paths))
    same = "same bytes" if len(set(digests)) == 1 else "OTHER BYTES"
    reports, stories = len(draft.month.documents), len(draft.month.stories)
    print(f"{name:<10}{reports:>8}{stories:>9}{worded:>9.1f}{paper:>8.2f}{files:>8.1f}{worded + files:>8.1f}  {same}")


def main(count: int = 3000) -> None:
    """Print the table; limits: 20 s for wording and files of 3,000 reports, 2 s for one PDF."""
    settings = config.load()
    print("\nall editions of a month after judging (s): wording, one member PDF, all files, wording and files")
    print(
        f"{'month':<10}{'reports':>8}{'stories':>9}{'wording':>9}{'PDF':>8}{'files':>8}{'all':>8}  limit 20 s, PDF 2 s"
    )
    with resources.as_file(resources.files("geppo.sample").joinpath("documents")) as folder:
        _row("shipped", _draft(folder, settings, Period.parse("2025-11")), settings)
    with tempfile.TemporaryDirectory() as temporary:
        for number, page in enumerate(_pages(count)):
            (Path(temporary) / f"{number:05d}-{page.name}").write_text(page.data, encoding="utf-8")
        _row("made", _draft(Path(temporary), settings, _PERIOD), settings)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
