"""Our own findings as a note: a document like any other, whose publisher is us; and the rows of such a note.

What geppo finds in records stands in an issue the way every report does: as claims with a passage. So the finding is
written as sentences (`report.toml`), archived, and read by the same reader. The rows of the track stand below them, one
a month; an issue takes from them what changed, and `geppo why` leads back to them.
"""

from __future__ import annotations

import calendar
import string
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import re2

from geppo.model.relay import BENIGN, NetworkClass, OwnNetwork, TrackRow
from geppo.model.report import Document
from geppo.model.time import Period
from geppo.relay.track import Month, Tracked

_METHODS = frozenset({"chapman", "poisson", "other"})
_MOST_ROWS = 600
"""Rows read from one note: 50 networks over a year."""


@cache
def _forms() -> dict[str, Any]:
    return tomllib.loads(resources.files("geppo.relay").joinpath("report.toml").read_text(encoding="utf-8"))


@cache
def _pattern(form: str) -> Any:
    """A form as the expression that reads it back; a field is a short run without the marks between fields."""
    parts = []
    for text, field, _, _ in string.Formatter().parse(_forms()[form]):
        parts.append(re2.escape(text))
        parts.append(f"(?P<{field}>[^():;]{{1,60}}?)" if field else "")
    return re2.compile("".join(parts))


def _day(month: date) -> str:
    last = calendar.monthrange(month.year, month.month)[1]
    return f"{last} {month:%B} {month.year}"


def name_of(track: Tracked) -> str:
    """A short name of a network that nobody has named: from its id, so that it stays the same.

    Four characters, more where they hold no digit: letters alone would be read as a name of their own.
    """
    whole = track.name.removeprefix("net-").upper()
    length = next((at for at in range(4, len(whole)) if any(one.isdigit() for one in whole[:at])), len(whole))
    return f"Relaynet-{whole[:length]}"


def note(tracks: Sequence[Tracked], period: Period, publisher: str, *, made: bool = False) -> str:
    """The Markdown note on a month, with front matter. `made` says that the records are of the lab.

    Networks are told in the order of their size, then those that the month before had and this one has not. Benign
    kinds are left out. A month without a network gives a note that says so.
    """
    forms, span = _forms(), period.span
    month = f"{span.start:%B} {span.start.year}"
    ours = [track for track in tracks if track.kind not in BENIGN]
    rows = [(track, now, _before(track, now)) for track in ours if (now := _of(track, span.start))]
    rows.sort(key=lambda row: (-row[1].addresses, row[0].name))
    ended = [track for track in ours if not _of(track, span.start) and _of(track, period.previous.span.start)]
    parts = [forms["made"]] if made else []
    parts += [f"{_told(*row)}\n\n{_rows(row[0], span.start)}" for row in rows] or [forms["none"].format(month=month)]
    for track in sorted(ended, key=lambda track: track.name):
        parts.append(f"{forms['ended'].format(name=name_of(track), month=month)}\n\n{_rows(track, span.start)}")
    head = f"---\npublisher: {publisher}\ntitle: {forms['title'].format(month=month)}\n"
    head += f"published: {span.end.isoformat()}\nlanguage: en\n---\n\n"
    return head + "\n\n".join(parts) + "\n"


def _rows(track: Tracked, until: date) -> str:
    """The rows of the track up to a month."""
    forms = _forms()
    lines = [
        forms["row"].format(
            month=f"{row.month:%Y-%m}", addresses=row.addresses, low=f"{row.low:.0f}", high=f"{row.high:.0f}",
            method=forms["method"].get(row.method, "other"), new=row.new, gone=row.gone,
            trend=forms["trend"].get(row.trend, "first"),
        )
        for row in track.months
        if row.month <= until
    ]  # fmt: skip
    head = forms["track"].format(track=track.name, name=name_of(track), kind=track.kind)
    return f"{head}\n\n" + "\n".join(lines)


def own_networks(documents: Iterable[Document], organisation: str) -> tuple[OwnNetwork, ...]:
    """Networks in our own notes, month by month, in the order of the documents.

    A note is ours where it came as a file (no address) and is signed by `organisation`, or says that its records are
    made. What another house publishes in the same form stays its claim.
    """
    found: list[OwnNetwork] = []
    for document in documents:
        made = _forms()["made"] in document.text
        if not document.url and (made or (organisation and document.publisher == organisation)):
            found.extend(_networks(document, made=made))
    return tuple(found)


def _networks(document: Document, *, made: bool) -> Iterator[OwnNetwork]:
    head: dict[str, str] = {}
    rows: list[TrackRow] = []
    place = read = 0

    def whole() -> Iterator[OwnNetwork]:
        if head and rows:
            kind = NetworkClass(head["kind"])
            yield OwnNetwork(name=head["name"], track=head["track"], kind=kind, report=document.sha256, made=made,
                             rows=tuple(rows))  # fmt: skip

    for line in document.text.splitlines(keepends=True):
        start, place = place, place + len(line)
        text = line.strip()
        if opened := _pattern("track").fullmatch(text):
            yield from whole()
            head, rows = opened.groupdict(), []
            head = head if head["kind"] in set(NetworkClass) else {}
        elif head and read < _MOST_ROWS and (found := _pattern("row").fullmatch(text)):
            read += 1
            at = start + line.index(text)
            row = _row(found.groupdict(), at, at + len(text))
            rows += [row] if row else []
    yield from whole()


def _row(told: dict[str, str], start: int, end: int) -> TrackRow | None:
    """A row; None where a value is none of its kind."""
    try:
        month = Period.parse(told.pop("month"))
        numbers = {name: int(told[name]) for name in ("addresses", "low", "high", "new", "gone")}
    except ValueError:
        return None
    known = told["method"] in _METHODS and told["trend"] in _forms()["trend"].values()
    if not known or min(numbers.values()) < 0:
        return None
    return TrackRow(month=month, method=told["method"], trend=told["trend"], start=start, end=end, **numbers)


def _of(track: Tracked, start: date) -> Month | None:
    return next((row for row in track.months if (row.month.year, row.month.month) == (start.year, start.month)), None)


def _before(track: Tracked, now: Month) -> Month | None:
    place = track.months.index(now)
    return track.months[place - 1] if place else None


def _told(track: Tracked, now: Month, before: Month | None) -> str:
    forms, name = _forms(), name_of(track)
    kind = forms["kind"].get(str(track.kind), forms["kind"]["unknown"])
    earlier = forms["before"].format(addresses=before.addresses) if before else ""
    verdict = forms["verdict"].get(str(track.kind), "").format(name=name)
    told = forms["network"].format(name=name, kind=kind, day=_day(now.month), addresses=now.addresses, verdict=verdict)
    rule = forms["rule"].format(method=now.method, low=now.low, high=now.high)
    change = forms["change"].format(
        new=now.new, gone=now.gone, half_life=track.half_life, origin=track.half_life_origin, before=earlier
    )
    return f"{told}\n\n{rule} {change}"
