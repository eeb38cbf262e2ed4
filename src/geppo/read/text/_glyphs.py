"""Pieces of text on a page of a PDF: characters that follow each other on one line, with their place.

Left out: characters that do not show, text that is set askew (stamps, watermarks) and what the file itself marks as
no content (ISO 32000-1, 14.8.2.2.1: artifacts such as running heads), as long as something else is left.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_INVISIBLE = 3
"""Text rendering mode 3 (ISO 32000-1, 9.3.6): neither filled nor stroked."""

_TINY = 2.0
"""Points; nobody reads smaller type."""

_GAP = 0.8
"""Share of the type size: a wider gap without a blank begins another piece (a cell, a column)."""

_WIDE_GAP = 2.0
"""The same behind a blank, which justified lines stretch."""

_RAISED = 0.8
"""Share of the size of the line: smaller type above its base is a note mark."""

_MONO = ("mono", "courier", "consol", "menlo", "cmtt", "typewriter", "code")
_NOTE_MARKS = frozenset("0123456789")
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 400
_RULE = 2.0
_SHORTEST_RULE = 20.0
_HYPHEN = 0x02
"""PDFium's code for a hyphen at the end of a line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text from `x0` to `x1` on the base line `y`, in points from the lower left corner."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    blank: bool = False
    """A blank is set before it in the file."""
    blanks: bool = False
    """Blanks are set inside it."""
    mono: bool = False
    """Set in type of one width, as code is."""

    @property
    def top(self) -> float:
        """The upper edge, about."""
        return self.y + self.size * 0.8


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn straight line, `along` from one end to the other, `at` its place on the other axis."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page: its pieces in the order of the file, and the rules drawn on it."""

    width: float
    height: float
    pieces: tuple[Piece, ...]
    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class _Look:
    """How a text object is set."""

    shown: bool
    size: float
    angle: int | None
    artifact: bool
    mono: bool


@dataclass(frozen=True, slots=True)
class _Glyph:
    x0: float
    x1: float
    y: float
    size: float
    char: str
    spaced: str
    """The blank before it: `set` in the file, `seen` by its distance, or empty."""
    mono: bool = False
    raised: bool = False
    """Drawn well above the base line, as note marks of the font itself are."""


def sheet(page: Any, textpage: Any, most: int) -> Sheet:
    """The pieces and rules of a page; with more than `most` pieces they become one column in the order of the file."""
    import pypdfium2

    reader = _Reader(pypdfium2.raw, textpage.raw)
    width, height = page.get_size()
    glyphs = reader.glyphs()
    pieces = _pieces(glyphs)
    if len(pieces) > most or _is_upright_script(pieces):
        return Sheet(width=width, height=height, pieces=_in_file_order(pieces, height))
    across, down = _rules(pypdfium2.raw, page.raw)
    return Sheet(width=width, height=height, pieces=tuple(pieces), across=across, down=down)


def _is_upright_script(pieces: list[Piece]) -> bool:
    """True for a page whose pieces are single characters: lines run from top to bottom."""
    single = sum(len(piece.text) == 1 and piece.text > "\u2e80" for piece in pieces)
    return single > 40 and single * 10 > len(pieces) * 7


def _in_file_order(pieces: list[Piece], height: float) -> tuple[Piece, ...]:
    """One line a piece; single characters that follow each other are one line."""
    lines: list[Piece] = []
    for piece in pieces:
        joined = bool(lines) and len(piece.text) == 1 and abs(lines[-1].x1 - piece.x1) < piece.size
        if joined:
            piece = Piece(piece.x0, piece.x1, piece.y, piece.size, lines.pop().text + piece.text)
        lines.append(piece)
    step = height * 0.7 / max(1, len(lines))
    return tuple(
        Piece(0, 400, height * 0.85 - number * step, min(10, step), line.text) for number, line in enumerate(lines)
    )


def count(textpage: Any) -> int:
    """Characters on the page, without reading them."""
    import pypdfium2

    return int(pypdfium2.raw.FPDFText_CountChars(textpage.raw))


class _Reader:
    def __init__(self, pdfium: Any, handle: Any) -> None:
        self._pdfium = pdfium
        self._handle = handle
        self._looks: dict[int, _Look] = {}

    def glyphs(self) -> list[_Glyph]:
        """The characters that count, turned upright where the page is set sideways."""
        found: list[tuple[_Look, _Glyph]] = []
        hidden: list[tuple[_Look, _Glyph]] = []
        spaced = ""
        high = 0
        for index in range(self._pdfium.FPDFText_CountChars(self._handle)):
            code = self._pdfium.FPDFText_GetUnicode(self._handle, index)
            thing = self._pdfium.FPDFText_GetTextObject(self._handle, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000 and high:
                code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
            high = 0
            if not thing or code in {0x20, 0xA0, 0x3000}:
                made = self._pdfium.FPDFText_IsGenerated(self._handle, index) != 0
                spaced = spaced or "seen" if made else "set"
                continue
            char = _character(code)
            if char:
                look = self._look(thing, index)
                (found if look.shown else hidden).append((look, self._glyph(index, char, look, spaced)))
                spaced = ""
        return _upright(found or hidden)

    def _glyph(self, index: int, char: str, look: _Look, spaced: str) -> _Glyph:
        rect = self._pdfium.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        self._pdfium.FPDFText_GetLooseCharBox(self._handle, index, rect)
        self._pdfium.FPDFText_GetCharOrigin(self._handle, index, x, y)
        if look.angle in {90, 270}:
            sign = 1 if look.angle == 90 else -1
            ends = sorted((rect.bottom * sign, rect.top * sign))
            return _Glyph(ends[0], ends[1], -x.value * sign, look.size, char, spaced, look.mono)
        if look.angle == 180:
            return _Glyph(-rect.right, -rect.left, -y.value, look.size, char, spaced, look.mono)
        raised = char in _NOTE_MARKS and self._bottom(index) - y.value > look.size * 0.2
        return _Glyph(rect.left, rect.right, y.value, look.size, char, spaced, look.mono, raised)

    def _bottom(self, index: int) -> float:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        self._pdfium.FPDFText_GetCharBox(self._handle, index, left, right, bottom, top)
        return bottom.value if top.value > bottom.value else float("-inf")

    def _look(self, thing: Any, index: int) -> _Look:
        key = ctypes.addressof(thing.contents)
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = self._looked_at(thing, index)
        return look

    def _looked_at(self, thing: Any, index: int) -> _Look:
        pdfium = self._pdfium
        matrix = pdfium.FS_MATRIX()
        size = pdfium.FPDFText_GetFontSize(self._handle, index)
        turn = 0.0
        if pdfium.FPDFText_GetMatrix(self._handle, index, matrix):
            size *= math.hypot(matrix.c, matrix.d) or 1.0
            turn = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        square = round(turn / 90) * 90
        return _Look(
            shown=pdfium.FPDFTextObj_GetTextRenderMode(thing) != _INVISIBLE and size >= _TINY,
            size=size,
            angle=square % 360 if abs(turn - square) < 3 else None,
            artifact=self._is_artifact(thing),
            mono=self._is_mono(thing),
        )

    def _is_mono(self, thing: Any) -> bool:
        """By the font's own flag (ISO 32000-1, table 123), else by its name."""
        font = self._pdfium.FPDFTextObj_GetFont(thing)
        if not font:
            return False
        if self._pdfium.FPDFFont_GetFlags(font) & 1:
            return True
        name = ctypes.create_string_buffer(80)
        self._pdfium.FPDFFont_GetBaseFontName(font, name, 80)
        low = name.value.decode("utf-8", "ignore").lower()
        return any(word in low for word in _MONO)

    def _is_artifact(self, thing: Any) -> bool:
        pdfium = self._pdfium
        for number in range(min(8, max(0, pdfium.FPDFPageObj_CountMarks(thing)))):
            buffer = ctypes.create_string_buffer(64)
            length = ctypes.c_ulong()
            mark = pdfium.FPDFPageObj_GetMark(thing, number)
            name = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
            if not mark or not pdfium.FPDFPageObjMark_GetName(mark, name, 64, length):
                continue
            if buffer.raw[: max(0, length.value - 2)].decode("utf-16-le", "ignore") == "Artifact":
                return True
        return False


def _character(code: int) -> str:
    """The text of a code; ligatures as letters, radicals as the kanji that fonts draw with them."""
    if code == _HYPHEN:
        return "-"
    if code in {0, 0xFFFE, 0xFFFF} or code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    char = chr(code)
    return unicodedata.normalize("NFKC", char) if 0xFB00 <= code <= 0xFB06 or 0x2E80 <= code <= 0x2FDF else char


def _upright(found: list[tuple[_Look, _Glyph]]) -> list[_Glyph]:
    """The characters in the page's main direction, with other upright directions; content before artifacts."""
    content = [pair for pair in found if not pair[0].artifact]
    found = content if len(content) * 4 >= len(found) else found
    directions = Counter(look.angle for look, _ in found)
    main = directions.most_common(1)[0][0] if directions else None
    return [glyph for look, glyph in found if look.angle == main]


def _pieces(glyphs: list[_Glyph]) -> list[Piece]:
    out: list[Piece] = []
    run: list[_Glyph] = []
    for glyph in glyphs:
        if run and not _follows(run, glyph):
            out.append(_piece(run))
            run = []
        run.append(glyph)
    if run:
        out.append(_piece(run))
    return [piece for piece in out if piece.text]


def _follows(run: list[_Glyph], glyph: _Glyph) -> bool:
    before = run[-1]
    size = max(before.size, glyph.size)
    rise = abs(glyph.y - before.y)
    small = min(before.size, glyph.size)
    if rise > size * 0.25 and not (small < size * _RAISED and rise < size * 0.6):
        return False
    gap = glyph.x0 - before.x1
    if glyph.x0 == before.x0:
        return True
    return -size * 0.6 < gap < size * (_WIDE_GAP if glyph.spaced == "set" else _GAP)


def _piece(run: list[_Glyph]) -> Piece:
    sizes = Counter(round(glyph.size, 1) for glyph in run)
    size = max(one for one, number in sizes.items() if number >= min(4, len(run) / 2) or number == max(sizes.values()))
    base = Counter(round(glyph.y, 1) for glyph in run if abs(glyph.size - size) < 0.1).most_common(1)[0][0]
    parts: list[str] = []
    raised = ""
    for place, glyph in enumerate(run):
        small = glyph.size < size * _RAISED and glyph.y > base + size * 0.15
        is_raised = glyph.raised or (small and (glyph.char in _NOTE_MARKS or glyph.char in ",*†‡"))
        if raised and not is_raised:
            parts.append(_note(raised, parts) + ("" if glyph.spaced or parts else " "))
            raised = ""
        if parts and _apart(run[place - 1], glyph):
            parts.append(" ")
        if is_raised:
            raised += glyph.char
        else:
            parts.append(glyph.char)
    if raised:
        parts.append(_note(raised, parts))
    return Piece(
        run[0].x0,
        max(glyph.x1 for glyph in run),
        base,
        size,
        "".join(parts).strip(),
        run[0].spaced == "set",
        any(one.spaced == "set" for one in run[1:]),
        sum(glyph.mono for glyph in run) * 10 > len(run) * 9,
    )


def _apart(before: _Glyph, glyph: _Glyph) -> bool:
    """True where a blank belongs: set, or seen and wider than the air that typesetters put around kana and kanji."""
    if glyph.spaced != "seen":
        return bool(glyph.spaced)
    airy = any("\u2e80" <= char < "\uac00" for char in (before.char, glyph.char))
    return not airy or glyph.x0 - before.x1 > glyph.size * 0.5


def _note(raised: str, parts: list[str]) -> str:
    """A raised number set off, so that it is not read as part of a value; a power stays one."""
    if "".join(parts[-3:]).lstrip(" (")[-2:] == "10" and raised.isdigit() and "".join(parts[-3:-2]) in {"", " ", "("}:
        return "^" + raised
    return f"[{raised}]"


def _rules(pdfium: Any, page: Any) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Straight lines across and down the page, also the edges of boxes."""
    across: list[Rule] = []
    down: list[Rule] = []
    for index in range(min(_MOST_OBJECTS, pdfium.FPDFPage_CountObjects(page))):
        thing = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        points = _points(pdfium, thing)
        for (x0, y0), (x1, y1) in pairwise(points):
            if abs(y1 - y0) < _RULE and abs(x1 - x0) >= _SHORTEST_RULE:
                across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif abs(x1 - x0) < _RULE and abs(y1 - y0) >= _RULE * 3:
                down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return tuple(across), tuple(down)


def _points(pdfium: Any, thing: Any) -> list[tuple[float, float]]:
    number = pdfium.FPDFPath_CountSegments(thing)
    matrix = pdfium.FS_MATRIX()
    if not 2 <= number <= _MOST_SEGMENTS or not pdfium.FPDFPageObj_GetMatrix(thing, matrix):
        return []
    found = []
    for index in range(number):
        x, y = ctypes.c_float(), ctypes.c_float()
        segment = pdfium.FPDFPath_GetPathSegment(thing, index)
        if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            found.append(
                (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
            )
    return found
