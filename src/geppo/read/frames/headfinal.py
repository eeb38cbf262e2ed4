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
from geppo.read.frames.frame import OPEN, Frame, Statement, filled, filling
from geppo.read.frames.headnouns import NAMES, OWNED, by, fits, holds, listed, owners
from geppo.read.typed import Item

_DOERS = frozenset({"actor", "group-kind", "role"})
"""They do things rather than have them done to them: "해커가 감염된 기기에 접속해"."""
_BY_DEEDS = frozenset({Said.EXPLOITS, Said.TARGETS})
"""What an attack does by itself, whoever stands behind it: "은행을 노린 피싱 메일이 유포됐다"."""
_OF_DEEDS = ("dative", "at", "with")
"""Particles of the attack in which or by which a thing is done."""
_TOLD = NAMES | {"org", "product"}
"""What a sentence may begin with although it is done to it: "CVE-2026-0001은 해커들이 악용하고 있다"."""
_OF_LAW = frozenset({Said.ARRESTS, Said.SEIZES})
"""Whoever does them is of the police, by whatever name."""
_HOSTILE = frozenset({Said.TARGETS, Said.COMPROMISES, Said.STEALS, Said.EXPLOITS})
"""Acts that nobody does but attackers: without a subject, the group that the text goes on about did them."""
_MEANS = frozenset({"malware", "tool", "malware-kind"})
_HOUSES = frozenset({"org", "body"})
"""Who tells of others: a reported clause without a subject of its own is not about them."""


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    del items
    return not lexicon.search("question", text[start:end])


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
    first = _first(reader, number)
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
    turned = reader.lexicon.begins("negated", tail) or reader.lexicon.search(
        "negator", reader.text[max(reader.start, verb.start - 3) : verb.start]
    )
    return {"negated": "true" if turned else "false"}


def _statement(reader: Reader, number: int, verb: Predicate, frame: Frame, passive: bool) -> Statement | None:
    if passive and frame.active_only:
        return None
    agents, patients = (_passive if passive else _active)(reader, number, verb, frame)
    near = reader.elements[_first(reader, number) : number]
    beside = [one for one in near if isinstance(one, Noun) and not one.words[-1].stop]
    others = by(reader, beside, frame.whole, frame.other, frame) if frame.other else []
    constants: dict[str, str] = {}
    alone = passive or frame.stative or frame.predicate in _OF_LAW
    if patients and not agents and not alone and frame.roles.get("agent") == "S":
        agents, constants = _nameless(reader, number, verb, frame, patients)
        if not agents and not constants:
            return None
    if passive and not agents and frame.id == "infected-with" and verb.form == ADNOMINAL and not verb.bound:
        return None
    wanted = replace(frame, nobody=frame.nobody or "@") if constants else frame
    roles = filled(wanted, agents, patients, others, active=not alone and not constants, alone=alone or bool(constants))
    if roles is None or {item.start for item in agents} & {item.start for item in patients}:
        return None
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


def _refers(reader: Reader, near: Sequence[Element], patients: Sequence[Item]) -> bool:
    """True for a flaw that is named elsewhere: "이 결함을 통해"."""
    if len(patients) != 1 or patients[0].kind != "shared-thing":
        return False
    words = [word for one in near if isinstance(one, Noun) for word in one.words if word.end <= patients[0].start]
    return bool(words) and reader.lexicon.search("referring", words[-1].plain)


def _first(reader: Reader, number: int) -> int:
    """The number of the first element behind the predicate before a predicate."""
    for before in range(number - 1, -1, -1):
        element = reader.elements[before]
        if isinstance(element, Predicate):
            return before + 1
    return 0


def _before_manner(reader: Reader, number: int) -> int:
    """The number of the first element of a clause with the words that say how: "개발자에게 채용을 빙자해 접근했다"."""
    first = _first(reader, number)
    before = reader.elements[first - 1] if first else None
    if not isinstance(before, Predicate) or before.form != LINKING or before.frames:
        return first
    return _first(reader, first - 1) if reader.lexicon.search("manner", before.plain) else first


def _active(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], list[Item]]:
    near = reader.elements[_first(reader, number) : number]
    roles = frame.prepositions or (OBJECT,)
    if OBJECT not in roles and not holds(near, roles):
        near = reader.elements[_before_manner(reader, number) : number]
    patients = by(reader, near, roles, frame.patient, frame)
    if not patients and OBJECT in roles and not holds(near, (OBJECT,)):
        also = by(reader, near, (ALSO,), frame.patient, frame)
        patients = [item for item in also if filling(item, frame.agent - {OPEN}) is None]
    head = _head(reader, number, verb)
    if not frame.agent:
        return [], patients or fits(reader, head, frame.patient, frame)
    if frame.glued:
        patients = fits(reader, near[-1] if near else None, frame.patient, frame)
    if head is not None and patients:
        described = fits(reader, head, frame.agent - {OPEN}, frame)
        if described or (frame.predicate is not Said.FIXES and _does(reader, head, near)):
            return described, patients
    elif patients and (chained := _chained(reader, number, verb, near)) is not None:
        described = fits(reader, chained, frame.agent & _DOERS, frame)
        if described or _is_gang(reader, chained):
            return described, patients
    elif head is not None and not holds(near, roles):
        patients = _identified(reader, head, frame) or fits(reader, head, frame.patient, frame)
    if not patients and OBJECT in roles and not holds(near, (OBJECT,)) and holds(near, (SUBJECT,)):
        patients = by(reader, near, (TOPIC,), frame.patient & _TOLD, frame)
    if not patients and frame.anywhere:
        named = [
            fit for item in reader.items if item.end <= verb.start and (fit := filling(item, frame.patient - {OPEN}))
        ]
        patients = ([item for item in named if item.kind in NAMES] or named)[-1:]
    return _subject(reader, number, frame.agent, frame), patients


def _passive(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], list[Item]]:
    near = reader.elements[_first(reader, number) : number]
    causes = ("by", "dative", "from", "with") if frame.predicate is Said.DISRUPTS else ("by", "dative", "from")
    agents = by(reader, near, causes, frame.agent - {OPEN}, frame)
    if not agents and near and isinstance(near[-1], Noun) and near[-1].role == OF:
        agents = fits(reader, near[-1], frame.agent - {OPEN}, frame)
    if not agents or agents[0].kind not in NAMES:
        agents = _deed(reader, near, frame) or agents
    head = _head(reader, number, verb)
    patients = by(reader, near, (OBJECT,), frame.patient, frame) if frame.predicate in (Said.STEALS, Said.LEAKS) else []
    if not patients and head is not None and not holds(near, (SUBJECT,)):
        patients = fits(reader, head, frame.patient, frame)
    if not patients and (head is None or holds(near, (SUBJECT,))):
        patients = _subject(reader, number, frame.patient, frame)
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


def _identified(reader: Reader, head: Noun, frame: Frame) -> list[Item]:
    """The name that a sentence gives the thing it describes: "이들이 쓴 도구는 AnyDesk다"."""
    if head.role not in (TOPIC, SUBJECT) or any(item.kind in NAMES for item in head.items):
        return []
    for one in reader.elements[reader.elements.index(head) + 1 :]:
        if isinstance(one, Predicate):
            last = [item for item in reader.items if one.start <= item.start and item.end <= one.end]
            row = [fit for item in last if item.kind in NAMES | {"product"} and (fit := filling(item, frame.patient))]
            return row if one.form != ADNOMINAL else []
        if one.role in (OBJECT, SUBJECT, TOPIC):
            return []
    return []


def _head(reader: Reader, number: int, verb: Predicate) -> Noun | None:
    """The noun that a relative clause describes."""
    if verb.form != ADNOMINAL or verb.bound:
        return None
    for one in reader.elements[number + 1 : number + 3]:
        if isinstance(one, Noun):
            return one if one.role != OF or any(item.kind in NAMES for item in one.items) else None
        if one.frames or one.form != ADNOMINAL:
            return None
    return None


def _chained(reader: Reader, number: int, verb: Predicate, near: Sequence[Element]) -> Noun | None:
    """Who is described by the verb on which a linking verb goes on: "서버에 침입해 자료를 빼낸 조직"."""
    if verb.form != LINKING or holds(near, (SUBJECT,)):
        return None
    topics = [one for one in near if isinstance(one, Noun) and one.role == TOPIC]
    if any(item.kind in _DOERS for one in topics for item in one.items):
        return None
    for at in range(number + 1, len(reader.elements)):
        one = reader.elements[at]
        if isinstance(one, Noun):
            if one.role in (SUBJECT, TOPIC):
                return None
        elif one.form != LINKING:
            return _head(reader, at, one)
    return None


def _is_gang(reader: Reader, noun: Noun) -> bool:
    """True for criminals without a name: nobody else does what a clause says of them ("자료를 빼낸 일당을")."""
    return reader.lexicon.whole("gang", "".join(word.plain for word in noun.words))


def _subject(reader: Reader, number: int, kinds: frozenset[str], frame: Frame) -> list[Item]:
    """The subject of a predicate: the nearest to its left that no other clause keeps."""
    noun = _subject_noun(reader, number) or _reporter(reader, number)
    if noun is None:
        return []
    at = reader.elements.index(noun)
    found = fits(reader, noun, kinds, frame)
    if found and found[0].kind not in NAMES and frame.predicate in OWNED:
        found = owners(reader, reader.elements[:at], noun, found, kinds, frame)
    return [*listed(reader, reader.elements[:at], kinds, frame), *found] if found else []


def _subject_noun(reader: Reader, number: int) -> Noun | None:
    kept = _kept(reader, number)
    reported: Noun | None = None
    quoted = False
    for before in range(number - 1, -1, -1):
        one = reader.elements[before]
        if isinstance(one, Predicate):
            quoted = quoted or one.form == QUOTING
        elif one.role == SUBJECT:
            if before not in kept and not quoted:
                return one
        elif one.role == TOPIC and not _adverbial(reader, one):
            if not quoted:
                return one
            reported = one
    return reported


def _reporter(reader: Reader, number: int) -> Noun | None:
    """Who says of himself what a reported clause without a subject says: "해킹했다고 주장한 X"."""
    verb = reader.elements[number]
    following = reader.elements[number + 1] if number + 1 < len(reader.elements) else None
    if isinstance(verb, Predicate) and verb.form == QUOTING and isinstance(following, Predicate):
        return _head(reader, number + 1, following)
    return None


def _adverbial(reader: Reader, noun: Noun) -> bool:
    plain = "".join(word.plain for word in noun.words)
    return reader.lexicon.whole("no_topic", plain) or any(
        item.kind == "date" and item.end >= noun.stem_end for item in noun.items
    )


def _kept(reader: Reader, number: int) -> frozenset[int]:
    """The numbers of the subjects that relative clauses before a predicate keep for themselves.

    A clause that names its object leaves its subject open ("기업을 노린 조직"); one that does not keeps it
    ("조직이 만든 도구"), and so does a passive one whose subject stands right before it.
    """
    found: set[int] = set()
    for at in range(number):
        one = reader.elements[at]
        if not isinstance(one, Predicate):
            continue
        contrast = reader.lexicon.search("contrast", one.plain)
        if (one.form != ADNOMINAL or one.bound) and not contrast:
            continue
        first = _first(reader, at)
        inside = range(first, at)
        own = [(n, noun) for n in inside if isinstance(noun := reader.elements[n], Noun) and noun.role == SUBJECT]
        if own and (contrast or not holds(reader.elements[first:at], (OBJECT, "against"))):
            doers = {item.kind for item in own[-1][1].items} & _DOERS
            loose = one.passive or reader.lexicon.search("quality", one.plain)
            if contrast or not (loose and doers):
                found.add(own[-1][0])
    return frozenset(found)


def _nameless(
    reader: Reader, number: int, verb: Predicate, frame: Frame, patients: Sequence[Item]
) -> tuple[list[Item], dict[str, str]]:
    """Who acts where the subject is "this group", or is left out of what somebody reports: "…고 분석했다"."""
    near = reader.elements[_first(reader, number) : number]
    criminals = _head(reader, number, verb) or _chained(reader, number, verb, near)
    if frame.nobody and criminals is not None and _is_gang(reader, criminals):
        return [], {"subject": frame.nobody}
    if frame.predicate is Said.FIXES and (remedy := _head(reader, number, verb)) is not None:
        named = reader.lexicon.search("remedy", "".join(word.plain for word in remedy.words))
        return [], {"subject": frame.nobody} if named else {}
    noun = _subject_noun(reader, number)
    if noun is not None and reader.lexicon.whole("they", "".join(word.plain for word in noun.words)):
        return [], {"subject": f"@actor?{frame.nobody}" if frame.nobody and frame.predicate in _HOSTILE else "@actor"}
    told = "deed" if frame.predicate is Said.EXPLOITS and noun is None else "lure"
    if frame.nobody and frame.predicate in _BY_DEEDS and _of_deed(reader, number, verb, told):
        doers = _attacker(reader, number, frame)
        return doers, {} if doers else {"subject": frame.nobody}
    if noun is None and _goes_on(reader, number, verb, frame, patients):
        return [], {"subject": "@actor"}
    if frame.nobody and noun is None and _is_case(reader, number, verb):
        return [], {"subject": frame.nobody}
    reported = verb.form == QUOTING or (verb.form == ADNOMINAL and verb.bound)
    house = noun is not None and any(item.kind in _HOUSES for item in noun.items)
    if not reported or not house or "actor" not in frame.agent:
        return [], {}
    named = [item for item in reader.items if item.kind == "actor" and item.end <= verb.start]
    return named[-1:], {} if named else {"subject": "@actor"}


def _goes_on(reader: Reader, number: int, verb: Predicate, frame: Frame, patients: Sequence[Item]) -> bool:
    """True for an act of attackers in a sentence that names no subject: the text goes on about its group."""
    if frame.predicate is Said.USES:
        return patients[0].kind in _MEANS and _states(reader, number)
    return frame.predicate in _HOSTILE and not reader.lexicon.begins("anybody", verb.plain) and _states(reader, number)


def _states(reader: Reader, number: int) -> bool:
    """True for a predicate of a sentence or of what it reports: "침투한 것으로 나타났다", "침투해 빼냈다"."""
    for at in range(number, len(reader.elements)):
        one = reader.elements[at]
        if isinstance(one, Noun):
            if one.role in (SUBJECT, TOPIC):
                return False
        elif one.form == ADNOMINAL:
            following = reader.elements[at + 1] if at + 1 < len(reader.elements) else None
            return one.bound and isinstance(following, Noun) and reader.lexicon.begins("fact", following.words[0].plain)
        elif one.form != LINKING:
            return True
    return True


def _attacker(reader: Reader, number: int, frame: Frame) -> list[Item]:
    """The group whose attack a clause describes: "X는 은행을 노린 공격을 벌였다"."""
    for at in range(number + 1, len(reader.elements)):
        one = reader.elements[at]
        if isinstance(one, Predicate):
            found = _subject(reader, at, frame.agent - {OPEN}, frame)
            return found if found and found[0].kind == "actor" else []
        if one.role not in (OBJECT, BARE, "with"):
            return []
    return []


def _is_case(reader: Reader, number: int, verb: Predicate) -> bool:
    """True where a verb says what a case is that somebody tells of: "개발자를 노린 사례도 확인됐다"."""
    following = reader.elements[number + 1] if number + 1 < len(reader.elements) else None
    return (
        verb.form == ADNOMINAL
        and isinstance(following, Noun)
        and reader.lexicon.whole("case", "".join(word.plain for word in following.words))
    )


def _of_deed(reader: Reader, number: int, verb: Predicate, told: str) -> bool:
    """True where a verb describes an attack or what it is done with: "X를 악용한 공격이 확인됐다"."""
    following = reader.elements[number + 1 : number + 2]
    return verb.form == ADNOMINAL and any(
        isinstance(one, Noun) and reader.lexicon.search(told, "".join(word.plain for word in one.words))
        for one in following
    )


__all__ = ["BARE", "statements"]
