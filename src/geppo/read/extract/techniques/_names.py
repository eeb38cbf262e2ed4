"""Names of techniques as ATT&CK prints them.

A name of several words counts in its printed case. A name that is an ordinary word, or the name of a thing ("Phishing",
"Python", "Remote Desktop Protocol"), needs its number beside it, a word such as "technique", or its place in a list of
techniques. A name that two techniques share ("Local Account") needs its technique's name before it, or its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

from geppo import linear
from geppo.catalog.attack import Entry, techniques
from geppo.catalog.folding import is_word
from geppo.read.extract.techniques import _cues

_NUMBER = linear.compile(r"[Tt](?:[0-9]{4})(?:\.[0-9]{3})?")
_NEAR = 24
"""Characters between a name and its number."""
_BESIDE = 6
"""Characters between a name and the word "technique": a blank, a quote, 「という」."""
_LIST_GAP = 32
"""Characters between two names of a list: a separator, a bullet, a number."""
_IN_LIST = linear.compile(
    r"(?:[ \t\n,;|/・、，•*\-–—:：()（）\[\]「」『』]|and|or|および|及び|和|и|및|[Tt][0-9.]+|TA[0-9]+|[0-9]+\.?)*"
)
_FEWEST = 3
"""Names in a row that make a list of techniques, where none of them is certain by itself."""


class Named(NamedTuple):
    """A name at a place of the text; `certain` where its words and case say enough."""

    start: int
    end: int
    id: str
    certain: bool


class _Spelling(NamedTuple):
    printed: str
    ids: tuple[str, ...]
    certain: bool


def _certain(entry: Entry) -> bool:
    if entry.number in _cues.ordinary():
        return False
    return " " in entry.name or entry.number in _cues.distinct_single()


@cache
def _spellings() -> tuple[tuple[_Spelling, ...], AhoCorasick]:
    """What is looked for, one a printed name. An enterprise technique stands for the mobile one of the same name."""
    meant: dict[str, list[Entry]] = {}
    for entry in techniques().values():
        for printed in dict.fromkeys((entry.name, entry.full)):
            meant.setdefault(printed, []).append(entry)
    found = []
    for printed, entries in meant.items():
        first = [entry for entry in entries if entry.matrix == "enterprise"] or entries
        certain = len(first) == 1 and (printed != first[0].name or _certain(first[0]) or bool(": " in printed))
        found.append(_Spelling(printed, tuple(entry.number for entry in first), certain))
    return tuple(found), AhoCorasick([spelling.printed for spelling in found])


def _longest(raw: str) -> list[tuple[int, int, _Spelling]]:
    spellings, automaton = _spellings()
    hits = []
    for index, start, end in automaton.find_matches_as_indexes(raw, overlapping=True):
        inside = (start and is_word(raw[start - 1])) or (end < len(raw) and is_word(raw[end]))
        part = (start and raw[start - 1] in "-/.\\") or (end < len(raw) and raw[end] in "-/\\")
        if not inside and not part:
            hits.append((start, end, spellings[index]))
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    chosen: list[tuple[int, int, _Spelling]] = []
    for hit in hits:
        if not chosen or hit[0] >= chosen[-1][1]:
            chosen.append(hit)
    return chosen


def _beside(raw: str, start: int, end: int, ids: Sequence[str]) -> str:
    """The number printed beside a name, where it is one that the name may have."""
    for stretch in (raw[end : end + _NEAR], raw[max(0, start - _NEAR) : start]):
        line = stretch.partition("\n")[0] if stretch is not raw[max(0, start - _NEAR) : start] else stretch
        for found in _NUMBER.findall(line):
            if found.upper() in ids:
                return str(found.upper())
    return ""


def _called(raw: str, start: int, end: int, words: Any) -> bool:
    """True where a word such as "technique" stands right before or after a name."""
    before = raw[max(0, start - _NEAR) : start].rpartition("\n")[2]
    after = raw[end : end + _NEAR].partition("\n")[0]
    if any(found.end() >= len(before) - _BESIDE for found in words.finditer(before)):
        return True
    found = words.search(after)
    return found is not None and found.start() <= _BESIDE


def _order(raw: str, start: int, end: int) -> bool:
    """True for a name that opens a sentence and runs on in it: "Modify Registry settings so that" tells to do so."""
    before = raw[max(0, start - _NEAR) : start].rstrip(" ")
    if before and before[-1] not in ".!?\n-*•":
        return False
    following = raw[end : end + _NEAR].split()
    runs_on = raw[end : end + 1] == " " and bool(following) and following[0].isascii() and following[0].islower()
    return runs_on and following[0].rstrip(",") not in _cues.running()


def names(raw: str, language: str) -> tuple[Named, ...]:
    """Names of techniques in a text as printed, in order, without overlap."""
    guards = _cues.guards(language)
    hits = _longest(raw)
    found: list[Named | None] = []
    for start, end, spelling in hits:
        number = _beside(raw, start, end, spelling.ids)
        sure = bool(number) or _called(raw, start, end, guards.named_by)
        sure = sure or (spelling.certain and not _order(raw, start, end))
        if number or len(spelling.ids) == 1:
            found.append(Named(start, end, number or spelling.ids[0], sure))
        else:
            found.append(None)
    return tuple(_listed(raw, hits, found))


def _listed(raw: str, hits: Sequence[tuple[int, int, _Spelling]], found: Sequence[Named | None]) -> list[Named]:
    """Certain names, and those that stand in a list of techniques."""
    kept: list[Named] = []
    run: list[int] = []
    for place in range(len(hits) + 1):
        ends = place == len(hits) or (run and not _one_list(raw[hits[run[-1]][1] : hits[place][0]]))
        if ends and run:
            named = [one for at in run if (one := found[at]) is not None]
            sure = sum(one.certain for one in named)
            whole = len(run) >= _FEWEST or (len(run) == _FEWEST - 1 and sure > 0)
            kept += [one for one in named if one.certain or whole]
            run = []
        run.append(place)
    return kept


def _one_list(between: str) -> bool:
    return len(between) <= _LIST_GAP and _IN_LIST.fullmatch(between) is not None
