"""Gangs that bear the name of their malware: where a page calls such a name a group, it speaks of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

from geppo import linear, shipped
from geppo.read.typed import Item

REACH = 24
"""Characters beside a name in which a word for malware is looked for."""


@cache
def _words(language: str) -> dict[str, Any] | None:
    row = shipped.table("geppo.read", "gangs.toml").get(language)
    return {name: linear.compile(source) for name, source in row.items()} if row else None


def as_groups(text: str, items: Sequence[Item], language: str) -> list[Item]:
    """The items with names of malware as actors in a text that calls them groups; items are in order of their places.

    Where a word for malware stands beside such a name the malware is meant, and it stays that.
    """
    words = _words(language)
    if words is None:
        return list(items)
    gangs = set(_called_groups(text, items, words))
    if not gangs:
        return list(items)
    return [
        replace(item, kind="actor")
        if item.kind == "malware" and item.terms[0].id in gangs and not _code(text, item, words)
        else item
        for item in items
    ]


def _called_groups(text: str, items: Sequence[Item], words: dict[str, Any]) -> Iterator[str]:
    """Ids of the names of malware that stand right beside a word for a group."""
    for one, following in pairwise(items):
        between = text[one.end : following.start]
        if one.kind == "group-kind" and following.kind == "malware" and words["before"].fullmatch(between):
            yield following.terms[0].id
        elif one.kind == "malware" and following.kind == "group-kind" and words["behind"].fullmatch(between):
            yield one.terms[0].id


def _code(text: str, item: Item, words: dict[str, Any]) -> bool:
    return (
        words["code_before"].search(text[max(0, item.start - REACH) : item.start]) is not None
        or words["code_behind"].search(text[item.end : item.end + REACH]) is not None
    )
