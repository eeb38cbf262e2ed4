"""The grammar of languages in which the subject comes first, the verb next and the object last (English).

No parser: noun phrases and verb groups are bounded by closed classes of words (`nouns.py`), the kinds of mentions
decide the rest. What it does not see: objects before their verb (except in relative clauses and passives), statements
spread over sentences, irony.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.frames.forms import BASE, ING, PARTICIPLE, PAST, S
from geppo.read.frames.frame import OPEN, Frame, Statement, filled, kinds_in, worth
from geppo.read.frames.nominal import came_to_pass, opens
from geppo.read.frames.nouns import FARTHEST, NAMES, Lexicon, Phrase, Verb
from geppo.read.frames.subjects import COMMON, PASSIVE, Reader
from geppo.read.frames.tokens import words_of
from geppo.read.typed import Item

SPEAKING = frozenset({
    Predicate.WARNS, Predicate.DISCLOSES, Predicate.DENIES, Predicate.CLASSIFIES, Predicate.FIXES, Predicate.PAYS,
    Predicate.ATTRIBUTED_TO, Predicate.SAME_AS, Predicate.ARRESTS, Predicate.PROVIDES,
})  # fmt: skip
"""Predicates of those who study and of those who are hit; in all others they are no doers."""

HARM = frozenset({
    Predicate.TARGETS, Predicate.COMPROMISES, Predicate.EXPLOITS, Predicate.STEALS, Predicate.DISRUPTS,
})  # fmt: skip
"""What authorities are not said to do to others by these verbs ("shut down a service", "disrupted a network")."""

_MEANS = frozenset({"malware-kind", "malware", "tool", "technique-word"})
_BY_MEANS = frozenset({Predicate.USES, Predicate.EXPLOITS})
"""In "deployed malware using X" it is not the malware that uses X."""

NEAR = 40
"""Characters before a verb in which its subject belongs to the stretch that a negation may stand before."""

_HELD_APART = frozenset({
    "malware-kind", "malware", "tool", "campaign-kind", "document", "vuln", "shared-thing/vulnerability",
    "shared-thing/zero-day",
})  # fmt: skip
"""What a noun behind it ("a flaw in X") says more of, and is itself what the verb speaks of."""

_PLAIN = frozenset({"date", "number"})
BEHIND = 8
"""Characters behind a statement that `never` looks at, too: "had rented from"."""


def _unreal(reader: Reader, verb: Verb, start: int, auxiliaries: Sequence[str]) -> bool:
    """True for a condition, a capability, a purpose, an order: nothing that is said to have happened."""
    words = reader.lexicon.words
    unreal = [word for word in auxiliaries if word in words["unreal"]]
    if unreal and not (unreal == ["could"] and any(word in words["have"] for word in auxiliaries)):
        return True
    if BASE in verb.forms and not auxiliaries and reader.let(start):
        return True
    if (reader.word(start - 2), reader.word(start - 1)) == ("let", "alone"):
        return True
    if reader.word(start - 1) == "to" and reader.governor(start - 1) < 0:
        if reader.word(start - 2) in ("is", "are") or _carried_out(reader, verb, start):
            return False
        return not _expected(reader, start)
    if ING in verb.forms and (not auxiliaries or auxiliaries == ["not"]):
        while reader.word(start - 1) in ("and", "or") and reader.word(start - 2).endswith("ing"):
            start -= 2
        if reader.word(start) == "not" and reader.word(start - 1) in ("when", "while"):
            return True
        before = reader.word(start - 1)
        if before in words["prepositions"] and before not in words["real_before_ing"]:
            return not reader.among(start - 2, "governors")
    present = verb.forms <= {BASE, S} if not auxiliaries else reader.present(auxiliaries)
    present = present or auxiliaries[:1] in (["has"], ["have"])
    for place in range(start - 1, -1, -1):
        if reader.word(place) in (",", ";", ":", "."):
            return False
        if reader.among(place, "conditions") or (present and reader.among(place, "whenever")):
            return True
    return False


def _expected(reader: Reader, at: int) -> bool:
    """True where somebody is expected to do what the verb group at a place says: "expects X to attack"."""
    phrase = reader.ending(at - 2)
    return phrase is not None and any(reader.among(n, "expects") for n in range(max(0, phrase.first - 1), phrase.last))


def _carried_out(reader: Reader, verb: Verb, start: int) -> bool:
    """True for the purpose of what a vendor gave out: "released an update to fix X"."""
    if verb.frame.predicate is not Predicate.FIXES:
        return False
    places = range(start - 2, max(-1, start - 2 - FARTHEST), -1)
    return any(reader.among(place, "gives_out") for place in places)


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    kinds = kinds_in(items)
    if kinds <= _PLAIN or text[start:end].rstrip("\"”')» ").endswith("?"):
        return False
    return lexicon.possible(set(words_of(text, start, end)), kinds)


def statements(
    lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames find in a sentence that may hold some."""
    del clauses
    kinds = kinds_in(items)
    may = lexicon.able(kinds)
    reader = Reader(lexicon, text, start, end, items, may)
    for verb in reader.found:
        if verb.frame.id in may:
            yield from _of_verb(reader, verb)
    for at, token in enumerate(reader.tokens):
        for frame, rest in lexicon.nouns.get(token.lower.rpartition(" ")[2], ()):
            if all(reader.word(at + 1 + n) == word for n, word in enumerate(rest)):
                yield from _of_noun(reader, frame, at, at + 1 + len(rest))


def _of_verb(reader: Reader, verb: Verb) -> Iterator[Statement]:
    at, auxiliaries = reader.group(verb)
    voice = reader.voice(verb, auxiliaries, at)
    if not voice or _unreal(reader, verb, at, auxiliaries) or _no_verb(reader, verb, at, auxiliaries):
        return
    for agents, patients, negated in _roles(reader, verb, at, voice):
        if verb.frame.active_only and not agents:
            continue
        unsaid = voice == PASSIVE or (not agents and _unnamed(reader, at))
        statement = _statement(reader, verb, at, voice, agents, patients, unsaid=unsaid)
        if statement is None or _definition(verb, auxiliaries, statement):
            continue
        constants = _stance(reader, at)
        yield replace(statement, constants={**constants, "negated": "true"} if negated else constants)


def _of_noun(reader: Reader, frame: Frame, at: int, last: int) -> Iterator[Statement]:
    """What a noun says that names its doer: "the breach of A by B", "B's attack on A"."""
    if any(reader.among(place, "unreal_nouns") for place in range(max(0, at - 6), at)):
        return
    verb = Verb(frame, at, last, frozenset(), 0)
    agents = reader.behind(verb, ("by",), frame.agent)[:1]
    before = at - 1
    while before > 0 and reader.tokens[before].item is None and reader.noun(before) and not opens(reader, before):
        before -= 1
    if not agents and reader.word(before) == "'s":
        owner = reader.ending(before - 1)
        item = reader.pick(owner, frame.agent - {OPEN}) if owner else None
        agents = [item] if item else []
    patients = _affected(reader, frame, last)
    unsaid = not agents and bool(frame.nobody) and came_to_pass(reader, at, last, before + 1)
    if patients and (agents or unsaid):
        statement = _statement(reader, verb, at, PASSIVE, agents, patients)
        if statement is not None:
            yield replace(statement, constants={"given": "true"}) if reader.among(before, "given") else statement


def _affected(reader: Reader, frame: Frame, at: int) -> list[Item]:
    """What the nouns behind "theft of" or "attack on" stand for, up to one that it cannot be done to."""
    found: list[Item] = []
    for number, phrase in enumerate(reader.listed(at)):
        if number and reader.inner(phrase):
            continue
        item = reader.pick(phrase, frame.patient)
        if item is None or (number and not worth(frame, item, reader.text)):
            break
        found.append(item)
    return found


def _no_verb(reader: Reader, verb: Verb, at: int, auxiliaries: Sequence[str]) -> bool:
    """True for a noun that looks like a form of a verb ("the attack on", "abuse of"), and for half of an adjective
    ("Tinroof-infected")."""
    if reader.text[reader.tokens[verb.first].start - 1 : reader.tokens[verb.first].start] == "-":
        return True
    if reader.among(at - 1, "articles") and verb.forms & {BASE, S} and not auxiliaries:
        return True
    helped = any(word in reader.lexicon.words[name] for name in ("be", "have", "modals") for word in auxiliaries)
    if BASE not in verb.forms or PAST in verb.forms or helped:
        return False
    if reader.word(verb.first - 1) == "to":
        return False
    return not (reader.noun(at - 1) or reader.among(at - 1, "relative") or reader.word(at - 1) in ("it", "they"))


def _definition(verb: Verb, auxiliaries: Sequence[str], statement: Statement) -> bool:
    """True for what a kind of thing does by nature: "ransomware encrypts files"."""
    subject = statement.roles.get("S", ()) if verb.frame.predicate not in SPEAKING else ()
    common = bool(subject) and all(item.kind in COMMON and not item.anaphor for item in subject)
    return common and not auxiliaries and verb.forms.isdisjoint({PAST, PARTICIPLE, ING}) and not statement.determined


def _stance(reader: Reader, at: int) -> dict[str, str]:
    """What stands right before a verb group and turns it round: "denied having …", "expects X to …".

    What is denied keeps its polarity and has the rung that says so, as everywhere.
    """
    if reader.among(at - 1, "denials"):
        return {"negated": "false", "hedge": "denies"}
    if reader.word(at - 1) == "to":
        if reader.word(at - 2) in ("is", "are"):
            return {"hedge": "forecast"}
        if _expected(reader, at):
            return {"hedge": "forecast"}
    return {}


def _roles(reader: Reader, verb: Verb, at: int, voice: str) -> Iterator[tuple[Sequence[Item], Sequence[Item], bool]]:
    """Who does it and what it is done to; a second time for what "not by A but by B" or ", not B" sets against it."""
    frame = verb.frame
    if voice == PASSIVE:
        patients = _patients_before(reader, verb, at)
        place = next(
            (n for n in range(verb.last, min(verb.last + FARTHEST, len(reader.tokens))) if reader.word(n) == "by"), -1
        )
        contrast = place > 0 and reader.word(place - 1) == "not"
        yield reader.behind(verb, ("by",), frame.agent)[:1], patients, contrast
        if contrast:
            other = next(
                (n for n in range(place, len(reader.tokens)) if (reader.word(n), reader.word(n + 1)) == ("but", "by")),
                -1,
            )
            phrase = reader.beginning(other + 2) if other > 0 else None
            agent = reader.pick(phrase, frame.agent) if phrase else None
            if agent is not None:
                yield [agent], patients, False
        return
    bare = ING in verb.forms and at == verb.first and reader.noun(at - 1)
    nearest = reader.ending(at - 1) if bare else None
    first = reader.governing(at) if ING in verb.forms and at == verb.first and reader.word(at - 1) == "by" else at
    item = reader.pick(nearest, frame.agent - {OPEN}) if nearest else None
    if item is not None and item.kind in _MEANS and frame.predicate in _BY_MEANS:
        first = reader.handling(item)
        item = item if first < 0 else None
    agent = item or reader.subject(max(first, 0) or at, frame.agent)
    agents = _agents(reader, at, agent, frame) if agent else []
    patients, end = _patients_after(reader, verb, at)
    more, end = _examples(reader, frame, end)
    yield agents, [*patients, *more, *_places(reader, frame, end)], agent is not None and reader.denied(agent)
    apart = next((len(words) for words in _CONTRASTS if reader.text_at(end, words)), 0)
    if apart:
        phrase = reader.beginning(end + apart + reader.among(end + apart, "prepositions"))
        item = reader.pick(phrase, frame.patient) if phrase else None
        if item is not None:
            yield agents, [item], True


def _agents(reader: Reader, at: int, agent: Item, frame: Frame) -> list[Item]:
    """The agent with those that are listed with it right before the verb: "A, B and C attacked"."""
    phrase = reader.ending(at - 1)
    if phrase is None or not any(reader.tokens[n].start == agent.start for n in range(phrase.first, phrase.last)):
        return [agent]
    return _listed_before(reader, agent, frame.agent - {OPEN})


def _unnamed(reader: Reader, at: int) -> bool:
    """True where somebody acts of whom only that is said: "an unauthorised third party copied files"."""
    phrase = reader.ending(at - 1)
    return (
        phrase is not None
        and reader.among(phrase.last - 1, "unknowns")
        and any(reader.among(place, "unnamed") for place in range(phrase.first, phrase.last))
    )


def _bystander(lexicon: Lexicon, frame: Frame, item: Item) -> bool:
    """True for those who study attacks and do not make them, and for authorities that stop something: they seize."""
    if not item.terms or frame.predicate in SPEAKING:
        return False
    officer = frame.predicate in HARM and item.terms[0].id in lexicon.words["officers"]
    return officer or item.terms[0].id in lexicon.words["bystanders"]


def _other_agent(reader: Reader, verb: Verb) -> bool:
    """True where a passive names a doer that the frame does not know: nobody else is put in its place."""
    if reader.word(verb.last) != "by":
        return False
    phrase = reader.beginning(verb.last + 1)
    return phrase is not None and not reader.among(phrase.last - 1, "unknowns")


_CONTRASTS = ((",", "not"), ("rather", "than"), (",", "rather", "than"), ("instead", "of"), (",", "but", "not"))
"""What sets a thing against the object that it is not."""


_SUCH = ("including", "like", "namely")


def _examples(reader: Reader, frame: Frame, end: int) -> tuple[list[Item], int]:
    """What "such as" or "including" adds to the objects, and where that ends."""
    end += reader.word(end) == "," and reader.word(end + 1) in ("including", "such", "like", "namely")
    size = 2 if reader.text_at(end, ("such", "as")) else int(reader.word(end) in _SUCH)
    if not size:
        return [], end
    listed = reader.listed(end + size)
    found = [item for phrase in listed if (item := reader.pick(phrase, frame.patient - {OPEN}))]
    return found, listed[-1].last if listed else end


def _places(reader: Reader, frame: Frame, end: int) -> list[Item]:
    """States behind the objects of an attack: "banks in A and B"."""
    if frame.predicate is not Predicate.TARGETS or not reader.among(end, "where_to"):
        return []
    listed = reader.listed(end + 1)
    found = [reader.pick(phrase, frozenset({"place"})) for phrase in listed]
    return [item for item in found if item is not None] if None not in found else []


def _statement(
    reader: Reader,
    verb: Verb,
    at: int,
    voice: str,
    agents: Sequence[Item],
    patients: Sequence[Item],
    *,
    unsaid: bool = True,
) -> Statement | None:
    frame = verb.frame
    if any(_bystander(reader.lexicon, frame, item) for item in agents):
        return None
    if voice == PASSIVE and not agents and frame.agent and _other_agent(reader, verb):
        return None
    if len(patients) > 1:
        patients = [item for item in patients if worth(frame, item, reader.text)] or patients
    others = reader.behind(verb, frame.prepositions, frame.other, _SUCH) if frame.prepositions else []
    if frame.predicate is Predicate.COMMUNICATES_WITH:
        kept, beside = ([item for item in row if worth(frame, item, reader.text)] for row in (patients, others))
        if (patients and not kept) or (others and not beside):
            return None
        patients, others = kept, beside
    roles = filled(frame, agents, patients, others, active=not unsaid, alone=unsaid)
    told = (*patients, *others, *(agents if frame.roles.get("agent") == "O" or _any_subject(frame) else ()))
    if roles is None or not all(worth(frame, item, reader.text) for item in told):
        return None
    start, end = reader.tokens[at].start, reader.tokens[verb.last - 1].end
    near = [item for item in (*patients, *others) if ";" not in reader.text[item.end : start]]
    stretch = [start, end, *(place for item in near for place in (item.start, item.end))]
    if frame.never is not None and frame.never.search(reader.text[min(stretch) : max(stretch) + BEHIND]):
        return None
    behind = [item.end for item in agents if voice == PASSIVE and item.start >= end]
    stretch += [place for place in behind if " not " not in reader.text[end:place]]
    first = min([*stretch, *(item.start for item in agents if start - NEAR <= item.start < start)])
    determined = bool(agents) and reader.text[max(0, agents[0].start - 5) : agents[0].start].lower().endswith(
        ("the ", "his ", "its ")
    )
    return Statement(frame=frame, roles=roles, start=first, end=max(stretch), determined=determined)


def _any_subject(frame: Frame) -> bool:
    """True where any noun may be the subject and in no other role: `only` is said of it ("data surfaced")."""
    return OPEN in frame.agent and OPEN not in frame.patient | frame.other


def _patients_before(reader: Reader, verb: Verb, at: int) -> list[Item]:
    frame = verb.frame
    found = _deed_before(reader, frame, at) or reader.subject(at, frame.patient, head=True)
    if found is None:
        return []
    return _listed_before(reader, found, frame.patient)


def _deed_before(reader: Reader, frame: Frame, at: int) -> Item | None:
    """The deed right before a bare participle, whatever it stands in: "hit in an attack tied to …"."""
    if reader.among(at, "be") or not {"campaign-kind", "act"} & frame.patient or not reader.noun(at - 1):
        return None
    phrase = reader.ending(at - 1)
    item = reader.pick(phrase, frozenset({"campaign-kind", "act"}) & frame.patient) if phrase else None
    return item if item is not None and item.end == reader.tokens[at - 1].end else None


def _only_modifies(reader: Reader, phrase: Phrase, at: int) -> bool:
    """True for one noun without an article whose list goes on in a longer one: "no student or employee data"."""
    return (
        phrase.last - phrase.first == 1
        and reader.word(phrase.first - 1) in ("no", "any")
        and not reader.word(phrase.first).endswith("s")
        and reader.word(at - 1) == "or"
    )


def _listed_before(reader: Reader, found: Item, kinds: frozenset[str]) -> list[Item]:
    """A noun with those that stand before it in one list."""
    place = next((n for n, token in enumerate(reader.tokens) if token.start == found.start), 0)
    row = [found]
    joined = reader.word(place - 1) in ("and", "or") or (
        reader.among(place - 1, "determiners") and reader.word(place - 2) in ("and", "or")
    )
    while joined and reader.among(place - 1, "articles"):
        place -= 1
    while joined and place >= 2 and reader.word(place - 1) in (",", "and", "or") and reader.noun(place - 2):
        phrase = reader.ending(place - 2)
        if phrase is not None and _only_modifies(reader, phrase, place):
            place = phrase.first
            break
        item = reader.pick(phrase, kinds) if phrase else None
        if item is None or phrase is None:
            break
        row.append(item)
        place = phrase.first
        while reader.among(place - 1, "determiners"):
            place -= 1
    return row[::-1]


def _patients_after(reader: Reader, verb: Verb, at: int) -> tuple[list[Item], int]:
    """What stands behind the verb as its object, or before it in a relative clause; and where the objects end."""
    frame = verb.frame
    place = verb.slot or verb.last
    if not frame.patient:
        return [], place
    if frame.prepositions and not verb.slot and reader.word(verb.last - 1) in frame.prepositions:
        return _antecedent(reader, at, frame.patient), place
    if reader.word(place) == "that" and (frame.predicate in SPEAKING or frame.active_only):
        return [], place
    if reader.word(place) in ("it", "them"):
        before = reader.nearest(at, frame.patient - {OPEN})
        return [before] if before else [], place + 1
    listed = reader.listed(place)
    if listed and reader.tokens[listed[0].last - 1].lower in frame.whole and reader.among(listed[0].last, "upon"):
        whole = reader.listed(listed[0].last + 1)
        listed = whole if whole and not reader.among(whole[0].last - 1, "boards") else listed[:1]
    if verb.until:
        listed = [Phrase(one.first, min(one.last, verb.until)) for one in listed if one.first < verb.until]
    found: list[Item] = []
    holder: Item | None = None
    where = False
    for number, phrase in enumerate(listed):
        inside = reader.inner(phrase) if number else False
        place_of = reader.pick(phrase, frozenset({"place"})) if found and (inside or where) else None
        where = place_of is not None
        if place_of is not None:
            found += [place_of] if frame.predicate is Predicate.TARGETS and "place" in frame.patient else []
            continue
        if inside and (found or _other_thing(reader, listed[number - 1])):
            continue
        following = listed[number + 1] if number + 1 < len(listed) else None
        item = reader.pick(phrase, frame.patient)
        if following is not None and reader.inner(following) and reader.holds(phrase):
            holder = item
            continue
        if inside and (item is None or (holder is not None and not worth(frame, item, reader.text))):
            item = holder
        holder = None
        found += [item] if item is not None else []
    end = listed[-1].last if listed else place
    return (found, end) if found else (_antecedent(reader, at, frame.patient), end)


def _other_thing(reader: Reader, phrase: Phrase) -> bool:
    """True for a noun phrase that is a thing of another kind than is wanted, whatever it stands in."""
    items = [item for token in reader.tokens[phrase.first : phrase.last] if (item := token.item) is not None]
    kinds = {item.kind for item in items} | {item.terms[0].id for item in items if item.terms}
    return not kinds.isdisjoint(_HELD_APART)


def _over_contrast(reader: Reader, last: int) -> int:
    """The place before ", not B" that ends at a place: "it was A, not B, that …"."""
    for place in range(last, max(0, last - FARTHEST), -1):
        if reader.text_at(place, (",", "not")):
            return place - 1
        if reader.word(place) in (",", ";", ":", "."):
            break
    return last


def _antecedent(reader: Reader, at: int, kinds: frozenset[str]) -> list[Item]:
    """The noun that a relative clause with a subject of its own speaks of: "41 domains that the firm had rented"."""
    phrase = reader.ending(at - 1)
    if phrase is None and not reader.among(at - 1, "pronouns"):
        return []
    before = (phrase.first if phrase is not None else at - 1) - 1
    while reader.among(before, "determiners") and not reader.among(before, "relative"):
        before -= 1
    if reader.among(before, "relative"):
        last = _over_contrast(reader, before - 1 - (reader.word(before - 1) == ","))
    elif phrase is None or (last := reader.contact(phrase)) == 0:
        return []
    deed = reader.head(last, kinds - {OPEN}) if "campaign-kind" in kinds else None
    item = deed or _set_beside(reader, last, kinds) or reader.head(last, kinds, head=True)
    return [item] if item else []


def _set_beside(reader: Reader, last: int, kinds: frozenset[str]) -> Item | None:
    """The name beside which a described noun stands: "Westgate, a ferry operator that X had breached"."""
    phrase = reader.ending(last)
    before = phrase.first - 1 if phrase is not None else -1
    while reader.among(before, "articles"):
        before -= 1
    if phrase is None or before == phrase.first - 1 or reader.word(before) != ",":
        return None
    named = reader.tokens[before - 1].item
    return named if named is not None and named.kind in NAMES and named.kind in kinds else None
