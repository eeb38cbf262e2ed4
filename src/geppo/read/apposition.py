"""A name and the words right behind it that say only what it is are one mention: "the Slate Ibex group"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from geppo import linear
from geppo.read.typed import Item


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("geppo.read").joinpath("apposition.toml").read_text(encoding="utf-8"))


def _is_a(item: Item, kinds: Sequence[str]) -> bool:
    return not item.anaphor and bool(item.terms) and (item.kind in kinds or item.terms[0].id in kinds)


def _reach(text: str, items: Sequence[Item], at: int, gaps: Sequence[str], verbs: Sequence[str]) -> int:
    """The number of mentions behind `items[at]` that belong to its name; `verbs` are spelt like words of kind."""
    words = _data()["words"].get(items[at].kind, ())
    through = _data()["through"].get(items[at].kind, {})
    size = held = 0
    for number in range(at + 1, len(items)):
        one = items[number]
        if text[items[number - 1].end : one.start] not in gaps or text[one.start : one.end] in verbs:
            break
        if _is_a(one, words) or (held and one.kind in through.values()):
            size = number - at
        elif one.kind in through or (held == 0 and one.kind in through.values()):
            held = number
        else:
            break
    return size


def joined(text: str, items: Sequence[Item], language: str) -> tuple[Item, ...]:
    """The items with names that take in what is said of them; items are in order and do not overlap."""
    gaps = _data()["gap"].get(language, ())
    if not gaps:
        return tuple(items)
    verbs = _data()["verbs"].get(language, ())
    kinds = set(_data()["words"]).difference(_data()["apart"].get(language, ()))
    found: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        size = _reach(text, items, at, gaps, verbs) if item.kind in kinds and not item.anaphor else 0
        before = found[-1] if found else None
        if before is not None and _called(text, before, item, language):
            found[-1] = replace(before, end=items[at + size].end)
        elif (
            before is not None
            and before.kind in _data()["led"].get(item.kind, ())
            and text[before.end : item.start] == gaps[0]
        ):
            found[-1] = replace(item, start=before.start)
        else:
            found.append(replace(item, end=items[at + size].end) if size else item)
        at += size + 1
    return tuple(_closed(text, found)) if language in _data()["set_apart"] else tuple(found)


@cache
def _calls(language: str) -> Any:
    source = _data()["called"].get(language)
    return linear.compile(source) if source else None


def _called(text: str, name: Item, item: Item, language: str) -> bool:
    """True for a word of kind that goes by the name before it: 「X」を名乗る集団."""
    words = _data()["words"].get(name.kind, ())
    between = text[name.end : item.start]
    if not words or len(between) > LONGEST_CALL or not _is_a(item, words) or _calls(language) is None:
        return False
    return _calls(language).fullmatch(between) is not None


LONGEST_CALL = 20
"""Characters between a name and the word of kind that goes by it."""


def _closed(text: str, items: Sequence[Item]) -> Iterator[Item]:
    """The items with the blanks that only set them apart from letters without blanks (「X は Y を使う」)."""
    last = 0
    for number, item in enumerate(items):
        start, end = item.start, item.end
        following = items[number + 1].start if number + 1 < len(items) else len(text)
        if start - 1 >= last and text[start - 1] == " " and start > 1 and not text[start - 2].isascii():
            start -= 1
        if end < following and text[end] == " " and end + 1 < len(text) and not text[end + 1].isascii():
            end += 1
        last = end
        yield item if (start, end) == (item.start, item.end) else replace(item, start=start, end=end)
