"""Tables of a page whose rows are parted by drawn rules."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from geppo.read.text._blocks import Line, Table, lines_of, table_of
from geppo.read.text._glyphs import Piece, Rule

_TOLERANCE = 3.0
_GAP = 0.7
_ADJOINING = 2.5
"""Type sizes from a table within which a line with cells in its columns belongs to it."""

_MOST_WIDTHS = 200


def ruled_tables(
    pieces: list[Piece], across: tuple[Rule, ...], down: tuple[Rule, ...]
) -> Iterator[tuple[Table, list[Piece]]]:
    """Tables whose rows are parted by rules of one width."""
    groups: dict[tuple[int, int], list[float]] = {}
    for rule in _whole_rules(across):
        key = next((k for k in groups if abs(k[0] - rule.start) <= 6 and abs(k[1] - rule.end) <= 6), None)
        groups.setdefault(key or (round(rule.start), round(rule.end)), []).append(rule.at)
        if len(groups) > _MOST_WIDTHS:
            return
    for (start, end), places in groups.items():
        levels = _distinct(places)
        inside = [p for p in pieces if start - _TOLERANCE <= p.x0 and p.x1 <= end + _TOLERANCE]
        for run in _runs(levels):
            yield from _ruled_table(inside, run, [rule for rule in down if start < rule.at < end])


def _whole_rules(rules: tuple[Rule, ...]) -> list[Rule]:
    """Rules that lie end to end, as the edges of cells do, as one."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda one: (-round(one.at / 2), one.start)):
        last = out[-1] if out else None
        if last is not None and abs(last.at - rule.at) <= 2 and rule.start <= last.end + _TOLERANCE:
            out[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            out.append(rule)
    return out


def _distinct(places: list[float]) -> list[float]:
    out: list[float] = []
    for place in sorted(places, reverse=True):
        if not out or out[-1] - place > _TOLERANCE:
            out.append(place)
    return out


def _runs(levels: list[float]) -> Iterator[list[float]]:
    """Rules that follow each other closely enough for one table."""
    run: list[float] = []
    for level in levels:
        if run and run[-1] - level > 250:
            yield run
            run = []
        run.append(level)
    yield run


def _ruled_table(inside: list[Piece], levels: list[float], down: list[Rule]) -> Iterator[tuple[Table, list[Piece]]]:
    if len(levels) < 3:
        return
    bands = [
        [piece for piece in inside if lower < piece.y + piece.size * 0.3 <= upper] for upper, lower in pairwise(levels)
    ]
    taken = [piece for band in bands for piece in band]
    walls = _walls(taken, [r for r in down if r.end > levels[-1] + 2 and r.start < levels[0] - 2])
    if not taken or not walls:
        return
    rows: list[list[list[str]]] = []
    for band in bands:
        lines = lines_of(band)
        full = [line for line in lines if len(line.pieces) > 1]
        parts = [[line] for line in lines] if len(bands) < 3 and len(full) > 2 else [lines]
        for part in parts:
            cells: list[list[str]] = [[] for _ in range(len(walls) + 1)]
            for piece in (piece for line in part for piece in line.pieces):
                cells[bisect_left(walls, (piece.x0 + min(piece.x1, piece.x0 + piece.size)) / 2)].append(piece.text)
            if any(cells):
                rows.append(cells)
    if len(rows) > 1:
        for line in _adjoining(inside, taken, walls):
            head = line.y > taken[0].y
            cells = [[] for _ in range(len(walls) + 1)]
            for piece in line.pieces:
                cells[bisect_left(walls, piece.x0)].append(piece.text)
            rows.insert(0 if head else len(rows), cells)
            taken = [*line.pieces, *taken] if head else [*taken, *line.pieces]
        yield table_of(rows, taken), taken


def _adjoining(inside: list[Piece], taken: list[Piece], walls: list[float]) -> list[Line]:
    """The line right above and the one right below, where their cells stand in the columns: rows without a rule."""
    top, bottom = max(piece.y for piece in taken), min(piece.y for piece in taken)
    found = []
    for piece in (p for p in inside if p.y > top or p.y < bottom):
        far = piece.y - top if piece.y > top else bottom - piece.y
        if far <= _ADJOINING * piece.size:
            found.append(piece)
    lines = [line for line in lines_of(found) if len(line.pieces) > 1]
    return [line for line in lines if not any(p.x0 < wall < p.x1 for p in line.pieces for wall in walls)]


def _walls(pieces: list[Piece], down: list[Rule]) -> list[float]:
    """Where columns are parted: at rules inside, else where no cell stands."""
    if not pieces:
        return []
    x0, x1 = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    ruled = sorted(_distinct([rule.at for rule in down if x0 < rule.at < x1]))
    if ruled:
        return ruled
    edge = x0
    found = []
    for piece in sorted(pieces, key=lambda one: one.x0):
        if piece.x0 - edge > piece.size * _GAP:
            found.append((piece.x0 + edge) / 2)
        edge = max(edge, piece.x1)
    return found
