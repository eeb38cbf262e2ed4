"""The part of a page that its readers came for.

Seen parts only: scripts, hidden elements and what style sheets of the page hide are dropped first, then navigation,
sharing bars, comments and lists of other pages. Of the rest the main part is chosen: marked as such, else the element
with most running text, widened to what stands beside it and reads like text.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from geppo import linear
from geppo.read.text import _dates, _unseen
from geppo.read.text._parts import Sizes, drop, drop_parts
from geppo.read.text._render import HEADINGS, blocks, render, set_off_notes
from geppo.read.text._words import ordered, pieces, words

_RUNNING = ("p", "pre", "li", "td", "dd", "blockquote", "figcaption", "section", "div")
_VALUE = linear.compile(
    r"(?i)\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b|\[\.\]|\(\.\)|\[:\]|h[x*]{2}ps?|\b(?:CVE-|CWE-|T)\d{4}|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)
_LINKED = 0.7
_ALL_LINKS = 0.95
_MOSTLY = 0.35
_SMALL = 200
_THIN = 400
_LINE = 60
_SHARE = 0.25
_LEVELS = 4
_SENTENCE = 25
_NAME = 40
_HEAD_LINES = 12

__all__ = ["blocks", "main_part", "main_text", "unseen"]


def main_part(root: Any, *, whole: bool = False) -> Any:
    """Prune `root` in place and return the element that holds the main text; with `whole` all that is left."""
    body = root if root.tag == "body" else next(root.iter("body"), root)
    _drop_unseen(root)
    set_off_notes(body)
    drop_parts(body, Sizes(body))
    sizes = Sizes(body)
    _drop_other_pages(body, sizes)
    _drop_links(body, sizes)
    if whole:
        return body
    sizes = Sizes(body)
    chosen = _marked(body, sizes)
    top = _densest(body, sizes) if chosen is None else _widened(chosen, body, sizes)
    _drop_head_links(top, sizes)
    return top


def seen_part(root: Any) -> Any:
    """The body without what does not show: for pages that are nothing but links."""
    body = root if root.tag == "body" else next(root.iter("body"), root)
    _drop_unseen(root)
    set_off_notes(body)
    return body


def _drop_head_links(top: Any, sizes: Sizes) -> None:
    """Drop boxes that are nothing but short links, above the first running text: author, section, subjects."""
    alone: dict[Any, bool] = {}
    for element in list(top.iter("a", "div", "p", "span", "ul", "li")):
        own = (element.text or "").strip()
        size = sizes.text.get(element, 0)
        if len(own) > _LINE or _runs(own) or (element.tag == "p" and size > _LINE):
            return
        if element is top or element.getparent() is None or not 0 < size <= _NAME or sizes.share(element) < 1:
            continue
        parent = element.getparent()
        if element.tag == "a" and parent not in alone:
            alone[parent] = _has_no_text(parent)
        if (element.tag != "a" or alone[parent]) and not _VALUE.search("".join(element.itertext())):
            drop(element)


def _has_no_text(parent: Any) -> bool:
    """True where an element has no text of its own beside its elements."""
    return not (parent.text or "").strip() and not any((one.tail or "").strip() for one in parent)


def main_text(top: Any, title: str) -> str:
    """The text of the main part without the lines above it that repeat the title or say when, and without its tail."""
    lines = render(top).split("\n")
    return "\n".join(_without_tail(_without_head(lines, title)))


def _without_head(lines: list[str], title: str) -> list[str]:
    kept: list[str] = []
    number = 0
    for place, line in enumerate(lines):
        bare = line.strip().lstrip("#").strip()
        number += bool(bare)
        if number > _HEAD_LINES or (line.startswith("#") and _letters(bare) != _letters(title)) or _runs(bare):
            return kept + lines[place:]
        if bare and (_letters(bare) == _letters(title) or _is_over(bare)):
            continue
        kept.append(line)
    return kept


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum()) or text


def _runs(line: str) -> bool:
    """True for a line of running text."""
    return len(line) > _SMALL or (
        line.endswith((".", "。", "！", "？")) and len(line) > _SENTENCE and not _is_over(line)
    )


def _is_over(line: str) -> bool:
    """True for a line between title and text that says when, by whom or how often read."""
    bare = line.lstrip("- ")
    if len(bare) <= _LINE * 2 and _pattern("heads").search(bare):
        return True
    named = line[0] == "-" or " | " in line
    return _dates.is_date_line(bare.replace(" | ", " "), named=named) and not line.endswith(("。", "."))


def _without_tail(lines: list[str]) -> list[str]:
    while lines and (not lines[-1].strip() or _is_tail(lines[-1])):
        lines = lines[:-1]
    return lines


def _is_tail(line: str) -> bool:
    return len(line) <= _SMALL and _pattern("tails").search(line) is not None


@cache
def _pattern(name: str) -> Any:
    return linear.compile("(?i)" + "|".join(f"(?:{pattern})" for pattern in ordered(name)))


def is_service(text: str) -> bool:
    """True for the words of a link that serves the reader of a page or mail and is no source."""
    text = text.strip()
    return len(text) <= _LINE and bool(_pattern("tails").search(text) or _pattern("heads").search(text))


def unseen(element: Any) -> bool:
    """True for an element that does not show by itself."""
    return isinstance(element.tag, str) and _unseen.attributes_hide(element.attrib)


def _drop_unseen(root: Any) -> None:
    hidden = _unseen.hidden_selectors("\n".join(element.text or "" for element in root.iter("style")))
    gone = words("elements")
    for element in list(root.iter()):
        if element is root or element.tag == "body":
            continue
        if not isinstance(element.tag, str) or element.tag in gone or unseen(element) or _selected(element, hidden):
            drop(element)


def _selected(element: Any, hidden: frozenset[str]) -> bool:
    if not hidden:
        return False
    names = [f".{name}" for name in (element.get("class") or "").split()] + [f"#{element.get('id') or ''}"]
    return not hidden.isdisjoint(names)


def _heading_text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()).strip(":：…》»>［］[]■◆●▼<＜＞ ").lower()


def _drop_other_pages(body: Any, sizes: Sizes) -> None:
    """Drop what stands under headings such as "Related articles" or "Contents"."""
    whole = sizes.text[body]
    for element in list(body.iter(*HEADINGS, "p", "div", "strong", "span", "dt", "b")):
        if element.getparent() is None or sizes.text.get(element, 0) > _LINE or len(element) > 3:
            continue
        title = _heading_text(element)
        if (
            title in words("other_pages")
            or title in words("contents")
            or title.startswith(ordered("other_pages_start"))
        ):
            _drop_under(element, body, whole, sizes)


def _drop_under(element: Any, body: Any, whole: int, sizes: Sizes) -> None:
    """Drop a heading with its box, where it opens one of links or cards; else with the links behind it."""
    box = element
    while (parent := box.getparent()) is not None and parent is not body and _opens(box, parent):
        if sizes.text.get(parent, 0) * 5 > whole * 2:
            break
        box = parent
    if box is not element and (sizes.links.get(box, 0) or sizes.text[box] == sizes.text[element]):
        drop(box)
        return
    behind = box.getnext()
    while behind is not None and behind.tag not in HEADINGS and sizes.share(behind) >= _MOSTLY:
        gone, behind = behind, behind.getnext()
        drop(gone)
    if element.tag in HEADINGS or sizes.share(element) < _MOSTLY:
        drop(element)


def _opens(element: Any, parent: Any) -> bool:
    """True where no text stands before an element in its parent."""
    if (parent.text or "").strip():
        return False
    return all(
        not "".join(before.itertext()).strip() and not (before.tail or "").strip()
        for before in element.itersiblings(preceding=True)
    )


def _drop_links(body: Any, sizes: Sizes) -> None:
    """Drop lists and lines that are nothing but links to other pages or places on this one."""
    for element in list(body.iter("ul", "ol", "div", "p", "span", "center", "font", "td", "a")):
        if element.getparent() is None or element is body:
            continue
        if (
            _leads_elsewhere(element, sizes)
            if element.tag in {"ul", "ol"}
            else _is_back_link(element)
            if element.tag == "a"
            else _is_link_line(element, sizes)
        ):
            drop(element)


def _is_back_link(element: Any) -> bool:
    """An arrow back to the place of a footnote, or to the top of the page."""
    text = "".join(element.itertext()).strip().lower()
    return (element.get("href") or "").startswith("#") and text.strip("▲△↑^ ") in words("back_links")


def _leads_elsewhere(element: Any, sizes: Sizes) -> bool:
    items = element.findall("li")
    links = [link.get("href") or "" for link in element.iter("a")]
    if (
        len(items) >= 2
        and links
        and all(link.startswith("#") and len(link) > 1 for link in links)
        and sizes.share(element) > 0.8
    ):
        return True
    if len(items) < 3 or sizes.share(element) < _LINKED or sizes.text[element] >= 80 * len(items):
        return False
    return not _under_sources(element) and not _VALUE.search(" ".join(element.itertext()))


def _is_link_line(element: Any, sizes: Sizes) -> bool:
    """A line of two or more short links and next to nothing else, or one that announces another page."""
    size = sizes.text.get(element, 0)
    links = list(element.iter("a")) if size <= _THIN else []
    if not links or next(element.iter("table", "pre", "li", *HEADINGS), None) is not None:
        return False
    text = "".join(element.itertext()).strip()
    if sizes.share(element) >= 0.4 and _announces(text):
        return True
    if len(links) == 1 and (links[0].get("href") or "").strip() in {"/", "./", "index.html", "javascript:print()"}:
        return sizes.share(element) >= 0.9
    if all(token.isdecimal() or token.lower() in words("pager") for token in text.split()):
        return True
    rest = "".join(char for char in text if char.isalnum())
    linked = "".join(char for link in links for char in "".join(link.itertext()) if char.isalnum())
    short = len(links) > 1 and all(len("".join(link.itertext()).strip()) <= 24 for link in links)
    least = _ALL_LINKS if element.tag in {"p", "td"} else _LINKED
    return short and len(linked) >= len(rest) * least and not _under_sources(element) and not _VALUE.search(text)


def _announces(text: str) -> bool:
    head, mark, _ = text.lower().replace("：", ":").partition(":")
    return bool(mark) and head.strip("»>▶→ ") in words("other_pages")


def _under_sources(element: Any) -> bool:
    before = element.getprevious()
    if before is None:
        return False
    title = " ".join("".join(before.itertext()).split()).strip(":： ").lower()
    plain = title.lstrip("0123456789ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅰⅱⅲⅳⅴivx.．、 ")
    return plain in words("sources") or (before.tag in {"p", "div"} and title.endswith((":", "：")))


def _marked(body: Any, sizes: Sizes) -> Any:
    """The element that the page marks as its main text: by itemprop, by a usual name, `article`, `main`; else None."""
    whole = sizes.text[body]
    articles = list(body.iter("article"))
    for named in (
        [one for one in body.iter() if (one.get("itemprop") or "").lower() == "articlebody"],
        _by_name(body),
        articles if len(articles) == 1 else [],
        [one for one in body.iter() if one.tag == "main" or (one.get("role") or "").lower() == "main"],
        articles,
    ):
        best = max(named, key=lambda one: sizes.text.get(one, 0), default=None)
        if best is not None and sizes.text.get(best, 0) > whole * _SHARE:
            return best
    return None


def _by_name(body: Any) -> list[Any]:
    wanted = words("main")
    return [
        one
        for one in body.iter("div", "section", "article")
        if not wanted.isdisjoint(f"{one.get('class') or ''} {one.get('id') or ''}".lower().split())
    ]


def _widened(best: Any, body: Any, sizes: Sizes) -> Any:
    """The element, or the one around it where that holds more text of the same page: a lead, a second half, a table."""
    top = best
    inner = best
    for _ in range(_LEVELS):
        parent = inner.getparent()
        if parent is None or parent is body or inner.tag in {"article", "main"}:
            break
        if any(_reads_as_text(child, sizes) for child in parent if child is not inner):
            top = parent
        inner = parent
    return top


def _reads_as_text(element: Any, sizes: Sizes) -> bool:
    if (
        not isinstance(element.tag, str)
        or element.tag in {"h1", "header", "ul", "ol"}
        or sizes.share(element) > _MOSTLY
    ):
        return False
    names = {
        element.get("class", "").lower(),
        *(piece for name in (element.get("class") or "").split() for piece in pieces(name)),
    }
    size = sizes.text.get(element, 0)
    if not names.isdisjoint(words("leads")) and size > 20:
        return True
    if element.tag in {"table", "pre", "figure"}:
        return size > 0
    if any(sizes.text.get(one, 0) >= 40 for one in element.iter("p", "pre", "table", "blockquote")):
        return True
    return any(len((one.text or "").strip()) >= _LINE for one in [element, *element.iter("div", "span", "td")])


def _densest(body: Any, sizes: Sizes) -> Any:
    """The element with most running text in its paragraphs (own text counts whole, grandchildren half)."""
    scores: dict[Any, float] = {}
    for element in body.iter(*_RUNNING):
        boxed = element.tag in {"div", "section"}
        length = len((element.text or "").strip()) if boxed else sizes.text.get(element, 0)
        if length < (_LINE if boxed else 25):
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
    while best is not body and best.getparent() is not None and sizes.text.get(best, 0) * 3 < sizes.text[body] * 2:
        best = best.getparent()
    return best
