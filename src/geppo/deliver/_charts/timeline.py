"""The month day by day: one band per lane, a mark per dated thing, its label beside it, never on another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geppo.deliver._charts.ink import Lines, height, label, paint
from geppo.deliver._charts.measure import Wrapped, text_width, wrap
from geppo.deliver._shown import shown
from geppo.deliver._words import Words
from geppo.model.edition import Event, Figure, Timeline

_SIZE = 11.5
_TICK = 10.5
_LANE_SHARE = 0.2
_STACK_BELOW = 480.0
"""Pictures narrower than this set the lane's name above the lane instead of beside it."""
_RADIUS = 4.5
_GAP = 6.0
_LABEL_SHARE = 0.46
"""A label takes at most this share of the picture's width."""
_EVERY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    start: date
    end: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """The middle of a day; days outside the span sit on its edge."""
        inside = min(max(day, self.start), self.end)
        step = (self.right - self.left) / ((self.end - self.start).days + 1)
        return self.left + step * ((inside - self.start).days + 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    x: float
    to: float
    y: float
    published: bool
    before: bool
    after: bool
    text: Lines
    title: str


@dataclass(slots=True)
class _Row:
    """Taken stretches of one row of a lane, and its height so far."""

    taken: list[tuple[float, float]]
    tall: float

    def free(self, low: float, high: float) -> bool:
        return all(high < start or end < low for start, end in self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    event: Event
    text: Wrapped
    row: int
    beside: str


def _side(scale: _Scale, start: float, end: float, wide: float, rows: list[_Row], tall: float) -> tuple[int, str]:
    """The first row with room for the mark and its label: to the right where it fits the picture, else to the left."""
    spans: list[tuple[str, float, float]] = []
    if end + _RADIUS + _GAP + wide <= scale.right:
        spans.append(("right", start - _RADIUS - _GAP, end + _RADIUS + _GAP + wide))
    if start - _RADIUS - _GAP - wide >= scale.left:
        spans.append(("left", start - _RADIUS - _GAP - wide, end + _RADIUS + _GAP))
    if not spans:
        spans.append(("under", scale.left, scale.right))
    for number in range(len(rows) + 1):
        if number == len(rows):
            rows.append(_Row(taken=[], tall=0.0))
        for side, low, high in spans:
            if rows[number].free(low, high):
                rows[number].taken.append((low, high))
                extra = _RADIUS * 2 + 4 if side == "under" else 0.0
                rows[number].tall = max(rows[number].tall, tall + extra, _RADIUS * 2 + 4)
                return number, side
    raise AssertionError("a new row always has room")


def _place(events: Sequence[Event], scale: _Scale, width: float) -> tuple[list[_Placed], list[_Row]]:
    rows: list[_Row] = []
    placed: list[_Placed] = []
    for event in sorted(events, key=lambda event: (event.start, event.end, event.label)):
        cited = "".join(f"[{number}]" for number in event.citations)
        text = wrap(
            f"{shown(event.label)}\u00a0{cited}" if cited else shown(event.label), _SIZE, width * _LABEL_SHARE, 3
        )
        row, side = _side(
            scale, scale.x(event.start), scale.x(event.end), text.width(_SIZE), rows, height(text.lines, _SIZE)
        )
        placed.append(_Placed(event=event, text=text, row=row, beside=side))
    return placed, rows


def _mark(item: _Placed, top: float, tall: float, scale: _Scale, words: Words) -> _Mark:
    event = item.event
    x, to = scale.x(event.start), scale.x(event.end)
    size = height(item.text.lines, _SIZE)
    middle = top + tall / 2
    if item.beside == "right":
        text = label(item.text, to + _RADIUS + _GAP, middle - size / 2, _SIZE)
    elif item.beside == "left":
        text = label(item.text, x - _RADIUS - _GAP, middle - size / 2, _SIZE, "end")
    else:
        middle = top + _RADIUS + 2
        start = min(max(x - item.text.width(_SIZE) / 2, scale.left), scale.right - item.text.width(_SIZE))
        text = label(item.text, start, middle + _RADIUS + 2, _SIZE)
    days = words.span(event.start, event.end)
    return _Mark(
        x=x,
        to=to,
        y=middle,
        published=event.published,
        before=event.start < scale.start,
        after=event.end > scale.end,
        text=text,
        title=shown(f"{days}: {event.label}"),
    )


def _ticks(timeline: Timeline, scale: _Scale) -> list[tuple[float, str]]:
    last = (timeline.end - timeline.start).days
    days = [timeline.start + timedelta(days=offset) for offset in range(last + 1)]
    shown_days = [
        day
        for day in days
        if day == timeline.start or day == timeline.end or (day.day % _EVERY == 0 and (timeline.end - day).days > 1)
    ]
    return [(scale.x(day), str(day.day)) for day in shown_days]


def draw_timeline(figure: Figure, timeline: Timeline, words: Words, width: float, key: str) -> str:
    """The timeline as SVG: a filled circle is a published report, a diamond an event."""
    stacked = width < _STACK_BELOW
    left = 4.0 if stacked else width * _LANE_SHARE
    scale = _Scale(start=timeline.start, end=timeline.end, left=left, right=width - 4)
    at = _TICK * 2 + 4
    names: list[Lines] = []
    marks: list[_Mark] = []
    rules: list[float] = [at]
    for lane in dict.fromkeys(event.lane for event in timeline.events):
        name = wrap(shown(lane), _SIZE, (width if stacked else left) - 12, 2 if stacked else 4)
        placed, rows = _place([event for event in timeline.events if event.lane == lane], scale, width)
        at += 7
        names.append(label(name, 0, at, _SIZE))
        start = at
        if stacked:
            at += height(name.lines, _SIZE) + 4
        tops = [at]
        for row in rows:
            tops.append(tops[-1] + row.tall + 5)
        marks += [_mark(item, tops[item.row], rows[item.row].tall, scale, words) for item in placed]
        at = max(tops[-1], start + height(name.lines, _SIZE)) + 2
        rules.append(at)
    first = text_width(words.ui("published_mark"), _TICK)
    return paint(
        "timeline.svg.j2",
        key=key,
        title=shown(figure.title),
        desc=shown(figure.alt),
        width=width,
        height=at + _TICK * 2 + 2,
        ticks=_ticks(timeline, scale),
        tick=_TICK,
        names=names,
        marks=marks,
        rules=rules,
        radius=_RADIUS,
        foot=at + 14,
        legend=(words.ui("published_mark"), words.ui("event_mark")),
        second=first + 34,
        month=words.month(timeline.start.year, timeline.start.month),
        left=left,
    )
