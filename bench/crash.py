"""Collect, read and month killed (-9) at random moments and run again: nothing lost, nothing twice, the same bytes.

`python -m bench.crash [KILLS] [SEED]`. A round kills each command up to four times, runs it to its end, and compares
with a workspace that was never disturbed; rounds go on until each command was killed KILLS times. Documents
come from files and from sources on loopback. Issues are compared without the times of collection of their run.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geppo.knowledge.place import open_store
from geppo.knowledge.store import Query
from tests.collect.served import Reply, html, served
from tests.conftest import month_folder

_AS_OF = "2099-01-01T00:00:00+00:00"
_MONTH = ("month", "2026-04", "--as-of", _AS_OF)


def geppo(*words: str, kill_after: float | None = None, out: int = subprocess.DEVNULL) -> tuple[bool, float]:
    """Run a command; True if it was killed before its end, and how long it ran. It writes to the open file `out`."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "geppo", *words], stdout=out, stderr=subprocess.DEVNULL)
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
    """The issue's texts and what was read, by file, and what the store holds but for times.

    Raises where the store is not whole.
    """
    files = {"read": (work / "read.jsonl").read_bytes()}
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


_FEED = "<rss version='2.0'><channel><title>Desk</title>{}</channel></rss>"
_KEV = {"title": "KEV", "vulnerabilities": [{"cveID": f"CVE-2026-10{n}", "dateAdded": "2026-04-02"} for n in range(9)]}
_PAGES = 40


@contextmanager
def sources() -> Iterator[str]:
    """A server with a feed of pages and a list of vulnerabilities; the text of a sources.toml."""
    with served({"/kev": [Reply(body=json.dumps(_KEV).encode())]}) as site:
        rows = "".join(
            f"<item><title>P{n}</title><link>{{base}}/{n}</link><guid>{n}</guid></item>" for n in range(_PAGES)
        )
        site.routes["/feed"] = [
            Reply(headers={"content-type": "application/rss+xml"}, body=_FEED.format(rows).encode())
        ]
        site.routes.update({f"/{n}": [html(f"Page {n}", 1 + n % 9)] for n in range(_PAGES)})
        yield "".join(
            f'[[source]]\nname = "{kind}"\nkind = "{kind}"\nurl = "{site.base}/{kind}"\npublisher = "Desk {kind}"\n'
            "allow_private = true\n"
            for kind in ("feed", "kev")
        )


def whole(work: Path, reports: Path, listed: str, rng: random.Random | None) -> Counter[str]:
    """Each command to its end, killed up to four times before where `rng` is given."""
    kills: Counter[str] = Counter()
    geppo("init", str(work))
    (work / "sources.toml").write_text(listed, encoding="utf-8")
    home = ("--workspace", str(work))
    commands = {
        "collect --path": ("collect", "--path", str(reports), *home),
        "collect": ("collect", *home),
        "read": ("read", str(reports), "--json"),
        "month": (*_MONTH, *home),
    }
    for name, words in commands.items():
        for _ in range(rng.randint(2, 4) if rng else 0):
            assert rng
            with (work / "read.jsonl" if name == "read" else work / "log").open("wb") as out:
                limit = rng.uniform(0.1, 1.0) * LENGTHS[name]
                kills[name] += geppo(*words, kill_after=limit, out=out.fileno())[0]
        with (work / ("read.jsonl" if name == "read" else "log")).open("wb") as out:
            taken = geppo(*words, out=out.fileno())[1]
        if rng is None:
            LENGTHS[name] = taken
    return kills


LENGTHS: dict[str, float] = {}
"""Seconds of each command in the undisturbed run."""


def main(least: int = 50, seed: int = 1) -> None:
    """Print what was killed and whether the outcome was the same."""
    rng = random.Random(seed)
    kills: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, sources() as listed:
        reports = Path(folder) / "reports"
        shutil.copytree(month_folder("kanto"), reports)
        whole(Path(folder) / "calm", reports, listed, None)
        wanted = outcome(Path(folder) / "calm")
        rounds = different = 0
        while not kills or min(kills[name] for name in LENGTHS) < least:
            work = Path(folder) / f"w{rounds}"
            kills += whole(work, reports, listed, rng)
            found = outcome(work)
            if found != wanted:
                different += 1
                parts = [name for name in wanted[0] if found[0].get(name) != wanted[0][name]]
                parts += [f"store {n}: {found[1][n]}" for n in range(4) if found[1][n] != wanted[1][n]]
                print(f"round {rounds}: another outcome: {parts}"[:2000], flush=True)
            shutil.rmtree(work)
            rounds += 1
    total = ", ".join(f"{count} of {name}" for name, count in sorted(kills.items()))
    print(f"{rounds} rounds, killed: {total}; {different} rounds ended with another outcome")
    print(f"{len(wanted[1][0])} documents, {len(wanted[1][1])} claims in each")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
