"""What all charts share: the templates, the colours, and a label as lines at a place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from geppo.deliver._charts.measure import Wrapped

if TYPE_CHECKING:
    from jinja2 import Environment

LEADING = 1.35
"""Distance of two lines of a label, in em."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Colour and shape of one kind of mark; `number` names its class."""

    number: int
    colour: str
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A label set at a place: baselines of its lines, and the whole text for a title where it was cut."""

    x: float
    rows: tuple[tuple[float, str], ...]
    anchor: str
    size: float
    whole: str
    cut: bool


def _template(name: str) -> str:
    return resources.files("geppo.deliver._charts").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Imported when a chart is drawn: a marked text in a terminal has none."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["n"] = lambda value: f"{value:.1f}".rstrip("0").rstrip(".")
    return made


@lru_cache(maxsize=1)
def _colours() -> tuple[tuple[Series, ...], Mapping[str, str]]:
    raw = tomllib.loads(_template("colours.toml"))
    series = tuple(Series(number=place, **row) for place, row in enumerate(raw["series"]))
    return series, raw["paper"]


def series(number: int) -> Series:
    """The mark for the n-th counter or lane; more than the palette holds begin anew."""
    known, _ = _colours()
    return known[number % len(known)]


def paint(template: str, **values: object) -> str:
    """Fill an SVG template; `paper` holds the literal colours."""
    _, paper = _colours()
    return _environment().get_template(template).render(paper=paper, **values).strip()


def label(text: Wrapped, x: float, top: float, size: float, anchor: str = "start") -> Lines:
    """Lines of a label whose first line's upper edge is at `top`."""
    rows = tuple((top + size * (0.88 + LEADING * place), line) for place, line in enumerate(text.lines))
    return Lines(x=x, rows=rows, anchor=anchor, size=size, whole=text.whole, cut=text.cut)


def height(lines: Sequence[str], size: float) -> float:
    """Height of a label with that many lines."""
    return len(lines) * size * LEADING
