"""The grammar of languages in which particles mark the roles and the verb comes last (Japanese).

No parser: a verb is found by its stem and inflection, its roles by the particles behind the mentions and nouns that
stand before it in its clause, or by the noun that follows it where it is a relative clause. The topic of the sentence
is the subject of every clause that has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import re2

from geppo.language._lexicon import sorter
from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.frames.conjugation import expressions
from geppo.read.frames.frame import OPEN, Frame, Frames, Statement, filled, filling, worth
from geppo.read.names import slug
from geppo.read.typed import Item

BEHIND = 6
"""Characters behind a statement that `never` looks at, too: 「Xと同じ」 is no statement before 「サーバ」."""

LONGEST_NOUN = 24
"""Characters of a noun that no list knows."""

SUBJECT, OBJECT, AGENT = "subject", "object", "agent"


@dataclass(frozen=True, slots=True)
class Verb:
    """A frame's verb at its place: stem and inflection end at `stem_end`, what is inflected on at `end`.

    `ending` is the run of kana (or syllables) up to `end`, which tells whether a noun follows that the verb describes.
    """

    frame: Frame
    start: int
    stem_end: int
    end: int
    passive: bool
    ending: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A mention or noun with the particle behind it; `whole` is the longer noun that a mention only ends."""

    item: Item
    particle: str
    end: int
    whole: Item | None = None


class Lexicon:
    """Verbs of all frames as one expression each, and the particles and endings of the language."""

    def __init__(self, known: Frames) -> None:
        words = known.words
        self.particles: Mapping[str, frozenset[str]] = {k: frozenset(v) for k, v in words["particles"].items()}
        self.particle = re2.compile(words["particle"])
        self.noun = re2.compile(words["noun"])
        self.tail = re2.compile(words["tail"])
        self.tail_before = re2.compile(words["tail"] + "$")
        self.head = re2.compile(words["adnominal"])
        self.unreal = re2.compile(words["unreal"])
        self.condition = re2.compile(words["condition"])
        self.cleft = re2.compile(words["cleft"])
        self.contrast = re2.compile(words["contrast"])
        self.joined = re2.compile(words["joined"])
        self.question = re2.compile(words["question"])
        self.called = re2.compile(words["called"])
        self.containers = re2.compile(words["containers"])
        self.no_particle = tuple(words["no_particle"])
        self.number = re2.compile(words["number"])
        self.predicated = re2.compile(words["predicated"])
        self.quote = re2.compile(words["quote"])
        self.inner = re2.compile(words["inner"])
        self.attempt = re2.compile(words["attempt"])
        self.received = re2.compile(words["received"])
        self.lost = re2.compile(words["lost"])
        self.negative = re2.compile(words["negative"])
        self.prefixes = frozenset(words["prefixes"])
        self.adjective = re2.compile(words["adjective"])
        self.no_noun = re2.compile(words["no_noun"])
        self.denied = re2.compile(words["denied"])
        self.deeds = frozenset(words["deeds"])
        self.empty = frozenset(words["empty"])
        self.verbs: list[tuple[int, Frame, bool, Any]] = []
        sources: list[str] = []
        for frame in known.frames:
            active, passive = expressions(frame, words["conjugation"])
            for source, voice in ((passive, True), (active, False)):
                if source:
                    self.verbs.append((len(sources), frame, voice, re2.compile(source)))
                    sources.append(source)
        self._all = sorter(sources, whole=False, blanks=False)

    def present(self, piece: str) -> frozenset[int]:
        """Numbers of the verbs' expressions that match in a sentence, in one pass."""
        return frozenset(self._all.Match(piece) or ())


LONGEST_BRACKET = 90
"""Characters of a bracket with the other names of what stands before it."""


def _without_brackets(text: str, items: Sequence[Item]) -> list[Item]:
    """The items with names that take in the bracket behind them and without what stands in it: 「X（別名 Y、Z）が」."""
    found: list[Item] = []
    for item in items:
        if found and item.end <= found[-1].end:
            continue
        closed = -1
        if item.kind in _NAMES and text[item.end : item.end + 1] in ("（", "("):
            closing = "）" if text[item.end] == "（" else ")"
            closed = text.find(closing, item.end, item.end + LONGEST_BRACKET)
        found.append(replace(item, end=closed + 1) if closed > 0 else item)
    return found


class Reader:
    """One sentence: its marked nouns and its verbs."""

    def __init__(
        self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
    ) -> None:
        self.lexicon = lexicon
        self.text = text
        self.start, self.end = start, end
        self.items = _without_brackets(text, [item for item in items if item.kind not in ("date", "number")])
        self.clauses = clauses

    def verbs(self) -> Iterator[Verb]:
        """Every frame's verb; the longest where several begin at one place."""
        piece = self.text[self.start : self.end]
        found: dict[int, list[Verb]] = {}
        present = self.lexicon.present(piece)
        for number, frame, voice, expression in self.lexicon.verbs:
            for match in expression.finditer(piece) if number in present else ():
                start, end = self.start + match.start(), self.start + match.end()
                tail = self.lexicon.tail.match(self.text[end : self.end])
                ending = self.lexicon.tail_before.search(match.group()).group() + tail.group()
                verb = Verb(frame, start, end, end + len(tail.group()), voice != frame.inverse, ending)
                if not any(v.frame is frame for v in found.get(start, ())) and not self._in_name(start):
                    found.setdefault(start, []).append(verb)
        for row in found.values():
            yield from row

    def _in_name(self, at: int) -> bool:
        names = ("actor", "malware", "tool", "campaign", "network", "org", "place", "agreement")
        inside = any(item.start < at < item.end or (item.start == at and item.kind in names) for item in self.items)
        return inside or self.text[max(0, at - 2) : at] in self.lexicon.prefixes

    def clause(self, at: int) -> Span:
        """The clause in which a place stands."""
        return next((c for c in self.clauses if c.start <= at < c.end), Span(start=self.start, end=self.end))

    def marked(self, start: int, end: int) -> list[Marked]:
        """Mentions and nouns with a particle behind them between two places, in order; nouns as open items."""
        found: list[Marked] = []
        piece = self.text[start:end]
        at = start
        for match in self.lexicon.particle.finditer(piece):
            after = start + match.end()
            if self.text.startswith(self.lexicon.no_particle, after):
                continue
            item = self._noun_before(max(at, start), start + match.start(1))
            if item is None and match.start(1) > match.start():
                item = self._noun_before(max(at, start), start + match.start())
            if item is not None:
                whole = self._whole(max(at, start), item, start + match.start(1))
                found.append(Marked(item, match.group(1), after, whole))
                at = after
            elif (
                found
                and found[-1].particle in _OF
                and self.lexicon.number.fullmatch(piece[found[-1].end - start : match.start(1)])
            ):
                found[-1] = Marked(found[-1].item, match.group(1), after)
                at = after
        last = next((item for item in reversed(self.items) if item.end == end and item.start >= at), None)
        if last is not None and last.count is not None:
            found.append(Marked(last, next(iter(self.lexicon.particles[OBJECT])), end))
        return found

    def _noun_before(self, first: int, place: int) -> Item | None:
        """What ends right before a place: a mention, or a noun that no list knows."""
        inside = next((item for item in self.items if item.start < place < item.end), None)
        if inside is not None:
            return None
        ending = next((item for item in reversed(self.items) if first <= item.start and item.end == place), None)
        if ending is not None:
            return self._named(ending)
        runs = [match for match in self.lexicon.noun.finditer(self.text[first:place]) if first + match.end() == place]
        if not runs:
            return None
        start = first + runs[0].start()
        covered = next((item for item in reversed(self.items) if start <= item.start < item.end < place), None)
        if covered is not None and covered.end >= place - 2 and covered.kind not in ("place", "product", "org"):
            return covered
        return self._open(start, place)

    def _whole(self, first: int, item: Item, place: int) -> Item | None:
        """The longer noun that ends with a mention, or that a mention opens, if there is one before a particle."""
        if item.kind == OPEN or item.anaphor:
            return None
        if item.end < place and self.lexicon.noun.fullmatch(self.text[item.end : place]) is not None:
            return self._open(item.start, place)
        runs = [
            match
            for match in self.lexicon.noun.finditer(self.text[first : item.end])
            if first + match.end() == item.end
        ]
        start = first + runs[0].start() if runs else item.start
        return self._open(start, item.end) if start < item.start else None

    def whole(self, item: Item) -> Item:
        """A mention as a noun that no list knows, with what stands before it of the same word."""
        return self._whole(self.start, item, item.end) or replace(item, kind=OPEN)

    def _named(self, item: Item) -> Item:
        """The name that describes a common noun: "a network named X", 「Xを名乗る集団」."""
        if item.kind not in _COMMON:
            return item
        for other in reversed(self.items):
            if other.end <= item.start and other.kind in _NAMES:
                called = self.lexicon.called.fullmatch(self.text[other.end : item.start])
                return replace(other, start=other.start, end=item.end) if called is not None else item
        return item

    def _name_behind(self, item: Item) -> Item:
        after = item.end + (self.text[item.end : item.end + 1] in ("「", "『", "“"))
        name = next((other for other in self.items if other.start == after and other.kind in _NAMES), None)
        return name if name is not None and item.kind in _COMMON else item

    def _open(self, start: int, end: int) -> Item | None:
        name = self.text[start:end]
        if len(name) > LONGEST_NOUN or name in self.lexicon.empty or not any(c.isalpha() for c in name):
            return None
        if self.lexicon.no_noun.search(name) is not None:
            return None
        return Item(kind=OPEN, start=start, end=end, terms=(Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name),))

    def argument(self, item: Item) -> bool:
        """True where a particle behind a mention ties it to a verb or noun that follows."""
        return self.text.startswith(_TIES, item.end)

    def behind(self, at: int) -> Item | None:
        """The noun that begins at a place: the head of a relative clause, by its name if one stands behind it."""
        skipped = self.lexicon.adjective.match(self.text[at : self.end])
        at += skipped.end() if skipped is not None else 0
        while at < self.end and self.text[at] in '「『“"':
            at += 1
        item = next((item for item in self.items if item.start == at), None)
        match = self.lexicon.noun.match(self.text[at : self.end])
        if item is not None and (match is None or at + match.end() <= item.end):
            return self._name_behind(item)
        if match is None or match.group() in self.lexicon.empty:
            return None
        last = next((i for i in reversed(self.items) if at <= i.start and i.end == at + match.end()), None)
        return last or self._open(at, at + match.end())


def possible(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where no frame can be in a sentence: it need not be looked at."""
    del items
    piece = text[start:end]
    return bool(lexicon.present(piece)) and lexicon.question.search(piece) is None


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
    if lexicon.condition.search(text[max(clause.start, verb.start - 60) : verb.start]) is not None:
        return
    near = reader.marked(clause.start, verb.start)
    topics = [one for one in reader.marked(reader.start, verb.start) if one.particle in lexicon.particles["topic"]]
    head = _head(reader, verb)
    for agents, patients, negated, end in _roles(reader, verb, near, topics, head):
        statement = _statement(reader, verb, agents, patients, near, end)
        if statement is None:
            continue
        if verb.frame.predicate is not Predicate.DENIES and lexicon.denied.match(text[after : reader.end]) is not None:
            yield replace(statement, constants={"negated": "false", "hedge": "denies"})
        else:
            lost = lexicon.lost.search(text[verb.start : verb.stem_end]) is not None
            unsaid = head is not None and lexicon.negative.search(verb.ending) is not None
            plain = lost or (head is not None and not unsaid)
            turned = {"negated": "true"} if negated or unsaid or failed else {"negated": "false"} if plain else {}
            yield replace(statement, constants=turned)


def _head(reader: Reader, verb: Verb) -> Item | None:
    """The noun that a relative clause describes, if the verb ends one."""
    if reader.lexicon.head.fullmatch(verb.ending) is None:
        return None
    return reader.behind(verb.end)


def _by(row: Sequence[Marked], particles: Sequence[str] | frozenset[str], kinds: frozenset[str]) -> list[Item]:
    """The last noun with one of the particles whose kind fits, and those that are listed before it."""
    for number in range(len(row) - 1, -1, -1):
        if row[number].particle in particles:
            item = _fit(row[number], kinds)
            if item is not None:
                return [*_listed(row[:number], kinds), item]
    return []


def _held(reader: Reader, row: Sequence[Marked], found: list[Item], kinds: frozenset[str]) -> list[Item]:
    """What a network or a server belongs to, where that is told and fits: 「北門銀行のネットワーク」."""
    if len(found) != 1 or not reader.lexicon.containers.search(reader.text[found[0].start : found[0].end]):
        return found
    for one, following in pairwise(row):
        if (
            following.item.start <= found[0].start < following.end
            and one.particle in _OF
            and one.end == following.item.start
        ):
            owner = filling(one.item, kinds - {OPEN})
            return [owner] if owner is not None else found
    return found


def _nearest(row: Sequence[Marked], particles: Sequence[str], kinds: frozenset[str]) -> list[Item]:
    """The last noun with one of the particles, if its kind fits: a verb has one object, an earlier one is not its."""
    last = next((number for number in range(len(row) - 1, -1, -1) if row[number].particle in particles), -1)
    return _by(row[: last + 1], particles, kinds) if last >= 0 and _fit(row[last], kinds) else []


def _fit(one: Marked, kinds: frozenset[str]) -> Item | None:
    """The mention where its kind fits, else the whole noun that it ends, else the word where any noun will do."""
    fits = filling(one.item, kinds) or filling(one.whole, kinds)
    if fits is None and OPEN in kinds and one.item.kind in _COMMON:
        return replace(one.item, kind=OPEN)
    return fits


def _listed(row: Sequence[Marked], kinds: frozenset[str]) -> list[Item]:
    found: list[Item] = []
    for one in reversed(row):
        item = _fit(one, kinds)
        if one.particle in _OF:
            continue
        if one.particle not in _LIST or item is None:
            break
        found.append(item)
    return found[::-1]


_PEOPLE = frozenset({"actor", "role", "group-kind", "campaign"})
_COMMON = frozenset({"role", "group-kind", "malware-kind", "relay-class", "campaign-kind", "shared-thing",
                     "unit", "device", "data", "service", "sector"})  # fmt: skip
_NAMES = frozenset({"actor", "malware", "tool", "campaign", "network"})
_TIES = ("に", "を", "が", "は", "から", "へ", "と", "の", "も")
_OF = frozenset({"の", "의"})
_LIST = frozenset({"や", "、", "と", "および", "及び", "並びに", "ならびに", "와", "과", ",", "및"})


Roles = tuple[Sequence[Item], Sequence[Item], bool, int]


def _roles(
    reader: Reader, verb: Verb, near: Sequence[Marked], topics: Sequence[Marked], head: Item | None
) -> Iterator[Roles]:
    """Who does it, what it is done to, whether it is denied, and where the statement ends."""
    frame, particles = verb.frame, reader.lexicon.particles
    of_object = frame.prepositions or tuple(particles[OBJECT])
    told = [one for one in near if reader.lexicon.quote.search(reader.text[one.end : verb.start]) is None]
    direct = [one for one in told if reader.lexicon.inner.search(reader.text[one.end : verb.start]) is None]
    after = verb.stem_end
    cleft = reader.lexicon.cleft.match(reader.text[after : reader.end])
    if verb.passive:
        robbed = frame.predicate in (Predicate.STEALS, Predicate.LEAKS)
        patients = _by(direct, particles[OBJECT], frame.patient) if robbed else []
        inside = [one for one in direct if head is None or one.particle not in particles["topic"]]
        patients = patients or _by(inside, particles[SUBJECT], frame.patient)
        agents = _by(near, particles[AGENT], frame.agent) or _deed(reader, near, frame.agent)
        agents = agents or _owner_of_deed(reader, verb, near)
        described = filling(head, frame.patient) if head is not None else None
        if not patients and described is not None:
            patients = [described]
        if head is None:
            patients = patients or _by(topics, particles["topic"], frame.patient)
        if not patients and frame.prepositions:
            patients = _by(direct, frame.prepositions, frame.patient - frame.agent)
    elif frame.stative and frame.prepositions and _transitive(near, of_object, particles[OBJECT]):
        return
    else:
        patients = _nearest(direct, of_object, frame.patient)
        agents = _by([one for one in near if one.particle == "は" or one in told], particles[SUBJECT], frame.agent)
        if _head_does(reader, head, agents, patients, frame.agent):
            agents = []
        if head is not None and not (agents and patients):
            fits = filling(head, frame.agent if patients else frame.patient)
            if fits is not None and patients:
                agents = agents or [fits]
            elif fits is not None and not frame.stative:
                patients = [fits]
        headed = head is not None and [item.start for item in patients] == [head.start]
        loot = frame.predicate is Predicate.STEALS and headed and not agents
        agents = agents or ([] if loot else _by(topics, particles["topic"], frame.agent))
    patients = _held(reader, near, patients, frame.patient)
    if frame.glued:
        agents = _by(near, particles[OBJECT], frame.agent) or agents
        patients = [fit for item in reader.items if item.end == verb.start and (fit := filling(item, frame.patient))]
    if frame.anywhere and not patients:
        patients = _anywhere(reader, verb)
    if cleft is not None and patients and not agents and frame.agent:
        agents = _after(reader, after + cleft.end(), reader.end, frame.agent - {OPEN})
        if agents and reader.lexicon.contrast.match(reader.text[agents[-1].end : reader.end].lstrip("」』”")):
            yield agents, patients, True, agents[-1].end
            return
    elif cleft is not None and not patients:
        yield from _cleft(reader, verb, agents, after + cleft.end())
        return
    yield agents, patients, False, verb.stem_end


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
    return not (agents and agents[-1].kind in _PEOPLE and head.kind not in _PEOPLE)


def _anywhere(reader: Reader, verb: Verb) -> list[Item]:
    """The first name before a verb that its frame can have, else the first other thing, else a noun of its own."""
    kinds = verb.frame.patient
    before = [item for item in reader.items if item.end <= verb.start]
    found = [fit for item in before if (fit := filling(item, kinds - {OPEN}))]
    named = [item for item in found if item.kind in _NAMES or item.kind == "vuln"]
    if found or OPEN not in kinds:
        return (named or found)[:1]
    nouns = [reader.whole(item) for item in before if item.kind in _COMMON]
    return [item for item in nouns if worth(verb.frame, item, reader.text)][:1]


def _transitive(near: Sequence[Marked], of_object: Sequence[str], particles: frozenset[str]) -> bool:
    """True where a verb that could stand alone has an object: 「製造を停止する」."""
    return bool(near) and not particles & set(of_object) and near[-1].particle in particles


def _deed(reader: Reader, near: Sequence[Marked], kinds: frozenset[str]) -> list[Item]:
    """Who stands behind the attack in which a thing was used: 「Xの攻撃で使われた」."""
    for one, deed in pairwise(near):
        if one.particle in _OF and reader.text[deed.item.start : deed.item.end] in reader.lexicon.deeds:
            item = filling(one.item, kinds)
            if item is not None:
                return [item]
    return []


def _owner_of_deed(reader: Reader, verb: Verb, near: Sequence[Marked]) -> list[Item]:
    """Whose attack somebody suffered: 「Xの攻撃を受けた」."""
    suffered = reader.lexicon.received.search(reader.text[verb.start : verb.stem_end]) is not None
    if not suffered or not near or near[-1].particle not in _OF or near[-1].end != verb.start:
        return []
    item = filling(near[-1].item, verb.frame.agent - {OPEN})
    return [item] if item is not None else []


def _after(reader: Reader, start: int, end: int, kinds: frozenset[str]) -> list[Item]:
    """The noun behind the topic of a cleft: the last of "A's B", if its kind fits."""
    inside = [item for item in reader.items if start <= item.start and item.end <= end]
    fitting = [fit for item in inside if (fit := filling(item, kinds)) and not reader.argument(item)]
    if fitting:
        return fitting[:1] if len(inside) == 1 or fitting[0].start == inside[0].start else fitting[-1:]
    at = start
    found = reader.behind(at)
    while found is not None and reader.text.startswith("の", found.end):
        following = reader.behind(found.end + 1)
        if following is None:
            break
        found = following
    fits = filling(found, kinds) if found is not None else None
    return [fits] if fits else []


def _cleft(reader: Reader, verb: Verb, agents: Sequence[Item], at: int) -> Iterator[Roles]:
    """ "What X aimed at was not A but B": the object stands behind the verb."""
    kinds = verb.frame.patient
    contrast = reader.lexicon.contrast.search(reader.text[at : reader.end])
    if contrast is not None:
        denied = _after(reader, at, at + contrast.start(), kinds)
        if denied:
            yield agents, denied, True, denied[-1].end
        at += contrast.end()
    comma = reader.text.find("、", at, reader.end)
    found = _after(reader, at, comma if comma > 0 else reader.end, kinds)
    if found:
        yield agents, found, False, found[-1].end


def _statement(
    reader: Reader, verb: Verb, agents: Sequence[Item], patients: Sequence[Item], near: Sequence[Marked], end: int
) -> Statement | None:
    frame = verb.frame
    others = _by(near, frame.whole, frame.other)[-1:] if frame.other else []
    active = not verb.passive and not frame.stative
    roles = filled(frame, agents, patients, others, active=active, alone=not active)
    if roles is None or not all(worth(frame, item, reader.text) for item in patients):
        return None
    spread = () if frame.anywhere else patients
    places = [verb.start, end, *(place for item in spread for place in (item.start, item.end))]
    if frame.never is not None and frame.never.search(reader.text[min(places) : max(places) + BEHIND]):
        return None
    return Statement(frame=frame, roles=roles, start=min(places), end=max(places))
