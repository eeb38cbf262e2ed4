"""Who targets whom: rows act, columns are acted on, the number of claims stands in the cell."""

from __future__ import annotations

from geppo.deliver._charts.ink import Lines, height, label, paint
from geppo.deliver._charts.measure import wrap
from geppo.deliver._shown import shown
from geppo.deliver._words import Words
from geppo.model.edition import Cell, Figure, Matrix

_SIZE = 12.0
_ROW_SHARE = 0.27
_ROW_SHARE_NARROW = 0.36
_NARROW_BELOW = 480.0
"""Pictures narrower than this set the heads of the columns upright."""
_TALLEST_HEAD = 104.0
_WIDEST_CELL = 110.0
_LEAST_ROW = 34.0
_MOST_LINES = 3
_TINTS = 4
_UNDER = 14.0


def _tint(value: int, most: int) -> int:
    """1 to 4: in which quarter of the largest value this one lies."""
    return min(_TINTS, 1 + (_TINTS * (value - 1)) // max(1, most)) if value > 0 else 0


def _title(cell: Cell, matrix: Matrix, words: Words) -> str:
    text = words.ui("cell", row=matrix.rows[cell.row], column=matrix.columns[cell.column], value=cell.value)
    return shown(f"{text} ({cell.partners})" if cell.partners else text)


def _heads(matrix: Matrix, left: float, across: float, upright: bool) -> tuple[list[Lines], float]:
    """Heads of the columns, and where the cells begin. Upright heads are set as if the page lay on its side."""
    if upright:
        most = max(1, int((across - 4) / (_SIZE * 1.35)))
        texts = [wrap(shown(name), _SIZE, _TALLEST_HEAD, min(most, _MOST_LINES)) for name in matrix.columns]
        top = max((text.width(_SIZE) for text in texts), default=0.0) + 10
        middles = [left + across * (place + 0.5) - height(text.lines, _SIZE) / 2 for place, text in enumerate(texts)]
        return [label(text, 6 - top, middle, _SIZE) for text, middle in zip(texts, middles, strict=True)], top
    texts = [wrap(shown(name), _SIZE, across - 6, _MOST_LINES) for name in matrix.columns]
    top = max((height(text.lines, _SIZE) for text in texts), default=0.0) + 8
    tops = [top - 6 - height(text.lines, _SIZE) for text in texts]
    centres = [left + across * (place + 0.5) for place in range(len(texts))]
    return [label(t, x, y, _SIZE, "middle") for t, x, y in zip(texts, centres, tops, strict=True)], top


def _rows(matrix: Matrix, left: float, top: float, upright: bool) -> tuple[list[Lines], list[float]]:
    """Names of the rows, and the upper edges of the rows with the lower edge of the last one."""
    names: list[Lines] = []
    tops: list[float] = [top]
    for name in matrix.rows:
        text = wrap(shown(name), _SIZE, left - 12, _MOST_LINES + upright)
        tall = max(_LEAST_ROW, height(text.lines, _SIZE) + 8)
        names.append(label(text, left - 8, tops[-1] + (tall - height(text.lines, _SIZE)) / 2, _SIZE, "end"))
        tops.append(tops[-1] + tall)
    return names, tops


def _cells(matrix: Matrix, left: float, across: float, tops: list[float], words: Words) -> list[dict[str, object]]:
    """Places of the cells; outlined ones come last, so that no neighbour covers their outline."""
    most = max((cell.value for cell in matrix.cells), default=0)
    return [
        {
            "x": left + across * cell.column,
            "y": tops[cell.row],
            "w": across,
            "h": tops[cell.row + 1] - tops[cell.row],
            "value": cell.value,
            "tint": _tint(cell.value, most),
            "partners": bool(cell.partners),
            "title": _title(cell, matrix, words),
        }
        for cell in sorted(matrix.cells, key=lambda cell: (bool(cell.partners), cell.row, cell.column))
    ]


def _legend(matrix: Matrix, words: Words, width: float, top: float) -> tuple[list[Lines], float]:
    """What the outline means, if there is one, and the lower edge of the picture."""
    named = sorted({shown(cell.partners) for cell in matrix.cells if cell.partners})
    if not named:
        return [], top + 2
    text = wrap(words.ui("partners") + words.mark("colon") + " / ".join(named), _SIZE - 1, width - 26, _MOST_LINES)
    return [label(text, 22, top + _UNDER, _SIZE - 1)], top + _UNDER + height(text.lines, _SIZE - 1) + 2


def draw_matrix(figure: Figure, matrix: Matrix, words: Words, width: float, key: str) -> str:
    """The matrix as SVG. Pairs that are partners are outlined and carry a mark, explained under the picture."""
    upright = width < _NARROW_BELOW
    left = width * (_ROW_SHARE_NARROW if upright else _ROW_SHARE)
    across = min(_WIDEST_CELL, (width - left) / max(1, len(matrix.columns)))
    columns, top = _heads(matrix, left, across, upright)
    rows, tops = _rows(matrix, left, top, upright)
    notes, bottom = _legend(matrix, words, width, tops[-1])
    return paint(
        "matrix.svg.j2",
        key=key,
        title=shown(figure.title),
        desc=shown(figure.alt),
        width=width,
        height=bottom,
        columns=columns,
        upright=upright,
        rows=rows,
        cells=_cells(matrix, left, across, tops, words),
        notes=notes,
        under=tops[-1] + _UNDER,
        right=left + across * len(matrix.columns),
        left=left,
        tops=tops,
        across=across,
    )
