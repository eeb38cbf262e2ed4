"""The text of a part of a page, block by block.

Blocks are separated by empty lines; items of a list and rows of a table stand on lines of their own. Headings carry `#`
marks, items `- ` or their number, deeper lists two blanks more, cells ` | ` between them, so that later stages see
where a block begins and what stands beside what.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from geppo import linear
from geppo.read.text._words import words

HEADINGS = {f"h{level}": level for level in range(1, 7)}
ROWS = frozenset({"li", "tr", "dt"})
_BREAK = "\x00"
NO_TEXT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
"""Characters that a tree may hold (by number, `&#1;`) and does not take back."""

_GAP = "gap"
"""Kind of the empty block between two tables or lists."""

_LONG_CELL = 600
_LONG_TERM = 300
_MANY_BLOCKS = 6
_UNIT = 2
"""Letters of a unit of measure: `km2` stays as it is."""
_NOTE = linear.compile(r"\[?\(?(\d{1,3}|[*†‡])\)?\]?")
_CELLS = frozenset({"cell", "gridcell", "columnheader", "rowheader"})


def render(top: Any) -> str:
    """The text of an element."""
    out: list[str] = []
    before = ""
    for kind, text in blocks(top):
        if kind == _GAP:
            before = ""
        if not text.strip():
            continue
        if out:
            out.append("\n" if kind == before and kind in ROWS else "\n\n")
        out.append(text)
        before = kind
    return "".join(out)


def blocks(top: Any, *, apart: bool = False) -> Iterator[tuple[str, str]]:
    """Kind and text of the blocks of an element, in order. `apart` sets inline boxes apart, as styles mostly do."""
    return _Walker(top, apart).blocks()


class _Walker:
    """Walks a tree without recursion; a block ends where a block element begins or ends."""

    def __init__(self, top: Any, apart: bool) -> None:
        self._top = top
        self._apart = " " if apart else ""
        self._inline: list[str] = []
        self._kind = ""
        self._mark = ""
        self._lists: list[int | None] = []
        self._tables: dict[Any, bool] = {}

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Kind and text of each block."""
        for event, element in self._walk():
            tag = element.tag
            if event == "tail":
                self._inline.append(self._apart + (element.tail or ""))
            elif event == "whole":
                yield self._flushed()
                self._kind = self._mark = ""
                yield from _whole(element)
            elif tag in words("blocks"):
                yield self._flushed()
                if tag == "table" or element.get("role") == "table" or (tag in {"ul", "ol"} and not self._lists):
                    yield _GAP, ""
                self._enter(tag, event, element)
            elif event == "start":
                self._inline.append(_BREAK if tag == "br" else _opening(element))
            elif tag == "q":
                self._inline.append('"')
        yield self._flushed()

    def _flushed(self) -> tuple[str, str]:
        """The block that ends here. The mark of an item or heading waits for the first text inside it."""
        text = _lines(self._inline)
        self._inline = []
        if not text:
            return "", ""
        kind, mark = self._kind, self._mark
        self._kind = self._mark = ""
        return kind, mark + (text.replace("\n", " ") if kind in HEADINGS else text)

    def _enter(self, tag: str, event: str, element: Any) -> None:
        if event == "end":
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
            if tag == self._kind or tag in {"ul", "ol"}:
                self._kind = self._mark = ""
            return
        self._inline = [element.text or ""]
        if tag in {"ul", "ol"}:
            self._lists.append(_first_number(element))
        elif tag == "li":
            self._kind, self._mark = "li", self._item()
        elif tag in HEADINGS:
            self._kind, self._mark = tag, "#" * HEADINGS[tag] + " "

    def _item(self) -> str:
        number = self._lists[-1] if self._lists else None
        indent = "  " * min(8, max(0, len(self._lists) - 1))
        if number is None:
            return indent + "- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _walk(self) -> Iterator[tuple[str, Any]]:
        """Start, end and tail of every element; what is set as a whole is handed over whole."""
        skipped: Any = None
        for event, element in etree.iterwalk(self._top, events=("start", "end")):
            if skipped is None and event == "start" and self._is_whole(element):
                skipped = element
                yield "whole", element
            elif skipped is None:
                yield event, element
            elif not (event == "end" and element is skipped):
                continue
            if event == "end":
                skipped = None
                if element is not self._top:
                    yield "tail", element

    def _is_whole(self, element: Any) -> bool:
        """True for code, a row of data and a short list of terms."""
        tag = element.tag
        if tag == "tr":
            table = next(element.iterancestors("table"), None)
            if table not in self._tables:
                self._tables[table] = table is not None and is_data(table)
            return self._tables[table] and len(cells_of(element)) > 1
        if element.get("role") == "row":
            return len(cells_of(element)) > 1
        return tag == "pre" or (tag == "dl" and _is_short_list(element))


def _first_number(element: Any) -> int | None:
    if element.tag == "ul":
        return None
    start = element.get("start") or "1"
    return int(start) if start.isdecimal() and start.isascii() and len(start) < 6 else 1


def is_data(table: Any) -> bool:
    """True for a table of data, false for one that lays out a page."""
    if (table.get("role") or "") in {"presentation", "none"} or next(
        table.iter("pre", "form", *HEADINGS), None
    ) is not None:
        return False
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [cells_of(row) for row in table.iter("tr")]
    cells = [cell for row in rows for cell in row]
    if any(sum(1 for _ in cell.iter("p", "div", "ul", "ol")) > _MANY_BLOCKS for cell in cells):
        return False
    if next(table.iter("th", "caption", "thead"), None) is not None or (table.get("border") or "0") != "0":
        return True
    sizes = [len("".join(cell.itertext()).strip()) for cell in cells]
    return len([row for row in rows if len(row) > 1]) > 1 and max(sizes, default=0) <= _LONG_CELL


def cells_of(row: Any) -> list[Any]:
    """The cells of a row, by tag or role."""
    return [
        cell for cell in row if isinstance(cell.tag, str) and (cell.tag in {"td", "th"} or cell.get("role") in _CELLS)
    ]


def _is_short_list(element: Any) -> bool:
    """Terms with values of one line each."""
    inner = [one for one in element.iter() if one is not element and isinstance(one.tag, str)]
    if any(one.tag in {"p", "table", "pre", "dl", *HEADINGS} for one in inner) or not any(
        one.tag == "dt" for one in inner
    ):
        return False
    return all(len("".join(one.itertext())) <= _LONG_TERM for one in inner if one.tag == "dd")


def _whole(element: Any) -> Iterator[tuple[str, str]]:
    if element.tag == "pre":
        text = _preformatted(element)
        yield "pre", "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
    elif element.tag == "dl":
        yield _GAP, ""
        yield from (("dt", line) for line in _terms(element))
    else:
        cells = [cell_text(cell) for cell in cells_of(element)]
        yield "tr", " | ".join(cell for cell in _without_empty_ends(cells)) if any(cells) else ""


def _without_empty_ends(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    while cells and not cells[0]:
        cells = cells[1:]
    return [cell or "–" for cell in cells]


def _preformatted(element: Any) -> str:
    parts: list[str] = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append("\n" if one.tag == "br" else "")
            parts.append(one.text or "")
        elif one is not element:
            parts.append("\n" if one.tag in {"div", "p", "li", "tr"} and not (one.tail or "").startswith("\n") else "")
            parts.append(one.tail or "")
    return "".join(parts)


def _terms(element: Any) -> Iterator[str]:
    terms: list[str] = []
    values: list[str] = []
    for one in [*element.iter("dt", "dd"), None]:
        if (one is None or one.tag == "dt") and values:
            yield "; ".join(terms) + (" | " if terms else "") + "; ".join(values)
            terms, values = [], []
        if one is not None:
            text = cell_text(one)
            if text:
                (terms if one.tag == "dt" else values).append(text)
    if terms:
        yield "; ".join(terms)


def cell_text(element: Any) -> str:
    """The text of a cell on one line: blanks for line breaks, semicolons between the items of a list."""
    parts: list[str] = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if one.tag == "li" and "".join(parts).strip():
                parts.append("; ")
            elif one.tag in words("blocks") or one.tag == "br":
                parts.append(" ")
            parts.append(_opening(one))
        elif one is not element:
            parts.append((" " if one.tag in words("blocks") else "") + (one.tail or ""))
    return " ".join("".join(parts).split()).replace(" ; ", "; ")


def _opening(element: Any) -> str:
    return ('"' if element.tag == "q" else "") + (element.text or "")


def set_off_notes(root: Any) -> None:
    """Write raised numbers as `[3]` (as `^3` behind 10), in place: in plain text they would grow into values."""
    for element in list(root.iter("sup")):
        match = _NOTE.fullmatch("".join(element.itertext()).strip())
        if not match:
            continue
        word = _before(element)[-12:].rpartition(" ")[2]
        linked = next(element.iter("a"), None) is not None
        if word == "10" and not linked:
            mark = f"^{match.group(1)}"
        elif word.isascii() and word.isalpha() and len(word) <= _UNIT and not linked and match.group(1).isdigit():
            mark = match.group(1)
        else:
            mark = f"[{match.group(1)}]"
        tail = element.tail
        element.clear()
        element.text = mark
        element.tail = tail.translate(NO_TEXT) if tail else tail


def _before(element: Any) -> str:
    sibling = element.getprevious()
    if sibling is None:
        return element.getparent().text or "" if element.getparent() is not None else ""
    return sibling.tail or "".join(sibling.itertext())


def _lines(inline: list[str]) -> str:
    """Inline text with blanks reduced; line breaks of `br` stay."""
    lines = [" ".join(line.split()) for line in "".join(inline).split(_BREAK)]
    return "\n".join(line for line in lines if line)
