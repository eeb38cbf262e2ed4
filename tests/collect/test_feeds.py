"""Feeds in five languages and their encodings, broken ones, and what becomes of items whose pages cannot be had."""

from __future__ import annotations

import time
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo.collect import Entry, feed
from geppo.collect._feeds import items
from geppo.collect._http import Page
from geppo.collect._made import own_page
from geppo.collect._state import State
from geppo.collect._visit import current
from geppo.collect._when import day_of, moment
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap
from geppo.read.text import read_text
from tests.collect.served import Reply, Site, client, html, served, settings, visit
from tests.collect.test_http import run
from tests.conftest import CASES

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
ALL = tomllib.loads((CASES / "collect" / "feeds.toml").read_text(encoding="utf-8"))["case"]
BASE = "https://site.example/feed.xml"


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_the_items_of_a_feed(case: dict[str, Any]) -> None:
    data = case["text"].encode(case["encoding"])
    page = Page(url=BASE, data=data, headers={"content-type": case["type"]})
    if "gap" in case:
        with pytest.raises(InputError) as caught:
            if not data.strip():
                with visit():
                    entry = Entry(kind="feed", name="x", place=BASE)
                    list(feed.from_feed(page, entry, settings(), NOW, current(settings())))
            items(page, case["language"])
        assert caught.value.kind == case["gap"]
        return
    found = [[one.title, one.url, one.day.isoformat() if one.day else ""] for one in items(page, case["language"])]
    wanted = [[title, url.replace("{base}", "https://site.example"), day] for title, url, day in case["items"]]
    if case.get("lenient"):
        # What a wrong header does to the letters is feedparser's to say; addresses and number stay.
        assert [one[1:] for one in found] == [one[1:] for one in wanted]
    else:
        assert found == wanted


DATES = {
    ("Tue, 03 Mar 2026 06:01:00 JST", "ja"): "2026-03-03T06:01:00+09:00",
    ("Tue, 03 Mar 2026 06:01:00 CST", "zh"): "2026-03-03T06:01:00+08:00",
    ("Tue, 03 Mar 2026 06:01:00 CST", "en"): "2026-03-03T06:01:00-06:00",
    ("Tue, 03 Mar 2026 06:01:00 MSK", ""): "2026-03-03T06:01:00+03:00",
    ("Tue, 03 Mar 2026 06:01:00 +0900 (JST)", ""): "2026-03-03T06:01:00+09:00",
    ("2026-03-03T06:01:00.5Z", ""): "2026-03-03T06:01:00+00:00",
    ("2026-03-03 06:01 KST", "ko"): "2026-03-03T06:01:00+09:00",
    ("2026-03-03", ""): "2026-03-03T00:00:00+00:00",
    ("2026年3月3日", "ja"): "2026-03-03T00:00:00+00:00",
    ("2026年03月03日 06:01", "zh"): "2026-03-03T06:01:00+00:00",
    ("3 марта 2026", "ru"): "2026-03-03T00:00:00+00:00",
    ("Tue, 33 Mar 2026 06:01:00 JST", "ja"): "",
    ("2026-13-03", ""): "",
    ("soon", "en"): "",
    ("", ""): "",
    ("9" * 500, ""): "",
}


@pytest.mark.parametrize("printed", DATES)
def test_moments_in_their_zones(printed: tuple[str, str]) -> None:
    found = moment(*printed)
    assert (found.isoformat() if found else "") == DATES[printed]


@given(st.text(max_size=200))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or found.tzinfo is not None
    assert day_of(text) is None or isinstance(day_of(text), date)


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Lab</title>{items}</channel></rss>"""
ITEM = (
    "<item><title>{title}</title><link>{{base}}{path}</link><pubDate>Mon, 0{day} Mar 2026 06:01:00 JST</pubDate>"
    "<description>{text}</description></item>"
)
OWN = "Northgate Labs saw Dune Marten use 192.0.2[.]77 as a C2 server."


def rss(*rows: tuple[str, str, int, str]) -> Reply:
    """A feed of title, path, day, own text."""
    inner = "".join(ITEM.format(title=title, path=path, day=day, text=text) for title, path, day, text in rows)
    return Reply(headers={"content-type": "application/rss+xml"}, body=RSS.format(items=inner).encode())


def desk(site: Site, **options: str) -> Entry:
    """The feed of a site as a source."""
    return Entry(
        kind="feed",
        name="desk",
        place=f"{site.base}/feed",
        publisher="Northgate Labs",
        language="en",
        allow_private=True,
        options=tuple(sorted(options.items())),
    )


def test_pages_are_fetched_once_and_a_changed_item_again() -> None:
    state = State(":memory:")
    with served({"/a": [html("First", 1)], "/b": [html("Second", 2)]}) as site:
        site.routes["/feed"] = [rss(("First", "/a", 1, ""), ("Second", "/b", 2, ""))]
        assert run([desk(site)], client(), state).new == 2
        again = run([desk(site)], client(), state)
        assert (again.new, again.gaps, site.asked["/a"]) == (0, (), 1)
        site.routes["/feed"] = [rss(("First, corrected", "/a", 1, ""), ("Second", "/b", 2, ""), ("Third", "/c", 3, ""))]
        site.routes["/a"] = [html("First, corrected", 1)]
        site.routes["/c"] = [html("Third", 3)]
        assert run([desk(site)], client(), state).new == 2
        assert (site.asked["/a"], site.asked["/b"], site.asked["/c"]) == (2, 1, 1)
    state.close()


def test_an_item_whose_page_is_gone_is_kept_by_its_own_text_with_a_gap_once() -> None:
    state = State(":memory:")
    with served({}) as site:
        site.routes["/feed"] = [rss(("First", "/gone", 1, OWN), ("Second", "/gone2", 2, ""))]
        first = run([desk(site)], client(), state)
        assert first.new == 1
        assert [gap.kind for gap in first.gaps] == ["missing", "missing"]
        assert "is kept" in first.gaps[0].message and "no text" in first.gaps[1].message
        again = run([desk(site)], client(), state)
        assert (again.new, again.gaps, site.asked["/gone"]) == (0, (), 1)
    state.close()


def test_a_page_that_fails_in_passing_is_tried_in_later_collections() -> None:
    state = State(":memory:")
    with served({"/a": [Reply(status=500)]}) as site:
        site.routes["/feed"] = [rss(("First", "/a", 1, OWN))]
        for _ in range(2):
            brought = run([desk(site)], client(), state)
            assert [gap.kind for gap in brought.gaps] == ["server-error"]
        assert site.asked["/a"] == 6
        site.routes["/a"] = [html("First", 1)]
        assert run([desk(site)], client(), state).new == 1
        assert run([desk(site)], client(), state).new == 0
        assert state.status(["desk"])[0].documents == 2
    state.close()


def test_after_three_collections_the_page_is_given_up() -> None:
    state = State(":memory:")
    with served({"/a": [Reply(status=500)]}) as site:
        site.routes["/feed"] = [rss(("First", "/a", 1, OWN))]
        kinds = [[gap.kind for gap in run([desk(site)], client(), state).gaps] for _ in range(4)]
    assert kinds == [["server-error"]] * 3 + [[]]
    state.close()


def test_texts_alone_when_asked_for_and_what_the_document_says() -> None:
    with served({}) as site:
        site.routes["/feed"] = [rss(("A &amp; B", "/a", 2, OWN))]
        with visit():
            found = list(feed.fetch(desk(site, pages="no"), settings(), NOW))
        assert site.asked["/a"] == 0
        (one,) = found
        assert isinstance(one, Fetched)
        document = read_text(one, settings())
        assert (document.title, document.url, document.language) == ("A & B", f"{site.base}/a", "en")
        assert document.published == date(2026, 3, 2)
        assert "192.0.2[.]77" in document.text


def test_since_leaves_out_what_is_older_and_keeps_what_has_no_date() -> None:
    with served({"/a": [html("A", 1)], "/b": [html("B", 2)]}) as site:
        undated = "<item><title>U</title><link>{base}/u</link></item>"
        body = rss(("A", "/a", 1, ""), ("B", "/b", 2, "")).body.replace(b"</channel>", f"{undated}</channel>".encode())
        site.routes["/feed"] = [Reply(body=body)]
        site.routes["/u"] = [html("U", 1)]
        with visit(since=date(2026, 3, 2)):
            names = [
                one.name.rpartition("/")[2]
                for one in feed.fetch(desk(site), settings(), NOW)
                if isinstance(one, Fetched)
            ]
    assert names == ["b", "u"]


def test_more_items_than_a_collection_takes_are_left_for_the_next_one() -> None:
    state = State(":memory:")
    few = settings(collect__max_items=2)
    with served({f"/{n}": [html(f"Page {n}", n)] for n in range(1, 6)}) as site:
        site.routes["/feed"] = [rss(*((f"P{n}", f"/{n}", n, "") for n in range(1, 6)))]
        results = [run([desk(site)], client(chosen=few), state, few) for _ in range(3)]
    assert [one.new for one in results] == [2, 2, 1]
    assert [[gap.kind for gap in one.gaps] for one in results] == [["more"], ["more"], []]
    assert state.status(["desk"])[0].last_success is not None
    state.close()


def test_the_made_page_keeps_markup_of_the_item_inside() -> None:
    page = own_page(
        title="</title><script>x</script>", url='https://a.example/"><b>', language="ja", day=None, html="<p>z"
    )
    assert b"<script>" not in page and b'"><b>' not in page


SEEDS = [case["text"].encode(case["encoding"]) for case in ALL]


@effort(max_examples=60, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=6)), max_size=8))
def test_a_damaged_feed_gives_items_or_not_a_feed(seed: bytes, cuts: list[tuple[int, bytes]]) -> None:
    data = seed
    for at, put in cuts:
        data = data[: at % (len(data) + 1)] + put + data[at % (len(data) + 1) + len(put) // 2 :]
    start = time.process_time()
    try:
        for one in items(Page(url=BASE, data=data, headers={}), "ja"):
            assert one.url == "" or one.url.startswith(("http://", "https://"))
            assert one.key
    except InputError as error:
        assert error.kind in {"not-a-feed", "not-json"}
    assert time.process_time() - start < 2


def test_a_feed_that_expands_or_nests_without_end_costs_little() -> None:
    """Ten levels of entities would be gigabytes; 50,000 nested elements overflow a recursive reader."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    bomb = (
        f'<!DOCTYPE rss [<!ENTITY e0 "ha">{entities}]><rss><channel><item><title>&e10;</title></item></channel></rss>'
    )
    deep = "<rss version='2.0'><channel>" + "<a>" * 20_000 + "<item><title>x</title></item>"
    for text in (bomb, deep, "{" + '"a":[' * 100_000):
        start = time.process_time()
        try:
            found = items(Page(url=BASE, data=text.encode(), headers={}), "en")
            assert sum(len(one.title) for one in found) < 10_000
        except InputError as error:
            assert error.kind in {"not-a-feed", "not-json"}
        assert time.process_time() - start < 3


def test_gaps_of_items_do_not_fail_the_source() -> None:
    state = State(":memory:")
    with served({}) as site:
        site.routes["/feed"] = [rss(("First", "/gone", 1, OWN))]
        brought = run([desk(site)], client(), state)
        (status,) = state.status(["desk"])
        assert isinstance(brought.gaps[0], Gap)
        assert status.last_success is not None and status.error_kind == "missing"
    state.close()


@pytest.mark.parametrize(
    ("text", "day"), [("\ud800", None), ("2026-03-03\udfff", date(2026, 3, 3)), ("x\ud800 y", None)]
)
def test_half_a_character_in_a_date_harms_nothing(text: str, day: date | None) -> None:
    assert day_of(text, "en") == day
