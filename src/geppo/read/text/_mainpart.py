"""The part of a page that its readers came for, and its text.

Seen parts only: scripts, hidden elements and what style sheets of the page hide are dropped first. Then the main part
is chosen (marked as such, else the element with most running text) and cleaned of navigation, sharing bars and lists of
other pages. Blocks are separated by empty lines; headings carry `#` marks and list items `- `, so that later stages see
where a block begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2
from lxml import etree

from geppo.read.text import _unseen

_SPLIT = re2.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_RUNNING = ("p", "pre", "li", "td", "dd", "blockquote")
_LINKED = 0.7
_SMALL = 200
_BREAK = "\x00"


def main_part(root: Any) -> Any:
    """Prune `root` in place and return the element that holds the main text."""
    body = root if root.tag == "body" else next(root.iter("body"), root)
    _drop_unseen(root)
    chosen = _marked(body)
    if chosen is None:
        _drop_parts(body, body)
        chosen = _densest(body)
    else:
        _drop_parts(chosen, chosen)
    _drop_other_pages(chosen)
    return chosen


def unseen(element: Any) -> bool:
    """True for an element that does not show by itself."""
    return isinstance(element.tag, str) and _unseen.attributes_hide(element.attrib)


def _drop(element: Any) -> None:
    """Remove an element and keep the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _drop_unseen(root: Any) -> None:
    hidden = _unseen.hidden_selectors("\n".join(element.text or "" for element in root.iter("style")))
    gone = _unseen.words("elements")
    for element in list(root.iter()):
        if element is root or element.tag == "body":
            continue
        if not isinstance(element.tag, str) or element.tag in gone or unseen(element) or _selected(element, hidden):
            _drop(element)


def _selected(element: Any, hidden: frozenset[str]) -> bool:
    if not hidden:
        return False
    names = [f".{name}" for name in (element.get("class") or "").split()] + [f"#{element.get('id') or ''}"]
    return not hidden.isdisjoint(names)


def _length(element: Any) -> int:
    return sum(len(part.strip()) for part in element.itertext())


def _marked(body: Any) -> Any:
    """The element that the page marks as its main text: by itemprop, by a usual name, `article`, `main`; else None."""
    whole = _length(body)
    named = [one for one in body.iter() if (one.get("itemprop") or "").lower() == "articlebody"]
    if not named:
        named = _by_name(body)
    if not named:
        articles = list(body.iter("article"))
        named = articles if len(articles) == 1 else []
    if not named:
        named = [one for one in body.iter() if one.tag == "main" or (one.get("role") or "").lower() == "main"]
    if not named:
        named = list(body.iter("article"))
    best = max(named, key=_length, default=None)
    return best if best is not None and (_length(best) >= 200 or _length(best) * 4 >= whole) else None


def _by_name(body: Any) -> list[Any]:
    wanted = _unseen.words("main")
    return [
        one
        for one in body.iter("div", "section", "article")
        if not wanted.isdisjoint(f"{one.get('class') or ''} {one.get('id') or ''}".lower().split())
    ]


def _drop_parts(top: Any, body: Any) -> None:
    """Drop navigation, sharing bars and the like; never the larger part of the text."""
    whole = _length(body)
    for element in list(top.iter()):
        if element is top or not isinstance(element.tag, str) or element.getparent() is None:
            continue
        large = _is_part(element) or _is_site_header(element, top)
        if (large and _length(element) * 2 < whole) or (_is_part(element, "small_parts") and _length(element) < _SMALL):
            _drop(element)


def _is_part(element: Any, kind: str = "parts") -> bool:
    if element.tag == "form" or (element.get("role") or "").strip().lower() in _unseen.words("roles"):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if not names or element.tag in _HEADINGS or element.tag in {"p", "pre", "tr", "code", "blockquote"}:
        return False
    if element.tag in {"td", "th"} and _is_data_row(element.getparent()):
        return False
    parts = _unseen.words(kind)
    for name in names.split()[:20]:
        pieces = [piece.lower() for piece in _SPLIT.findall(name[:80])]
        if "".join(pieces) in parts or (pieces and not parts.isdisjoint(pieces) and "content" not in pieces):
            return True
    return False


def _is_site_header(element: Any, top: Any) -> bool:
    """A `header` outside an article belongs to the site, unless it holds the page's heading."""
    if element.tag != "header" or top.tag == "article":
        return False
    return next(element.iter("h1"), None) is None and next(element.iterancestors("article"), None) is None


def _densest(body: Any) -> Any:
    """The element with most running text in its paragraphs (own text counts whole, grandchildren half)."""
    scores: dict[Any, float] = {}
    for element in body.iter(*_RUNNING):
        length = len("".join(element.itertext()).strip())
        if length < 25:
            continue
        parent = element.getparent()
        for share in (1.0, 0.5):
            if parent is None:
                break
            scores[parent] = scores.get(parent, 0.0) + length * share
            parent = parent.getparent()
    if not scores:
        return body
    best = max(scores.items(), key=lambda item: item[1])[0]
    while best is not body and best.getparent() is not None and _length(best) * 3 < _length(body) * 2:
        best = best.getparent()
    return best


def _drop_other_pages(top: Any) -> None:
    """Drop headings such as "Related articles" with the list behind them, and lists that are nothing but links."""
    for element in list(top.iter(*_HEADINGS, "p", "div", "strong")):
        title = " ".join("".join(element.itertext()).split()).strip(":： ").lower() if len(element) < 4 else ""
        if title in _unseen.words("other_pages"):
            _drop_with_list(element, top)
    for element in list(top.iter("ul", "ol")):
        if (
            element.getparent() is not None
            and element is not top
            and _only_links(element)
            and not _under_sources(element)
        ):
            _drop(element)


def _drop_with_list(element: Any, top: Any) -> None:
    behind = element.getnext()
    while (
        behind is None
        and element.getparent() is not None
        and element.getparent() is not top
        and len(element.getparent()) == 1
    ):
        element = element.getparent()
        behind = element.getnext()
    while (
        behind is not None
        and behind.tag in {"ul", "ol", "div", "section", "table"}
        and _linked_share(behind) >= _LINKED / 2
    ):
        gone, behind = behind, behind.getnext()
        _drop(gone)
    _drop(element)


def _linked_share(element: Any) -> float:
    whole = _length(element)
    return sum(_length(link) for link in element.iter("a")) / whole if whole else 1.0


def _only_links(element: Any) -> bool:
    items = element.findall("li")
    return len(items) >= 3 and _linked_share(element) >= _LINKED and _length(element) < 80 * len(items)


def _under_sources(element: Any) -> bool:
    before = element.getprevious()
    if before is None:
        return False
    title = " ".join("".join(before.itertext()).split()).strip(":： ").lower()
    return title in _unseen.words("sources") or (before.tag in {"p", "div"} and title.endswith((":", "：")))


def render(top: Any, title: str) -> str:
    """The text of an element, block by block; a first heading that repeats the title is left out.

    Items of a list and rows of a table stand on lines of their own, other blocks are set apart by an empty line.
    """
    out: list[str] = []
    before = ""
    for kind, text in _blocks(top):
        if not text.strip() or (not out and kind == "h1" and text.removeprefix("# ") == title):
            continue
        if out:
            out.append("\n" if kind == before and kind in {"li", "tr"} else "\n\n")
        out.append(text)
        before = kind
    return "".join(out)


def _blocks(top: Any) -> Iterator[tuple[str, str]]:
    """Walk the tree without recursion; a block ends where a block element begins or ends."""
    inline: list[str] = []
    kind = ""
    for event, element in _walk(top):
        tag = element.tag
        if event == "tail":
            inline.append(element.tail or "")
        elif event == "whole":
            yield kind, _joined(kind, inline)
            inline, kind = [], ""
            yield tag, _whole(element)
        elif tag in _unseen.words("blocks"):
            text = _joined(kind, inline)
            yield kind, text
            inline = [element.text or ""] if event == "start" else []
            kind = _kind_after(tag, event, "" if text else kind)
        elif event == "start":
            inline.append(_BREAK if tag == "br" else element.text or "")
    yield kind, _joined(kind, inline)


def _kind_after(tag: str, event: str, pending: str) -> str:
    """The mark of an item or heading waits for the first text inside it."""
    if event == "end":
        return "" if tag == pending or tag in {"ul", "ol"} else pending
    return tag if tag == "li" or tag in _HEADINGS else pending


def _whole(element: Any) -> str:
    if element.tag == "pre":
        return "\n".join(line.rstrip() for line in "".join(element.itertext()).strip("\n").split("\n"))
    return " | ".join(" ".join("".join(cell.itertext()).split()) for cell in element.iterchildren("td", "th"))


def _joined(kind: str, inline: list[str]) -> str:
    """Inline text with blanks reduced; line breaks of `br` stay."""
    lines = [" ".join(line.split()) for line in "".join(inline).split(_BREAK)]
    text = "\n".join(line for line in lines if line)
    if not text:
        return ""
    mark = "- " if kind == "li" else "#" * _HEADINGS[kind] + " " if kind in _HEADINGS else ""
    return mark + text


def _is_data_row(element: Any) -> bool:
    """A row of cells with running words in them, not one that lays out a page."""
    if next(element.iter("table", "ul", "ol", "pre", *_HEADINGS), None) is not None:
        return False
    return all(sum(1 for _ in cell.iter("p", "div")) <= 1 for cell in element)


def _walk(top: Any) -> Iterator[tuple[str, Any]]:
    """Start, end and tail of every element below `top`; `pre` and rows of data are handed over whole."""
    skipped: Any = None
    for event, element in etree.iterwalk(top, events=("start", "end")):
        if (
            skipped is None
            and event == "start"
            and (element.tag == "pre" or (element.tag == "tr" and _is_data_row(element)))
        ):
            skipped = element
            yield "whole", element
        elif skipped is None:
            yield event, element
        elif not (event == "end" and element is skipped):
            continue
        if event == "end":
            skipped = None
            if element is not top:
                yield "tail", element
