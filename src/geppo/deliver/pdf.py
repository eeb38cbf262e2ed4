"""The edition on A4 paper: tagged, bookmarked, with our own fonts, equal bytes for equal input."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from geppo.config import Settings
from geppo.deliver._charts.measure import text_width
from geppo.deliver._page import Box, as_utc, page
from geppo.deliver._paper import packaged
from geppo.deliver._typeset import Standard, compile_template, covered, settable
from geppo.deliver._words import words
from geppo.errors import UsageError
from geppo.model.edition import Edition, Issue

FORMAT = "pdf"
STANDARDS: tuple[Standard, ...] = ("a-2a", "ua-1")
"""PDF/A-2a and PDF/UA-1: readable for long, with headings, alternative texts, reading order, language."""

_TABLE = 47.0
"""Width of a table in em of its 8.2 pt text: A4 less margins."""
_LEAST_COLUMN = 4.0
_PADDING = 1.2
_CITATION = 1.6
_PICTURES = frozenset(("wide", "narrow", "gauge"))


def _settable(value: Any) -> Any:
    """All texts of a record as our fonts can set them; drawings get no places to break."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {key: covered(inner) if key in _PICTURES else _settable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_settable(inner) for inner in value]
    return value


def _natural(box: Box) -> list[float]:
    """How wide each column would be if no cell broke, in em."""
    widths = [text_width(column, 1.0) for column in box.columns]
    for row in box.rows:
        for place, cell in enumerate(row.cells[: len(widths)]):
            needed = sum(text_width(piece.text, 1.0) if piece.text else _CITATION for piece in cell)
            widths[place] = max(widths[place], needed)
    return [max(_LEAST_COLUMN, width + _PADDING) for width in widths]


def _widths(box: Box) -> list[float]:
    """Shares of the columns: what fits whole stays whole, the rest divides the room by the root of its need."""
    natural = _natural(box)
    shares = list(natural)
    room, pending = _TABLE, list(range(len(natural)))
    while pending:
        roots = sum(natural[place] ** 0.5 for place in pending)
        whole = [place for place in pending if natural[place] <= room * natural[place] ** 0.5 / roots]
        if not whole:
            break
        room -= sum(natural[place] for place in whole)
        pending = [place for place in pending if place not in whole]
    for place in pending:
        shares[place] = room * natural[place] ** 0.5 / roots
    return [round(share, 2) for share in shares]


def render(issue: Issue, edition: Edition, settings: Settings | None = None) -> bytes:
    """One edition as PDF."""
    made = page(issue, edition)
    labels = words(edition.language)
    moment = as_utc(issue.month.as_of)
    data = {
        "page": _settable(asdict(made)),
        "ui": dict(labels.groups["ui"]),
        "mark": dict(labels.groups["mark"]),
        "widths": {box.id: _widths(box) for box in made.tables},
        "author": labels.ui("brand"),
        "year": moment.year,
        "month": moment.month,
        "day": moment.day,
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    body = "brief.typ" if made.brief else "page.typ"
    return compile_template(packaged("sheet.typ") + packaged(body), inputs, moment, standards=STANDARDS)


def pages(issue: Issue, edition: Edition, settings: Settings | None = None) -> int:
    """How many pages the PDF has; 0 where paper cannot be set here."""
    try:
        data = render(issue, edition, settings)
    except UsageError:
        return 0
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return len(document)
