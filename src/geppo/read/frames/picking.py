"""Which of the marked nouns before a Japanese verb fills a role: by its particle and by what it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from geppo.read.frames.frame import OPEN, filling
from geppo.read.frames.particles import COMMON, OF, Marked, Reader, Verb
from geppo.read.typed import Item

_OWNERS = frozenset({"org", "sector", "body", "unit", "place"})


def chosen(
    reader: Reader, row: Sequence[Marked], particles: Sequence[str] | frozenset[str], kinds: frozenset[str]
) -> list[Item]:
    """The last noun with one of the particles whose kind fits, and those that are listed before it."""
    for number in range(len(row) - 1, -1, -1):
        if row[number].particle in particles:
            item = suited(row[number], kinds)
            if item is not None:
                return [*listed(reader, row[:number], kinds, row[number].item.start), item]
    return []


def nearest(reader: Reader, row: Sequence[Marked], particles: Sequence[str], kinds: frozenset[str]) -> list[Item]:
    """The last noun with one of the particles, if its kind fits: a verb has one object, an earlier one is not its."""
    last = next((number for number in range(len(row) - 1, -1, -1) if row[number].particle in particles), -1)
    return chosen(reader, row[: last + 1], particles, kinds) if last >= 0 and suited(row[last], kinds) else []


def suited(one: Marked, kinds: frozenset[str]) -> Item | None:
    """The mention where its kind fits, else the whole noun that it ends, else the word where any noun will do."""
    return filling(one.item, kinds) or filling(one.whole, kinds) or of_any_kind(one.item, kinds)


def of_any_kind(item: Item, kinds: frozenset[str]) -> Item | None:
    """The noun where its kind fits, or as a plain word where any noun will do."""
    fits = filling(item, kinds)
    return replace(item, kind=OPEN) if fits is None and OPEN in kinds and item.kind in COMMON else fits


def listed(reader: Reader, row: Sequence[Marked], kinds: frozenset[str], at: int) -> list[Item]:
    """The nouns that are listed before a place, without those that a comma behind another word keeps from it."""
    found: list[Item] = []
    for one in reversed(row):
        if "、" in reader.text[one.end + 1 : at]:
            break
        at = one.item.start
        item = suited(one, kinds)
        if one.particle in OF:
            continue
        if one.particle not in reader.lexicon.listing or item is None or reader.quoted(one.end):
            break
        found.append(item)
    return found[::-1]


def of_told(reader: Reader, verb: Verb, one: Marked) -> bool:
    """True for the subject of what is reported before a verb, which does nothing else (「Xが失ったことが…」)."""
    argued = reader.lexicon.behind["argued"]
    return one.particle == "が" and argued.search(reader.text[one.end : verb.start]) is not None


def held(reader: Reader, row: Sequence[Marked], found: list[Item], kinds: frozenset[str]) -> list[Item]:
    """What a network or a server belongs to, where that is told and fits: 「北門銀行のネットワーク」."""
    if len(found) != 1 or not reader.lexicon.containers.search(reader.text[found[0].start : found[0].end]):
        return found
    for one, following in pairwise(row):
        if (
            following.item.start <= found[0].start < following.end
            and one.particle in OF
            and one.end == following.item.start
            and one.item.end + len(one.particle) >= one.end - 1
        ):
            owner = filling(one.item, kinds & _OWNERS)
            return [owner] if owner is not None else found
    return found
