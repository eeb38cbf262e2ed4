"""Lines of pages to paragraphs: what the layout broke is joined, what repeats on pages is left out.

A word that was parted at the end of a line is joined; a hyphen stays where it belongs to the word: behind capitals and
digits (CVE-2025-, APT-C-), in addresses and hashes, behind prefixes, and where the document writes it so elsewhere.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from statistics import median
from typing import Any

from geppo import linear
from geppo.read.text._blocks import Block, Column, Line, Table, columns_wide
from geppo.read.text._glyphs import Piece, Sheet
from geppo.read.text._layout import arranged
from geppo.read.text._words import words

_ZONE = 0.12
"""Share of a page's height, above and below, in which running heads stand."""

_OUTER = 0.07
"""The same for small type that stands on one page only."""

_FEW_PAGES = 4
_MOST_PAGES = 0.5
_SMALLER = 0.92
_LARGER = 1.12
_LONGEST_HEADING = 160
_MEASURE = 0.75
"""Share of the usual width that a line of a paragraph has at least, where it is not the last."""

_LEADING = 1.28
_COLUMN = 0.6
"""Width of a column of such type, in shares of its size."""

_NEAR = 6
_FEW_LINES = 16
"""Lines of hangul from which the lack of any blank at their ends means that the file never sets one there."""

_SHORT_LINE = 0.72
_WIDE = "\u2e80"
_HANGUL = ("\uac00", "\ud7a4")
_ENDS = tuple(".!?。！？:：…”」』)）】")
_HEX = linear.compile(r"[0-9A-Fa-f]+")
_HASHES = frozenset({32, 40, 56, 64, 96, 128})
_WORD_END = linear.compile(r"[\p{L}\p{M}]+-?$")
_WORD_START = linear.compile(r"^[\p{Ll}\p{M}]+")
_NOTES = linear.compile(r"(?:\[\d{1,3}\])+[.,;:)]*$")
_NUMBERED = linear.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)．] ?|[（(]\d{1,2}[)）] ?|[①-⑳]|\[\d{1,3}\] )")
_LEADERS = linear.compile(r"(?:[.…·‥] ?){5,}\s*(?:\d{1,4}|[ivxlc]{1,6})\s*$")
_PAGE = linear.compile(
    r"(?i)^[-–—\s]*(?:(?:page|p\.?|стр\.?|страница|第) ?)?(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?: ?(?:of|/|из|의|／) ?\d{1,4})?(?: ?(?:頁|页|ページ|쪽|页码))?[-–—\s]*$"
)


@cache
def data() -> dict[str, Any]:
    """The table of `pdf.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("pdf.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Words as the document writes them inside its lines; `blanks` says that it sets blanks at the ends of lines.

    `mono` says that most of it is set in type of one width, so that such type marks no code.
    """

    words: Counter[str]
    blanks: bool
    mono: bool = False


@dataclass(slots=True)
class Paragraph:
    """Joined lines. `full` says that the last line ended at the margin, so that the text may go on elsewhere."""

    text: str
    size: float
    full: bool = False
    rows: bool = False
    blank: bool = False


def text_of(sheets: list[Sheet], title: str) -> str:
    """The text of a document; a first heading that repeats the title is left out."""
    sheets = without_heads(sheets)
    body = body_size(sheets)
    known = _known(sheets)
    out: list[Paragraph] = []
    blocks = [_without_contents(block) for block in _across_pages([arranged(sheet) for sheet in sheets])]
    measures = _measures(blocks)
    for block in blocks:
        _add(out, list(_paragraphs(block, known, measures)), body, known)
    levels = _levels(out, body)
    lines = [_marked(one, levels) for one in out]
    if len(lines) > 1 and lines[0].lstrip("# ") == title:
        lines = lines[1:]
    return "\n\n".join(line for line in lines if line)


def _without_contents(block: Block) -> Block:
    """A block without lines of a table of contents: words, leaders, a page number."""
    if isinstance(block, Table):
        block.rows = [row for row in block.rows if not _LEADERS.search(" ".join(" ".join(cell) for cell in row))]
        return block
    if not any(_LEADERS.search(line.text) for line in block.lines):
        return block
    lines = [line for line in block.lines if not _LEADERS.search(line.text)]
    return Column([line for line in lines if line.text.strip().lower() not in words("contents")])


def _measures(blocks: list[Block]) -> dict[int, float]:
    """How wide the lines of each type size are set, mostly."""
    widths: dict[int, list[float]] = {}
    for block in blocks:
        for line in block.lines if isinstance(block, Column) else ():
            widths.setdefault(round(line.size), []).append(line.x1 - line.x0)
    return {size: sorted(found)[len(found) * 9 // 10] for size, found in widths.items()}


def _across_pages(pages: list[list[Block]]) -> list[Block]:
    """The blocks of all pages; a table that a page breaks is one again, its repeated head left out."""
    out: list[Block] = []
    for blocks in pages:
        last = out[-1] if out else None
        first = blocks[0] if blocks else None
        if isinstance(last, Table) and isinstance(first, Table) and _one_table(last, first):
            last.rows += first.rows[1:] if first.rows[0] == last.rows[0] else first.rows
            blocks = blocks[1:]
        elif isinstance(last, Column) and isinstance(first, Table) and last.lines:
            line = last.lines[-1]
            starts = [min(abs(piece.x0 - x) for x in first.starts) < line.size for piece in line.pieces]
            if len(starts) > 1 and all(starts):
                first.rows.insert(0, [[piece.text] for piece in line.pieces])
                last.lines.pop()
        out += blocks
    return [block for block in out if not isinstance(block, Column) or block.lines]


def _one_table(one: Table, other: Table) -> bool:
    same = abs(one.x0 - other.x0) < 3 and len(one.rows[0]) == len(other.rows[0])
    return same and (abs(one.x1 - other.x1) < 40 or one.starts[:2] == other.starts[:2])


def body_size(sheets: Iterable[Sheet]) -> float:
    """The type size of most characters."""
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for piece in sheet.pieces:
            sizes[round(piece.size, 1)] += len(piece.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def largest(sheet: Sheet) -> str:
    """The lines in the largest type of a page, joined: its title; "" where the type is the body's."""
    size = max((piece.size for piece in sheet.pieces), default=0.0)
    title = " ".join(piece.text for piece in sheet.pieces if piece.size > size * 0.97)
    return title if size > body_size([sheet]) * _LARGER and _short(title) else ""


def without_heads(sheets: list[Sheet]) -> list[Sheet]:
    """Pages without running heads, page numbers and stamps: what stands in one place on most pages."""
    places: Counter[tuple[str, int]] = Counter()
    for sheet in sheets:
        places.update({_place(piece, sheet) for piece in sheet.pieces})
    often = max(2, len(sheets) * 0.4)
    repeated = {place for place, number in places.items() if number >= often}
    slots = _head_slots(sheets)
    body = body_size(sheets)
    seen: set[tuple[str, int]] = set()
    out = []
    for sheet in sheets:
        kept = []
        for piece in sheet.pieces:
            place = _place(piece, sheet)
            head = _is_head(piece, sheet, repeated, body) or _slot(piece.y, sheet) in slots
            stamp = place in repeated and (piece.size > body * 2 or place in seen)
            if not head and not (stamp and len(sheets) > 2):
                kept.append(piece)
            seen.add(place)
        out.append(replace(sheet, pieces=tuple(kept)) if len(kept) < len(sheet.pieces) else sheet)
    return out


def _head_slots(sheets: list[Sheet]) -> set[int]:
    """Heights at which most pages have a line set apart above or below all others, whatever it says."""
    if len(sheets) < _FEW_PAGES:
        return set()
    found: Counter[int] = Counter()
    for sheet in sheets:
        levels = sorted({round(piece.y) for piece in sheet.pieces}, reverse=True)
        gaps = [one - two for one, two in pairwise(levels) if one - two > 3]
        if len(gaps) < 4:
            continue
        far = 1.5 * median(gaps)
        ends = [(levels[0], levels[0] - levels[1]), (levels[-1], levels[-2] - levels[-1])]
        near = (y for y, gap in ends if gap > far and min(y, sheet.height - y) < _ZONE * sheet.height)
        found.update({_slot(y, sheet) for y in near})
    return {slot for slot, number in found.items() if number >= len(sheets) * _MOST_PAGES}


def _slot(y: float, sheet: Sheet) -> int:
    """The height in steps of four points, from the nearer edge of the page."""
    return round(round(y) / 4) if y < sheet.height / 2 else round((round(y) - sheet.height) / 4)


def _place(piece: Piece, sheet: Sheet) -> tuple[str, int]:
    """The words, digits made alike, and the height in steps of four points."""
    key = "".join("0" if char.isdigit() else char for char in piece.text.lower() if not char.isspace())
    while "00" in key:
        key = key.replace("00", "0")
    return key, _slot(piece.y, sheet)


def _is_head(piece: Piece, sheet: Sheet, repeated: set[tuple[str, int]], body: float) -> bool:
    below, above = piece.y / sheet.height, 1 - piece.y / sheet.height
    edge = min(below, above)
    if edge > _ZONE:
        return False
    if _place(piece, sheet) in repeated:
        return True
    outermost = piece.y in {min(p.y for p in sheet.pieces), max(p.y for p in sheet.pieces)}
    if outermost and _PAGE.match(piece.text):
        return True
    return edge < _OUTER and piece.size < body * _SMALLER


def _known(sheets: list[Sheet]) -> _Known:
    seen: Counter[str] = Counter()
    begun: Counter[bool] = Counter()
    inside = False
    for piece in (piece for sheet in sheets for piece in sheet.pieces):
        seen.update(word.strip(".,;:!?()[]“”\"'«»").lower() for word in piece.text.split()[:-1])
        if _HANGUL[0] <= piece.text[0] < _HANGUL[1]:
            begun[piece.blank] += 1
            inside = inside or piece.blanks
    blanks = begun[True] > 0 or (inside and begun[False] < _FEW_LINES)
    length = [0, 0]
    for sheet in sheets:
        for piece in sheet.pieces:
            length[piece.mono] += len(piece.text)
    return _Known(words=seen, blanks=blanks, mono=length[True] * 3 > sum(length) * 2)


def _paragraphs(block: Block, known: _Known, measures: dict[int, float]) -> Iterator[Paragraph]:
    if isinstance(block, Table):
        if not block.rows:
            return
        rows = [" | ".join(_cell(cell, known) for cell in _trimmed(row)) for row in block.rows]
        yield Paragraph(text="\n".join(rows), size=0.0, rows=True)
        return
    lines = block.lines
    pitch = _pitch(block)
    run: list[Line] = []
    code: list[Line] = []
    edge = 0.0
    for number, line in enumerate(lines):
        if line.mono and not known.mono:
            if run:
                yield _joined_lines(run, edge, known)
            run = []
            code.append(line)
            continue
        if code:
            yield _code(code)
            code = []
        before, edge = edge, _edge(lines, number)
        if run and _ends_paragraph(run, line, max(before, run[-1].x0 + measures[round(line.size)] * _MEASURE), pitch):
            yield _joined_lines(run, before, known)
            run = []
        run.append(line)
    if run:
        yield _joined_lines(run, edge, known)
    if code:
        yield _code(code)


def _code(lines: list[Line]) -> Paragraph:
    """Lines in type of one width, each for itself, set in as they stand."""
    left = min(line.x0 for line in lines)
    texts = [" " * round((line.x0 - left) / (line.size * _COLUMN)) + line.text for line in lines]
    return Paragraph(text="\n".join(texts), size=0.0, rows=True)


def _edge(lines: list[Line], number: int) -> float:
    """The right margin at a line: how far its neighbours of the same kind go."""
    line = lines[number]
    near = [
        one.x1
        for one in lines[max(0, number - _NEAR) : number + _NEAR + 1]
        if abs(one.size - line.size) < 0.08 * line.size and abs(one.x0 - line.x0) <= 3 * line.size
    ]
    return max(near, default=line.x1)


def _trimmed(row: list[list[str]]) -> list[list[str]]:
    while row and not row[0]:
        row = row[1:]
    while row and not row[-1]:
        row = row[:-1]
    return row


def _cell(lines: list[str], known: _Known) -> str:
    text = ""
    for line in lines:
        text = glued(text, line, known) if text else line
    return text or "–"


def _pitch(block: Column) -> float:
    """The usual distance of lines of one size, in shares of that size."""
    lines = block.lines
    steps = [(a.y - b.y) / b.size for a, b in pairwise(lines) if abs(a.size - b.size) < 0.3 and a.y > b.y]
    return min(median(steps), 2.2) if steps else 1.3


def _ends_paragraph(run: list[Line], line: Line, right: float, pitch: float) -> bool:
    before = run[-1]
    size = line.size
    left = min(before.x0, line.x0)
    if before.y <= line.y or abs(before.size - size) > 0.08 * size:
        return True
    if (before.y - line.y) / size > pitch * _LEADING:
        return True
    text = line.text
    if text[0] in data()["bullets"] or _NUMBERED.match(text):
        return True
    item = run[0].text[0] in data()["bullets"] or _NUMBERED.match(run[0].text) is not None
    if item and line.x0 < run[0].x0 + size * 0.2 and line.x0 < before.x0 - size * 0.5:
        return True
    if not item and size * 0.8 < line.x0 - before.x0 < size * 4 and before.x1 > line.x0:
        return True
    if before.x1 < left + (right - left) * _SHORT_LINE and right - left > size * 12:
        return not text[0].islower() or before.text.endswith(_ENDS)
    short = before.x1 < right - size * (2.2 if before.text[-1] > _WIDE else 4)
    return short and before.text.endswith(_ENDS)


def _joined_lines(run: list[Line], right: float, known: _Known) -> Paragraph:
    text = run[0].text
    for line in run[1:]:
        text = glued(text, line.text, known, blank=line.pieces[0].blank)
    last = run[-1]
    full = last.x1 > right - last.size * 3
    return Paragraph(text=text, size=last.size, full=full, blank=run[0].pieces[0].blank)


def glued(text: str, line: str, known: _Known, *, blank: bool = False) -> str:
    """A line joined to the text before it: without a blank, without the hyphen, or with a blank.

    `blank` says that the file sets one there.
    """
    last, first = text.rpartition(" ")[2], line.partition(" ")[0]
    if not last or not first:
        return text + " " + line
    if last.endswith("-") and len(last) > 1:
        return text[:-1] + line if _is_parted(last, first, known) else text + line
    if last.endswith("\u00ad"):
        return text[:-1] + line
    if _hash_goes_on(last, first) or _address_goes_on(last, first):
        return text + line
    ends = (last[-1], first[0])
    if known.blanks and any(_HANGUL[0] <= char < _HANGUL[1] for char in ends):
        return text + (" " if blank else "") + line
    if min(ends) > _WIDE and not all(_HANGUL[0] <= char < _HANGUL[1] for char in ends):
        return text + line
    return text + ("" if _wide_beside(*ends) else " ") + line


def _wide_beside(one: str, other: str) -> bool:
    """True between a kana or kanji and anything that is no word: marks and digits stand close."""
    wide = [char for char in (one, other) if "\u2e80" <= char < "\uac00"]
    return len(wide) == 1


def _hash_goes_on(last: str, first: str) -> bool:
    tail = first.rstrip(".,;)")
    one, two = _HEX.fullmatch(last), _HEX.fullmatch(tail)
    return one is not None and two is not None and len(last) + len(tail) in _HASHES and len(last) >= 8


def _address_goes_on(last: str, first: str) -> bool:
    """True where an address was broken behind one of its marks, or before one."""
    begun = any(mark in last for mark in ("://", "[.]", "[:]", "www.", ":\\", "hxxp"))
    if not begun or last[-1] in ",;)]>":
        return False
    return (
        last[-1] in "/\\=&?_%#+"
        or (last[-1] == "." and first[0].isalnum() and first[0].islower())
        or first[0] in "/?&=_%#"
    )


def _is_parted(last: str, first: str, known: _Known) -> bool:
    """True where the hyphen at the end of a line only parts a word."""
    stem = last[:-1]
    end, start = _WORD_END.search(last), _WORD_START.match(first)
    tail = _NOTES.sub("", first).rstrip(".,;:)!?”’")
    if any(mark in last + tail for mark in ("[", "/", "@", "\\", ".")):
        return False
    if _HEX.fullmatch(stem) and _HEX.fullmatch(tail) and len(stem) + len(tail) in _HASHES:
        return True
    if (
        end is None
        or start is None
        or len(end.group()) != len(last.lstrip("(“\"'«["))
        or any(char.isdigit() for char in stem)
    ):
        return False
    whole, parts = (stem + start.group()).lower().lstrip("(“\"'«["), (last + start.group()).lower().lstrip("(“\"'«[")
    if known.words[parts] != known.words[whole]:
        return known.words[whole] > known.words[parts]
    word = stem.lower().lstrip("(“\"'«[")
    return word not in data()["prefixes"] and start.group() not in data()["second_parts"] and not stem.isupper()


def _add(out: list[Paragraph], new: list[Paragraph], body: float, known: _Known) -> None:
    """Append the paragraphs of a column; the first may go on with one that a column or page broke, past footnotes."""
    if new and not new[0].rows:
        first = new[0]
        for place in range(len(out) - 1, max(-1, len(out) - 6), -1):
            last = out[place]
            if last.rows or last.size < body * _SMALLER:
                continue
            if _goes_on(last, first):
                out[place] = Paragraph(
                    text=glued(last.text, first.text, known, blank=first.blank), size=last.size, full=first.full
                )
                new = new[1:]
            break
    out += new


def _goes_on(last: Paragraph, first: Paragraph) -> bool:
    if abs(last.size - first.size) > 0.08 * last.size or not last.full or not last.text or not first.text:
        return False
    if last.text.endswith(_ENDS) or first.text[0] in data()["bullets"] or _NUMBERED.match(first.text):
        return False
    return last.text.endswith("-") or first.text[0].islower() or (last.text[-1] > _WIDE and first.text[0] > _WIDE)


def _levels(paragraphs: list[Paragraph], body: float) -> dict[float, int]:
    """The heading level of each type size that is larger than the body's."""
    sizes = sorted({round(p.size, 1) for p in paragraphs if p.size > body * _LARGER and _short(p.text)}, reverse=True)
    return {size: min(4, number) for number, size in enumerate(sizes, start=1)}


def _short(text: str) -> bool:
    return columns_wide(text) <= _LONGEST_HEADING


def _marked(paragraph: Paragraph, levels: dict[float, int]) -> str:
    text = paragraph.text
    if paragraph.rows or not text:
        return text
    level = levels.get(round(paragraph.size, 1))
    if level is not None and _short(text):
        return "#" * level + " " + text
    return "- " + text[1:].lstrip() if text[0] in data()["bullets"] and len(text) > 2 else text
