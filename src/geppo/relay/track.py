"""Relay networks month by month: births, deaths, mergers, splits, size with its interval, turnover, life of nodes.

Each month is looked at alone; networks of two months are the same by their fingerprints, controllers and ports. A word
for a trend is given only where the change is larger than its 95 % interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.model.relay import BENIGN, NetworkClass, RelayNetwork
from geppo.relay.fingerprints import known
from geppo.relay.identity import match
from geppo.relay.lists import Listing, addresses
from geppo.relay.recapture import Estimate, chapman
from geppo.relay.scan import Window, find_in, months, services, vantages
from geppo.relay.survival import Life, Survival, decay, survival

_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A network in a month. `low` and `high` are the 95 % interval of `size`: Chapman's with two vantages or more,
    else that of a count (Poisson); `trend` is empty where nothing came before.

    `fresh` sums over members what is left of their weight at the month's end: half after each half-life unseen.
    """

    month: date
    network: str
    addresses: int
    services: int
    new: int
    gone: int
    stayed: int
    size: float
    low: float
    high: float
    method: str
    trend: str
    fresh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A network over months. `joined` and `parted` name (month, other track) where tracks met or one became two."""

    name: str
    kind: NetworkClass
    months: tuple[Month, ...]
    born: date
    died: date | None
    joined: tuple[tuple[date, str], ...]
    parted: tuple[tuple[date, str], ...]
    life: Survival | None
    half_life: float
    half_life_origin: str


@dataclass(slots=True)
class _Line:
    """A track while it grows."""

    name: str
    seen: list[tuple[date, RelayNetwork, Estimate | None]] = field(default_factory=list)
    joined: list[tuple[date, str]] = field(default_factory=list)
    parted: list[tuple[date, str]] = field(default_factory=list)


def follow(paths: Iterable[Path], settings: Settings) -> tuple[Tracked, ...]:
    """Networks in service records of several months, oldest first.

    Raises UsageError as `geppo.relay.scan.find` does.
    """
    files = list(paths)
    lines: list[_Line] = []
    spans = months(files, settings)
    for span in spans:
        with services(files, settings, span) as source:
            found = [one for one in find_in(source.connection, settings).networks if one.kind not in BENIGN]
            estimates = [_estimate(source.connection, one) for one in found]
        _continue(lines, span.begin.date(), found, estimates, settings.number("relay.track.likeness"))
    return tuple(_tracked(line, spans, settings) for line in lines)


def _estimate(connection: Any, network: RelayNetwork) -> Estimate | None:
    """Chapman's estimate from the two vantages that saw most of the network; None with fewer than two."""
    seen = vantages(connection, network)
    best = sorted(seen, key=lambda name: (-len(seen[name]), name))[:2]
    return chapman(seen[best[0]], seen[best[1]]) if len(best) == 2 else None


def _continue(
    lines: list[_Line], month: date, found: Sequence[RelayNetwork], estimates: Sequence[Estimate | None], least: float
) -> None:
    """Put a month's networks on the tracks: the best match goes on, a second is a split, a second track a merger."""
    matching = match([line.seen[-1][1] for line in lines], found, least)
    goes_on: dict[int, int] = {}
    taken: dict[int, int] = {}
    for old, new, _ in matching.pairs:
        if old not in goes_on and new not in taken:
            goes_on[old] = new
            taken[new] = old
    for old, new, _ in matching.pairs:
        if old not in goes_on and lines[old].seen[-1][0] < month:
            lines[old].joined.append((month, lines[taken[new]].name))
            goes_on[old] = -1
    parents = {new: old for old, new, _ in reversed(matching.pairs) if new not in taken}
    for new, network in enumerate(found):
        if new in taken:
            lines[taken[new]].seen.append((month, network, estimates[new]))
            continue
        line = _Line(name=network.id if all(one.name != network.id for one in lines) else f"{network.id}-{month:%Y%m}")
        line.seen.append((month, network, estimates[new]))
        if new in parents:
            lines[parents[new]].parted.append((month, line.name))
        lines.append(line)


def _lives(line: _Line, last: datetime, grace: timedelta) -> list[Life]:
    """A life for each address of a track; it goes on where it was seen within `grace` of the records' end."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for _, network, _ in line.seen:
        for member in network.members:
            first, latest = spans.get(member.ip, (member.first_seen, member.last_seen))
            spans[member.ip] = (min(first, member.first_seen), max(latest, member.last_seen))
    return [
        Life(days=(latest - first).total_seconds() / 86400, ended=latest < last - grace)
        for _, (first, latest) in sorted(spans.items())
    ]


def _half_life(line: _Line, life: Survival, settings: Settings) -> tuple[float, str]:
    """Days after which half of the nodes are gone: measured where the curve comes so far, else published or set."""
    if life.median is not None and life.ended >= settings.integer("relay.track.least-ended"):
        return max(1.0, life.median), "measured: median of the survival curve"
    named = {one.name: one for one in known()}
    for item in line.seen[-1][1].evidence:
        if item.kind == "published-fingerprint" and item.value in named:
            return named[item.value].half_life, f"published: {item.value}"
    return settings.number("relay.track.half-life"), "start value"


def _trend(before: tuple[float, float, float], after: tuple[float, float, float]) -> str:
    """`grew` or `shrank` where the difference is larger than its 95 % interval; sizes are (low, point, high)."""
    change = after[1] - before[1]
    if change > 0:
        width = math.hypot(after[1] - after[0], before[2] - before[1])
        return "grew" if change > width else "no change beyond the interval"
    width = math.hypot(after[2] - after[1], before[1] - before[0])
    return "shrank" if -change > width else "no change beyond the interval"


def _size(network: RelayNetwork, estimate: Estimate | None) -> tuple[float, float, float, str]:
    if estimate is not None:
        return estimate.low, estimate.point, estimate.high, "Chapman, two vantages"
    seen = len({one.ip for one in network.members})
    width = _Z * math.sqrt(seen)
    return max(0.0, seen - width), float(seen), seen + width, "addresses seen, Poisson interval"


def _tracked(line: _Line, spans: Sequence[Window], settings: Settings) -> Tracked:
    last = max(span.last for span in spans)
    grace = timedelta(days=settings.number("relay.track.grace"))
    life = survival(_lives(line, last, grace))
    half_life, origin = _half_life(line, life, settings)
    ends = {span.begin.date(): span.last for span in spans}
    rows: list[Month] = []
    before: set[str] = set()
    size: tuple[float, float, float] | None = None
    for month, network, estimate in line.seen:
        now = {one.ip for one in network.members}
        low, point, high, method = _size(network, estimate)
        left = sum(decay((ends[month] - seen).total_seconds() / 86400, half_life) for seen in _latest(network).values())
        rows.append(
            Month(
                month=month, network=network.id, addresses=len(now), services=len(network.members),
                new=len(now - before), gone=len(before - now), stayed=len(now & before),
                size=round(point, 1), low=round(low, 1), high=round(high, 1), method=method,
                trend=_trend(size, (low, point, high)) if size else "", fresh=round(left, 1),
            )
        )  # fmt: skip
        before, size = now, (low, point, high)
    ended = line.seen[-1][0] < spans[-1].begin.date()
    return Tracked(
        name=line.name, kind=line.seen[-1][1].kind, months=tuple(rows), born=rows[0].month,
        died=line.seen[-1][0] if ended else None, joined=tuple(line.joined), parted=tuple(line.parted),
        life=life, half_life=round(half_life, 1), half_life_origin=origin,
    )  # fmt: skip


def _latest(network: RelayNetwork) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for one in network.members:
        found[one.ip] = max(one.last_seen, found.get(one.ip, one.last_seen))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLife:
    """How long a role's addresses of a published list lasted.

    `windows` takes each window as it is printed; `censored` lets those that reach the list's end go on.
    """

    role: str
    windows: Survival
    censored: Survival


def list_lives(listing: Listing, settings: Settings) -> tuple[ListLife, ...]:
    """Survival by role, largest role first. A window that ends within the grace before the list's last day is open.

    Days are last day minus first day, so an address seen on one day has 0.
    """
    entries = list(addresses(listing))
    if not entries:
        return ()
    end = max(one.last_seen or one.first_seen or date.min for one in entries)
    grace = timedelta(days=settings.number("relay.track.grace"))
    found: list[ListLife] = []
    for role in sorted({one.role for one in entries}):
        spans = [
            (((one.last_seen or end) - one.first_seen).days, one.open_ended, one.last_seen or end)
            for one in entries
            if one.role == role and one.first_seen
        ]
        found.append(
            ListLife(
                role=role,
                windows=survival([Life(days=max(0, days), ended=not still) for days, still, _ in spans]),
                censored=survival(
                    [Life(days=max(0, days), ended=not still and last < end - grace) for days, still, last in spans]
                ),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.windows.nodes, one.role)))
