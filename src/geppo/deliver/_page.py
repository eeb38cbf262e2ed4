"""An edition as it is set: every text as a person may see it, every id resolved to what it opens.

The renderers (page, paper, mail, Markdown) draw these records and look nothing up themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import re2

from geppo.deliver._charts import NARROW, WIDE, draw
from geppo.deliver._evidence import AssessmentView, Basis, ClaimView
from geppo.deliver._shown import quiet, shown, visible, web_address
from geppo.deliver._tlp import highest_marking
from geppo.deliver._words import Words, words
from geppo.model.edition import Correction, Edition, EditionKind, Issue, Reference, Section, Sentence, Table
from geppo.model.edits import Remark
from geppo.model.marking import Tlp
from geppo.model.report import Document, Gap

_CITATION = re2.compile(r"\[([0-9]{1,4})\]")
_LEAD_LINES = 3
_GAPS_NAMED = 3
_COMMON = "en"
"""The language of reports that readers of every edition read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, or a citation mark where `cite` is not 0. An `aside` is set back: no part of the sentence."""

    text: str
    cite: int
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence: its pieces in order, and what opens under it.

    `anchor` is its id where it stands for the first time: a sentence may be printed twice, an anchor may not.
    """

    anchor: str
    role: str
    pieces: tuple[Piece, ...]
    claims: tuple[ClaimView, ...]
    assessments: tuple[AssessmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An editor's remark: who signs it and when (`label`), and what in it no source holds (`own`).

    It stands behind the paragraph of number `after`, before the first where that is 0.
    """

    label: str
    text: str
    own: str
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section. `lead` are lines set apart at its top for a reader who stops there; `number` is 0 for none."""

    id: str
    number: int
    heading: str
    claims: tuple[ClaimView, ...]
    assessments: tuple[AssessmentView, ...]
    lead: tuple[Line, ...]
    paragraphs: tuple[tuple[Line, ...], ...]
    notes: tuple[Note, ...] = ()

    def notes_after(self, place: int) -> tuple[Note, ...]:
        """The remarks that stand behind the paragraph of this number."""
        return tuple(note for note in self.notes if note.after == place)

    @property
    def numbered(self) -> str:
        """The heading behind its number."""
        return f"{self.number}. {self.heading}" if self.number else self.heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An entry of the reference list.

    `href` is empty where the address may not be a link; `anchor` is the number where it stands for the first time.
    """

    n: int
    anchor: int
    publisher: str
    title: str
    language: str
    href: str
    address: str
    published: str
    accessed: str
    note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure: the wide drawing for page and paper, the narrow one for a phone."""

    id: str
    number: int
    title: str
    caption: str
    rule: str
    alt: str
    wide: str
    narrow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """One row of a table; its citations stand in the last cell."""

    cells: tuple[tuple[Piece, ...], ...]
    claims: tuple[ClaimView, ...]
    assessments: tuple[AssessmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A table."""

    id: str
    number: int
    heading: str
    columns: tuple[str, ...]
    rows: tuple[BoxRow, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A source that the month could not use."""

    source: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An earlier issue that this one corrects: a line that names it, what was wrong, and where its page lies."""

    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One edition, ready to be drawn. A brief has the gaps in one line, `gap_line`, and no list of them."""

    language: str
    kind: str
    member: bool
    brief: bool
    title: str
    subject: str
    period: str
    as_of: str
    as_of_iso: str
    marking: str
    marking_class: str
    lead: tuple[Line, ...]
    further: tuple[Line, ...]
    opening: Part
    sections: tuple[Part, ...]
    figures: tuple[Picture, ...]
    tables: tuple[Box, ...]
    judgements: tuple[AssessmentView, ...]
    sources: tuple[Source, ...]
    gaps: tuple[Missed, ...]
    gap_line: str
    corrections: tuple[Corrected, ...]


def as_utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _pieces(text: str, citations: Sequence[int], known: frozenset[int]) -> tuple[Piece, ...]:
    """Text with its `[n]` marks as links where they stand; citations that the text does not show follow it."""
    out: list[Piece] = []
    at = 0
    seen: set[int] = set()
    for found in _CITATION.finditer(text):
        number = int(found.group(1))
        if number not in citations or number not in known:
            continue
        out += [Piece(text=text[at : found.start()], cite=0), Piece(text="", cite=number)]
        seen.add(number)
        at = found.end()
    out.append(Piece(text=text[at:], cite=0))
    out += [Piece(text="", cite=number) for number in citations if number in known and number not in seen]
    return tuple(piece for piece in out if piece.text or piece.cite)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setter:
    """Turns the parts of one edition into what is drawn."""

    issue: Issue
    edition: Edition
    words: Words
    basis: Basis
    known: frozenset[int]
    placed: set[str]

    def line(self, sentence: Sentence) -> Line:
        id_ = visible(sentence.id)
        anchor = "" if id_ in self.placed else id_
        self.placed.add(id_)
        return Line(
            anchor=anchor,
            role=sentence.role.value,
            pieces=_pieces(shown(sentence.text), sentence.citations, self.known),
            claims=self.basis.claims(sentence.claims),
            assessments=self.basis.assessments(sentence.assessments),
        )

    def part(self, section: Section, lead: int = 0, number: int = 0) -> Part:
        """A section whose first `lead` sentences are set apart."""
        flat = [sentence for paragraph in section.paragraphs for sentence in paragraph][:lead]
        apart = {id(sentence) for sentence in flat}
        rest = [
            self.pointed(tuple(self.line(one) for one in paragraph if id(one) not in apart), paragraph)
            for paragraph in section.paragraphs
        ]
        bare = [[one.id for one in paragraph if id(one) not in apart] for paragraph in section.paragraphs]
        return Part(
            id=visible(section.id),
            number=number,
            heading=shown(section.heading),
            claims=self.basis.claims(section.heading_claims),
            assessments=self.basis.assessments(section.heading_assessments),
            lead=tuple(self.line(sentence) for sentence in flat),
            paragraphs=tuple(paragraph for paragraph in rest if paragraph),
            notes=tuple(self.note(remark, [ids for ids in bare if ids]) for remark in section.remarks),
        )

    def note(self, remark: Remark, paragraphs: Sequence[Sequence[str]]) -> Note:
        """A remark behind the paragraph that holds its sentence, at the section's end where it has none."""
        found = [place for place, ids in enumerate(paragraphs, start=1) if remark.sentence in ids]
        own = self.words.mark("list").join(shown(one) for one in remark.own)
        return Note(
            label=self.words.ui("remark", by=shown(remark.by), day=self.words.day(remark.day)),
            text=shown(remark.text),
            own=self.words.ui("remark_own", own=own) if own else "",
            after=(found or [0])[0] if remark.sentence else len(paragraphs),
        )

    def pointed(self, lines: tuple[Line, ...], paragraph: Sequence[Sentence]) -> tuple[Line, ...]:
        """The lines of a paragraph, the last with where the member edition tells more of it and whom it touches."""
        found = [one for one in self.edition.pointers if paragraph and one.sentence == paragraph[0].id]
        if not found or not lines:
            return lines
        ui, comma = self.words.ui, self.words.mark("list")
        parts = [ui("more", n=found[0].section)] if found[0].section else []
        parts += [ui("matters", what=comma.join(shown(one) for one in found[0].matters))] if found[0].matters else []
        if not parts:
            return lines
        aside = Piece(text=self.words.bracketed(comma.join(parts)), cite=0, aside=True)
        return (*lines[:-1], replace(lines[-1], pieces=(*lines[-1].pieces, aside)))

    def source(self, reference: Reference) -> Source:
        document = self.basis.document(reference.report)
        key = f"reference {reference.n}"
        anchor = 0 if key in self.placed else reference.n
        self.placed.add(key)
        return Source(
            n=reference.n,
            anchor=anchor,
            publisher=visible(reference.publisher),
            title=quiet(reference.title) or self.words.ui("untitled"),
            language=document.language if document and document.language.isascii() else "",
            href=web_address(reference.url),
            address=visible(reference.url) if web_address(reference.url) else shown(reference.url),
            published=self._published(reference, document),
            accessed=self.words.ui("accessed", day=self.words.day(reference.accessed)),
            note=reference.note,
        )

    def _published(self, reference: Reference, document: Document | None) -> str:
        """The day, and the language of a page that not every reader of the edition will read."""
        day, words = self.words.day(reference.published), self.words
        language = document.language if document else ""
        if language in words.groups["tongues"] and language not in (words.language, _COMMON):
            return words.ui("published_in", language=words.of("tongues", language), day=day)
        return words.ui("published", day=day)

    def box(self, number: int, table: Table) -> Box:
        return Box(
            id=f"table-{number}",
            number=number,
            heading=shown(table.heading),
            columns=tuple(shown(column) for column in table.columns),
            rows=tuple(
                BoxRow(
                    cells=tuple(
                        _pieces(shown(cell), row.citations if place == len(row.cells) - 1 else (), self.known)
                        for place, cell in enumerate(row.cells)
                    ),
                    claims=self.basis.claims(row.claims),
                    assessments=self.basis.assessments(row.assessments),
                )
                for row in table.rows
            ),
            note=shown(table.note),
        )

    def pictures(self) -> tuple[Picture, ...]:
        return tuple(
            Picture(
                id=f"figure-{number}",
                number=number,
                title=shown(figure.title),
                caption=shown(figure.caption),
                rule=shown(figure.rule),
                alt=shown(figure.alt),
                wide=draw(figure, self.words, WIDE, f"figure-{number}w"),
                narrow=draw(figure, self.words, NARROW, f"figure-{number}n"),
            )
            for number, figure in enumerate(self.edition.figures, start=1)
        )

    def gap(self, gap: Gap) -> Missed:
        return Missed(source=visible(gap.source), kind=self.words.of("gap", gap.kind), message=shown(gap.message))

    def gap_line(self, gaps: Sequence[Gap]) -> str:
        """The gaps in one line, the first few by name. A document that came twice is used, and no gap to a reader."""
        names = list(dict.fromkeys(visible(gap.source) for gap in gaps if gap.kind != "duplicate"))
        if not names:
            return self.words.ui("gaps_none")
        rest = [self.words.ui("gap_others")] if len(names) > _GAPS_NAMED else []
        what = self.words.mark("list").join([*names[:_GAPS_NAMED], *rest])
        return self.words.ui("gap_line", n=len(names), what=what)

    def corrected(self, correction: Correction) -> Corrected:
        return Corrected(
            label=self.words.ui("corrects", issue=visible(correction.corrects)),
            text=shown(correction.text(self.edition.language)),
            href=f"../{correction.corrects}/{self.edition.kind.value}.{self.edition.language}.html",
        )

    def judged(self) -> tuple[AssessmentView, ...]:
        """The assessments that sentences rest on, in reading order, each once."""
        ids = [one for sentence in self.edition.sentences() for one in sentence.assessments]
        return tuple(view for view in self.basis.assessments(tuple(dict.fromkeys(ids))) if view.likelihood)


def _printable_gaps(issue: Issue, marking: Tlp) -> list[Gap]:
    """Gaps, without those that would name a document more closed than the edition."""
    closed = {document.name for document in issue.month.documents if document.marking > marking}
    return [gap for gap in issue.month.gaps if gap.source not in closed]


_MOST_KEPT = 8
_kept: dict[tuple[int, int], tuple[Issue, Edition, Page]] = {}
"""Pages that were set last, by what they are of: five formats show one page. Kept beside it, the two keep their ids."""


def page(issue: Issue, edition: Edition) -> Page:
    """One edition of an issue, set.

    Raises DataError where there are no labels for the edition's language.
    """
    key = id(issue), id(edition)
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = issue, edition, _made(issue, edition)
    return _kept[key][2]


def _made(issue: Issue, edition: Edition) -> Page:
    chosen = words(edition.language)
    setter = _Setter(
        issue=issue,
        edition=edition,
        words=chosen,
        basis=Basis(issue.month, chosen),
        known=frozenset(reference.n for reference in edition.references),
        placed=set(),
    )
    member, brief = edition.kind is EditionKind.MEMBER, edition.kind is EditionKind.BRIEF
    marking = highest_marking(issue, edition)
    gaps = _printable_gaps(issue, marking)
    judgements = tuple(setter.line(sentence) for sentence in edition.key_judgements)
    return Page(
        language=edition.language,
        kind=edition.kind.value,
        member=member,
        brief=brief,
        title=shown(edition.title).strip() or f"{chosen.ui('brand')} {chosen.period(issue.month.period)}",
        subject=shown(edition.subject),
        period=chosen.period(issue.month.period),
        as_of=chosen.moment(issue.month.as_of),
        as_of_iso=as_utc(issue.month.as_of).isoformat(),
        marking=marking.label,
        marking_class=marking.name.lower().replace("_", "-"),
        lead=judgements[:_LEAD_LINES],
        further=judgements[_LEAD_LINES:],
        opening=setter.part(edition.opening, 0 if judgements or brief else _LEAD_LINES),
        sections=tuple(
            setter.part(section, number=number if member else 0)
            for number, section in enumerate(edition.sections, start=1)
        ),
        figures=setter.pictures(),
        tables=tuple(setter.box(number, table) for number, table in enumerate(edition.tables, start=1)),
        judgements=setter.judged(),
        sources=tuple(setter.source(reference) for reference in edition.references),
        gaps=() if brief else tuple(setter.gap(gap) for gap in gaps),
        gap_line=setter.gap_line(gaps) if brief else "",
        corrections=tuple(setter.corrected(correction) for correction in issue.corrections),
    )
