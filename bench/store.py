"""A store with 100,000 made documents, in SQLite and in PostgreSQL: filling, month query, search, many at once.

`python -m bench.store [DOCUMENTS] [SECONDS]`. Limits: a month of what is published in its stretch in 1 s, a search in
0.3 s, no error while two write and ten read.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from geppo import config
from geppo.knowledge.place import open_store
from geppo.knowledge.store import Query
from geppo.model.report import Document
from geppo.model.time import Period
from geppo.pipeline import month_documents
from tests.knowledge.servers import fresh, server

DAYS = 1826
"""Five years, over which the documents are spread."""

_WORDS = {
    "ja": ["攻撃", "政府", "機関", "確認", "中継", "通信", "脆弱性", "被害", "調査", "公開", "企業", "情報", "漏えい", "注意", "喚起", "端末", "感染", "更新", "研究", "報告", "は", "が", "を", "に", "の", "で", "と", "した"],
    "zh": ["攻击", "政府", "机构", "确认", "中继", "通信", "漏洞", "受害", "调查", "公开", "企业", "信息", "泄露", "的", "了", "在", "和"],
    "ko": ["공격", "정부", "기관", "확인", "중계", "통신", "취약점", "피해", "조사", "공개", "기업", "정보", "유출", "은", "는", "를"],
    "en": ["attack", "government", "agency", "relay", "network", "traffic", "router", "vulnerability", "victim", "report", "actor", "uses", "the", "of", "and", "in", "to"],
}  # fmt: skip
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
        words = rng.choices(_WORDS[language], k=200 if joint else 500)
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


def write_for(where: str | Path, seed: int, until: float) -> tuple[int, str]:
    """Add documents until a time; how many, and the first error."""
    count = 0
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


def read_for(where: str | Path, seed: int, until: float) -> tuple[int, str]:
    """Ask for a week and a search until a time; how many, and the first error."""
    count, rng, now = 0, random.Random(seed), datetime(2027, 1, 1, tzinfo=UTC)
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
    until = time.time() + seconds
    with multiprocessing.get_context("spawn").Pool(12) as pool:
        jobs = [pool.apply_async(write_for, (where, seed, until)) for seed in (101, 102)]
        jobs += [pool.apply_async(read_for, (where, seed, until)) for seed in range(10)]
        done = [job.get() for job in jobs]
    errors = [error for _, error in done if error]
    writes, reads = sum(n for n, _ in done[:2]), sum(n for n, _ in done[2:])
    return f"{writes} documents, {reads} questions in {seconds:.0f} s, errors: {errors or 'none'}"


def measure(name: str, where: str | Path, count: int, seconds: float) -> None:
    """Fill a store and print its rows."""
    now, settings = datetime(2027, 1, 1, tzinfo=UTC), config.load()
    with closing(open_store(where)) as store:
        start = time.perf_counter()
        pairs = list(made(count))
        making = time.perf_counter() - start
        start = time.perf_counter()
        for first in range(0, count, 1000):
            with store.batch():
                for document, data in pairs[first : first + 1000]:
                    store.add_document(document, data)
        taken = time.perf_counter() - start
        del pairs
        print(f"{name}: {count} documents in {taken:.0f} s ({count / taken:.0f}/s; made in {making:.0f} s),"
              f" {store.state().size / 1e6:.0f} MB")  # fmt: skip
        period = Period.parse("2026-10")
        found = len(month_documents(store, period, now, settings))
        print(f"  month 2026-10 with look-back: {found} documents, {timed(lambda: month_documents(store, period, now, settings)):.3f} s")  # fmt: skip
        for text, what in QUERIES.items():
            query = Query(text=text)
            print(f"  search {text} ({what}): {len(store.search(query, now))} hits shown, {timed(lambda q=query: store.search(q, now)):.4f} s")  # type: ignore[misc]  # fmt: skip  # noqa: E501
    print(f"  two writers, ten readers: {together(where, seconds)}")


def main(count: int = 100_000, seconds: float = 20) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", Path(folder) / "s.sqlite", count, seconds)
    with server() as address:
        measure("PostgreSQL", fresh(address), count, seconds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
