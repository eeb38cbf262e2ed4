"""The edition as Markdown (CommonMark with GitHub's tables): readable as plain text, nothing in it is active."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import re2

from geppo.config import Settings
from geppo.deliver._evidence import Argument, AssessmentView
from geppo.deliver._page import Box, Line, Page, Part, Picture, Piece, Source, page
from geppo.deliver._words import Words, words
from geppo.model.edition import Edition, Issue

FORMAT = "md"

_SPECIAL = re2.compile(r"([\\`*_\[\]<>#|~&$])")
_LINE_START = re2.compile(r"^(\s*)([-+=:]|[0-9]{1,9}[.)])")


def escaped(text: str) -> str:
    """`text` as literal Markdown: no emphasis, link, heading, list, table border, mathematics or HTML comes of it."""
    return _start(str(_SPECIAL.sub(r"\\\1", text)))


def _start(text: str) -> str:
    found = _LINE_START.match(text)
    if not found:
        return text
    blank, mark = found.group(1), found.group(2)
    return f"{blank}{mark[:-1]}\\{mark[-1]}{text[found.end() :]}"


class _Sheet:
    """One edition as lines of Markdown."""

    def __init__(self, made: Page, labels: Words) -> None:
        self._page = made
        self._words = labels
        self._linked = frozenset(source.n for source in made.sources if source.href)

    def _pieces(self, pieces: Iterable[Piece]) -> str:
        out = []
        for piece in pieces:
            if not piece.cite:
                out.append(escaped(piece.text))
            elif piece.cite in self._linked:
                out.append(f"[[{piece.cite}]][{piece.cite}]")
            else:
                out.append(f"\\[{piece.cite}\\]")
        return "".join(out)

    def _paragraph(self, lines: Sequence[Line]) -> str:
        return self._words.mark("between").join(self._pieces(line.pieces) for line in lines)

    def _bracket(self, text: str) -> str:
        return self._words.bracketed(text)

    def _pair(self, name: str, value: str) -> str:
        return f"**{name}**{self._words.mark('colon')}{value}"

    def _head(self) -> Iterator[str]:
        made, ui = self._page, self._words.ui
        yield f"# {escaped(made.title)}"
        facts = [
            f"**{made.marking}**",
            self._pair(ui("period"), made.period),
            self._pair(ui("as_of"), made.as_of),
            ui(made.kind),
        ]
        yield " · ".join(facts)
        for correction in made.corrections:
            link = f"**[{escaped(correction.label)}]({correction.href})**"
            yield f"{link}{self._words.mark('colon')}{escaped(correction.text)}"
        lines = [f"{n}. {self._pieces(line.pieces)}" for n, line in enumerate((*made.lead, *made.further), start=1)]
        if lines:
            yield "\n".join(lines)

    def _part(self, part: Part) -> Iterator[str]:
        yield f"## {escaped(part.numbered)}"
        if part.lead:
            yield self._paragraph(part.lead)
        yield from self._notes(part, 0)
        for place, paragraph in enumerate(part.paragraphs, start=1):
            yield self._paragraph(paragraph)
            yield from self._notes(part, place)

    def _notes(self, part: Part, place: int) -> Iterator[str]:
        for note in part.notes_after(place):
            said = self._words.mark("between").join(escaped(text) for text in (note.text, note.own) if text)
            yield f"> **{escaped(note.label)}**{self._words.mark('colon')}{said}"

    def _picture(self, picture: Picture) -> Iterator[str]:
        yield f"### {self._words.ui('figure')} {picture.number} {escaped(picture.title)}"
        yield escaped(picture.caption)
        yield escaped(picture.alt)
        yield f"*{escaped(picture.rule)}*" if picture.rule else ""

    def _box(self, box: Box) -> Iterator[str]:
        yield f"### {self._words.ui('table')} {box.number} {escaped(box.heading)}"
        rows = ["| " + " | ".join(escaped(column) for column in box.columns) + " |"]
        rows.append("|" + " --- |" * len(box.columns))
        for row in box.rows:
            cells = [self._pieces(cell) or self._words.ui("empty_cell") for cell in row.cells]
            rows.append("| " + " | ".join(cells) + " |")
        yield "\n".join(rows)
        yield escaped(box.note)

    def _arguments(self, name: str, items: Sequence[Argument]) -> Iterator[str]:
        for item in items:
            text = escaped(f"{item.kind} {item.value}".strip())
            yield f"  - {name}{self._words.mark('colon')}{text}" + (
                self._bracket(escaped(item.reason)) if item.reason else ""
            )

    def _judgement(self, view: AssessmentView) -> str:
        ui = self._words.ui
        rows = [f"- **{escaped(view.kind)}** {escaped(view.subjects)}"]
        rows.append(
            f"  - {self._pair(ui('likelihood'), view.likelihood)}{self._bracket(view.range) if view.range else ''}"
        )
        if view.confidence:
            rows.append(f"  - {self._pair(ui('confidence'), view.confidence)}")
        rows += self._arguments(ui("evidence_for"), view.supports)
        rows += self._arguments(ui("evidence_against"), view.against)
        rows += [f"  - {ui('rivals')}{self._words.mark('colon')}{escaped(name)} {share}" for name, share in view.rivals]
        rows += [f"  - {ui('would_change')}{self._words.mark('colon')}{escaped(name)}" for name, _ in view.would_change]
        return "\n".join(rows)

    def _source(self, source: Source) -> str:
        comma = self._words.mark("comma")
        title = f"[{escaped(source.title)}](<{source.href}>)" if source.href else escaped(source.title)
        parts = [escaped(source.publisher), title, source.published, source.accessed]
        if not source.href and source.address:
            parts.append(escaped(source.address))
        if source.note:
            parts.append(self._words.ui("note_mark"))
        return f"- \\[{source.n}\\] " + comma.join(parts)

    def blocks(self) -> Iterator[str]:
        """The sheet from top to bottom; an empty block is nothing."""
        made, ui = self._page, self._words.ui
        yield from self._head()
        for part in (made.opening, *made.sections):
            yield from self._part(part)
        if not made.opening.paragraphs and not made.opening.lead:
            yield ui("nothing")
        if made.figures:
            yield f"## {ui('figures')}"
        for picture in made.figures:
            yield from self._picture(picture)
        if made.tables:
            yield f"## {ui('tables')}"
        for box in made.tables:
            yield from self._box(box)
        if made.member and made.judgements:
            yield f"## {ui('assessments')}"
            yield "\n".join(self._judgement(view) for view in made.judgements)
        yield f"## {ui('sources')}"
        yield "\n".join(self._source(source) for source in made.sources)
        yield f"## {ui('gaps')}"
        gaps = [
            f"- {escaped(gap.source)}{self._bracket(gap.kind)} {escaped(gap.message)}".rstrip() for gap in made.gaps
        ]
        yield "\n".join(gaps) or escaped(made.gap_line) or ui("gaps_none")
        yield f"{ui('made')} {ui('observables')} **{made.marking}**"
        yield "\n".join(f"[{source.n}]: <{source.href}>" for source in made.sources if source.href)


def render(issue: Issue, edition: Edition, settings: Settings | None = None) -> bytes:
    """One edition as Markdown in UTF-8."""
    sheet = _Sheet(page(issue, edition), words(edition.language))
    return ("\n\n".join(block for block in sheet.blocks() if block) + "\n").encode("utf-8")
