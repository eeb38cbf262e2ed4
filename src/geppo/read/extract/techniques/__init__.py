"""Techniques of ATT&CK that a text names or describes, with what shows it.

Found are names as ATT&CK prints them and behaviour as reports describe it in en, ja, zh, ru and ko. Numbers (T1566.001)
are observables and found there. The words and the guards are data (`cues.toml`, `guards.toml`); docs/techniques.md has
the measures.

What it cannot do: an implied step ("they came back a month later") has no words of its own and is not found; neither
are the order of steps and chains over sentences, nor who did it. A pronoun that stands for the technique is not
followed. A capability ("can take screenshots") is found like a deed. Words of a technique in a sentence that gives
advice, defines a term, speaks of a product or says that nothing was found are left out, and so are techniques for
which there are no cues: those are found by name or number only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geppo.catalog.attack import techniques
from geppo.catalog.folding import Folded, folded
from geppo.language.hedges import negations
from geppo.language.sentences import Span, blocks, clauses, sentences
from geppo.model.technique import Technique
from geppo.read.extract.techniques import _cues, _names

_BACK = 2
"""Sentences before a weak cue in which a hostile word still speaks of it."""
_PIECE = 2000
"""Characters of a run without sentence marks that are looked at at once: longer ones are lists of values."""


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    id: str
    cue: str


def find(text: str, language: str, hostile: Sequence[tuple[int, int]] = ()) -> tuple[Technique, ...]:
    """Techniques of `text` in order of place, with offsets into `text` as read. Never raises on a text.

    A technique is told once for each sentence; its parent is left out beside it. Text of a language without cues is
    read for names only. `hostile` are places of `text` that speak of an attacker beyond our words for it: names of
    groups and programs. Time is linear in the length of the text.
    """
    view = folded(text)
    code = language.lower().replace("_", "-").partition("-")[0]
    if code == "zh":
        view = replace(view, text=view.text.translate(_cues.simplified()))
    spans = _pieces(sentences(view.raw, code))
    quiet = _advising_parts(view.raw, code)
    found: list[Technique] = []
    named = _names.names(view.raw, code)
    near = _Hostile(view, spans, code, hostile)
    at = 0
    for number, span in enumerate(spans):
        part = bisect_right(quiet, (span.start, len(view.raw))) - 1
        if part >= 0 and span.start < quiet[part][1]:
            continue
        while at < len(named) and named[at].start < span.start:
            at += 1
        until = at
        while until < len(named) and named[until].end <= span.end:
            until += 1
        found += _of_sentence(view, span, code, named[at:until], near.near(number))
    return tuple(sorted(found, key=lambda one: (one.start, -one.end, one.id)))


def _pieces(spans: Sequence[Span]) -> list[Span]:
    """Sentences, the endless ones cut."""
    return [
        Span(start=start, end=min(start + _PIECE, span.end))
        for span in spans
        for start in range(span.start, span.end, _PIECE)
    ]


def _advising_parts(raw: str, code: str) -> list[tuple[int, int]]:
    """Parts whose heading says that they give advice, in order."""
    heading = _cues.guards(code).headings
    return [(block.start, block.end) for block in blocks(raw) if block.heading and heading.search(block.heading)]


class _Hostile:
    """Whether an attacker is spoken of, asked sentence by sentence and found when first asked."""

    def __init__(self, view: Folded, spans: Sequence[Span], code: str, places: Sequence[tuple[int, int]]) -> None:
        self._text = view.text
        self._spans = spans
        self._words = _cues.guards(code).hostile
        self._known: dict[int, bool] = {}
        starts = [span.start for span in spans]
        for start, _ in places:
            at = start if view.offsets is None else bisect_left(view.offsets, start)
            if (number := bisect_right(starts, at) - 1) >= 0 and at < spans[number].end:
                self._known[number] = True

    def _in(self, number: int) -> bool:
        if number not in self._known:
            span = self._spans[number]
            self._known[number] = self._words.search(self._text[span.start : span.end]) is not None
        return self._known[number]

    def near(self, number: int) -> _Near:
        """The question for one sentence and those before it."""
        return _Near(self, number)

    def up_to(self, number: int) -> bool:
        """True where the sentence or one shortly before it speaks of an attacker."""
        return any(self._in(one) for one in range(number, max(-1, number - _BACK - 1), -1))


@dataclass(frozen=True, slots=True)
class _Near:
    hostile: _Hostile
    number: int

    def __bool__(self) -> bool:
        return self.hostile.up_to(self.number)


def _of_sentence(
    view: Folded, span: Span, code: str, named: Sequence[_names.Named], hostile: _Near
) -> Iterator[Technique]:
    """Names and behaviour of one sentence, without what another one of the sentence makes superfluous."""
    cues = _cues.cues(code)
    line = view.text[span.start : span.end]
    numbers = cues.matching(line) if cues else []
    if not numbers and not named:
        return
    hits = [_Hit(one.start, one.end, one.id, "") for one in named]
    weak: list[_Hit] = []
    for clause in clauses(view.raw, span, code):
        for hit, is_weak in _of_clause(view, clause, code, numbers):
            if not any(hit.start < one.end and one.start < hit.end for one in named):
                (weak if is_weak else hits).append(hit)
    if not hits and not weak:
        return
    guards = _cues.guards(code)
    if guards.advice.search(line) and not (guards.reported and guards.reported.search(line)):
        return
    if weak and (hits or hostile):
        hits += weak
    known = techniques()
    present = {hit.id for hit in hits}
    told: set[str] = set()
    for hit in sorted(hits, key=lambda hit: (hit.cue != "", hit.start, -hit.end)):
        if hit.id in told or _superfluous(hit.id, present):
            continue
        told.add(hit.id)
        start, end = view.span(hit.start, hit.end)
        name = known[hit.id].name
        how: Literal["name", "behaviour"] = "behaviour" if hit.cue else "name"
        yield Technique(
            id=hit.id, name=name, start=start, end=end, how=how, cue=hit.cue or view.raw[hit.start : hit.end]
        )


def _superfluous(number: str, present: set[str]) -> bool:
    """True for a parent beside its sub-technique, and for what `yields` says."""
    if "." not in number and any(other.startswith(f"{number}.") for other in present):
        return True
    return bool(_cues.yields().get(number, frozenset()) & present)


def _of_clause(view: Folded, clause: Span, code: str, numbers: Sequence[int]) -> Iterator[tuple[_Hit, bool]]:
    """Behaviour of a clause, each with whether its cue is a weak one."""
    cues = _cues.cues(code)
    if cues is None:
        return
    guards = _cues.guards(code)
    line = view.text[clause.start : clause.end]
    apart: list[tuple[int, int]] | None = None
    for number in numbers:
        cue = cues.cues[number]
        for start, end in cues.spans(number, line):
            if apart is None:
                apart = [found.span() for found in guards.defence.finditer(line)]
            if any(stop <= start or (guards.either and first >= end) for first, stop in apart):
                continue
            if not _denied(view, clause, code, start, end):
                yield _Hit(clause.start + start, clause.start + end, cue.id, cue.source), cue.weak


def _denied(view: Folded, clause: Span, code: str, start: int, end: int) -> bool:
    """True where the clause says that it was not done, or not found."""
    guards = _cues.guards(code)
    line = view.text[clause.start : clause.end]
    if any(not start <= found.start() < end for found in guards.absent.finditer(line)):
        return True
    effects = [found.span() for found in guards.effects.finditer(line)] if guards.effects else []
    for mark in negations(view.raw, clause, code):
        first, last = mark.start - clause.start, mark.end - clause.start
        if any(begin < last and first < stop for begin, stop in effects):
            continue
        if start < first and last <= end:
            return True
        if mark.scope == "after" and 0 <= start - last <= guards.before and "," not in line[last:start]:
            return True
        if mark.scope == "before" and 0 <= first - end <= guards.after and "、" not in line[end:first]:
            return True
    return False


__all__ = ["Technique", "find"]
