"""An editor's copy as a Word document: each sentence inside a bookmark that holds its label.

What comes back was in other hands: sizes are checked while unpacking, XML is read without entities or a DTD. Tracked
changes are read as if all were accepted.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from geppo.deliver._copy import Block, Copy, Head, Label, Stretch, uncited
from geppo.deliver._shown import visible
from geppo.deliver.docx import packed, properties
from geppo.errors import UsageError

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PART = "word/document.xml"
_LARGEST = 20_000_000
"""Bytes of the file, and of its text unpacked: a hundred times what an issue needs."""
_PARTS = 2_000
_STYLES = {"title": "Title", "heading": "Heading1", "note": "Small", "remark": "Remark"}
_GONE = frozenset((f"{{{_W}}}del", f"{{{_W}}}moveFrom", f"{{{_W}}}rPrChange", f"{{{_W}}}pPrChange"))
_BLANK = {f"{{{_W}}}tab": " ", f"{{{_W}}}br": "\n", f"{{{_W}}}cr": "\n", f"{{{_W}}}noBreakHyphen": "-"}
_UNREADABLE = {
    "commentReference": "a comment",
    "drawing": "a picture",
    "object": "an object",
    "footnoteReference": "a footnote",
    "endnoteReference": "an endnote",
    "sym": "a sign of a symbol font",
    "tbl": "a table",
}


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


# -- out -----------------------------------------------------------------------------------------------------------


def write_docx(copy: Copy, title: str, marking: str, moment: str) -> bytes:
    """The copy as a Word file. `moment` is the issue's as-of time, ISO 8601 in UTC."""
    root = etree.Element(_w("document"), nsmap={"w": _W})
    body = etree.SubElement(root, _w("body"))
    count = 0
    for number, block in enumerate(copy.blocks):
        paragraph = etree.SubElement(body, _w("p"))
        if style := _STYLES.get(block.style):
            etree.SubElement(etree.SubElement(paragraph, _w("pPr")), _w("pStyle"), {_w("val"): style})
        if not number:
            _mark(paragraph, "bookmarkStart", count, copy.head.name)
            _mark(paragraph, "bookmarkEnd", count)
        for place, one in enumerate(block.stretches):
            count += 1
            if place:
                _run(paragraph, " ")
            if one.label:
                _mark(paragraph, "bookmarkStart", count, one.label.name)
            _run(paragraph, one.text)
            if one.label:
                _mark(paragraph, "bookmarkEnd", count)
            for cite in one.cites:
                _run(paragraph, f"[{cite}]", "Citation")
    return packed(root, properties(title, marking, copy.head.language, moment), copy.head.language, {})


def _mark(parent: etree._Element, name: str, number: int, label: str = "") -> None:
    made = etree.SubElement(parent, _w(name), {_w("id"): str(number)})
    if label:
        made.set(_w("name"), label)


def _run(parent: etree._Element, text: str, style: str = "") -> None:
    run = etree.SubElement(parent, _w("r"))
    if style:
        etree.SubElement(etree.SubElement(run, _w("rPr")), _w("rStyle"), {_w("val"): style})
    node = etree.SubElement(run, _w("t"))
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    node.text = text


# -- in ------------------------------------------------------------------------------------------------------------


def read_docx(data: bytes, where: str) -> Copy:
    """Read a copy back. Raises UsageError where it is none of ours, too large, or no sound Word file."""
    root = _document(data, where)
    reader = _Reader(where)
    reader.walk(root)
    reader.close()
    if reader.head is None:
        raise UsageError(
            f"{where}: expected a copy that `geppo edit export` wrote; its title holds the issue's bookmark"
        )
    return Copy(head=reader.head, blocks=tuple(reader.blocks))


def _document(data: bytes, where: str) -> etree._Element:
    if len(data) > _LARGEST:
        raise UsageError(f"{where}: larger than {_LARGEST} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > _PARTS:
                raise UsageError(f"{where}: more than {_PARTS} parts; expected a Word file")
            with archive.open(_PART) as part:
                text = part.read(_LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise UsageError(
            f"{where}: expected a Word file (.docx) without a password ({type(error).__name__})"
        ) from error
    if len(text) > _LARGEST:
        raise UsageError(f"{where}: its text unpacks to more than {_LARGEST} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"{where}: its text is no sound XML ({error.msg})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UsageError(f"{where}: its text has a document type; a Word file has none")
    return root


@dataclass(slots=True)
class _Reader:
    """Walks the document in order; a bookmark may begin in one paragraph and end in another."""

    where: str
    head: Head | None = None
    blocks: list[Block] = field(default_factory=list)
    _open: dict[str, Label] = field(default_factory=dict)
    _runs: list[tuple[Label | None, str]] = field(default_factory=list)

    def walk(self, root: etree._Element) -> None:
        skipped = 0
        for event, node in etree.iterwalk(root, events=("start", "end")):
            tag: Any = node.tag
            if event == "end":
                skipped -= tag in _GONE
                if tag == _w("p") and not skipped:
                    self.close()
                continue
            skipped += tag in _GONE
            if not skipped and isinstance(tag, str):
                self._start(node, tag)

    def _start(self, node: etree._Element, tag: str) -> None:
        name = tag.removeprefix(f"{{{_W}}}")
        if name == "bookmarkStart":
            given, number = str(node.get(_w("name")) or ""), str(node.get(_w("id")) or "")
            self.head = self.head or Head.parse(given)
            if label := Label.parse(given):
                self._open[number] = label
                self._runs.append((label, ""))
        elif name == "bookmarkEnd":
            self._open.pop(str(node.get(_w("id")) or ""), None)
        elif name == "t" and not _is_citation(node):
            self._add(node.text or "")
        elif tag in _BLANK:
            self._add(_BLANK[tag])
        elif name in _UNREADABLE:
            raise UsageError(f"{self.where}: {_UNREADABLE[name]} cannot be taken; take it out, or make a remark of it")

    def _add(self, text: str) -> None:
        label = list(self._open.values())[-1] if self._open else None
        if self._runs and self._runs[-1][0] == label:
            self._runs[-1] = (label, self._runs[-1][1] + text)
        else:
            self._runs.append((label, text))

    def close(self) -> None:
        """End the paragraph."""
        stretches = []
        for label, text in self._runs:
            read = uncited("\n".join(visible(line) for line in text.split("\n")))
            if label is not None or read.strip():
                stretches.append(Stretch(label=label, text=read))
        if stretches:
            self.blocks.append(Block(stretches=tuple(stretches)))
        self._runs.clear()


def _is_citation(node: etree._Element) -> bool:
    run = node.getparent()
    style = run.find(f"{_w('rPr')}/{_w('rStyle')}") if run is not None else None
    return style is not None and style.get(_w("val")) == "Citation" and (node.text or "").strip()[:1] in ("[", "")
