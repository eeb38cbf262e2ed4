"""What stands around a value: its sentence, its line, the heading above it, and the cue words in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

import re2

from geppo.read.extract.observables import _data
from geppo.read.extract.observables.refang import Clean

_HEADING = re2.compile(rb"(?m)^[^\n]{2,100}$")
_ENDERS = ("\n", "。", ". ", "! ", "? ", ".\t", "！", "？", "; ")
_HEADING_MARKS = " \t\r#*=-_|>■●◆◇□▼▽・【】[]「」『』<>0123456789.:：、\u3000"
_SHORT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the kinds of cues in it."""

    start: int
    title: str
    kinds: frozenset[str]


class Surroundings:
    """Cues and borders of one clean copy, found once, asked per value."""

    def __init__(self, clean: Clean) -> None:
        self._clean = clean
        self.lower = _lower(clean.text)
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        self._find_cues()

    def _find_cues(self) -> None:
        cues, automaton = _data.cues()
        text = self.lower
        for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            cue = cues[index]
            if cue.whole_start and start and _data.cased(text[start - 1]):
                continue
            if cue.whole_end and end < len(text) and _data.cased(text[end]):
                continue
            for kind in cue.kinds:
                self._starts.setdefault(kind, []).append(start)
                self._ends.setdefault(kind, []).append(end)

    def set_aside(self, spans: list[tuple[int, int]]) -> None:
        """Forget the cues inside the values themselves; `spans` are sorted by start."""
        starts = [start for start, _ in spans]
        for kind, places in self._starts.items():
            ends = self._ends[kind]
            kept = [i for i, place in enumerate(places) if not _inside(place, ends[i], starts, spans)]
            self._starts[kind], self._ends[kind] = [places[i] for i in kept], [ends[i] for i in kept]

    @cached_property
    def _breaks(self) -> list[int]:
        """Ends of sentences and lines."""
        found: set[int] = set()
        for ender in _ENDERS:
            place = self.lower.find(ender)
            while place >= 0:
                found.add(place)
                place = self.lower.find(ender, place + 1)
        return sorted(found)

    @cached_property
    def _lines(self) -> list[int]:
        found = [-1]
        place = self.lower.find("\n")
        while place >= 0:
            found.append(place)
            place = self.lower.find("\n", place + 1)
        return found

    def line(self, place: int) -> tuple[int, int]:
        """The line that holds `place`."""
        index = bisect_left(self._lines, place)
        end = self._lines[index] if index < len(self._lines) else len(self.lower)
        return self._lines[index - 1] + 1 if index else 0, end

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a span, never more than its line."""
        low = bisect_left(self._breaks, start)
        high = bisect_left(self._breaks, end)
        first = self._breaks[low - 1] + 1 if low else 0
        return first, (self._breaks[high] if high < len(self._breaks) else len(self.lower))

    def cue(self, kind: str, start: int, end: int) -> str:
        """The last cue of a kind inside the span, or ""."""
        starts = self._starts.get(kind)
        if not starts or end <= start:
            return ""
        index = bisect_left(starts, end) - 1
        while index >= 0 and starts[index] >= start:
            if self._ends[kind][index] <= end:
                return self.lower[starts[index] : self._ends[kind][index]]
            index -= 1
        return ""

    def first_cue(self, kind: str, start: int, end: int) -> tuple[int, str]:
        """Where the first cue of a kind inside the span begins, and the cue; (-1, "") for none."""
        starts = self._starts.get(kind, [])
        index = bisect_left(starts, start)
        if index < len(starts) and self._ends[kind][index] <= end:
            return starts[index], self.lower[starts[index] : self._ends[kind][index]]
        return -1, ""

    def last_cue(self, kind: str, start: int, end: int) -> tuple[int, str]:
        """Where the last cue of a kind inside the span ends, and the cue; (-1, "") for none."""
        starts = self._starts.get(kind, [])
        index = bisect_left(starts, end) - 1
        if index >= 0 and starts[index] >= start and self._ends[kind][index] <= end:
            return self._ends[kind][index], self.lower[starts[index] : self._ends[kind][index]]
        return -1, ""

    def section(self, place: int) -> Section | None:
        """The nearest heading above the line of `place`."""
        index = bisect_right(self._section_starts, self.line(place)[0]) - 1
        if index >= 0 and self._sections[index].start == self.line(place)[0]:
            index -= 1
        return self._sections[index] if index >= 0 else None

    @cached_property
    def _section_starts(self) -> list[int]:
        return [section.start for section in self._sections]

    @cached_property
    def _sections(self) -> list[Section]:
        """Headings: `#` lines, lines that end in a colon, lines in capitals, short lines that begin with a cue."""
        found = []
        for match in _HEADING.finditer(self._clean.view):
            start, end = match.span()
            line = self._clean.text[start:end].strip()
            if self._is_heading(line, start, end):
                kinds = frozenset(
                    kind
                    for kind in ("indicators", "source", "benign_before", "benign_after", "bad")
                    if self.cue(kind, start, end)
                )
                found.append(Section(start=start, title=line.strip(_HEADING_MARKS), kinds=kinds))
        return found

    def _is_heading(self, line: str, start: int, end: int) -> bool:
        title = line.strip(_HEADING_MARKS)
        if not title or self._clean.marked(start, end):
            return False
        if line.startswith("#") or line[-1] in ":：" or (title.isupper() and len(title) > 3 and " " in title):
            return True
        if len(title) > _SHORT or line[-1] in "。.!?！？、,":
            return False
        first = start + self._clean.text[start:end].find(title)
        return any(
            place == first and len(word) * 2 >= len(title)
            for kind in ("indicators", "source")
            for place, word in (self.first_cue(kind, first, end),)
        )


def _inside(start: int, end: int, starts: list[int], spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(starts, start) - 1
    return index >= 0 and spans[index][0] <= start and end <= spans[index][1]


def _lower(text: str) -> str:
    """Lower case of the same length."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
