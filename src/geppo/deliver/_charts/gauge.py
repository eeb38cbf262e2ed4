"""A likelihood as a range on the seven ICD 203 bands, its point marked and its word printed."""

from __future__ import annotations

from itertools import pairwise

from geppo.deliver._charts.ink import paint
from geppo.deliver._charts.measure import text_width
from geppo.deliver._words import Words
from geppo.model.assessment import Band, Likelihood, band

_WIDTH = 320.0
_EDGES = (0.0, 0.05, 0.20, 0.45, 0.55, 0.80, 0.95, 1.0)
_SIZE = 12.0


def percent(value: float) -> str:
    """A probability in whole per cent, never 0 or 100."""
    return str(min(99, max(1, round(value * 100))))


def range_text(likelihood: Likelihood) -> str:
    """`5–51 %`: the 5–95 % range as printed beside the gauge."""
    return f"{percent(likelihood.low)}–{percent(likelihood.high)}\u00a0%"


def draw_gauge(likelihood: Likelihood, words: Words) -> str:
    """The gauge as SVG, 320 units wide. The bands are those of ODNI's ICD 203 (2015)."""
    word = words.of("band", likelihood.word.value)
    bands = [
        {
            "x": low * _WIDTH,
            "w": (high - low) * _WIDTH,
            "on": band((low + high) / 2) is likelihood.word,
            "odd": place % 2 == 1,
            "title": words.of("band", Band(band((low + high) / 2)).value),
        }
        for place, (low, high) in enumerate(pairwise(_EDGES))
    ]
    point = likelihood.point * _WIDTH
    wide = text_width(word, _SIZE)
    return paint(
        "gauge.svg.j2",
        key="",
        title=f"{words.ui('likelihood')}: {word}",
        desc=f"{words.ui('range')} {range_text(likelihood)}, {words.ui('point')} {percent(likelihood.point)} %",
        width=_WIDTH + 12,
        height=58.0,
        bands=bands,
        low=likelihood.low * _WIDTH,
        high=likelihood.high * _WIDTH,
        point=point,
        word=word,
        word_x=min(max(point, wide / 2), _WIDTH - wide / 2),
        size=_SIZE,
        ticks=[(edge * _WIDTH, str(round(edge * 100))) for edge in _EDGES[1:-1]],
    )
