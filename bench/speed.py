"""Speed of the main job and of its hot paths, each beside a limit or a named peer, in one run."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from unittest import mock

from geppo import config, crew
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.model.report import Document, Fetched
from geppo.pipeline import loose_document, read_documents
from geppo.read.extract.observables import find
from geppo.read.text import read_text

MONTHS = Path(__file__).parent.parent / "tests" / "cases" / "months"
RETOLD = Path(__file__).parent / "cases" / "retold"
LANGUAGES = ("en", "ja", "zh", "ru", "ko")
REPORT = 10_000
SEED = 5


def _sample() -> tuple[Document, ...]:
    settings, now = config.load(), datetime(2026, 6, 1, tzinfo=UTC)
    with resources.as_file(resources.files("geppo.sample").joinpath("documents")) as folder:
        entry = Entry(kind="folder", name="sample", place=str(folder))
        return tuple(read_text(one, settings) for one in collect([entry], settings, now) if isinstance(one, Fetched))


def _timed(work: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def _peer(text: str) -> float | None:
    try:
        from ioc_finder import find_iocs
    except ImportError:
        return None
    return _timed(lambda: find_iocs(text))


def _other(documents: Sequence[Document], number: int) -> tuple[Document, ...]:
    """The documents with a line more: what was kept of the same texts would be measured otherwise."""
    return tuple(replace(one, text=f"{one.text}\n\n({number})") for one in documents)


def _whole(documents: Sequence[Document], catalog: Catalog) -> float:
    """Processor seconds of whole reading in one process, the best of three."""
    best = float("inf")
    with mock.patch("geppo.crew.cores", lambda: 1):
        for number in range(3):
            made = _other(documents, number)
            start = time.process_time()
            read_documents(made, catalog)
            best = min(best, time.process_time() - start)
    return best


def _pages() -> dict[str, list[str]]:
    """Texts by language: the sample month, the made months and the retold chains."""
    settings, now = config.load(), datetime(2027, 1, 1, tzinfo=UTC)
    places = [*sorted(MONTHS.glob("*/documents")), *sorted(RETOLD.glob("*/documents"))]
    found: dict[str, list[str]] = {}
    for document in _sample():
        found.setdefault(document.language, []).append(document.text)
    for place in places:
        for one in collect([Entry(kind="folder", name=place.parent.name, place=str(place))], settings, now):
            if isinstance(one, Fetched):
                document = read_text(one, settings)
                found.setdefault(document.language, []).append(document.text)
    return {language: found[language] for language in LANGUAGES}


def _reports(pages: dict[str, list[str]], count: int) -> tuple[Document, ...]:
    """Reports of 10 kB, each of pages of one language drawn at random: denser than reports are."""
    rng = random.Random(SEED)
    weights = [sum(map(len, pages[language])) for language in LANGUAGES]
    made = []
    for number in range(count):
        language = rng.choices(LANGUAGES, weights)[0]
        parts = [f"Report {number}"]
        while sum(len(part.encode()) for part in parts) < REPORT:
            parts.append(rng.choice(pages[language]))
        made.append(loose_document("\n\n".join(parts), language, date(2026, 3, 15), f"House {number % 300} Labs"))
    return tuple(replace(one, name=f"report {number}") for number, one in enumerate(made))


def _many(documents: Sequence[Document], catalog: Catalog) -> tuple[float, float]:
    """Seconds and processor seconds in as many processes as there are cores."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, own = time.perf_counter(), time.process_time()
    read_documents(documents, catalog)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    children = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - wall, time.process_time() - own + children


def _rows(catalog: Catalog, count: int) -> None:
    pages = _pages()
    for language in LANGUAGES:
        documents = tuple(loose_document(text, language, date(2026, 3, 15)) for text in pages[language])
        size = sum(len(text.encode()) for text in pages[language])
        _row(f"dense pages in {language}, text to claims, cpu", _whole(documents, catalog), size)
    reports = _reports(pages, count)
    size = sum(len(document.text.encode()) for document in reports)
    wall, work = _many(reports, catalog)
    _row(f"{count} dense reports, {crew.cores()} processes", wall, size, f"{work:.1f} s of cpu")


def _row(what: str, seconds: float, size: int, beside: str = "") -> None:
    print(f"{what:<44}{seconds:>9.2f}{size / seconds / 1e6:>8.3f}  {beside}", flush=True)


def _demo() -> None:
    """Before anything is read in processes of its own: memory is that of the largest process that has ended."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [sys.executable, "-m", "geppo", "demo", "--out", str(Path(folder) / "demo")]
        subprocess.run(command, check=True, capture_output=True)
        took = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'geppo demo, new process':<44}{took:>9.2f}{'':>8}  limit 10 s; {memory:.0f} MiB, limit 700 MiB")


def main(count: int = 300) -> None:
    """Print the table; `python -m bench.speed 3000` reads as many made reports of 10 kB."""
    documents = _sample()
    catalog = Catalog.load()
    read_documents(_other(documents, -1), catalog)
    size = sum(len(document.text.encode()) for document in documents)
    text = "\n".join(document.text for document in documents)
    print("\nspeed (best of three, one process)")
    print(f"{'what':<44}{'seconds':>9}{'MB/s':>8}  beside")
    _row("the sample month, text to claims, cpu", _whole(documents, catalog), size)
    values = _timed(lambda: find(text))
    peer = _peer(text)
    _row("observables of the sample month", values, size, f"ioc-finder {peer:.2f} s" if peer else "no ioc-finder")
    _demo()
    _rows(catalog, count)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
