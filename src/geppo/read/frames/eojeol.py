"""A Korean sentence as nouns with their particles and predicates with their endings.

Blanks set words (eojeol) apart, and each word ends in what it is for: a particle makes it a noun of a role, an ending
makes it a predicate. Particles that go by the last letter of their noun are only taken where they suit it, so that a
noun that merely ends in the same syllable stays whole. What stands in brackets says a noun again and is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from ahocorasick_rs import AhoCorasick

from geppo import linear
from geppo.model.claim import Predicate as Said
from geppo.read.frames.conjugation import Table, expressions, stem
from geppo.read.frames.frame import OPEN, Able, Frame, Frames, kinds_in
from geppo.read.frames.hangul import L, N, expanded, final, syllable
from geppo.read.typed import Item

SUBJECT, TOPIC, OBJECT, ALSO, OF, AND, BARE, NAMED = (
    "subject", "topic", "object", "also", "of", "and", "bare", "named",
)  # fmt: skip
"""Roles of particles that the grammar itself speaks of; frames name the others ("against", "by", "dative" …)."""
ADNOMINAL, LINKING, QUOTING, FINAL = "adnominal", "linking", "quoting", "final"
"""What an ending says of its predicate: it describes a noun, goes on, is reported, or ends the sentence."""

LONGEST_TAIL = 48
"""Characters behind a verb's stem in which its negation or condition is looked for."""

LONGEST_STEM = 12
"""Letters of a verb by which a frame is passed over where they are nowhere in a sentence."""
LONGEST_OPENING = 5
"""Letters of a name in front of a sentence that ends in a particle like a quotation does."""
KEPT = 8
"""Sentences of which it is kept which frames may be in them: each is asked about twice in a row."""

MOST_FORMS = 8192
"""Words whose form is remembered."""

_OPEN_ENDINGS = frozenset("지기던자는")
"""Endings that are looked at with the letter before them: behind a consonant they are part of what a verb's expression
matches ("삼지 않았다"), behind a vowel they are not ("노리지 않았다")."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its letters without quotes and brackets, the place of each, and the mentions that it holds."""

    plain: str
    places: tuple[int, ...]
    items: tuple[Item, ...]
    stop: bool

    @property
    def start(self) -> int:
        return self.places[0]

    @property
    def end(self) -> int:
        return self.places[-1] + 1


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun of one or more words up to its particle; `stem_end` is where the particle begins, `role` what it tells."""

    words: tuple[Word, ...]
    role: str
    stem_end: int
    end: int

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for word in self.words for item in word.items)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A predicate and its form. Of a frame's verb `frames` tells the frames with their voice (True for passive).

    `stem_end` is where the verb's ending begins to tell tense, mood and polarity; `bound` is true where the noun that
    follows is no head of a relative clause ("the fact that", "after"). A `bare` one is a noun of a deed that ends the
    sentence and has no ending ("은행 공격").
    """

    start: int
    stem_end: int
    end: int
    form: str
    passive: bool
    bound: bool
    plain: str
    frames: tuple[tuple[Frame, bool], ...] = field(default=())
    bare: bool = False


Element = Noun | Predicate


class _Forms:
    """The verbs of a frame in all their forms; compiled when a text first holds a stem of one."""

    def __init__(self, frame: Frame, table: Table) -> None:
        self.frame, self._table = frame, table

    @cached_property
    def voices(self) -> tuple[tuple[Any, bool], ...]:
        """The passive and the active expression, each with whether it is the passive one."""
        active, passive = (_with_adverb.sub(_ADVERB, one) for one in expressions(self.frame, self._table))
        return tuple((linear.compile(one), voice) for one, voice in ((passive, True), (active, False)) if one)


class Lexicon:
    """Verbs of all frames, particles by their role, and the endings of the language."""

    def __init__(self, known: Frames) -> None:
        words = known.words
        self.particles: Mapping[str, str] = {
            particle: role for role, row in words["particles"].items() for particle in row
        }
        self.longest = max(len(particle) for particle in self.particles)
        self.suited: Mapping[str, str] = words["suited"]
        self.compounds = [(row["after"], linear.compile(row["word"]), row["role"]) for row in words["compound"]]
        self.expressions = {name: linear.compile(expanded(text)) for name, text in words["expressions"].items()}
        self.verbs = [_Forms(frame, words["conjugation"]) for frame in known.frames]
        self.able = Able(known.frames)
        self.deeds = frozenset(
            phrase.removesuffix("하다").rpartition(" ")[2]
            for frame in known.frames
            for phrase in frame.phrases
            if phrase.endswith("하다")
        )
        """Nouns of deeds, which are verbs with -하다."""
        self._of_stem: dict[str, list[int]] = {}
        for number, frame in enumerate(known.frames):
            for one in self._stems(frame, words["conjugation"]):
                self._of_stem.setdefault(one, []).append(number)
        # A verb that is its own ending has no stem: any sentence may hold it.
        self._stemless = self._of_stem.pop("", [])
        self._automaton = AhoCorasick(list(self._of_stem))
        self._frames_of = list(self._of_stem.values())
        self.stemmed = lru_cache(KEPT)(self._stemmed)
        self._forms: dict[str, str] = {}
        self._particles: dict[tuple[str, bool], str] = {}

    @staticmethod
    def _stems(frame: Frame, table: Table) -> set[str]:
        """The stems of a frame's verbs, one of which any form of them holds: up to where an adverb may stand."""
        return {_with_adverb.split(stem(phrase, table))[0][:LONGEST_STEM] for phrase in frame.phrases}

    def possible(self, piece: str, kinds: frozenset[str]) -> bool:
        """False where no frame that a sentence of these kinds can fill is in its words."""
        may = self.able(kinds | _THEY)
        return any(self.verbs[number].frame.id in may for number in self.stemmed(piece))

    def _stemmed(self, piece: str) -> list[int]:
        """Numbers of the frames that a text may hold by their stems, in one pass: a verb begins a word."""
        found = set(self._stemless)
        for number, start, _ in self._automaton.find_matches_as_indexes(piece, overlapping=True):
            if not start or not piece[start - 1].isalnum():
                found.update(self._frames_of[number])
        return sorted(found)

    def whole(self, name: str, text: str) -> bool:
        """True where a text is of a class of words."""
        return self.expressions[name].fullmatch(text) is not None

    def search(self, name: str, text: str) -> bool:
        """True where a class of words is in a text."""
        return self.expressions[name].search(text) is not None

    def begins(self, name: str, text: str) -> bool:
        """True where a text begins with a class of words."""
        return self.expressions[name].match(text) is not None

    def form(self, text: str) -> str:
        """What the ending of a word makes of it, or an empty text for a word that is no predicate."""
        if text not in self._forms:
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[text] = self._form(text)
        return self._forms[text]

    def _form(self, text: str) -> str:
        if not self.whole("no_predicate", text):
            for form in (QUOTING, ADNOMINAL, LINKING, FINAL):
                if self.search(form, text):
                    return form
        return ""

    def particle(self, text: str, *, named: bool) -> str:
        """The particle at the end of a word; `named` says that a mention ends before its last letters."""
        if (text, named) not in self._particles:
            if len(self._particles) >= MOST_FORMS:
                self._particles.clear()
            self._particles[text, named] = self._particle(text, named=named)
        return self._particles[text, named]

    def _particle(self, text: str, *, named: bool) -> str:
        if self.whole("no_particle", text) and not named:
            return ""
        for length in range(min(self.longest, len(text)), 0, -1):
            particle = text[-length:]
            stem = text[:-length]
            if particle in self.particles and (stem or named) and self._suits(particle, stem):
                return particle
        return ""

    def _suits(self, particle: str, stem: str) -> bool:
        """True where a particle may follow the last letter of its noun; letters of other scripts take any."""
        wanted = self.suited.get(particle)
        if wanted is None or not stem or not syllable(stem[-1]):
            return True
        if final(stem[-1]) == L and wanted == "vowel-or-rieul":
            return True
        return (final(stem[-1]) != 0) == (wanted == "consonant")


class Reader:
    """One sentence as a row of nouns and predicates."""

    def __init__(self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> None:
        self.lexicon = lexicon
        self.text = text
        self.start, self.end = start, end
        hidden = self._hidden()
        self.items = [item for item in self._called(items, hidden) if item.start not in hidden and self._whole(item)]
        kinds = kinds_in(self.items)
        told = lexicon.search("they_do", text[start:end])
        may = lexicon.able(kinds | _THEY if told else kinds)
        rows = [lexicon.verbs[number] for number in lexicon.stemmed(text[start:end])]
        self._able = [row for row in rows if row.frame.id in may]
        found = self._matches() if self._able else []
        self.words = list(self._words(hidden)) if found else []
        self.headline = bool(self.words) and not lexicon.search(FINAL, self.words[-1].plain)
        """True for a sentence without a predicate of its own at its end: a headline, a point of a list."""
        self._begun = self._verbs(found)
        self.elements = list(self._elements()) if self._begun else []
        if self.headline and self.elements:
            self.elements[0] = _announced(self.elements[0], text)

    def _hidden(self) -> frozenset[int]:
        """The places of what stands in round brackets."""
        found: set[int] = set()
        for match in self.lexicon.expressions["brackets"].finditer(self.text[self.start : self.end]):
            found.update(range(self.start + match.start(), self.start + match.end()))
        return frozenset(found)

    def _called(self, items: Sequence[Item], hidden: frozenset[int]) -> Iterator[Item]:
        """The items, a common noun as the flaw or program whose name stands in the bracket behind it."""
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            wanted = _NAMED_BY.get(item.terms[0].id if item.terms else "", _NAMED_BY.get(item.kind))
            named = following is not None and following.kind == wanted and following.start in hidden
            if following is not None and named and self.text[item.end : following.start].strip() in ("(", "（"):
                yield replace(following, start=item.start, end=item.end)
            else:
                yield item

    def _words(self, hidden: frozenset[int]) -> Iterator[Word]:
        inside = {place for item in self.items for place in range(item.start, item.end)}
        letters: list[int] = []
        at = self.start
        while at <= self.end:
            char = self.text[at] if at < self.end else " "
            free = at not in inside and at not in hidden
            if free and (char.isspace() or char in _STOPS):
                if letters:
                    yield self._word(letters, char in _STOPS)
                letters = []
            elif at not in hidden and char not in _QUOTES and not char.isspace():
                letters.append(at)
            at += 1

    def _word(self, places: Sequence[int], stop: bool) -> Word:
        while len(places) > 1 and self.text[places[-1]] == ".":
            places = places[:-1]
        first, last = places[0], places[-1]
        items = tuple(item for item in self.items if first <= item.start and item.end <= last + 1)
        return Word("".join(self.text[place] for place in places), tuple(places), items, stop)

    def _whole(self, item: Item) -> bool:
        """False for a mention inside a Korean word of which it is likely an accidental part, and for a number of deeds
        that is one of what was done in a headline ("정보 3만 건 유출").
        """
        counted, _, deed = self.text[item.start : item.end].rpartition(" ")
        if counted and item.end == self.end and item.kind == "count" and deed in self.lexicon.deeds:
            return False
        before = self.text[item.start - 1] if item.start > self.start else " "
        if not syllable(before):
            return True
        return item.kind in _FREE or (item.kind in _HEADS and " " not in self.text[item.start : item.end])

    def _elements(self) -> Iterator[Element]:
        verbs = self._begun
        waiting: list[Word] = []
        number = 0
        while number < len(self.words):
            word = self.words[number]
            verb = verbs.get(word.start)
            if verb is not None:
                if waiting and verb.form:
                    yield Noun(tuple(waiting), BARE, waiting[-1].end, waiting[-1].end)
                waiting = []
                yield verb
                number = next((n for n, w in enumerate(self.words) if w.start >= verb.end), len(self.words))
                continue
            form = "" if self._counts(number) or self._opens(number) else self._form(word)
            if form:
                if waiting:
                    yield Noun(tuple(waiting), BARE, waiting[-1].end, waiting[-1].end)
                waiting = []
                last = self._auxiliaries(number)
                yield self._predicate(number, last, word.end)
                number = last + 1
                continue
            waiting.append(word)
            noun, used = self._noun(waiting, number)
            if noun is not None:
                yield noun
                waiting = []
            number += 1 + used

    def _noun(self, words: Sequence[Word], number: int) -> tuple[Noun | None, int]:
        """The noun that the last word ends, with how many words behind it belong to its particle."""
        word = words[-1]
        suffix, named = self._suffix(word)
        particle = self.lexicon.particle(suffix, named=named)
        following = self.words[number + 1] if number + 1 < len(self.words) and not word.stop else None
        role = self.lexicon.particles[particle] if particle else BARE
        stem_end = word.places[-len(particle)] if particle else word.end
        if following is not None and following.start not in self._begun:
            for after, expression, made in self.lexicon.compounds:
                if after == role and expression.fullmatch(following.plain) is not None:
                    # "은행을 대상으로 한 공격을": whom an attack is aimed at, no clause of its own.
                    behind = self.words[number + 2].plain if number + 2 < len(self.words) else ""
                    used = 2 if made == "against" and behind in ("한", "하는") else 1
                    return (None if made == NAMED else Noun(tuple(words), made, stem_end, following.end)), used
            if following.plain in ("및", "또는", "그리고", "혹은") and not particle:
                return Noun(tuple(words), AND, stem_end, following.end), 1
        if role == NAMED:
            return None, 0
        if particle or word.stop:
            return Noun(tuple(words), role if particle else AND, stem_end, word.end), 0
        if following is None:
            return Noun(tuple(words), BARE, word.end, word.end), 0
        return None, 0

    def _suffix(self, word: Word) -> tuple[str, bool]:
        """The letters of a word behind its last mention, and whether there is one."""
        if not word.items:
            return word.plain, False
        last = max(item.end for item in word.items)
        return "".join(self.text[place] for place in word.places if place >= last), True

    def _form(self, word: Word) -> str:
        suffix, named = self._suffix(word)
        if not named:
            return self.lexicon.form(word.plain)
        if suffix and self.lexicon.begins("acted", suffix):
            return self.lexicon.form(suffix)
        return ""

    def _counts(self, number: int) -> bool:
        """True for a numeral before what it counts by: "한 곳" is one place and nothing that was done."""
        if not self.lexicon.whole("numeral", self.words[number].plain) or number + 1 == len(self.words):
            return False
        return self.lexicon.whole("counter", self.words[number + 1].plain)

    def _opens(self, number: int) -> bool:
        """True for a name that begins a sentence and looks like the end of a quotation: "건라는"."""
        plain = self.words[number].plain
        return number == 0 and len(plain) <= LONGEST_OPENING and self.lexicon.form(plain) == QUOTING

    def _auxiliaries(self, number: int) -> int:
        """The number of the last word of a predicate: "공격하고 있는" is one."""
        while number + 1 < len(self.words) and not self.words[number].stop:
            if not self.lexicon.whole("auxiliary", self.words[number + 1].plain):
                break
            number += 1
        return number

    def _predicate(self, first: int, last: int, stem_end: int) -> Predicate:
        word = self.words[last]
        suffix, _ = self._suffix(word)
        ending = self._ending(word, first != last, stem_end) if self.words[first].start in self._verbal else ""
        form = ending or self.lexicon.form(suffix or word.plain) or LINKING
        after = self.words[last + 1].plain if last + 1 < len(self.words) and not word.stop else ""
        bound = form == ADNOMINAL and self.lexicon.begins("bound", after)
        opening = self.words[first]
        passive = self.lexicon.search("passive", opening.plain)
        plain = "".join(one.plain for one in self.words[first : last + 1])
        return Predicate(opening.start, stem_end, word.end, form, passive, bound, plain)

    def _ending(self, word: Word, auxiliary: bool, stem_end: int) -> str:
        """ADNOMINAL for a verb with ㄴ, ㄹ or -는 behind its stem; any other word that ends so may be a noun."""
        last = word.plain[-1]
        if word.plain in self.lexicon.deeds:
            return ""
        if word.end <= stem_end or auxiliary:
            return ADNOMINAL if last in _DESCRIBING or final(last) in (N, L) else ""
        return ADNOMINAL if word.end == stem_end + 1 and last in _DESCRIBING else ""

    def _matches(self) -> list[tuple[int, int, Frame, bool]]:
        """Where the verbs of frames begin and end, with their voice, whatever else stands there."""
        piece = self.text[self.start : self.end]
        return [
            (self.start + match.start(), self.start + match.end(), row.frame, voice)
            for row in self._able
            for expression, voice in row.voices
            for match in expression.finditer(piece)
        ]

    def _verbs(self, matches: Sequence[tuple[int, int, Frame, bool]]) -> dict[int, Predicate]:
        """The predicates that are verbs of frames, by where they begin; where several begin the longest.

        Whoever claims a theft may claim the house or what was taken: "…를 탈취했다고 주장하다" is a verb of both.
        """
        self._verbal = {start for start, *_ in matches}
        starts = {
            word.start: number
            for number, word in enumerate(self.words)
            if word.start in self._verbal and not self.lexicon.whole("no_verb", word.plain)
        }
        found: dict[int, list[tuple[int, Frame, bool]]] = {}
        for start, end, frame, voice in matches:
            if start in starts and not any(f is frame for _, f, _ in found.get(start, ())):
                found.setdefault(start, []).append((min(end, self.words[-1].end), frame, voice))
        made: dict[int, Predicate] = {}
        for start in sorted(found):
            longest = max(end for end, _, _ in found[start])
            row = [one for at, inner in found.items() if start <= at < longest for one in inner]
            last = next(n for n, word in enumerate(self.words) if word.end >= longest)
            predicate = self._predicate(starts[start], self._auxiliaries(last), longest)
            claimed = any(frame.predicate is Said.CLAIMS_RESPONSIBILITY for end, frame, _ in row if end == longest)
            frames = tuple(
                (frame, voice != frame.inverse)
                for end, frame, voice in row
                if end >= longest - 1 or (claimed and frame.predicate is Said.STEALS)
            )
            passive = any(voice for end, _, voice in found[start] if end == longest)
            bare = last == len(self.words) - 1 and self.words[last].plain in self.lexicon.deeds
            made[start] = replace(predicate, frames=frames, passive=passive, bare=bare)
        return made

    def is_doer(self, noun: Noun) -> bool:
        """True for a word for whoever did it: "심은 주체는"."""
        return self.lexicon.begins("doer", "".join(word.plain for word in noun.words))

    def tail(self, verb: Predicate) -> str:
        """The last letter of a verb and what follows: its ending and the words that govern it."""
        if verb.bare:
            return ""
        last = verb.stem_end - 1
        begin = last - 1 if last > verb.start and self.text[last] in _OPEN_ENDINGS else last
        return self.text[begin : min(self.end, verb.stem_end + LONGEST_TAIL)]


_with_adverb = re.compile(r"(?<=[가-힣])([을를]) (?=[가-힣(])")
"""Where an adverb may stand in a verb of several words ("공격을 지속적으로 반복했다"). Python's own engine: it is asked
once a verb."""
_ADVERB = r"\1 (?:[가-힣]{1,5}(?:으로|히|게) )?"


def _announced(first: Element, text: str) -> Element:
    """The subject of a headline, which a comma sets apart: "모래담비, 은행 공격"."""
    apart = isinstance(first, Noun) and first.role in (AND, BARE) and text[first.end : first.end + 2].strip("'’”\"")[:1]
    return replace(first, role=TOPIC) if isinstance(first, Noun) and apart in (",", "，", "…") else first


_DESCRIBING = frozenset("는던")
_STOPS = frozenset(",;:·…—、，")
_QUOTES = frozenset("'\"‘’“”「」『』《》<>[]*▲△")
_FREE = frozenset({"actor", "malware", "tool", "campaign", "network", "vuln", "org", "product", "observable", "count"})

_NAMED_BY = {
    "shared-thing/vulnerability": "vuln",
    "shared-thing/zero-day": "vuln",
    "malware-kind": "malware",
    "group-kind": "actor",
    "device": "observable",
    "relay-class": "observable",
    "address": "observable",
}
"""Kinds of the names that stand in brackets behind common nouns: "이 결함(CVE-2026-0001)은"."""
_THEY = frozenset({"actor"})
"""Whom "they" stands for where no name is in the sentence."""
_HEADS = frozenset({"sector", "unit", "device", "body", "data", "campaign-kind", "malware-kind", "group-kind"})
"""Kinds whose words end compounds: "시중은행", "방산업체"."""

__all__ = ["ADNOMINAL", "OPEN", "Lexicon", "Noun", "Predicate", "Reader"]
