"""The round trip of an editor's copy: what comes back is what was changed, and nothing is lost in silence."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from geppo.deliver import editing
from geppo.deliver._copy import Block, Copy, Head, Label, Stretch, mark_of
from geppo.deliver._copy_docx import read_docx, write_docx
from geppo.deliver._copy_markdown import read_markdown, write_markdown
from geppo.deliver.editing import Found
from geppo.deliver.issue_toml import merged
from geppo.model.edition import Edition, EditionKind, Issue, Sentence
from geppo.model.edits import Edits, Remark
from tests.conftest import MONTHS, made_draft

KINDS = (EditionKind.MEMBER, EditionKind.PUBLIC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAY = date(2026, 5, 2)


@cache
def signed(name: str, edits: Edits | None = None) -> Issue:
    """A month as an editor signs it."""
    return made_draft(name).issue(KINDS, edits, strict=False)


def edition(issue: Issue, kind: EditionKind = EditionKind.MEMBER, language: str = "ja") -> Edition:
    """One of its editions."""
    return next(one for one in issue.editions if (one.kind, one.language) == (kind, language))


def back(data: bytes, issue: Issue, chosen: Edition) -> Found:
    """What a copy says to change."""
    copy = editing.read_copy(data, "copy")
    assert (copy.head.kind, copy.head.language) == (chosen.kind, chosen.language)
    return editing.found_in(copy, issue, chosen, by="山田", day=DAY, reason="重複")


@pytest.mark.parametrize("name", sorted(MONTHS))
@pytest.mark.parametrize("form", editing.FORMATS)
def test_a_copy_that_nobody_touched_changes_nothing(name: str, form: str) -> None:
    issue = signed(name)
    for chosen in issue.editions:
        data = editing.export(issue, chosen, form)
        assert data == editing.export(issue, chosen, form)
        assert back(data, issue, chosen) == Found(edits=Edits(), problems=())


_TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@given(st.lists(_TEXTS, min_size=1, max_size=4))
def test_any_text_comes_back_from_both_formats(texts: list[str]) -> None:
    from geppo.deliver._shown import shown

    kept = [one for one in (shown(text) for text in texts) if one.strip() and not one.rstrip().endswith("]")]
    stretches = tuple(
        Stretch(label=Label(prefix="", id=f"s{number:010d}", mark=mark_of(text)), text=text, cites=(number + 1,))
        for number, text in enumerate(kept)
    )
    head = Head(issue="2026-04.2", kind=EditionKind.PUBLIC, language="en", digest="0123abcd")
    title = Block(stretches=(Stretch(label=Label(prefix="h_", id="relay-infrastructure", mark="00000000"), text="T"),))
    copy = Copy(head=head, blocks=(title, *([Block(stretches=stretches)] if stretches else [])))
    for read in (
        read_markdown(write_markdown(copy), "copy"),
        read_docx(write_docx(copy, "T", "TLP:CLEAR", "2026-06-01T00:00:00+00:00"), "copy"),
    ):
        assert read.head == head
        found = [one for block in read.blocks for one in block.stretches]
        assert [one.label for one in found] == [one.label for block in copy.blocks for one in block.stretches]
        for one in found[1:]:
            assert one.label is not None and mark_of(one.text) == one.label.mark, one.text


# -- what an editor does -------------------------------------------------------------------------------------------

Change = Callable[[str], str]


def _md(change: Change, issue: Issue, chosen: Edition) -> bytes:
    text = editing.export(issue, chosen, "md").decode()
    changed = change(text)
    assert changed != text
    return changed.encode()


def _line(text: str, words: str) -> str:
    """The line of the sections that holds these words."""
    return next(line for line in reversed(text.split("\n")) if words in line)


def _lead(chosen: Edition, place: int = 0) -> str:
    return chosen.sections[place].paragraphs[0][0].text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_changed_sentence_becomes_an_edit(language: str) -> None:
    issue = signed("kanto")
    chosen = edition(issue, language=language)
    sentence = chosen.sections[0].paragraphs[0][0]
    new = f"{sentence.text[:-1]}{'！' if language == 'ja' else ' now'}{sentence.text[-1]}"
    found = back(_md(lambda text: text.replace(sentence.text, new, 1), issue, chosen), issue, chosen)
    assert not found.problems
    (one,) = found.edits.rephrases
    assert (one.sentence, one.language, one.text, one.was, one.by) == (
        sentence.id,
        language,
        new,
        sentence.text,
        "山田",
    )
    assert one.rests == (*sentence.claims, *sentence.assessments)
    assert found.edits == Edits(rephrases=(one,))


def test_words_added_behind_a_citation_and_broken_lines_belong_to_the_sentence() -> None:
    issue = signed("kanto")
    chosen = edition(issue, language="en")
    sentence = chosen.sections[0].paragraphs[0][0]

    def change(text: str) -> str:
        line = _line(text, sentence.text)
        return text.replace(line, line.replace(" devices", "\ndevices") + " Indeed.")

    (one,) = back(_md(change, issue, chosen), issue, chosen).edits.rephrases
    assert one.text.startswith(sentence.text) and one.text.endswith("Indeed.") and "\n" not in one.text


def test_remarks_find_their_place() -> None:
    issue = signed("kanto")
    chosen = edition(issue)
    section = next(one for one in chosen.sections if len(one.paragraphs) > 2)
    first = section.paragraphs[0][-1]

    def change(text: str) -> str:
        line = _line(text, first.id)
        text = text.replace(line, f"{line}\n\n編集者注（山田）：続報を待ちます。")
        last = _line(text, section.paragraphs[-1][-1].id)
        return text.replace(last, f"{last}\n\n> **編集者注**: 当社では [[17]] 件を確認しました。")

    found = back(_md(change, issue, chosen), issue, chosen)
    assert not found.problems
    given = {"language": "ja", "by": "山田", "day": DAY, "edition": "member"}
    behind = Remark(text="続報を待ちます。", sentence=first.id, **given)  # type: ignore[arg-type]
    end = Remark(text="当社では 17 件を確認しました。", section=section.id, own=("17",), **given)  # type: ignore[arg-type]
    assert found.edits == Edits(remarks=(behind, end))
    again = signed("kanto", found.edits)
    assert again.editing is not None and all(one.where == ("member.ja",) for one in again.editing.outcomes)
    untouched = back(editing.export(again, edition(again), "md"), again, edition(again))
    assert untouched == Found(edits=Edits(), problems=())


def _sections(text: str) -> list[str]:
    return re.split(r"(?m)^(?=## )", text)


@pytest.mark.parametrize("name", sorted(MONTHS))
def test_moved_sections_become_an_order_that_gives_them_back(name: str) -> None:
    issue = signed(name)
    chosen = edition(issue)

    def change(text: str) -> str:
        parts = _sections(text)
        return "".join(parts[:3] + [one.rstrip("\n") + "\n\n" for one in reversed(parts[3:])])

    data = _md(change, issue, chosen)
    found = back(data, issue, chosen)
    assert not found.problems and set(found.edits.order) == set(editing.order_of(chosen))
    assert found.edits == Edits(order=found.edits.order)
    again = signed(name, found.edits)
    assert [one.id for one in edition(again).sections] == [one.id for one in reversed(chosen.sections)]
    assert editing.out_of_order(editing.read_copy(data, "copy"), again, edition(again)) == ""


def _whole_story(chosen: Edition) -> list[Sentence]:
    """All sentences of a story that is not the first of its section, over all its paragraphs."""
    section = next(one for one in chosen.sections if len({part[0].story for part in one.paragraphs}) > 1)
    story = next(part[0].story for part in section.paragraphs if part[0].story != section.story)
    return [one for part in section.paragraphs for one in part if one.story == story]


def test_a_story_taken_out_is_dropped() -> None:
    issue = signed("kanto")
    chosen = edition(issue)
    paragraph = _whole_story(chosen)

    def change(text: str) -> str:
        for one in paragraph:
            text = text.replace(_line(text, one.id) + "\n", "")
        return text

    found = back(_md(change, issue, chosen), issue, chosen)
    assert not found.problems
    (drop,) = found.edits.drops
    assert (drop.story, drop.reason, drop.by) == (paragraph[0].story, "重複", "山田")
    assert set(drop.claims) == {claim for one in paragraph for claim in one.claims}


def test_a_section_taken_out_drops_its_stories() -> None:
    issue = signed("kanto")
    chosen = edition(issue)

    def change(text: str) -> str:
        parts = _sections(text)
        return "".join(parts[:3] + parts[4:])

    found = back(_md(change, issue, chosen), issue, chosen)
    assert not found.problems
    assert {one.story for one in found.edits.drops} == {
        one.story for paragraph in chosen.sections[0].paragraphs for one in paragraph
    }


def _without(words: str) -> Change:
    return lambda text: text.replace(_line(text, words) + "\n", "")


def _problems() -> dict[str, tuple[Callable[[Edition], Change], str]]:
    return {
        "a sentence alone": (lambda one: _without(one.sections[0].paragraphs[0][1].id), "cannot go alone"),
        "a sentence of the opening": (lambda one: _without(one.opening.paragraphs[0][0].id), "cannot go alone"),
        "an emptied sentence": (lambda one: lambda text: text.replace(_lead(one), ""), "was emptied"),
        "a heading": (lambda one: lambda text: text.replace(one.sections[0].heading, "何か"), "a heading is a claim"),
        "the title": (lambda one: lambda text: text.replace(one.title, "題"), "the heading of title was changed"),
        "a heading taken out": (
            lambda one: lambda text: text.replace(_line(text, "h_" + one.sections[0].id.replace("-", "__")), ""),
            "was taken out, and its text was not",
        ),
        "a loose paragraph": (
            lambda one: lambda text: _around(text, _lead(one), before="所感。\n\n"),
            "begin it with “編集者注：”",
        ),
        "a remark before all": (
            lambda one: lambda text: _around(text, _lead(one), before="編集者注：先に。\n\n"),
            "before the first paragraph",
        ),
        "a remark at the top": (
            lambda one: lambda text: text.replace("\n\n# ", "\n\n編集者注：先に。\n\n# ", 1),
            "outside the sections",
        ),
        "a sentence moved": (
            lambda one: lambda text: _swapped(text, *(each.id for each in one.sections[0].paragraphs[0][:2])),
            "only whole paragraphs move",
        ),
        "a sentence in another section": (
            lambda one: lambda text: _moved(text, *(part.paragraphs[0][-1].id for part in one.sections[:2])),
            "than before",
        ),
        "a remark in a paragraph": (
            lambda one: lambda text: _around(text, _lead(one), behind="\n編集者注：中に。"),
            "a remark inside a paragraph",
        ),
        "a remark before a sentence": (
            lambda one: lambda text: _around(text, _lead(one), before="編集者注：中に。\n"),
            "a remark inside a paragraph",
        ),
        "a parted paragraph": (
            lambda one: lambda text: _around(text, _lead(one), behind="\n\n編集者注：中に。\n"),
            "was parted",
        ),
        "a sentence twice": (
            lambda one: lambda text: text.replace(_line(text, _lead(one)), "\n".join([_line(text, _lead(one))] * 2)),
            "stands twice",
        ),
    }  # fmt: skip


def _around(text: str, words: str, before: str = "", behind: str = "") -> str:
    line = _line(text, words)
    return text.replace(line, f"{before}{line}{behind}")


def _swapped(text: str, one: str, other: str) -> str:
    first, second = _line(text, one), _line(text, other)
    return text.replace(first, "\0").replace(second, first).replace("\0", second)


def _moved(text: str, one: str, behind: str) -> str:
    line, target = _line(text, one), _line(text, behind)
    return text.replace(line + "\n", "").replace(target, f"{target}\n{line}")


@pytest.mark.parametrize("what", sorted(_problems()))
def test_what_has_no_place_is_named(what: str) -> None:
    make, words = _problems()[what]
    issue = signed("kanto")
    chosen = edition(issue)
    found = back(_md(make(chosen), issue, chosen), issue, chosen)
    assert any(words in one for one in found.problems), found.problems


def test_a_closing_sentence_moved_up_is_seen() -> None:
    issue = signed("kanto")
    chosen = edition(issue)
    section = next(one for one in chosen.sections if len(one.paragraphs) > 2)
    closing, first = section.paragraphs[-1][0].id, section.paragraphs[0][0].id

    def change(text: str) -> str:
        line = _line(text, closing)
        return text.replace(line + "\n", "").replace(_line(text, first), f"{line}\n\n{_line(text, first)}")

    data = _md(change, issue, chosen)
    copy = editing.read_copy(data, "copy")
    again = signed("kanto", merged(Edits(), back(data, issue, chosen).edits))
    assert editing.out_of_order(copy, again, edition(again))


# -- an issue that went on -----------------------------------------------------------------------------------------


def test_an_old_copy_brings_sentences_and_no_order() -> None:
    old = signed("kanto")
    chosen = edition(old)
    dropped = back(_md(lambda text: "".join(_sections(text)[:3] + _sections(text)[4:]), old, chosen), old, chosen).edits
    new = signed("kanto", dropped)
    unchanged = back(editing.export(old, chosen, "docx"), new, edition(new))
    assert unchanged == Found(edits=Edits(), problems=())
    moved = back(_md(lambda text: "".join(_sections(text)[:-2]), old, chosen), new, edition(new))
    assert any("export it again" in one for one in moved.problems)


def test_an_old_sentence_under_new_words_is_refused() -> None:
    issue = signed("kanto")
    chosen = edition(issue)
    sentence = chosen.sections[0].paragraphs[0][0]
    data = editing.export(issue, chosen, "md").decode()
    stale = data.replace(f"<!-- {sentence.id}_{mark_of(sentence.text)} -->", f"<!-- {sentence.id}_00000000 -->")
    found = back(stale.encode(), issue, chosen)
    assert any("has other words since this copy was made" in one for one in found.problems)


# -- Word ----------------------------------------------------------------------------------------------------------


def changed_docx(change: Callable[[etree._Element], None], issue: Issue, chosen: Edition) -> bytes:
    return _repacked(editing.export(issue, chosen, "docx"), change)


def _repacked(data: bytes, change: Callable[[etree._Element], None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(part)
                change(root)
                part = etree.tostring(root)
            new.writestr(name, part)
    return out.getvalue()


def run_of(root: etree._Element, sentence: str) -> etree._Element:
    """The run behind the bookmark of a sentence in the sections."""
    marks = (node for node in root.iter(f"{W}bookmarkStart") if str(node.get(f"{W}name")).startswith(f"{sentence}_"))
    run = next(marks).getnext()
    assert run is not None
    return run


def _text_of(run: etree._Element) -> etree._Element:
    node = run.find(f"{W}t")
    assert node is not None
    return node


def _tracked(run: etree._Element, new: str) -> None:
    """The run deleted and a new text inserted, as a word processor tracks it."""
    parent = run.getparent()
    assert parent is not None
    at = parent.index(run)
    gone, come = etree.Element(f"{W}del"), etree.Element(f"{W}ins")
    parent.insert(at, gone)
    parent.insert(at + 1, come)
    gone.append(run)
    _text_of(run).tag = f"{W}delText"
    etree.SubElement(etree.SubElement(come, f"{W}r"), f"{W}t").text = new


def _typed_over(run: etree._Element, new: str) -> None:
    """The sentence with its bookmark replaced by plain text."""
    parent = run.getparent()
    start, end = run.getprevious(), run.getnext()
    assert parent is not None and start is not None and end is not None
    for node in (start, end):
        parent.remove(node)
    _text_of(run).text = new


def _split_runs(run: etree._Element, new: str) -> None:
    """The text over several runs, the last of them behind the bookmark's end."""
    end, parent = run.getnext(), run.getparent()
    assert end is not None and parent is not None
    _text_of(run).text = new[:5]
    for number, piece in enumerate((new[5:9], new[9:])):
        made = etree.Element(f"{W}r")
        node = etree.SubElement(made, f"{W}t")
        node.text = piece
        parent.insert(parent.index(end) + number, made)


@pytest.mark.parametrize("change", [_tracked, _typed_over, _split_runs])
@pytest.mark.parametrize("place", [0, 1, -1])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sentence_changed_in_word(change: Callable[[etree._Element, str], None], place: int, language: str) -> None:
    issue = signed("kanto")
    chosen = edition(issue, language=language)
    sentence = chosen.sections[0].paragraphs[0][place]
    new = sentence.text.replace("。", "のです。").replace(" on ", " upon ")
    new = new if new != sentence.text else f"Now {new}"
    found = back(changed_docx(lambda root: change(run_of(root, sentence.id), new), issue, chosen), issue, chosen)
    assert not found.problems
    (one,) = found.edits.rephrases
    assert (one.sentence, one.text) == (sentence.id, new)


def test_a_remark_typed_in_word() -> None:
    issue = signed("kanto")
    chosen = edition(issue, language="en")
    section = chosen.sections[0]

    def change(root: etree._Element) -> None:
        paragraph = run_of(root, section.paragraphs[-1][-1].id).getparent()
        assert paragraph is not None
        made = etree.Element(f"{W}p")
        etree.SubElement(etree.SubElement(made, f"{W}r"), f"{W}t").text = "Editor's remark: More next month."
        paragraph.addnext(made)

    found = back(changed_docx(change, issue, chosen), issue, chosen)
    assert not found.problems
    (remark,) = found.edits.remarks
    assert (remark.text, remark.section, remark.edition) == ("More next month.", section.id, "member")


def test_a_paragraph_deleted_with_changes_tracked_drops_its_story() -> None:
    issue = signed("kanto")
    chosen = edition(issue)
    paragraph = _whole_story(chosen)

    def change(root: etree._Element) -> None:
        for sentence in paragraph:
            run = run_of(root, sentence.id)
            gone = etree.Element(f"{W}del")
            parent = run.getparent()
            assert parent is not None
            parent.replace(run, gone)
            gone.append(run)
            _text_of(run).tag = f"{W}delText"

    found = back(changed_docx(change, issue, chosen), issue, chosen)
    assert not found.problems
    assert [one.story for one in found.edits.drops] == [paragraph[0].story]


def test_a_copy_shows_no_address_that_can_be_clicked() -> None:
    issue = signed("kanto")
    for chosen in issue.editions:
        text = editing.export(issue, chosen, "md").decode()
        assert "://" not in text and not re.search(r"\d+\.\d+\.\d+\.\d+", text)
