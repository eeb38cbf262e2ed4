"""Lines, columns and tables of a page, and how pieces become lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geppo.read.text._glyphs import Piece

SAME_LINE = 0.45
"""Share of the type size by which base lines of one line may differ."""

WIDE = "\u2e80"
"""Characters from here up take two columns."""


@dataclass(slots=True)
class Line:
    """Pieces on one base line in one column."""

    pieces: list[Piece]

    @property
    def x0(self) -> float:
        """The left end."""
        return self.pieces[0].x0

    @property
    def x1(self) -> float:
        """The right end."""
        return max(piece.x1 for piece in self.pieces)

    @property
    def y(self) -> float:
        """The base line."""
        return max(self.pieces, key=lambda piece: piece.size).y

    @property
    def size(self) -> float:
        """The largest type size in it."""
        return max(piece.size for piece in self.pieces)

    @property
    def mono(self) -> bool:
        """True where all of it is set in type of one width."""
        return all(piece.mono for piece in self.pieces)

    @property
    def text(self) -> str:
        """The pieces with blanks between them."""
        return " ".join(piece.text for piece in self.pieces)


@dataclass(slots=True)
class Column:
    """Lines that are read from top to bottom."""

    lines: list[Line]


@dataclass(slots=True)
class Table:
    """Rows of cells; a cell is the lines in it. `starts` are the left ends of its pieces."""

    rows: list[list[list[str]]]
    starts: tuple[int, ...]
    x0: float
    x1: float
    top: float
    bottom: float


Block = Column | Table


def columns_wide(text: str) -> int:
    """The width of a text in columns; kana, kanji and hangul take two."""
    return sum(2 if char > WIDE else 1 for char in text)


def lines_of(pieces: Sequence[Piece]) -> list[Line]:
    """Pieces by base line, each line from left to right."""
    out: list[Line] = []
    for piece in sorted(pieces, key=lambda one: (-one.y, one.x0)):
        if out and abs(out[-1].pieces[0].y - piece.y) <= SAME_LINE * max(piece.size, out[-1].pieces[0].size):
            out[-1].pieces.append(piece)
        else:
            out.append(Line([piece]))
    for line in out:
        line.pieces.sort(key=lambda one: one.x0)
    return out


def table_of(rows: list[list[list[str]]], pieces: list[Piece]) -> Table:
    """A table of rows, its place told by its pieces."""
    return Table(
        rows=rows,
        starts=tuple(sorted({round(piece.x0) for piece in pieces})),
        x0=min(piece.x0 for piece in pieces),
        x1=max(piece.x1 for piece in pieces),
        top=max(piece.y for piece in pieces),
        bottom=min(piece.y for piece in pieces),
    )
