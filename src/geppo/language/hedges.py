"""How sure a source says it is: hedges on the ladder, confidence grades, and negations.

A hedge governs its clause. A grade is another axis and never a rung. The words are kept as printed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from geppo.errors import DataError
from geppo.language import _data
from geppo.language._lexicon import NEVER, Hit, Lexicon, fold
from geppo.language.sentences import Span
from geppo.model.claim import STRENGTH, Grade, Rung

BEFORE, AFTER = "before", "after"

_JUDGEMENT = "judgement"
"""Words by which a source calls a statement its own view ("we assess"): likely, unless a rung of its own is printed."""

_LADDER = frozenset({Rung.OPEN, Rung.POSSIBLE, Rung.SUGGESTS, Rung.LIKELY, Rung.VERY_LIKELY})
_ORDER = {rung: number for number, rung in enumerate(Rung)}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Hedged:
    """A hedge: its rung and its words as printed."""

    start: int
    end: int
    rung: Rung
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A source's own confidence word."""

    start: int
    end: int
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Negation:
    """A negator. `scope` is the side of it that is negated: `after` ("did not use X"), `before` (`使っていない`)."""

    start: int
    end: int
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    rungs: Lexicon
    grades: Lexicon
    negations: Lexicon


def _groups(data: Mapping[str, Any], known: Iterable[str], where: str) -> dict[str, tuple[str, ...]]:
    allowed = {*known, NEVER}
    for name in data:
        if name not in allowed:
            raise DataError(f"[{where}]: {name!r} is none of {', '.join(sorted(allowed))}")
    return {name: _data.words(data, name) for name in data}


@cache
def _rules(code: str) -> _Rules:
    data = _data.own_or_neutral(code, "hedges")
    edges = _data.text(_data.table(code, "language"), "edges")
    rungs = _groups(_data.section(data, "rungs"), [*(rung.value for rung in Rung), _JUDGEMENT], "rungs")
    grades = _groups(_data.section(data, "grades"), [grade.value for grade in Grade], "grades")
    negations = _groups(_data.section(data, "negation"), [BEFORE, AFTER], "negation")
    turned = _data.section(data, "reversed")
    scope = _data.text(turned, "scope") or AFTER
    for rung in (Rung.LIKELY.value, Rung.VERY_LIKELY.value):
        rungs[rung] = rungs.get(rung, ()) + _data.words(turned, rung)
        negations[scope] = negations.get(scope, ()) + _data.words(turned, rung)
    negations[NEVER] = negations.get(NEVER, ()) + rungs.get(Rung.OPEN.value, ())
    return _Rules(
        rungs=Lexicon(rungs, edges=edges),
        grades=Lexicon(grades, edges=edges),
        negations=Lexicon(negations, edges=edges),
    )


@lru_cache(maxsize=16)
def _hits(text: str, code: str, kind: str) -> tuple[tuple[int, ...], tuple[Hit, ...]]:
    """All hits of a text, kept because callers ask clause by clause."""
    lexicon: Lexicon = getattr(_rules(code), kind)
    found = tuple(lexicon.find(fold(text)))
    return tuple(hit.start for hit in found), found


def _within(text: str, span: Span, language: str, kind: str) -> list[Hit]:
    starts, found = _hits(text, _data.code(language), kind)
    out = []
    for hit in found[bisect_left(starts, span.start) : bisect_left(starts, span.end)]:
        end = hit.start + len(text[hit.start : hit.end].rstrip("。．.,，、;；:： \n」』”"))
        if hit.start < end <= span.end:
            out.append(Hit(hit.start, end, hit.label))
    return out


def hedges(text: str, span: Span, language: str) -> tuple[Hedged, ...]:
    """Hedges inside a stretch (a sentence or a clause), in order.

    A word of judgement ("we assess that") is `likely` where no rung stands beside it, and is left out where one does.
    What would be "unlikely" is `likely` here and a negation there: the range is turned round by the polarity.
    """
    hits = _within(text, span, language, "rungs")
    plain = {Rung(hit.label) for hit in hits if hit.label != _JUDGEMENT}
    found = []
    for hit in hits:
        if hit.label == _JUDGEMENT and plain & _LADDER:
            continue
        rung = Rung.LIKELY if hit.label == _JUDGEMENT else Rung(hit.label)
        found.append(Hedged(start=hit.start, end=hit.end, rung=rung, text=text[hit.start : hit.end]))
    return tuple(found)


def grade(text: str, span: Span, language: str) -> Graded | None:
    """The first confidence grade in a stretch, or None. "Somewhat confident" is no grade."""
    hits = _within(text, span, language, "grades")
    if not hits:
        return None
    return Graded(start=hits[0].start, end=hits[0].end, grade=Grade(hits[0].label))


def negations(text: str, span: Span, language: str) -> tuple[Negation, ...]:
    """Negators inside a stretch, in order. "Not only" negates nothing, nor does "cannot be ruled out"."""
    return tuple(
        Negation(start=hit.start, end=hit.end, scope=hit.label) for hit in _within(text, span, language, "negations")
    )


def combine(rungs: Iterable[Rung]) -> Rung:
    """The rung of a statement with several hedges: the weaker one; flat (`confirmed`) where there is none.

    Hearsay gives no rung of its own, so that `reported` counts only where nothing else is printed ("according to X,
    probably" is likely, with X as voice).
    """
    given = set(rungs)
    if len(given) > 1:
        given.discard(Rung.REPORTED)
    return min(given, key=lambda rung: (STRENGTH[rung], _ORDER[rung]), default=Rung.CONFIRMED)
