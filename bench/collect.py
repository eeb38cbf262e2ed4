"""Collecting: items parsed and told apart a second, and the work of a second collection over 60 sources with no news.

The feeds are made; feedparser alone is beside it, since it does the parsing. The sources are on loopback, so time is
our own work and not the network's. The second collection must ask conditionally only.
"""

from __future__ import annotations

import io
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import feedparser

from geppo import config
from geppo.collect import Entry
from geppo.collect._feeds import items
from geppo.collect._http import Client, Page
from geppo.collect._made import name_of
from geppo.collect._state import Seen, State
from geppo.collect._visit import Item, Visit
from geppo.knowledge.sqlite import SqliteStore
from geppo.pipeline import Collected, collect_sources
from tests.collect.served import Reply, html, served

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
_ITEMS = 200
_TEXT = {
    "utf-8": "Northgate Labs saw Dune Marten use 192.0.2[.]15 as a C2 server against two ministries. " * 4,
    "shift_jis": "ノースゲート研究所は、攻撃グループが中継サーバーを使ったと報告した。" * 8,
    "euc_jp": "ノースゲート研究所は、攻撃グループが中継サーバーを使ったと報告した。" * 8,
    "gb18030": "北门实验室称，攻击者使用了中继服务器，并影响了两个部门。" * 8,
    "cp1251": "Лаборатория сообщила, что группа использовала сервер управления. " * 5,
}


def _feed(encoding: str) -> bytes:
    rows = "".join(
        f"<item><title>{number} {_TEXT[encoding][:30]}</title><link>https://desk.example/{encoding}/{number}</link>"
        f"<pubDate>Mon, 02 Mar 2026 {number % 24:02}:01:00 JST</pubDate>"
        f"<description>{_TEXT[encoding]}</description></item>"
        for number in range(_ITEMS)
    )
    head = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>Desk</title>'
    return f"{head}{rows}</channel></rss>".encode(encoding)


def _alone(data: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(data)).entries)


def _ours(data: bytes, visit: Visit) -> int:
    page = Page(url="https://desk.example/feed", data=data, headers={})
    offered = (Item(name=name_of(one.url), stamp=one.stamp, what=one, day=one.day) for one in items(page, "ja"))
    return sum(1 for _ in visit.pending(offered))


def _parsing() -> None:
    client = Client(config.load(), proxies={})
    # Half of the items are known: each is looked up, the other half is handed on.
    print(f"\nitems a second of processor time, feeds of {_ITEMS} items (best of three)")
    print(f"{'encoding':<12}{'geppo, told apart':>20}{'feedparser alone':>20}")
    for encoding in _TEXT:
        data = _feed(encoding)
        first = items(Page(url="https://desk.example/feed", data=data, headers={}), "ja")
        seen = {name_of(one.url): Seen(stamp=one.stamp) for one in first[::2]}
        visit = Visit(client=client, seen=seen)
        assert _ours(data, visit) == _ITEMS // 2 and _alone(data) == _ITEMS
        rates = []
        for work in (partial(_ours, data, visit), partial(_alone, data)):
            best = float("inf")
            for _ in range(3):
                start = time.process_time()
                work()
                best = min(best, time.process_time() - start)
            rates.append(_ITEMS / best)
        print(f"{encoding:<12}{rates[0]:>20,.0f}{rates[1]:>20,.0f}")
    client.close()


def _collected(entries: list[Entry], home: Path) -> tuple[Collected, float, float]:
    """What came, wall seconds and processor seconds, with files opened anew as a new process would."""
    settings = config.load()
    wall, work = time.perf_counter(), time.process_time()
    store, state = SqliteStore(home / "store.sqlite"), State(home / "sources.sqlite")
    client = Client(settings, cache=home / "cache.sqlite", proxies={})
    brought = collect_sources(entries, store, settings, NOW, client=client, state=state)
    client.close()
    state.close()
    store.close()
    return brought, time.perf_counter() - wall, time.process_time() - work


def _again() -> None:
    routes: dict[str, list[Reply]] = {}
    for number in range(60):
        rows = "".join(
            f"<item><title>P {number} {item}</title><link>{{base}}/{number}/{item}</link></item>" for item in range(20)
        )
        body = f"<rss version='2.0'><channel><title>F</title>{rows}</channel></rss>".encode()
        routes[f"/{number}/feed"] = [Reply(headers={"content-type": "application/rss+xml"}, body=body)]
        routes.update({f"/{number}/{item}": [html(f"Page {number} {item}", 1 + item % 9)] for item in range(20)})
    with served(routes) as site, tempfile.TemporaryDirectory() as home:
        entries = [
            Entry(kind="feed", name=f"desk {number}", place=f"{site.base}/{number}/feed", allow_private=True)
            for number in range(60)
        ]
        print("\n60 feeds of 20 items on loopback (server in the same process, its time included)")
        print(f"{'collection':<12}{'documents':>10}{'requests':>10}{'conditional':>13}{'wall s':>9}{'cpu s':>9}")
        for name in ("first", "second"):
            site.asked.clear()
            site.conditional.clear()
            brought, wall, work = _collected(entries, Path(home))
            asked = sum(count for path, count in site.asked.items() if path != "/robots.txt")
            conditional = sum(count for path, count in site.conditional.items() if path != "/robots.txt")
            print(f"{name:<12}{brought.new:>10}{asked:>10}{conditional:>13}{wall:>9.2f}{work:>9.2f}")
            if name == "second":
                assert (brought.new, brought.gaps) == (0, ()) and asked == conditional == 60


def main() -> None:
    """Print the tables."""
    _parsing()
    _again()


if __name__ == "__main__":
    main()
