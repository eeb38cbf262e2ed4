"""Other names that a page gives a thing, told from its text, and those of them that its origin does not give.

"A, also known as B" is wrong in a repeat where the origin, which names A, prints B nowhere and nobody with own
observation does:

- if the origin gives A another name, which the repeat does not print (the name was swapped);
- if A is the origin's own name for the thing and the repeat credits nobody but the origin (the name was added).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import re2

from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import mark_languages, retold_words
from geppo.judge.pages import Page
from geppo.judge.slips import TextChange
from geppo.judge.speakers import fold

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
        parts = (
            rf"\b{re2.escape(cue)}\b" if cue[0].isascii() else re2.escape(cue)
            for cue in sorted(cues, key=len, reverse=True)
        )
        return re2.compile("(?i)" + "|".join(parts))

    return made(words.alias_after), made(words.alias_before)


def pairs(page: Page, forms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names of things as they are printed, each with another name that the page gives it in Latin letters."""
    text = page.text
    for behind, pattern in zip((True, False), _cues(), strict=True):
        for match in pattern.finditer(text):
            start, end = match.span()
            found = _first(text[end : end + _REACH]) if behind else _last(text[max(0, start - _REACH) : start])
            if len(found) >= _SHORTEST and (thing := _nearest(text[max(0, start - _REACH) : start], forms, found)):
                yield thing, found


def _first(text: str) -> str:
    match = _NAME.search(text)
    plain = match is not None and not any(mark in text[: match.start()] for mark in ".。;；!！?？\n")
    return str(match.group()) if match and plain else ""


def _last(text: str) -> str:
    found = list(_NAME.finditer(text))
    return str(found[-1].group()) if found and not any(m in text[found[-1].end() :] for m in ".。\n") else ""


def _nearest(text: str, forms: Iterable[str], alias: str) -> str:
    """The last of some names in a text that ends at a cue, in the cue's sentence and not the other name itself."""
    places = [(text.rfind(form) + len(form), form) for form in forms if form in text and not _alike(form, alias)]
    end, best = max(places, default=(0, ""))
    return best if not any(mark in text[end:] for mark in "。\n") else ""


def wrong_aliases(
    root: Page, page: Page, seen: Sequence[Page], only_root: bool, catalogue: Catalogue
) -> Iterator[TextChange]:
    """Other names that a repeat gives and its origin does not.

    `seen` are the pages with own observation of the matter, `only_root` says that the repeat credits nobody else.
    """
    for thing, alias in pairs(page, root.forms):
        name = root.forms[thing]
        if any(_prints(one, alias) for one in (root, *seen)) or _known(catalogue, name, alias):
            continue
        said = [other for form, other in pairs(root, root.forms) if root.forms[form] == name]
        near = list(dict.fromkeys((*said, *_beside(root, name, 0))))
        given = list(dict.fromkeys((*near, *_beside(root, name, 1))))
        if any(_alike(one, alias) for one in given):
            continue
        told = [one for one in given if _prints(page, one)]
        text = next((one.text for one in page.sentences if alias in one.text), "")
        if given and not told:
            yield TextChange(what="alias", root_value=given[0], repeat_value=alias, repeat_text=text)
        elif only_root and name.startswith("new:") and not _alike(thing, alias) and not set(near) & set(told):
            yield TextChange(what="alias", root_value=thing, repeat_value=alias, repeat_text=text)


def _beside(root: Page, name: str, reach: int) -> Iterator[str]:
    """Other names in Latin letters in the sentence of an origin that names a thing, or in so many before and behind.

    In a text in other letters each word with a capital is one, else only what was read as a name.
    """
    rows, latin = root.sentences, root.language in mark_languages()
    kinds = {one.id: one.kind for one in root.report.mentions}
    own = {form for form, other in root.forms.items() if other == name}
    apart = {form for form, other in root.forms.items() if kinds.get(other) is not kinds.get(name)}
    house = fold(root.report.document.publisher)
    for place, one in enumerate(rows):
        if not any(form in one.text for form in own):
            continue
        for near in rows[max(0, place - reach) : place + 1 + reach]:
            printed = (form for form in root.forms if form in near.text) if latin else _NAME.findall(near.text)
            for form in printed:
                if len(form) >= _SHORTEST and form.isascii() and form not in own | apart and fold(form) not in house:
                    yield form


def _prints(page: Page, name: str) -> bool:
    return name.casefold() in page.text.casefold()


def _known(catalogue: Catalogue, thing: str, alias: str) -> bool:
    """True where the catalogue knows the other name as one of the thing."""
    return fold(alias) in {fold(one.name) for one in catalogue.aliases(catalogue.canonical(thing))}


def _alike(one: str, other: str) -> bool:
    """True for names that may be one, shortened or misprinted."""
    a, b = fold(one), fold(other)
    return a in b or b in a or SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE
