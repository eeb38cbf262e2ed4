"""From a report and its claims to a marked document: every finding at its place in the sentence that holds it."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from geppo.catalog.attack import label
from geppo.deliver._aligned import aligned
from geppo.deliver._evidence import Basis, ClaimView
from geppo.deliver._marked import Line, Mark, Marked, Method, Named, Piece, Said, Value, look, marked_words
from geppo.deliver._shown import quiet, shown, visible
from geppo.deliver._words import Words
from geppo.language.sentences import Span, blocks, sentences
from geppo.model.claim import Claim, Hedge, Rung
from geppo.model.edition import Month
from geppo.model.entity import Mention
from geppo.model.observable import Observable
from geppo.model.report import Document, Report
from geppo.model.technique import Technique
from geppo.model.time import Period

_ELLIPSIS = " … "
"""How a hedge of several words that do not stand side by side is written."""
_HEADING_MARKS = "#=* \t"

_shown = lru_cache(maxsize=4096)(shown)
"""Names and reasons come again and again in a long document."""


def mark_up(
    report: Report,
    claims: Sequence[Claim],
    language: str = "en",
    *,
    techniques: Sequence[Technique] = (),
    dated: bool = True,
    named: bool = True,
    readable: bool = True,
) -> Marked:
    """A report and its claims as a marked document, with labels in `language`.

    `dated` and `named` are false where the date or the publisher was not in the document, `readable` where there are no
    rules to read claims in its language. Raises DataError for a language without labels.
    """
    marker = _Marker(report, claims, techniques, marked_words(language))
    return marker.marked(dated=dated, named=named, readable=readable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    start: int
    end: int
    mark: Mark


class _Marker:
    """Turns one report into what is drawn."""

    def __init__(self, report: Report, claims: Sequence[Claim], techniques: Sequence[Technique], labels: Words) -> None:
        self._document = report.document
        self._words = labels
        self._look = look()
        self._spans = sentences(self._document.text, self._document.language)
        self._starts = [span.start for span in self._spans]
        self._said = self._claims(claims)
        values = sorted(report.observables, key=lambda one: (one.start, -one.end))
        names = [one for one in report.mentions if one.kind.value in self._look.groups]
        self._values, value_rows = self._value_rows(values)
        self._names, name_rows = self._name_rows(names)
        self._methods = tuple(self._method_rows(techniques))
        self._found = sorted(
            [
                *(self._value(value, row) for value, row in zip(values, value_rows, strict=True)),
                *(self._name(name, row) for name, row in zip(names, name_rows, strict=True)),
                *self._hedges(claims),
            ],
            key=lambda one: (one.start, -one.end, one.mark.layer),
        )

    def marked(self, *, dated: bool, named: bool, readable: bool) -> Marked:
        document, labels = self._document, self._words
        tag = document.language if document.language.isascii() and document.language.isalpha() else ""
        day = labels.day(document.published)
        return Marked(
            words=labels,
            title=quiet(document.title) or labels.ui("untitled"),
            publisher=visible(document.publisher) if named else labels.ui("unstated"),
            published=labels.ui("published" if dated else "undated", day=day),
            dated=dated,
            readable=readable,
            language=tag,
            language_name=labels.of("language", visible(document.language)),
            file=visible(document.name),
            hash=document.sha256[:12],
            marking=document.marking.label,
            marking_class=document.marking.name.lower().replace("_", "-"),
            note=document.note,
            lines=tuple(self._lines()),
            claims=self._said,
            values=self._values,
            names=self._names,
            methods=self._methods,
        )

    def _line_of(self, place: int) -> int:
        """The number of the sentence at a place, from 1."""
        return max(bisect_right(self._starts, place), 1)

    def _claims(self, claims: Sequence[Claim]) -> tuple[Said, ...]:
        ordered = sorted(claims, key=lambda one: one.passage.start)
        basis = Basis(_month(self._document, ordered), self._words)
        return tuple(
            self._said_of(number, self._line_of(claim.passage.start), basis.claims((claim.id,))[0])
            for number, claim in enumerate(ordered, start=1)
        )

    def _said_of(self, number: int, line: int, view: ClaimView) -> Said:
        statement = view.statements[0]
        predicate = statement.predicate
        return Said(
            number=number,
            line=line,
            subject=statement.subject,
            predicate=self._words.ui("not_predicate", predicate=predicate) if statement.negated else predicate,
            object=statement.object,
            negated=statement.negated,
            hedge=view.hedge,
            hedge_text=view.hedge_text,
            grade=view.grade,
            speaker=view.speaker if view.via else "",
            via=view.via,
            extras=view.extras,
        )

    def _value_rows(self, values: Sequence[Observable]) -> tuple[tuple[Value, ...], list[int]]:
        keys = [(one.type.value, one.value, one.verdict.value, self._notes(one)) for one in values]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys), start=1)}
        places: dict[int, list[Observable]] = {number: [] for number in numbers.values()}
        for key, one in zip(keys, values, strict=True):
            places[numbers[key]].append(one)
        rows = tuple(
            Value(
                number=number,
                type=self._words.of("type", kind),
                value=shown(value),
                verdict=self._words.of("verdict", verdict),
                tone=self._look.tones.get(verdict, "quiet"),
                reason=shown(self._words.mark("list").join(dict.fromkeys(one.reason for one in places[number]))),
                notes=notes,
                lines=self._lines_of(places[number]),
                times=len(places[number]),
            )
            for (kind, value, verdict, notes), number in numbers.items()
        )
        return rows, [numbers[key] for key in keys]

    def _notes(self, one: Observable) -> tuple[str, ...]:
        """What a value was used for and what is known beyond it."""
        notes = [self._words.of("role", one.role.value)] if one.role.value else []
        return (*notes, *(f"{self._words.of('value_detail', name)} {_shown(value)}" for name, value in one.detail))

    def _lines_of(self, found: Iterable[Observable | Mention | Technique]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._line_of(one.start) for one in found))

    def _name_rows(self, names: Sequence[Mention]) -> tuple[tuple[Named, ...], list[int]]:
        keys = [(one.kind.value, one.name, bool(one.id) and not one.id.startswith("new:")) for one in names]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys), start=1)}
        places: dict[int, list[Mention]] = {number: [] for number in numbers.values()}
        for key, one in zip(keys, names, strict=True):
            places[numbers[key]].append(one)
        rows = tuple(
            Named(
                number=number,
                kind=self._words.of("kind", kind),
                group=self._look.groups[kind],
                name=shown(name),
                printed=_printed(name, places[number]),
                known=known,
                lines=self._lines_of(places[number]),
                times=len(places[number]),
            )
            for (kind, name, known), number in numbers.items()
        )
        return rows, [numbers[key] for key in keys]

    def _method_rows(self, found: Sequence[Technique]) -> Iterator[Method]:
        """Techniques in the order in which the text first has them."""
        places: dict[str, list[Technique]] = {}
        for one in found:
            places.setdefault(one.id, []).append(one)
        for identity, ones in places.items():
            words = [
                _shown(" ".join(self._document.text[one.start : one.end].split()))
                for one in ones
                if one.how != "number"
            ]
            yield Method(
                id=identity,
                name=label(identity, self._words.language) or ones[0].name,
                words=tuple(dict.fromkeys(words)),
                lines=self._lines_of(ones),
            )

    def _value(self, one: Observable, row: int) -> _Found:
        value = self._values[row - 1]
        said = [value.type, value.verdict, *value.notes, _shown(one.reason)]
        mark = Mark(
            layer="value",
            group=value.tone,
            hint=self._words.mark("list").join(part for part in said if part),
            tag="" if one.type.value in self._look.untagged else value.verdict,
            row=row,
        )
        return _Found(start=one.start, end=one.end, mark=mark)

    def _name(self, one: Mention, row: int) -> _Found:
        named = self._names[row - 1]
        said = [named.name, named.kind, "" if named.known else self._words.ui("new_name")]
        hint = self._words.mark("list").join(part for part in said if part)
        return _Found(
            start=one.start, end=one.end, mark=Mark(layer="name", group=named.group, hint=hint, tag="", row=row)
        )

    def _hedges(self, claims: Sequence[Claim]) -> Iterator[_Found]:
        """The places of the words that hedge a claim; words that stand in another form in the text have none."""
        places = {
            (start, end): claim.hedge.rung for claim in claims for start, end in _hedge_places(claim.hedge, claim)
        }
        for (start, end), rung in places.items():
            yield _Found(start=start, end=end, mark=self._hedge(rung))

    def _hedge(self, rung: Rung) -> Mark:
        return Mark(layer="hedge", group="hedge", hint=self._words.of("rung", rung.value), tag="", row=0)

    def _lines(self) -> Iterator[Line]:
        text = self._document.text
        headings = {block.start: block.heading.strip(_HEADING_MARKS) for block in blocks(text) if block.heading}
        claims: dict[int, list[Said]] = {}
        for said in self._said:
            claims.setdefault(said.line, []).append(said)
        at = before = 0
        running: list[_Found] = []
        for number, span in enumerate(self._spans, start=1):
            while at < len(self._found) and self._found[at].start < span.end:
                running.append(self._found[at])
                at += 1
            inside = [one for one in running if one.end > span.start]
            heading = headings.get(span.start) == text[span.start : span.end].strip(_HEADING_MARKS)
            body = _body(text, span) if heading else span
            yield Line(
                number=number,
                breaks=min(text.count("\n", before, span.start), 2) if number > 1 else 2,
                spaced=before < span.start,
                heading=heading,
                pieces=_pieces(text, body, inside),
                claims=tuple(claims.get(number, ())),
                found=bool(inside or number in claims),
            )
            running = [one for one in inside if one.end > span.end]
            before = span.end


def _month(document: Document, claims: Sequence[Claim]) -> Month:
    return Month(
        period=Period(year=document.published.year, month=document.published.month),
        as_of=document.collected,
        documents=(document,),
        claims=tuple(claims),
        assessments=(),
        stories=(),
        gaps=(),
    )


def _printed(name: str, places: Sequence[Mention]) -> tuple[str, ...]:
    forms = dict.fromkeys(_shown(" ".join(one.surface.split())) for one in places)
    return tuple(form for form in forms if form.casefold() != _shown(name).casefold())


def _body(text: str, span: Span) -> Span:
    """A heading without the marks of its line."""
    start = span.start
    while start < span.end and text[start] in _HEADING_MARKS:
        start += 1
    return Span(start=start, end=span.end) if start < span.end else span


def _hedge_places(hedge: Hedge, claim: Claim) -> Iterator[tuple[int, int]]:
    low, text = claim.passage.text.lower(), claim.passage.text
    if len(low) != len(text):
        low = text
    at = 0
    for part in hedge.text.split(_ELLIPSIS) if hedge.text else ():
        found = _word(low, part.lower(), at)
        if found >= 0:
            yield claim.passage.start + found, claim.passage.start + found + len(part)
            at = found + len(part)


def _word(text: str, part: str, at: int) -> int:
    """Where `part` stands as a whole word (between scripts with case), or -1."""
    while (found := text.find(part, at)) >= 0:
        before, after = text[found - 1 : found], text[found + len(part) : found + len(part) + 1]
        joined = (before.islower() and part[:1].islower()) or (after.islower() and part[-1:].islower())
        if not joined:
            return found
        at = found + 1
    return -1


def _pieces(text: str, span: Span, found: Sequence[_Found]) -> tuple[Piece, ...]:
    """The sentence cut at its marks. A mark that crosses the end of another goes on behind it."""
    seen = aligned(text[span.start : span.end])
    queue = [
        (max(one.start, span.start), -min(one.end, span.end), number, one)
        for number, one in enumerate(found)
        if one.start < span.end and one.end > span.start
    ]
    heapq.heapify(queue)

    def inside(at: int, end: int) -> Iterator[Piece]:
        while queue and queue[0][0] < end:
            start, minus, number, one = heapq.heappop(queue)
            stop = min(-minus, end)
            if stop < -minus:
                heapq.heappush(queue, (stop, minus, number, one))
            if start > at:
                yield Piece(text=seen.part(at - span.start, start - span.start), mark=None, inner=())
            inner = tuple(inside(start, stop))
            yield Piece(text="", mark=one.mark, inner=inner, ends=stop == one.end)
            at = stop
        if at < end:
            yield Piece(text=seen.part(at - span.start, end - span.start), mark=None, inner=())

    return tuple(inside(span.start, span.end))
