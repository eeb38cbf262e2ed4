"""The PDF: tagged, in our fonts, nothing over the edge, no heading alone at the foot of a page, equal bytes."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest

from geppo.deliver import pdf
from geppo.deliver._typeset import GETA, settable
from geppo.model.edition import Edition, EditionKind, Issue, Matrix

MM = 72 / 25.4


@pytest.fixture(scope="module")
def papers(issue: Issue) -> list[tuple[Edition, bytes]]:
    return [(edition, pdf.render(issue, edition)) for edition in issue.editions]


def _texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def _flat(text: str) -> str:
    return "".join(text.replace("\ufffe", "").replace("\u200b", "").split())


def test_two_runs_give_the_same_bytes(issue: Issue, papers: list[tuple[Edition, bytes]]) -> None:
    edition, data = papers[0]
    assert pdf.render(issue, edition) == data


def test_standards_fonts_and_no_script(papers: list[tuple[Edition, bytes]]) -> None:
    for edition, data in papers:
        assert data.startswith(b"%PDF-1.7")
        assert b"pdfuaid:part" in data and b"pdfaid:part" in data
        assert b"/JavaScript" not in data and b"/Launch" not in data and b"/EmbeddedFile" not in data
        document = pypdfium2.PdfDocument(data)
        assert document.get_metadata_value("Title") == edition.title
        assert document.get_metadata_value("CreationDate").startswith("D:20310603")


def test_all_sentences_are_there(papers: list[tuple[Edition, bytes]]) -> None:
    for edition, data in papers:
        text = _flat("".join(_texts(data)))
        for sentence in edition.sentences():
            start = _flat(sentence.text.partition("[")[0])[:14]
            assert start in text, sentence.text
        assert f"[{edition.references[-1].n}]" in text


def test_the_excerpt_is_at_most_two_pages(papers: list[tuple[Edition, bytes]]) -> None:
    for edition, data in papers:
        if edition.kind is EditionKind.PUBLIC:
            assert len(pypdfium2.PdfDocument(data)) <= 2


def test_nothing_stands_over_the_margin(papers: list[tuple[Edition, bytes]]) -> None:
    for _, data in papers:
        document = pypdfium2.PdfDocument(data)
        for number in range(len(document)):
            page = document[number]
            wide, tall = page.get_size()
            for item in page.get_objects():
                left, low, right, high = item.get_bounds()
                assert left >= 30 * MM and right <= wide - 30 * MM and low >= 5 * MM and high <= tall - 5 * MM


def test_bookmarks_lead_to_the_headings_and_none_is_alone(papers: list[tuple[Edition, bytes]]) -> None:
    for edition, data in papers:
        document = pypdfium2.PdfDocument(data)
        marks = list(document.get_toc())
        titles = [_flat(mark.get_title()) for mark in marks]
        for section in (edition.opening, *edition.sections):
            assert any(title.endswith(_flat(section.heading)) for title in titles)
        for mark in marks:
            dest = mark.get_dest()
            _, place = dest.get_view()
            assert place[1] > 40 * MM, mark.get_title()


def test_text_from_outside_is_never_set_as_source(issue: Issue) -> None:
    edition = next(one for one in issue.editions if one.kind is EditionKind.PUBLIC)
    hostile = '#panic("typst") ]] #eval("1+1") $x$ *b* _i_ `c` <label> @ref \\ // /* #set page(width: 1pt) "'
    odd = replace(edition, title=hostile, sections=tuple(replace(s, heading=hostile) for s in edition.sections))
    assert _flat('#eval("1+1")') in _flat("".join(_texts(pdf.render(issue, odd))))


def test_characters_without_a_glyph_stop_nothing(issue: Issue) -> None:
    edition = issue.editions[0]
    odd = "🦅 عربى שלום ไทย \ue000 x"
    first = edition.figures[0]
    assert isinstance(first.body, Matrix)
    figure = replace(first, title=odd, alt=odd, caption=odd, body=replace(first.body, rows=(odd,) * 3))
    twice = (*edition.references, *edition.references[:2])
    made = pdf.render(issue, replace(edition, title=odd, figures=(figure,), references=twice))
    assert GETA in "".join(_texts(made))


def test_missing_characters_become_a_geta_mark_and_long_words_may_break() -> None:
    assert settable("a🦅b漢字한글ё") == f"a{GETA}b漢字한글ё"
    broken = settable("x" * 60)
    assert "\u200b" in broken and broken.replace("\u200b", "") == "x" * 60
    assert "\u200b" not in settable("ordinary words of a line, and 日本語")
