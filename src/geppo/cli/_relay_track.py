"""`geppo relay track`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geppo.cli import _relay_settings
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.relay.survival import Survival
    from geppo.relay.track import Tracked

_BAR = 40


def run(*paths: Path, list_: Path | None = None, role: str | None = None, json_: bool = False) -> int:
    """Follow relay networks month by month, or say how long the addresses of a published list lasted.

    Examples: `geppo relay track scans/`, `geppo relay track --list indicators.txt --role "Tier 2"`

    Parameters
    ----------
    paths
        Service records of several months, as for `geppo relay scan`.
    list_
        A published list of addresses with windows, in a layout that geppo knows; nothing on it is contacted.
    role
        Only this role of the list.
    json_
        Print one JSON line a network, or a role of the list.
    """
    if list_ is not None:
        return _list(list_, role, json_=json_)
    if not paths:
        raise UsageError("relay track: give service records of several months, or --list FILE")
    from geppo.relay.track import follow

    tracks = follow(paths, _relay_settings.settings())
    for one in tracks:
        if json_:
            print(json.dumps(_line(one), ensure_ascii=False))
        else:
            _print(one)
    if not tracks and not json_:
        print("no network in any month")
    return 0


def _curve(life: Survival) -> dict[str, Any]:
    return {
        "nodes": life.nodes,
        "ended": life.ended,
        "mean_window": round(life.mean_window, 1),
        "median_window": life.median_window,
        "median": {"low": life.median_low, "point": life.median, "high": life.median_high},
    }


def _line(one: Tracked) -> dict[str, Any]:
    months = [
        {
            "month": f"{row.month:%Y-%m}",
            "network": row.network,
            "addresses": row.addresses,
            "services": row.services,
            "new": row.new,
            "gone": row.gone,
            "stayed": row.stayed,
            "size": {"low": row.low, "point": row.size, "high": row.high, "method": row.method},
            "trend": row.trend,
            "fresh": row.fresh,
        }
        for row in one.months
    ]
    return {
        "network": one.name,
        "class": str(one.kind),
        "months": months,
        "born": f"{one.born:%Y-%m}",
        "died": f"{one.died:%Y-%m}" if one.died else None,
        "joined": [{"month": f"{month:%Y-%m}", "network": name} for month, name in one.joined],
        "parted": [{"month": f"{month:%Y-%m}", "network": name} for month, name in one.parted],
        "life": _curve(one.life) if one.life else None,
        "half_life": {"days": one.half_life, "origin": one.half_life_origin},
    }


def _print(one: Tracked) -> None:
    print(f"{one.name}  {one.kind}, since {one.born:%Y-%m}" + (f", last in {one.died:%Y-%m}" if one.died else ""))
    print(f"  {'month':9}{'seen':>7}{'new':>7}{'gone':>7}  {'size (95 %)':24}")
    most = max(row.high for row in one.months)
    for row in one.months:
        span = f"{row.size:.0f} ({row.low:.0f}-{row.high:.0f})"
        bar = "#" * max(1, round(_BAR * row.size / most)) if most else ""
        print(f"  {row.month:%Y-%m}  {row.addresses:>7}{row.new:>7}{row.gone:>7}  {span:24}{bar}  {row.trend}".rstrip())
    for month, name in one.joined:
        print(f"  {month:%Y-%m}: went into {name}")
    for month, name in one.parted:
        print(f"  {month:%Y-%m}: {name} parted from it")
    if one.life:
        print(f"  life of a node: {_median(one.life)}; half-life used {one.half_life:g} days ({one.half_life_origin})")
    print(f"  size: {one.months[-1].method}")


def _median(life: Survival) -> str:
    ends = [
        f"{value:.1f}" if value is not None else "not reached"
        for value in (life.median, life.median_low, life.median_high)
    ]
    return f"median {ends[0]} days (95 %: {ends[1]} to {ends[2]}), {life.ended} of {life.nodes} ended"


def _list(path: Path, role: str | None, *, json_: bool) -> int:
    from geppo.relay.lists import read_list
    from geppo.relay.track import list_lives

    listing = read_list(path)
    every = list_lives(listing, _relay_settings.settings())
    lives = [one for one in every if role is None or one.role.casefold() == role.casefold()]
    if listing.unread:
        print(f"{path}: {len(listing.unread)} lines not read, first at line {listing.unread[0].line}", file=sys.stderr)
    if not lives:
        print(
            f"{path}: {len(listing.entries)} entries ({listing.layout}), none with an address and a window",
            file=sys.stderr,
        )
    for one in lives:
        if json_:
            print(json.dumps({"role": one.role, "windows": _curve(one.windows), "censored": _curve(one.censored)}))
            continue
        windows = one.windows
        print(f"{one.role or 'no role'}: {windows.nodes} addresses, mean {windows.mean_window:.1f} days, "
              f"median {windows.median_window:g}")  # fmt: skip
        print(f"  windows as printed: {_median(windows)}")
        print(f"  those that reach the list's end go on: {_median(one.censored)}")
    return 0
