"""Our own charts as SVG: labels at the data, the Okabe-Ito colours plus a shape, a title and a description in words.

The same picture serves page, paper and mail: colours stand as presentation attributes (which Typst and mail read) and
as classes (which the page's style sheet overrides, also in its dark form). Nothing is computed here but places.
"""

from __future__ import annotations

from geppo.deliver._charts.counts import draw_counts
from geppo.deliver._charts.gauge import draw_gauge
from geppo.deliver._charts.matrix import draw_matrix
from geppo.deliver._charts.timeline import draw_timeline
from geppo.deliver._words import Words
from geppo.model.edition import Counts, Figure, Matrix

WIDE = 640.0
NARROW = 330.0

__all__ = ["NARROW", "WIDE", "draw", "draw_gauge"]


def draw(figure: Figure, words: Words, width: float, key: str) -> str:
    """The figure as one SVG element, `width` user units wide; `key` keeps its ids apart from other pictures'."""
    if isinstance(figure.body, Matrix):
        return draw_matrix(figure, figure.body, words, width, key)
    if isinstance(figure.body, Counts):
        return draw_counts(figure, figure.body, words, width, key)
    return draw_timeline(figure, figure.body, words, width, key)
