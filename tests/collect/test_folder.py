"""Files and folders by path."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo.collect import Entry, collect, folder
from geppo.config import Setting, Settings
from geppo.model.report import Fetched, Gap

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
LIMIT = Settings(
    known={"collect.max_bytes": Setting(name="", default=1_000, unit="", meaning="", origin="")}, values={}
)


def fetch(place: Path, publisher: str = "", language: str = "") -> list[Fetched | Gap]:
    """All that a folder gives."""
    entry = Entry(kind="folder", name="inbox", place=str(place), publisher=publisher, language=language)
    return list(folder.fetch(entry, LIMIT, NOW))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    home = tmp_path / "inbox"
    for name, data in {
        "b.md": b"b",
        "a/報告.md": b"report",
        "a/z.txt": b"z",
        ".hidden": b"no",
        ".git/config": b"no",
        "empty.md": b"",
        "large.pdf": b"x" * 1_001,
        "full.pdf": b"x" * 1_000,
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return home


def test_names_are_relative_sorted_and_the_same_from_anywhere(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [one.name for one in fetch(inbox) if isinstance(one, Fetched)]
    assert names == ["a/z.txt", "a/報告.md", "b.md", "full.pdf"]
    monkeypatch.chdir(inbox.parent)
    assert fetch(Path("inbox")) == fetch(inbox)


def test_what_cannot_be_taken_is_a_gap(inbox: Path) -> None:
    gaps = {one.source: one.kind for one in fetch(inbox) if isinstance(one, Gap)}
    assert gaps == {"empty.md": "empty", "large.pdf": "too-large"}


def test_a_large_file_is_refused_before_it_is_opened(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = inbox / "huge.bin"
    with huge.open("wb") as stream:
        stream.truncate(50_000_000)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Path, "open", refuse)
    (gap,) = fetch(huge)
    assert isinstance(gap, Gap)
    assert gap.kind == "too-large" and "50000000 bytes" in gap.message


def test_links_out_of_the_folder_are_not_followed(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    (inbox / "out.md").symlink_to(secret)
    (inbox / "in.md").symlink_to(inbox / "b.md")
    (inbox / "loop").symlink_to(inbox)
    (inbox / "dangling.md").symlink_to(inbox / "gone.md")
    found = fetch(inbox)
    assert not [one for one in found if isinstance(one, Fetched) and one.data == b"secret"]
    assert [one.data for one in found if isinstance(one, Fetched) and one.name == "in.md"] == [b"b"]
    assert {
        one.source: one.kind for one in found if isinstance(one, Gap) and one.kind not in {"empty", "too-large"}
    } == {
        "out.md": "outside",
        "dangling.md": "unreadable",
    }


def test_a_pipe_is_not_read(inbox: Path) -> None:
    os.mkfifo(inbox / "pipe.md")
    assert [one.kind for one in fetch(inbox) if isinstance(one, Gap) and one.source == "pipe.md"] == ["unreadable"]
    assert [one.kind for one in fetch(inbox / "pipe.md") if isinstance(one, Gap)] == ["unreadable"]


def test_one_file_by_path_and_a_path_that_is_not_there(inbox: Path) -> None:
    (one,) = fetch(inbox / "b.md", publisher="Desk", language="en")
    assert isinstance(one, Fetched)
    assert (one.name, one.data, one.source, one.collected) == ("b.md", b"b", "inbox", NOW)
    assert one.declared == (("language", "en"), ("publisher", "Desk"))
    (gap,) = fetch(inbox / "gone.md")
    assert isinstance(gap, Gap) and gap.kind == "missing"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(inbox: Path) -> None:
    (inbox / "b.md").chmod(0)
    assert [one.kind for one in fetch(inbox / "b.md") if isinstance(one, Gap)] == ["unreadable"]


def test_collect_asks_each_entry_and_names_an_unknown_kind(inbox: Path) -> None:
    entries = [
        Entry(kind="pigeon", name="loft", place="x"),
        Entry(kind="folder", name="inbox", place=str(inbox / "b.md")),
    ]
    found = list(collect(entries, LIMIT, NOW))
    assert [type(one).__name__ for one in found] == ["Gap", "Fetched"]
    assert isinstance(found[0], Gap) and found[0].kind == "unknown-source" and "folder" in found[0].message
