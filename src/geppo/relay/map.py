"""A network as a tiered map in SVG: servers above, edge devices below, countries and systems written at the marks.

Drawn here and not by `deliver`, which relay may not import: the map is an answer of its own, without an edition.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from geppo.model.relay import RelayNetwork, Tier

_ORDER = (Tier.OPERATOR, Tier.CONTROLLER, Tier.RELAY_SERVER, Tier.PAYLOAD, Tier.NODE, Tier.EXIT, Tier.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How many addresses of a tier stand in a country and system; empty and None where these are not known."""

    tier: Tier
    country: str
    system: int | None
    addresses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    x: float
    r: float
    name: str
    count: str
    system: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    top: int
    name: str
    count: str
    systems: str
    style: Mapping[str, str]
    marks: tuple[_Mark, ...]


@lru_cache(maxsize=1)
def _style() -> dict[str, Any]:
    return tomllib.loads(resources.files("geppo.relay").joinpath("map.toml").read_text(encoding="utf-8"))


def _shape(style: Mapping[str, str], x: float, y: float, r: float) -> Markup:
    ink = _style()["paper"]["ink"]
    paint = f'fill="{style["colour"]}" stroke="{ink}" stroke-width=".7"'
    if style["shape"] == "circle":
        return Markup(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {paint}/>')  # noqa: S704
    if style["shape"] == "square":
        s = r * 0.9
        return Markup(f'<rect x="{x - s:.1f}" y="{y - s:.1f}" width="{2 * s:.1f}" height="{2 * s:.1f}" {paint}/>')  # noqa: S704
    if style["shape"] == "triangle":
        return Markup(f'<path d="M{x:.1f} {y - r:.1f}L{x + r:.1f} {y + r:.1f}H{x - r:.1f}Z" {paint}/>')  # noqa: S704
    return Markup(f'<path d="M{x:.1f} {y - r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}l{-r:.1f} {-r:.1f}Z" {paint}/>')  # noqa: S704


def _system(number: int | None) -> str:
    """AS number as printed; a negative one stands for an address block whose system is not known."""
    return f"AS{number}" if number is not None and number >= 0 else ""


def _marks(places: Sequence[Place], most: int, left: float, step: float) -> tuple[_Mark, ...]:
    """A mark a country, largest first; what is left over is one mark of its own."""
    by_country: Counter[str] = Counter()
    systems: dict[str, Counter[str]] = {}
    for one in places:
        by_country[one.country] += one.addresses
        systems.setdefault(one.country, Counter())[_system(one.system)] += one.addresses
    ranked = sorted(by_country.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [(name or "??", count, systems[name]) for name, count in ranked[:most]]
    if len(ranked) > most:
        rest = ranked[most:]
        shown.append((f"{len(rest)} more", sum(count for _, count in rest), Counter()))
    largest = max((count for _, count, _ in shown), default=1)
    total = sum(by_country.values())
    marks: list[_Mark] = []
    for place, (name, count, inside) in enumerate(shown):
        inside.pop("", None)
        leading = min(inside.items(), key=lambda pair: (-pair[1], pair[0])) if inside else ("", 0)
        marks.append(
            _Mark(
                x=round(left + step * (place + 0.5), 1),
                r=round(max(3.0, 28 * math.sqrt(count / largest)), 1),
                name=name,
                count=f"{count} ({count / total:.0%})",
                system=leading[0],
                title=f"{name}: {count} addresses" + (f", {leading[1]} of them in {leading[0]}" if leading[0] else ""),
            )
        )
    return tuple(marks)


def draw(network: RelayNetwork, places: Sequence[Place]) -> str:
    """The map of a network as SVG text: one band a tier, the text alternative says the same."""
    style = _style()
    tiers = [tier for tier in _ORDER if any(one.tier is tier for one in places)]
    left = style["margin"] + style["label"]
    step = (style["width"] - style["margin"] - left) / (style["most"] + 1)
    bands: list[_Band] = []
    for place, tier in enumerate(tiers):
        own = [one for one in places if one.tier is tier]
        count = sum(one.addresses for one in own)
        systems = {one.system for one in own if one.system is not None and one.system >= 0}
        bands.append(
            _Band(
                top=62 + place * style["band"],
                name=style["tier"][str(tier)]["name"],
                count=f"{count} addresses",
                systems=f"{len(systems)} systems" if systems else "",
                style=style["tier"][str(tier)],
                marks=_marks(own, style["most"], left, step),
            )
        )
    said = network.likelihood
    hosts = len({one.ip for one in network.members})
    first = min(one.first_seen for one in network.members)
    last = max(one.last_seen for one in network.members)
    desc = "; ".join(
        f"{band.name}: {band.count}, "
        + ", ".join(f"{mark.name} {mark.count} {mark.system}".strip() for mark in band.marks)
        for band in bands
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals["shape"] = _shape
    text = resources.files("geppo.relay").joinpath("map.svg.j2").read_text(encoding="utf-8")
    return environment.from_string(text).render(
        key=network.id,
        title=f"{network.id}: {network.kind}, {hosts} addresses in {len(bands)} tier(s)",
        under=f"seen {first:%Y-%m-%d} to {last:%Y-%m-%d}; distinct addresses by tier, country and leading system; "
        f"{said.word} one relay network",
        desc=desc,
        width=style["width"],
        height=62 + len(bands) * style["band"] + 8,
        margin=style["margin"],
        bands=bands,
        paper=style["paper"],
    )
