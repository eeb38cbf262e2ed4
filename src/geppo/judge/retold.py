"""What a repeat changed, found in the texts themselves where no claim was read from a sentence.

For a page that leads to one page with own observation: a number or a day that the origin prints nowhere, set against
one of the origin's that the repeat does not print and that has slipped into it (digits turned, a nought more, the same
counted thing; the same day in another month, another day of the month); a confidence grade that is another one; a name
of which the origin speaks with a hedge only and the repeat with none; a house credited of which nothing is known. Names
and concepts have one id in all languages, so sentences of two languages are compared by what they name.

The assessments are of kind `drift` as in `drift.py`, with `root_text` and `repeat_text`, the two sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import re2

from geppo.config import Settings
from geppo.judge._reference import short_id
from geppo.judge.citations import Citations
from geppo.judge.origins import Matters, Tracer
from geppo.judge.speakers import in_other_letters
from geppo.language import dates, hedges, numbers, sentences, voices
from geppo.language.numbers import Number
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import STRENGTH, Grade, Rung
from geppo.model.entity import Kind
from geppo.model.report import Report

_READ = 20_000
_LEAST = 10
_BESIDE = 24
_TELLING_NUMBER = 100
_SOON = 2
_ACCORDING = "according-to"
_BRACKET = re2.compile(r"[（(]([A-Z][A-Za-z0-9.&-]*(?: [A-Z][A-Za-z0-9.&-]*)*)[)）]")
_TOLD_IN = ("document/", "org/")
_NAMED = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.TOOL})
_TELLING = _NAMED | {Kind.VULNERABILITY, Kind.IDENTITY, Kind.PRODUCT}
_RUNNER_UP = 0.6
"""Share of the best page's score from which a second page may be the origin as well."""
_FIRM = STRENGTH[Rung.LIKELY]
_TOLD = frozenset({Rung.REPORTED, Rung.NOT_FOUND, Rung.DENIES, Rung.TREND, Rung.FORECAST})
_GRADES = {Grade.LOW: 1, Grade.MODERATE: 2, Grade.HIGH: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence with what it names (ids), its numbers, its days, its hedge and grade."""

    text: str
    names: frozenset[str]
    places: frozenset[str]
    things: frozenset[str]
    counts: tuple[tuple[Number, frozenset[str]], ...]
    days: tuple[date, ...]
    rung: Rung | None
    grade: Grade | None


class Page:
    """A report's text as sentences; read when first asked for."""

    def __init__(self, report: Report) -> None:
        self.report = report

    @cached_property
    def sentences(self) -> tuple[_Sentence, ...]:
        """All sentences of the page's head."""
        document = self.report.document
        text, language = document.text[:_READ], document.language
        counts = [one for one in numbers.find_counts(text, language) if not one.percent and one.value >= _LEAST]
        dated = dates.find_dates(text, language, document.published)
        found = [one for one in dated if one.when.is_day]
        made = []
        for span in sentences.sentences(text, language):
            held = [one for one in self.report.mentions if span.start <= one.start and one.end <= span.end]
            inside = [one for one in found if span.start <= one.start and one.end <= span.end]
            own = [one for one in counts if span.start <= one.start and one.end <= span.end]
            own = [one for one in own if not any(day.start < one.end and one.start < day.end for day in inside)]
            near = [
                (
                    one,
                    frozenset(
                        seen.id
                        for seen in held
                        if -_BESIDE <= seen.start - one.end <= _BESIDE and seen.kind is Kind.CONCEPT
                    ),
                )
                for one in own
            ]
            rungs = [
                one.rung
                for one in hedges.hedges(text, span, language)
                if one.rung not in _TOLD and not any(day.start < one.end and one.start < day.end for day in dated)
            ]
            graded = hedges.grade(text, span, language)
            made.append(
                _Sentence(
                    text=text[span.start : span.end],
                    names=frozenset(one.id for one in held if one.kind in _NAMED and one.id),
                    places=frozenset(one.id for one in held if one.kind is Kind.LOCATION and one.id),
                    things=frozenset(one.id for one in held if one.id),
                    counts=tuple(near),
                    days=tuple(one.when.start for one in inside),
                    rung=min(rungs, key=lambda rung: STRENGTH[rung]) if rungs else None,
                    grade=graded.grade if graded else None,
                )
            )
        return tuple(made)

    @cached_property
    def introduced(self) -> tuple[str, ...]:
        """Speakers that the page introduces by their names in Latin letters ("오르덴피스(Ordenfiss)에 따르면").

        Such a name is nobody's that a reader of the page could know, so it is credited all the same.
        """
        found: dict[str, None] = {}
        for text in (one.text for one in self.sentences if "(" in one.text or "（" in one.text):
            span = sentences.Span(start=0, end=len(text))
            for one in voices.voices(text, span, self.report.document.language):
                bracket = _BRACKET.match(text[one.name_end : one.name_end + 2 * _BESIDE])
                if bracket and one.kind == _ACCORDING and not one.anaphoric:
                    found[bracket.group(1)] = None
        return tuple(found)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """Every number that the page prints."""
        document = self.report.document
        return tuple(one.value for one in numbers.find_counts(document.text[:_READ], document.language))

    @cached_property
    def days(self) -> frozenset[date]:
        """Every day that the page prints, and the day on which it was published."""
        return frozenset(day for one in self.sentences for day in one.days) | {self.report.document.published}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    what: str
    root_value: str
    repeat_value: str
    direction: str
    root_text: str
    repeat_text: str


class Retold:
    """Compares the texts of repeats with the texts of their origins."""

    def __init__(
        self, graph: Citations, tracer: Tracer, matters: Matters, known: Sequence[Assessment], settings: Settings
    ) -> None:
        self._graph, self._tracer, self._matters = graph, tracer, matters
        self._about = settings.number("judge.counts.about")
        self._known = {(one.get("repeat"), _family(one.get("what"))) for one in known}
        self._pages: dict[str, Page] = {}
        self._names = {
            name: frozenset(one.id for one in report.mentions if one.kind in _TELLING and one.id)
            for name, report in graph.reports.items()
        }
        self._holders: dict[str, list[str]] = defaultdict(list)
        for report, names in self._names.items():
            for name in names:
                self._holders[name].append(report)

    @cached_property
    def roots(self) -> dict[str, str]:
        """Repeats with the page that each retells, in order of the repeats' publication."""
        ordered = sorted(self._graph.reports, key=lambda name: self._graph.order[name])
        return {report: root for report in ordered if (root := self._root(report))}

    def find(self) -> tuple[Assessment, ...]:
        """What was found on no claim, in order of the repeats' publication."""
        found = []
        for report, root in self.roots.items():
            for change in self._changes(self._page(root), self._page(report)):
                if (report, _family(change.what)) not in self._known:
                    self._known.add((report, _family(change.what)))
                    found.append(self._assessment(root, report, change))
        return tuple(found)

    def _page(self, report: str) -> Page:
        if report not in self._pages:
            self._pages[report] = Page(self._graph.reports[report])
        return self._pages[report]

    def _root(self, report: str) -> str:
        """The page that a page retells; empty where there is none, or it is a copy.

        The page has own observation, or its house is credited for it and is no paper and credits nobody: what a victim
        tells of itself is first-hand, whatever words it uses.
        """
        graph = self._graph
        if report in graph.copy_of or graph.reports[report].own_observation:
            return ""
        credited = self._tracer.page_root(report)
        root = credited
        if root == report or not graph.reports[root].own_observation:
            clusters = self._matters.clusters.get(report, frozenset())
            seen = [page for one in sorted(clusters) for page in self._matters.observed.get(one, ())]
            seen = [page for page in dict.fromkeys(seen) if page not in graph.copy_of]
            root = seen[0] if len(seen) == 1 and len(clusters) == 1 else self._by_names(report)
        for page in (root, credited):
            earlier = bool(page) and graph.order[page] < graph.order[report]
            if earlier and self._first_hand(page, report) and graph.house(page) != graph.house(report):
                return page
        return ""

    def _first_hand(self, root: str, report: str) -> bool:
        """True for a page that observed something, or that a page credits for what it tells of its own house."""
        graph, page = self._graph, self._graph.reports[root]
        if page.own_observation:
            return True
        told = not graph.credits[root] and not graph.directory.is_media(page.document.publisher)
        credited = {graph.directory.key(name) for name in graph.credits[report]}
        return told and graph.house(root) in credited

    def _by_names(self, report: str) -> str:
        """The one earlier page with own observation that shares this page's rare names; empty where two may be it."""
        graph = self._graph
        scores: dict[str, float] = {}
        for name in sorted(self._names[report]):
            holders = self._holders[name]
            for other in holders:
                near = graph.order[other] < graph.order[report] and other not in graph.copy_of
                if near and graph.reports[other].own_observation:
                    scores[other] = scores.get(other, 0.0) + 1 / len(holders)
        ranked = sorted(scores, key=lambda page: (-scores[page], graph.order[page]))
        if not ranked or (len(ranked) > 1 and scores[ranked[1]] > _RUNNER_UP * scores[ranked[0]]):
            return ""
        return ranked[0]

    def _changes(self, root: Page, page: Page) -> Iterator[_Change]:
        yield from self._numbers(root, page)
        yield from _moved(root, page)
        yield from _regraded(root, page)
        yield from _unhedged(root, page)
        yield from self._reporter(root, page)

    def _near(self, one: float, other: float) -> bool:
        return abs(one - other) <= self._about * max(one, other)

    def _numbers(self, root: Page, page: Page) -> Iterator[_Change]:
        for sentence in page.sentences:
            for number, things in sentence.counts:
                if any(self._near(number.value, value) for value in root.numbers):
                    continue
                for other in root.sentences:
                    for told, counted in other.counts:
                        if any(self._near(told.value, value) for value in page.numbers):
                            continue
                        same = bool(things & counted) and bool((sentence.things & other.things) - things)
                        if _slipped(told.value, number.value) or same:
                            yield _Change(what="number", root_value=_plain(told.value), direction="",
                                          repeat_value=_plain(number.value), root_text=other.text,
                                          repeat_text=sentence.text)  # fmt: skip

    def _reporter(self, root: Page, page: Page) -> Iterator[_Change]:
        """A house of which nothing is known, credited for what the origin alone has seen.

        Either the page credits nobody else and names nothing that the origin does not name, or the house stands in one
        sentence with a number of the origin's.
        """
        graph, directory = self._graph, self._graph.directory
        credited, own = (*graph.credits[page.report.id], *page.introduced), graph.house(root.report.id)
        if root.report.id in graph.leans_on[page.report.id] or any(directory.key(one) == own for one in credited):
            return
        unknown = [
            one for one in credited
            if not directory.is_media(one) and not directory.reports(directory.key(one)) and not directory.observes(one)
            and not in_other_letters(one, root.report.document.publisher)
        ]  # fmt: skip
        named = {one for sentence in page.sentences for one in sentence.names}
        alone = len(unknown) == len(credited) and named <= {n for sentence in root.sentences for n in sentence.names}
        for house in unknown:
            counted = any(
                house in sentence.text and any(self._same(number, root) for number, _ in sentence.counts)
                for sentence in page.sentences
            )
            if alone or counted:
                yield _Change(what="reporter", root_value=root.report.document.publisher, repeat_value=house,
                              direction="", root_text="", repeat_text="")  # fmt: skip
                return

    def _same(self, number: Number, root: Page) -> bool:
        return number.value >= _TELLING_NUMBER and number.value in root.numbers

    def _assessment(self, root: str, repeat: str, change: _Change) -> Assessment:
        graph = self._graph
        return Assessment(
            id=short_id("a", "retold", change.what, root, repeat, change.root_value, change.repeat_value),
            kind=AssessmentKind.DRIFT,
            subjects=(),
            claims=(),
            likelihood=None,
            confidence=None,
            origins=Origins(roots=(root,), repeats=(repeat,)),
            detail=(
                ("what", change.what),
                ("predicate", ""),
                ("root", root),
                ("repeat", repeat),
                ("root_by", graph.reports[root].document.publisher),
                ("repeat_by", graph.reports[repeat].document.publisher),
                ("root_value", change.root_value),
                ("repeat_value", change.repeat_value),
                ("direction", change.direction),
                ("root_text", change.root_text),
                ("repeat_text", change.repeat_text),
            ),
        )


def _family(what: str) -> str:
    """A hedge and a grade are two words for one thing."""
    return "hedge" if what == "grade" else what


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _slipped(one: float, other: float) -> bool:
    """True for the same digits in another order, or a nought more or less, as misprints are."""
    a, b = _plain(one), _plain(other)
    if len(a) < 2 or len(b) < 2 or a == b:
        return False
    return sorted(a) == sorted(b) or one * 10 == other or other * 10 == one or one * 100 == other


def _moved(root: Page, page: Page) -> Iterator[_Change]:
    """A day that slipped into another month or another day of its month.

    What the origin only announces or plans is left out: another plan of the matter is no slip of it.
    """
    here = {day for one in page.sentences for day in one.days}
    there = {day for one in root.sentences for day in one.days}
    for sentence in page.sentences:
        for day in sentence.days:
            if day in root.days:
                continue
            for other in root.sentences:
                for told in other.days:
                    month = (told.year, told.month) == (day.year, day.month)
                    same_day = told.day == day.day and told.year == day.year
                    planned = told > root.report.document.published
                    if planned or told in page.days or not (month or same_day):
                        continue
                    only = same_day and not month and len(here) == len(there) == 1
                    if _same_event(root, page, (other, told), (sentence, day), only):
                        yield _Change(what="date", root_value=told.isoformat(), repeat_value=day.isoformat(),
                                      direction="", root_text=other.text, repeat_text=sentence.text)  # fmt: skip


def _same_event(
    root: Page, page: Page, told: tuple[_Sentence, date], retold: tuple[_Sentence, date], only: bool
) -> bool:
    """True where two sentences may give a day of one event: one number, else one thing that both name.

    A day about that of the page may be the day of telling, if the sentence names the house or a report: then the day's
    figures must be a slip as well, as they must be where the two have only the name of a group or program in common.
    """
    (other, before), (sentence, after) = told, retold
    shared = _shared(sentence, other)
    if abs((after - page.report.document.published).days) > _SOON:
        return shared or only or bool(sentence.things & other.things)
    house = root.report.document.publisher.casefold()
    telling = house in sentence.text.casefold() or any(one.startswith(_TOLD_IN) for one in sentence.things)
    slip = _misprinted(before.day, after.day)
    return shared and slip if telling else shared or (slip and bool(sentence.names & other.names))


def _misprinted(one: int, other: int) -> bool:
    """True for the day of a month with a figure more or less, or with its figures turned."""
    few, many = sorted((str(one), str(other)), key=len)
    return (len(few) < len(many) and few in many) or (few != many and sorted(few) == sorted(many))


def _shared(one: _Sentence, other: _Sentence) -> bool:
    """True where two sentences print one number."""
    return bool({number.value for number, _ in one.counts} & {number.value for number, _ in other.counts})


def _regraded(root: Page, page: Page) -> Iterator[_Change]:
    """Another confidence word, where each of both pages uses just one."""
    here = {one.grade: one for one in page.sentences if one.grade}
    there = {one.grade: one for one in root.sentences if one.grade}
    if len(here) != 1 or len(there) != 1:
        return
    (mine, sentence), (theirs, other) = next(iter(here.items())), next(iter(there.items()))
    if mine is not theirs and mine and theirs:
        direction = "stronger" if _GRADES[mine] > _GRADES[theirs] else "weaker"
        yield _Change(what="grade", root_value=theirs.value, repeat_value=mine.value, direction=direction,
                      root_text=other.text, repeat_text=sentence.text)  # fmt: skip


def _unhedged(root: Page, page: Page) -> Iterator[_Change]:
    """A name of which the origin speaks with a weak hedge only, and the repeat with none at all."""
    known = frozenset(one for sentence in root.sentences for one in sentence.names)
    for name in sorted({one for sentence in page.sentences for one in sentence.names | sentence.places}):
        theirs = _with_next(root, name)
        mine = _with_next(page, name)
        weak = [one for one in theirs if one.grade is Grade.LOW or (one.rung and STRENGTH[one.rung] < _FIRM)]
        if not theirs or len(weak) != len(theirs) or any(one.rung or one.grade for one in mine):
            continue
        other = weak[0]
        flat = [one for one in mine if ((one.things & other.things) | (one.names & known)) - {name}]
        if flat:
            rung = other.rung or Rung.POSSIBLE
            yield _Change(what="hedge", root_value=rung.value, repeat_value=Rung.CONFIRMED.value, direction="stronger",
                          root_text=other.text, repeat_text=flat[0].text)  # fmt: skip


def _with_next(page: Page, name: str) -> list[_Sentence]:
    """Sentences with a name, each with the grade of the sentence behind it where it has none: a grade often follows."""
    rows = page.sentences
    found = []
    for place, one in enumerate(rows):
        if name in one.names or name in one.places:
            after = rows[place + 1] if place + 1 < len(rows) else None
            if one.rung is None and one.grade is None and after is not None and not after.names and after.grade:
                one = replace(one, grade=after.grade)
            found.append(one)
    return found
