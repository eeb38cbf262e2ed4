"""Who stands behind a deed in Japanese: whose people did it, and by whose attack a thing came to a halt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from geppo.model.claim import Predicate
from geppo.read.frames.frame import filling
from geppo.read.frames.particles import AGENT, OF, Marked, Reader, Verb
from geppo.read.typed import Item

_PEOPLE = frozenset({"role/attacker", "role/hacker", "role/operator", "role/affiliate", "role/cybercriminal"})
_ROBBED = frozenset({"org", "sector", "body", "device"})
_NAMED = frozenset({"actor"})
_ABOUT = frozenset(
    {"標的", "主な標的", "狙い", "関心", "攻撃", "攻撃対象", "活動", "手口", "矛先", "動き", "作戦", "ターゲット"}
)
_BY = "で"
"""The particle of a cause that is no particle of an agent: 「攻撃で…が止まった」."""


def principals(reader: Reader, verb: Verb, agents: Sequence[Item]) -> list[Item]:
    """Those who act, named by the group whose people they are: 「Xの攻撃者は…に達していた」.

    Who is told behind the time of a deed did it, and not what the sentence is about: 「Zは、Yを襲った際にXが使った」.
    """
    then = None if verb.passive else _then(reader, verb)
    return [then] if then is not None else [_principal(reader, verb, agent) for agent in agents]


def _then(reader: Reader, verb: Verb) -> Item | None:
    at = verb.end
    time = reader.lexicon.behind["at_time"].match(reader.text[at : reader.end])
    if time is None:
        return None
    own = reader.marked(reader.clause(verb.start).start, verb.start)
    if any(one.particle == "が" for one in own):
        return None
    item = next((item for item in reader.items if item.start == at + time.end()), None)
    named = item is not None and item.kind in _NAMED
    return item if item is not None and named and reader.text[item.end :].lstrip("」』").startswith("が") else None


def product_of(verb: Verb, agents: Sequence[Item], head: Item | None) -> bool:
    """True for what a firm makes or sells, which a clause only tells of a thing: 「X社が販売する複合機」."""
    sold = verb.frame.predicate is Predicate.PROVIDES and head is not None and not verb.passive
    return sold and bool(agents) and agents[-1].kind == "org"


def _principal(reader: Reader, verb: Verb, agent: Item) -> Item:
    if agent.kind != "role" or not agent.terms or agent.terms[0].id not in _PEOPLE:
        return agent
    for one, following in pairwise(reader.marked(reader.start, verb.start)):
        owned = following.item.start == agent.start and one.particle in OF and one.end == agent.start
        if owned and one.item.kind in _NAMED:
            return replace(one.item, end=agent.end)
    return agent


def whose(reader: Reader, verb: Verb) -> list[Item]:
    """The group whose aims or deeds a sentence goes on about: 「Xの標的は…だったが、…にも手を伸ばした」."""
    for one, following in pairwise(reader.marked(reader.start, verb.start)):
        about = following.particle == "は" and reader.text[following.item.start : following.item.end] in _ABOUT
        if about and one.particle in OF and one.end == following.item.start and one.item.kind in _NAMED:
            return [one.item]
    return []


def robbed_from(reader: Reader, verb: Verb) -> bool:
    """True where a clause tells from whom a thing was taken: 「X社から奪われた暗号資産は」."""
    clause = reader.clause(verb.start)
    inside = reader.marked(clause.start, verb.start)
    return any(one.particle == "から" and one.item.kind in _ROBBED for one in inside)


def cause(reader: Reader, near: Sequence[Marked], kinds: frozenset[str]) -> list[Item]:
    """By whom or what a thing came to a halt: the group whose attack it was, else what is said to have done it."""
    particles = reader.lexicon.particles[AGENT] | {_BY}
    for number in range(len(near) - 1, -1, -1):
        one = near[number]
        if one.particle not in particles or one.particle == "に":
            continue
        before = near[number - 1] if number else None
        deed = reader.text[one.item.start : one.item.end] in reader.lexicon.deeds
        if deed and before is not None and before.particle in OF and before.end == one.item.start:
            owner = filling(before.item, kinds)
            if owner is not None:
                return [owner]
        if (fits := filling(one.item, kinds)) is not None:
            return [fits]
    return []


def by_means_of(reader: Reader, thing: Item) -> bool:
    """True where something is done with a thing: 「流出した認証情報で」.

    「流出した個人情報は15万件で、」 counts the thing: its 「で」 is no means.
    """
    counted = "は" in reader.text[thing.start : thing.end]
    return not counted and reader.lexicon.behind["means"].match(reader.text[thing.end : reader.end]) is not None
