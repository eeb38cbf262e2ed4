"""Which way round a Japanese statement is, and what is only said to be in somebody's power."""

from __future__ import annotations

from collections.abc import Mapping

from geppo.read.frames.particles import Reader, Verb
from geppo.read.typed import Item

PRESENT = ("る", "す", "う", "く", "む", "ぶ", "つ", "ぐ")
"""How the plain present of a verb ends, by which it may only say what something is for."""


def polarity(reader: Reader, verb: Verb, head: Item | None, *, told: str) -> Mapping[str, str]:
    """Whether the words of a statement deny it: empty where the rest of its sentence is to decide.

    A verb that describes a noun is denied by itself, and where there is no such noun: 「止まった事業所はなかった」. One
    that says a loss ("can be read no more") is not denied by its own 「なく」. `told` is what the roles say of it.
    """
    lexicon, text = reader.lexicon, reader.text
    lost = lexicon.lost.search(text[verb.start : verb.stem_end]) is not None
    unsaid = head is not None and not lost and lexicon.negative.search(verb.ending) is not None
    undone = lexicon.behind["undone"].match(text[verb.stem_end : reader.end]) is not None
    none = head is not None and lexicon.behind["there_is_none"].match(text[head.end : reader.end]) is not None
    if told == "true" or undone or (unsaid is not none):
        return {"negated": "true"}
    return {"negated": "false"} if told or lost or head is not None else {}


def able(reader: Reader, verb: Verb) -> bool:
    """True for what a thing is for (「盗むモジュールを備える」), and for the first of several deeds that are only
    possible together: 「盗み出し、外部へ送ることができる」.
    """
    lexicon, text = reader.lexicon, reader.text
    purpose = verb.ending.endswith(PRESENT) and not verb.ending.endswith("いる")
    if purpose and lexicon.behind["built_for"].match(text[verb.end : reader.end]) is not None:
        return True
    return lexicon.behind["able"].match(text[verb.stem_end : reader.end]) is not None
