"""Feed, Word document and corrections."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from geppo import deliver
from geppo.config import Settings, load
from geppo.deliver import docx, edition_json, html, markdown, pdf
from geppo.deliver import email as mail
from geppo.deliver.corrections import read_corrections
from geppo.deliver.feed import feed
from geppo.deliver.issued import Issued, issues, read_issued
from geppo.errors import UsageError
from geppo.model.edition import Correction, EditionKind, Issue
from tests.deliver.office import put_issue, read, small_issue

ATOM = "{http://www.w3.org/2005/Atom}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CORRECTION = Correction(corrects="2031-05", texts=(("ja", "件数 8 を 9 に改めた。"), ("en", "Eight should be nine.")))


def _again() -> Issue:
    issue = small_issue()
    month = replace(issue.month, as_of=issue.month.as_of + timedelta(days=2))
    return replace(issue, month=month, revision=2, corrections=(CORRECTION,))


def _two(out: Path) -> tuple[Issued, ...]:
    put_issue(out.parent)
    folder = out / "2031-05.2"
    folder.mkdir(parents=True)
    (folder / edition_json.FILE).write_bytes(edition_json.render_issue(_again()))
    found, problems = issues(out)
    assert not problems
    return found


def test_feed_newest_first_with_the_correction_linked(tmp_path: Path) -> None:
    two = _two(tmp_path / "out")
    made = feed(two, "brief.example", "Desk", "https://brief.example/issues")
    assert made == feed(reversed(two), "brief.example", "Desk", "https://brief.example/issues"), "order is our own"
    root = etree.fromstring(made)
    assert root.findtext(f"{ATOM}updated") == "2031-06-05T06:01:00Z"
    entries = root.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
    assert [one.partition(":2031-")[2] for one in ids] == [
        "05.2/public.ja",
        "05.2/public.en",
        "05/public.ja",
        "05/public.en",
    ]
    assert len(set(ids)) == 4 and all(one.startswith("tag:brief.example,2031-06-0") for one in ids)
    related = [link.get("href") for link in root.iter(f"{ATOM}link") if link.get("rel") == "related"]
    assert related == ["2031-05/public.ja.html", "2031-05/public.en.html"]
    summaries = [entry.findtext(f"{ATOM}summary") or "" for entry in entries]
    assert summaries[1].startswith("Correction of issue 2031-05: Eight should be nine.\n")
    assert b"member" not in made and b"198.51.100.23" not in made
    for entry in entries:  # RFC 4287 section 4.1.2
        for name in ("id", "title", "updated"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1


def test_feed_of_nothing_is_sound(tmp_path: Path) -> None:
    root = etree.fromstring(feed((), "brief.example", "Desk"))
    assert [root.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "author")] == [True] * 4


def test_a_broken_issue_is_named_and_leaves_the_feed_alone(tmp_path: Path) -> None:
    _two(tmp_path / "out")
    file = tmp_path / "out" / "2031-05" / "edition.json"
    file.write_bytes(file.read_bytes()[:-40])
    found, problems = issues(tmp_path / "out")
    assert [one.name for one in found] == ["2031-05.2"] and "2031-05" in problems[0]


def test_a_marking_that_the_parts_contradict_is_refused(tmp_path: Path) -> None:
    put_issue(tmp_path)
    file = tmp_path / "out" / "2031-05" / "edition.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"marking": "TLP:GREEN"', '"marking": "TLP:CLEAR"', 1), encoding="utf-8")
    with pytest.raises(UsageError, match="states TLP:CLEAR and rests on TLP:GREEN"):
        read_issued(tmp_path / "out", "2031-05")


@pytest.mark.parametrize("name", ["2031-5", "../2031-05", "2031-05.1x", "2031-13", "2031-05.0", "", "2030-01"])
def test_no_such_issue(tmp_path: Path, name: str) -> None:
    put_issue(tmp_path)
    with pytest.raises(UsageError):
        read_issued(tmp_path / "out", name)


def test_every_format_shows_what_is_corrected(settings: Settings) -> None:
    issue = _again()
    for edition in issue.editions[-2:]:
        text = CORRECTION.text(edition.language)
        page = html.render(issue, edition).decode()
        assert text in page and f'href="../2031-05/{edition.kind.value}.{edition.language}.html"' in page
        assert text in markdown.render(issue, edition).decode()
        message = read(mail.render(issue, edition, settings))
        for kind in ("plain", "html"):
            part = message.get_body((kind,))
            assert part is not None and text in part.get_content()
        assert text in _text(docx.render(issue, edition))
        assert pdf.render(issue, edition) != pdf.render(replace(issue, corrections=()), edition)


def test_a_second_issue_has_a_folder_of_its_own(tmp_path: Path, settings: Settings) -> None:
    issue = replace(_again(), editions=())
    assert {path.parent.name for path in deliver.write(issue, tmp_path, settings)} == {"2031-05.2"}


ROW = '[[correction]]\nissue = "2025-11.2"\ncorrects = "2025-11"\nja = "誤り"\nen = "Wrong."\n'


def test_corrections_of_an_issue(tmp_path: Path) -> None:
    assert read_corrections(tmp_path, "2025-11") == ()
    (tmp_path / "corrections.toml").write_text(ROW, encoding="utf-8")
    (one,) = read_corrections(tmp_path, "2025-11.2")
    assert (one.corrects, one.text("ja"), one.text("en"), one.text("fr")) == ("2025-11", "誤り", "Wrong.", "")
    assert read_corrections(tmp_path, "2025-12") == ()
    with pytest.raises(UsageError, match=r'issue = "2025-12\.2"'):
        read_corrections(tmp_path, "2025-12.2")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('en = "Wrong."\n', "", "expected the texts"),
        ('"Wrong."', '" "', "one sentence each"),
        ('corrects = "2025-11"', 'corrects = "2025-11.2"', "does not correct itself"),
        ('issue = "2025-11.2"', 'issue = "2025-11.1"', "issue: expected an issue such as"),
        ('issue = "2025-11.2"', 'issue = "../x"', "issue: expected an issue such as"),
        ("[[correction]]", "[[corrections]]", "tables and nothing else"),
        ("[[correction]]", "[[correction", "expected TOML"),
    ],
)
def test_corrections_that_are_wrong(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "corrections.toml").write_text(ROW.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        read_corrections(tmp_path, "2025-11.2")


def _part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return etree.fromstring(archive.read(name))


def _text(data: bytes) -> str:
    body = _part(data, "word/document.xml")
    return "\n".join("".join(str(text) for text in node.itertext()) for node in body.iter(f"{W}p"))


def test_word_document_is_the_edition() -> None:
    issue = small_issue()
    edition = next(one for one in issue.editions if one.kind is EditionKind.MEMBER)
    data = docx.render(issue, edition, load())
    body, text = _part(data, "word/document.xml"), _text(data)
    styles = [str(node.get(f"{W}val")) for node in body.iter(f"{W}pStyle")]
    defined = {node.get(f"{W}styleId") for node in _part(data, "word/styles.xml").iter(f"{W}style")}
    used = set(styles) | {str(node.get(f"{W}val")) for node in body.iter(f"{W}rStyle", f"{W}tblStyle")}
    assert used <= defined and styles.count("Title") == 1
    assert styles.count("Heading1") == len(edition.sections) + 3
    assert len(list(body.iter(f"{W}tbl"))) == len(edition.tables)
    assert edition.sections[0].heading in text and "198.51.100.23" not in text
    marks = {node.get(f"{W}name") for node in body.iter(f"{W}bookmarkStart")}
    cited = {node.get(f"{W}anchor") for node in body.iter(f"{W}hyperlink") if node.get(f"{W}anchor")}
    assert cited and cited <= marks and len(marks) == len({one.n for one in edition.references})
    relations = _part(data, "word/_rels/document.xml.rels")
    targets = {node.get("Id"): node.get("Target") for node in relations}
    linked = {str(node.get(f"{R}id")) for node in body.iter(f"{W}hyperlink") if node.get(f"{R}id")}
    assert linked and all(str(targets[one]).startswith("https://") for one in linked)
    assert relations.prefix is None, "LibreOffice opens no file whose relationships have a prefix"
    assert b"javascript:" not in b"".join(etree.tostring(one) for one in relations)


def test_word_document_has_no_clock_and_no_author() -> None:
    issue = small_issue()
    data = docx.render(issue, issue.editions[0])
    assert data == docx.render(issue, issue.editions[0])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = _part(data, "docProps/core.xml")
    assert "2031-06-03T06:01:00Z" in etree.tostring(core).decode() and "creator" not in etree.tostring(core).decode()
