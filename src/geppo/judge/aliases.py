"""Other names that a page gives a thing, told from its text, and those of them that its origin does not give.

"A, also known as B" is wrong in a repeat where the origin, which names A, prints B nowhere and nobody with own
observation does:

- if the origin gives A another name, which the repeat does not print (the name was swapped);
- if A is the origin's own name for the thing and the repeat credits nobody but the origin (the name was added).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import re2

from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import retold_words
from geppo.judge.pages import Page
from geppo.judge.slips import TextChange
from geppo.judge.speakers import fold
from geppo.model.entity import Kind, Mention

_KINDS = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.TOOL})
_REACH = 48
"""Characters between a name and the words that say that another name follows."""
_ALIKE = 0.75
"""Likeness of spelling from which two names may be one, misprinted."""
_NAME = re2.compile(r"[A-Z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*(?: [A-Z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*)?")
_SHORTEST = 4


@cache
def _cues() -> tuple[Any, Any]:
    """Patterns of the words with the other name behind them, and of those with it before them."""
    words = retold_words()

    def made(cues: Sequence[str]) -> Any:
        parts = (rf"\b{re2.escape(cue)}\b" if cue[0].isascii() else re2.escape(cue) for cue in sorted(cues, key=len, reverse=True))
        return re2.compile("(?i)" + "|".join(parts))

    return made(words.alias_after), made(words.alias_before)


def pairs(page: Page) -> Iterator[tuple[Mention, str, int]]:
    """Names of things, each with another name that the page gives it in Latin letters, and the place of the cue."""
    text = page.text
    named = [one for one in page.report.mentions if one.kind in _KINDS and one.id]
    for behind, pattern in zip((True, False), _cues(), strict=True):
        for match in pattern.finditer(text):
            start, end = match.span()
            found = _first(text[end : end + _REACH]) if behind else _last(text[max(0, start - _REACH) : start])
            if len(found) < _SHORTEST:
                continue
            thing = _nearest(text, named, start, found)
            if thing is not None:
                yield thing, found, start


def _first(text: str) -> str:
    match = _NAME.search(text)
    plain = match is not None and not any(mark in text[: match.start()] for mark in ".。;；!！?？\n")
    return str(match.group()) if match and plain else ""


def _last(text: str) -> str:
    found = list(_NAME.finditer(text))
    return str(found[-1].group()) if found and not any(m in text[found[-1].end() :] for m in ".。\n") else ""


def _nearest(text: str, named: Sequence[Mention], at: int, alias: str) -> Mention | None:
    """The name before a place, in its sentence, that is not the other name itself."""
    before = [
        one
        for one in named
        if one.end <= at and at - one.end <= _REACH and fold(one.name) not in fold(alias) and fold(alias) not in fold(one.name)
    ]
    best = max(before, key=lambda one: (one.end, -one.start), default=None)
    return None if best is None or any(mark in text[best.end : at] for mark in "。\n") else best


def wrong_aliases(
    root: Page, page: Page, seen: Sequence[Page], only_root: bool, catalogue: Catalogue
) -> Iterator[TextChange]:
    """Other names that a repeat gives and its origin does not.

    `seen` are the pages with own observation of the matter, `only_root` says that the repeat credits nobody else.
    """
    for thing, alias, at in pairs(page):
        if catalogue.canonical(thing.id) not in {catalogue.canonical(one) for one in root.names}:
            continue
        if any(_prints(one, alias) for one in (root, *seen)) or _known(catalogue, thing.id, alias):
            continue
        given = [name for one, name, _ in pairs(root) if one.id == thing.id] + list(_beside(root, thing))
        given = [name for name in dict.fromkeys(given) if not _alike(name, alias)]
        told = [name for name in given if name.casefold() in page.text.casefold()]
        text = next((one.text for one in page.sentences if alias in one.text), "")
        if given and not told:
            yield TextChange(what="alias", root_value=given[0], repeat_value=alias, repeat_text=text)
        elif not given and only_root and thing.id.startswith("new:") and not _alike(thing.name, alias):
            yield TextChange(what="alias", root_value=thing.name, repeat_value=alias, repeat_text=text)


def _beside(root: Page, thing: Mention) -> Iterator[str]:
    """Other names of one kind that an origin prints in the sentence with a name, or in the next one."""
    kinds = {one.id: one.kind for one in root.report.mentions}
    names = {one.id: one.name for one in root.report.mentions}
    rows = root.sentences
    for place, one in enumerate(rows):
        if thing.id in one.names:
            near = one.names | (rows[place + 1].names if place + 1 < len(rows) else frozenset())
            for name in sorted(near - {thing.id}):
                if kinds.get(name) is kinds.get(thing.id) and names[name].isascii():
                    yield names[name]


def _prints(page: Page, name: str) -> bool:
    return name.casefold() in page.text.casefold()


def _known(catalogue: Catalogue, thing: str, alias: str) -> bool:
    """True where the catalogue knows the other name, of the thing or as an other one."""
    return fold(alias) in {fold(one.name) for one in catalogue.aliases(catalogue.canonical(thing))}


def _alike(one: str, other: str) -> bool:
    """True for names that may be one, shortened or misprinted."""
    a, b = fold(one), fold(other)
    return a in b or b in a or SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE
