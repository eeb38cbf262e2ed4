"""The edition as plain text, for mail readers that show no HTML and for people who want none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from geppo.deliver._page import Line, Page, Part, Piece, Source
from geppo.deliver._words import Words


def _text(pieces: Iterable[Piece]) -> str:
    return "".join(f"[{piece.cite}]" if piece.cite else piece.text for piece in pieces)


def _paragraph(lines: Sequence[Line], gap: str) -> str:
    return gap.join(_text(line.pieces) for line in lines)


def _part(part: Part, gap: str, words: Words) -> Iterator[str]:
    yield f"■ {part.numbered}"
    if part.lead:
        yield "\n".join(f"- {_text(line.pieces)}" for line in part.lead)
    yield from _notes(part, 0, words)
    for place, paragraph in enumerate(part.paragraphs, start=1):
        yield _paragraph(paragraph, gap)
        yield from _notes(part, place, words)


def _notes(part: Part, place: int, words: Words) -> Iterator[str]:
    for note in part.notes_after(place):
        yield f"{note.label}{words.mark('colon')}{note.text}{words.mark('between')}{note.own}".rstrip()


def _source(source: Source, words: Words) -> str:
    parts = [source.publisher, source.title, source.published, source.accessed]
    if source.note:
        parts.append(words.ui("note_mark"))
    joined = words.mark("comma").join(parts)
    return f"[{source.n}] {joined}" + (f"\n    {source.address}" if source.address else "")


def _blocks(page: Page, words: Words) -> Iterator[str]:
    ui = words.ui
    gap = words.mark("between")
    yield f"{page.marking}\n{ui('brand')}\n{page.title}"
    yield f"{ui('period')} {page.period} / {ui('as_of')} {page.as_of} / {ui(page.kind)}"
    for correction in page.corrections:
        yield f"{correction.label}{words.mark('colon')}{correction.text}"
    yield "\n".join(f"{n}. {_text(line.pieces)}" for n, line in enumerate((*page.lead, *page.further), start=1))
    for part in (page.opening, *page.sections):
        yield from _part(part, gap, words)
    for picture in page.figures:
        yield f"■ {ui('figure')} {picture.number} {picture.title}\n{picture.caption}\n{picture.alt}\n{picture.rule}"
    for box in page.tables:
        rows = [f"- {' / '.join(_text(cell) or ui('empty_cell') for cell in row.cells)}" for row in box.rows]
        head = f"■ {ui('table')} {box.number} {box.heading}\n({' / '.join(box.columns)})"
        yield "\n".join([head, *rows, *([box.note] if box.note else [])])
    yield f"■ {ui('sources')}"
    yield "\n".join(_source(source, words) for source in page.sources)
    yield f"■ {ui('gaps')}"
    gaps = "\n".join(f"- {gap.source}{words.bracketed(gap.kind)} {gap.message}".rstrip() for gap in page.gaps)
    yield gaps or page.gap_line or ui("gaps_none")
    yield f"{ui('made')}\n{ui('observables')}\n{page.marking}"


def plain(page: Page, words: Words) -> str:
    """The whole edition as text lines with blank lines between the blocks."""
    return "\n\n".join(block for block in _blocks(page, words) if block) + "\n"
