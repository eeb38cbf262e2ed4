"""Speed of the main job and of its hot paths, each beside a limit or a named peer, in one run."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from geppo import config
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.model.report import Document, Fetched
from geppo.pipeline import read_documents
from geppo.read.extract.observables import find
from geppo.read.text import read_text


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


def main() -> None:
    """Print the table."""
    documents = _sample()
    catalog = Catalog.load()
    read_documents(documents[:3], catalog)
    size = sum(len(document.text.encode()) for document in documents)
    text = "\n".join(document.text for document in documents)
    print("\nspeed (best of three, one process)")
    print(f"{'what':<44}{'seconds':>9}{'MB/s':>8}  beside")
    whole = _timed(lambda: read_documents(documents, catalog))
    print(f"{'reading the sample month, text to claims':<44}{whole:>9.2f}{size / whole / 1e6:>8.3f}")
    values = _timed(lambda: find(text))
    peer = _peer(text)
    beside = f"ioc-finder {peer:.2f} s" if peer else "ioc-finder not installed"
    print(f"{'observables of the sample month':<44}{values:>9.3f}{size / values / 1e6:>8.2f}  {beside}")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [sys.executable, "-m", "geppo", "demo", "--out", str(Path(folder) / "demo")]
        subprocess.run(command, check=True, capture_output=True)
        took = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'geppo demo, new process':<44}{took:>9.2f}{'':>8}  limit 10 s; {memory:.0f} MiB, limit 700 MiB")


if __name__ == "__main__":
    main()
