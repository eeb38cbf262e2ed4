"""The edition on A4 paper: tagged, bookmarked, with our own fonts, equal bytes for equal input."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from geppo.config import Settings
from geppo.deliver._page import Box, as_utc, page
from geppo.deliver._paper import packaged
from geppo.deliver._typeset import Standard, compile_template, settable
from geppo.deliver._words import words
from geppo.model.edition import Edition, Issue

FORMAT = "pdf"
STANDARDS: tuple[Standard, ...] = ("a-2a", "ua-1")
"""PDF/A-2a and PDF/UA-1: readable for long, with headings, alternative texts, reading order, language."""

_LEAST_SHARE = 0.16
_PICTURES = frozenset(("wide", "narrow", "gauge"))


def _settable(value: Any) -> Any:
    """All texts of a record as our fonts can set them; drawings stay as they are."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {key: inner if key in _PICTURES else _settable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_settable(inner) for inner in value]
    return value


def _widths(box: Box) -> list[float]:
    """Shares of the columns: by the square root of their longest text, none too thin to read."""
    longest = [len(column) for column in box.columns]
    for row in box.rows:
        for place, cell in enumerate(row.cells[: len(longest)]):
            longest[place] = max(longest[place], sum(len(piece.text) for piece in cell))
    shares = [max(1, length) ** 0.5 for length in longest]
    return [round(max(_LEAST_SHARE, share / sum(shares)), 3) for share in shares]


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
    return compile_template(packaged("page.typ"), inputs, moment, standards=STANDARDS)
