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
from geppo.model.claim import Count
from geppo.model.claim import Predicate as Said
from geppo.model.entity import Kind, Term
from geppo.read.counts import PERCENT
from geppo.read.frames.eojeol import (
    ADNOMINAL,
    ALSO,
    AND,
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
from geppo.read.names import slug
from geppo.read.typed import Item

LONGEST_NOUN = 30
"""Characters of a noun that no list knows."""
MOST_WORDS = 3
"""Words of such a noun."""
FARTHEST_SECTOR = 8
"""Characters between a sector and the common noun that ends it ("반도체 장비 업체")."""

_NAMES = frozenset({"actor", "malware", "tool", "campaign", "network", "vuln", "agreement"})
_COMMON: dict[str, frozenset[str]] = {
    "actor": frozenset({"group-kind", "unit", "role", "count", "place"}),
    "malware": frozenset({"malware-kind", "relay-class", "count", "shared-thing", "place"}),
    "network": frozenset({"malware-kind", "relay-class", "count", "shared-thing", "place"}),
    "vuln": frozenset({"shared-thing", "technique-word"}),
    "campaign": frozenset({"campaign-kind"}),
    "": frozenset({"unit", "count", "shared-thing"}),
}
"""Kinds of nouns behind a mention that say what it is; another one behind it is the head ("악성코드 제작자")."""
_OWNED = frozenset({Said.TARGETS, Said.COMPROMISES, Said.DISRUPTS, Said.CLAIMS_RESPONSIBILITY})
"""Who owns the thing that is attacked is attacked as well."""
_DOERS = frozenset({"actor", "group-kind", "role"})
"""They do things rather than have them done to them: "해커가 감염된 기기에 접속해"."""
_STATES = frozenset({Said.DENIES, Said.SANCTIONS})
"""Acts of a state by whatever house of it: "중국 외교부는 부인했다"."""
_HOUSES = frozenset({"org", "body"})
"""Who tells of others: a reported clause without a subject of its own is not about them."""
_COUNTERS = frozenset({"unit/person", "unit/item", "unit/organisation", "device/device"})
"""What words that only count stand for; the noun before them is what is meant: "일당 5명"."""


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
    return not any(item.kind in _NAMES for item in statement.roles.get("S", ()))


def _contrasted(reader: Reader, number: int, said: Statement, frame: Frame) -> Iterator[Statement]:
    """What a verb is said not to be done to: "은행이 아니라 병원을 노렸다"."""
    first = _first(reader, number)
    row = reader.elements[:first]
    if len(row) < 2 or "O" not in said.roles or said.constants.get("negated") != "false":
        return
    not_this, contrast = row[-2:]
    if isinstance(not_this, Noun) and isinstance(contrast, Predicate) and not_this.role == SUBJECT:
        denied = (
            _fits(reader, not_this, frame.patient, frame) if reader.lexicon.search("contrast", contrast.plain) else []
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
    others = _by(reader, beside, frame.whole, frame.other, frame) if frame.other else []
    constants: dict[str, str] = {}
    if patients and not agents and not passive and not frame.stative and frame.roles.get("agent") == "S":
        agents, constants = _nameless(reader, number, verb, frame)
        if not agents and not constants:
            return None
    alone = passive or frame.stative
    if passive and not agents and frame.id == "infected-with" and verb.form == ADNOMINAL and not verb.bound:
        return None
    wanted = replace(frame, nobody=frame.nobody or "@") if constants else frame
    roles = filled(wanted, agents, patients, others, active=not alone and not constants, alone=alone or bool(constants))
    if roles is None or {item.start for item in agents} & {item.start for item in patients}:
        return None
    places = [verb.start, verb.stem_end, *(place for item in patients for place in (item.start, item.end))]
    start, end = min(places), max(places)
    if frame.never is not None and frame.never.search(reader.text[start : reader.end]) is not None:
        return None
    return Statement(frame=frame, roles=roles, start=start, end=end, constants=constants)


def _first(reader: Reader, number: int) -> int:
    """The number of the first element behind the predicate before a predicate."""
    for before in range(number - 1, -1, -1):
        element = reader.elements[before]
        if isinstance(element, Predicate):
            return before + 1
    return 0


def _active(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], list[Item]]:
    near = reader.elements[_first(reader, number) : number]
    roles = frame.prepositions or (OBJECT,)
    patients = _by(reader, near, roles, frame.patient, frame)
    if not patients and OBJECT in roles and not _holds(near, (OBJECT,)):
        also = _by(reader, near, (ALSO,), frame.patient, frame)
        patients = [item for item in also if filling(item, frame.agent - {OPEN}) is None]
    head = _head(reader, number, verb)
    if not frame.agent:
        return [], patients or _fits(reader, head, frame.patient, frame)
    if frame.glued:
        patients = _fits(reader, near[-1] if near else None, frame.patient, frame)
    if head is not None and patients:
        described = _fits(reader, head, frame.agent - {OPEN}, frame)
        if described:
            return described, patients
    elif head is not None and not _holds(near, roles):
        patients = _fits(reader, head, frame.patient, frame)
    if not patients and frame.anywhere:
        named = [
            fit for item in reader.items if item.end <= verb.start and (fit := filling(item, frame.patient - {OPEN}))
        ]
        patients = ([item for item in named if item.kind in _NAMES] or named)[-1:]
    return _subject(reader, number, frame.agent, frame), patients


def _passive(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], list[Item]]:
    near = reader.elements[_first(reader, number) : number]
    causes = ("by", "dative", "from", "with") if frame.predicate is Said.DISRUPTS else ("by", "dative", "from")
    agents = _by(reader, near, causes, frame.agent - {OPEN}, frame)
    if not agents and near and isinstance(near[-1], Noun) and near[-1].role == OF:
        agents = _fits(reader, near[-1], frame.agent - {OPEN}, frame)
    agents = agents or _deed(reader, near, frame)
    head = _head(reader, number, verb)
    patients = (
        _by(reader, near, (OBJECT,), frame.patient, frame) if frame.predicate in (Said.STEALS, Said.LEAKS) else []
    )
    if not patients and head is not None and not _holds(near, (SUBJECT,)):
        patients = _fits(reader, head, frame.patient, frame)
    if not patients and (head is None or _holds(near, (SUBJECT,))):
        patients = _subject(reader, number, frame.patient, frame)
    return agents, patients


def _deed(reader: Reader, near: Sequence[Element], frame: Frame) -> list[Item]:
    """Who stands behind the attack in which a thing was used: "X의 공격에 쓰인"."""
    for one, other in pairwise(near):
        if isinstance(one, Noun) and isinstance(other, Noun) and one.role == OF and other.role in ("dative", "at"):
            found = _fits(reader, one, frame.agent - {OPEN}, frame)
            if found and reader.lexicon.search("deed", "".join(word.plain for word in other.words)):
                return found
    return []


def _holds(near: Sequence[Element], roles: Sequence[str]) -> bool:
    return any(isinstance(one, Noun) and one.role in roles for one in near)


def _head(reader: Reader, number: int, verb: Predicate) -> Noun | None:
    """The noun that a relative clause describes."""
    if verb.form != ADNOMINAL or verb.bound:
        return None
    for one in reader.elements[number + 1 : number + 3]:
        if isinstance(one, Noun):
            return one if one.role != OF or any(item.kind in _NAMES for item in one.items) else None
        if one.frames or one.form != ADNOMINAL:
            return None
    return None


def _by(
    reader: Reader, near: Sequence[Element], roles: Sequence[str] | frozenset[str], kinds: frozenset[str], frame: Frame
) -> list[Item]:
    """The nearest noun with a particle of these roles, if its kind fits, and those that are listed before it."""
    for number in range(len(near) - 1, -1, -1):
        one = near[number]
        if isinstance(one, Noun) and one.role in roles:
            found = _fits(reader, one, kinds, frame)
            if not found and frame.predicate is Said.CLAIMS_RESPONSIBILITY:
                return _robbed(reader, near[:number], kinds, frame)
            if found and found[0].kind not in _NAMES:
                found = _owners(reader, near[:number], one, found, kinds, frame)
            return [*_listed(reader, near[:number], kinds, frame), *found] if found else []
    return []


def _listed(reader: Reader, row: Sequence[Element], kinds: frozenset[str], frame: Frame) -> list[Item]:
    found: list[Item] = []
    for one in reversed(row):
        if not isinstance(one, Noun) or one.role != AND:
            break
        fits = _fits(reader, one, kinds, frame)
        if not fits:
            break
        found = [*fits, *found]
    return found


def _owners(
    reader: Reader, row: Sequence[Element], noun: Noun, found: list[Item], kinds: frozenset[str], frame: Frame
) -> list[Item]:
    """Whose a network or a server is, where that is told and fits: "북문은행의 서버"."""
    owner = row[-1] if row else None
    plain = "".join(word.plain for word in noun.words)
    if not isinstance(owner, Noun) or owner.role != OF:
        return found
    if found[0].count is not None and found[0].count.unit == PERCENT:
        whole = _fits(reader, owner, kinds, frame)
        return [replace(item, count=found[0].count) for item in whole] or found
    if frame.predicate not in _OWNED:
        return found
    if not reader.lexicon.search("container", plain[: len(plain) - (noun.end - noun.stem_end)] or plain):
        return found
    owned = _fits(reader, owner, kinds & {"org", "sector", "body"}, frame)
    return owned or found


def _robbed(reader: Reader, row: Sequence[Element], kinds: frozenset[str], frame: Frame) -> list[Item]:
    """Whose data somebody claims to have stolen: "북문병원의 3TB 규모의 데이터"."""
    for one in reversed(row):
        if not isinstance(one, Noun) or one.role != OF:
            break
        found = _fits(reader, one, kinds & {"org", "sector"}, frame)
        if found:
            return found
    return []


def _subject(reader: Reader, number: int, kinds: frozenset[str], frame: Frame) -> list[Item]:
    """The subject of a predicate: the nearest to its left that no other clause keeps."""
    noun = _subject_noun(reader, number) or _reporter(reader, number)
    if noun is None:
        return []
    at = reader.elements.index(noun)
    found = _fits(reader, noun, kinds, frame)
    if found and found[0].kind not in _NAMES and frame.predicate in _OWNED:
        found = _owners(reader, reader.elements[:at], noun, found, kinds, frame)
    return [*_listed(reader, reader.elements[:at], kinds, frame), *found] if found else []


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
        if own and (contrast or not _holds(reader.elements[first:at], (OBJECT, "against"))):
            doers = {item.kind for item in own[-1][1].items} & _DOERS
            loose = one.passive or reader.lexicon.search("quality", one.plain)
            if contrast or not (loose and doers):
                found.add(own[-1][0])
    return frozenset(found)


def _nameless(reader: Reader, number: int, verb: Predicate, frame: Frame) -> tuple[list[Item], dict[str, str]]:
    """Who acts where the subject is "this group", or is left out of what somebody reports: "…고 분석했다"."""
    noun = _subject_noun(reader, number)
    if noun is not None and reader.lexicon.whole("they", "".join(word.plain for word in noun.words)):
        return [], {"subject": "@actor"}
    if noun is None and frame.nobody and frame.predicate is Said.EXPLOITS and _of_deed(reader, number, verb):
        return [], {"subject": frame.nobody}
    reported = verb.form == QUOTING or (verb.form == ADNOMINAL and verb.bound)
    house = noun is not None and any(item.kind in _HOUSES for item in noun.items)
    if not reported or not house or "actor" not in frame.agent:
        return [], {}
    named = [item for item in reader.items if item.kind == "actor" and item.end <= verb.start]
    return named[-1:], {} if named else {"subject": "@actor"}


def _of_deed(reader: Reader, number: int, verb: Predicate) -> bool:
    """True where a verb describes an attack: "X를 악용한 공격이 확인됐다"."""
    following = reader.elements[number + 1 : number + 2]
    return verb.form == ADNOMINAL and any(
        isinstance(one, Noun) and reader.lexicon.search("deed", "".join(word.plain for word in one.words))
        for one in following
    )


def _fits(reader: Reader, noun: Element | None, kinds: frozenset[str], frame: Frame) -> list[Item]:
    """What of a noun fills a role: its name, its last mention with what narrows it, or the noun itself."""
    if not isinstance(noun, Noun):
        return []
    items = [item for item in noun.items if item.end <= noun.stem_end]
    count = next((item.count for item in items if item.count is not None and item.kind == "count"), None)
    order = sorted(range(len(items)), key=lambda number: (items[number].kind not in _NAMES, -number))
    for number in order:
        item = items[number]
        fit = filling(item, kinds)
        rest = _rest(reader, noun, items[number + 1 :], item.end, item.kind)
        if fit is None or not reader.lexicon.whole("apposed", rest):
            continue
        unit = item.count.unit.id if item.count is not None and frame.only is not None else ""
        if unit in _COUNTERS and (whole := _open(reader, noun, items, item.count, kinds, frame)):
            return whole
        if item.kind not in _NAMES:
            fit = _narrowed(items[:number], fit, kinds)
        if frame.predicate in _STATES and kinds is frame.agent and number and items[number - 1].kind == "place":
            fit = filling(items[number - 1], kinds) or fit
        if fit.count is None and count is not None and kinds is frame.patient and item.kind != "place":
            fit = replace(fit, count=count)
        return [fit] if _worth(frame, fit, kinds, reader) else []
    return _open(reader, noun, items, count, kinds, frame)


def _rest(reader: Reader, noun: Noun, behind: Sequence[Item], at: int, kind: str) -> str:
    """The letters between a mention and the particle without common nouns and counts."""
    common = _COMMON.get(kind, _COMMON[""])
    inside = {place for item in behind if item.kind in common for place in range(item.start, item.end)}
    return "".join(
        reader.text[place]
        for word in noun.words
        for place in word.places
        if at <= place < noun.stem_end and place not in inside
    )


def _narrowed(before: Sequence[Item], fit: Item, kinds: frozenset[str]) -> Item:
    """The sector or house before a common noun or a count that it narrows: "반도체 장비 업체 세 곳"."""
    if fit.kind not in ("unit", "device", "body"):
        return fit
    wanted = ("sector",) if fit.kind == "device" else ("sector", "org")
    for other in reversed(before):
        if other.kind in wanted and fit.start - other.end <= FARTHEST_SECTOR:
            narrow = filling(other, kinds)
            return replace(narrow, count=fit.count or narrow.count) if narrow is not None else fit
    return fit


def _worth(frame: Frame, item: Item, kinds: frozenset[str], reader: Reader) -> bool:
    if item.kind in kinds - {OPEN} or not item.terms or item.terms[0].id in kinds:
        return True
    return (
        frame.only is None
        or kinds is not frame.patient
        or frame.only.search(reader.text[item.start : item.end]) is not None
    )


def _open(
    reader: Reader, noun: Noun, items: Sequence[Item], count: Count | None, kinds: frozenset[str], frame: Frame
) -> list[Item]:
    if OPEN not in kinds or kinds is not frame.patient or any(item.kind in _NAMES for item in items):
        return []
    start = noun.words[-1].start
    for word in reversed(noun.words[-MOST_WORDS:-1]):
        if (
            word.stop
            or reader.lexicon.whole("adverb", word.plain)
            or any(item.kind in ("date", "place", "count") for item in word.items)
        ):
            break
        start = word.start
    counted = reader.lexicon.expressions["counted"].search(reader.text[start : noun.stem_end])
    end = start + counted.start() if counted is not None else noun.stem_end
    name = reader.text[start:end].strip(" '\"‘’“”「」『』")
    if (
        not 1 < len(name) <= LONGEST_NOUN
        or not any(char.isalpha() for char in name)
        or reader.lexicon.whole("empty", name)
    ):
        return []
    if frame.only is not None and frame.only.search(name) is None:
        return []
    term = Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name)
    return [Item(kind=OPEN, start=start, end=end, terms=(term,), count=count)]


__all__ = ["BARE", "statements"]
