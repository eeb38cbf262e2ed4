"""Parts of a page that are no main text, by the names that pages give them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from lxml import etree

from geppo.read.text._render import HEADINGS, NO_TEXT
from geppo.read.text._words import pieces, words

_SMALL = 200
_THIN = 400
_LINE = 60
CLASSES = 8
"""Classes of an element that are looked at."""

_OFTEN = 4
_LISTED = 0.35


class Sizes:
    """Characters of text, and of text in links, of every element of a tree as it is now."""

    def __init__(self, root: Any) -> None:
        self.text: dict[Any, int] = {}
        self.links: dict[Any, int] = {}
        for _, element in etree.iterwalk(root, events=("end",)):
            own = len((element.text or "").strip())
            linked = 0
            for child in element:
                own += self.text.get(child, 0) + len((child.tail or "").strip())
                linked += self.links.get(child, 0)
            self.text[element] = own
            self.links[element] = own if element.tag == "a" else linked

    def share(self, element: Any) -> float:
        """The share of an element's text that is links; 1 for no text."""
        whole = self.text.get(element, 0)
        return self.links.get(element, 0) / whole if whole else 1.0


def drop(element: Any) -> None:
    """Remove an element and keep the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = ((before.tail or "") + element.tail).translate(NO_TEXT)
        else:
            parent.text = ((parent.text or "") + element.tail).translate(NO_TEXT)
    parent.remove(element)


def drop_parts(body: Any, sizes: Sizes) -> None:
    """Drop navigation, sharing bars and the like; never the larger part of the text, but for comments."""
    whole = sizes.text[body]
    common = _common_names(body, sizes, whole)
    for element in list(body.iter()):
        if element is body or not isinstance(element.tag, str) or element.getparent() is None:
            continue
        size = sizes.text.get(element, 0)
        others = size < whole - _LINE and not words("others").isdisjoint(_whole_names(element))
        if others or _is_gutter(element, size) or (size * 2 < whole and _is_part(element, sizes, whole, common)):
            drop(element)


def _common_names(body: Any, sizes: Sizes, whole: int) -> frozenset[str]:
    """Classes that name the text itself: together they hold most of it (`newsletter-item`), or say when often."""
    totals: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for element in body.iter("div", "section", "article", "li", "p", "span", "td", "ul"):
        parent = element.getparent()
        around = (parent.get("class") or "").split() if parent is not None else []
        for name in (element.get("class") or "").split()[:CLASSES]:
            if _strength(name) and name not in around:
                totals[name] += sizes.text.get(element, 0)
                numbers[name] += 1
    found = {name for name, total in totals.items() if total * 2 > whole and numbers[name] > 1}
    return frozenset(
        found | {name for name, number in numbers.items() if number > _OFTEN and _strength(name) == "small"}
    )


def _whole_names(element: Any) -> set[str]:
    names = [*(element.get("class") or "").split()[:CLASSES], element.get("id") or ""]
    return {"".join(pieces(name)) for name in names}


def _is_gutter(element: Any, size: int) -> bool:
    """Line numbers beside code."""
    if size > _THIN * 10 or not element.get("class"):
        return False
    if words("gutters").isdisjoint({element.get("class", "").lower(), *pieces(element.get("class", ""))}):
        return False
    return "".join("".join(element.itertext()).split()).isdecimal()


def _is_part(element: Any, sizes: Sizes, whole: int, common: frozenset[str]) -> bool:
    tag = element.tag
    if tag == "aside":
        return not _is_note(element)
    if tag == "footer":
        return next(element.iterancestors("blockquote"), None) is None and "footnotes" not in (
            element.get("class") or ""
        )
    if tag == "form" or (element.get("role") or "").strip().lower() in words("roles"):
        return True
    if tag in HEADINGS or (tag in {"tr", "code", "td", "th", "pre"} and _in_data(element)):
        return False
    if tag == "header" and _is_site_header(element):
        return True
    size = sizes.text.get(element, 0)
    thin = size < _THIN and size * 4 < whole and not _is_note(element) and next(element.iter("pre", "th"), None) is None
    for name in _names(element):
        strength = _strength(name)
        if not strength or name in common or (name == element.get("id") and _is_slug(element, name)):
            continue
        if strength == "linked" and sizes.share(element) > _LISTED:
            return True
        if strength == "strong" or (thin and strength == "weak") or (size < _SMALL and strength == "small"):
            return True
    return False


def _names(element: Any) -> list[str]:
    """Classes and the id; a paragraph's id tells its place and nothing else."""
    names = (element.get("class") or "").split()[:CLASSES]
    return names if element.tag in {"p", "blockquote"} else [*names, element.get("id") or ""]


def _in_data(element: Any) -> bool:
    table = next(element.iterancestors("table"), None)
    return element.tag not in {"td", "th"} or (
        table is not None and next(table.iter("th", "caption"), None) is not None
    )


def _is_note(element: Any) -> bool:
    names = {piece for name in (element.get("class") or "").split() for piece in pieces(name)}
    return not names.isdisjoint(words("notes"))


@lru_cache(maxsize=4_000)
def _strength(name: str) -> str:
    """How surely a class or id names a part that is no main text: `strong`, `weak`, `small`, `linked` or ""."""
    parts = list(pieces(name))
    if not parts or not words("qualifiers").isdisjoint(parts):
        return ""
    if parts[0] in words("builders"):
        parts = [part for part in parts if part != "widget"]
    found = {*parts, "".join(parts)}
    return next(
        (kind for kind in ("strong", "weak", "small", "linked") if not words(f"{kind}_parts").isdisjoint(found)), ""
    )


def _is_slug(element: Any, name: str) -> bool:
    """True where an id is made from the words of the heading inside (`cookie-theft`)."""
    heading = next(element.iter(*HEADINGS), None)
    if heading is None:
        return False
    text = "".join(heading.itertext()).lower()
    return all(piece in text for piece in pieces(name)) and " ".join(text.split()) not in words("other_pages")


def _is_site_header(element: Any) -> bool:
    """A `header` outside an article belongs to the site, unless it holds the page's heading."""
    if next(element.iterancestors("article"), None) is not None:
        return False
    return next(element.iter("h1"), None) is None
