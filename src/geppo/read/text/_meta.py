"""What a web page says of itself: title, author, publisher, address and dates, its own fields before its layout.

Everything is read from the page. The address never tells a date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from geppo import linear
from geppo.read.text import _dates, _mainpart
from geppo.read.text._clean import one_line
from geppo.read.text._fields import fields
from geppo.read.text._links import resolved, untracked, web_address
from geppo.read.text._render import cell_text
from geppo.read.text._words import pieces

_MOST_JSON = 500_000
_MOST_LINES = 400
_MOST_TIMES = 50
_SAVED = linear.compile(r"<!--\s*saved from url=\(\d+\)(\S+)|<!--\s*Page saved with SingleFile\s+url:\s*(\S+)")
_NAME = linear.compile(r"[\p{L}\p{N}_.'’・·\-]+(?:[ \x{3000}][\p{L}\p{N}.'’・·\-]+){0,4}")
_HAN_NAME = linear.compile(
    r"\p{Han}[\p{Han}\p{Hiragana}\p{Katakana}·・]{1,7}"
    r"(?:[ \x{3000}][\p{Han}\p{Hiragana}\p{Katakana}]{1,3}(?:[^\p{L}]|$))?"
)
_HANGUL_NAME = linear.compile(r"[가-힣]{2,4} ?기자")
_MARK = linear.compile(r"[|·•–—,;(0-9]| - ")
_PARTICLES = ("de", "van", "von", "der", "da", "di", "al", "bin", "and")
_LONGEST_NAME = 80
_SHORT = 60
_SURE = 20
_CLASSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """Fields as the page gives them; empty where it says nothing. `published` is an ISO date."""

    title: str
    author: str
    publisher: str
    url: str
    language: str
    published: str


def read_meta(root: Any, head: str, declared_url: str = "") -> Meta:
    """The fields of a page whose scripts are still in the tree; `head` is the beginning of its source."""
    page = _Source(root, head, declared_url)
    title, site = page.title
    return Meta(
        title=title,
        author=page.author(site),
        publisher=one_line(site),
        url=page.url(),
        language=page.language(),
        published=page.published(),
    )


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(str(name) for name in fields()[kind])


def _text(element: Any) -> str:
    return one_line(cell_text(element))


def _words_of(element: Any) -> set[str]:
    """Words of class, id and itemprop, whole names and their pieces, in lower case."""
    found: set[str] = set()
    for name in f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}".split()[
        :_CLASSES
    ]:
        found.update(_forms_of(name))
    return found


@lru_cache(maxsize=4_000)
def _forms_of(name: str) -> frozenset[str]:
    return frozenset({*pieces(name), "".join(pieces(name)), name.lower()})


class _Source:
    """One page while its fields are read."""

    def __init__(self, root: Any, head: str, declared_url: str) -> None:
        self._root = root
        self._head = head
        self._declared = declared_url
        self._meta = _meta_elements(root)
        self._said = sorted(_linked_data(root), key=lambda one: not _is_page(one))

    def _first(self, kind: str) -> str:
        return next((self._meta[name] for name in fields()[kind] if self._meta.get(name)), "")

    def language(self) -> str:
        """As the page declares it."""
        root = self._root
        declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        return str(declared or self._meta.get("content-language", "") or self._meta.get("og:locale", ""))

    def url(self) -> str:
        """The canonical address, absolute and without tracking; a front page is not the address of an article."""
        base = self._base()
        found = [resolved(base, url) for url in self._addresses()]
        found = [untracked(url) for url in found if url]
        deep = [url for url in found if urlsplit(url).path.strip("/") or urlsplit(url).query]
        return next(iter(deep or found), "")

    def _addresses(self) -> Iterator[str]:
        for element in self._root.iter("link"):
            if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
                yield str(element.get("href"))
        yield self._meta.get("og:url", "")
        for one in self._said:
            for key in ("mainEntityOfPage", "url"):
                value = one.get(key)
                value = value.get("@id") if isinstance(value, dict) else value
                if _is_page(one) and isinstance(value, str):
                    yield value
        match = _SAVED.search(self._head)
        if match:
            yield match.group(1) or match.group(2)

    def _base(self) -> str:
        element = next(self._root.iter("base"), None)
        href = (element.get("href") or "").strip() if element is not None else ""
        return web_address(href) or web_address(self._meta.get("og:url", "")) or self._declared

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The first short lines of the page as a reader sees them: one a block, cells and terms beside their values."""
        body = next(self._root.iter("body"), self._root)
        blocks = _mainpart.blocks(body, apart=True)
        lines = (line.lstrip("#- ").strip() for _, text in blocks for line in text.split("\n") if line.strip())
        return tuple(islice(lines, _MOST_LINES))

    @cached_property
    def title(self) -> tuple[str, str]:
        """The title without the site's name, and the publisher."""
        site = self._first("site") or self._publisher()
        element = next(self._root.iter("title"), None)
        raw = one_line(element.text or "") if element is not None else ""
        told = one_line(self._meta.get("og:title", "") or self._headline())
        headings = [text for text in (_text(one) for one in self._shown("h1")) if text]
        title = _heading_of(told, headings) or _without_site(told, site)
        if not title:
            title = _heading_of(raw, headings) or (headings[0] if len(headings) == 1 else "")
        title = title or self._named_title() or _without_site(raw, site) or _loose_head(raw)
        return title, site or _site_in(raw, title)

    def _headline(self) -> str:
        values = [one.get("headline") for one in self._said if _is_page(one)]
        return next((value for value in values if isinstance(value, str)), "")

    def _shown(self, *tags: str) -> Iterator[Any]:
        return (one for one in self._root.iter(*tags) if not _mainpart.unseen(one))

    def _named_title(self) -> str:
        for element in self._shown("h2", "h3", "h4", "h5", "div", "p", "strong", "dt", "th", "td"):
            if not _names("title_names").isdisjoint((element.get("class") or "").lower().split()):
                text = _text(element)
                if 2 < len(text) < 200:
                    return text
        return ""

    def _publisher(self) -> str:
        by_id = {str(one["@id"]): one for one in self._said if isinstance(one.get("@id"), str)}
        for one in self._said:
            publisher = one.get("publisher")
            if isinstance(publisher, dict):
                publisher = publisher if "name" in publisher else by_id.get(str(publisher.get("@id")), {})
                if isinstance(publisher.get("name"), str):
                    return str(publisher["name"])
        sites = [one.get("name") for one in self._said if str(one.get("@type")).lower() == "website"]
        return next((name for name in sites if isinstance(name, str)), "")

    def author(self, site: str) -> str:
        """The person who signs, as printed and without the word before the name; "" where only the house signs."""
        for name in (*self._told_authors(), *self._marked_authors(), *self._lined_authors()):
            name = _person(name)
            if name and name != site:
                return name
        return ""

    def _told_authors(self) -> Iterator[str]:
        for one in self._said:
            authors = one.get("author")
            names = [_name_in(author) for author in (authors if isinstance(authors, list) else [authors])]
            yield ", ".join(name for name in names if name)
        for key in fields()["author"]:
            value = self._meta.get(key, "")
            yield value if "|" not in value else ""

    def _marked_authors(self) -> Iterator[str]:
        for element in self._shown("a", "span", "p", "div", "li", "address", "em"):
            marked = "author" in (element.get("rel") or "").lower().split()
            if marked or not _names("author_names").isdisjoint(_words_of(element)):
                text = " | ".join(part.strip() for part in element.itertext() if part.strip())
                if len(text) <= _LONGEST_NAME:
                    yield text

    def _lined_authors(self) -> Iterator[str]:
        labels = [str(label) for label in fields()["labels"]["author"]]
        for line in self.lines:
            low = line.lower()
            match = _HANGUL_NAME.search(line)
            if match and len(line) < _SHORT:
                yield match.group()
            if len(line) >= _SHORT * 2 or len(low) != len(line):
                continue
            for label in labels:
                at = low.find(label)
                rest = line[at + len(label) :].lstrip()
                if at >= 0 and label.endswith(" ") and not line[at - 1 : at].isalnum() and _signs(line[:at], rest):
                    yield rest
                elif at >= 0 and (label.endswith(":") or rest.startswith((":", "："))):
                    yield rest.lstrip(":：| ")

    def published(self) -> str:
        """The page's own date of publication, "" where it has none: fields, then the line under the heading."""
        stamps = [self._meta.get(name, "") for name in fields()["published"]]
        stamps += [str(one["datePublished"]) for one in self._said if isinstance(one.get("datePublished"), str)]
        marked = [one for one in self._root.iter() if (one.get("itemprop") or "").lower() == "datepublished"]
        stamps += [_value(element) for element in marked]
        changed = next((when for name in fields()["changed"] if (when := _dates.day(self._meta.get(name, "")))), None)
        lines = self._date_lines(changed)
        for stamp in stamps:
            when = _dates.local(stamp, lines.published)
            if when is not None:
                return when.isoformat()
        times = (when for element in self._times() if (when := _dates.day(_value(element))))
        named = self._named_dates(changed)
        found = lines.published or next(times, None) or next(named, None) or lines.bare or lines.updated or changed
        return found.isoformat() if found else ""

    def _date_lines(self, changed: date | None) -> _dates.Lines:
        """Dates of the lines; one without a word counts behind the title only (above it stands the day of today)."""
        lines = self.lines
        title = self.title[0]
        at = next((number for number, line in enumerate(lines) if title and line.startswith(title)), 0)
        found, behind = _dates.date_lines(lines, changed), _dates.date_lines(lines[max(0, at - 2) :], changed)
        return _dates.Lines(published=found.published, updated=found.updated, bare=behind.bare or found.bare)

    def _times(self) -> list[Any]:
        """`time` elements, best first: marked as publication, in the article, never of a change or another page."""
        found: list[tuple[Any, ...]] = []
        for element in islice(self._shown("time", "relative-time", "time-ago"), _MOST_TIMES):
            around = [element, element.getparent()]
            words = set().union(*(_words_of(one) for one in around if one is not None))
            before = (
                _text(element).lower()
                + " "
                + (element.getprevious().tail or "" if element.getprevious() is not None else "")
            )
            if not words.isdisjoint(_names("changed_names")) or _dates.date_lines([before]).updated:
                continue
            inside = next(element.iterancestors("article", "main"), None) is not None
            linked = next(element.iterancestors("a", "aside", "nav", "footer"), None) is not None
            found.append((element.get("pubdate") is None, linked, not inside, len(found), element))
        return [row[-1] for row in sorted(found, key=lambda row: row[:-1]) if not row[1]]

    def _named_dates(self, changed: date | None) -> Iterator[date]:
        for element in self._shown("span", "div", "p", "li", "em", "td", "dd", "i", "small", "b"):
            names = _words_of(element)
            if names.isdisjoint(_names("date_names")) or not names.isdisjoint(_names("changed_names")):
                continue
            text = _text(element)
            if len(text) <= _SHORT and next(element.iterancestors("a", "aside", "nav", "footer"), None) is None:
                lines = _dates.date_lines([text], changed)
                when = lines.published or lines.bare or (None if lines.updated else next(_dates.full_dates(text), None))
                if when is not None:
                    yield when


def _value(element: Any) -> str:
    return one_line(element.get("datetime") or element.get("content") or "".join(element.itertext()))


def _meta_elements(root: Any) -> dict[str, str]:
    """`meta` elements by lower-case name, property, itemprop or http-equiv; the first of each name counts."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        content = (element.get("content") or "").strip()
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(key) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD blocks, one level of lists and graphs deep."""
    for element in root.iter("script"):
        if "ld+json" not in (element.get("type") or "").lower() or not element.text or len(element.text) > _MOST_JSON:
            continue
        try:
            value = json.loads(element.text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield one
                graph = one.get("@graph")
                yield from (part for part in (graph if isinstance(graph, list) else []) if isinstance(part, dict))


def _is_page(one: dict[str, Any]) -> bool:
    kinds = one.get("@type")
    return any(str(kind).lower() in _names("page_types") for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _name_in(author: Any) -> str:
    if isinstance(author, dict):
        author = author.get("name")
    return author if isinstance(author, str) else ""


def _signs(before: str, rest: str) -> bool:
    """True where what follows "by" is a name: capitals up to a mark, behind a mark or at the beginning of the line."""
    if before.strip() and before.strip()[-1] not in "|·•–—-,;":
        return False
    words = _MARK.split(rest, maxsplit=1)[0].split()
    return 0 < len(words) <= 5 and all(not word[0].islower() or word in _PARTICLES for word in words)


def _person(text: str) -> str:
    """A name out of the words around it, or "" where it is none."""
    text = one_line(text)
    if "://" in text or len(text) > _LONGEST_NAME:
        return ""
    low = text.lower()
    for label in fields()["labels"]["author"]:
        if low.startswith(label):
            text, low = text[len(label) :].lstrip(":：| "), low[len(label) :].lstrip(":：| ")
    names = []
    for part in text.split(","):
        match = _HAN_NAME.match(part.strip()) or _NAME.match(part.strip())
        name = match.group().strip(" |,、（(") if match else ""
        for word in fields()["labels"]["author_behind"]:
            name = name.removesuffix(word).strip()
        if name and not any(char.isdigit() for char in name):
            names.append(name)
    return ", ".join(names)


def _heading_of(told: str, headings: list[str]) -> str:
    """The h1 that a title repeats, whole or cut off; it has the words as the reader sees them."""
    short = told.rstrip(".… ")
    fitting = [one for one in headings if one in told or (short != told and len(short) > 10 and one.startswith(short))]
    fitting = [one for one in fitting if len(one) * 3 >= len(told) or len(one) > _SURE or told.startswith(one)]
    if len(headings) > 1:
        fitting = [one for one in fitting if one == told or not told.endswith(one)]
    return max(fitting, key=lambda one: (told.startswith(one), len(one)), default="")


def _halves(title: str) -> Iterator[tuple[str, str]]:
    for mark in fields()["title_marks"]:
        head, found, tail = title.rpartition(mark)
        if found and head.strip() and tail.strip():
            yield head.strip(), tail.strip()


def _without_site(title: str, site: str) -> str:
    """The title element without the site's name at its end; where no site is named, without a short tail."""
    for head, tail in _halves(title):
        if site and (tail == site or tail.startswith(site) or site.startswith(tail)):
            return head
    return title if site else _loose_head(title)


def _loose_head(title: str) -> str:
    for mark in (" | ", " – ", " — ", " - ", " :: ", " < ", "｜", "_"):
        head, found, tail = title.rpartition(mark)
        if found and head.strip() and len(tail) < len(head):
            return _loose_head(head.strip()) if mark == " < " else head.strip()
    return title


def _site_in(title: str, own: str) -> str:
    """The site's name: the short rest behind the last mark of the title element."""
    tails = [tail for head, tail in _halves(title) if len(tail) <= _SHORT and (own in head or own not in title)]
    return next((tail for tail in tails[:1] if f" {tail}" in title), min(tails, key=len, default=""))
