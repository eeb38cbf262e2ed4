"""A store with 100,000 made documents, in SQLite and in PostgreSQL: filling, month query, search, many at once.

`python -m bench.store [DOCUMENTS] [SECONDS]`. Limits: a month of what is published in its stretch in 1 s, a search in
0.3 s, no error while two write and ten read.
"""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from geppo import config
from geppo.knowledge import transfer
from geppo.knowledge._sql import SqlStore
from geppo.knowledge.place import open_store
from geppo.knowledge.store import Query
from geppo.model.report import Document
from geppo.model.time import Period
from geppo.pipeline import month_documents
from tests.knowledge.servers import fresh, server

DAYS = 1826
"""Five years, over which the documents are spread."""

_WORDS = {
    "ja": "攻撃 政府 機関 確認 中継 通信 脆弱性 被害 調査 公開 企業 情報 漏えい 注意 喚起 端末 感染 は が を に の で",
    "zh": "攻击 政府 机构 确认 中继 通信 漏洞 受害 调查 公开 企业 信息 泄露 的 了 在 和",
    "ko": "공격 정부 기관 확인 중계 통신 취약점 피해 조사 공개 기업 정보 유출 은 는 를",
    "en": "attack government agency relay network traffic router vulnerability victim report actor the of and in to",
}
QUERIES = {
    "政府": "two characters, common",
    "府": "one character, common",
    "珍語": "two characters, rare",
    "脆弱性 中継": "two words",
    "government relay": "Latin, common",
    "zebrafish": "Latin, rare",
    "珍しい語": "four characters, rare",
    "나무꾼": "hangul, rare",
    "存在しない": "nothing",
}


def made(count: int, seed: int = 7) -> Iterator[tuple[Document, bytes]]:
    """Made documents of about 1,200 characters, spread over five years, known a day after they were published."""
    rng = random.Random(seed)
    for number in range(count):
        language = rng.choice(tuple(_WORDS))
        joint = " " if language in ("en", "ko") else ""
        words = rng.choices(_WORDS[language].split(), k=200 if joint else 500)
        words += [f"x{rng.getrandbits(32):08x}" for _ in range(20)]
        if number % 20_000 == 11:
            words += ["珍しい語", "珍語", "zebrafish", "나무꾼"]
        text = f"{number} " + joint.join(words)
        data = text.encode()
        day = date(2021, 12, 1) + timedelta(days=number * DAYS // count)
        yield (
            Document(
                sha256=hashlib.sha256(data).hexdigest(),
                name=f"{number}.html",
                media_type="text/html",
                collected=datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=1),
                publisher=f"Publisher {number % 80}",
                title=f"Report {number}",
                url=f"https://p{number % 80}.example/{number}",
                language=language,
                published=day,
                text=text,
            ),
            data,
        )


def timed(work: Callable[[], object], times: int = 5) -> float:
    """Median seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def write_for(where: str | Path, seed: int, seconds: float) -> tuple[int, str]:
    """Add documents for so long; how many, and the first error."""
    count, until = 0, time.time() + seconds
    try:
        with closing(open_store(where)) as store:
            for document, data in made(10**6, seed):
                if time.time() > until:
                    break
                store.add_document(document, data)
                count += 1
    except Exception as error:
        return count, repr(error)
    return count, ""


def read_for(where: str | Path, seed: int, seconds: float) -> tuple[int, str]:
    """Ask for three days and a search for so long; how many, and the first error."""
    count, rng, now = 0, random.Random(seed), datetime(2027, 1, 1, tzinfo=UTC)
    until = time.time() + seconds
    try:
        with closing(open_store(where)) as store:
            while time.time() < until:
                day = date(2022, 1, 1) + timedelta(days=rng.randrange(1700))
                store.documents(now, day, day + timedelta(days=2))
                store.search(Query(text=rng.choice(tuple(QUERIES))), now)
                count += 1
    except Exception as error:
        return count, repr(error)
    return count, ""


def together(where: str | Path, seconds: float) -> str:
    """Two writers and ten readers, each a process."""
    with multiprocessing.get_context("spawn").Pool(12) as pool:
        jobs = [pool.apply_async(write_for, (where, seed, seconds)) for seed in (101, 102)]
        jobs += [pool.apply_async(read_for, (where, seed, seconds)) for seed in range(10)]
        done = [job.get() for job in jobs]
    errors = [error for _, error in done if error]
    writes, reads = sum(n for n, _ in done[:2]), sum(n for n, _ in done[2:])
    return f"{writes} documents, {reads} questions in {seconds:.0f} s, errors: {errors or 'none'}"


def fill(store: SqlStore, count: int) -> str:
    """Add made documents, a thousand a transaction."""
    start = time.perf_counter()
    pairs = made(count)
    while some := list(itertools.islice(pairs, 1000)):
        with store.batch():
            for document, data in some:
                store.add_document(document, data)
    taken = time.perf_counter() - start
    return f"{count} documents added in {taken:.0f} s ({count / taken:.0f}/s)"


def measure(store: SqlStore, name: str, filled: str) -> None:
    """Print what questions take."""
    now, settings, period = datetime(2027, 1, 1, tzinfo=UTC), config.load(), Period.parse("2026-10")
    print(f"{name}: {filled}, {store.state().size / 1e6:.0f} MB", flush=True)
    taken = timed(lambda: month_documents(store, period, now, settings))
    found = len(month_documents(store, period, now, settings))
    print(f"  month 2026-10 with look-back: {found} documents, {taken:.3f} s", flush=True)
    for text, what in QUERIES.items():
        query = Query(text=text)
        taken = timed(partial(store.search, query, now))
        print(f"  search {text} ({what}): {len(store.search(query, now))} hits shown, {taken:.4f} s", flush=True)


def main(count: int = 100_000, seconds: float = 20) -> None:
    """Print the table. The second store is filled from the first, as `geppo migrate` does it."""
    with tempfile.TemporaryDirectory() as folder, server() as address:
        first, second = Path(folder) / "s.sqlite", fresh(address)
        with closing(open_store(first)) as store:
            measure(store, "SQLite", fill(store, count))
        print(f"  two writers, ten readers: {together(first, seconds)}", flush=True)
        start = time.perf_counter()
        with closing(open_store(first)) as store, closing(open_store(second)) as other:
            rows = transfer.copy(store, other)
            other.run("ANALYZE")
            measure(other, "PostgreSQL", f"{rows} rows migrated in {time.perf_counter() - start:.0f} s")
        print(f"  two writers, ten readers: {together(second, seconds)}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
