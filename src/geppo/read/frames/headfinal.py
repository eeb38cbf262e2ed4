"""The grammar of Korean: roles by particles, the predicate last, what describes a noun before it.

No parser: the object of a predicate stands behind the predicate before it; its subject is the nearest one to its left
that no relative clause or reported clause between them keeps for itself. A predicate that ends a relative clause has
the noun behind it for the role that its clause leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from geppo.language.sentences import Span
from geppo.model.claim import Predicate as Said
from geppo.read.frames.eojeol import (
    ADNOMINAL,
    ALSO,
    BARE,
    LINKING,
    OBJECT,
    OF,
    QUOTING,
    SUBJECT,
    TOPIC,
    Element,
    Lexicon,
    Noun,
    Predicate,
    Reader,
)  # fmt: skip
from geppo.read.frames.frame import OPEN, Frame, Statement, filled, filling, kinds_in
from geppo.read.frames.headdoers import (
    DOERS,
    attackers,
    chain_head,
    clause_start,
    head_of,
    is_gang,
    nameless,
    subject,
    subject_noun,
)
from geppo.read.frames.headnouns import NAMES, by, fits, holds
from geppo.read.typed import Item

_OF_DEEDS = ("dative", "at", "with")
"""Particles of the attack in which or by which a thing is done."""
_TOLD = NAMES | {"org", "product"}
"""What a sentence may begin with although it is done to it: "CVE-2026-0001은 해커들이 악용하고 있다"."""
_CLAIMS = Said.CLAIMS_RESPONSIBILITY
_DONE = frozenset({Said.COMPROMISES, Said.STEALS, Said.EXPLOITS, Said.DISRUPTS, Said.LEAKS})
"""What is done only where it succeeds."""
_OF_LAW = frozenset({Said.ARRESTS, Said.SEIZES})
"""Whoever does them is of the police, by whatever name."""


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    piece = text[start:end]
    return lexicon.possible(piece, kinds_in(items)) and not lexicon.search("question", piece)


def statements(
    lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames find in a sentence that may hold some."""
    del clauses
    reader = Reader(lexicon, text, start, end, items)
    defines = lexicon.search("definition", text[start:end])
    for number, element in enumerate(reader.elements):
        if isinstance(element, Predicate) and element.frames and not _unreal(reader, number, element):
            for frame, passive in element.frames:
                statement = _statement(reader, number, element, frame, passive)
                if statement is not None and not (defines and _general(statement)):
                    said = replace(statement, constants={**statement.constants, **_polarity(reader, element, frame)})
                    yield said
                    yield from _contrasted(reader, number, said, frame)


def _general(statement: Statement) -> bool:
    """True where nobody is named who does it: a sentence that says what a word means tells of no event."""
    return not any(item.kind in NAMES for item in statement.roles.get("S", ()))


def _contrasted(reader: Reader, number: int, said: Statement, frame: Frame) -> Iterator[Statement]:
    """What a verb is said not to be done to: "은행이 아니라 병원을 노렸다"."""
    first = clause_start(reader, number)
    row = reader.elements[:first]
    if len(row) < 2 or "O" not in said.roles or said.constants.get("negated") != "false":
        return
    not_this, contrast = row[-2:]
    if isinstance(not_this, Noun) and isinstance(contrast, Predicate) and not_this.role == SUBJECT:
        denied = (
            fits(reader, not_this, frame.patient, frame) if reader.lexicon.search("contrast", contrast.plain) else []
        )
        if denied:
            roles = {**said.roles, "O": tuple(denied)}
            roles.pop("C", None)
            yield replace(said, roles=roles, start=denied[0].start, constants={**said.constants, "negated": "true"})


def _unreal(reader: Reader, number: int, verb: Predicate) -> bool:
    """True where it is only possible, wanted, feared or asked that somebody does it.

    A linking verb without a tense of its own has that of the verb on which its clause goes on.
    """
    lexicon = reader.lexicon
    if lexicon.begins("untrue", reader.tail(verb)):
        return False
    if lexicon.begins("unreal", reader.tail(verb)) or lexicon.search(
        "condition", reader.text[reader.start : verb.start]
    ):
        return True
    if verb.form != LINKING or lexicon.search("tensed", verb.plain):
        return False
    following = [one for one in reader.elements[number + 1 :] if isinstance(one, Predicate)]
    if following and lexicon.search("meant", following[0].plain):
        return True
    for one in following:
        if lexicon.search("future", one.plain):
            return True
        if one.form == ADNOMINAL and not one.bound:
            continue
        if one.form != LINKING or lexicon.search("tensed", one.plain):
            return False
    return False


def _polarity(reader: Reader, verb: Predicate, frame: Frame) -> dict[str, str]:
    tail = reader.tail(verb)
    if frame.predicate is not Said.DENIES and reader.lexicon.begins("denied", tail):
        return {"negated": "false", "hedge": "denies"}
    if reader.lexicon.begins("not_found", tail):
        return {"negated": "true", "hedge": "not-found"}
    turned = any(reader.lexicon.begins(name, tail) for name in ("negated", "untrue")) or reader.lexicon.search(
        "negator", reader.text[max(reader.start, verb.start - 3) : verb.start]
    )
    return {"negated": "true" if turned else "false"}


def _statement(reader: Reader, number: int, verb: Predicate, frame: Frame, passive: bool) -> Statement | None:
    if (passive and frame.active_only) or (frame.predicate in _DONE and _tried(reader, verb)):
        return None
    agents, patients = (_passive if passive else _active)(reader, number, verb, frame)
    if verb.bare and not agents and not (frame.stative and _of_event(reader, verb, patients)):
        return None
    near = reader.elements[clause_start(reader, number) : number]
    beside = [one for one in near if isinstance(one, Noun) and not one.words[-1].stop]
    others = by(reader, beside, frame.whole, frame.other, frame) if frame.other else []
    constants: dict[str, str] = {}
    alone = passive or frame.stative or frame.predicate in _OF_LAW
    if patients and not agents and not alone and frame.roles.get("agent") == "S":
        agents, constants = nameless(reader, number, verb, frame, patients)
        if not agents and not constants:
            return None
    if frame.predicate in _OF_LAW and not passive and not agents and attackers(reader, number):
        return None
    if passive and not agents and frame.id == "infected-with" and verb.form == ADNOMINAL and not verb.bound:
        return None
    wanted = replace(frame, nobody=frame.nobody or "@") if constants else frame
    roles = filled(wanted, agents, patients, others, active=not alone and not constants, alone=alone or bool(constants))
    if roles is None or {item.start for item in agents} & {item.start for item in patients}:
        return None
    boasts = frame.predicate is Said.STEALS and any(f.predicate is _CLAIMS for f, _ in verb.frames)
    if boasts or (any(item.kind in DOERS for item in agents) and _of_himself(reader, number, agents)):
        constants = {**constants, "hedge": "reported"}
    if "O" in roles and _refers(reader, near, patients):
        roles = {name: row for name, row in roles.items() if name not in ("O", "C")}
        earlier = [item for item in reader.items if item.kind == "vuln" and item.end <= patients[0].start]
        roles, constants = (
            ({**roles, "O": tuple(earlier[-1:])}, constants)
            if earlier
            else (roles, {**constants, "object": "@vuln?shared-thing/vulnerability"})
        )
    places = [verb.start, verb.stem_end, *(place for item in patients for place in (item.start, item.end))]
    start, end = min(places), max(places)
    if frame.never is not None and frame.never.search(reader.text[start : reader.end]) is not None:
        return None
    return Statement(frame=frame, roles=roles, start=start, end=end, constants=constants)


def _tried(reader: Reader, verb: Predicate) -> bool:
    """True for what was only tried ("침투를 시도했다"): it aims at somebody and gets nothing."""
    return "시도" in reader.text[verb.start : verb.stem_end]


def _of_event(reader: Reader, verb: Predicate, patients: Sequence[Item]) -> bool:
    """True where words without a verb tell of one event and are no heading of many: a number or a house is named."""
    return any(item.count is not None for item in patients) or any(
        item.kind in ("org", "body") and item.end <= verb.start for item in reader.items
    )


def _told_bare(reader: Reader, near: Sequence[Element], roles: Sequence[str]) -> Sequence[Element]:
    """A headline's clause with the particle that its last noun leaves out: "국내 은행 공격"."""
    last = near[-1] if near else None
    if not reader.headline or not isinstance(last, Noun) or last.role != BARE or holds(near, roles):
        return near
    return [*near[:-1], replace(last, role=roles[0])]


def _of_himself(reader: Reader, number: int, doers: Sequence[Item]) -> bool:
    """True for what an attacker says that he did: "X는 자료를 훔쳤다고 밝혔다"."""
    noun = subject_noun(reader, number)
    if noun is None or noun.role != TOPIC or not noun.start <= doers[-1].start < noun.end:
        return False
    for at in range(number, len(reader.elements)):
        one = reader.elements[at]
        if isinstance(one, Predicate) and one.form == QUOTING:
            # What stands in two quotations has its verb of saying behind the second ("…했다"며 "…"고 밝혔다).
            behind = (
                reader.elements[at + 1 :]
                if reader.lexicon.search("goes_on", one.plain)
                else reader.elements[at + 1 : at + 2]
            )
            return any(isinstance(two, Predicate) and reader.lexicon.begins("tells", two.plain) for two in behind)
        if isinstance(one, Predicate) and one.form != LINKING:
            return False
    return False


def _refers(reader: Reader, near: Sequence[Element], patients: Sequence[Item]) -> bool:
    """True for a flaw that is named elsewhere: "이 결함을 통해"."""
    if len(patients) != 1 or patients[0].kind != "shared-thing":
        return False
    words = [word for one in near if isinstance(one, Noun) for word in one.words if word.end <= patients[0].start]
    return bool(words) and reader.lexicon.search("referring", words[-1].plain)


def _before_manner(reader: Reader, number: int) -> int:
    """The number of the first element of a clause with the words that say how: "개발자에게 채용을 빙자해 접근했다"."""
    first = clause_start(reader, number)
    before = reader.elements[first - 1] if first else None
    if not isinstance(before, Predicate) or before.form not in (LINKING, ADNOMINAL):
        return first
    if before.form == LINKING and before.frames:
        return first
    return clause_start(reader, first - 1) if reader.lexicon.search("manner", before.plain) else first


def _active(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], list[Item]]:
    near: Sequence[Element] = reader.elements[clause_start(reader, number) : number]
    roles = frame.prepositions or (OBJECT,)
    if OBJECT not in roles and not holds(near, roles):
        near = reader.elements[_before_manner(reader, number) : number]
    near = _told_bare(reader, near, roles)
    patients = by(reader, near, roles, frame.patient, frame)
    if not patients and not holds(near, roles) and not {OBJECT, SUBJECT}.isdisjoint(roles):
        also = by(reader, near, (ALSO,), frame.patient, frame)
        own = subject_noun(reader, number)
        patients = [item for item in also if own is not None or filling(item, frame.agent - {OPEN}) is None]
    head = head_of(reader, number, verb)
    if not frame.agent:
        return [], patients or fits(reader, head, frame.patient, frame)
    if frame.glued:
        patients = fits(reader, near[-1] if near else None, frame.patient, frame)
    if head is not None and patients:
        described = fits(reader, head, frame.agent - {OPEN}, frame)
        described = described or (_identified(reader, head, frame.agent & DOERS) if reader.is_doer(head) else [])
        if described or (frame.predicate is not Said.FIXES and _does(reader, head, near)):
            return described, patients
    elif patients and (chained := chain_head(reader, number, verb, near)) is not None:
        described = fits(reader, chained, frame.agent & DOERS, frame)
        if described or is_gang(reader, chained):
            return described, patients
    elif head is not None and not holds(near, roles):
        patients = _identified(reader, head, frame.patient) or fits(reader, head, frame.patient, frame)
    if not patients and OBJECT in roles and not holds(near, (OBJECT,)) and holds(near, (SUBJECT,)):
        told = any(isinstance(one, Predicate) and one.form == QUOTING for one in reader.elements[number:])
        patients = by(reader, near, (TOPIC,), frame.patient & (NAMES if told else _TOLD), frame)
    if not patients and frame.anywhere:
        named = [
            fit for item in reader.items if item.end <= verb.start and (fit := filling(item, frame.patient - {OPEN}))
        ]
        patients = ([item for item in named if item.kind in NAMES] or named)[-1:]
    if not patients and OBJECT in roles and (pair := _two_topics(reader, near, frame)) is not None:
        return pair
    agents = subject(reader, number, frame.agent, frame)
    if not agents and frame.predicate is Said.DISRUPTS:
        agents = by(reader, near, ("with",), frame.agent - {OPEN}, frame)
    return agents, patients


def _two_topics(reader: Reader, near: Sequence[Element], frame: Frame) -> tuple[list[Item], list[Item]] | None:
    """Doer and object where both are topics: "X는 통신사는 건드리지 않았다"."""
    topics = [one for one in near if isinstance(one, Noun) and one.role == TOPIC]
    if len(topics) != 2 or holds(near, (OBJECT, SUBJECT)):
        return None
    doers = fits(reader, topics[0], frame.agent & (DOERS | NAMES), frame)
    done_to = fits(reader, topics[1], frame.patient - {OPEN}, frame)
    return (doers, done_to) if doers and done_to else None


def _passive(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], list[Item]]:
    near = reader.elements[clause_start(reader, number) : number]
    causes = ("by", "dative", "from", "with") if frame.predicate is Said.DISRUPTS else ("by", "dative", "from")
    agents = by(reader, near, causes, frame.agent - {OPEN}, frame)
    if not agents and near and isinstance(near[-1], Noun) and near[-1].role == OF:
        agents = fits(reader, near[-1], frame.agent - {OPEN}, frame)
    if not agents or agents[0].kind not in NAMES:
        agents = _deed(reader, near, frame) or agents
    head = head_of(reader, number, verb)
    patients = by(reader, near, (OBJECT,), frame.patient, frame) if frame.predicate in (Said.STEALS, Said.LEAKS) else []
    if not patients and head is not None and not holds(near, (SUBJECT,)):
        patients = fits(reader, head, frame.patient, frame)
    if not patients and (head is None or holds(near, (SUBJECT,))):
        patients = by(reader, near, (BARE,), frame.patient, frame) if reader.headline else []
        patients = patients or subject(reader, number, frame.patient, frame)
        patients = patients or by(reader, near, (ALSO,), frame.patient, frame)
    if not patients and head is None:
        # What the sentence begins with, where a clause with a subject of its own stands between.
        topics = [one for one in reader.elements[:number] if isinstance(one, Noun) and one.role == TOPIC]
        patients = fits(reader, topics[0], frame.patient & NAMES, frame) if topics else []
    return agents, patients


def _deed(reader: Reader, near: Sequence[Element], frame: Frame) -> list[Item]:
    """Who stands behind the attack in which a thing was used: "X의 공격에 쓰인"."""
    for one, other in pairwise(near):
        if isinstance(one, Noun) and isinstance(other, Noun) and one.role == OF and other.role in _OF_DEEDS:
            found = fits(reader, one, frame.agent - {OPEN}, frame)
            if found and reader.lexicon.search("deed", "".join(word.plain for word in other.words)):
                return found
    return []


def _does(reader: Reader, head: Noun, near: Sequence[Element]) -> bool:
    """True where a relative clause leaves its subject open for its head: nobody else does what "도구를 판 B씨" does.

    An attack or a lure is no doer: "X는 은행을 노린 공격을 벌였다".
    """
    plain = "".join(word.plain for word in head.words)
    return head.role == OBJECT and not holds(near, (SUBJECT,)) and not reader.lexicon.search("lure", plain)


def _identified(reader: Reader, head: Noun, kinds: frozenset[str]) -> list[Item]:
    """The name that a sentence gives what it describes: "이들이 쓴 도구는 AnyDesk다", "심은 주체는 X로 확인됐다"."""
    if head.role not in (TOPIC, SUBJECT) or any(item.kind in NAMES for item in head.items):
        return []
    for one in reader.elements[reader.elements.index(head) + 1 :]:
        if isinstance(one, Predicate):
            last = [item for item in reader.items if one.start <= item.start and item.end <= one.end]
            row = [fit for item in last if item.kind in NAMES | {"product"} and (fit := filling(item, kinds))]
            return row if one.form != ADNOMINAL else []
        if one.role == "with" and (found := [fit for item in one.items if (fit := filling(item, kinds))]):
            return found[:1]
        if one.role in (OBJECT, SUBJECT, TOPIC):
            return []
    return []


__all__ = ["BARE", "statements"]
