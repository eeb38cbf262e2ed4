"""Verbs, and nouns with the particles behind them, in a sentence whose verb comes last (Japanese)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from geppo import linear
from geppo.language._lexicon import sorter
from geppo.language.sentences import Span
from geppo.model.entity import Kind, Term
from geppo.read.frames.conjugation import expressions
from geppo.read.frames.frame import OPEN, Able, Frame, Frames, fillable, kinds_in
from geppo.read.names import slug
from geppo.read.typed import Item

LONGEST_NOUN = 24
"""Characters of a noun that no list knows."""

SUBJECT, OBJECT, AGENT = "subject", "object", "agent"

PEOPLE = frozenset({"actor", "role", "group-kind", "campaign"})
COMMON = frozenset({"role", "group-kind", "malware-kind", "relay-class", "campaign-kind", "shared-thing",
                     "unit", "device", "data", "service", "sector"})  # fmt: skip
NAMES = frozenset({"actor", "malware", "tool", "campaign", "network"})
DEEDS = frozenset({"campaign-kind", "technique-word", "act"})
TIES = ("に", "を", "が", "は", "から", "へ", "と", "の", "も")
OF = frozenset({"の", "의"})
LIST = frozenset({"や", "、", "と", "および", "及び", "並びに", "ならびに", "와", "과", ",", "및"})


_OF_STATE = frozenset({"政府", "当局", "政府当局", "軍", "外務省", "政府側"})
"""What speaks and acts for a country: 「豪州政府は…制裁を科した」 is of the country."""
_ONLY = ("だけを", "だけが", "だけに")
_BEHIND = ("there_is_none", "undone", "built_for", "able", "copula", "means", "argued", "at_time")
"""Expressions over what follows a verb or the noun that it describes (`polarity.py`)."""
_QUOTING = ("され", "み", "見", "いう", "いわ", "呼", "名", "し", "す", "思", "考", "言", "称", "目")


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
        self.listing = LIST | self.particles["list"]
        self.particle = linear.compile(words["particle"])
        self.noun = linear.compile(words["noun"])
        self.tail = linear.compile(words["tail"])
        self.tail_before = linear.compile(words["tail"] + "$")
        self.head = linear.compile(words["adnominal"])
        self.unreal = linear.compile(words["unreal"])
        self.condition = linear.compile(words["condition"])
        self.cleft = linear.compile(words["cleft"])
        self.contrast = linear.compile(words["contrast"])
        self.joined = linear.compile(words["joined"])
        self.question = linear.compile(words["question"])
        self.called = linear.compile(words["called"])
        self.containers = linear.compile(words["containers"])
        self.no_particle = tuple(words["no_particle"])
        self.number = linear.compile(words["number"])
        self.predicated = linear.compile(words["predicated"])
        self.quote = linear.compile(words["quote"])
        self.inner = linear.compile(words["inner"])
        self.attempt = linear.compile(words["attempt"])
        self.received = linear.compile(words["received"])
        self.officials = linear.compile(words["officials"])
        self.somebody = linear.compile(words["somebody"])
        self.policed = linear.compile(words["policed"])
        self.goes_on = linear.compile(words["goes_on"])
        self.there_is = linear.compile(words["there_is"])
        self.seen = linear.compile(words["seen"])
        self.happened = linear.compile(words["happened"])
        self.described = linear.compile(words["described"])
        self.behind = {name: linear.compile(words[name]) for name in _BEHIND}
        self.lost = linear.compile(words["lost"])
        self.negative = linear.compile(words["negative"])
        self.prefixes = frozenset(words["prefixes"])
        self.adjective = linear.compile(words["adjective"])
        self.no_noun = linear.compile(words["no_noun"])
        self.denied = linear.compile(words["denied"])
        self.deeds = frozenset(words["deeds"])
        self.empty = frozenset(words["empty"])
        self.verbs: list[tuple[int, Frame, bool, Any]] = []
        sources: list[str] = []
        for frame in known.frames:
            active, passive = expressions(frame, words["conjugation"])
            for source, voice in ((passive, True), (active, False)):
                if source:
                    self.verbs.append((len(sources), frame, voice, linear.compile(source)))
                    sources.append(source)
        self._all = linear.matcher(sorter(sources, whole=False, blanks=False))
        self._matching = lru_cache(KEPT)(self._matching_in)
        self._fillable = Able(known.frames, fillable)

    def _matching_in(self, piece: str) -> tuple[int, ...]:
        return tuple(sorted(self._all(piece.encode()) or ()))

    def present(self, piece: str, kinds: frozenset[str]) -> list[int]:
        """Numbers of the verbs' expressions that match in a sentence, ascending, if these kinds can fill their roles.

        All are looked for in one pass.
        """
        found = self._matching(piece)
        may = self._fillable(kinds) if found else frozenset()
        return [number for number in found if self.verbs[number][1].id in may]


KEPT = 8
"""Sentences of which it is kept which verbs are in them: each is asked about twice in a row."""

LONGEST_BRACKET = 90
"""Characters of a bracket with the other names of what stands before it."""


def _without_brackets(text: str, items: Sequence[Item]) -> list[Item]:
    """The items with names that take in the bracket behind them and without what stands in it: 「X（別名 Y、Z）が」."""
    found: list[Item] = []
    for item in items:
        if found and item.end <= found[-1].end:
            continue
        closed = -1
        at = item.end + (text[item.end : item.end + 1] in ("」", "』", "”"))
        if item.kind in NAMES and text[at : at + 1] in ("（", "("):
            closing = "）" if text[at] == "（" else ")"
            closed = text.find(closing, at, at + LONGEST_BRACKET)
        found.append(replace(item, end=closed + 1) if closed > 0 else item)
    return found


def _alone(particle: str) -> str:
    """A particle without the "only" before it, which the longer 「だけでなく」 keeps."""
    return particle.removeprefix("だけ") if particle in _ONLY else particle


class Reader:
    """One sentence: its marked nouns and its verbs."""

    def __init__(
        self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
    ) -> None:
        self.lexicon = lexicon
        self.text = text
        self.start, self.end = start, end
        self._kinds = kinds_in(items)
        self.items = _without_brackets(text, [item for item in items if item.kind not in ("date", "number")])
        self.clauses = clauses
        # Several frames share a verb and several verbs a clause: each of both asks for much the same nouns.
        self._rows: dict[tuple[int, int], list[Marked]] = {}
        self._nouns: dict[tuple[int, int], Item | None] = {}
        self.own: dict[int, tuple[Sequence[Marked], Sequence[Marked]]] = {}
        """By the place of a verb, the nouns of its clause that are its own (`sov.py`)."""

    def verbs(self) -> Iterator[Verb]:
        """Every frame's verb; the longest where several begin at one place."""
        piece = self.text[self.start : self.end]
        found: dict[int, list[Verb]] = {}
        for number in self.lexicon.present(piece, self._kinds):
            _, frame, voice, expression = self.lexicon.verbs[number]
            for match in expression.finditer(piece):
                start, end = self.start + match.start(), self.start + match.end()
                tail = self.lexicon.tail.match(self.text[end : self.end])
                ending = self.lexicon.tail_before.search(match.group()).group() + tail.group()
                verb = Verb(frame, start, end, end + len(tail.group()), voice != frame.inverse, ending)
                if not any(v.frame is frame for v in found.get(start, ())) and not self._in_name(start, end):
                    found.setdefault(start, []).append(verb)
        for row in found.values():
            yield from row

    def _in_name(self, at: int, end: int) -> bool:
        # A verb may begin inside of the noun of a deed, which it then ends: 「不正アクセス攻撃を受けた」.
        names = ("actor", "malware", "tool", "campaign", "network", "org", "place", "agreement")
        inside = any(
            (item.start < at < item.end and not (item.kind in DEEDS and item.end < end))
            or (item.start == at and item.kind in names)
            for item in self.items
        )
        return inside or self.text[max(0, at - 2) : at] in self.lexicon.prefixes

    def clause(self, at: int) -> Span:
        """The clause in which a place stands."""
        return next((c for c in self.clauses if c.start <= at < c.end), Span(start=self.start, end=self.end))

    def marked(self, start: int, end: int) -> Sequence[Marked]:
        """Mentions and nouns with a particle behind them between two places, in order; nouns as open items."""
        if (start, end) not in self._rows:
            self._rows[start, end] = self._marked(start, end)
        return self._rows[start, end]

    def _marked(self, start: int, end: int) -> list[Marked]:
        found: list[Marked] = []
        piece = self.text[start:end]
        at = start
        for match in self.lexicon.particle.finditer(piece):
            after = start + match.end()
            if self.text.startswith(self.lexicon.no_particle, after):
                continue
            item = self.noun_before(max(at, start), start + match.start(1))
            if item is None and match.start(1) > match.start():
                # A name takes in the bracket behind it, so it may end between the closing marks.
                closing = range(start + match.start(), start + match.start(1))
                place = next((one.end for one in self.items if one.end in closing), closing.start)
                item = self.noun_before(max(at, start), place)
            if item is not None:
                whole = self._whole(max(at, start), item, start + match.start(1))
                found.append(Marked(item, _alone(match.group(1)), after, whole))
                at = after
            elif (
                found
                and found[-1].particle in OF
                and self.lexicon.number.fullmatch(piece[found[-1].end - start : match.start(1)])
            ):
                found[-1] = Marked(found[-1].item, match.group(1), after)
                at = after
        last = next((item for item in reversed(self.items) if item.end == end and item.start >= at), None)
        if last is not None and last.count is not None:
            found.append(Marked(last, next(iter(self.lexicon.particles[OBJECT])), end))
        return found

    def noun_before(self, first: int, place: int) -> Item | None:
        """What ends right before a place: a mention, or a noun that no list knows."""
        if (first, place) not in self._nouns:
            self._nouns[first, place] = self._ending(first, place)
        return self._nouns[first, place]

    def _ending(self, first: int, place: int) -> Item | None:
        inside = next((item for item in self.items if item.start < place < item.end), None)
        if inside is not None:
            return None
        ending = next((item for item in reversed(self.items) if first <= item.start and item.end == place), None)
        if ending is not None:
            return self.named(ending)
        runs = [match for match in self.lexicon.noun.finditer(self.text[first:place]) if first + match.end() == place]
        if not runs:
            return None
        start = first + runs[0].start()
        covered = next((item for item in reversed(self.items) if start <= item.start < item.end < place), None)
        if (
            covered is not None
            and covered.end >= place - 2
            and covered.kind not in ("place", "product", "org", "relay-class")
        ):
            return covered
        if covered is not None and covered.kind == "place" and self.text[covered.end : place] in _OF_STATE:
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

    def named(self, item: Item) -> Item:
        """The name that describes a common noun: "a network named X", 「Xを名乗る集団」."""
        if item.kind not in COMMON:
            return item
        for other in reversed(self.items):
            if other.end <= item.start and other.kind in NAMES:
                called = self.lexicon.called.fullmatch(self.text[other.end : item.start])
                return replace(other, start=other.start, end=item.end) if called is not None else item
        return item

    def ends_at(self, item: Item, place: int) -> bool:
        """True where a mention, with the mark that closes its quotation, ends right before a place."""
        return item.end <= place and self.text[item.end : place] in ("", "」", "』", "”")

    def _name_behind(self, item: Item) -> Item:
        after = item.end + (self.text[item.end : item.end + 1] in ("「", "『", "“"))
        name = next((other for other in self.items if other.start == after and other.kind in NAMES), None)
        return name if name is not None and item.kind in COMMON else item

    def _open(self, start: int, end: int) -> Item | None:
        name = self.text[start:end]
        if len(name) > LONGEST_NOUN or name in self.lexicon.empty or not any(c.isalpha() for c in name):
            return None
        if self.lexicon.no_noun.search(name) is not None:
            return None
        return Item(kind=OPEN, start=start, end=end, terms=(Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name),))

    def quoted(self, at: int) -> bool:
        """True where a particle that could list nouns quotes what stands before it (「Xとされる男」)."""
        return self.text[at - 1 : at] == "と" and self.text.startswith(_QUOTING, at)

    def cut(self, item: Item) -> bool:
        """True for a common noun that only begins a longer one (「会社員」)."""
        following = self.text[item.end : item.end + 1]
        return item.kind in COMMON and item.count is None and self.lexicon.noun.fullmatch(following) is not None

    def argument(self, item: Item) -> bool:
        """True where a particle behind a mention ties it to a verb or noun that follows."""
        return self.text.startswith(TIES, item.end) and not self.quoted(item.end + 1)

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
