"""Counts side by side. Each group has its own scale; each counter its own colour and shape; no line joins anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from geppo.deliver._charts.ink import Lines, Series, height, label, paint, series
from geppo.deliver._charts.measure import Wrapped, shorten, text_width, wrap
from geppo.deliver._shown import shown
from geppo.deliver._words import Words
from geppo.model.edition import Bar, Counts, Figure

_SIZE = 12.0
_SMALL = 10.5
_HEAD = 13.0
_LABEL_SHARE = 0.36
_THICK = 16.0
_LEAST_BAR = 3.0
_LEAST_ROOM = 60.0
_STACK_BELOW = 480.0
"""Pictures narrower than this set the label above its bar instead of beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    name: Lines
    under: Lines
    x: float
    y: float
    length: float
    value: str
    mark: Series
    mark_x: float
    mark_y: float
    title: str


def _source(bar: Bar, width: float) -> Wrapped:
    """Who counted, when, and the citation: on one line where it fits, else the date on a line of its own."""
    cited = "".join(f"[{number}]" for number in bar.citations)
    when = f"{shown(bar.when)} {cited}".strip()
    counter = "" if bar.counter == bar.label else shown(bar.counter)
    parts = tuple(part for part in (counter, when) if part)
    whole = " · ".join(parts)
    if text_width(whole, _SMALL) <= width:
        return Wrapped(lines=(whole,), whole=whole, cut=False)
    lines = tuple(shorten(part, _SMALL, width) for part in parts)
    return Wrapped(lines=lines, whole=whole, cut=lines != parts)


def _room(bars: Sequence[Bar], width: float) -> float:
    """How long the longest bar of any group may be, so that each value still fits behind its bar."""
    start = 0.0 if width < _STACK_BELOW else width * _LABEL_SHARE
    widest = max((text_width(shown(bar.printed), _SIZE) for bar in bars), default=0.0)
    return max(_LEAST_ROOM, width - start - widest - 10)


def _bar(bar: Bar, top: float, share: float, width: float, mark: Series) -> tuple[_Drawn, float]:
    """Places of one bar whose upper edge is at `top`, and where the next one may begin."""
    stacked = width < _STACK_BELOW
    column = width if stacked else width * _LABEL_SHARE
    name = wrap(shown(bar.label), _SIZE, column - 12, 2)
    under = _source(bar, column - 26)
    tall = height(name.lines, _SIZE) + height(under.lines, _SMALL) + 2
    x = 0.0 if stacked else column
    value = shorten(shown(bar.printed), _SIZE, width - x - _LEAST_ROOM - 10)
    length = max(_LEAST_BAR, share * bar.value) if bar.value > 0 else 0.0
    y = top + tall + 3 if stacked else top + (max(tall, _THICK) - _THICK) / 2
    drawn = _Drawn(
        name=label(name, 0, top, _SIZE),
        under=label(under, 14, top + height(name.lines, _SIZE) + 2, _SMALL),
        x=x,
        y=y,
        length=length,
        value=value,
        mark=mark,
        mark_x=5,
        mark_y=top + height(name.lines, _SIZE) + 2 + _SMALL * 0.52,
        title=shown(f"{bar.label}: {bar.printed}"),
    )
    return drawn, (y + _THICK if stacked else top + max(tall, _THICK)) + 12


def draw_counts(figure: Figure, counts: Counts, words: Words, width: float, key: str) -> str:
    """The counts as SVG, groups apart in the order given."""
    counters = list(dict.fromkeys(bar.counter for bar in counts.bars))
    room = _room(counts.bars, width)
    heads: list[Lines] = []
    bars: list[_Drawn] = []
    rules: list[float] = []
    at = 2.0
    for group, members in groupby(counts.bars, key=lambda bar: bar.group):
        inside = list(members)
        if bars:
            rules.append(at)
            at += 14
        head = wrap(shown(group), _HEAD, width, 2)
        heads.append(label(head, 0, at, _HEAD))
        at += height(head.lines, _HEAD) + 8
        most = max(bar.value for bar in inside)
        for bar in inside:
            drawn, at = _bar(bar, at, room / most if most > 0 else 0.0, width, series(counters.index(bar.counter)))
            bars.append(drawn)
    note = wrap(words.ui("scale_note"), _SMALL, width, 3)
    foot = label(note, 0, at, _SMALL)
    return paint(
        "counts.svg.j2",
        key=key,
        title=shown(figure.title),
        desc=shown(figure.alt),
        width=width,
        height=at + height(note.lines, _SMALL) + 2,
        heads=heads,
        bars=bars,
        rules=rules,
        foot=foot,
        thick=_THICK,
    )
