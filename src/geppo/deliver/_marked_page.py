"""A marked document as one HTML page: no script, nothing from outside, no link that leaves the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geppo.deliver._marked import Line, Marked
from geppo.deliver._paper import _environment, packaged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    """A heading with its line, or lines that run on, in rows: a list or a table has more than one."""

    heading: bool
    rows: tuple[tuple[Line, ...], ...]


def render(marked: Marked) -> bytes:
    """The page in UTF-8, in the language of the labels; the text carries its own."""
    labels = marked.words
    text = (
        _environment()
        .get_template("marked.html.j2")
        .render(
            m=marked,
            w=labels,
            css=packaged("page.css") + packaged("marked.css"),
            paragraphs=tuple(_paragraphs(marked.lines)),
            verdicts=marked.by_verdict(),
            comma=labels.mark("comma"),
            colon=labels.mark("colon"),
            dash=labels.mark("dash"),
            open_bracket=labels.mark("open"),
            close_bracket=labels.mark("close"),
        )
    )
    return text.encode("utf-8")


def _paragraphs(lines: Sequence[Line]) -> Iterator[_Paragraph]:
    rows: list[list[Line]] = []
    for line in lines:
        if line.heading or (rows and line.breaks > 1) or (rows and rows[-1][-1].heading):
            if rows:
                yield _paragraph(rows)
            rows = []
        if not rows or line.breaks:
            rows.append([])
        rows[-1].append(line)
    if rows:
        yield _paragraph(rows)


def _paragraph(rows: Sequence[Sequence[Line]]) -> _Paragraph:
    return _Paragraph(heading=rows[0][0].heading, rows=tuple(tuple(row) for row in rows))
