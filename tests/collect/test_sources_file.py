"""`sources.toml`: faults are said plainly, and the starter list keeps its own rules."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from geppo.catalog import Catalog
from geppo.cli import doctor
from geppo.cli._place import make
from geppo.collect import Entry, _listed, _sources
from geppo.errors import UsageError
from tests.conftest import CASES

ALL = tomllib.loads((CASES / "collect" / "sources.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_a_faulty_file_is_explained(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(case["text"], encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        _sources.load(path)
    for part in (str(path), *case["says"]):
        assert part in str(caught.value)


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(
        "[[source]]\nname = 'cert'\nkind = 'web'\nurl = 'https://a.example/'\npublisher = 'A'\nlanguage = 'ja'\n"
        "reliability = 'A'\nallow_private = true\npattern = 'x'\n"
        "[[source]]\nname = 'desk'\nkind = 'folder'\npath = 'inbox'\n"
        "[[source]]\nname = 'pipe'\nkind = 'stdin'\nurl = '-'\n"
        "[[source]]\nname = 'later'\nkind = 'feed'\nurl = 'https://b.example/'\noff = true\n",
        encoding="utf-8",
    )
    web, folder, pipe = _sources.load(path)
    assert web == Entry(
        kind="web", name="cert", place="https://a.example/", publisher="A", language="ja", reliability="A",
        allow_private=True, options=(("pattern", "x"),),
    )  # fmt: skip
    assert (folder.place, pipe.place) == (str(tmp_path / "inbox"), "-")
    assert _sources.chosen((web, folder), ["desk"], "x") == (folder,)
    with pytest.raises(UsageError, match="no source is named none"):
        _sources.chosen((web, folder), ["none"], "x")
    with pytest.raises(UsageError, match="not there"):
        _sources.load(tmp_path / "other.toml")


def test_the_starter_list_keeps_its_rules() -> None:
    text = _sources.starter()
    raw = tomllib.loads(text)
    entries = _sources.read(raw, "starter.toml", Path("/"))
    assert len(entries) >= 60
    assert len({entry.place for entry in entries}) == len(entries)
    counts = Counter(entry.language for entry in entries)
    assert all(counts[code] >= 3 for code in ("ja", "en", "zh", "ru", "ko")), counts
    for entry in entries:
        assert entry.publisher and entry.reliability and not entry.allow_private
        assert urlsplit(entry.place).scheme == "https"
    # Each entry says where its address is from and why its publisher has its letter.
    blocks = text.split("[[source]]")[1:]
    for block in blocks:
        assert "# address: " in block and "# reliability: " in block, block
        word = block.partition("# address: ")[2].split()[0].rstrip(".,;:")
        assert word in {"confirmed", "general"}, block


def test_nothing_is_wrong_with_the_starter_list_as_far_as_can_be_told_without_asking() -> None:
    raw = tomllib.loads(_sources.starter().replace("\noff = true", ""))
    entries = _sources.read(raw, "starter.toml", Path("/"))
    assert len(entries) >= 80 and list(_listed.faults(entries)) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"url": "https://feeds.example.com/a"}, ""),
        ({"url": "http://feeds.example.com/a"}, "sent in the open"),
        ({"url": "http://127.0.0.1/a", "allow_private": True}, ""),
        ({"url": "ftp://feeds.example.com/a"}, "begins with https or http"),
        ({"url": "https:///a"}, "no public host"),
        ({"url": "https://desk/a"}, "no public host"),
        ({"url": "https://wiki.corp.internal/a"}, "no public host"),
        ({"url": "https://wiki.corp.internal/a", "allow_private": True}, ""),
        ({"url": "https://10.0.0.7/a"}, "no public host"),
        ({"url": "https://0x7f.1/a"}, "no public host"),
        ({"url": "https://2130706433/a"}, "no public host"),
        ({"url": "https://[::1]/a"}, "no public host"),
        ({"url": "https://203.0.114.1/a"}, ""),
        ({"url": "https://[not/a"}, "not an address"),
        ({"url": "https://me:key@feeds.example.com/a"}, "user name"),
        ({"url": "https://feeds.example.com/catalog.json"}, "not like a feed"),
        ({"kind": "pdf", "url": "https://feeds.example.com/feed.xml"}, "not like a PDF"),
        ({"kind": "mail", "url": "imaps://mail.example.com/INBOX"}, ""),
        ({"kind": "mail", "url": "imap://mail.example.com/INBOX"}, "begins with imaps"),
        ({"kind": "taxii", "url": "https://t.example.com/", "secret_env": "GEPPO_NO_SUCH"}, "GEPPO_NO_SUCH"),
        ({"url": "https://feeds.example.com/a", "reliability": "A"}, "without a publisher"),
        ({"kind": "folder", "path": "inbox"}, ""),
    ],
)
def test_what_a_list_says_without_asking(row: dict[str, Any], says: str) -> None:
    (entry,) = _sources.read({"source": [{"name": "x", "kind": "feed", **row}]}, "sources.toml", Path("/"))
    found = [message for _, message in _listed.faults([entry])]
    assert (len(found) == 1 and says in found[0]) if says else found == [], found


def test_an_address_that_stands_there_twice() -> None:
    places = ["https://www.a.example.com/feed/", "https://a.example.com/feed", "https://a.example.com/feed?page=2"]
    rows = [{"name": f"s{n}", "kind": "feed", "url": url} for n, url in enumerate(places)]
    found = list(_listed.faults(_sources.read({"source": rows}, "sources.toml", Path("/"))))
    assert found == [("s1", "the same address as s0; take one of them out")]


def test_doctor_looks_through_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path)
    assert doctor.run(sources=True, workspace=tmp_path) == 0
    assert ", 0 faults; none was asked" in capsys.readouterr().out
    (tmp_path / "sources.toml").write_text('[[source]]\nname = "x"\nkind = "feed"\nurl = "http://10.0.0.1/"\n')
    assert doctor.run(sources=True, workspace=tmp_path) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("x: http://10.0.0.1/: sent in the open") and "1 sources, 2 faults" in out[2]


def test_letters_of_sources_are_grades_of_their_publishers() -> None:
    """The lower of two letters counts, F least of all; a source without a publisher grades nobody."""
    rows = [
        {"name": "a", "publisher": "Northgate Labs", "reliability": "B"},
        {"name": "b", "publisher": "Northgate Labs", "reliability": "C"},
        {"name": "c", "publisher": "Northgate Labs", "reliability": "F"},
        {"name": "d", "publisher": "Slate Weekly", "reliability": "F"},
        {"name": "e", "reliability": "A"},
        {"name": "f", "publisher": "Birch Times"},
    ]
    raw = {"source": [{"kind": "feed", "url": f"https://{row['name']}.example/feed", **row} for row in rows]}
    edits = _sources.grades(_sources.read(raw, "sources.toml", Path()))
    assert [(edit.subject, edit.value("grade")) for edit in edits] == [("Northgate Labs", "C"), ("Slate Weekly", "F")]
    catalog = Catalog.load(edits=edits)
    assert [catalog.grade(name) for name in ("Northgate Labs", "Slate Weekly", "Birch Times")] == ["C", "F", ""]
