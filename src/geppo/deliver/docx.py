"""The edition for editors: WordprocessingML (ECMA-376, ISO/IEC 29500) with headings, citations as links, and tables.

Written by hand through lxml: a page needs some twenty elements, and a library would put its own template, clock and
names into the file. Equal input gives equal bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from geppo.config import Settings
from geppo.deliver._page import Box, Line, Page, Part, Piece, Source, page
from geppo.deliver._paper import packaged
from geppo.deliver._words import Words, words
from geppo.model.edition import Edition, Issue

FORMAT = "docx"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_BARE: Any = {None: _PACKAGE}
"""No prefix: LibreOffice compares the names in relationship files with their prefix (and lxml's stubs know no None)."""
_LINK = _R + "/hyperlink"
_LOCALE = {"ja": "ja-JP", "en": "en-GB"}
_TEXT_WIDTH = 9638
"""Width of the text in twentieths of a point: A4 with margins of 20 mm."""


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


def _add(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _w(name), {_w(key): value for key, value in attributes.items()})


class _Sheet:
    """One edition as the body of a document, with its links outward."""

    def __init__(self, made: Page, labels: Words) -> None:
        self._page, self._words = made, labels
        self.links: dict[str, str] = {}
        self.root = etree.Element(_w("document"), nsmap={"w": _W, "r": _R})
        self._body = _add(self.root, "body")
        self._linked = frozenset(source.n for source in made.sources if source.anchor)

    def _run(self, parent: etree._Element, text: str, style: str = "") -> None:
        run = _add(parent, "r")
        if style:
            _add(_add(run, "rPr"), "rStyle", val=style)
        node = _add(run, "t")
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        node.text = text

    def _paragraph(self, style: str = "", parent: etree._Element | None = None) -> etree._Element:
        made = _add(self._body if parent is None else parent, "p")
        if style:
            _add(_add(made, "pPr"), "pStyle", val=style)
        return made

    def _say(self, text: str, style: str = "") -> None:
        if text:
            self._run(self._paragraph(style), text)

    def _pieces(self, parent: etree._Element, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if not piece.cite:
                self._run(parent, piece.text)
            elif piece.cite in self._linked:
                self._run(_add(parent, "hyperlink", anchor=f"ref{piece.cite}"), f"[{piece.cite}]", "Citation")
            else:
                self._run(parent, f"[{piece.cite}]", "Citation")

    def _lines(self, lines: Sequence[Line], style: str = "") -> None:
        made = self._paragraph(style)
        for number, line in enumerate(lines):
            if number and self._words.mark("between"):
                self._run(made, self._words.mark("between"))
            self._pieces(made, line.pieces)

    def _part(self, part: Part) -> None:
        self._say(part.numbered, "Heading1")
        for line in part.lead:
            self._lines((line,), "Lead")
        self._notes(part, 0)
        for place, paragraph in enumerate(part.paragraphs, start=1):
            self._lines(paragraph)
            self._notes(part, place)
        if not part.lead and not part.paragraphs:
            self._say(self._words.ui("nothing"))

    def _notes(self, part: Part, place: int) -> None:
        for note in part.notes_after(place):
            made = self._paragraph("Remark")
            self._run(made, note.label + self._words.mark("colon"))
            self._run(made, self._words.mark("between").join(text for text in (note.text, note.own) if text))

    def _box(self, box: Box) -> None:
        self._say(f"{self._words.ui('table')} {box.number} {box.heading}", "Heading2")
        if box.columns:
            table = _add(self._body, "tbl")
            look = _add(table, "tblPr")
            _add(look, "tblStyle", val="Box")
            _add(look, "tblW", w=str(_TEXT_WIDTH), type="dxa")
            width = str(_TEXT_WIDTH // len(box.columns))
            grid = _add(table, "tblGrid")
            for _ in box.columns:
                _add(grid, "gridCol", w=width)
            head = _add(table, "tr")
            _add(_add(head, "trPr"), "tblHeader")
            for column in box.columns:
                self._run(self._paragraph("CellHead", self._cell(head, width)), column)
            for row in box.rows:
                self._row(_add(table, "tr"), row.cells[: len(box.columns)], len(box.columns), width)
        self._say(box.note, "Small")

    def _row(self, row: etree._Element, cells: Sequence[Sequence[Piece]], count: int, width: str) -> None:
        for place in range(count):
            made = self._paragraph("Cell", self._cell(row, width))
            pieces = cells[place] if place < len(cells) else ()
            self._pieces(made, pieces or (Piece(text=self._words.ui("empty_cell"), cite=0),))

    def _cell(self, row: etree._Element, width: str) -> etree._Element:
        cell = _add(row, "tc")
        _add(_add(cell, "tcPr"), "tcW", w=width, type="dxa")
        return cell

    def _source(self, source: Source) -> None:
        made = self._paragraph("Source")
        comma = self._words.mark("comma")
        if source.anchor:
            _add(made, "bookmarkStart", id=str(source.n), name=f"ref{source.n}")
            _add(made, "bookmarkEnd", id=str(source.n))
        self._run(made, f"[{source.n}] {source.publisher}{comma}")
        if source.href:
            link = etree.SubElement(made, _w("hyperlink"), {f"{{{_R}}}id": self._link(source.href)})
            self._run(link, source.title, "Link")
        else:
            self._run(made, source.title)
        note = (self._words.ui("note_mark"),) if source.note else ()
        self._run(made, comma + comma.join((source.published, source.accessed, *note)))

    def _link(self, href: str) -> str:
        return self.links.setdefault(href, f"link{len(self.links) + 1}")

    def _head(self) -> None:
        made, ui = self._page, self._words.ui
        self._say(f"{ui('brand')}  {made.marking}", "Small")
        self._say(made.title, "Title")
        self._say(f"{ui('period')} {made.period}   {ui('as_of')} {made.as_of}   {ui(made.kind)}", "Small")
        for one in made.corrections:
            self._say(f"{one.label}{self._words.mark('colon')}{one.text}", "Lead")
        for number, line in enumerate((*made.lead, *made.further), start=1):
            paragraph = self._paragraph("Lead")
            self._run(paragraph, f"{number}. ")
            self._pieces(paragraph, line.pieces)

    def fill(self) -> None:
        """The whole edition from top to bottom."""
        made, ui = self._page, self._words.ui
        self._head()
        for part in (made.opening, *made.sections):
            self._part(part)
        for picture in made.figures:
            self._say(f"{ui('figure')} {picture.number} {picture.title}", "Heading2")
            for text in (picture.caption, picture.alt):
                self._say(text)
            self._say(picture.rule, "Small")
        for box in made.tables:
            self._box(box)
        self._say(ui("sources"), "Heading1")
        for source in made.sources:
            self._source(source)
        self._say(ui("gaps"), "Heading1")
        for gap in made.gaps:
            self._say(f"{gap.source}{self._words.bracketed(gap.kind)} {gap.message}".rstrip(), "Source")
        if not made.gaps:
            self._say(made.gap_line or ui("gaps_none"))
        self._say(f"{ui('made')} {ui('observables')} {made.marking}", "Small")
        section = _add(self._body, "sectPr")
        _add(section, "pgSz", w="11906", h="16838")
        _add(
            section,
            "pgMar",
            top="1134",
            right="1134",
            bottom="1134",
            left="1134",
            header="567",
            footer="567",
            gutter="0",
        )


def _relations(rows: Iterable[tuple[str, str, str, bool]]) -> bytes:
    root = etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap=_BARE)
    for id_, kind, target, outward in rows:
        made = etree.SubElement(root, f"{{{_PACKAGE}}}Relationship", Id=id_, Type=kind, Target=target)
        if outward:
            made.set("TargetMode", "External")
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return made


def properties(title: str, marking: str, language: str, moment: str) -> bytes:
    """Title, language and the issue's own date (ISO 8601); no name of a person or a machine."""
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    dc, terms = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
    kind = "{http://www.w3.org/2001/XMLSchema-instance}type"
    names = {"cp": core, "dc": dc, "dcterms": terms, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    root = etree.Element(f"{{{core}}}coreProperties", nsmap=names)
    for name, text in (("title", title), ("subject", marking), ("language", language)):
        etree.SubElement(root, f"{{{dc}}}{name}").text = text
    stamp = moment.replace("+00:00", "Z")
    for name in ("created", "modified"):
        etree.SubElement(root, f"{{{terms}}}{name}", {kind: "dcterms:W3CDTF"}).text = stamp
    return _xml(root)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip file without a clock: every part carries the earliest date that zip knows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, data)
    return out.getvalue()


def packed(root: etree._Element, core: bytes, language: str, links: Mapping[str, str]) -> bytes:
    """A Word file of a document part, its properties and its links outward (address to id)."""
    office = _R + "/officeDocument"
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    styles = packaged("docx_styles.xml.j2").replace("{{ locale }}", _LOCALE.get(language, language))
    outward = [(id_, _LINK, href, True) for href, id_ in links.items()]
    return _zipped(
        {
            "[Content_Types].xml": packaged("docx_types.xml.j2").encode(),
            "_rels/.rels": _relations(
                [("r1", office, "word/document.xml", False), ("r2", kind, "docProps/core.xml", False)]
            ),
            "word/document.xml": _xml(root),
            "word/_rels/document.xml.rels": _relations([("styles", _R + "/styles", "styles.xml", False), *outward]),
            "word/styles.xml": styles.encode(),
            "docProps/core.xml": core,
        }
    )


def render(issue: Issue, edition: Edition, settings: Settings | None = None) -> bytes:
    """One edition as a Word document."""
    made = page(issue, edition)
    sheet = _Sheet(made, words(edition.language))
    sheet.fill()
    core = properties(made.title, made.marking, made.language, made.as_of_iso)
    return packed(sheet.root, core, edition.language, sheet.links)
