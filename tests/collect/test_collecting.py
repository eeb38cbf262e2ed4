"""A collection as a whole: killed anywhere and run again, the commands, what is shown of the sources."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import geppo.collect
from geppo import pipeline
from geppo.cli import collect as verb
from geppo.cli import doctor, status
from geppo.cli._place import make
from geppo.collect import Entry, _http, _state
from geppo.collect._state import FILE, Mark, Seen, State
from geppo.config import Settings
from geppo.errors import UsageError
from geppo.knowledge.sqlite import SqliteStore
from geppo.model.report import Fetched, Gap
from geppo.pipeline import collect_sources
from geppo.read.text import read_text
from tests.collect.served import Reply, Site, client, html, served, settings
from tests.collect.test_feeds import OWN, desk, rss
from tests.collect.test_http import NOW, run


class _KilledError(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


def _site(site: Site) -> None:
    for day in range(1, 6):
        site.routes[f"/{day}"] = [html(f"Page {day}", day)]
    site.routes["/feed"] = [rss(*((f"Page {day}", f"/{day}", day, "") for day in range(1, 6)))]


@pytest.mark.parametrize("point", ["add_document", "note", "mark", "finish"])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_collection_killed_anywhere_loses_nothing_and_takes_nothing_twice(
    point: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner: Any = SqliteStore if point == "add_document" else State
    original = getattr(owner, point)
    calls = 0

    def dying(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number or (point == "finish" and number == 5):
            raise _KilledError
        return original(self, *given, **named)

    with served({}) as site:
        _site(site)
        monkeypatch.setattr(owner, point, dying)
        _once(site, tmp_path, killed=True)
        monkeypatch.setattr(owner, point, original)
        found = _once(site, tmp_path)
        assert sorted(one.title for one in found) == [f"Page {day}" for day in range(1, 6)]
        assert _once(site, tmp_path) == found
        state = State(tmp_path / FILE)
        assert state.status(["desk"])[0].documents == 5
        state.close()


def _once(site: Site, home: Path, *, killed: bool = False) -> tuple[Any, ...]:
    """One collection in files, as a new process would; the documents after it."""
    store, state, made = SqliteStore(home / "store.sqlite"), State(home / FILE), client()
    try:
        collect_sources([desk(site)], store, settings(), NOW, client=made, state=state)
    except _KilledError:
        assert killed
    finally:
        made.close()
        found = store.documents(datetime(2027, 1, 1, tzinfo=UTC))
        store.close()
        state.close()
    return found


def test_what_no_reader_takes_yet_is_offered_again_and_other_refusals_are_not() -> None:
    state = State(":memory:")
    with served({"/pdf": [Reply(body=b"%PDF-1.7\nbroken")]}) as site:
        site.routes["/other"] = [Reply(body=b'{"form": "of tomorrow"}')]
        site.routes["/feed"] = [rss(("Broken", "/pdf", 1, ""), ("Other", "/other", 1, ""))]
        kinds = [sorted(gap.kind for gap in run([desk(site)], client(), state).gaps) for _ in range(2)]
    assert kinds == [["unreadable", "unsupported"], ["unsupported"]]
    state.close()


def test_structured_sources_end_as_documents() -> None:
    """From the network to what the store has: KEV days, with the day as their date."""
    with served({}) as site:
        body = b'{"title": "KEV", "vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-03-01"}]}'
        site.routes["/kev"] = [Reply(body=body)]
        store, state, made = SqliteStore(":memory:"), State(":memory:"), client()
        source = Entry(kind="kev", name="kev", place=f"{site.base}/kev", publisher="CISA", allow_private=True)
        assert collect_sources([source], store, settings(), NOW, client=made, state=state).gaps == ()
        (document,) = store.documents(datetime(2027, 1, 1, tzinfo=UTC))
        assert (document.publisher, document.published.isoformat()) == ("CISA", "2026-03-01")
        assert "CVE-2026-1001" in document.text
        for one in (made, state, store):
            one.close()


def test_a_source_with_a_fault_in_its_code_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ModuleType("broken")

    def fetch(entry: Entry, chosen: Settings, now: datetime) -> Iterator[Fetched | Gap]:
        yield Fetched(source=entry.name, name="one.md", data=b"---\npublished: 2026-03-01\n---\nText.", collected=now)
        raise ZeroDivisionError("by nought")

    broken.KIND, broken.fetch = "broken", fetch  # type: ignore[attr-defined]
    original = geppo.collect.source
    monkeypatch.setattr(geppo.collect, "source", lambda kind: broken if kind == "broken" else original(kind))
    with served({"/page": [html("A page")]}) as site:
        good = Entry(kind="web", name="good", place=f"{site.base}/page", allow_private=True)
        brought = run(
            [Entry(kind="broken", name="bad", place="x"), good, Entry(kind="none", name="n", place="x")], client()
        )
    assert brought.new == 2
    assert sorted(gap.kind for gap in brought.gaps) == ["fault", "unknown-source"]
    assert any("ZeroDivisionError: by nought" in gap.message for gap in brought.gaps)


def test_many_sources_of_one_slow_host_and_others_finish_together() -> None:
    with served({"/slow": [Reply(mode="drip")]}) as site, served({}) as other:
        for number in range(12):
            other.routes[f"/{number}"] = [html(f"Page {number}", number % 9 + 1)]
        entries = [
            Entry(kind="web", name=f"p{number}", place=f"{other.base}/{number}", allow_private=True)
            for number in range(12)
        ]
        slow = [
            Entry(kind="web", name=f"s{number}", place=f"{site.base}/slow", allow_private=True) for number in range(2)
        ]
        brought = run([*slow, *entries], client())
    assert brought.new == 12 and [gap.kind for gap in brought.gaps] == ["timeout", "timeout"]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose clients do not wait."""
    make(tmp_path / "work")
    (tmp_path / "work" / "sources.toml").write_text("")
    known = pipeline.collect_sources
    original = _http.Client.__init__

    def quick(self: Any, chosen: Settings, **rest: Any) -> None:
        original(self, settings(), **{**rest, "clock": _http.Clock(sleep=lambda _: None), "proxies": {}})

    monkeypatch.setattr(_http.Client, "__init__", quick)
    assert known is pipeline.collect_sources
    return tmp_path / "work"


def _list(work: Path, **places: str) -> None:
    rows = [
        f'[[source]]\nname = "{name}"\nkind = "feed"\nurl = "{place}"\nallow_private = true\n'
        for name, place in places.items()
    ]
    (work / "sources.toml").write_text("\n".join(rows), encoding="utf-8")


def test_the_commands_say_what_came_and_what_did_not(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served({}) as site:
        _site(site)
        _list(work, good=f"{site.base}/feed", bad=f"{site.base}/none")
        assert verb.run(workspace=work) == 3
        out = capsys.readouterr()
        assert out.out == "5 new documents, 0 known already, 1 not taken\n"
        assert out.err.startswith("bad: missing: ")
        assert verb.run("good", workspace=work) == 0
        assert capsys.readouterr().out == "0 new documents, 0 known already, 0 not taken\n"
        with pytest.raises(UsageError, match="no source is named none"):
            verb.run("none", workspace=work)
        with pytest.raises(UsageError, match="YYYY-MM-DD"):
            verb.run(since="yesterday", workspace=work)
        with pytest.raises(UsageError, match="not both"):
            verb.run("good", path=[work], workspace=work)
    assert not (work / ".gitignore").exists()
    assert status.run(json_=True, workspace=work) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["documents"] == 5
    by_name = {one["name"]: one for one in shown["sources"]}
    assert {"name", "documents", "last_success", "last_error", "error_kind"} <= set(by_name["good"])
    assert (by_name["good"]["documents"], by_name["good"]["error_kind"]) == (5, None)
    assert (by_name["bad"]["last_success"], by_name["bad"]["error_kind"]) == (None, "missing")
    assert by_name["bad"]["last_error"] and by_name["folder"]["documents"] == 0
    assert status.run(workspace=work) == 0
    assert "bad: 0 documents, missing, last success never" in capsys.readouterr().out


def test_a_cache_that_is_broken_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_bytes(b"not a database at all" * 100)
    with served({"/page": [html("A page")]}) as site:
        entry = Entry(kind="web", name="x", place=f"{site.base}/page", allow_private=True)
        assert run([entry], client(cache=tmp_path / "cache.sqlite")).new == 1


def test_since_reaches_the_sources(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served({}) as site:
        _site(site)
        _list(work, good=f"{site.base}/feed")
        assert verb.run(since="2026-03-04", workspace=work) == 0
    assert capsys.readouterr().out.startswith("2 new documents")


def test_doctor_names_stale_sources(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doctor.run(workspace=work)
    assert "ok    collecting: csaf, epss, feed" in capsys.readouterr().out
    _list(work, one="https://a.example/", two="https://b.example/")
    doctor.run(workspace=work)
    assert "ok    sources: 2 sources, none collected yet" in capsys.readouterr().out
    state = State(work / FILE)
    state.finish("one", datetime(2020, 1, 1, tzinfo=UTC), [])
    state.finish("two", datetime.now(UTC), [Gap(source="two", kind="tls", message="no")])
    state.close()
    assert doctor.run(workspace=work) == 1
    out = capsys.readouterr().out
    assert "fault sources: 2 of 2 sources are stale: one (never collected" in out.replace("None", "never collected")
    assert "two (tls, last success never)" in out


def test_a_place_in_a_series_waits_for_what_could_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(":memory:")
    item = Fetched(source="desk", name="one", data=b"x", collected=NOW)
    cursor = Mark(source="desk", name="cursor", seen=Seen(stamp="2"), cursor=True)
    state.note("desk", item, "unsupported")
    state.mark(Mark(source="desk", name="one", seen=Seen(stamp="1")))
    state.mark(cursor)
    assert state.seen("desk") == {}
    other = State(":memory:")
    other.note("desk", item, "no-date")
    other.mark(Mark(source="desk", name="one", seen=Seen(stamp="1")))
    other.mark(cursor)
    assert set(other.seen("desk")) == {"one", "cursor"}
    monkeypatch.setattr(_state, "__version__", "99")
    assert other.seen("desk") == {}
    for one in (state, other):
        one.close()


def test_the_state_that_is_none_is_explained(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(UsageError, match="delete the file"):
        State(tmp_path / FILE)


def test_own_text_is_not_taken_twice() -> None:
    """Two collections in which the page fails keep one document, and the second is no duplicate."""
    state, store = State(":memory:"), SqliteStore(":memory:")
    with served({"/a": [Reply(status=500)]}) as site:
        site.routes["/feed"] = [rss(("First", "/a", 1, OWN))]
        for _ in range(2):
            made = client()
            brought = collect_sources([desk(site)], store, settings(), NOW, client=made, state=state)
            made.close()
    assert (brought.new, brought.known) == (0, 1)
    assert [gap.kind for gap in brought.gaps] == ["server-error"]
    store.close()
    state.close()


def test_paths_need_no_client() -> None:
    """`geppo collect --path` starts without the HTTP libraries."""
    code = (
        "import sys; from geppo import config; from geppo.pipeline import collect_paths; from pathlib import Path\n"
        "from geppo.knowledge.sqlite import SqliteStore; from datetime import datetime, UTC\n"
        "collect_paths([Path('.')/'nowhere'], SqliteStore(':memory:'), config.load(), datetime.now(UTC))\n"
        "print([name for name in ('httpx2', 'hishel', 'feedparser', 'stamina') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_fault_in_reading_one_document_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    original = read_text

    def reading(item: Fetched, chosen: Settings) -> Any:
        if b"Page 2" in item.data:
            raise OverflowError("too far")
        return original(item, chosen)

    monkeypatch.setattr("geppo.pipeline.read_text", reading)
    with served({}) as site:
        _site(site)
        brought = run([desk(site)], client())
    assert brought.new == 4
    (gap,) = brought.gaps
    assert gap.kind == "fault" and "OverflowError: too far" in gap.message and "report it" in gap.message
