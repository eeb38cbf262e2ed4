"""Our own findings as a note: a document like any other, whose publisher is us.

What geppo finds in records stands in an issue the way every report does: as claims with a passage. So the finding is
written as sentences (`report.toml`), archived, and read by the same reader; `geppo why` leads to them, and their rule
and rows stand beside the numbers.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from geppo.model.relay import BENIGN
from geppo.model.time import Period
from geppo.relay.track import Month, Tracked


@cache
def _forms() -> dict[str, Any]:
    return tomllib.loads(resources.files("geppo.relay").joinpath("report.toml").read_text(encoding="utf-8"))


def _day(month: date) -> str:
    last = calendar.monthrange(month.year, month.month)[1]
    return f"{last} {month:%B} {month.year}"


def name_of(track: Tracked) -> str:
    """A short name of a network that nobody has named: from its id, so that it stays the same."""
    return f"Relaynet-{track.name.removeprefix('net-')[:4].upper()}"


def note(tracks: Sequence[Tracked], period: Period, publisher: str, *, made: bool = False) -> str:
    """The Markdown note on a month, with front matter. `made` says that the records are of the lab.

    Networks are told in the order of their size. Benign kinds are left out. A month without a
    network gives a note that says so.
    """
    forms, span = _forms(), period.span
    month = f"{span.start:%B} {span.start.year}"
    rows = [
        (track, now, _before(track, now))
        for track in tracks
        if track.kind not in BENIGN and (now := _of(track, span.start))
    ]
    rows.sort(key=lambda row: (-row[1].addresses, row[0].name))
    parts = [forms["made"]] if made else []
    parts += [_told(*row) for row in rows] or [forms["none"].format(month=month)]
    head = f"---\npublisher: {publisher}\ntitle: {forms['title'].format(month=month)}\n"
    head += f"published: {span.end.isoformat()}\nlanguage: en\n---\n\n"
    return head + "\n\n".join(parts) + "\n"


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
