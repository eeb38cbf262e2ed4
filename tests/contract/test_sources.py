"""What every source must keep to. A new member adds its place: answers in `places.toml`, or a function in `LOCAL`."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from geppo import registry
from geppo.collect import Entry, source, sources
from geppo.model.report import Fetched, Gap
from tests.collect.served import Reply, Site, served, settings, visit
from tests.conftest import CASES

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
LIMIT = 10_000
SETTINGS = settings(collect__max_bytes=LIMIT)
SERVED: dict[str, dict[str, Any]] = tomllib.loads((CASES / "collect" / "places.toml").read_text(encoding="utf-8"))


def _folder(home: Path) -> str:
    for name, data in {
        "one.md": b"one",
        "sub/two.txt": b"two",
        "large.bin": b"x" * (LIMIT + 1),
        "none.md": b"",
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(home)


def _mails(home: Path) -> str:
    for name, data in {"a.eml": b"From: a@a.example\n\none", "cur/1.host:2,S": b"From: b@a.example\n\ntwo"}.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (home / "notes.txt").write_bytes(b"no mail")
    (home / "old.mbox").write_bytes(b"From x\nFrom: c@a.example\n\nthree\n\nFrom y\nFrom: d@a.example\n\nfour\n")
    return str(home)


LOCAL: dict[str, Callable[[Path], str]] = {"folder": _folder, "mail": _mails, "stdin": lambda _: "-"}
KINDS = sorted({*SERVED, *LOCAL})


class _Stdin:
    """Standard input with something in it, each time it is read."""

    @property
    def buffer(self) -> io.BytesIO:
        return io.BytesIO(b"a report")

    def isatty(self) -> bool:
        return False


@contextmanager
def _place(kind: str, home: Path) -> Iterator[Entry]:
    """A source of the kind that is there."""
    row = SERVED.get(kind, {"place": "", "routes": {}})
    routes = {path: [Reply(body=body.encode())] for path, body in row["routes"].items()}
    with served(routes) as site:
        place = LOCAL[kind](home) if kind in LOCAL else row["place"].replace("{base}", site.base)
        yield _entry(kind, place, site, tuple(row.get("options", {}).items()))


def _entry(kind: str, place: str, site: Site | None = None, options: tuple[tuple[str, str], ...] = ()) -> Entry:
    return Entry(
        kind=kind, name="desk", place=place, publisher="Desk", language="en", allow_private=True, options=options
    )


def test_every_member_can_be_imported_and_is_covered_here() -> None:
    assert registry.family("geppo.collect").broken == ()
    assert sorted(sources()) == KINDS
    for kind in KINDS:
        assert source(kind) is sources()[kind]
    assert source("_http") is None and source("no such") is None and source("none") is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_source_yields(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", _Stdin())
    with _place(kind, tmp_path / "place") as entry, visit():
        found = list(sources()[kind].fetch(entry, SETTINGS, NOW))
        documents = [one for one in found if isinstance(one, Fetched)]
        gaps = [one for one in found if isinstance(one, Gap)]
        assert documents and len(documents) + len(gaps) == len(found)
        for one in documents:
            assert (one.source, one.collected) == ("desk", NOW)
            assert 0 < len(one.data) <= LIMIT
            assert {"publisher": "Desk", "language": "en"}.items() <= dict(one.declared).items()
            assert one.name and "\\" not in one.name and str(tmp_path) not in one.name and one.name.isprintable()
        for gap in gaps:
            assert gap.source and gap.kind and len(gap.message) > 10
        names = [one.name for one in documents]
        assert len(set(names)) == len(names)
        if kind in SERVED:
            wanted = SERVED[kind]["names"]
            assert len(names) == len(wanted) and all(map(fnmatchcase, names, wanted)), names
        assert found == list(sources()[kind].fetch(entry, SETTINGS, NOW))


@pytest.mark.parametrize("kind", sorted(SERVED))
def test_what_was_marked_as_done_is_not_offered_again(kind: str, tmp_path: Path) -> None:
    with _place(kind, tmp_path / "place") as entry:
        with visit() as marks:
            first = list(sources()[kind].fetch(entry, SETTINGS, NOW))
        assert {one.name for one in first if isinstance(one, Fetched)} <= {mark.name for mark in marks}
        with visit(seen={mark.name: mark.seen for mark in marks}):
            again = list(sources()[kind].fetch(entry, SETTINGS, NOW))
    assert not [one for one in again if isinstance(one, Fetched)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_that_is_not_there_is_a_gap_of_the_source(kind: str, tmp_path: Path) -> None:
    entry = Entry(kind=kind, name="desk", place=str(tmp_path / "nowhere"))
    with visit():
        found = list(sources()[kind].fetch(entry, SETTINGS, NOW))
    assert len(found) == 1 and isinstance(found[0], Gap)
    assert found[0].source == "desk" or kind == "folder"


@pytest.mark.parametrize("kind", sorted(SERVED))
@pytest.mark.parametrize("body", [b"<html>Log in</html>", b"{}", b"[]", b"\x00\xff" * 20, b'{"a":' * 3_000, b""])
def test_an_answer_of_another_kind_is_a_gap_and_never_a_crash(kind: str, body: bytes) -> None:
    """Login pages, other JSON and noise where the source's own form is expected."""
    path = SERVED[kind]["place"].replace("{base}", "").partition("?")[0]
    routes = {path: [Reply(body=body)], "/misp/manifest.json": [Reply(body=body)]}
    with served(routes) as site, visit():
        entry = _entry(kind, SERVED[kind]["place"].replace("{base}", site.base))
        found = list(sources()[kind].fetch(entry, SETTINGS, NOW))
    gaps = [one for one in found if isinstance(one, Gap)]
    assert all(gap.source and gap.kind and gap.kind != "fault" for gap in gaps)
    assert gaps or kind in {"web", "misp"}


@pytest.mark.parametrize("kind", sorted(SERVED))
def test_loopback_is_refused_without_allow_private(kind: str) -> None:
    with served({}) as site, visit():
        entry = Entry(kind=kind, name="desk", place=SERVED[kind]["place"].replace("{base}", site.base))
        found = list(sources()[kind].fetch(entry, SETTINGS, NOW))
        assert not site.asked
    assert [one.kind for one in found if isinstance(one, Gap)] == ["private-address"] and len(found) == 1
