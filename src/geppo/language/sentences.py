"""Blocks, sentences and clauses with exact offsets: the scopes in which statements may be joined.

A block is the story that a pronoun may reach back into. A sentence is the passage that a claim points at. A clause is
what a hedge governs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import re2

from geppo import linear
from geppo.language import _data
from geppo.language._lexicon import Test, alternation, fold, pattern, sorter, spans

_STOP = re.compile(
    r"[.!?…]+[)\]\"”»]*(?:\[[0-9]{1,3}\])*|[。！？｡]+[」』）)”’】》]*|\n[\t\n\f\r \u3000]*",
)
"""Python's own engine, in which a match costs less: what follows the first class may all be left out, so it never goes
back."""
_BRACKETS = {
    ")": "(",
    "）": "（",
    "]": "[",
    "】": "【",
    "」": "「",
    "』": "『",
    "”": "“",
    "’": "‘",
    "》": "《",
    "»": "«",
}


LONGEST = 3000
"""Characters from which a sentence is cut where it can be: a page without full stops, a list of values, an attack. What
is done in a sentence may take time by its square, so that it must have an end. Of 28,000 sentences of public reports 7
are longer, all lists of values or code."""

LONGEST_WIDE = 1000
"""The same where characters are wide, each of which says as much as some letters."""

_CUTS = ("\n", " ", "、", "，", ",")
"""Behind which a sentence is cut that is too long, the first that stands in its last third; else anywhere."""

_BLANK = frozenset("\n \u3000")
_WIDE = "\u2e80"
"""Characters from here up are of scripts that are wide: a full stop between two of them needs no blank."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A stretch of a text: characters `start` to `end`, the end not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A story: text under one heading, or one bullet. `heading` is its words without marks, or empty."""

    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    abbreviations: frozenset[str]
    sometimes: frozenset[str]
    openers: frozenset[str]
    numbered: frozenset[str]
    brackets: Any
    bracket: Test
    longest_bracket: int
    quote_ends: bool
    open_line: Test | None
    lead: _Breaks | None
    tail: _Breaks | None
    relative: _Breaks | None
    subordinate: Test | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Breaks:
    """Places where a clause can end. `any` says quickly that there is none."""

    any: Test
    find: Any


def _breaks_at(patterns: Sequence[str]) -> _Breaks | None:
    if not patterns:
        return None
    source = "(?i)" + alternation(patterns)
    return _Breaks(any=Test(source), find=pattern(source, longest=True))


def _test(patterns: Sequence[str], frame: str) -> Test | None:
    return Test("(?i)" + frame.format(alternation(patterns))) if patterns else None


@cache
def _rules(code: str) -> _Rules:
    common = _data.table(_data.NEUTRAL, "language")
    own = _data.table(code, "language") if code != _data.NEUTRAL else {}

    def both(name: str, *path: str) -> tuple[str, ...]:
        return _data.words(_data.section(common, *path), name) + _data.words(_data.section(own, *path), name)

    breaks = _data.section(own, "clauses")
    sentence = {**_data.section(common, "sentences"), **_data.section(own, "sentences")}
    marks = alternation([re2.escape(mark) for mark in sentence["brackets"]])
    return _Rules(
        abbreviations=frozenset(word.lower() for word in both("abbreviations", "sentences")),
        sometimes=frozenset(word.lower() for word in both("sometimes_final", "sentences")),
        openers=frozenset(word.lower() for word in both("openers", "sentences")),
        numbered=frozenset(word.lower() for word in both("before_number", "sentences")),
        brackets=re.compile(marks + r"|\n[ \t]*\n"),
        bracket=Test(marks),
        longest_bracket=sentence["longest_bracket"],
        quote_ends=sentence["quote_ends"],
        open_line=_test(both("open_line", "sentences"), "{}$"),
        lead=_breaks_at(_data.words(breaks, "lead")),
        tail=_breaks_at(_data.words(breaks, "tail")),
        relative=_breaks_at(_data.words(breaks, "relative")),
        subordinate=_test(_data.words(breaks, "subordinate"), "^{}"),
    )


def _closed(text: str, rules: _Rules, longest: int) -> list[tuple[int, int]]:
    """Outermost bracketed stretches, in order. One that never closes, or only after `longest` characters, is none."""
    if not rules.bracket(text):
        return []
    found: list[tuple[int, int]] = []
    open_: list[tuple[str, int]] = []
    for match in rules.brackets.finditer(text):
        start, end = match.span()
        mark = text[start]
        if mark == "\n":
            open_.clear()
        elif mark not in _BRACKETS:
            open_.append((mark, start))
        elif any(opened == _BRACKETS[mark] for opened, _ in open_):
            while open_[-1][0] != _BRACKETS[mark]:
                open_.pop()
            begin = open_.pop()[1]
            if end - begin <= longest:
                while found and found[-1][0] > begin:
                    found.pop()
                found.append((begin, end))
        if len(open_) > 32:
            del open_[0]
    return found


class _Regions:
    """Answers whether a place lies inside brackets."""

    def __init__(self, found: list[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in found]
        self._ends = [end for _, end in found]

    def around(self, at: int) -> int:
        """The end of the brackets around a place, or -1."""
        index = bisect_right(self._starts, at) - 1
        return self._ends[index] if index >= 0 and at < self._ends[index] else -1


def sentences(text: str, language: str) -> tuple[Span, ...]:
    """Sentences in order; together they cover everything that is not blank.

    A mark of the line (heading, bullet) belongs to its sentence. No sentence ends inside a number, a defanged value, an
    address, an abbreviation, a quotation in corner brackets or parentheses.
    """
    return _sentences(text, _data.code(language))


@lru_cache(maxsize=8)
def _sentences(text: str, code: str) -> tuple[Span, ...]:
    """Kept because names, relations and techniques each ask for those of one text."""
    rules = _rules(code)
    regions = _Regions(_closed(text, rules, rules.longest_bracket))
    found: list[Span] = []
    begin = 0
    for match in _STOP.finditer(text):
        start, end = match.span()
        if _ends(text, begin, start, end, rules, regions):
            _add(found, text, begin, end)
            begin = end
    _add(found, text, begin, len(text))
    return tuple(found)


def _most(text: str, start: int) -> int:
    """How long a sentence that begins at a place may be."""
    piece = text[start : start + LONGEST_WIDE]
    wide = not piece.isascii() and sum(character > _WIDE for character in piece) * 2 > len(piece)
    return LONGEST_WIDE if wide else LONGEST


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while end - start > LONGEST_WIDE and end - start > (most := _most(text, start)):
        last = start + most
        places = (text.rfind(mark, last - most // 3, last) for mark in _CUTS)
        cut = next((place + 1 for place in places if place >= 0), last)
        _add(found, text, start, cut)
        start = cut
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        first = start + len(piece) - len(piece.lstrip())
        found.append(Span(start=first, end=first + len(bare)))


def _ends(text: str, begin: int, start: int, end: int, rules: _Rules, regions: _Regions) -> bool:
    mark = text[start]
    if mark == "\n":
        return end < len(text) and not _runs_on(text, begin, start, end, rules)
    around = regions.around(start)
    if around > end:
        return False
    following = text[end] if end < len(text) else "\n"
    if mark in "。！？｡":
        closed = text[end - 1]
        if around == end and closed in ")）]】":
            return following in _BLANK
        return closed not in "」』”’" or rules.quote_ends or following in _BLANK or following in "「『（"
    if not following.isspace():
        return following > _WIDE and following.isalpha() and text[max(0, start - 1)] > _WIDE
    opener = _next_word(text, end)
    if opener[:1].islower():
        return False
    return not _abbreviated(text, start, mark, opener, rules)


def _next_word(text: str, at: int) -> str:
    """The next word, with its case; a digit counts as a word; quotes before it are skipped."""
    rest = text[at : at + 40].lstrip().lstrip("\"'“«„(*_[")
    length = 0
    while length < len(rest) and rest[length].isalnum():
        length += 1
    return rest[:length]


def _abbreviated(text: str, start: int, mark: str, opener: str, rules: _Rules) -> bool:
    """True where the full stop belongs to the word before it."""
    first = start
    while first > 0 and start - first < 16 and (text[first - 1].isalpha() or text[first - 1] == "."):
        first -= 1
    word = text[first:start]
    if not word:
        line = text[max(0, start - 8) : start].rpartition("\n")[2]
        return mark == "." and line.strip().isdigit() and (len(line) < 8 or start == len(line))
    token = word.lower() + mark
    if token in rules.numbered and opener[:1].isdigit():
        return True
    if token in rules.abbreviations:
        return True
    initial = len(word) == 1 and word.isupper() and mark == "."
    return (initial or token in rules.sometimes) and bool(opener) and opener.lower() not in rules.openers


def _runs_on(text: str, begin: int, start: int, end: int, rules: _Rules) -> bool:
    """True where a line end is only a wrap: no blank line, no new mark of a line, and the line is not complete."""
    if "\n" in text[start + 1 : end]:
        return False
    line = text[max(begin, start - 400) : start].rstrip()
    if not line or line[-1] in ".!?…。！？:：" or line.lstrip()[:1] in "#|>":
        return False
    following = text[end : end + 1]
    if following in "#|>-*•・■●◆◇□▼▲【":
        return False
    return following.islower() or (rules.open_line is not None and rules.open_line(line[-24:]))


_RULE, _BULLET, _NUMBERED, _COMPLETE, _FIRST_HEADING = range(5)
"""Numbers of what a line may be; those of the ways to mark a heading follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """How lines are marked. `kinds` says in one pass what a line is; `headings` give the words of a heading."""

    headings: tuple[Any, ...]
    kinds: Callable[[bytes], Any]
    longest: int
    longest_wide: int


@cache
def _marks() -> _Marks:
    data = _data.section(_data.table(_data.NEUTRAL, "language"), "blocks")
    sources = _data.words(data, "headings")
    return _Marks(
        headings=tuple(pattern(source) for source in sources),
        kinds=linear.matcher(
            sorter(
                [*(_data.text(data, name) for name in ("rule", "bullet", "numbered", "complete")), *sources],
                whole=False,
            )
        ),
        longest=data["longest_heading"],
        longest_wide=data["longest_wide_heading"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    start: int
    end: int
    words: str
    after_blank: bool
    kinds: frozenset[int]


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    blank = True
    kinds = _marks().kinds
    for raw in text.split("\n"):
        words = raw.strip()
        if words:
            first = at + len(raw) - len(raw.lstrip())
            yield _Line(
                start=first,
                end=first + len(words),
                words=words,
                after_blank=blank,
                kinds=frozenset(kinds(words.encode()) or ()),
            )
        blank = not words
        at += len(raw) + 1


def _bare_heading(line: _Line, before: _Line | None, after: _Line | None) -> bool:
    """A short line that is no sentence and stands above one: how headings look once their marks are lost."""
    marks = _marks()
    wide = not line.words.isascii() and max(line.words) > _WIDE
    limit = marks.longest_wide if wide else marks.longest
    if after is None or len(line.words) > limit or _COMPLETE in line.kinds:
        return False
    if before is not None and not line.after_blank and _COMPLETE not in before.kinds:
        return False
    if after.words[:1].islower() or len(after.words) <= len(line.words):
        return False
    return _COMPLETE in after.kinds and _BULLET not in after.kinds


def _heading(line: _Line, before: _Line | None, after: _Line | None) -> str:
    """The words of a heading that the line is or opens with, or an empty text."""
    for number, parser in enumerate(_marks().headings, _FIRST_HEADING):
        match = parser.search(line.words) if number in line.kinds else None
        if match is not None and match.group(1).strip():
            return str(match.group(1)).strip()
    return line.words if _bare_heading(line, before, after) and _BULLET not in line.kinds else ""


@lru_cache(maxsize=8)
def blocks(text: str) -> tuple[Block, ...]:
    """Story blocks in order: what stands under a heading, and each bullet for itself under the heading above it.

    A block begins with its heading. Without headings and bullets the whole text is one block. A rule between paragraphs
    ends a block and its heading.
    """
    lines = list(_lines(text))
    found: list[Block] = []
    heading = ""
    begin = end = -1
    bullet = False

    def close() -> None:
        if begin >= 0:
            found.append(Block(start=begin, end=end, heading=heading))

    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        after = lines[number + 1] if number + 1 < len(lines) else None
        if _RULE in line.kinds:
            close()
            begin, heading, bullet = -1, "", False
            continue
        own = _heading(line, before, after)
        item = not own and not line.kinds.isdisjoint((_BULLET, _NUMBERED))
        if own or item or (bullet and line.after_blank):
            close()
            begin, bullet = line.start, item
            heading = own or heading
        elif begin < 0:
            begin = line.start
        end = line.end
    close()
    return tuple(found)


def clauses(text: str, span: Span, language: str) -> tuple[Span, ...]:
    """The clauses of a sentence, in order: what a hedge or a negation governs.

    A clause ends at marks and conjunctions of the language's data, outside brackets and quotations. A language without
    data has one clause.
    """
    rules = _rules(_data.code(language))
    piece = fold(text)[span.start : span.end]
    if rules.lead is None and rules.tail is None:
        return (span,)
    places = {cut for cut in _breaks(piece, rules) if 0 < cut < len(piece)}
    if not places:
        return (span,)
    regions = _Regions(_closed(piece, rules, len(piece)))
    cuts = sorted(cut for cut in places if regions.around(cut - 1) < cut)
    found: list[Span] = []
    begin = span.start
    for cut in [*cuts, len(piece)]:
        _add(found, text, begin, span.start + cut)
        begin = span.start + cut
    return tuple(found)


def _after_marks(piece: str, start: int, end: int) -> int:
    while start < end and not piece[start].isalnum():
        start += 1
    return start


def _breaks(piece: str, rules: _Rules) -> Iterator[int]:
    """Offsets at which a new clause begins."""
    if rules.lead is not None and rules.lead.any(piece):
        yield from (_after_marks(piece, *place) for place in spans(rules.lead.find, piece))
    if rules.relative is not None and rules.relative.any(piece):
        for start, end in spans(rules.relative.find, piece):
            if piece.find(", ", end) < 0:
                yield _after_marks(piece, start, end)
    if rules.tail is not None and rules.tail.any(piece):
        yield from (end for start, end in spans(rules.tail.find, piece) if start > 0)
    if rules.subordinate is not None and rules.subordinate(piece):
        comma = piece.find(", ")
        if comma > 0:
            yield comma + 2
