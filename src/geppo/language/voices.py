"""Who says it: words that introduce a speaker, with the run of text that may be its name, and the author's own voice.

A run is a candidate. Whether it names anybody is for the caller, who knows the names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import re2

from geppo.errors import DataError
from geppo.language import _data
from geppo.language._lexicon import NEVER, Hit, Lexicon, Test, alternation, fold, pattern
from geppo.language.sentences import Span

AFTER, BEFORE, EITHER, SUBJECT = "after", "before", "either", "subject"
_APPOSITION = "apposition"

_REACH = 120
"""Characters around a cue in which the name must stand: five words and what may stand between."""

_NEAR_COMMA = 12
"""Characters between the comma that ends an apposition and the cue: an auxiliary verb and an adverb."""

_SENTENCE_ENDS = ("。", "！", "？", "\n", ". ", "? ", "! ")

_PRONOUN = 8
"""Characters before a name in which the pronoun of its relative clause stands."""

_LONGEST = 400
"""Characters back to the subject of a sentence whose verb comes last."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Voice:
    """A speaker introduced in a text: cue and name together, the name alone, and the kind of cue.

    `anaphoric` is true where the "name" is a pronoun or a description that points back (`同社`, "the company"), `apart`
    where the speaker opens a clause set against the one before, which it does not say (", while X disclosed …").
    """

    start: int
    end: int
    name_start: int
    name_end: int
    kind: str
    anaphoric: bool
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    cues: Lexicon
    runs: Mapping[str, str]
    front: Any
    back: Any
    not_names: frozenset[str]
    anaphors: Test | None
    not_subject: Test | None
    namer: Test | None
    apart: Test | None
    own: Lexicon


@cache
def _rules(code: str) -> _Rules:
    data = _data.own_or_neutral(code, "voices")
    edges = _data.text(_data.table(code, "language"), "edges")
    cues: dict[str, tuple[str, ...]] = {NEVER: _data.words(data, "never")}
    for row in data.get("cue", []):
        label = f"{row['kind']}/{row['name']}"
        if row["name"] not in (AFTER, BEFORE, EITHER, SUBJECT):
            raise DataError(f"voices: a cue's name stands after, before, either or subject, got {row['name']!r}")
        cues[label] = cues.get(label, ()) + _data.words(row, "words")
    macros = _data.section(data, "macros")

    def written(name: str) -> str:
        source = _data.text(data, name)
        for macro, text in macros.items():
            source = source.replace("{" + macro + "}", text)
        return source

    def made(name: str) -> Any:
        source = written(name)
        return pattern(source) if source else None

    anaphors = _data.words(data, "anaphors")
    return _Rules(
        cues=Lexicon(cues, edges=edges),
        runs={name: written(f"run_{name}") for name in (AFTER, BEFORE, SUBJECT, _APPOSITION)},
        front=made("front"),
        back=made("back"),
        not_names=frozenset(word.lower() for word in _data.words(data, "not_names")),
        anaphors=Test("(?i)^" + alternation(anaphors) + "$") if anaphors else None,
        not_subject=Test(unlike) if (unlike := _data.text(data, "not_subject")) else None,
        namer=Test(namer) if (namer := _data.text(data, "namer")) else None,
        apart=Test(apart) if (apart := _data.text(data, "apart")) else None,
        own=Lexicon(
            {"own": _data.words(data, "own_observation"), NEVER: _data.words(data, "not_own")},
            edges=edges,
        ),
    )


@lru_cache(maxsize=16)
def _found(text: str, code: str) -> tuple[tuple[int, ...], tuple[Voice, ...]]:
    rules = _rules(code)
    folded = fold(text)
    voices: dict[tuple[int, int], Voice] = {}
    for hit in rules.cues.find(folded):
        voice = _voice(folded, hit, rules)
        if voice is not None:
            voices.setdefault((voice.name_start, voice.name_end), voice)
    ordered = tuple(sorted(voices.values()))
    return tuple(voice.start for voice in ordered), ordered


def _voice(folded: str, hit: Hit, rules: _Rules) -> Voice | None:
    kind, _, where = hit.label.partition("/")
    for place in (BEFORE, AFTER) if where == EITHER else (where,):
        run = _run(folded, hit, place, rules)
        if run is None:
            continue
        start, end = run
        anaphoric = _points_back(folded[start:end], rules)
        if not anaphoric:
            start, end = _trimmed(folded, start, end, rules)
            anaphoric = _points_back(folded[start:end], rules)
        if start < end and rules.namer is not None and rules.namer(folded[max(0, start - _PRONOUN) : hit.end]):
            return None
        if start < end:
            return Voice(
                start=min(start, hit.start),
                end=max(end, hit.end),
                name_start=start,
                name_end=end,
                kind=kind,
                anaphoric=anaphoric,
                apart=rules.apart is not None and rules.apart(folded[max(0, start - _PRONOUN - _PRONOUN) : start]),
            )
    return None


def _points_back(name: str, rules: _Rules) -> bool:
    return rules.anaphors is not None and rules.anaphors(name)


def _run(folded: str, hit: Hit, where: str, rules: _Rules) -> tuple[int, int] | None:
    """The stretch where the name stands, as the language's pattern for that place finds it."""
    if where == AFTER:
        return _search(rules.runs[AFTER], folded, hit.end, hit.end + _REACH, None)
    if where == SUBJECT:
        begin = _sentence_start(folded, hit.start)
        return _search(rules.runs[SUBJECT], folded, begin, hit.start, rules.not_subject)
    found = _search(rules.runs[BEFORE], folded, max(0, hit.start - _REACH), hit.start, None)
    if found is None and "," in folded[max(0, hit.start - _NEAR_COMMA) : hit.start]:
        return _search(rules.runs[_APPOSITION], folded, _sentence_start(folded, hit.start), hit.start, None)
    return found


def _search(run: str, folded: str, start: int, end: int, unless: Test | None) -> tuple[int, int] | None:
    if not run:
        return None
    for match in pattern(run).finditer(folded[start:end]):
        number = 1 if match.start(1) >= 0 else 2
        if unless is None or not unless(match.group(number)):
            return start + match.start(number), start + match.end(number)
    return None


def _sentence_start(folded: str, at: int) -> int:
    first = max(0, at - _LONGEST)
    cuts = [folded.rfind(mark, first, at) + len(mark) for mark in _SENTENCE_ENDS if folded.rfind(mark, first, at) >= 0]
    return max([first, *cuts])


def _trimmed(folded: str, start: int, end: int, rules: _Rules) -> tuple[int, int]:
    """The run without role words before it, adverbs after it and words that open a sentence."""
    if rules.front is not None:
        match = rules.front.search(folded[start:end])
        if match is not None and match.end() < end - start:
            start += match.end()
    if rules.back is not None:
        match = rules.back.search(folded[start:end])
        if match is not None and match.start() > 0:
            end = start + match.start()
    while start < end:
        word, blank, _ = folded[start:end].partition(" ")
        if word.lower().strip("'\"") not in rules.not_names:
            break
        start += len(word) + len(blank)
    while start < end and folded[start] in " 「『“\"'《«、，":
        start += 1
    while start < end and folded[end - 1] in " 」』”\"'》»、，":
        end -= 1
    return start, end


def voices(text: str, span: Span, language: str) -> tuple[Voice, ...]:
    """Speakers introduced inside a stretch (a sentence), in order."""
    starts, found = _found(text, _data.code(language))
    inside = found[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
    return tuple(voice for voice in inside if voice.end <= span.end)


@lru_cache(maxsize=512)
def _named_observation(house: str, code: str) -> Test | None:
    source = _data.text(_data.own_or_neutral(code, "voices"), "named_observation")
    return Test(source.replace("HOUSE", re2.escape(fold(house)))) if source else None


def observes(text: str, language: str, house: str) -> bool:
    """True where a page speaks of what its own house has seen by the house's name ("Kestrel Labs has observed")."""
    folded = fold(text)
    if not house or fold(house) not in folded:
        return False
    test = _named_observation(house, _data.code(language))
    return test is not None and test(folded)


def own_observation(text: str, language: str) -> tuple[Span, ...]:
    """Where the author speaks of what it has seen itself ("our telemetry", `当社は…確認した`), in order."""
    rules = _rules(_data.code(language))
    return tuple(Span(start=hit.start, end=hit.end) for hit in rules.own.find(fold(text)))
