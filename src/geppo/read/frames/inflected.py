"""The grammar of inflected languages with free word order and blanks between words (Russian).

No parser: endings (`frames.toml`, `[words]`) tell verbs, their voice, and the cases that a noun may have; commas bound
clauses, as spelling demands. Who does it stands in the nominative, or in the instrumental beside a passive; what it is
done to in the accusative, or behind the preposition that the verb governs. A name in other letters has no case: there
the kind noun before it, kinds and order decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.frames.cases import (
    ANY,
    CODE,
    COUNTED,
    FINITE,
    GEN,
    INFINITIVE,
    INS,
    INSERTED,
    MAIN,
    NEAR,
    NOM,
    PARTICIPLE,
    Clause,
    Form,
    Lexicon,
    Noun,
    Phrase,
    Verb,
)
from geppo.read.frames.frame import OPEN, Statement, filled, kinds_in
from geppo.read.frames.roles import Reader
from geppo.read.frames.tokens import words_of
from geppo.read.typed import Item

OVERHANG = 10
"""Characters behind a statement in which a word may make its verb another: "выводил … из строя"."""

_OF_DATA = frozenset({Predicate.STEALS, Predicate.LEAKS})

DASH = ("—",)
"""Governs what stands behind a dash."""


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    if text[start:end].rstrip("\"”»') ").endswith("?"):
        return False
    return lexicon.able(words_of(text, start, end), kinds_in(items))


def statements(
    lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames find in a sentence that may hold some."""
    del clauses
    may = lexicon.fillable(kinds_in(items))
    reader = Reader(lexicon, text, start, end, items)
    # Clauses and nouns cost most, and a sentence that names nobody for its verbs needs none.
    found = any(not may.isdisjoint(lexicon.frames_of(token.lower)) for token in reader.tokens)
    if not found and not any(phrase.frame.id in may for phrase in reader.every):
        return
    for clause, verb in reader.verbs(may):
        if clause.kind != INSERTED:
            yield from _of_verb(reader, clause, verb)
    for clause in reader.clauses:
        for first, last in clause.pieces:
            for at in range(first, last):
                for phrase in lexicon.events_of(reader.word(at)):
                    if phrase.frame.id in may:
                        yield from _of_event(reader, clause, at, phrase)


def _of_verb(reader: Reader, clause: Clause, verb: Verb) -> Iterator[Statement]:
    frame, form = verb.phrase.frame, verb.form
    if reader.unreal(clause, verb):
        return
    alone = form.passive and form.mood == FINITE
    if form.mood == PARTICIPLE:
        agents, patients = reader.described(clause, verb)
    elif frame.inverse:
        agents, patients, alone = *reader.undergone(clause, verb), True
    elif form.passive:
        agents, patients = [], _suffering(reader, clause, verb)
        agents = [noun for noun in reader.acting(clause, verb) if noun not in patients]
    else:
        patients = reader.governed(clause, verb)
        agents = reader.subject(clause, verb, frame, patients)
        alone = (
            not agents and form.codes == frozenset("p") and form.mood == FINITE and not _led(reader, clause, patients)
        )
    others = reader.beside(clause, verb, frame, [*agents, *patients])
    refused = reader.denied(clause, verb)
    for negated, rows in _sides((agents, patients, others)):
        statement = _statement(reader, clause, verb, rows, alone=alone)
        if statement is not None:
            unsure = {"hedge": stance} if (stance := reader.stance(clause)) else {}
            polarity = _NOT_FOUND if reader.sought(clause) else _polarity(reader, refused or negated)
            yield replace(statement, constants={**statement.constants, **polarity, **unsure})


_NOT_FOUND = {"negated": "true", "hedge": "not-found"}


def _sides(rows: Sequence[Sequence[Noun]]) -> Iterator[tuple[bool, list[list[Noun]]]]:
    """The nouns that a statement is made of; a second time for what "not A but B" denies."""
    stated = [[noun for noun in row if not noun.negated] for row in rows]
    if all(bool(kept) == bool(row) for kept, row in zip(stated, rows, strict=True)):
        yield False, stated
    if any(noun.negated for row in rows for noun in row):
        yield True, [[noun for noun in row if noun.negated] or list(row) for row in rows]


def _polarity(reader: Reader, negated: bool) -> dict[str, str]:
    """What is known of the polarity; nothing where something was not found, which a hedge says."""
    if negated:
        return {"negated": "true"}
    return {} if reader.unfound else {"negated": "false"}


def _suffering(reader: Reader, clause: Clause, verb: Verb) -> list[Noun]:
    """What a finite passive is said of."""
    frame, genders = verb.phrase.frame, verb.form.codes
    if not verb.phrase.governed[0].startswith("+"):
        return reader.governed(clause, verb)

    def test(noun: Noun) -> bool:
        if noun.prep or not noun.case(NOM):
            return False
        agrees = noun.codes == ANY or any(code[0] in genders and code[1] == NOM for code in noun.codes)
        return (agrees or not genders) and reader.fits(noun, frame)

    found = reader.near(clause, verb.at, test, before=True)
    if found or clause.kind != MAIN or reader.led(clause, verb):
        return found
    return reader.subject(clause, verb, replace(frame, agent=frame.patient - {OPEN}), [])


def _led(reader: Reader, clause: Clause, patients: Sequence[Noun]) -> bool:
    """True where a plural verb may have a subject that no role knows, in its clause or the one before it."""
    if clause.kind != MAIN or (clause.host is not None and clause.host.pieces and not reader.opens(clause)):
        return True
    return any(
        noun not in patients
        and not noun.prep
        and noun.case(NOM)
        and reader.participle(noun.head, noun.head + 1) < 0
        and not (patients and noun.at > patients[-1].at and reader.among(noun.at - 1, "lists"))
        for noun in clause.nouns
    )


def _statement(
    reader: Reader, clause: Clause, verb: Verb, rows: Sequence[Sequence[Noun]], *, alone: bool
) -> Statement | None:
    frame = verb.phrase.frame
    agents, patients, others = (
        [item for noun in row if (item := reader.pick(noun, kinds, frame, agent=number == 0)) is not None]
        for number, (row, kinds) in enumerate(zip(rows, (frame.agent, frame.patient, frame.other), strict=True))
    )
    patients = [one for one in patients if not any(one.start < item.end and item.start < one.end for item in agents)]
    if frame.predicate in _OF_DATA:
        patients = [reader.whose(item) for item in patients]
    if frame.other and "other" not in frame.roles and not others:
        return None
    told = agents if frame.roles.get("agent") == "S" else patients
    nouns = rows[0 if told is agents else 1] if not told else ()
    guess = next((found for noun in nouns if (found := reader.guessed(noun, frame))), "")
    if guess and frame.predicate is Predicate.SAME_AS and len(patients) > 1:
        agents, guess, patients = patients[:1], "", patients[1:]
    told += [Item(kind=OPEN, start=0, end=0)] if guess else []
    roles = filled(frame, agents, patients, others, active=not verb.form.passive, alone=alone)
    if guess:
        told.clear()
        roles = {role: items for role, items in roles.items() if role != "S"} if roles is not None else None
    if roles is None or (frame.roles.get("patient") == "C" and not any(item.count for item in patients)):
        return None
    start, end = reader.tokens[verb.at].start, reader.tokens[verb.at].end
    places = [start, end, *(place for item in (*patients, *others) for place in (item.start, item.end))]
    if frame.never is not None and frame.never.search(reader.text[min(places) : max(places) + OVERHANG]):
        return None
    first = min([*places, *(item.start for item in agents if min(places) - NEAR <= item.start)])
    constants = {"subject": guess} if guess else {}
    if _capability(reader, clause, verb, agents):
        return None
    return Statement(frame=frame, roles=roles, start=first, end=max(places), constants=constants)


def _capability(reader: Reader, clause: Clause, verb: Verb, agents: Sequence[Item]) -> bool:
    """True for what a program, or anybody, may do: an ability or a habit, no deed."""
    anybody = bool(agents) and all(item.kind in ("role", "malware-kind") and not item.anaphor for item in agents)
    row = [at for first, last in clause.pieces for at in range(first, last)]
    if anybody and (reader.able or any(reader.among(at, "habits") for at in row)):
        return True
    if verb.form.mood != INFINITIVE or not agents:
        return False
    governor = reader.governor(clause, verb.at)
    able = all(item.kind in CODE for item in agents) and reader.among(governor, "modal")
    return able or (all(item.kind == "role" for item in agents) and reader.among(governor, "ability"))


def _of_dash(reader: Reader, clause: Clause, whole: Noun, at: int, phrase: Phrase) -> Iterator[Statement]:
    """What stands behind a dash for a verb: "the targets of A — B and C"."""
    frame = phrase.frame
    if at != whole.head or not reader.among(whole.last, "dashes"):
        return
    inner = (reader.inner(n, whole.last) for n in range(at + 1, whole.last))
    agents = [n for n in inner if reader.pick(n, frame.agent - {OPEN}, frame, agent=True) is not None][:1]
    behind = [n for n in clause.nouns if n.first > whole.last and not n.prep and n.case(NOM)][:1]
    things = [n for n in behind if not reader.lexicon.events_of(reader.word(n.head))]
    patients = [n for n in things if n.at == whole.last + 1 and reader.fits(n, frame)]
    if not agents or not patients:
        return
    verb = Verb(at, phrase, Form(FINITE, False, frozenset()))
    rows = (agents, [n for n in reader.listed(clause, patients[0], frame) if n.at > whole.last], ())
    statement = _statement(reader, clause, verb, rows, alone=False)
    if statement is not None:
        yield replace(statement, constants=_polarity(reader, reader.negated(whole.last + 1)))


def _of_event(reader: Reader, clause: Clause, at: int, phrase: Phrase) -> Iterator[Statement]:
    """What a noun says that names its doer ("the breach of A by B"), or that a sentence reports, or did not find."""
    frame = phrase.frame
    whole = next((noun for noun in clause.nouns if noun.first <= at < noun.last), None)
    if whole is not None and phrase.governed == DASH:
        yield from _of_dash(reader, clause, whole, at, phrase)
        return
    if whole is None or any(reader.among(n, "unreal_nouns") for n in range(max(0, whole.first - 3), at)):
        return
    inner = [reader.inner(n, whole.last) for n in range(at + 1, whole.last)]
    behind = [noun for noun in clause.nouns if noun.at >= whole.last][:3]
    owned = phrase.governed == ("+g",)

    def agent(row: Iterable[Noun], kinds: frozenset[str]) -> list[Noun]:
        return [noun for noun in row if reader.pick(noun, kinds, frame, agent=True) is not None][:1]

    plain = [n for n in behind if not n.prep and n.case(INS) and n.codes not in (ANY, COUNTED)]
    doing = plain or [n for n in behind if reader.among_word(n.prep, "by")] or reader.staging(clause, whole)
    agents = agent(doing, frame.agent) or ([] if owned else agent(inner, frame.agent - {OPEN}))
    row = [*reader.owner(whole), *inner] if owned else [noun for noun in behind if noun.prep in phrase.governed]
    doers = [noun for noun in agents if owned and noun in doing]
    row += [reader.inner(n, noun.last) for noun in doers for n in range(noun.head + 1, noun.last)]
    row += [noun for noun in behind[:1] if owned and noun.first == whole.last and noun.case(GEN) and noun.codes != ANY]
    patients = [noun for noun in row if noun not in agents and reader.pick(noun, frame.patient, frame) is not None][:1]
    row_of = [n for first, last in clause.pieces for n in range(first, last)]
    told = [n for n in row_of if reader.among(n, "reporting")]
    never = [n for n in row_of if reader.among(n, "happening") and reader.negated(n)]
    unfound = bool(frame.nobody) and reader.missing(clause)
    if not patients or not (agents or unfound or (frame.nobody and (told or never))):
        return
    patients = patients if owned else reader.listed(clause, patients[0], frame)
    verb = Verb(at, phrase, Form(FINITE, True, frozenset()))
    statement = _statement(reader, clause, verb, (agents, patients, ()), alone=True)
    if statement is not None:
        lost = {"negated": "true", "hedge": "not-found"}
        negated = reader.negated(whole.first) or reader.excluded(clause) or bool(never)
        if owned and patients[0].options is not None:
            # What a possessive stands for may be said in another clause.
            statement = replace(statement, start=max(statement.start, reader.tokens[whole.first].start))
        yield replace(statement, constants=lost if unfound else _polarity(reader, negated))
