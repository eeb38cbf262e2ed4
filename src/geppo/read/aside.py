"""What of a sentence belongs to another statement than the one that a rule or a frame found in it.

A house that only tells is not the victim ("…, Northgate said", "tracked by Northgate"); a name in a relative clause
that is closed before the verb is not its subject ("the group, which has members of X, listed 39 firms"); what hangs on
a condition is no report ("if they refuse, the data could be leaked"). The words are in `scope.toml`, by language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from geppo import linear
from geppo.model.claim import Predicate
from geppo.read.frames.hangul import expanded
from geppo.read.rules import scope
from geppo.read.sentence import Found, Sentence
from geppo.read.typed import Item

_REACH_OF_ENDINGS = 32
"""Characters of an ending with the words that govern it."""
_REACH = 48
"""Characters before and behind a name in which it is said that it tells or studies something."""


_DOERS = frozenset({"actor", "malware", "campaign", "network", "tool"})
"""Kinds of names that do what a relative clause behind them says."""

_KINDS = frozenset({"role", "group-kind", "malware-kind"})
"""Kinds of words for those of whom something may be said in general."""


@cache
def _words(language: str) -> Mapping[str, Any]:
    return {name: linear.compile(words) for name, words in scope()["aside_words"].get(language, {}).items()}


def asks(sentence: Sentence) -> bool:
    """True for a question, which states nothing."""
    words = sentence.text[sentence.span.start : sentence.span.end]
    return sentence.language in scope()["questions"] and words.rstrip("\"”')» ").endswith("?")


def tells(sentence: Sentence, item: Item) -> bool:
    """True for an organisation that says or found what the sentence is about, and is not whom it happened to."""
    words = _words(sentence.language)
    if item.kind not in ("org", "body") or not words:
        return False
    before = sentence.text[max(sentence.span.start, item.start - _REACH) : item.start]
    behind = sentence.text[item.end : min(sentence.span.end, item.end + _REACH)]
    return words["finder"].search(before) is not None or words["teller"].search(behind) is not None


def without_tellers(sentence: Sentence, found: Found) -> Found | None:
    """A statement without those behind its subject who only tell of it or made what was hit; None where no object is
    left.

    Who stands first and tells may tell of itself ("Northgate said that it had been hit").
    """
    objects = found.roles.get("O")
    if objects is None or found.predicate.value not in scope()["told_of"]["predicates"]:
        return found
    first = min((item.end for item in found.roles.get("S", ())), default=sentence.span.end)
    kept = tuple(
        item for item in objects if not _only_made(sentence, item) and (item.start < first or not tells(sentence, item))
    )
    if len(kept) == len(objects):
        return found
    if not kept:
        return None
    return replace(found, roles={**found.roles, "O": kept})


def _only_made(sentence: Sentence, item: Item) -> bool:
    """True for a house that only made what was hit ("flaws in X's software", "X gateways"), and for those whom others
    serve ("suppliers of hospitals")."""
    known = _makes(sentence.language) if item.kind == "org" else None
    behind = sentence.text[item.end : min(sentence.span.end, item.end + _REACH)]
    if known is not None and known.match(behind) is not None:
        return True
    owned = _words(sentence.language).get("owned") if item.kind in ("org", "sector") else None
    before = sentence.text[max(sentence.span.start, item.start - _REACH) : item.start]
    return owned is not None and owned.search(before) is not None


@cache
def _makes(language: str) -> Any:
    source = scope()["makes"].get(language)
    return linear.compile(source) if source else None


def closed(sentence: Sentence, found: Found) -> bool:
    """True where a rule's subject belongs to another part of its sentence: it stands in a relative clause or behind
    "unlike", which a comma closes before the next role, or is the object of a verb before an "and"; or where the next
    role belongs to a relative clause of somebody nearer, or whom a passive speaks of stands in such an aside.
    """
    words = _words(sentence.language)
    subjects = found.roles.get("S", ())
    if found.framed or not words or not subjects:
        return False
    last = max(item.end for item in subjects)
    others = [item.start for name, items in found.roles.items() if name != "S" for item in items if item.start >= last]
    if not others:
        return _told_in_aside(sentence, found, min(item.start for item in subjects))
    first = min(item.start for item in subjects)
    before, behind = sentence.text[sentence.span.start : first], sentence.text[last : min(others)]
    if _handled(words, before, behind) or _of_nearer(sentence, last, min(others)):
        return True
    if "lent" in words and words["lent"].search(before) is not None and words["doers"].search(before) is not None:
        return True
    if "," not in behind:
        return False
    if words["set_apart"].search(before) is not None:
        return True
    if words["opens"].search(before) is None or words["named"].search(before) is not None:
        return False
    return words["goes_on"].search(behind) is None


def _handled(words: Mapping[str, Any], before: str, behind: str) -> bool:
    """True for the object of a verb or a preposition before whose clause goes on with a verb of its own subject:
    "they used X, a loader, and exploited Y"."""
    if "handled" not in words:
        return words["governed"].search(before) is not None and words["governed_end"].search(behind) is not None
    if words["spared"].search(behind) is not None or ("," in behind and words["lone"].search(before) is not None):
        return True
    return any(
        words[name].search(before) is not None and words[f"{name}_end"].search(behind) is not None
        for name in ("governed", "handled", "using")
    )


def _of_nearer(sentence: Sentence, last: int, until: int) -> bool:
    """True where a clause of another doer leads up to a role: "X works with Y, a group known for using Z", "X hacked A,
    and Y used Z"."""
    words = _words(sentence.language)
    if "nearer" not in words:
        return False
    for item in sentence.items:
        doer = item.kind in _DOERS
        if not (doer or item.kind == "org") or item.anaphor or not last <= item.start < item.end < until:
            continue
        before, behind = sentence.text[last : item.start], sentence.text[item.end : until]
        own = words["own_clause"].search(before) is not None and words["own_verb"].search(behind) is not None
        if (own and (doer or "," not in behind)) or (doer and words["nearer"].search(behind) is not None):
            return True
    return False


def _told_in_aside(sentence: Sentence, found: Found, until: int) -> bool:
    """True where an aside that ends before the passive names its object: "X, deemed to be Y, was hit by Z"."""
    words = _words(sentence.language)
    objects = [item for item in found.roles.get("O", ()) if item.end <= until]
    if "in_aside" not in words or not objects:
        return False
    before = sentence.text[sentence.span.start : objects[0].start]
    behind = sentence.text[objects[-1].end : until]
    return words["in_aside"].search(before) is not None and words["aside_end"].search(behind) is not None


def supposed(sentence: Sentence, end: int) -> bool:
    """True where what is said up to `end` hangs on a condition that the sentence names before that place."""
    words = _words(sentence.language)
    if not words:
        return False
    found = words["condition"].search(sentence.text[sentence.span.start : sentence.span.end])
    return found is not None and sentence.span.start + found.start() < end


def generic(sentence: Sentence, found: Found) -> bool:
    """True for what a kind of people or code does in general: "ransomware groups often target hospitals"."""
    words = _words(sentence.language)
    subjects = found.roles.get("S", ())
    if not words or not subjects or any(item.kind not in _KINDS or item.anaphor for item in subjects):
        return False
    first, last = subjects[0].start, subjects[-1].end
    if words["determined"].search(sentence.text[max(sentence.span.start, first - _REACH) : first]) is not None:
        return False
    return words["habit"].search(sentence.text[last : min(sentence.span.end, last + _REACH)]) is not None


def superseded(sentence: Sentence) -> bool:
    """True for a sentence that recalls what was said before more was known, and not what is said today."""
    known = _superseded(sentence.language)
    return known is not None and known.search(sentence.text[sentence.span.start : sentence.span.end]) is not None


@cache
def _superseded(language: str) -> Any:
    source = scope()["superseded"].get(language)
    return linear.compile(source) if source else None


DEEDS = frozenset({Predicate.COMPROMISES, Predicate.STEALS, Predicate.DISRUPTS, Predicate.LEAKS})
"""Predicates of what happened once: whoever is known for stealing data has stolen none by that."""


def only_meant(sentence: Sentence, end: int) -> bool:
    """True where the ending behind a rule's words makes them a plan, a wish, a fear or an order (Korean).

    The words end with the stem of a verb ("서버를 압수"), and only what follows says whether it was done (압수했다), is
    planned (압수할 계획) or was wanted (압수하려 했다). Frames look at the endings of their verbs themselves.
    """
    known = _endings(sentence.language)
    behind = sentence.text[end : min(sentence.span.end, end + _REACH_OF_ENDINGS)]
    return known is not None and known.match(behind) is not None


@cache
def _endings(language: str) -> Any:
    source = scope()["meant"].get(language)
    return linear.compile(expanded(source)) if source else None


def usual(words: str, language: str) -> bool:
    """True for a clause that says what is often done: no event where nobody is named who did it, and never a deed."""
    known = _usual(language)
    return known is not None and known.search(words) is not None


@cache
def _usual(language: str) -> Any:
    source = scope()["general"].get(language)
    return linear.compile(source) if source else None
