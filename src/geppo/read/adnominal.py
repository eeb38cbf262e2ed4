"""Whose deed a Japanese clause tells: the noun that it describes is its doer, and a nearer subject comes first.

A rule bridges what stands between a name and a verb. Where that verb describes a following noun that could do it
(「Xが銀行を狙う集団に売った」), or where somebody else is the subject in between, the name before has not done it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from geppo import linear
from geppo.model.claim import Predicate
from geppo.read.frames.frame import OPEN
from geppo.read.rules import scope
from geppo.read.sentence import Found, Sentence
from geppo.read.typed import Item, pattern_kind

_DEEDS = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.USES, Predicate.EXPLOITS, Predicate.STEALS,
                    Predicate.LEAKS, Predicate.DISRUPTS})  # fmt: skip
_DOERS = frozenset({"actor", "malware", "tool", "network", "role", "group-kind", "malware-kind", "relay-class"})

_PUNISHERS = frozenset({"place", "org", "body"})
_STATES = "unit/country"
_NO_PARTS = frozenset({"sector", "role", "org", "body"})
"""What is counted and is no part of a net, no copy of malware and no product."""

_NEXT = 2
_BESIDE = 12
"""Characters between a sum and the thing that is worth it."""

WORD = 6
"""Characters of a word that a rule may have cut in two."""


@cache
def _words(language: str) -> dict[str, Any] | None:
    row = scope()["adnominal"].get(language)
    return {name: linear.compile(source) for name, source in row.items()} if row else None


def of_another(sentence: Sentence, found: Found) -> bool:
    """True where a rule took a name for the doer of what the sentence says of somebody else."""
    words = _words(sentence.language)
    doers, objects = found.roles.get("S", ()), found.roles.get("O", ())
    if words is not None and found.predicate is Predicate.COUNTS:
        return _counted_apart(sentence, found)
    if words is not None and found.predicate is Predicate.SANCTIONS:
        return bool(objects) and objects[-1].kind == "place" and sentence.text.startswith("の", objects[-1].end)
    if words is not None and _described_doer(sentence, doers):
        return True
    if words is None or found.predicate not in _DEEDS:
        return False
    if words["attempt"].match(sentence.text[found.end : sentence.span.end]) is not None or _charged(sentence, found):
        return True
    if not doers or not objects:
        return False
    if _no_object(sentence, found, objects):
        return True
    if objects[-1].end <= doers[0].start:
        behind = sentence.text[objects[-1].end : doers[0].start]
        if objects[-1].kind in _PUNISHERS and words["other_subject"].match(behind) is not None:
            return True
        rest = sentence.text[found.end : sentence.span.end]
        described_other = words["noun"].match(rest) is not None and words["formal"].match(rest) is None
        return described_other and words["subject"].match(behind) is not None
    last, first = doers[-1], objects[0]
    if last.end > first.start or words["subject"].match(sentence.text[last.end : first.start]) is None:
        return False
    own = {item.start for items in found.roles.values() for item in items}
    between = [item for item in sentence.items if last.end <= item.start < first.start and item.start not in own]
    if any(item.kind in _DOERS and words["nearer"].match(sentence.text[item.end : first.start]) for item in between):
        return True
    return described(sentence, found.end, own) is not None


def _described_doer(sentence: Sentence, doers: Sequence[Item]) -> bool:
    """True where what was taken for the doer only says what the house behind it is (「子会社、Xが」)."""
    if not doers or doers[-1].kind not in ("unit", "sector") or doers[-1].count is not None:
        return False
    at = doers[-1].end
    return any(
        item.kind == "org"
        and 0 < item.start - at <= _NEXT
        and sentence.text[at : item.start] in ("、", "の", "「", "・")
        for item in sentence.items
    )


def _charged(sentence: Sentence, found: Found) -> bool:
    """True where the subject punishes somebody for the attack: 「Xは、攻撃に関わったとして」."""
    words, doers = _words(sentence.language), found.roles.get("S", ())
    if words is None or not doers or doers[-1].kind not in _PUNISHERS:
        return False
    behind = sentence.text[found.end - 1 : sentence.span.end]
    return words["charged"].match(behind) is not None or words["charged"].match(behind[1:]) is not None


def _no_object(sentence: Sentence, found: Found, objects: Sequence[Item]) -> bool:
    """True where what was taken for the object only belongs to it or says where it is, or nothing was aimed at."""
    words = _words(sentence.language)
    if words is None or _apposed(sentence, objects[-1]):
        return words is not None
    if objects[-1].terms and objects[-1].terms[0].id == _STATES and sentence.text.startswith("の", objects[-1].end):
        return True
    if words["at_target"].search(sentence.text[found.end - WORD : found.end + WORD]) is not None:
        return True
    before = sentence.text[sentence.span.start : objects[0].start]
    return objects[0].kind == "place" and words["bracket"].search(before) is not None


def read_already(sentence: Sentence, made: Found, stood: Sequence[Found]) -> bool:
    """True for a frame whose only object no list knows, where a rule read of the same stretch what it is.

    A thing beside its worth (「1億ドル相当の暗号資産」), or a noun that ends with a known one (「物流システム」).
    """
    objects = made.roles.get("O", ())
    if sentence.language not in scope()["read_once"] or len(objects) != 1 or objects[0].kind != OPEN:
        return False
    for rule in stood:
        if rule.predicate is made.predicate and rule.start <= objects[0].start and objects[0].end <= rule.end:
            known = [item for name in ("O", "C") for item in rule.roles.get(name, ())]
            if any(item.start < objects[0].end and objects[0].start < item.end for item in known):
                return True
            if any(_worth(sentence.text[item.end : objects[0].start], item) for item in known):
                return True
    return False


def _worth(between: str, item: Item) -> bool:
    return item.count is not None and len(between) <= _BESIDE and not any(mark in between for mark in "、や")


def _counted_apart(sentence: Sentence, found: Found) -> bool:
    """True where a number is that of money, bytes, or what was hit or seized: no size of a net named before."""
    counted = [item.count.unit for item in found.roles.get("C", ()) if item.count is not None]
    if any(unit.id in (*scope()["money"]["units"], *scope()["volumes"]["units"]) for unit in counted):
        return True
    words = _words(sentence.language)
    if words is None or found.roles.get("S") or not found.constants.get("subject", "").startswith("@"):
        return False
    if any(pattern_kind(unit) in _NO_PARTS for unit in counted):
        return True
    return words["counted_apart"].search(sentence.text[sentence.span.start : sentence.span.end]) is not None


def _apposed(sentence: Sentence, item: Item) -> bool:
    """True for a sector that only says what a house is (「部品メーカーのX」)."""
    if item.kind != "sector" or not sentence.text.startswith(("の", "「", "『"), item.end):
        return False
    return any(one.kind == "org" and 0 < one.start - item.end <= 2 for one in sentence.items)


def own_topic(sentence: Sentence, found: Found) -> bool:
    """True where the sentence has a topic of its own before an active verb: nobody from outside did it."""
    words = _words(sentence.language)
    doers = _own_doers(sentence.language)
    if doers is not None and found.predicate in _DEEDS:
        return doers.search(sentence.text[sentence.span.start : found.start]) is not None
    if (
        words is None
        or found.predicate not in _DEEDS
        or words["passive"].search(sentence.text[found.start : found.end + 4]) is not None
    ):
        return False
    before = sentence.text[sentence.span.start : found.start]
    return any(words["when"].search(before[: match.end() - 1]) is None for match in words["topic"].finditer(before))


@cache
def _own_doers(language: str) -> Any:
    source = scope()["own_doers"].get(language)
    return linear.compile(source) if source else None


def described(sentence: Sentence, at: int, own: set[int]) -> Item | None:
    """The doer that a verb ending at a place describes, if it is none of the statement's own items or its predicate."""
    words = _words(sentence.language)
    at -= "ぁ" <= sentence.text[at - 1 : at] <= "ん"
    run = words["ending"].match(sentence.text[at : sentence.span.end]) if words is not None else None
    if words is None or run is None:
        return None
    start = at + run.end()
    head = next((item for item in sentence.items if item.start == start), None)
    if head is None or head.kind not in _DOERS or head.start in own:
        return None
    return None if words["copula"].match(sentence.text[head.end : sentence.span.end]) is not None else head
