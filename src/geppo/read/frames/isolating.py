"""The grammar of languages without spaces and inflection (Chinese).

No parser: a verb is a fixed string, or two with its object between them ("{}" in `frames.toml`); commas bound the
stretch in which its roles stand. What stands behind a word like 被 or 由 acts, what stands behind one like 将 or 对 is
what it is done to; otherwise the one who acts stands before the verb and the object behind it. A stretch without a
subject takes that of the stretch before it. The kinds of mentions decide the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.frames.characters import NAMES, PAIRS, THEY, Lexicon, Mark, Verb
from geppo.read.frames.frame import OPEN, Frame, Statement, filled, filling, kinds_in, worth
from geppo.read.frames.stretches import Reader
from geppo.read.typed import Item

BEFORE, BEHIND = 4, 6
"""Characters around a statement that `never` looks at, too."""

_OF_LAW = frozenset({Predicate.ARRESTS, Predicate.SEIZES})
"""Notices tell of them without saying again who did it: the police."""

UNNAMED = "unit/organisation"
"""Stands for a group that the text nowhere names."""

Roles = tuple[Sequence[Item], Sequence[Item], Sequence[Item], int, bool]


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    piece = text[start:end]
    return lexicon.possible(piece, kinds_in(items) | THEY) and not lexicon.search("question", piece)


def statements(
    lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames find in a sentence that may hold some."""
    del clauses
    reader = Reader(lexicon, text, start, end, items)
    yield from _apposed(reader)
    for verb in reader.verbs:
        span = reader.stretch(verb.start)
        if reader.unreal(verb, span):
            continue
        made = _inner(reader, verb, span) if verb.slot is not None else _outer(reader, verb, span)
        statement = _statement(reader, verb, made) if made is not None else None
        if statement is not None:
            yield statement


def _apposed(reader: Reader) -> Iterator[Statement]:
    """ "X hacker group Y": the place X, a common noun and the name Y side by side."""
    for frame, expression in reader.lexicon.nouns:
        for item in reader.items:
            first = filling(item, frame.agent)
            match = expression.match(reader.words[item.end : reader.end]) if first is not None else None
            if first is None or match is None:
                continue
            start = item.end + match.end()
            last = next((fit for o in reader.items if o.start == start and (fit := filling(o, frame.patient))), None)
            roles = filled(frame, [first], [last], [], active=True, alone=False) if last is not None else None
            if roles is not None and last is not None:
                yield Statement(frame=frame, roles=roles, start=item.start, end=last.end)


def _inner(reader: Reader, verb: Verb, span: Span) -> Roles | None:
    """The roles where the object stands inside the verb ("以…为目标")."""
    frame, slot = verb.frame, verb.slot
    assert slot is not None
    kinds = frame.patient
    patients = reader.things(slot.start, slot.end, kinds, frame)
    others = reader.things(verb.end, reader.stop(verb.end, span), frame.other, frame) if frame.other else []
    agents, guessed = reader.agents(verb, span, verb.start) if frame.agent else ([], False)
    after = reader.words[verb.end : span.end]
    if after.startswith("的") and frame.agent:
        head = reader.things(verb.end + 1, reader.stop(verb.end + 1, span), frame.agent - {OPEN}, frame)
        agents = head[:1] or agents
    if not agents and frame.agent:
        agents = _behind(reader, verb, span)
    if not agents and OPEN in frame.agent:
        found = reader.before(span, verb.start, frame.agent, frame)
        agents = [item for item in found if worth(frame, item, reader.text)]
    return agents, patients, others, verb.start, guessed


def _behind(reader: Reader, verb: Verb, span: Span) -> list[Item]:
    """Who stands behind a noun of doing: "对 X 的攻击由 Y 发起", "在针对 X 的攻击中，Y …"."""
    at = reader.stretches.index(span)
    if reader.words[verb.end : span.end].lstrip().startswith("由"):
        return reader.nearest(verb.end, span.end, verb.frame.agent, led=True)
    if reader.words[verb.end : span.end].startswith("中") and at + 1 < len(reader.stretches):
        after = reader.stretches[at + 1]
        return reader.first_of(after.start, after.end, verb.frame.agent)
    return []


def _outer(reader: Reader, verb: Verb, span: Span) -> Roles | None:
    frame = verb.frame
    mark = reader.mark(verb, span)
    if frame.inverse and (mark is None or not mark.passive):
        return None
    if mark is not None and mark.passive:
        return None if frame.active_only else _passive(reader, verb, span, mark)
    after = verb.end + reader.lexicon.begins("aspect", reader.words[verb.end : span.end])
    stop = reader.stop(after, span)
    first = mark.start if mark is not None else verb.start
    agents, guessed = reader.agents(verb, span, first) if frame.agent else ([], False)
    others = reader.things(after, stop, frame.other, frame) if frame.other else []
    if mark is not None:
        moved = reader.things(mark.end, verb.start, frame.patient, frame)
        if moved or frame.prepositions or frame.other:
            return agents, moved, others, first, guessed
        if frame.agent and not reader.words[mark.end : verb.start].strip():
            agents, guessed = reader.agents(verb, span, verb.start)
    if frame.stative and not frame.prepositions:
        agents = agents or _cause(reader, verb, span)
        return agents, reader.before(span, verb.start, frame.patient, frame), others, first, guessed
    if frame.prepositions or frame.other:
        return None
    if not frame.patient:
        return agents, [], [], min([first, *(item.start for item in agents)]), guessed
    if reader.words[after : after + 1] == "的":
        agents = reader.nearest(span.start, verb.start, frame.agent, led=True) or agents
        return (agents, _described(reader, verb, span, after + 1), others, first, guessed) if agents else None
    return _active(reader, verb, span, (agents, others, first, guessed), (after, stop))


def _cause(reader: Reader, verb: Verb, span: Span) -> list[Item]:
    """What made a thing stop: 「受攻击影响，工厂停产」."""
    if not verb.frame.agent or not reader.lexicon.search("cause", reader.words[reader.start : span.start]):
        return []
    return reader.nearest(reader.start, span.start, verb.frame.agent, led=True)


def _active(
    reader: Reader, verb: Verb, span: Span, found: tuple[list[Item], list[Item], int, bool], behind: tuple[int, int]
) -> Roles | None:
    """The roles where the object stands behind the verb."""
    frame = verb.frame
    agents, others, first, guessed = found
    after, stop = behind
    patients = reader.things(after, stop, frame.patient, frame)
    if not agents and patients:
        agents = _headed(reader, frame, after, stop)
        patients = [item for item in patients if item not in agents]
    if not agents and not guessed and frame.predicate not in _OF_LAW:
        return None
    if frame.predicate is Predicate.DISCLOSES and _clause_follows(reader, patients, span):
        return None
    if frame.anywhere and not patients:
        fits = [fit for item in reader.items if (fit := filling(item, frame.patient))]
        fits = [fit for fit in fits if fit.start >= after] or [fit for fit in fits if fit.end <= verb.start][::-1]
        patients = ([fit for fit in fits if fit.kind in NAMES] or fits)[:1]
    return agents, patients, others, first, guessed


def _clause_follows(reader: Reader, patients: Sequence[Item], span: Span) -> bool:
    """True where what was found is the subject of a clause ("发现 X 入侵了 …")."""
    last = max((item.end for item in patients), default=span.end)
    return any(
        last <= start < span.end and not reader.words[last:start].lstrip().startswith("的")
        for start, _ in reader.places
    )


def _headed(reader: Reader, frame: Frame, after: int, stop: int) -> list[Item]:
    """The one whom a relative clause describes: 「攻击银行的 X」. What is called by the name inside does not do it."""
    for item in reader.items:
        fit = filling(item, frame.agent - {OPEN}) if after < item.start and item.end <= stop else None
        clause, of, head = reader.words[after : item.start].rpartition("的")
        if fit is None or not of or reader.lexicon.search("naming", clause):
            continue
        if reader.lexicon.begins("person", head.strip(' “「"正就是乃便') + "组织"):
            return [fit]
    return []


def _described(reader: Reader, verb: Verb, span: Span, after: int) -> list[Item]:
    """What a relative clause describes ("X 部署的后门包括 …"), by its names where they follow."""
    frame = verb.frame
    bound = next(reader.lexicon.each("boundary", reader.words[after : span.end]), None)
    if bound is not None:
        start = after + bound[1]
        named = reader.things(start, reader.stop(start, span), frame.patient, frame)
        if named and (bound[0] == 0 or any(item.kind in NAMES for item in named)):
            return named
    stop = after + bound[0] if bound is not None else reader.stop(after, span)
    return reader.things(after, stop, frame.patient, frame)


def _passive(reader: Reader, verb: Verb, span: Span, mark: Mark) -> Roles | None:
    frame = verb.frame
    agents, another = reader.led(mark, verb)
    if another and frame.nobody:
        return None
    after = verb.end + reader.lexicon.begins("aspect", reader.words[verb.end : span.end])
    patients: list[Item] = []
    if reader.words[after : after + 1] == "的":
        patients = _described(reader, verb, span, after + 1)
    if not patients and frame.predicate is Predicate.USES:
        patients = reader.things(after, reader.stop(after, span), frame.patient, frame)
    patients = patients or reader.before(span, mark.start, frame.patient, frame)
    others = reader.things(after, reader.stop(after, span), frame.other, frame) if frame.other else []
    if not patients and not frame.other:
        patients = reader.things(after, reader.stop(after, span), frame.patient, frame)
    if not patients:
        at = reader.stretches.index(span)
        if at > 0 and not reader.own_subject(span, mark.start):
            earlier = reader.stretches[at - 1]
            patients = reader.first_of(earlier.start, earlier.end, frame.patient - {OPEN} - frame.agent)
    return agents, patients, others, mark.start, False


def _statement(reader: Reader, verb: Verb, made: Roles) -> Statement | None:
    agents, patients, others, first, guessed = made
    frame = verb.frame
    if frame.predicate in PAIRS and not frame.patient and sum(len(item.terms) for item in agents) < 2:
        return None
    if frame.patient and not patients:
        return None
    if guessed and not agents:
        agents, constants = [], {"subject": f"@actor?{UNNAMED}"}
    else:
        constants = {}
    roles = filled(frame, agents, patients, others, active=not frame.nobody and not guessed, alone=True)
    if roles is None and guessed and frame.roles.get("agent") == "S":
        roles = filled(replace(frame, nobody=UNNAMED), agents, patients, others, active=False, alone=True)
    if roles is None:
        return None
    # A negation may stand between what it is done to and the verb, whichever role of the frame that fills.
    held = [*patients, *(agents if frame.roles.get("agent") == "O" else ())]
    places = [first, verb.end, *(place for item in held for place in (item.start, item.end))]
    start, end = min(places), max(places)
    around = reader.words[max(reader.start, start - BEFORE) : min(reader.end, end + BEHIND)]
    if frame.never is not None and frame.never.search(around) is not None:
        return None
    return Statement(frame=frame, roles=roles, start=start, end=end, constants=constants)
