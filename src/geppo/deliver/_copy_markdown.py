"""An editor's copy as Markdown: each sentence on a line of its own, behind a comment that holds its label."""

from __future__ import annotations

import re2

from geppo.deliver._copy import Block, Copy, Head, Label, Stretch, uncited
from geppo.deliver._shown import visible
from geppo.deliver.markdown import escaped
from geppo.errors import UsageError

_LARGEST = 4_000_000
_COMMENT = re2.compile(r"(?s)<!--(.*?)-->")
_ESCAPE = re2.compile(r"\\([!-/:-@\[-`{-~])")
_OPENS = {"title": "# ", "heading": "## ", "remark": "> "}
_HEADING = re2.compile(r"^#{1,6}[ \t]+")
_QUOTE = re2.compile(r"(?m)^[ \t]*>[ \t]?")


def write_markdown(copy: Copy) -> bytes:
    """The copy in UTF-8."""
    out = [f"<!-- {copy.head.name} -->"]
    for block in copy.blocks:
        lines = []
        for one in block.stretches:
            label = f"<!-- {one.label.name} -->" if one.label else ""
            cites = "".join(f"\\[{number}\\]" for number in one.cites)
            lines.append(f"{label}{escaped(one.text)}{cites}")
        out.append(_OPENS.get(block.style, "") + "\n".join(lines))
    return ("\n\n".join(out) + "\n").encode("utf-8")


def read_markdown(data: bytes, where: str) -> Copy:
    """Read a copy back. Raises UsageError where it is none of ours."""
    if len(data) > _LARGEST:
        raise UsageError(f"{where}: larger than {_LARGEST} bytes")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: expected Markdown in UTF-8") from error
    heads = [head for found in _COMMENT.finditer(text) if (head := Head.parse(found.group(1).strip()))]
    if len(heads) != 1:
        raise UsageError(f"{where}: expected one copy that `geppo edit export` wrote; its first line names the issue")
    blocks = (_block(piece) for piece in _pieces(text))
    return Copy(head=heads[0], blocks=tuple(block for block in blocks if block.stretches))


def _pieces(text: str) -> list[str]:
    """Paragraphs and headings: a heading is a piece of its own even without a blank line."""
    pieces: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line.strip():
            pieces.append([])
        elif _HEADING.match(line):
            pieces += [[line], []]
        else:
            pieces[-1].append(line)
    return ["\n".join(lines) for lines in pieces if lines]


def _block(piece: str) -> Block:
    body = _QUOTE.sub("", _HEADING.sub("", piece))
    stretches: list[Stretch] = []
    label: Label | None = None
    at = 0
    for found in _COMMENT.finditer(body):
        given = Label.parse(found.group(1).strip())
        if given is None:
            continue
        _keep(stretches, label, body[at : found.start()])
        label, at = given, found.end()
    _keep(stretches, label, body[at:])
    return Block(stretches=tuple(stretches))


def _keep(stretches: list[Stretch], label: Label | None, text: str) -> None:
    lines = _COMMENT.sub("", text).split("\n")
    read = "\n".join(visible(_ESCAPE.sub(r"\1", line)) for line in lines)
    if label is not None or read.strip():
        stretches.append(Stretch(label=label, text=uncited(read)))
