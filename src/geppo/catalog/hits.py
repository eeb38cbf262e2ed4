"""A form at a place of the folded text, and which of several that overlap is taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from geppo.catalog.forms import Form


class Hit(NamedTuple):
    """A form at a place of the folded text."""

    start: int
    end: int
    form: Form


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """The leftmost, then longest hits that do not overlap; on one span the use with the lower number."""
    chosen: list[Hit] = []
    end = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.form.use, hit.form.id, hit.form.key)):
        if hit.start >= end:
            chosen.append(hit)
            end = hit.end
    return chosen
