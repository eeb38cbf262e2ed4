"""The order in which the pieces of a page are read: columns, lines, tables.

Tables are found first, by their rules or by cells that stand under each other. Then a gutter is looked for that parts
running text on both sides; what crosses it divides the page into bands, and each band is read column by column.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from geppo.read.text._blocks import SAME_LINE, WIDE, Block, Column, Line, Table, columns_wide, lines_of, table_of
from geppo.read.text._glyphs import Piece, Sheet
from geppo.read.text._ruled import ruled_tables

_BIN = 2.0
_GUTTER = 0.7
_PROSE = 18
"""Columns (a kana or kanji takes two) of a line of running text, at least."""

_CENTRED = 5
"""Type sizes by which a centred line is further in than its column, and at most so far from its other half."""

_DEEPEST = 5
_TOLERANCE = 3.0


@dataclass(slots=True)
class _Area:
    """What is still to be put in order."""

    pieces: list[Piece]
    tables: list[Table] = field(default_factory=list)


def arranged(sheet: Sheet) -> list[Block]:
    """The blocks of a page in reading order."""
    area = _Area(pieces=list(sheet.pieces))
    for table, pieces in ruled_tables(area.pieces, sheet.across, sheet.down):
        area.tables.append(table)
        taken = set(map(id, pieces))
        area.pieces = [piece for piece in area.pieces if id(piece) not in taken]
    return list(_merged(_ordered(area, 0)))


def _merged(blocks: Iterator[Block]) -> Iterator[Block]:
    """Neighbouring columns of lines over the same width as one."""
    last: Column | None = None
    for block in blocks:
        if isinstance(block, Table):
            if last is not None:
                yield last
            last = None
            yield block
        elif last is not None and last.lines and block.lines and _stacked(last, block):
            last.lines += block.lines
        else:
            if last is not None:
                yield last
            last = block
    if last is not None:
        yield last


def _stacked(one: Column, other: Column) -> bool:
    return abs(one.lines[0].x0 - other.lines[0].x0) < _TOLERANCE and one.lines[-1].y > other.lines[0].y


def _ordered(area: _Area, depth: int) -> Iterator[Block]:
    gutter = _gutter(area.pieces) if depth < _DEEPEST else None
    if gutter is None:
        yield from _single(area)
        return
    left, right, across = _parted(area, gutter)
    for upper, lower in _bands(across):
        for side in (left, right):
            part = _Area(
                pieces=[piece for piece in side.pieces if lower < piece.y <= upper],
                tables=[table for table in side.tables if lower < table.top <= upper],
            )
            if part.pieces or part.tables:
                yield from _ordered(part, depth + 1)
        spanning = _Area(
            pieces=[piece for piece in across.pieces if piece.y == lower],
            tables=[t for t in across.tables if t.top == lower],
        )
        if spanning.pieces or spanning.tables:
            yield from _single(spanning)


def _parted(area: _Area, gutter: tuple[float, float]) -> tuple[_Area, _Area, _Area]:
    left, right, across = _Area([]), _Area([]), _Area([])
    middle = (gutter[0] + gutter[1]) / 2
    for piece in area.pieces:
        side = left if piece.x1 <= gutter[0] + _BIN else right if piece.x0 >= gutter[1] - _BIN else across
        side.pieces.append(piece)
    _lift_centred(left, right, across)
    for table in area.tables:
        side = left if table.x1 <= middle + _BIN else right if table.x0 >= middle - _BIN else across
        side.tables.append(table)
    return left, right, across


def _lift_centred(left: _Area, right: _Area, across: _Area) -> None:
    """Move lines that are set about the gutter, such as names under a title, to what crosses it."""
    if not left.pieces or not right.pieces:
        return
    edge = min(piece.x0 for piece in left.pieces)
    for line in lines_of(left.pieces):
        beside = [one for one in right.pieces if abs(one.y - line.y) < SAME_LINE * line.size]
        if (
            line.x0 - edge < _CENTRED * line.size
            or not beside
            or min(p.x0 for p in beside) - line.x1 > _CENTRED * line.size
        ):
            continue
        moved = {id(piece) for piece in (*line.pieces, *beside)}
        across.pieces += [*line.pieces, *beside]
        left.pieces = [piece for piece in left.pieces if id(piece) not in moved]
        right.pieces = [piece for piece in right.pieces if id(piece) not in moved]


def _bands(across: _Area) -> Iterator[tuple[float, float]]:
    """From the top of the page to the bottom, cut at everything that crosses the gutter."""
    cuts = sorted({piece.y for piece in across.pieces} | {table.top for table in across.tables}, reverse=True)
    upper = float("inf")
    for cut in [*cuts, float("-inf")]:
        yield upper, cut
        upper = cut


def _gutter(pieces: list[Piece]) -> tuple[float, float] | None:
    """The free strip between two columns of running text, or None."""
    if len(pieces) < 8:
        return None
    x0, x1 = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    bins = int((x1 - x0) / _BIN) + 1
    if not 20 < bins < 5_000:
        return None
    cover = [0] * (bins + 1)
    for piece in pieces:
        cover[int((piece.x0 - x0) / _BIN)] += 1
        cover[min(bins, int((piece.x1 - x0) / _BIN) + 1)] -= 1
    for place in range(1, bins + 1):
        cover[place] += cover[place - 1]
    for start, end in _strips(cover, bins):
        found = (x0 + start * _BIN, x0 + end * _BIN)
        if _parts_prose(pieces, found):
            return found
    return None


def _strips(cover: list[int], bins: int) -> list[tuple[int, int]]:
    """The emptiest strips inside, the emptiest and widest first; at most three are tried."""
    inner = range(bins * 15 // 100, bins * 85 // 100)
    found: list[tuple[int, int, int, int]] = []
    place = inner.start
    while place < inner.stop:
        end = place
        while end < inner.stop and cover[end] == cover[place]:
            end += 1
        if place == inner.start or cover[place] <= cover[place - 1]:
            found.append((cover[place], place - end, place, end))
        place = max(end, place + 1)
    return [(start, end) for _, _, start, end in sorted(found)[:3]]


def _parts_prose(pieces: list[Piece], gutter: tuple[float, float]) -> bool:
    left = [piece for piece in pieces if piece.x1 <= gutter[0] + _BIN]
    right = [piece for piece in pieces if piece.x0 >= gutter[1] - _BIN]
    size = median(piece.size for piece in pieces)
    if min(len(left), len(right)) < 3 or (len(left) + len(right)) * 2 < len(pieces):
        return False
    if min(p.x0 for p in right) - max(p.x1 for p in left) < size * _GUTTER:
        return False
    low = max(min(p.y for p in left), min(p.y for p in right))
    high = min(max(p.y for p in left), max(p.y for p in right))
    if high - low < size * 3:
        return False
    lines = sorted(piece.y for piece in left)
    level = sum(_has_near(lines, piece.y, size * 0.2) for piece in right) / len(right)
    prose = [_is_prose(left), _is_prose(right)]
    return all(prose) or (any(prose) and level < 0.6) or level < 0.25


def _has_near(values: list[float], value: float, within: float) -> bool:
    place = bisect_left(values, value - within)
    return place < len(values) and values[place] <= value + within


def _is_prose(pieces: list[Piece]) -> bool:
    """True for lines of several words each; for scripts without blanks, of several characters."""
    widths = [columns_wide(piece.text) for piece in pieces]
    words = [len(piece.text.split()) + sum(char > WIDE for char in piece.text) / 2 for piece in pieces]
    return median(widths) >= _PROSE and median(words) >= 3


def _single(area: _Area) -> Iterator[Block]:
    """One column: its lines from top to bottom, tables in their places."""
    lines = lines_of(area.pieces)
    blocks: list[tuple[float, Block]] = [(table.top, table) for table in area.tables]
    run: list[Line] = []
    cuts = sorted((table.top for table in area.tables), reverse=True)
    for kind, group in _grouped(lines):
        if kind:
            table = _table_of(group)
            blocks.append((table.top, table))
            continue
        run = []
        for line in group:
            if run and any(run[-1].y > cut >= line.y for cut in cuts):
                blocks.append((run[0].y, Column(run)))
                run = []
            run.append(line)
        blocks.append((run[0].y, Column(run)))
    for _, block in sorted(blocks, key=lambda pair: -pair[0]):
        yield block


def _grouped(lines: list[Line]) -> Iterator[tuple[bool, list[Line]]]:
    """Runs of lines, each with whether it is a table: cells stand under each other in at least two lines."""
    place = 0
    plain: list[Line] = []
    while place < len(lines):
        end = _table_end(lines, place) if len(lines[place].pieces) > 1 else place
        if end - place >= 2:
            if plain:
                yield False, plain
                plain = []
            yield True, lines[place:end]
            place = end
        else:
            plain.append(lines[place])
            place += 1
    if plain:
        yield False, plain


def _table_end(lines: list[Line], start: int) -> int:
    """The end of the table that begins at a line, or `start` where none does."""
    strips = _cells(lines[start])
    end = start + 1
    full = 1
    last_full = start
    while end < len(lines):
        line = lines[end]
        joined = _joined_strips(strips, line)
        far = lines[end - 1].y - line.y > 3.2 * line.size
        if far or joined is None or abs(line.size - lines[end - 1].size) > line.size * 0.25:
            break
        if len(line.pieces) > 1:
            full += 1
            last_full = end
        elif end - last_full > 3 or line.pieces[0].x0 <= strips[0][1]:
            break
        strips = joined
        end += 1
    if full < 2 or _all_prose(lines[start : last_full + 1]):
        return start
    while end < len(lines) and end - 1 > last_full and lines[end - 1].pieces[0].x0 <= strips[0][1]:
        end -= 1
    return end


def _all_prose(lines: list[Line]) -> bool:
    """True for two lines of words with wide blanks: justified text, not a table."""
    pieces = [piece for line in lines for piece in line.pieces]
    gaps = [b.x0 - a.x1 for line in lines for a, b in pairwise(line.pieces)]
    return bool(gaps) and median(gaps) < pieces[0].size * 1.2 and len(lines) < 3


def _cells(line: Line) -> list[tuple[float, float]]:
    return [(piece.x0, piece.x1) for piece in line.pieces]


def _joined_strips(strips: list[tuple[float, float]], line: Line) -> list[tuple[float, float]] | None:
    """The columns widened by a line, or None where the line joins two of them or stands outside."""
    out = list(strips)
    for piece in line.pieces:
        touched = [n for n, (a, b) in enumerate(out) if piece.x0 <= b + 1 and piece.x1 >= a - 1]
        if len(touched) != 1:
            return None
        a, b = out[touched[0]]
        out[touched[0]] = (min(a, piece.x0), max(b, piece.x1))
    overlap = any(one[1] > two[0] for one, two in pairwise(out))
    return None if overlap else out


def _table_of(lines: list[Line]) -> Table:
    """Rows of a table without rules: a line with fewer cells, close under another, continues it."""
    strips = _cells(lines[0])
    for line in lines:
        strips = _joined_strips(strips, line) or strips
    gaps = [one.y - two.y for one, two in pairwise(lines)]
    close = min(gaps, default=0.0) * 1.15
    uneven = bool(gaps) and max(gaps) > close
    rows: list[list[list[str]]] = []
    for number, line in enumerate(lines):
        cells: list[list[str]] = [[] for _ in strips]
        for piece in line.pieces:
            column = next((n for n, (a, b) in enumerate(strips) if piece.x0 <= b and piece.x1 >= a), 0)
            cells[column].append(piece.text)
        goes_on = bool(rows) and not cells[0] and (len(line.pieces) == 1 or (uneven and gaps[number - 1] <= close))
        goes_on = goes_on or (bool(rows) and uneven and gaps[number - 1] <= close and len(line.pieces) < len(strips))
        if goes_on:
            for column, texts in enumerate(cells):
                rows[-1][column] += texts
        else:
            rows.append(cells)
    return table_of(rows, [piece for line in lines for piece in line.pieces])
