"""Collect and month killed (-9) at random moments and run again: nothing lost, nothing twice, the same edition bytes.

`python -m bench.crash [ROUNDS] [SEED]`. A round kills each command up to three times, runs it to its end, and
compares with a workspace that was never disturbed. Issues are compared without the times of collection of their run.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geppo.knowledge.place import open_store
from geppo.knowledge.store import Query
from tests.conftest import month_folder

_AS_OF = "2099-01-01T00:00:00+00:00"
_MONTH = ("month", "2026-04", "--as-of", _AS_OF)


def geppo(*words: str, kill_after: float | None = None) -> tuple[bool, float]:
    """Run a command; True if it was killed before its end, and how long it ran."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "geppo", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(kill_after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True, time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"geppo {words[0]} ended with {process.returncode}")
    return False, time.perf_counter() - start


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(item) for key, item in value.items() if key not in ("collected", "accessed")}
    if isinstance(value, list):
        return [_without_times(item) for item in value]
    return value


def outcome(work: Path) -> tuple[dict[str, bytes], list[Any]]:
    """The issue's texts by file, and what the store holds but for times; raises where the store is not whole."""
    files = {}
    for path in sorted((work / "out" / "2026-04").iterdir()):
        if path.suffix == ".md":
            files[path.name] = path.read_bytes()
        elif path.name == "edition.json":
            data = _without_times(json.loads(path.read_text(encoding="utf-8")))
            files[path.name] = json.dumps(data, sort_keys=True).encode()
    with closing(open_store(work / "geppo.sqlite")) as store:
        faults, state = list(store.verify()), store.state()
        if faults or state.check != "ok":
            raise SystemExit(f"{work}: {faults or state.check}")
        now = datetime(2099, 1, 1, tzinfo=UTC)
        kept = [one.sha256 for one in store.documents(now)]
        claims = [one.id for one in store.claims(now)]
        found = len(store.search(Query(text="の", most=1000), now))
        rows = {key: count for key, count in state.rows if key not in ("gap",)}
    return files, [kept, claims, found, rows]


def main(rounds: int = 10, seed: int = 1) -> None:
    """Print what was killed and whether the outcome was the same."""
    rng = random.Random(seed)
    kills = {"collect": 0, "month": 0}
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder) / "reports"
        shutil.copytree(month_folder("kanto"), reports)

        def whole(work: Path, lengths: dict[str, float] | None) -> dict[str, float]:
            taken = {}
            geppo("init", str(work))
            for words in (("collect", "--path", str(reports)), _MONTH):
                command = (*words, "--workspace", str(work))
                for _ in range(rng.randint(1, 3) if lengths else 0):
                    limit = rng.uniform(0.2, 1.0) * lengths[words[0]] if lengths else 0
                    kills[words[0]] += geppo(*command, kill_after=limit)[0]
                taken[words[0]] = geppo(*command)[1]
            return taken

        lengths = whole(Path(folder) / "calm", None)
        wanted = outcome(Path(folder) / "calm")
        different = 0
        for number in range(rounds):
            work = Path(folder) / f"w{number}"
            whole(work, lengths)
            if outcome(work) != wanted:
                different += 1
                print(f"round {number}: another outcome", flush=True)
            shutil.rmtree(work)
    total = " and ".join(f"{count} of {name}" for name, count in kills.items())
    print(f"{rounds} rounds, killed: {total}; {different} rounds ended with another outcome")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
