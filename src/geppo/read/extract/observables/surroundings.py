"""What stands around a value: its sentence, its line, the heading above it, and the cue words in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from geppo import linear
from geppo.read.extract.observables import _data
from geppo.read.extract.observables.refang import Clean

_HEADING = linear.compile(rb"(?m)^[^\n]{2,100}$")
_ENDERS = ("\n", "。", ". ", "! ", "? ", ".\t", "！", "？", "; ")
_HEADING_MARKS = " \t\r#*=-_|>■●◆◇□▼▽・【】[]「」『』<>0123456789.:：、\u3000"
QUOTES = dict(zip("\"'`“„‘「『«《", "\"'`”“’」』»》", strict=True))
"""Opening quotes with their closing ones."""

_SHORT = 60
_GAP = 48
_LISTED_LINE, _LABEL, _REST = 48, 16, 12
_OVERRULED = frozenset({"bad", "strong"})


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
        self._known_lines: dict[int, tuple[int, int]] = {}
        self._known_sentences: dict[tuple[int, int], tuple[int, int]] = {}
        self._known_sections: dict[int, Section | None] = {}
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
            while cue.stem and end < len(text) and _data.cased(text[end]):
                end += 1
            for kind in cue.kinds:
                self._starts.setdefault(kind, []).append(start)
                self._ends.setdefault(kind, []).append(end)
        self._drop_neutral()

    def _drop_neutral(self) -> None:
        """Forget words that are part of a phrase which means something else ("phishing report")."""
        spans = self.places("role:neutral")
        if spans:
            for kind in self._starts:
                if kind in _OVERRULED or kind.startswith("role:"):
                    self._forget(kind, spans)

    def places(self, kind: str) -> list[tuple[int, int]]:
        """Every cue of a kind, sorted by start."""
        return list(zip(self._starts.get(kind, ()), self._ends.get(kind, ()), strict=True))

    def only(self, gap: str, start: int, end: int) -> bool:
        """True where nothing but what `gap` allows stands in the span; a line ends only behind a colon."""
        if end - start > _GAP:
            return False
        between = self.lower[start:end]
        if "\n" in between and gap != "chain" and not between.partition("\n")[0].rstrip(" *").endswith((":", "：")):
            return False
        return bool(_data.gap(gap).fullmatch(between))

    def past(self, gap: str, start: int) -> int:
        """Where what `gap` allows ends behind `start`."""
        return start + len(_data.gap(gap).match(self.lower[start : start + _GAP]).group())

    def labelled(self, kind: str, start: int) -> str:
        """The cue of a kind that labels a value at `start`, or ""."""
        starts, ends = self._starts.get("label:" + kind, []), self._ends.get("label:" + kind, [])
        index = bisect_left(starts, start) - 1
        while index >= 0 and starts[index] >= start - 2 * _GAP:
            if ends[index] <= start and self.only("label", ends[index], start):
                return self.lower[starts[index] : ends[index]]
            index -= 1
        return ""

    def beside(self, kind: str, gap: str, start: int, end: int, *, before: bool) -> str:
        """The cue of a kind in the span with only what `gap` allows up to the span's end (`before`) or start, or ""."""
        starts, ends = self._starts.get(kind, []), self._ends.get(kind, [])
        if before:
            for index in range(bisect_left(starts, end) - 1, -1, -1):
                if starts[index] < start:
                    return ""
                if ends[index] <= end and self.only(gap, ends[index], end):
                    return self.lower[starts[index] : ends[index]]
            return ""
        for index in range(bisect_left(starts, start), len(starts)):
            if ends[index] > end or starts[index] > start + _GAP:
                return ""
            if self.only(gap, start, starts[index]):
                return self.lower[starts[index] : ends[index]]
        return ""

    def headed(self, kind: str, place: int) -> str:
        """The cue of a kind that is the whole heading above `place`, or ""."""
        section = self.section(place)
        if section is None:
            return ""
        first, last = self.line(section.start)
        start, word = self.first_cue("label:" + kind, first, last)
        end = start + len(word)
        alone = start >= 0 and self.only("label", first, start) and self.only("label", end, last)
        return word if alone else ""

    def set_aside(self, spans: list[tuple[int, int]]) -> None:
        """Forget the cues inside the values themselves; `spans` are sorted by start."""
        for kind in self._starts:
            self._forget(kind, spans)

    def _forget(self, kind: str, spans: list[tuple[int, int]]) -> None:
        starts = [start for start, _ in spans]
        places, ends = self._starts[kind], self._ends[kind]
        kept = [i for i, place in enumerate(places) if not _inside(place, ends[i], starts, spans)]
        self._starts[kind], self._ends[kind] = [places[i] for i in kept], [ends[i] for i in kept]

    def in_list(self, start: int, end: int) -> bool:
        """True where a span stands in a list or table line, not in running text."""
        first, last = self.line(start)
        line = self.lower[first : min(last, first + 400)].strip()
        rest = last - end
        if start - first <= _LISTED_LINE and (line[:1] in "-*•|・◦‣" or line[:2].rstrip(".)").isdigit()):
            return True
        return (start - first <= _LABEL and rest <= _REST) or "|" in line or "\t" in line

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
        found = self._known_lines.get(place)
        if found is None:
            index = bisect_left(self._lines, place)
            end = self._lines[index] if index < len(self._lines) else len(self.lower)
            found = self._known_lines[place] = (self._lines[index - 1] + 1 if index else 0, end)
        return found

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a span, never more than its line."""
        found = self._known_sentences.get((start, end))
        if found is None:
            low, high = bisect_left(self._breaks, start), bisect_left(self._breaks, end)
            first = self._breaks[low - 1] + 1 if low else 0
            last = self._breaks[high] if high < len(self._breaks) else len(self.lower)
            found = self._known_sentences[start, end] = (first, last)
        return found

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
        first = self.line(place)[0]
        if first not in self._known_sections:
            index = bisect_right(self._section_starts, first) - 1
            if index >= 0 and self._sections[index].start == first:
                index -= 1
            self._known_sections[first] = self._sections[index] if index >= 0 else None
        return self._known_sections[first]

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
        return any(self._opens(kind, first, end) * 2 >= len(title) for kind in ("indicators", "source"))

    def _opens(self, kind: str, first: int, end: int) -> int:
        """The length of the longest cue of a kind that begins at `first`, or 0."""
        starts, ends = self._starts.get(kind, []), self._ends.get(kind, [])
        index = bisect_left(starts, first)
        longest = 0
        while index < len(starts) and starts[index] == first:
            longest = max(longest, ends[index] - first if ends[index] <= end else 0)
            index += 1
        return longest


def _inside(start: int, end: int, starts: list[int], spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(starts, start) - 1
    return index >= 0 and spans[index][0] <= start and end <= spans[index][1]


def _lower(text: str) -> str:
    """Lower case of the same length."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
