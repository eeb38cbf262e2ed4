"""Deeds that a noun says in English ("the breach of A", "an attack on B"): whether they came to pass."""

from __future__ import annotations

from geppo.read.frames.subjects import Reader


def opens(reader: Reader, at: int) -> bool:
    """True for a word before the words that describe a noun: an article, an owner, what tells that it came to pass."""
    names = ("determiners", "follows_event", "came_to_pass")
    return reader.word(at) == "'s" or any(reader.among(at, name) for name in names)


def came_to_pass(reader: Reader, at: int, last: int, before: int) -> bool:
    """True for a deed that happened: the noun's phrase stands from `at` up to `last`, its words begin at `before`."""
    return _happened(reader, before) or _brought_about(reader, at, last)


def _brought_about(reader: Reader, at: int, last: int) -> bool:
    """True for a deed that opens its sentence as what brought something about: "An attack on A left B without …"."""
    opening = reader.among(0, "articles") and all(reader.noun(place) for place in range(1, at))
    listed = reader.listed(last) if opening and reader.word(0) not in ("no", "any", "each", "every") else []
    if not listed:
        return False
    end = listed[-1].last
    while reader.among(end, "prepositions") and (behind := reader.beginning(end + 1)) is not None:
        end = behind.last
    return reader.among(end, "happened")


def _happened(reader: Reader, at: int) -> bool:
    """True where a noun at a place tells of what came to pass: "led to the theft of …", "following a breach at …"."""
    place = at - 1
    while reader.among(place, "determiners"):
        place -= 1
    if reader.among(place, "follows_event") or (
        reader.word(place) in ("of", "to") and reader.among(place - 1, "brings_about")
    ):
        return True
    place -= reader.word(place) in ("to", "in")
    if not reader.among(place, "came_to_pass"):
        return False
    before = {reader.word(n) for n in range(max(0, place - 4), place)}
    words = reader.lexicon.words
    return before.isdisjoint(words["unreal"] | words["negators"] | {"to", "may", "might"})
