"""Numbers and days of a repeat that its origin gives otherwise.

A number or a day that the origin prints nowhere is set against one of the origin's that the repeat does not print. They
are of one thing where the one is a misprint of the other, where both count the same in sentences that tell the same, or
where they are all that two sentences with the same marks do not share. What the origin's house printed elsewhere, or
another first-hand page of the matter, is no change: it may be an update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geppo.config import Settings
from geppo.judge._reference import retold_words
from geppo.judge.pages import Figure, Page, Sentence
from geppo.judge.quantities import printed
from geppo.language.numbers import Number
from geppo.model.claim import Bound

_TEN = 10
_SOON = 2
_NEARLY_A_YEAR = 300
_TOLD_IN = ("document/", "org/")
_UNIT = "unit/"
_BODIES = ("org/", "new:", "country/")
_FURTHER = 2
"""Words that two sentences must share beside what they count."""
_MARKS = 2
"""Names, places, figures and days that two sentences must share where nothing says what a number counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A change that two sentences show: of the origin, and of the repeat."""

    what: str
    root_value: str
    repeat_value: str
    direction: str = ""
    root_text: str = ""
    repeat_text: str = ""


def slipped(one: float, other: float) -> bool:
    """True for the same digits in another order, or a nought more or less, as misprints are."""
    a, b = printed(one), printed(other)
    if len(a) < 2 or len(b) < 2 or a == b:
        return False
    return sorted(a) == sorted(b) or one * 10 == other or other * 10 == one or one * 100 == other


def shared_marks(one: Sentence, other: Sentence) -> frozenset[str]:
    """Names, places, days and figures that two sentences have in common."""
    days = {day.isoformat() for day in one.days} & {day.isoformat() for day in other.days}
    values = {printed(value) for value in one.values & other.values if value >= _TEN}
    return (one.names & other.names) | (one.places & other.places) | days | values


class Slips:
    """Compares the numbers and days of a repeat with those of its origin."""

    def __init__(self, settings: Settings) -> None:
        self._about = settings.number("judge.counts.about")
        self._more = settings.number("judge.counts.more_than")

    def numbers(self, root: Page, page: Page, beside: Iterable[Page]) -> Iterator[TextChange]:
        """Numbers that changed. `beside` are further pages that the repeat may have a number from."""
        given = [*root.numbers, *(number for one in beside for number in one.numbers)]
        if all(any(self.may_be(own, number) for number in given) for own in page.numbers):
            return
        for sentence in page.sentences:
            for figure in sentence.figures:
                if any(self.may_be(figure.number, number) for number in given):
                    continue
                for other in root.sentences:
                    for told in other.figures:
                        if any(self.may_be(number, told.number) for number in page.numbers):
                            continue
                        if _same_count(root, page, (other, told), (sentence, figure)):
                            yield TextChange(what="number", root_value=printed(told.number.value),
                                             repeat_value=printed(figure.number.value), root_text=other.text,
                                             repeat_text=sentence.text)  # fmt: skip

    def may_be(self, one: Number, other: Number) -> bool:
        """True where two printed numbers may stand for one: equal, rounded, or within what their words allow."""
        if one.percent != other.percent:
            return False
        if one.value <= other.high and other.value <= one.high:
            return True
        inexact = one.bound is not Bound.EXACT or other.bound is not Bound.EXACT
        close = abs(one.value - other.value) <= self._about * max(one.value, other.value)
        if close and (inexact or _rounds(one.value, other.value) or _rounds(other.value, one.value)):
            return True
        return self._exceeds(one, other) or self._exceeds(other, one)

    def _exceeds(self, one: Number, other: Number) -> bool:
        """True where a number is printed as one that the other is more than."""
        more = one.bound in (Bound.MORE_THAN, Bound.AT_LEAST)
        return more and one.value <= other.value <= one.value * (1 + self._more)

    def days(self, root: Page, page: Page, beside: Iterable[Page]) -> Iterator[TextChange]:
        """Days that slipped into another month or another day of their month, or stand in for all that is not shared.

        What the origin only announces or plans is left out: another plan of the matter is no slip of it.
        """
        given = root.days.union(*(one.days for one in beside))
        unprinted = page.days - given - {page.report.document.published}
        if not unprinted:
            return
        lately = root.report.document.published - timedelta(days=_SOON)
        for sentence in page.sentences:
            for day in (_meant(page, sentence, day) for day in sentence.days if day in unprinted):
                for other in root.sentences:
                    for told in other.days:
                        planned = told > root.report.document.published
                        if planned or told in page.days or day in given or _neighbours(told, day, (other, sentence)):
                            continue
                        if _same_event(
                            root,
                            page,
                            (other, told),
                            (sentence, day),
                            len([one for one in unprinted if one < lately]) == 1,
                        ):
                            yield TextChange(what="date", root_value=told.isoformat(), repeat_value=day.isoformat(),
                                             root_text=other.text, repeat_text=sentence.text)  # fmt: skip


def _rounds(rounded: float, exact: float) -> bool:
    """True where a number is another one without its last digits: 2,600 for 2,615, and not for 2,651 or 2,380."""
    if rounded != int(rounded):
        return False
    digits = printed(rounded)
    size = 10 ** (len(digits) - len(digits.rstrip("0")))
    return (size > 1 or exact != int(exact)) and abs(rounded - exact) < size and exact % size != 0


def _same_count(root: Page, page: Page, told: tuple[Sentence, Figure], retold: tuple[Sentence, Figure]) -> bool:
    """True where two figures, of which each page prints one only, are of one thing."""
    (other, before), (sentence, after) = told, retold
    small, large = sorted((before.number.value, after.number.value))
    if before.number.percent != after.number.percent or large < _TEN:
        return False
    counted = before.things & after.things and (sentence.things & other.things) - after.things
    if small >= _TEN and (counted or slipped(before.number.value, after.number.value)):
        return True
    marks = shared_marks(sentence, other)
    nouns = before.nouns & after.nouns
    if root.language == page.language and nouns and before.counter == after.counter:
        further = (sentence.words & other.words) - before.nouns - after.nouns
        return bool(marks) or len(further) >= _FURTHER
    return len(marks) >= _MARKS and _left_over(before, after, other, sentence)


def _left_over(before: Figure, after: Figure, other: Sentence, sentence: Sentence) -> bool:
    """True where two figures are all that their sentences do not have in common, and no unit parts them."""
    here = [one for one in sentence.figures if one.number.value not in other.values]
    there = [one for one in other.figures if one.number.value not in sentence.values]
    if len(here) != 1 or len(there) != 1 or min(before.number.value, after.number.value) < _TEN:
        return False
    units = [{thing for thing in one.things if thing.startswith(_UNIT)} for one in (before, after)]
    return not (units[0] and units[1]) or bool(units[0] & units[1])


def _meant(page: Page, sentence: Sentence, day: date) -> date:
    """A day of which the page prints no year, and that lies nearly a year back: the coming one is meant."""
    past = (page.report.document.published - day).days
    if past <= _NEARLY_A_YEAR or str(day.year) in sentence.text or (day.month, day.day) == (2, 29):
        return day
    return day.replace(year=day.year + 1)


def _neighbours(told: date, day: date, both: Sequence[Sentence]) -> bool:
    """True for one day in two zones: days side by side, and a word for a zone or the night in a sentence."""
    beside = abs(told - day) == timedelta(days=1)
    return beside and any(word in one.text for one in both for word in retold_words().zones)


def _same_event(
    root: Page, page: Page, told: tuple[Sentence, date], retold: tuple[Sentence, date], alone: bool
) -> bool:
    """True where two sentences give a day of one event.

    A slip is the same day of another month, or another day of the month. It is of one event where the sentences share a
    number, another day or a thing that both name. A day about that of the page may be the day of telling, if the
    sentence names the house or a report: then the day's figures must be a slip as well, as they must be where the two
    have only the name of a group or program in common. `alone` says that no other day of the page is the repeat's own.
    """
    (other, before), (sentence, after) = told, retold
    month = (before.year, before.month) == (after.year, after.month)
    same_day = before.day == after.day and abs((before - after).days) <= _NEARLY_A_YEAR
    shared = _tells_same(root, page, other, sentence)
    if not (month or same_day):
        return False
    slip = month and _misprinted(before.day, after.day)
    published = page.report.document.published
    if after > published and month:
        return (slip or shared) and sentence.flat
    if abs((after - published).days) > _SOON:
        own = alone and sentence.names <= root.names
        only = own and same_day and not month and len(_past(root, lambda day: day.day == after.day)) == 1
        elsewhere = {thing for thing in sentence.things if thing.startswith(_BODIES)} - root.things
        turned = own and slip and not elsewhere and len(_past(root, lambda day: _near_misprint(day, after))) == 1
        return shared or only or bool(turned) or bool(sentence.things & other.things)
    house = root.report.document.publisher.casefold()
    telling = house in sentence.text.casefold() or any(one.startswith(_TOLD_IN) for one in sentence.things)
    return shared and slip if telling else shared or (slip and bool(sentence.names & other.names))


def _past(root: Page, fits: Callable[[date], bool]) -> set[date]:
    """The past days of a page that fit."""
    days = {one for held in root.sentences for one in held.days if one <= root.report.document.published}
    return set(filter(fits, days))


def _near_misprint(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month) and _misprinted(one.day, other.day)


def _misprinted(one: int, other: int) -> bool:
    """True for the day of a month with a figure more or less, or with its figures turned."""
    few, many = sorted((str(one), str(other)), key=len)
    return (len(few) < len(many) and few in many) or (few != many and sorted(few) == sorted(many))


def _tells_same(root: Page, page: Page, other: Sentence, sentence: Sentence) -> bool:
    """True where two sentences print one number or one day, or are told in the same words."""
    if sentence.values & other.values or set(sentence.days) & set(other.days):
        return True
    if root.language != page.language:
        return False
    words = sentence.words & other.words
    return len(words) > _FURTHER and 2 * len(words) >= min(len(sentence.words), len(other.words))
