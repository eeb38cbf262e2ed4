"""What an editor changed, as a unified diff of the machine's text and the signed one, one file a language."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from geppo.deliver._shown import shown
from geppo.model.edition import Edition, Issue
from geppo.model.edits import Edits

_FILES = "edits.*.diff"


def diff(issue: Issue, language: str) -> str:
    """The diff of all editions of a language; empty where nothing was changed or the issue has no edits."""
    if issue.editing is None:
        return ""
    machine = {one.kind: one for one in issue.editing.machine if one.language == language}
    out: list[str] = []
    for signed in (one for one in issue.editions if one.language == language):
        before = list(_lines(machine[signed.kind]))
        after = [*_lines(signed), *_dropped(issue.editing.edits)]
        name = f"{signed.kind.value}.{language}"
        out += difflib.unified_diff(before, after, f"machine/{name}", f"signed/{name}", lineterm="", n=2)
    return "".join(f"{line}\n" for line in out)


def _lines(edition: Edition) -> Iterator[str]:
    """An edition one sentence a line, without the numbers of its sources: they turn with every sentence."""
    yield f"# {shown(edition.title)}"
    yield shown(edition.subject)
    for sentence in edition.key_judgements:
        yield f"* {shown(sentence.text)}"
    for section in (edition.opening, *edition.sections):
        yield f"## {shown(section.heading)}"
        for paragraph in section.paragraphs:
            yield ""
            yield from (shown(sentence.text) for sentence in paragraph)
        for remark in section.remarks:
            place = remark.sentence or section.id
            yield f"> {shown(remark.by)}, {remark.day.isoformat()}, on {place}: {shown(remark.text)}"
    for table in edition.tables:
        yield f"### {shown(table.heading)}"
        for row in table.rows:
            yield " | ".join(shown(cell) for cell in row.cells)


def _dropped(edits: Edits) -> Iterator[str]:
    for one in edits.drops:
        yield f"dropped story {one.story}: {shown(one.reason)}" + (f" ({shown(one.by)})" if one.by else "")


def files(issue: Issue) -> Iterator[tuple[str, bytes]]:
    """`edits.ja.diff`, `edits.en.diff` of an issue that was edited."""
    for language in dict.fromkeys(one.language for one in issue.editions) if issue.editing else ():
        yield f"edits.{language}.diff", diff(issue, language).encode("utf-8", "replace")


def clear(folder: Path) -> None:
    """Take away the diffs of an earlier build: the issue beside them is another now."""
    for file in sorted(folder.glob(_FILES)):
        file.unlink()
