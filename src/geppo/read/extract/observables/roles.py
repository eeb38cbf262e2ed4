"""What a value was used for, by the words around it in its sentence, else by the heading above its list.

The nearest word wins; one right before the value wins over one behind it, but for a word in brackets. No word is taken
over another value, unless both stand in one list ("the servers A, B and C").
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from geppo.model.observable import Role, Verdict
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate
from geppo.read.extract.observables.chains import FILES, Chains
from geppo.read.extract.observables.surroundings import Surroundings
from geppo.read.extract.observables.verdict import private

_BEFORE, _AFTER, _RIGHT_BEFORE, _AS = 80, 60, 10, 40
_HARMLESS = frozenset(
    {Verdict.REFERENCE, Verdict.PUBLISHER_OWN, Verdict.STATED_BENIGN, Verdict.VERSION_NUMBER, Verdict.CLOCK_TIME}
)
_LABEL_MARKS = " \t:：=|-–>→*`\"'(["


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    role: Role
    word: str
    distance: int
    behind: bool
    bracket: bool = False


class Roles:
    """Roles of the values of one text; `values` are sorted by start."""

    def __init__(self, around: Surroundings, values: list[Candidate], chains: Chains) -> None:
        self._around = around
        self._values = values
        self._starts = [value.start for value in values]
        self._words = _longest(around)
        self._word_starts = [word.start for word in self._words]
        self._heads, self._tails = chains.heads, chains.tails

    def role(self, number: int, verdict: Verdict) -> tuple[Role, str]:
        """The role and its ground."""
        value = self._values[number]
        if verdict in _HARMLESS or private(value) or (verdict is Verdict.INFRASTRUCTURE_COMMON and value.type in FILES):
            return Role.NONE, ""
        if verdict is Verdict.VICTIM:
            return self._of_victim(number, value)
        found = self._in_sentence(number, value)
        if found:
            return found.role, f"near the word {found.word}"
        return self._by_heading(value)

    def _of_victim(self, number: int, value: Candidate) -> tuple[Role, str]:
        """A victim's value has another role only where the text says that it was used as something."""
        found = self._behind(number, value)
        if found and found.distance <= _AS:
            use = self._around.cue("role:as", value.end, value.end + found.distance)
            after = value.end + found.distance + len(found.word)
            if use or self._around.first_cue("role:as", after, after + len(found.word) + 4)[1]:
                return found.role, f"used as {found.word}"
        return Role.VICTIM, "the text calls it a victim's or broken into"

    def _in_sentence(self, number: int, value: Candidate) -> _Found | None:
        before, behind = self._before(number, value), self._behind(number, value)
        if before is None or behind is None:
            return before or behind
        if behind.bracket and behind.distance <= 3:
            return behind
        if before.distance <= _RIGHT_BEFORE:
            return before
        return before if before.distance <= behind.distance else behind

    def _before(self, number: int, value: Candidate) -> _Found | None:
        head = self._values[self._heads[number]]
        first, _ = self._around.sentence(head.start, head.end)
        first = max(first, head.start - _BEFORE)
        previous = self._heads[number] - 1
        if previous >= 0:
            first = max(first, self._values[previous].end)
        index = bisect_left(self._word_starts, head.start) - 1
        while index >= 0 and self._words[index].start >= first:
            word = self._words[index]
            label = not self._around.lower[word.end : head.start].strip(_LABEL_MARKS)
            role = _fitting(word.role, value, label) if word.end <= head.start else Role.NONE
            if role:
                return self._found(word, role, head.start - word.end, behind=False)
            index -= 1
        return None

    def _behind(self, number: int, value: Candidate) -> _Found | None:
        following = self._values[number + 1].start if number + 1 < len(self._values) else len(self._around.lower)
        own = self._first_word(value, value.end, following)
        tail_number = self._tails[number]
        if own or tail_number == number:
            return own
        tail = self._values[tail_number]
        after = self._values[tail_number + 1].start if tail_number + 1 < len(self._values) else len(self._around.lower)
        return self._first_word(value, max(tail.end, value.end), after)

    def _first_word(self, value: Candidate, start: int, end: int) -> _Found | None:
        _, last = self._around.sentence(start, start)
        end = min(end, last, start + _AFTER)
        for index in range(bisect_left(self._word_starts, start), len(self._words)):
            word = self._words[index]
            if word.end > end:
                return None
            between = self._around.lower[start : word.start]
            bracket = between.strip(" \t`*\"'")[:1] in {"(", "|", "、", "-", "["}
            role = _fitting(word.role, value, label=bracket)
            if role:
                return self._found(word, role, word.start - start, behind=True, bracket=bracket)
        return None

    def _found(self, word: _Word, role: Role, distance: int, *, behind: bool, bracket: bool = False) -> _Found:
        text = self._around.lower[word.start : word.end]
        return _Found(role=role, word=text, distance=distance, behind=behind, bracket=bracket)

    def _by_heading(self, value: Candidate) -> tuple[Role, str]:
        """The one role that a heading names, for the lines of its list."""
        section = self._around.section(value.start)
        if section is None or "source" in section.kinds or not self._around.in_list(value.start, value.end):
            return Role.NONE, ""
        start, end = self._around.line(section.start)
        index = bisect_left(self._word_starts, start)
        stop = bisect_right(self._word_starts, end)
        roles = {_fitting(word.role, value, label=True) for word in self._words[index:stop]} - {Role.NONE}
        if len(roles) != 1:
            return Role.NONE, ""
        return roles.pop(), f"listed under: {section.title}"


def _fitting(role: Role, value: Candidate, label: bool) -> Role:
    """The role as it fits the value: files are payloads, and what is labelled "payload" and is no file gives one."""
    if value.type in FILES:
        role = Role.PAYLOAD if role is Role.DOWNLOAD else role
    elif role is Role.PAYLOAD:
        role = Role.DOWNLOAD if label else Role.NONE
    allowed = _data.roles_of(value.type)
    return role if allowed is None or role in allowed else Role.NONE


def _longest(around: Surroundings) -> list[_Word]:
    """The words of all roles by place, without those inside a longer one."""
    found = sorted(
        (
            _Word(start=start, end=end, role=role)
            for role in Role
            if role not in {Role.NONE, Role.VICTIM}
            for start, end in around.places(f"role:{role}")
        ),
        key=lambda word: (word.start, -word.end),
    )
    kept: list[_Word] = []
    for word in found:
        if not kept or word.end > kept[-1].end:
            kept.append(word)
    return kept
