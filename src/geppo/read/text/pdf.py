"""PDF: the text of each page in reading order as PDFium gives it.

Left out: characters that do not show (invisible or tiny ones where the page shows other text) and lines that repeat on
most pages (running heads). Lines broken by the layout are joined to paragraphs again.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from itertools import pairwise
from typing import Any

import re2

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text._page import Page
from geppo.read.text.markdown import addresses

RANK = 10
_INVISIBLE = 3
"""Text rendering mode 3 (ISO 32000-1, 9.3.6): neither filled nor stroked."""

_TINY = 2.0
"""Points; nobody reads smaller type."""

_CREATED = re2.compile(r"D:(\d{4})(\d{2})(\d{2})")
_WIDE = "\u2e80"
_BULLETS = "•■●・◆‣◦▪○–"
_ENDS = tuple(".!?。！？:：…”」』)）】")


def can_read(data: bytes, name: str) -> bool:
    """The mark `%PDF-` within the first kilobyte (ISO 32000-1, annex H)."""
    del name
    return b"%PDF-" in data[:1024]


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError: "unreadable" for a broken or locked file, "too-large" for too many pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(fetched.data)
    except pypdfium2.PdfiumError as error:
        raise InputError(
            "unreadable", f"{fetched.name}: not readable as PDF ({error}). A locked PDF must be unlocked first."
        ) from error
    try:
        most = settings.integer("collect.max_pages")
        if len(document) > most:
            raise InputError("too-large", f"{fetched.name}: {len(document)} pages, at most {most} are read.")
        pages = _pages(document, settings.integer("collect.max_text"), fetched.name)
        fields = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    text = "\n\n".join(_paragraphs(lines) for lines in _without_running_heads(pages))
    if not text.strip():
        raise InputError("empty", f"{fetched.name}: the PDF holds no text (a scan?); expected one with text in it.")
    created = _CREATED.match(fields.get("CreationDate", ""))
    return Page(
        text=text,
        media_type="application/pdf",
        title=fields.get("Title", ""),
        publisher=fields.get("Author", ""),
        published="-".join(created.groups()) if created else "",
        links=addresses(text),
    )


def _pages(document: Any, most: int, name: str) -> list[list[str]]:
    pages: list[list[str]] = []
    length = 0
    for page in document:
        textpage = page.get_textpage()
        try:
            text = _visible(textpage)
        finally:
            textpage.close()
            page.close()
        length += len(text)
        if length > most:
            raise InputError("too-large", f"{name}: more than {most} characters of text.")
        pages.append([line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")])
    return pages


def _visible(textpage: Any) -> str:
    """The characters that show; on a page without any (a scan with a text layer) all of them."""
    import pypdfium2

    pdfium = pypdfium2.raw
    handle = textpage.raw
    shown: list[str] = []
    hidden: list[str] = []
    modes: dict[int, int] = {}
    for index in range(pdfium.FPDFText_CountChars(handle)):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        if code in {0xFFFE, 0xFFFF, 0}:
            continue
        char = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        generated = pdfium.FPDFText_IsGenerated(handle, index) == 1
        if generated or _shows(pdfium, handle, index, modes):
            shown.append(char)
        else:
            hidden.append(char)
    text = "".join(shown)
    return text if text.strip() or not hidden else "".join(hidden)


def _shows(pdfium: Any, handle: Any, index: int, modes: dict[int, int]) -> bool:
    thing = pdfium.FPDFText_GetTextObject(handle, index)
    if not thing:
        return True
    key = ctypes.cast(thing, ctypes.c_void_p).value or 0
    if key not in modes:
        modes[key] = pdfium.FPDFTextObj_GetTextRenderMode(thing)
    if modes[key] == _INVISIBLE:
        return False
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetCharBox(handle, index, left, right, bottom, top):
        return True
    return pdfium.FPDFText_GetFontSize(handle, index) >= _TINY or top.value - bottom.value >= _TINY / 2


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Drop lines that stand among the first or last two of most pages; their page number may differ."""
    if len(pages) < 3:
        return pages
    edges = Counter(key for lines in pages for key in {_key(line) for line in _edge_lines(lines)})
    repeated = {key for key, count in edges.items() if key and count * 2 > len(pages)}
    return [[line for line in lines if not (_key(line) in repeated and line in _edge_lines(lines))] for lines in pages]


def _edge_lines(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line]
    return filled[:2] + filled[-2:]


def _key(line: str) -> str:
    return "".join("0" if char.isdigit() else char for char in line.lower() if not char.isspace())


def _paragraphs(lines: list[str]) -> str:
    """Join a line to the one before where the layout, not the writer, broke it."""
    longest = max((_width(line) for line in lines), default=0)
    out: list[str] = []
    for before, line in pairwise(["", *lines]):
        if before and line and _broken(before, line, longest):
            glue = "" if out[-1][-1] > _WIDE and line[0] > _WIDE else " "
            out[-1] = out[-1] + glue + line
        else:
            out.append(line)
    return "\n\n".join(_with_mark(line) for line in out if line)


def _with_mark(line: str) -> str:
    """Bullets of any shape as a hyphen."""
    return "- " + line[1:].lstrip() if line[0] in _BULLETS and len(line) > 2 else line


def _width(line: str) -> int:
    """Columns; kana, kanji and hangul take two."""
    return sum(2 if char > _WIDE else 1 for char in line)


def _broken(before: str, line: str, longest: int) -> bool:
    if before.endswith(_ENDS) or line[0] in _BULLETS + "-*#|" or line[:2].rstrip(".)").isdigit():
        return False
    head = line[0] if line[0] > _WIDE else line.partition(" ")[0]
    return line[0].islower() or _width(before) + _width(head) > longest * 0.85
