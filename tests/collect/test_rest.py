"""Who failed or asked to wait is left alone by the next collections, for a bounded time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geppo.cli import collect as verb
from geppo.cli import doctor, status
from geppo.cli._place import make
from geppo.collect import Entry
from geppo.collect._http import Client, Clock
from geppo.collect._rest import Hosts, Rest, after_failure
from geppo.collect._state import FILE, State
from geppo.knowledge.sqlite import SqliteStore
from geppo.pipeline import Collected, collect_sources
from tests.collect.served import Reply, Site, html, served, settings, trusting
from tests.collect.test_feeds import desk, rss

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
DAY = 86_400


class Home:
    """A workspace's files over several collections, each in a client of its own as a new process would have."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = NOW

    def collect(self, *entries: Entry) -> Collected:
        """A collection at the time on the clock."""
        store, state = SqliteStore(self.home / "store.sqlite"), State(self.home / FILE)
        clock = Clock(now=lambda: 0.0, sleep=lambda _: None, today=lambda: self.now)
        # A host asks after the collection has begun.
        clock = replace(clock, today=lambda: self.now + timedelta(seconds=5))
        made = Client(settings(), clock=clock, proxies={}, tls=trusting())
        try:
            return collect_sources(entries, store, settings(), self.now, client=made, state=state)
        finally:
            made.close()
            state.close()
            store.close()

    def kinds(self, *entries: Entry) -> list[str]:
        return [gap.kind for gap in self.collect(*entries).gaps]


def page(site: Site, name: str = "page") -> Entry:
    return Entry(kind="web", name=name, place=f"{site.base}/{name}", allow_private=True)


def asked(site: Site) -> int:
    """Requests since the last question."""
    count = len(site.headers)
    site.headers.clear()
    return count


def busy(after: str) -> Reply:
    return Reply(status=429, headers={"retry-after": after})


def test_a_host_that_asked_to_wait_is_not_asked_before(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with served({"/page": [busy("3600"), html("A page")], "/other": [html("Other", 2)]}) as site:
        assert home.kinds(page(site)) == ["rate-limited"]
        asked(site)
        for minutes in (10, 59):
            home.now = NOW + timedelta(minutes=minutes)
            brought = home.collect(page(site), page(site, "other"))
            assert [gap.kind for gap in brought.gaps] == ["resting"] * 2 and brought.new == 0
            assert "not asked before 2026-04-01T07:01Z" in brought.gaps[0].message
            assert "--now" in brought.gaps[0].message and asked(site) == 0
        home.now = NOW + timedelta(minutes=61)
        # The other source of the host may be asked; the one that failed is not due again for a different reason.
        assert home.kinds(page(site, "other")) == []
        state = State(tmp_path / FILE)
        assert [rest.name for rest in state.rests()] == ["page"]
        assert state.status(["page"])[0].error_kind == "rate-limited"
        state.close()
        assert home.kinds(page(site)) == []


def test_a_host_in_the_midst_of_a_collection_is_asked_once(tmp_path: Path) -> None:
    """Pages of a feed on a host that says 429: the first one asks, and no try of the others is used up."""
    home, days = Home(tmp_path), range(1, 6)
    with served({}) as site, served({}) as other:
        feed = rss(*((f"P{day}", f"/{day}", day, "") for day in days))
        site.routes["/feed"] = [replace(feed, body=feed.body.replace(b"{base}", other.base.encode()))]
        for day in days:
            other.routes[f"/{day}"] = [html(f"Page {day}", day)]
        other.routes["/1"] = [busy("7200"), html("Page 1")]
        assert sorted(home.kinds(desk(site))) == ["rate-limited", *["resting"] * 4]
        assert other.asked == {"/robots.txt": 1, "/1": 1}
        for minutes in (30, 60, 90, 119):
            home.now = NOW + timedelta(minutes=minutes)
            asked(other)
            assert home.kinds(desk(site)) == ["resting"] * 5 and asked(other) == 0, minutes
        home.now = NOW + timedelta(minutes=121)
        assert home.collect(desk(site)).new == 5


def test_a_source_that_keeps_failing_is_asked_less_and_less_often(tmp_path: Path) -> None:
    """Three times as often as a person collects, then after 1, 2, 4, 8, 16 and at most 20 hours."""
    home = Home(tmp_path)
    with served({"/page": [Reply(status=404)], "/good": [html("Good", 2)]}) as site:
        for due in (0, 10, 20, 80, 200, 440, 920, 1880):
            if due > 20:
                home.now = NOW + timedelta(minutes=due - 1)
                assert home.kinds(page(site), page(site, "good")) == ["resting"]
            home.now = NOW + timedelta(minutes=due)
            assert home.kinds(page(site), page(site, "good")) == ["missing"]
        state = State(tmp_path / FILE)
        (found,) = (one for one in state.status(["page"], home.now) if one.name == "page")
        assert (found.failures, found.asked_again, found.error_kind) == (8, "2026-04-03T09:21Z", "missing")
        state.close()
        site.routes["/page"] = [html("Back")]
        home.now += timedelta(hours=20)
        assert home.kinds(page(site), page(site, "good")) == []
        state = State(tmp_path / FILE)
        assert state.rests() == () and state.status(["page"])[0].failures == 0
        state.close()


@pytest.mark.parametrize(
    ("kind", "before", "hours"),
    [
        ("timeout", 0, 0),
        ("timeout", 1, 0),
        ("timeout", 2, 1),
        ("dns", 3, 2),
        ("missing", 6, 16),
        ("missing", 7, 20),
        ("missing", 10_000, 20),
        ("rate-limited", 0, 1),
        ("rate-limited", 4, 16),
        ("no-secret", 9, None),
        ("bad-pattern", 9, None),
        ("not-a-feed", 9, None),
        ("more", 9, None),
        ("resting", 9, None),
    ],
)
def test_how_long(kind: str, before: int, hours: float | None) -> None:
    known = Rest(name="x", host=False, since=NOW, until=NOW, failures=before, kind="tls") if before else None
    found = after_failure("x", kind, known, NOW, settings())
    assert (found is None) == (hours is None)
    if found is not None and hours is not None:
        assert found.until - NOW == timedelta(hours=hours) and found.failures == before + 1


def test_a_long_wait_is_bounded_and_a_clock_set_back_ends_it() -> None:
    now = NOW
    hosts = Hosts(lambda: now, 7 * DAY)
    hosts.ask("a.example:443", 999_999_999.0, "rate-limited")
    (rest,) = hosts.known()
    assert rest.until == NOW + timedelta(days=7) and hosts.resting("a.example:443") == rest
    assert hosts.resting("a.example:80") is None
    now = NOW - timedelta(minutes=1)
    assert hosts.resting("a.example:443") is None
    now = rest.until
    assert hosts.resting("a.example:443") is None


def test_the_commands_say_so_and_a_person_may_ask_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work = tmp_path / "work"
    make(work)
    (work / "geppo.toml").write_text("[settings]\n", encoding="utf-8")
    with served({"/page": [busy("3600"), html("A page")]}) as site:
        row = f'[[source]]\nname = "desk"\nkind = "web"\nurl = "{site.base}/page"\nallow_private = true\n'
        (work / "sources.toml").write_text(row, encoding="utf-8")
        assert verb.run(workspace=work) == 3
        asked(site)
        capsys.readouterr()
        assert verb.run(workspace=work) == 3 and asked(site) == 0
        assert capsys.readouterr().err.startswith("desk: resting: not asked before 20")
        assert status.run(workspace=work) == 0
        assert "desk: 0 documents, rate-limited, last success never, asked again at 20" in capsys.readouterr().out
        status.run(json_=True, workspace=work)
        (shown,) = (one for one in json.loads(capsys.readouterr().out)["sources"] if one["name"] == "desk")
        assert shown["failures"] == 1 and shown["asked_again"].endswith("Z") and shown["error_kind"] == "rate-limited"
        assert doctor.run(workspace=work) == 1
        assert "desk (rate-limited, last success never, asked again at 20" in capsys.readouterr().out
        assert verb.run("desk", now=True, workspace=work) == 0
        assert capsys.readouterr().out.startswith("1 new documents")
    status.run(workspace=work)
    assert "asked again" not in capsys.readouterr().out
