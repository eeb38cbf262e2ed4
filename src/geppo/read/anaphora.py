"""Which name a pronoun or a description ("the group", 同グループ) stands for, inside one block and never across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from geppo import linear, shipped
from geppo.model.entity import Term
from geppo.read.typed import Item

_CLASS = "relay-class"
_DESCRIBED = 2
"""Sentences by which a description reaches further back than a subject that is left out."""

_NEW = "が"
"""The particle of a subject that is no topic: 「規模は、同社が…、Xが…」."""

_PARAGRAPH = 3
"""Sentences for which the gap between two paragraphs counts."""

_THINGS = frozenset({"agreement", "vuln"})
"""What a text goes on about, however long ago it named it, where it names but one."""

_NAMES = ("actor", "malware", "tool", "campaign", "network", "agreement", "org", "vuln", "product")


@cache
def _data() -> dict[str, Any]:
    raw = shipped.table("geppo.read", "anaphora.toml")
    for row in raw.values():
        for name in (
            "before",
            "pair",
            "subject",
            "apposition",
            "announces",
            "latter",
            "frame",
            "frame_before",
            "quote",
            "house",
            "no_firm",
            "topic",
            "former",
            "second",
            "firm",
            "suspected",
            "elsewhere",
        ):
            if name in row:
                row[name] = linear.compile(row[name])
    return raw


@dataclass(slots=True)
class Salience:
    """Names of a block, latest last, by kind. Mutable: it walks along with the sentences of one block.

    The names are the keys of a dictionary: a block may have thousands, and in a list each would be looked for.
    `nameless` are kinds of which the block spoke last without a name ("an unknown group"): until one is named again,
    "the group" is that one and no earlier name. `suspected` are names of which the block only supposed that they did
    something when it last spoke of them: "the attackers" are not they.
    """

    latest: dict[str, dict[Term, None]] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    subject: Item | None = None
    nameless: set[str] = field(default_factory=set)
    suspected: set[str] = field(default_factory=set)
    reach: int = 0
    """Sentences through which a name that is not named again is still spoken of; 0 for all of the block."""
    number: int = 0
    near: dict[str, int] = field(default_factory=dict)
    """By name, the number of the sentence that last spoke of it; 0 for what the title names."""
    topics: dict[Term, None] = field(default_factory=dict)
    """Houses that a sentence was about, the latest last."""

    def see(self, item: Item) -> None:
        """Take note of a name."""
        if item.kind in _NAMES and not item.anaphor:
            self.nameless.discard(item.kind)
            for term in item.terms:
                row = self.latest.setdefault(item.kind, {})
                row.pop(term, None)
                row[term] = None
                self.times[term.id] = self.times.get(term.id, 0) + 1
                self.touch(term)

    def touch(self, term: Term) -> None:
        """Take note that the sentence speaks of a name, by that name or not."""
        if self.near.get(term.id) != 0:
            self.near[term.id] = self.number

    def _spoken_of(self, kind: str, term: Term) -> bool:
        at = self.near.get(term.id, self.number)
        alone = kind in _THINGS and len(self.latest[kind]) == 1
        return not self.reach or not at or alone or self.number - at <= self.reach

    def forgotten(self, term: Term) -> bool:
        """True for a name too far back for "the malware" to be it: another that no list knows may have come between."""
        at = self.near.get(term.id, self.number)
        return bool(self.reach and at) and self.number - at > self.reach + _DESCRIBED

    def last(self, kinds: Sequence[str], *, few: bool = False) -> Term | None:
        """The latest name of the first kind that has one; with `few`, only where just one could be meant."""
        for kind in kinds:
            row = self.latest.get(kind)
            if row and kind not in self.nameless:
                last = next(reversed(row))
                if not (few and any(term.id != last.id for term in row)):
                    return last
        return None

    def main(self, kinds: Sequence[str]) -> Term | None:
        """The name of these kinds that the block has spoken of most, the latest of them where several tie.

        A name that only comes later is no candidate: in a digest the next item would lend its group to this one.
        """
        kinds = [kind for kind in kinds if kind not in self.nameless]
        rows = [term for kind in kinds for term in self.latest.get(kind, ())]
        if not rows:
            return None
        most = max(self.times.get(term.id, 0) for term in rows)
        leading = {term for term in rows if self.times.get(term.id, 0) == most}
        kind = next(kind for kind in kinds if any(term in leading for term in self.latest.get(kind, ())))
        found = [term for term in self.latest[kind] if term in leading][-1]
        if not self._spoken_of(kind, found):
            near = [term for term in self.latest[kind] if self._spoken_of(kind, term)]
            if not near:
                return None
            found = near[-1]
        self.touch(found)
        return found

    def pair(self) -> tuple[Term, Term] | None:
        """The two latest groups (else malware, else networks), in the order of their names."""
        for kind in ("actor", "malware", "network"):
            row = self.latest.get(kind, {})
            if len(row) >= 2:
                latest = reversed(row)
                last = next(latest)
                return next(latest), last
        return None


def resolve(text: str, start: int, end: int, items: Sequence[Item], salience: Salience, language: str) -> list[Item]:
    """The sentence's items with descriptions and pronouns bound to names; `salience` is moved on."""
    data = _data()
    own = data.get(language)
    out: list[Item] = []
    salience.number += 1 + _PARAGRAPH * ("\n\n" in text[max(0, start - 3) : start])
    salience.reach = own.get("reach", 0) if own is not None else 0
    if own is not None and "elsewhere" in own and own["elsewhere"].search(text[start:end]) is not None:
        salience.nameless.add("actor")
    supposes = own is not None and "suspected" in own and own["suspected"].search(text[start:end]) is not None
    for number, item in enumerate(items):
        if own and item.kind in data["refers"]:
            named = _apposed(text, item, out, data, own) or _announced(
                text, item, items[number + 1 : number + 1 + ANNOUNCED], data, own
            )
            out.append(named or _description(text, start, item, salience, data, own))
            if out[-1].anaphor:
                salience.touch(out[-1].terms[0])
        else:
            out.append(item)
        if item.kind in _NAMES and not _other_name(text, item, out[:-1]):
            salience.see(item)
            if supposes and item.kind == "actor":
                salience.suspected.update(term.id for term in item.terms)
            elif salience.suspected:
                salience.suspected.difference_update(term.id for term in item.terms)
    if own:
        out = _pronouns(text, start, end, out, salience, own)
        _unnamed(text, start, out, salience, data, own)
        _topics(text, end, out, salience, own)
    first = next((item for item in out if item.kind in _NAMES and item.terms), None)
    if first is not None:
        salience.subject = first
    return out


_OPENED = {"(": ")", "（": "）"}
LONGEST_ALIASES = 90
"""Characters of a bracket with other names."""


def _other_name(text: str, item: Item, before: Sequence[Item]) -> bool:
    """True for a name in the bracket behind a name of its kind: it is not what the block speaks of."""
    for name in reversed(before):
        at = name.end + (text[name.end : name.end + 1] in ("」", "』", "”", "»", '"'))
        at += text[at : at + 1] == " "
        closing = _OPENED.get(text[at : at + 1])
        if name.kind == item.kind and closing is not None:
            return item.end <= text.find(closing, at, at + LONGEST_ALIASES)
        if item.start - name.end > LONGEST_ALIASES:
            return False
    return False


def without_speaker(text: str, start: int, end: int, items: Sequence[Item], language: str) -> list[Item]:
    """The items without the organisation that frames its sentence as speaker."""
    own = _data().get(language, {})
    if "frame" not in own or ("quote" in own and own["quote"].search(text[start:end]) is None):
        return list(items)

    def frames(item: Item) -> bool:
        behind, ahead = text[item.end : min(end, item.end + 60)], text[max(start, item.start - 24) : item.start]
        before = own.get("frame_before")
        return own["frame"].search(behind) is not None or (before is not None and before.search(ahead) is not None)

    return [item for item in items if item.kind != "org" or not frames(item)]


def _apposed(text: str, item: Item, before: Sequence[Item], data: dict[str, Any], own: dict[str, Any]) -> Item | None:
    """ "X, a Russian outfit that …": the description right behind a name is the name."""
    kinds = data["refers"].get(item.kind)
    if not kinds or "apposition" not in own:
        return None
    for earlier in reversed(before):
        if earlier.kind in kinds and earlier.terms:
            between = text[earlier.end : item.start]
            # What a name is said to be ("X is a botnet") stays the class that it is: that is the statement.
            said = item.kind == _CLASS and not between.startswith(",")
            if not said and own["apposition"].search(between) is not None:
                return replace(item, kind=earlier.kind, terms=earlier.terms, anaphor=True)
            return None
    return None


def _announced(text: str, item: Item, behind: Sequence[Item], data: dict[str, Any], own: dict[str, Any]) -> Item | None:
    """ "an actor that we track as X": a description that announces a name is the name."""
    kinds = data["refers"].get(item.kind)
    if not kinds or "announces" not in own:
        return None
    for name in behind:
        if name.kind in kinds and name.terms and own["announces"].fullmatch(text[item.end : name.start]) is not None:
            return replace(item, kind=name.kind, terms=name.terms, anaphor=True)
    return None


ANNOUNCED = 2
"""Mentions behind a description among which the name that it announces is looked for: whose name it is may stand
between."""


def _description(
    text: str, start: int, item: Item, salience: Salience, data: dict[str, Any], own: dict[str, Any]
) -> Item:
    kinds = data["refers"].get(item.kind)
    if not kinds or not item.terms:
        return item
    only = data["only"].get(item.kind)
    if only and item.terms[0].id not in only:
        return item
    if own["before"].search(text[max(start, item.start - 14) : item.start]) is None:
        return item
    before = salience.subject
    term = salience.last(kinds, few=item.kind == "role")
    if term is None or (item.kind == "role" and term.id in salience.suspected):
        return item
    if before is not None and before.kind in kinds and item.kind != "role":
        term = before.terms[0]
    if salience.forgotten(term):
        return item
    kind = next((kind for kind in kinds if term in salience.latest.get(kind, ())), before.kind if before else kinds[0])
    return replace(item, kind=kind, terms=(term,), anaphor=True)


def _unnamed(
    text: str, start: int, items: Sequence[Item], salience: Salience, data: dict[str, Any], own: dict[str, Any]
) -> None:
    """Take note of somebody or something new that a sentence tells of without any name of its kind."""
    if "indefinite" not in own:
        return
    present = {item.kind for item in items}
    for item in items:
        kinds = data["refers"].get(item.kind, ())
        if not kinds or item.kind not in own["unnamed"] or not present.isdisjoint(kinds):
            continue
        only = data["only"].get(item.kind)
        if only and not (item.terms and item.terms[0].id in only):
            continue
        for word in reversed(text[max(start, item.start - REACH) : item.start].lower().split()):
            if word in own["indefinite"]:
                salience.nameless.update(kinds)
                if salience.subject is not None and salience.subject.kind in kinds:
                    salience.subject = None
            if word in own["indefinite"] or word in own["definite"]:
                break


def _one_of(sentence: str, start: int, pair: tuple[Term, Term], salience: Salience, own: dict[str, Any]) -> list[Item]:
    """The former and the latter of two names (「前者」「後者」)."""
    found = []
    for name, term in zip(("former", "second"), pair, strict=True):
        kind = next((kind for kind in _NAMES if term in salience.latest.get(kind, ())), "")
        found += [
            Item(kind=kind, start=start + at.start(), end=start + at.end() - 1, terms=(term,), anaphor=True)
            for at in (own[name].finditer(sentence) if name in own and kind else ())
        ]
    return found


def _topics(text: str, end: int, items: Sequence[Item], salience: Salience, own: dict[str, Any]) -> None:
    """Take note of the houses that a sentence is about."""
    for item in items:
        if item.kind == "org" and "topic" in own and own["topic"].match(text[item.end : min(end, item.end + REACH)]):
            salience.topics.pop(item.terms[0], None)
            salience.topics[item.terms[0]] = None


def _house(word: str, salience: Salience, own: dict[str, Any], *, topic: bool) -> Term | None:
    """The house that 「同社」 stands for: where it is the topic itself, the last that a sentence was about, else the
    only one of the block."""
    fits = (
        one
        for one in (*(reversed(salience.topics) if topic else ()), salience.last(("org",), few=True))
        if one is not None and (word[-1] in one.name or own["no_firm"].search(one.name) is None)
    )
    return next(fits, None)


REACH = 40
"""Characters before a description in which its article stands."""


def _pronouns(
    text: str, start: int, end: int, items: list[Item], salience: Salience, own: dict[str, Any]
) -> list[Item]:
    sentence = text[start:end]
    found: list[Item] = []
    pair = salience.pair()
    if pair is not None:
        found += [
            Item(kind="pair", start=start + match.start(), end=start + match.end(), terms=pair, anaphor=True)
            for match in own["pair"].finditer(sentence)
        ]
        found += _one_of(sentence, start, pair, salience, own)
    last = salience.last(("actor",))
    if last is not None and "latter" in own:
        found += [
            Item(kind="actor", start=start + match.start(), end=start + match.end(), terms=(last,), anaphor=True)
            for match in own["latter"].finditer(sentence)
        ]
    if "house" in own and salience.latest.get("org"):
        found += [
            Item(kind="org", start=start + match.start(1), end=start + match.end(1), terms=(house,), anaphor=True)
            for match in own["house"].finditer(sentence)
            if (house := _house(match.group(1), salience, own, topic=match.group()[-1] != _NEW)) is not None
        ]
    for match in own["firm"].finditer(sentence) if "firm" in own else ():
        at = start + match.start(1)
        firm = _firm([item for item in items if item.kind == "org" and item.end <= at], salience, own)
        if firm is not None:
            found.append(Item(kind="org", start=at, end=start + match.end(1), terms=(firm,), anaphor=True))
    before = salience.subject
    match = own["subject"].search(sentence) if before is not None else None
    if match is not None and before is not None:
        found.append(replace(before, start=start + match.start(), end=start + match.end(), anaphor=True))
    if not found:
        return items
    kept = [item for item in items if not any(item.start < new.end and new.start < item.end for new in found)]
    return sorted([*kept, *found], key=lambda item: item.start)


def _firm(before_it: Sequence[Item], salience: Salience, own: dict[str, Any]) -> Term | None:
    """What "the company" is: the last house before it, or that of which the last sentence spoke first, or the only one.

    Only a house that no catalogue holds: those that it holds publish what they saw at others.
    """
    if before_it and before_it[-1].terms:
        last = before_it[-1].terms[0]
        return last if last.id.startswith("new:") and own["no_firm"].search(last.name) is None else None
    houses = [
        term
        for term in salience.latest.get("org", ())
        if term.id.startswith("new:") and own["no_firm"].search(term.name) is None
    ]
    before = salience.subject
    if before is not None and before.kind == "org" and before.terms[0] in houses:
        return before.terms[0]
    return houses[0] if len(houses) == 1 else None
