"""Who does what a Korean predicate says: its subject, the noun that it describes, or whom the text goes on about."""

from __future__ import annotations

from collections.abc import Sequence

from geppo.model.claim import Predicate as Said
from geppo.read.frames.eojeol import (
    ADNOMINAL,
    BARE,
    LINKING,
    OBJECT,
    OF,
    QUOTING,
    SUBJECT,
    TOPIC,
    Element,
    Noun,
    Predicate,
    Reader,
)
from geppo.read.frames.frame import OPEN, Frame
from geppo.read.frames.headnouns import NAMES, OWNED, fits, holds, listed, owners
from geppo.read.typed import Item

_BY_DEEDS = frozenset({Said.EXPLOITS, Said.TARGETS})
"""What an attack does by itself, whoever stands behind it: "은행을 노린 피싱 메일이 유포됐다"."""
_HOSTILE = frozenset({Said.TARGETS, Said.COMPROMISES, Said.STEALS, Said.EXPLOITS})
"""Acts that nobody does but attackers: without a subject, the group that the text goes on about did them."""
_MEANS = frozenset({"malware", "tool", "malware-kind"})
_ATTACKERS = frozenset({"role/attacker", "role/hacker", "role/cybercriminal"})
_HOUSES = frozenset({"org", "body"})
"""Who tells of others: a reported clause without a subject of its own is not about them."""
DOERS = frozenset({"actor", "group-kind", "role"})
"""They do things rather than have them done to them: "해커가 감염된 기기에 접속해"."""


def clause_start(reader: Reader, number: int) -> int:
    """The number of the first element behind the predicate before a predicate."""
    for before in range(number - 1, -1, -1):
        element = reader.elements[before]
        if isinstance(element, Predicate) and not _only_describes(reader, before, element):
            return before + 1
    return 0


def _only_describes(reader: Reader, number: int, word: Predicate) -> bool:
    """True for an adjective before its noun: it ends no clause ("은행을 상대로 다양한 공격을")."""
    if word.form != ADNOMINAL or word.frames or not reader.lexicon.search("quality", word.plain):
        return False
    before = reader.elements[number - 1] if number else None
    return not (isinstance(before, Noun) and before.role not in (TOPIC, OBJECT, "against", "dative", "at", "with"))


def head_of(reader: Reader, number: int, verb: Predicate) -> Noun | None:
    """The noun that a relative clause describes."""
    if verb.form != ADNOMINAL or verb.bound:
        return None
    for one in reader.elements[number + 1 : number + 3]:
        if isinstance(one, Noun):
            return one if one.role != OF or any(item.kind in NAMES for item in one.items) else None
        if one.frames or one.form != ADNOMINAL:
            return None
    return None


def subject(reader: Reader, number: int, kinds: frozenset[str], frame: Frame) -> list[Item]:
    """The subject of a predicate: the nearest to its left that no other clause keeps."""
    noun = subject_noun(reader, number) or _reporter(reader, number)
    if noun is None:
        return []
    at = reader.elements.index(noun)
    found = fits(reader, noun, kinds, frame)
    if found and found[0].kind not in NAMES and frame.predicate in OWNED:
        found = owners(reader, reader.elements[:at], noun, found, kinds, frame)
    return [*listed(reader, reader.elements[:at], kinds, frame), *found] if found else []


def subject_noun(reader: Reader, number: int) -> Noun | None:
    kept = _kept(reader, number)
    reported: Noun | None = None
    quoted = False
    for before in range(number - 1, -1, -1):
        one = reader.elements[before]
        if isinstance(one, Predicate):
            if reported is not None and reader.lexicon.search("turns", one.plain):
                return reported
            quoted = quoted or one.form == QUOTING
        elif one.role == SUBJECT:
            if before not in kept and not quoted and not _is_speaker(reader, one):
                return one
        elif one.role == TOPIC and not _adverbial(reader, one):
            if not quoted:
                return one
            reported = one
    return reported


def attackers(reader: Reader, number: int) -> bool:
    """True where attackers are the subject of a predicate: what they take or shut down nobody of the law did."""
    noun = subject_noun(reader, number)
    return noun is not None and any(
        item.kind in ("actor", "group-kind", "malware") or (item.terms and item.terms[0].id in _ATTACKERS)
        for item in noun.items
    )


def _is_speaker(reader: Reader, noun: Noun) -> bool:
    """True for "we" of whoever is quoted."""
    return reader.lexicon.whole("we", "".join(word.plain for word in noun.words))


def _reporter(reader: Reader, number: int) -> Noun | None:
    """Who says of himself what a reported clause without a subject says: "해킹했다고 주장한 X"."""
    verb = reader.elements[number]
    following = reader.elements[number + 1] if number + 1 < len(reader.elements) else None
    if isinstance(verb, Predicate) and verb.form == QUOTING and isinstance(following, Predicate):
        return head_of(reader, number + 1, following)
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
        first = clause_start(reader, at)
        inside = range(first, at)
        own = [(n, noun) for n in inside if isinstance(noun := reader.elements[n], Noun) and noun.role == SUBJECT]
        if own and (contrast or not holds(reader.elements[first:at], (OBJECT, "against"))):
            doers = {item.kind for item in own[-1][1].items} & DOERS
            loose = one.passive or reader.lexicon.search("quality", one.plain)
            if contrast or not (loose and (doers or (one.passive and own[-1][0] != at - 1))):
                found.add(own[-1][0])
    return frozenset(found)


def nameless(
    reader: Reader, number: int, verb: Predicate, frame: Frame, patients: Sequence[Item]
) -> tuple[list[Item], dict[str, str]]:
    """Who acts where the subject is "this group", or is left out of what somebody reports: "…고 분석했다"."""
    near = reader.elements[clause_start(reader, number) : number]
    criminals = head_of(reader, number, verb) or chain_head(reader, number, verb, near)
    if frame.nobody and criminals is not None and is_gang(reader, criminals):
        return [], {"subject": frame.nobody}
    if frame.predicate is Said.FIXES and (remedy := head_of(reader, number, verb)) is not None:
        repairs = reader.lexicon.search("remedy", "".join(word.plain for word in remedy.words))
        return [], {"subject": frame.nobody} if repairs else {}
    noun = subject_noun(reader, number)
    if (
        noun is not None
        and "actor" in frame.agent
        and reader.lexicon.whole("they", "".join(word.plain for word in noun.words))
    ):
        return [], {"subject": f"@actor?{frame.nobody}" if frame.nobody and frame.predicate in _HOSTILE else "@actor"}
    if frame.nobody and noun is not None and is_gang(reader, noun):
        return [], {"subject": frame.nobody}
    told = "deed" if frame.predicate is Said.EXPLOITS and noun is None else "lure"
    if frame.nobody and frame.predicate in _BY_DEEDS and _of_deed(reader, number, verb, told):
        doers = attacker(reader, number, frame)
        return doers, {} if doers else {"subject": frame.nobody}
    if noun is None and _goes_on(reader, number, verb, frame, patients):
        return [], {"subject": "@actor"}
    if frame.nobody and noun is None and _is_case(reader, number, verb):
        return [], {"subject": frame.nobody}
    reported = verb.form == QUOTING or (verb.form == ADNOMINAL and verb.bound)
    house = noun is not None and noun.role == TOPIC and any(item.kind in _HOUSES for item in noun.items)
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


def attacker(reader: Reader, number: int, frame: Frame) -> list[Item]:
    """The group whose attack a clause describes: "X는 은행을 노린 공격을 벌였다"."""
    for at in range(number + 1, len(reader.elements)):
        one = reader.elements[at]
        if isinstance(one, Predicate):
            found = subject(reader, at, frame.agent - {OPEN}, frame)
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


def chain_head(reader: Reader, number: int, verb: Predicate, near: Sequence[Element]) -> Noun | None:
    """Who is described by the verb on which a linking verb goes on: "서버에 침입해 자료를 빼낸 조직"."""
    if verb.form != LINKING or holds(near, (SUBJECT,)):
        return None
    topics = [one for one in near if isinstance(one, Noun) and one.role == TOPIC]
    if any(item.kind in DOERS for one in topics for item in one.items):
        return None
    for at in range(number + 1, len(reader.elements)):
        one = reader.elements[at]
        if isinstance(one, Noun):
            if one.role in (SUBJECT, TOPIC):
                return None
        elif one.form != LINKING:
            return head_of(reader, at, one)
    return None


def is_gang(reader: Reader, noun: Noun) -> bool:
    """True for criminals without a name: nobody else does what a clause says of them ("자료를 빼낸 일당을")."""
    return reader.lexicon.whole("gang", "".join(word.plain for word in noun.words))
