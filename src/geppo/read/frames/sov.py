"""The grammar of languages in which particles mark the roles and the verb comes last (Japanese).

No parser: a verb is found by its stem and inflection, its roles by the particles behind the mentions and nouns that
stand before it in its clause, or by the noun that follows it where it is a relative clause. The topic of the sentence
is the subject of every clause that has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.frames.frame import OPEN, Frame, Statement, filled, filling, kinds_in, worth
from geppo.read.frames.members import by_means_of, cause, principals, product_of, robbed_from, whose
from geppo.read.frames.particles import (
    AGENT,
    COMMON,
    LIST,
    NAMES,
    OBJECT,
    OF,
    PEOPLE,
    SUBJECT,
    Lexicon,
    Marked,
    Reader,
    Verb,
)  # fmt: skip
from geppo.read.frames.picking import chosen, held, nearest, of_any_kind, of_told, suited
from geppo.read.frames.polarity import PRESENT, able, polarity
from geppo.read.frames.unnamed import HOSTILE, goes_unsaid, unnamed
from geppo.read.typed import Item

__all__ = ["Lexicon", "possible", "statements"]

_GOES_ON = "@actor|campaign"
"""The subject of a sentence that leaves it out: the group that its block speaks of."""
_HOUSES = frozenset({"org", "place", "body", "sector"})
_OPENING = ("「", "『", "“")
_TOPIC = "は"
_TOLD = ("との", "という", "とする", "とした")
_AIMED_AT = ("標的", "ターゲット", "攻撃対象", "攻撃の対象", "攻撃目標")
_ABOUT = frozenset({"について", "に関して", "をめぐり"})
_OWN_SUBJECT = frozenset({"の", "が", "は", "も"})
"""Particles right before a verb that describes a noun, whose noun does it: 「更新の止まったカメラ」."""
_TO = "に"
"""The particle of who did it that also marks where something goes: it reaches no further than the next verb."""

NOUN = 24
"""Characters before the noun of a deed that may describe it."""

BEHIND = 6
"""Characters behind a statement that `never` looks at, too: 「Xと同じ」 is no statement before 「サーバ」."""


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    piece = text[start:end]
    return bool(lexicon.present(piece, kinds_in(items))) and lexicon.question.search(piece) is None


def statements(
    lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames find in a sentence that may hold some."""
    reader = Reader(lexicon, text, start, end, items, clauses)
    for verb in reader.verbs():
        yield from _of_verb(reader, verb)


def _of_verb(reader: Reader, verb: Verb) -> Iterator[Statement]:
    lexicon, text = reader.lexicon, reader.text
    if verb.passive and verb.frame.active_only:
        return
    clause = reader.clause(verb.start)
    after = verb.stem_end
    failed = lexicon.attempt.match(text[after : reader.end]) is not None
    if not failed and lexicon.unreal.match(text[after : min(reader.end, verb.end + 8)]) is not None:
        return
    if lexicon.condition.search(text[max(clause.start, verb.start - 60) : verb.start]) is not None or able(
        reader, verb
    ):
        return
    near = _said_with(reader, verb, reader.marked(clause.start, verb.start))
    topics = _said_with(reader, verb, reader.marked(reader.start, verb.start))
    topics = [one for one in topics if one.particle in lexicon.particles["topic"] and not of_told(reader, verb, one)]
    head = _head(reader, verb)
    if head is not None and head.kind == "role" and _habitual(verb):
        return
    for members, patients, negated, end in _roles(reader, verb, near, topics, head):
        agents = principals(reader, verb, members)
        if _loot(reader, verb, agents, patients, head) or product_of(verb, agents, head):
            continue
        doerless = not agents and head is None
        alone = doerless and unnamed(reader, verb)
        elided = doerless and not alone and goes_unsaid(reader, verb)
        alone = alone or elided
        statement = _statement(reader, verb, agents, patients, near, end, alone=alone)
        if statement is None:
            continue
        if elided and not statement.frame.stative and not verb.passive:
            statement = replace(statement, constants={"subject": _GOES_ON})
        if verb.frame.predicate is not Predicate.DENIES and lexicon.denied.match(text[after : reader.end]) is not None:
            yield replace(statement, constants={**statement.constants, "negated": "false", "hedge": "denies"})
        else:
            turned = polarity(reader, verb, head, told="true" if failed else negated)
            described = {"described": "true"} if head is not None and _goes_on(reader, head) else {}
            described |= {"headed": "true"} if head is not None else {}
            yield replace(statement, constants={**statement.constants, **turned, **described})


def _goes_on(reader: Reader, head: Item) -> bool:
    """True where the sentence says something else of what a clause describes: 「Xを狙った集団は…とみられる」."""
    if head.kind in NAMES and reader.text[head.end : reader.end].lstrip("」』”").startswith("の"):
        return True
    behind = reader.text[_last_of(reader, head).end : reader.end]
    return reader.lexicon.goes_on.match(behind) is not None and reader.lexicon.there_is.match(behind) is None


def _habitual(verb: Verb) -> bool:
    """True for a hostile act that only says which people are spoken of: 「この欠陥を悪用する攻撃者は」."""
    return verb.frame.predicate in HOSTILE and verb.ending.endswith(PRESENT) and not verb.ending.endswith("いる")


def _said_with(reader: Reader, verb: Verb, nouns: Sequence[Marked]) -> list[Marked]:
    """The nouns without the houses that an opening quotation mark keeps from a verb: they say it and are not in it."""
    opened = reader.text.rfind("「", reader.start, verb.start)
    if opened < 0 or "」" in reader.text[opened : verb.start]:
        return list(nouns)
    return [one for one in nouns if one.item.start > opened or one.item.kind not in _HOUSES]


def _loot(reader: Reader, verb: Verb, agents: Sequence[Item], patients: Sequence[Item], head: Item | None) -> bool:
    """True for what is only described by what nobody who is named did to it.

    A thing as stolen (「盗んだ認証情報で」), some people as those who were attacked (「標的となった企業は」),
    any firms as those who paid.
    """
    if head is not None and verb.frame.predicate is Predicate.PAYS:
        return head.kind in ("unit", "sector") and head.count is None
    if agents or head is None or [item.start for item in patients] != [head.start]:
        return False
    if verb.frame.predicate is Predicate.STEALS:
        return not (verb.passive and robbed_from(reader, verb) and _goes_on(reader, head))
    if verb.frame.predicate is Predicate.LEAKS:
        return by_means_of(reader, head)
    suffered = verb.passive and verb.frame.predicate in (Predicate.TARGETS, Predicate.COMPROMISES)
    return suffered and head.kind == "unit" and head.count is None


def _head(reader: Reader, verb: Verb) -> Item | None:
    """The noun that a relative clause describes, if the verb ends one."""
    if reader.lexicon.head.fullmatch(verb.ending) is None or verb.ending.endswith(
        ("との", "という", "とする", "とした")
    ):
        return None
    return reader.behind(verb.end)


Roles = tuple[Sequence[Item], Sequence[Item], str, int]


def _roles(
    reader: Reader, verb: Verb, near: Sequence[Marked], topics: Sequence[Marked], head: Item | None
) -> Iterator[Roles]:
    """Who does it, what it is done to, whether it is denied ("true", "false", or empty) and where it ends."""
    frame, particles = verb.frame, reader.lexicon.particles
    of_object = frame.prepositions or tuple(particles[OBJECT])
    if not verb.passive and frame.stative and frame.prepositions and _transitive(near, of_object, particles[OBJECT]):
        return
    agents, patients = (_suffered if verb.passive else _done)(reader, verb, near, topics, head)
    after = verb.stem_end
    cleft = reader.lexicon.cleft.match(reader.text[after : reader.end])
    if frame.predicate is not Predicate.SEIZES:
        patients = held(reader, near, patients, frame.patient)
    if frame.glued:
        told = chosen(reader, _own(reader, verb, near)[1], particles[OBJECT], frame.agent)
        agents = _fitting(reader, frame, told) or _fitting(reader, frame, agents)
        glued = [reader.named(item) for item in reader.items if reader.ends_at(item, verb.start)]
        patients = [fit for item in glued if (fit := filling(item, frame.patient))]
    if frame.anywhere and not patients:
        patients = _anywhere(reader, verb)
    if cleft is not None and patients and not agents and frame.agent:
        agents = _after(reader, after + cleft.end(), reader.end, frame.agent - {OPEN})
        at = agents[-1].end if agents else after
        at += reader.text[at : at + 1] in ("」", "』", "”")
        contrast = reader.lexicon.contrast.match(reader.text[at : reader.end]) if agents else None
        if contrast is not None:
            yield agents, patients, "true", at
            if instead := _after(reader, at + contrast.end(), reader.end, frame.agent - {OPEN}):
                yield instead, patients, "false", instead[-1].end
            return
    elif cleft is not None and not patients:
        yield from _cleft(reader, verb, agents, after + cleft.end())
        return
    yield agents, patients, "", verb.stem_end


def _fitting(reader: Reader, frame: Frame, items: Sequence[Item]) -> list[Item]:
    """The items without nouns that a frame does not want."""
    only = frame.only
    return [
        item for item in items if item.kind != OPEN or only is None or only.search(reader.text[item.start : item.end])
    ]


def _own(reader: Reader, verb: Verb, near: Sequence[Marked]) -> tuple[Sequence[Marked], Sequence[Marked]]:
    """The nouns that no reported clause keeps from a verb, and of these the ones that no relative clause keeps."""
    known = reader.own.get(verb.start)
    if known is None:
        told = [one for one in near if reader.lexicon.quote.search(reader.text[one.end : verb.start]) is None]
        direct = [one for one in told if reader.lexicon.inner.search(reader.text[one.end : verb.start]) is None]
        known = reader.own[verb.start] = (told, direct)
    return known


def _suffered(
    reader: Reader, verb: Verb, near: Sequence[Marked], topics: Sequence[Marked], head: Item | None
) -> tuple[list[Item], list[Item]]:
    """The agents and patients of a passive."""
    frame, particles = verb.frame, reader.lexicon.particles
    _, direct = _own(reader, verb, near)
    robbed = frame.predicate in (Predicate.STEALS, Predicate.LEAKS, Predicate.SEIZES)
    patients = chosen(reader, direct, particles[OBJECT], frame.patient) if robbed else []
    inside = [one for one in direct if head is None or one.particle not in particles["topic"]]
    patients = patients or chosen(reader, inside, particles[SUBJECT], frame.patient)
    doers = [one for one in near if one.particle != _TO or one in direct]
    agents = chosen(reader, doers, particles[AGENT], frame.agent) or _deed(reader, near, frame.agent)
    agents = agents or _owner_of_deed(reader, verb, near)
    described = _described(reader, frame, head)
    if not patients and described is not None:
        patients = [described]
    if _told_of_deed(reader, verb):
        told = chosen(reader, direct, frame.prepositions, frame.patient) if frame.prepositions else []
        return agents, told or ([described] if described is not None else [])
    if head is None:
        patients = patients or chosen(reader, direct, _ABOUT, frame.patient - {OPEN})
        patients = patients or chosen(reader, topics, particles["topic"], frame.patient)
    if not patients and frame.prepositions:
        patients = chosen(reader, direct, frame.prepositions, frame.patient - frame.agent)
    return agents, patients


def _told_of_deed(reader: Reader, verb: Verb) -> bool:
    """True where an attack that happened has its object in what describes it: 「Xを狙った攻撃があった」.

    Who saw one need not be whom it hit (「Xへの攻撃を確認した」).
    """
    lexicon, text = reader.lexicon, reader.text
    said = text[verb.start : verb.stem_end]
    if lexicon.happened.search(said) is None:
        return False
    if lexicon.seen.search(said) is not None:
        return True
    return lexicon.described.search(text[max(reader.start, verb.start - NOUN) : verb.start]) is not None


def _done(
    reader: Reader, verb: Verb, near: Sequence[Marked], topics: Sequence[Marked], head: Item | None
) -> tuple[list[Item], list[Item]]:
    """The agents and patients of an active verb."""
    frame, particles = verb.frame, reader.lexicon.particles
    if head is not None and not frame.patient:
        fits = filling(head, frame.agent)
        return [fits] if fits is not None else [], []
    told, direct = _own(reader, verb, near)
    patients = nearest(reader, direct, frame.prepositions or tuple(particles[OBJECT]), frame.patient)
    patients = patients or _object_too(reader, verb, direct)
    patients = patients or _topic_done(reader, verb, near, topics, head) or _compound(reader, verb, near)
    if _of_bystander(reader, head, patients):
        return [fit for fit in (filling(head, frame.agent),) if fit is not None], patients
    row = [one for one in near if (one.particle == "は" or one in told) and not _busy(reader, verb, one)]
    done = {item.start for item in patients}
    row = [one for one in row if one.item.start not in done and not _inside(reader, row, one, direct)]
    agents = chosen(reader, row, particles[SUBJECT], frame.agent)
    topics = [one for one in topics if one.item.start not in done and not _busy(reader, verb, one)]
    if _head_does(reader, head, agents, patients, frame.agent):
        agents = []
    if head is not None and not (agents and patients):
        own = bool(near) and near[-1].end == verb.start and near[-1].particle in _OWN_SUBJECT
        stopped = frame.stative and frame.predicate is Predicate.DISRUPTS and not own
        fits = filling(head, frame.agent) if patients else _described(reader, frame, head)
        if fits is not None and patients:
            agents = agents or [fits]
        elif fits is not None and (not frame.stative or stopped or frame.predicate is Predicate.LEAKS):
            patients = [fits]
    if not patients and head is None and frame.stative and _TOPIC in frame.prepositions:
        patients = chosen(reader, topics, particles["topic"], frame.patient - {OPEN})
    headed = head is not None and [item.start for item in patients] == [head.start]
    loot = frame.predicate is Predicate.STEALS and headed and not agents
    if not agents and frame.predicate is Predicate.DISRUPTS and frame.stative:
        agents = cause(reader, near, frame.agent)
    agents = agents or ([] if loot else chosen(reader, topics, particles["topic"], frame.agent))
    return agents or (whose(reader, verb) if frame.predicate in HOSTILE and not loot else []), patients


def _compound(reader: Reader, verb: Verb, near: Sequence[Marked]) -> list[Item]:
    """The noun that a headline glues to its last word: 「攻撃で受注停止」. Alone it is a title, not a statement."""
    if verb.ending or not near or verb.frame.glued or reader.text[verb.stem_end : reader.end].strip("。　"):
        return []
    noun = reader.noun_before(near[-1].end, verb.start)
    fits = filling(noun, verb.frame.patient)
    return [fits] if fits is not None else []


def _object_too(reader: Reader, verb: Verb, direct: Sequence[Marked]) -> list[Item]:
    """The last noun before a verb where it has も and another is the subject: 「XはYも狙った」."""
    if verb.frame.prepositions or len(direct) < 2 or direct[-1].particle != "も" or direct[-1].end != verb.start:
        return []
    if not any(one.particle in ("は", "が") for one in direct[:-1]):
        return []
    return chosen(reader, direct, ("も",), verb.frame.patient)


def _topic_done(
    reader: Reader, verb: Verb, near: Sequence[Marked], topics: Sequence[Marked], head: Item | None
) -> list[Item]:
    """The topic where another noun right before the verb is its subject: 「この脆弱性はXが悪用した」."""
    frame = verb.frame
    if head is not None or frame.prepositions or frame.stative or not near or near[-1].particle not in ("が", "も"):
        return []
    if near[-1].end != verb.start or suited(near[-1], frame.agent - {OPEN}) is None:
        return []
    said = [one for one in topics if one.particle == "は" and one.item.start < near[-1].item.start]
    return chosen(reader, said, ("は",), frame.patient - frame.agent - {OPEN}) if said else []


def _inside(reader: Reader, row: Sequence[Marked], one: Marked, direct: Sequence[Marked]) -> bool:
    """True for whose clause describes the object, where the verb has a topic: 「Xは、Yが書いた文を得た」."""
    if one.particle != "が" or one in direct:
        return False
    return any(other.particle == "は" and other.item.start < one.item.start for other in row)


def _busy(reader: Reader, verb: Verb, one: Marked) -> bool:
    """True for a house that does what describes a noun before a verb: 「Xが企てた活動に制裁を科した」."""
    if one.item.kind not in _HOUSES or one.particle == "は":
        return False
    return reader.lexicon.inner.search(reader.text[one.end : verb.start]) is not None


def _head_does(
    reader: Reader, head: Item | None, agents: Sequence[Item], patients: Sequence[Item], kinds: frozenset[str]
) -> bool:
    """True where the noun that a clause with its own object describes is the doer, whoever the sentence is about.

    Malware that somebody's clause describes may be what he did it with.
    """
    if head is None or not patients or head.kind == OPEN or filling(head, kinds - {OPEN}) is None:
        return False
    if reader.lexicon.predicated.match(reader.text[head.end : reader.end]) is not None:
        return False
    return not (agents and agents[-1].kind in PEOPLE and head.kind not in PEOPLE)


def _of_bystander(reader: Reader, head: Item | None, patients: Sequence[Item]) -> bool:
    """True where a clause with its own object describes a house or a place, which does it (「Xを提供する企業」)."""
    if head is None or head.kind not in _HOUSES or [item.start for item in patients] in ([], [head.start]):
        return False
    owned = _last_of(reader, head)
    if owned.kind not in _HOUSES and owned.kind != OPEN:
        return False
    return reader.lexicon.predicated.match(reader.text[owned.end : reader.end]) is None


def _anywhere(reader: Reader, verb: Verb) -> list[Item]:
    """The first name before a verb that its frame can have, else the first other thing, else a noun of its own."""
    kinds = verb.frame.patient
    before = [item for item in reader.items if item.end <= verb.start]
    found = [fit for item in before if (fit := filling(item, kinds - {OPEN}))]
    named = [item for item in found if item.kind in NAMES or item.kind == "vuln"]
    if found or OPEN not in kinds:
        return (named or found)[:1]
    nouns = [reader.whole(item) for item in before if item.kind in COMMON]
    return [item for item in nouns if worth(verb.frame, item, reader.text)][:1]


def _transitive(near: Sequence[Marked], of_object: Sequence[str], particles: frozenset[str]) -> bool:
    """True where a verb that could stand alone has an object: 「製造を停止する」."""
    return bool(near) and not particles & set(of_object) and near[-1].particle in particles


def _deed(reader: Reader, near: Sequence[Marked], kinds: frozenset[str]) -> list[Item]:
    """Who stands behind the attack in which a thing was used: 「Xの攻撃で使われた」."""
    for one, deed in pairwise(near):
        if one.particle in OF and reader.text[deed.item.start : deed.item.end] in reader.lexicon.deeds:
            item = filling(one.item, kinds)
            if item is not None:
                return [item]
    return []


def _owner_of_deed(reader: Reader, verb: Verb, near: Sequence[Marked]) -> list[Item]:
    """Whose attack somebody suffered: 「Xの攻撃を受けた」."""
    said = reader.text[verb.start : verb.stem_end]
    suffered = said.startswith(_AIMED_AT) or reader.lexicon.received.search(said) is not None
    if not suffered or not near or near[-1].particle not in OF or near[-1].end != verb.start:
        return []
    item = filling(near[-1].item, verb.frame.agent - {OPEN})
    return [item] if item is not None else []


def _after(reader: Reader, start: int, end: int, kinds: frozenset[str]) -> list[Item]:
    """The noun behind the topic of a cleft: the last of "A's B", if its kind fits."""
    inside = [item for item in reader.items if start <= item.start and item.end <= end and not reader.cut(item)]
    fitting = [fit for item in inside if (fit := filling(item, kinds)) and not reader.argument(item)]
    if fitting and fitting[0].kind == "place" and "「" in reader.text[fitting[0].end : end]:
        return []
    if fitting:
        return fitting[:1] if len(inside) == 1 or fitting[0].start == inside[0].start else fitting[-1:]
    found = reader.behind(start)
    if found is not None and found.kind != OPEN and reader.text.startswith((_TO, "を"), found.end):
        return []
    if told := _told_to_be(reader, start, end, kinds):
        return told
    fits = filling(_last_of(reader, found), kinds) if found is not None else None
    return [fits] if fits else []


def _told_to_be(reader: Reader, start: int, end: int, kinds: frozenset[str]) -> list[Item]:
    """The noun before the copula, whatever describes it: 「部品を納める町工場だ」."""
    copula = reader.lexicon.behind["copula"].search(reader.text[start:end])
    noun = reader.noun_before(start, start + copula.start() if copula is not None else end)
    fits = of_any_kind(noun, kinds) if noun is not None else None
    return [fits] if fits is not None else []


def _described(reader: Reader, frame: Frame, head: Item | None) -> Item | None:
    """What a clause describes, as far as its verb can be said of it: the last of "A's B", else the first."""
    if head is None:
        return None
    infected = frame.predicate is Predicate.COMPROMISES and head.kind in ("device", "product")
    last = None if infected else of_any_kind(_last_of(reader, head), frame.patient)
    return last if last is not None and worth(frame, last, reader.text) else of_any_kind(head, frame.patient)


def _last_of(reader: Reader, noun: Item) -> Item:
    """The last noun of "A's B": what the whole is."""
    while reader.text.startswith("の", noun.end):
        following = reader.behind(noun.end + 1)
        if following is None:
            break
        noun = following
    return noun


def _cleft(reader: Reader, verb: Verb, agents: Sequence[Item], at: int) -> Iterator[Roles]:
    """ "What X aimed at was not A but B": the object stands behind the verb."""
    kinds = verb.frame.patient
    contrast = reader.lexicon.contrast.search(reader.text[at : reader.end])
    if contrast is not None:
        denied = _after(reader, at, at + contrast.start(), kinds)
        if denied:
            yield agents, denied, "true", denied[-1].end
        at += contrast.end()
    comma = reader.text.find("、", at, reader.end)
    found = _after(reader, at, comma if comma > 0 else reader.end, kinds)
    if found:
        yield agents, found, "" if contrast is None else "false", found[-1].end


def _joins(reader: Reader, one: Marked) -> bool:
    """True for a particle that only joins its noun to the one behind it (「XとYは」)."""
    if one.particle not in LIST:
        return False
    at = one.end + (reader.text[one.end : one.end + 1] in _OPENING)
    return any(item.start == at for item in reader.items)


def _statement(
    reader: Reader,
    verb: Verb,
    agents: Sequence[Item],
    patients: Sequence[Item],
    near: Sequence[Marked],
    end: int,
    *,
    alone: bool,
) -> Statement | None:
    frame = verb.frame
    if patients and not worth(frame, patients[-1], reader.text):
        return None
    patients = [item for item in patients if worth(frame, item, reader.text)]
    others = chosen(reader, [one for one in near if not _joins(reader, one)], frame.whole, frame.other)[-1:]
    active = not verb.passive and not frame.stative
    roles = filled(frame, agents, patients, others, active=active and not alone, alone=alone or not active)
    if roles is None:
        return None
    # An inflection may take in the comma behind it, which sets the clause apart from the next.
    end -= reader.text[end - 1 : end] == "、"
    spread = () if frame.anywhere else patients
    places = [verb.start, end, *(place for item in spread for place in (item.start, item.end))]
    if frame.never is not None and frame.never.search(reader.text[min(places) : max(places) + BEHIND]):
        return None
    return Statement(frame=frame, roles=roles, start=min(places), end=max(places))
