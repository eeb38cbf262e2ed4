"""What the noun phrases of an inflected language stand for: a name, a mention, words of an open role."""

from __future__ import annotations

from dataclasses import replace

from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.frames.cases import (
    BARE,
    CLASS,
    CODE,
    HOUSES,
    NAMES,
    NAMING,
    NOM,
    OWNERS,
    PARTICIPLE,
    Noun,
)
from geppo.read.frames.clauses import Clauses
from geppo.read.frames.frame import OPEN, Frame, filling
from geppo.read.names import slug
from geppo.read.typed import Item

_HARM = frozenset({Predicate.DISRUPTS, Predicate.COMPROMISES, Predicate.TARGETS, Predicate.STEALS, Predicate.EXPLOITS})
"""What a firm that no list knows does not do, only because its name stands there."""


class Referents(Clauses):
    """One sentence: its noun phrases, and the mentions or words that they stand for."""

    def pick(self, noun: Noun, kinds: frozenset[str], frame: Frame, *, agent: bool = False) -> Item | None:
        """The mention (or, where the kinds allow any noun, the words) that a noun phrase stands for."""
        if noun.options is not None:
            closed = kinds if self.word(noun.head) in self.lexicon.relative else kinds & NAMES
            return next(
                (item for option in noun.options if (item := self.pick(option, closed, frame, agent=agent))), None
            )
        head = self.tokens[noun.head]
        if "vuln" in kinds and any(token.kind == "vuln" for token in self.tokens):
            kinds = frozenset(kind for kind in kinds if kind != OPEN and "/" not in kind)
        houses = "houses" in frame.whole
        if agent and not houses and head.kind not in NAMES and self.among(noun.head, "bystanders"):
            return None
        if not agent and self.among(noun.head, "faceless"):
            return None
        said_of = agent or frame.roles.get("patient") == "S"
        named = self._apposed(noun, kinds, agent=agent) or (self._earlier(noun) if said_of else None)
        if named is not None and not self._hit(noun, named, frame, agent=agent):
            return named if named.kind in kinds or named.kind == OPEN else None
        if agent and self.guessed(noun, frame):
            return None
        if head.kind in ("role", "group-kind") and (member := self._member(noun, kinds)) is not None:
            return member
        if "vuln" in kinds and self._hole(noun) and (flaw := self._only_flaw(noun.head)) is not None:
            return flaw
        own = kinds - {OPEN} if agent else kinds
        found = self._inside(noun, kinds, frame, agent=agent) or self._filling(noun.head, own, frame)
        if found is None and self.noun_among(noun.head, "containers") and not agent and not self._of_data(noun, frame):
            found = self._behind(noun, kinds - {OPEN}, frame)
        if found is not None or OPEN not in kinds or head.kind in NAMES:
            bare = found is not None and found.kind == "place" and bool(self.lexicon.adjective(self.word(noun.head)))
            return None if bare and found is head.item else found
        if self.tokens[noun.head].start in self.quoted and frame.predicate is Predicate.SAME_AS:
            return self._text(noun.head, noun.head + 1)
        if self.name(noun.head) and not self._of_class(self.word(noun.head), frame):
            return None
        word = self.headword(noun.head)
        if any(form.passive and form.mood == PARTICIPLE for _, form in self.lexicon.verbs.get(word, ())):
            return None
        wanted = self._acting(word, frame) if agent else self._wanted(word, frame)
        return self._words(noun) if wanted else None

    def _hit(self, noun: Noun, named: Item, frame: Frame, *, agent: bool) -> bool:
        """True for whom a deed hit, where the deed itself is meant ("взлом «X»", not "кампания «X»"), or who is no
        doer: "торговая сеть «X»", "гигант X"."""
        head = self.tokens[noun.head]
        if named.kind != OPEN:
            return False
        harms = agent and frame.predicate in _HARM and "houses" not in frame.whole
        if harms and (head.kind == "sector" or self.among(noun.head, "houses")):
            return True
        deed = head.kind == "campaign-kind" and not self.noun_among(noun.head, "titled")
        return deed and frame.predicate is Predicate.ATTRIBUTED_TO

    def whose(self, item: Item) -> Item:
        """Data with the number of those whose they are: "данные 12 400 клиентов", "данные порядка 37 млн абонентов"."""
        at = next((n for n, token in enumerate(self.tokens) if token.end == item.end), -1)
        if item.kind != "data" or item.count is not None or not 0 <= at < len(self.tokens) - 1:
            return item
        behind = self.tokens[at + 1].item
        counted = behind is not None and behind.count is not None and behind.kind in ("count", "datacount")
        return replace(item, count=behind.count) if behind is not None and counted else item

    def _hole(self, noun: Noun) -> bool:
        """True for "the flaw", of one."""
        return self.among(noun.head, "holes") and any(code[0] != "p" for code in noun.codes)

    def _only_flaw(self, at: int) -> Item | None:
        """The only flaw that the sentence named before a place."""
        before = [token.item for token in self.tokens[:at] if token.kind == "vuln" and token.item]
        return before[0] if len({one.terms[0].id for one in before}) == 1 else None

    def _member(self, noun: Noun, kinds: frozenset[str]) -> Item | None:
        """The group that somebody is said to be of: "хакеры из X", "вымогатели из группировки X"."""
        behind = self.tokens[noun.last + 1 : noun.last + 3] if self.among(noun.last, "members") else []
        return next((token.item for token in behind if token.kind == "actor" and "actor" in kinds), None)

    def _acting(self, word: str, frame: Frame) -> bool:
        return any(self.lexicon.among(word, name) for name in frame.whole if not name.startswith(CLASS))

    def _wanted(self, word: str, frame: Frame) -> bool:
        """True for a noun of no list that a frame's other roles may be: of one of its classes, or matching `only`."""
        if self._of_class(word, frame):
            return True
        if frame.only is not None:
            return frame.only.search(word) is not None
        named = any(name.startswith(CLASS) for name in frame.whole)
        return not named and not self.lexicon.among(word, "empty")

    def _of_class(self, word: str, frame: Frame) -> bool:
        """True for a word of one of the classes that a frame's other roles may be."""
        return any(self.lexicon.among(word, name[1:]) for name in frame.whole if name.startswith(CLASS))

    def _inside(self, noun: Noun, kinds: frozenset[str], frame: Frame, *, agent: bool) -> Item | None:
        """What a noun phrase stands for that is said inside of it: the owner of a network, the sector of a company."""
        head = self.tokens[noun.head]
        row = [self.tokens[at].item for at in range(noun.first, noun.last)]
        if frame.predicate is Predicate.HAS_NEXUS and "place" in kinds:
            return next((item for item in row if item is not None and item.kind == "place"), None)
        if agent and self.among(noun.head, "doings"):
            return self._behind(noun, kinds & NAMES, frame)
        if agent and self.among(noun.head, "speakers"):
            return self._behind(noun, kinds & HOUSES, frame)
        if self.lexicon.among(head.lower.rpartition(" ")[2], "volumes") and head.item is not None:
            found = self._behind(noun, kinds, frame)
            return replace(found, count=head.item.count) if found is not None else None
        if (head.item is None or head.kind == "unit") and "sector" in kinds:
            reach = noun.last if head.kind == "unit" and self.among(noun.head, "bodies") else noun.head
            sectors = (item for item in row[: reach - noun.first] if item is not None and item.kind == "sector")
            if (sector := next(sectors, None)) is not None:
                return sector
        if head.kind == "group-kind" and not agent:
            return None
        if head.kind == "campaign-kind" and frame.predicate is Predicate.DISCLOSES:
            return None
        if self._of_data(noun, frame):
            return None
        copied = self.noun_among(noun.head, "copies")
        if copied or (self.noun_among(noun.head, "containers") and not (agent and head.item is None)):
            owner = self._behind(noun, kinds - {OPEN} if copied else kinds & (NAMES if agent else OWNERS), frame)
            return owner or (self._victims(noun) if OPEN in kinds and CLASS + "victims" in frame.whole else None)
        return None

    def _of_data(self, noun: Noun, frame: Frame) -> bool:
        """True for data that somebody got to: that is no breach of what they are data of."""
        data = self.tokens[noun.head].kind == "data" or self._only_loot(noun.head)
        return data and frame.predicate is Predicate.COMPROMISES

    def _only_loot(self, at: int) -> bool:
        """True for what is stolen and holds nothing: names and addresses, not a server or a database."""
        return self.noun_among(at, "loot") and not self.noun_among(at, "machines")

    def _victims(self, noun: Noun) -> Item | None:
        """Whose network it is, where no list knows them: "сети 23 институтов"."""
        for at in range(noun.head + 1, noun.last):
            inner = self.inner(at, noun.last)
            if inner.head == at and self.among(at, "victims") and not self.among(at, "machines"):
                return self._words(inner)
        return None

    def noun_among(self, at: int, name: str) -> bool:
        """True where the noun of a mention is a word of a class."""
        return self.lexicon.among(self.headword(at), name)

    def _behind(self, noun: Noun, kinds: frozenset[str], frame: Frame) -> Item | None:
        """What fits among the genitives and names behind the head."""
        for at in range(noun.head + 1, noun.last):
            inner = self.inner(at, noun.last)
            if inner.head == at and (found := self.pick(inner, kinds, frame)) is not None:
                return found
        return None

    def _filling(self, at: int, kinds: frozenset[str], frame: Frame) -> Item | None:
        """The item of a token if it fits; of counted nouns that no role asks for, those that `only` names."""
        token = self.tokens[at]
        found = filling(token.item, kinds)
        if found is None or found is token.item or filling(token.item, kinds - {OPEN}) is not None:
            return found
        return found if any(self._wanted(word, frame) for word in token.lower.split()) else None

    def _apposed(self, noun: Noun, kinds: frozenset[str], *, agent: bool) -> Item | None:
        """The name beside a noun that says what it is: "группировка X", "Сеть аптек «X»", "бэкдор, названный X"."""
        head = self.tokens[noun.head]
        wanted = self.lexicon.apposed.get(head.kind, ())
        if head.kind == "role" and not agent:
            kinds -= CODE | {"network"}
        if head.item is None:
            wanted = self.lexicon.apposed["house"] if self.among(noun.head, "houses") else ()
            wanted = self.lexicon.apposed["hole"] if self.among(noun.head, "holes") else wanted
            wanted = self.lexicon.apposed["address"] if self.among(noun.head, "spots") else wanted
            wanted = self.lexicon.apposed["craft"] if self.among(noun.head, "crafts") else wanted
        for at in range(noun.head + 1, noun.last):
            token = self.tokens[at]
            if token.kind in NAMES:
                return token.item if token.kind in wanted and token.kind in kinds else None
            fits = filling(head.item, kinds) is not None or OPEN in kinds
            fits = fits and not self.text[token.start : token.start + 1].islower()
            # "Адреса клиентов «X»" are no address called X.
            fits = fits and not (self.among(noun.head, "spots") and token.start in self.quoted)
            if token.item is None and self.name(at) and wanted and fits:
                return self._text(at, at + 1)
            if token.item is not None and head.item is not None:
                return None
        naming = False
        for at in range(noun.last, min(noun.last + NAMING, len(self.tokens))) if wanted else ():
            naming = naming or self.among(at, "naming") or (at == noun.last and self.among(at, "dashes"))
            if self.tokens[at].kind in wanted and naming and self.tokens[at].kind in kinds:
                return self.tokens[at].item
            names = self.among(at, "naming") or self.among(at, "renaming")
            if self.word(at) in ";.:" or (self.finite(at) and not names):
                break
        return None

    def _earlier(self, noun: Noun) -> Item | None:
        """The only name that the sentence gave before a bare "the group" or "the malware"."""
        item, kind = self.tokens[noun.head].item, self._bare(noun)
        before = [token.item for token in self.tokens[: noun.head] if token.kind == kind and token.item] if kind else []
        if item is None or len({one.terms[0].id for one in before}) != 1:
            return None
        return replace(item, kind=kind, terms=before[0].terms, anaphor=True)

    def _bare(self, noun: Noun) -> str:
        """The kind of name that a bare kind noun stands for ("the group", "the malware"), or an empty text."""
        item = self.tokens[noun.head].item
        if item is None or item.anaphor or noun.options is not None or noun.last - noun.first > 1:
            return ""
        return BARE.get(item.kind, "") if any(code[0] != "p" and code[1] == NOM for code in noun.codes) else ""

    def _words(self, noun: Noun) -> Item | None:
        first = noun.first
        while first < noun.head and (
            self.among(first, "determiners") or self.among(first, "numerals") or self.word(first)[:1].isdigit()
        ):
            first += 1
        return self._text(first, noun.last)

    def _text(self, first: int, last: int) -> Item | None:
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        name = " ".join(self.text[start:end].split())
        if not any(character.isalpha() for character in name):
            return None
        return Item(kind=OPEN, start=start, end=end, terms=(Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name),))

    def guessed(self, noun: Noun, frame: Frame) -> str:
        """A constant for a pronoun, or a bare "the group", whose name stands in an earlier sentence."""
        wanted = frame.agent if frame.roles.get("agent") == "S" else frame.patient
        kinds = [kind for kind in ("actor", "malware", "network", "campaign") if kind in wanted]
        if noun.options == () and self.among(noun.head, "third") and kinds:
            return "@" + "|".join(kinds)
        item, kind = self.tokens[noun.head].item, self._bare(noun)
        return f"@{kind}?{item.terms[0].id}" if item is not None and kind == "actor" and kind in kinds else ""

    def fits(self, noun: Noun, frame: Frame, *, agent: bool = False) -> bool:
        """True for a noun that can fill a role, or that stands for a name that an earlier sentence has."""
        if self.pick(noun, frame.agent if agent else frame.patient, frame, agent=agent) is not None:
            return True
        return frame.roles.get("agent" if agent else "patient") == "S" and bool(self.guessed(noun, frame))
