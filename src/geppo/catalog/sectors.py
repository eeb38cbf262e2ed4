"""Which words of a text speak of a sector: "energy" alone is a word, "energy companies" or "targets energy" a sector.

A form that ends in a word such as "industry" or "agencies" is a sector wherever it stands. Any other is one where such
a word follows, which then belongs to it, where the sentence speaks of targets or victims, or beside one in a list. The
words are data: `[sectors.<language>]` in `matching.toml`, regular expressions over the folded text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from geppo import linear
from geppo.catalog.folding import Folded, is_word
from geppo.catalog.hits import Hit
from geppo.catalog.rules import SectorPatterns

_REACH = 160
"""How far before and after a word its sentence is looked at."""
_LIST_GAP = 30
"""Longest text between two members of a list."""
_QUOTES = ('"', "“", "”", "'")
_ENDS = (". ", "! ", "? ", "; ", '." ', "。", "！", "？", "\n")


def _before(text: str, place: int) -> str:
    """The sentence before a place."""
    first = max(0, place - _REACH)
    for end in _ENDS:
        at = text.rfind(end, first, place)
        if at >= 0:
            first = at + len(end)
    return text[first:place]


def _after(text: str, place: int) -> str:
    """The sentence behind a place."""
    last = min(len(text), place + _REACH)
    for end in _ENDS:
        at = text.find(end, place, last)
        if at >= 0:
            last = at
    return text[place:last]


class SectorWords:
    """The expressions of one language, compiled when they are first asked."""

    def __init__(self, patterns: SectorPatterns, state: frozenset[str]) -> None:
        self._patterns = patterns
        self._made: dict[str, Any] = {}
        self._forms: dict[tuple[str, str], bool] = {}
        self.narrow = patterns.narrow
        self.wide = patterns.wide
        self.state = state

    def found(self, name: str, text: str) -> Any:
        """The match of one expression in a text, or None; an empty expression matches nothing."""
        expression = getattr(self._patterns, name)
        if not expression:
            return None
        if name not in self._made:
            self._made[name] = linear.compile(expression)
        return self._made[name].search(text)

    def is_form(self, name: str, surface: str) -> bool:
        """True where an expression matches a form itself."""
        if (name, surface) not in self._forms:
            self._forms[name, surface] = self.found(name, surface) is not None
        return self._forms[name, surface]


class _Word:
    """A sector word in its sentence; `before_state` is what stands before the name of a state that it follows."""

    def __init__(self, view: Folded, hit: Hit, state: int | None, words: SectorWords) -> None:
        text = view.text
        self.hit = hit
        self.surface = text[hit.start : hit.end]
        self.before = _before(text, hit.start)
        self.after = _after(text, hit.end)
        self.before_state = None if state is None else text[max(0, state - _REACH) : state]
        self._raw = view.raw
        self._words = words

    def _asks(self, name: str, text: str) -> Any:
        return self._words.found(name, text)

    @cached_property
    def end(self) -> int:
        """Where it ends with the head word behind it."""
        head = self._asks("head", self.after)
        return self.hit.end + (len(head.group(1)) if head else 0)

    @property
    def start(self) -> int:
        """Where it starts: with the quotation mark that its head word stands behind."""
        quoted = self.before[-1:] in _QUOTES and self.after[:1] in _QUOTES and self.end > self.hit.end
        return self.hit.start - (1 if quoted and self.before else 0)

    @cached_property
    def sure(self) -> bool:
        """True where the word needs no other of its list to be a sector."""
        words, surface = self._words, self.surface
        narrow = surface in words.narrow
        if self.end > self.hit.end or surface in words.wide or (not narrow and words.is_form("ends_in_head", surface)):
            return True
        if not narrow and self.possible and self._targeted():
            return True
        if not self._joined() and self._asks("enumerates", self.before) and self._asks("alone", self.after):
            return True
        return bool(self._asks("listed_head", self.after))

    @cached_property
    def possible(self) -> bool:
        """False where the word is part of another word, of a name, or says what kind of other thing follows."""
        if self._joined() or self._in_name():
            return False
        if not self._words.is_form("modifier", self.surface) and self._asks("alone", self.after):
            return True
        return bool(self._asks("thing", self.after))

    def _joined(self) -> bool:
        return self.before[-1:] == "-" or (self.after[:1] == "-" and is_word(self.after[1:2] or " "))

    def _in_name(self) -> bool:
        """A word with a capital beside another one belongs to a name."""
        hit, raw = self.hit, self._raw
        if not raw[hit.start].isupper() or not raw[hit.start].isascii():
            return False
        after = raw[hit.end : hit.end + 2]
        previous = raw[max(0, hit.start - 30) : hit.start]
        word = previous.rstrip().rpartition(" ")[2]
        left = previous.endswith(" ") and word[:1].isupper() and word[-1:].isalpha()
        return left or (after[:1] == " " and after[1:].isupper())

    def _targeted(self) -> bool:
        """True where the sentence speaks of targets or victims and the word is one of them.

        A government with its state's name is that state, unless it is the very thing that is attacked.
        """
        if self.hit.form.id in self._words.state:
            if self._asks("acts", self.after) or self._asks("agent", self.before):
                return False
            if self.before_state is not None:
                return bool(self._asks("directly", self.before_state) or self._asks("after", self.after))
        return bool(self._asks("before", self.before) or self._asks("after", self.after))


def judged(view: Folded, hits: Sequence[Hit], places: Sequence[Hit], words: SectorWords) -> list[Hit]:
    """The sector words that speak of a sector, with the head word behind them; in order, without overlap."""
    at_end = {place.end: place.start for place in places}
    starts = {place.start for place in places}
    found = [_Word(view, hit, _state(view.text, hit, at_end, starts), words) for hit in hits]
    kept = {at for at, word in enumerate(found) if word.sure}
    for run in _runs(view.text, found, words):
        if not kept.isdisjoint(run):
            kept.update(at for at in run if found[at].possible or at != run[-1])
    return [word.hit._replace(start=word.start, end=word.end) for at, word in enumerate(found) if at in kept]


def _state(text: str, hit: Hit, at_end: dict[int, int], starts: set[int]) -> int | None:
    """Where the name of a state begins that stands before a word ("Chinese government") or the word, if behind it."""
    end = hit.start - 1 if text[hit.start - 1 : hit.start] == " " else hit.start
    if text[end - 2 : end] == "'s":
        end -= 2
    if end in at_end:
        return at_end[end]
    return hit.start if text.startswith(" of ", hit.end) and not starts.isdisjoint((hit.end + 4, hit.end + 8)) else None


def _runs(text: str, found: Sequence[_Word], words: SectorWords) -> list[list[int]]:
    """Members of lists: words with nothing between but commas, "and" and an article."""
    runs: list[list[int]] = []
    for at, word in enumerate(found):
        gap = text[found[at - 1].end : word.hit.start] if at else ""
        if gap and len(gap) <= _LIST_GAP and words.found("list_gap", gap):
            runs[-1].append(at)
        else:
            runs.append([at])
    return [run for run in runs if len(run) > 1]
