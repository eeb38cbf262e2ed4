"""Numbers as they are printed: families of units, what a bound allows, and which numbers may be one."""

from __future__ import annotations

from collections.abc import Sequence

from geppo.config import Settings
from geppo.judge._reference import unit_words
from geppo.model.claim import Bound, Count
from geppo.model.entity import Term


def family(unit: Term) -> str:
    """Family of a unit: machines, servers, packages …, or the unit itself where it is in none."""
    words = unit_words()
    kind, _, name = unit.id.rpartition("/")
    tails = [name.casefold(), *unit.name.casefold().split()[-1:]]
    for tail in tails:
        if tail in words.words:
            return words.words[tail]
    return words.kinds.get(kind, unit.id or unit.name.casefold())


def span(count: Count, settings: Settings) -> tuple[float, float]:
    """The values that a printed count may stand for, by its bound."""
    about, more = settings.number("judge.counts.about"), settings.number("judge.counts.more_than")
    value = count.value
    low, high = {
        Bound.EXACT: (value, value),
        Bound.ABOUT: (value * (1 - about), value * (1 + about)),
        Bound.NEARLY: (value * (1 - about), value),
        Bound.UP_TO: (value * (1 - about), value),
        Bound.MORE_THAN: (value, value * (1 + more)),
        Bound.AT_LEAST: (value, value * (1 + more)),
    }[count.bound]
    return low, high


def agree(one: Count, other: Count, settings: Settings) -> bool:
    """True where both counts may be of one number."""
    a, b = span(one, settings), span(other, settings)
    return a[0] <= b[1] and b[0] <= a[1]


def printed(value: float) -> str:
    """A number without a needless fraction."""
    return str(int(value)) if value == int(value) else repr(value)


def classes(counts: Sequence[tuple[str, Count]], settings: Settings) -> dict[str, str]:
    """Counts (by claim id) that may be of one number share a class: the smallest value that it may be."""
    spans = sorted((span(count, settings), name) for name, count in counts)
    found: dict[str, str] = {}
    top, label = float("-inf"), ""
    for (low, high), name in spans:
        if low > top:
            label, top = printed(low), high
        found[name] = label
        top = max(top, high)
    return found
