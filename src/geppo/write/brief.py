"""The one-page brief for a director: sentences, one figure and due dates out of the finished member edition.

Nothing is worded here but headings: a line is a key judgement of the member edition with the sentences that say there
how sure it is. So every line has passed the gate, carries the ids of both languages, and cites by the member edition's
numbers. How much fits one sheet of paper is for whoever sets it to say: the brief comes in ever smaller versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geppo.catalog import Catalog
from geppo.model.assessment import AssessmentKind
from geppo.model.claim import Claim, Predicate, Rung
from geppo.model.edition import (
    Bar,
    Cell,
    Counts,
    Edition,
    EditionKind,
    Event,
    Figure,
    Matrix,
    Month,
    Pointer,
    Role,
    Row,
    Section,
    Sentence,
    Table,
)
from geppo.model.entity import Kind, Term
from geppo.write.phrases import Phrases, fill, phrases
from geppo.write.weighting import limit
from geppo.write.wording import Wording, spaced

Fits = Callable[[tuple[Edition, ...]], bool]
"""Whether the brief, in all its languages, can be set on one sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interests:
    """What the reader said to care about: ids of countries and sectors, products in lower case."""

    ids: frozenset[str] = frozenset()
    products: tuple[str, ...] = ()

    def has(self, term: Term) -> bool:
        """True for a place, a sector or a product of the reader's."""
        name = term.name.casefold()
        return term.id in self.ids or (
            term.kind in (Kind.PRODUCT, Kind.TOOL) and any(product in name for product in self.products)
        )


NONE = Interests()
"""A reader without a profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How much of each kind a version has. `sure`: with the sentences that say how sure a line is."""

    lines: int
    rows: int
    figure: bool
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One line: ids of its sentences, the key judgement first, and the section that tells more (0 where none does)."""

    ids: tuple[str, ...]
    section: int
    matters: tuple[Term, ...]


def brief(
    member: tuple[Edition, ...], month: Month, catalog: Catalog, interests: Interests, fits: Fits
) -> tuple[Edition, ...]:
    """The brief in the member edition's languages, as much of it as fits; the smallest version where none does.

    `month` is the month as the member edition sees it.
    """
    made: tuple[Edition, ...] = ()
    for room in _rooms():
        smaller = _Brief(month, catalog, interests, room).editions(member)
        if smaller == made:
            continue
        made = smaller
        if fits(made):
            break
    return made


def _rooms() -> Iterator[_Room]:
    """From the fullest version to one line: rows go first, then lines, then the figure, then how sure we are."""
    most, least, rows = limit("brief_lines_most"), limit("brief_lines_least"), limit("brief_rows")
    for figure in (True, False):
        yield _Room(lines=most, rows=rows, figure=figure)
        for lines in range(most, least - 1, -1):
            yield _Room(lines=lines, rows=min(rows, limit("brief_rows_least")), figure=figure)
    for lines in range(least, 0, -1):
        yield _Room(lines=lines, rows=1, figure=False, sure=False)


@dataclass(frozen=True, slots=True)
class _Brief:
    month: Month
    catalog: Catalog
    interests: Interests
    room: _Room

    def editions(self, member: tuple[Edition, ...]) -> tuple[Edition, ...]:
        """One version. What is in it is chosen once, in the first language, and holds for all."""
        items = self._items(member[0])
        figure = self._figure(member[0], items) if self.room.figure else None
        dues = self._dues(member[0])
        return tuple(self._edition(edition, items, figure, dues) for edition in member)

    # -- what is in it -----------------------------------------------------------------------------------------

    def _items(self, member: Edition) -> tuple[_Item, ...]:
        claims = {claim.id: claim for claim in self.month.claims}
        items, changed = [], False
        for lead in member.key_judgements[: self.room.lines]:
            number, told = _told_at(member, lead)
            said = told[0] if told else lead
            behind = self._behind(lead, told, change=not changed) if self.room.sure else []
            changed = changed or any(one.role is Role.CHANGE for one in behind)
            rests = [claims[one] for sentence in (said, *behind) for one in sentence.claims if one in claims]
            ids = (said.id, *(one.id for one in behind))
            items.append(_Item(ids=ids, section=number, matters=self._matters(rests)))
        return tuple(items)

    def _behind(self, lead: Sentence, told: Sequence[Sentence], *, change: bool) -> list[Sentence]:
        """How sure it is: our likelihood, our confidence and what would change it; else how many stand behind it."""
        judged = {one.id for one in self.month.assessments if one.kind is AssessmentKind.OVERLAP and one.likelihood}
        for place, one in enumerate(told):
            if one.role is Role.ASSESSMENT and judged & set(one.assessments) and set(lead.claims) & set(one.claims):
                same = [two for two in told[place + 1 :] if two.assessments == one.assessments]
                wanted = (Role.CONFIDENCE, Role.CHANGE) if change else (Role.CONFIDENCE,)
                return [one, *(two for two in same if two.role in wanted)]
        origins = (
            one for one in told if one.role is Role.CAVEAT and one.assessments and set(one.claims) == set(lead.claims)
        )
        return [one for one in (next(origins, None),) if one is not None]

    def _matters(self, claims: Sequence[Claim]) -> tuple[Term, ...]:
        found: dict[str, Term] = {}
        for claim in claims:
            terms = (claim.subject, claim.object, *(term for _, term in claim.qualifiers))
            for term in terms:
                if term is not None and not claim.negated and self.interests.has(term):
                    found.setdefault(term.id, term)
        return tuple(found[key] for key in sorted(found))

    @staticmethod
    def _figure(member: Edition, items: Sequence[_Item]) -> str:
        """The id of the first figure that is small and shows something of the lines, or an empty text."""
        said = {one.id: set(one.claims) for one in member.sentences()}
        about = {id_ for item in items for one in item.ids for id_ in said[one]}
        for figure in member.figures:
            if 0 < _height(figure) <= limit("brief_figure_rows") and about & set(_claims(figure)):
                return figure.id
        return ""

    def _dues(self, member: Edition) -> tuple[Claim, ...]:
        """Exploited vulnerabilities to be mended soon after the issue, the first date first, as the member edition has
        them.
        """
        known = {id_ for sentence in member.sentences() for id_ in sentence.claims}
        known |= {id_ for table in member.tables for row in table.rows for id_ in row.claims}
        first = self.month.as_of.date()
        last = first + timedelta(days=limit("brief_due_days"))
        numbered = {reference.report for reference in member.references}
        found: dict[str, tuple[date, str, Claim]] = {}
        for claim in self.month.claims:
            day = _due(claim)
            if day is None or not first <= day <= last or claim.id not in known or claim.report not in numbered:
                continue
            assert claim.object is not None
            row = (day, claim.id, claim)
            found[claim.object.id] = min(found.get(claim.object.id, row), row)
        return tuple(claim for _, _, claim in sorted(found.values())[: self.room.rows])

    # -- in a language -----------------------------------------------------------------------------------------

    def _edition(self, member: Edition, items: Sequence[_Item], figure: str | None, dues: Sequence[Claim]) -> Edition:
        words = phrases(member.language)
        wording = Wording(words, self.catalog, self.month.period)
        said = {one.id: one for one in reversed(member.sentences())}
        paragraphs = tuple((_alone(said[item.ids[0]], words), *(said[id_] for id_ in item.ids[1:])) for item in items)
        figures = tuple(one for one in member.figures if one.id == figure)
        tables = tuple(table for table in (_due_table(dues, member, words, wording),) if table.rows)
        cited = {n for paragraph in paragraphs for one in paragraph for n in one.citations}
        cited |= {n for one in figures for n in _citations(one)}
        cited |= {n for table in tables for row in table.rows for n in row.citations}
        title = fill(words.text("brief", "title"), {"T": member.title})
        return replace(
            member,
            kind=EditionKind.BRIEF,
            title=title,
            subject=title,
            opening=Section(
                id="opening",
                heading=words.text("brief", "opening"),
                heading_claims=(),
                heading_assessments=(),
                story="",
                paragraphs=paragraphs,
            ),
            sections=(),
            references=tuple(one for one in member.references if one.n in cited),
            key_judgements=(),
            figures=figures,
            tables=tables,
            pointers=tuple(
                Pointer(
                    sentence=item.ids[0],
                    section=item.section,
                    matters=tuple(wording.term(term) for term in item.matters),
                )
                for item in items
            ),
        )


def _alone(sentence: Sentence, words: Phrases) -> Sentence:
    """A sentence without the connective that ties it to the text before it."""
    for kind in words.keys("connective"):
        for connective in words.choices("connective", kind) if kind != "lower" else ():
            if sentence.text.startswith(connective):
                text = sentence.text.removeprefix(connective)
                return replace(sentence, text=text[:1].upper() + text[1:])
    return sentence


def _told_at(member: Edition, lead: Sentence) -> tuple[int, tuple[Sentence, ...]]:
    """The number of the section, from 1, that tells a key judgement, and its sentences from there on; (0, ()) for none.

    The text may tell it together with the number of its origins, or with other counts of the same thing.
    """
    for number, section in enumerate(member.sections, start=1):
        told = [one for paragraph in section.paragraphs for one in paragraph]
        for place, one in enumerate(told):
            if one.role in (Role.LEAD, Role.CONTRAST) and set(lead.claims) <= set(one.claims):
                return number, tuple(told[place:])
    return 0, ()


def _height(figure: Figure) -> int:
    """Rows of the drawing; 0 for a timeline that shows when pages came out and nothing else."""
    body = figure.body
    if isinstance(body, Matrix):
        return len(body.rows)
    if isinstance(body, Counts):
        return len(body.bars)
    happened = any(not event.published for event in body.events)
    return len({event.lane for event in body.events}) if happened else 0


def _parts(figure: Figure) -> Sequence[Cell | Bar | Event]:
    body = figure.body
    return body.cells if isinstance(body, Matrix) else body.bars if isinstance(body, Counts) else body.events


def _claims(figure: Figure) -> list[str]:
    return [id_ for part in _parts(figure) for id_ in part.claims]


def _citations(figure: Figure) -> list[int]:
    return [number for part in _parts(figure) if not isinstance(part, Cell) for number in part.citations]


def _due(claim: Claim) -> date | None:
    """The day until which a vulnerability is to be mended, where somebody who lists it as exploited says so flatly."""
    until = claim.qualifier("due")
    if claim.predicate is not Predicate.LISTS or until is None or claim.negated or claim.object is None:
        return None
    if claim.hedge.rung not in (Rung.CONFIRMED, Rung.REPORTED) or claim.object.kind is not Kind.VULNERABILITY:
        return None
    try:
        return date.fromisoformat((until.id or until.name).rpartition("/")[2])
    except ValueError:
        return None


def _due_table(dues: Sequence[Claim], member: Edition, words: Phrases, wording: Wording) -> Table:
    numbers = {reference.report: reference.n for reference in member.references}
    rows = []
    for claim in dues:
        day = _due(claim)
        assert day is not None and claim.object is not None
        cells = (wording.full_date(day), claim.object.name, wording.term(claim.subject))
        if member.language == "ja":
            cells = (spaced(cells[0]), cells[1], spaced(cells[2]))
        rows.append(Row(cells=cells, claims=(claim.id,), assessments=(), citations=(numbers[claim.report],)))
    return Table(
        id="due",
        heading=words.text("brief", "due"),
        columns=tuple(words.text("brief", name) for name in ("day", "vulnerability", "who")),
        rows=tuple(rows),
    )
