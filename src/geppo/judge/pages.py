"""Pages as sentences with what can be compared across pages and languages: names, figures, days, words, hedges.

Names and concepts have one id in all languages; words are compared within one language only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import re2

from geppo.judge._reference import retold_words
from geppo.language import dates, hedges, numbers, sentences, voices
from geppo.language.dates import Dated
from geppo.language.hedges import Hedged
from geppo.language.numbers import Number
from geppo.language.sentences import Span
from geppo.model.claim import STRENGTH, Grade, Rung
from geppo.model.entity import Kind, Mention
from geppo.model.report import Report

READ = 20_000
"""Characters of a page that are compared."""

_LEAST = 2
_BESIDE = 24
_BEHIND = 12
"""Characters before a hedge at the end of a clause in which its verb stands."""
_NOUN_AFTER = 20
_GLUED_BEFORE, _GLUED_AFTER = 8, 8
"""Characters around a number in which what it counts stands; fewer where words stand without blanks."""
ACCORDING = "according-to"
"""Kind of the words by which a page says that it tells what another one says."""
_BRACKET = re2.compile(r"[（(]([A-Z][A-Za-z0-9.&-]*(?: [A-Z][A-Za-z0-9.&-]*)*)[)）]")
_NAMED = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.TOOL})
_TOLD = frozenset({Rung.REPORTED, Rung.TREND, Rung.CONFIRMED})
_LADDER = frozenset({Rung.OPEN, Rung.POSSIBLE, Rung.SUGGESTS, Rung.LIKELY, Rung.VERY_LIKELY})
_WEAK = frozenset({Rung.OPEN, Rung.POSSIBLE, Rung.SUGGESTS, Rung.LIKELY})
_WORD = re2.compile(
    r"[\p{Latin}\p{Cyrillic}][\p{Latin}\p{Cyrillic}'’-]+|\p{Hangul}+|\p{Han}\p{Hiragana}|\p{Han}+|[\p{Katakana}ー]+"
)
_BLANKED = {code: " " for code in range(128) if not chr(code).isalpha() and chr(code) not in "'-"}
_KEPT = 8_192
"""Stretches of text of which the words are kept."""
_LATIN_STEM, _HANGUL_STEM, _LATIN_WORD, _KANA_WORD = 5, 2, 4, 3
_BEFORE_BRACKET = re2.compile(r"([\p{Hangul}\p{Katakana}\p{Han}\p{Cyrillic}ー]{2,})[”」』\"'’]?[(（]$")
_FORMS = re2.compile(r"[^()（）]+")
_FLAW = "CVE-"
"""What a flaw may do is no guess of what was done."""
_EVERYWHERE = ("group-kind/", "role/", "unit/", "document/", "org/", "act/", "malware-kind/malware")
_DIGITS = re2.compile(r"[0-9]{1,2}")


def is_telling(thing: str) -> bool:
    """False for what every page on such a matter names: groups and roles, reports and houses, units."""
    return not thing.startswith(_EVERYWHERE)


def is_han(character: str) -> bool:
    """True for a Chinese character."""
    return "\u2e80" <= character <= "\u9fff" and not "\u3040" <= character <= "\u30ff"


@lru_cache(maxsize=_KEPT)
def stems(text: str) -> frozenset[str]:
    """What a text's words begin with, without particles and endings: pairs of kanji, first letters of other words."""
    plain, found = retold_words().plain, set[str]()
    if text.isascii():
        words = text.lower().translate(_BLANKED).split()
        return frozenset(word[:_LATIN_STEM] for word in words if len(word) >= _LATIN_WORD and word not in plain)
    for match in _WORD.finditer(text):
        word = match.group().casefold()
        first = word[0]
        if "가" <= first <= "힣":
            if len(word) >= _HANGUL_STEM and word[:_HANGUL_STEM] not in plain:
                found.add(word[:_HANGUL_STEM])
        elif "\u30a0" <= first <= "\u30ff":
            if len(word) >= _KANA_WORD:
                found.add(word)
        elif is_han(first):
            found.update({word[at : at + 2] for at in range(len(word) - 1)} - plain)
        elif len(word) >= _LATIN_WORD and word not in plain:
            found.add(word[:_LATIN_STEM])
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed number with the concepts and the words beside it, which say what it counts.

    `counter` is the character behind it, where the language has one for each sort of things (台, 件, 대).
    """

    number: Number
    counter: str
    things: frozenset[str]
    beside: tuple[str, str]

    @property
    def nouns(self) -> frozenset[str]:
        """The words beside the number."""
        return stems(self.beside[0]) | stems(self.beside[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A clause that a source does not state as a fact: its hedge, what it names and its words.

    `core` are the words that the hedge stands before, or behind in a language with its verb at the end.
    """

    rung: Rung
    names: frozenset[str]
    things: frozenset[str]
    words: frozenset[str]
    core: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence with what it names (ids), its figures, its days, its hedge and grade.

    `days` holds both ends of a printed span. `rung` is the weakest hedge; `flat` says that the sentence states a fact:
    no hedge, no grade, no negation, no question. `guesses` are the clauses under a hedge, `sure` the other clauses.
    """

    text: str
    names: frozenset[str]
    places: frozenset[str]
    things: frozenset[str]
    figures: tuple[Figure, ...]
    days: tuple[date, ...]
    rung: Rung | None
    grade: Grade | None
    flat: bool
    guesses: tuple[Guess, ...]
    sure: tuple[str, ...]
    sure_things: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        """What the sentence's words begin with."""
        return stems(self.text)

    @property
    def values(self) -> frozenset[float]:
        """The sentence's figures."""
        return frozenset(one.number.value for one in self.figures)


class Page:
    """A report's text as sentences; read when first asked for."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.text = report.document.text[:READ]
        self.language = report.document.language

    @cached_property
    def _dated(self) -> tuple[Dated, ...]:
        return dates.find_dates(self.text, self.language, self.report.document.published)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences of the page's head."""
        counts = [
            one
            for one in self.numbers
            if one.value >= _LEAST and not any(day.start < one.end and one.start < day.end for day in self._dated)
        ]
        return tuple(self._sentence(span, counts) for span in sentences.sentences(self.text, self.language))

    def _sentence(self, span: Span, counts: Sequence[Number]) -> Sentence:
        text = self.text[span.start : span.end]
        held = [one for one in self.report.mentions if span.start <= one.start and one.end <= span.end]
        inside = [one for one in self._dated if span.start <= one.start and one.end <= span.end]
        own = [one for one in counts if span.start <= one.start and one.end <= span.end]
        hedged = [one for one in hedges.hedges(self.text, span, self.language) if not self._is_ability(one)]
        rungs = [
            one.rung
            for one in hedged
            if one.rung not in _TOLD and not any(day.start < one.end and one.start < day.end for day in self._dated)
        ]
        graded = hedges.grade(self.text, span, self.language)
        guesses, sure, sure_things = self._guesses(span, held, hedged)
        return Sentence(
            text=text,
            names=frozenset(one.id for one in held if one.kind in _NAMED and one.id),
            places=frozenset(one.id for one in held if one.kind is Kind.LOCATION and one.id),
            things=frozenset(one.id for one in held if one.id),
            figures=tuple(self._figure(one, held, span) for one in own),
            days=tuple(day for one in inside for day in _days(one, self.text)),
            rung=min((one for one in rungs if one in _LADDER), key=lambda rung: STRENGTH[rung], default=None),
            grade=graded.grade if graded else None,
            flat=not rungs
            and graded is None
            and not any(mark in text for mark in "?？")
            and not hedges.negations(self.text, span, self.language),
            guesses=guesses,
            sure=sure,
            sure_things=sure_things,
        )

    def _figure(self, number: Number, held: Iterable[Mention], span: Span) -> Figure:
        glued = self.language in retold_words().glued
        after = self.text[number.end : min(span.end, number.end + (_GLUED_AFTER if glued else _NOUN_AFTER))]
        before = self.text[max(span.start, number.start - _GLUED_BEFORE) : number.start] if glued else ""
        return Figure(
            number=number,
            counter=after.lstrip()[:1] if glued else "",
            things=frozenset(
                seen.id for seen in held if -_BESIDE <= seen.start - number.end <= _BESIDE and seen.kind is Kind.CONCEPT
            ),
            beside=(before, after),
        )

    def _guesses(
        self, span: Span, held: Sequence[Mention], hedged: Sequence[Hedged]
    ) -> tuple[tuple[Guess, ...], tuple[str, ...], frozenset[str]]:
        """The clauses of a sentence under a weak hedge, the other clauses, and the things that those name."""
        if not any(one.rung in _WEAK for one in hedged):
            return (), (self.text[span.start : span.end],), frozenset(one.id for one in held if one.id)
        guesses: list[Guess] = []
        sure, sure_things = list[str](), set[str]()
        for clause in sentences.clauses(self.text, span, self.language):
            inside = [one for one in held if one.id and clause.start <= one.start < clause.end]
            names = frozenset(one.id for one in inside if one.kind in _NAMED)
            things = frozenset(one.id for one in inside)
            told = self.text[clause.start : clause.end]
            weak = [one for one in hedged if one.rung in _WEAK and clause.start <= one.start < clause.end]
            grade = hedges.grade(self.text, clause, self.language)
            flaw = _FLAW in told or any(one.kind is Kind.VULNERABILITY for one in inside)
            if weak and not flaw and not (grade and grade.grade is Grade.HIGH):
                rung = min((one.rung for one in weak), key=lambda rung: STRENGTH[rung])
                hedging = frozenset[str]().union(*(stems(one.text) for one in weak))
                guesses.append(
                    Guess(
                        rung=rung,
                        names=names,
                        things=things,
                        words=stems(told) - hedging,
                        core=self._core(clause, weak),
                    )
                )
            else:
                sure.append(told)
                sure_things |= things
        return tuple(guesses), tuple(sure), frozenset(sure_things)

    def _is_ability(self, hedge: Hedged) -> bool:
        """True for "could" that tells what was possible, and not what is guessed."""
        words = retold_words()
        if hedge.text.casefold() not in words.abilities:
            return False
        return not self.text[hedge.end : hedge.end + _BESIDE].lstrip().casefold().startswith(words.guessed)

    def _core(self, clause: Span, weak: Sequence[Hedged]) -> frozenset[str]:
        if self.language in retold_words().verb_last:
            end = max(one.start for one in weak)
            return stems(self.text[max(clause.start, end - _BEHIND) : end])
        return stems(self.text[min(one.end for one in weak) : clause.end])

    @cached_property
    def introduced(self) -> tuple[str, ...]:
        """Speakers that the page introduces by their names in Latin letters ("오르덴피스(Ordenfiss)에 따르면").

        Such a name is nobody's that a reader of the page could know, so it is credited all the same.
        """
        found: dict[str, None] = {}
        for text in (one.text for one in self.sentences if "(" in one.text or "（" in one.text):
            span = Span(start=0, end=len(text))
            for one in voices.voices(text, span, self.language):
                bracket = _BRACKET.match(text[one.name_end : one.name_end + 2 * _BESIDE])
                if bracket and one.kind == ACCORDING and not one.anaphoric:
                    found[bracket.group(1)] = None
        return tuple(found)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that the page prints."""
        return numbers.find_counts(self.text, self.language)

    @cached_property
    def days(self) -> frozenset[date]:
        """Every day that the page prints, and the day on which it was published."""
        printed = (day for one in self._dated for day in _days(one, self.text))
        return frozenset((*printed, self.report.document.published))

    @cached_property
    def forms(self) -> Mapping[str, str]:
        """How the page prints the names of groups, programs, tools, campaigns and networks, with their ids.

        A name in brackets is one form, and what stands before the bracket another one.
        """
        found: dict[str, str] = {}
        for one in self.report.mentions:
            if one.kind in _NAMED and one.id:
                before = _BEFORE_BRACKET.search(self.text[max(0, one.start - _BESIDE) : one.start])
                for form in (*_FORMS.findall(one.name), *([before.group(1)] if before else [])):
                    if len(form.strip()) > 1:
                        found.setdefault(form.strip(), one.id)
        return found

    @cached_property
    def guesses(self) -> bool:
        """True where a sentence of the page has a hedge or a grade."""
        return any(one.rung or one.grade or one.guesses for one in self.sentences)

    @cached_property
    def sure_words(self) -> frozenset[str]:
        """The words that the page uses outside of guesses."""
        return frozenset[str]().union(*(stems(clause) for one in self.sentences for clause in one.sure))

    @cached_property
    def sure_things(self) -> frozenset[str]:
        """What the page names outside of guesses."""
        return frozenset[str]().union(*(one.sure_things for one in self.sentences))

    @cached_property
    def things(self) -> frozenset[str]:
        """All that the page names."""
        return frozenset(thing for one in self.sentences for thing in one.things)

    @cached_property
    def names(self) -> frozenset[str]:
        """The groups, programs, tools, campaigns and networks that the page names."""
        return frozenset(name for one in self.sentences for name in one.names)


def _days(dated: Dated, text: str) -> tuple[date, ...]:
    """A day, or the ends of a span of which the page prints the days ("3 to 19 June", and not "the end of June")."""
    when = dated.when
    if when.is_day:
        return (when.start,)
    printed = {int(number) for number in _DIGITS.findall(text[dated.start : dated.end])}
    return tuple(day for day in (when.start, when.end) if day.day in printed and not when.is_month)
