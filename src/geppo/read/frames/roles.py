"""Who does what to whom in a sentence of an inflected language: verbs and the nouns that fill their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.frames.cases import (
    ACC,
    ANY,
    APART,
    BARE,
    CLASS,
    DAT,
    FINITE,
    GEN,
    HOUSES,
    INFINITIVE,
    INS,
    NAMES,
    NAMING,
    NOM,
    OWNERS,
    RELATIVE,
    Clause,
    Form,
    Noun,
    Verb,
)
from geppo.read.frames.clauses import Clauses
from geppo.read.frames.frame import OPEN, Frame, filling
from geppo.read.names import slug
from geppo.read.typed import Item


class Reader(Clauses):
    """One sentence: its verbs, and the noun phrases around them."""

    # --- what noun phrases stand for

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
        if (named := self._apposed(noun, kinds) or (self._earlier(noun) if said_of else None)) is not None:
            return named if named.kind in kinds or named.kind == OPEN else None
        if agent and self.guessed(noun, frame):
            return None
        if head.kind in ("role", "group-kind") and (member := self._member(noun, kinds)) is not None:
            return member
        own = kinds - {OPEN} if agent else kinds
        found = self._inside(noun, kinds, frame, agent=agent) or self._filling(noun.head, own, frame)
        if found is None and self.noun_among(noun.head, "containers") and not agent:
            found = self._behind(noun, kinds - {OPEN}, frame)
        if found is not None or OPEN not in kinds or head.kind in NAMES:
            bare = found is not None and found.kind == "place" and bool(self.lexicon.adjective(self.word(noun.head)))
            return None if bare and found is head.item else found
        if self.tokens[noun.head].start in self.quoted and frame.predicate is Predicate.SAME_AS:
            return self._text(noun.head, noun.head + 1)
        if self.name(noun.head):
            return None
        word = self.headword(noun.head)
        wanted = self._acting(word, frame) if agent else self._wanted(word, frame)
        return self._words(noun) if wanted else None

    def _member(self, noun: Noun, kinds: frozenset[str]) -> Item | None:
        """The group that somebody is said to be of: "хакеры из X", "вымогатели из группировки X"."""
        behind = self.tokens[noun.last + 1 : noun.last + 3] if self.among(noun.last, "members") else []
        return next((token.item for token in behind if token.kind == "actor" and "actor" in kinds), None)

    def _acting(self, word: str, frame: Frame) -> bool:
        return any(self.lexicon.among(word, name) for name in frame.whole if not name.startswith(CLASS))

    def _wanted(self, word: str, frame: Frame) -> bool:
        """True for a noun of no list that a frame's other roles may be: of one of its classes, or matching `only`."""
        classes = [name[1:] for name in frame.whole if name.startswith(CLASS)]
        if any(self.lexicon.among(word, name) for name in classes):
            return True
        if frame.only is not None:
            return frame.only.search(word) is not None
        return not classes and not self.lexicon.among(word, "empty")

    def _inside(self, noun: Noun, kinds: frozenset[str], frame: Frame, *, agent: bool) -> Item | None:
        """What a noun phrase stands for that is said inside of it: the owner of a network, the sector of a company."""
        head = self.tokens[noun.head]
        row = [self.tokens[at].item for at in range(noun.first, noun.last)]
        if frame.predicate is Predicate.HAS_NEXUS and "place" in kinds:
            return next((item for item in row if item is not None and item.kind == "place"), None)
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
        copied = self.noun_among(noun.head, "copies")
        if copied or (self.noun_among(noun.head, "containers") and not (agent and head.item is None)):
            owner = self._behind(noun, kinds - {OPEN} if copied else kinds & (NAMES if agent else OWNERS), frame)
            return owner or (self._victims(noun) if OPEN in kinds and CLASS + "victims" in frame.whole else None)
        return None

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

    def _apposed(self, noun: Noun, kinds: frozenset[str]) -> Item | None:
        """The name beside a noun that says what it is: "группировка X", "Сеть аптек «X»", "бэкдор, названный X"."""
        head = self.tokens[noun.head]
        wanted = self.lexicon.apposed.get(head.kind, ())
        if head.item is None:
            wanted = self.lexicon.apposed["house"] if self.among(noun.head, "houses") else ()
            wanted = self.lexicon.apposed["hole"] if self.among(noun.head, "holes") else wanted
            wanted = self.lexicon.apposed["address"] if self.among(noun.head, "spots") else wanted
        for at in range(noun.head + 1, noun.last):
            token = self.tokens[at]
            if token.kind in NAMES:
                return token.item if token.kind in wanted and token.kind in kinds else None
            fits = filling(head.item, kinds) is not None or OPEN in kinds
            if token.item is None and self.name(at) and wanted and fits:
                return self._text(at, at + 1)
            if token.item is not None and head.item is not None:
                return None
        naming = False
        for at in range(noun.last, min(noun.last + NAMING, len(self.tokens))) if wanted else ():
            naming = naming or self.among(at, "naming")
            if self.tokens[at].kind in wanted and naming and self.tokens[at].kind in kinds:
                return self.tokens[at].item
            if self.word(at) in ";.:" or (self.finite(at) and not self.among(at, "naming")):
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

    # --- verbs

    @cached_property
    def verbs(self) -> list[tuple[Clause, Verb]]:
        """Every frame's verb with its clause; where several phrases have a verb, the longest whose words are there."""
        found = []
        for clause in self.clauses:
            for first, last in clause.pieces:
                for at in range(first, last):
                    found += [(clause, verb) for verb in self._verbs_at(clause, at)]
        return found

    def _verbs_at(self, clause: Clause, at: int) -> list[Verb]:
        token = self.tokens[at]
        if token.kind in NAMES or token.kind == "role":
            return []
        row = [
            Verb(at, phrase, form)
            for phrase, form in self.lexicon.verbs.get(token.lower, ())
            if all(self.fixed(clause, stems) is not None for stems in phrase.fixed)
        ]
        if self.lexicon.every and self.finite(at):
            row += [Verb(at, phrase, Form(FINITE, False, frozenset())) for phrase in self.lexicon.every]
        kept: dict[tuple[str, tuple[str, ...], str, bool], Verb] = {}
        for verb in row:
            key = (verb.phrase.frame.id, verb.phrase.governed, verb.form.mood, verb.form.passive)
            before = kept.get(key)
            codes = verb.form.codes | (before.form.codes if before else frozenset())
            kept[key] = replace(verb, form=replace(verb.form, codes=codes))
        return list(kept.values())

    def fixed(self, clause: Clause, stems: tuple[str, ...]) -> Noun | None:
        """The noun that a phrase wants beside its verb."""
        for noun in clause.nouns:
            for at in range(noun.first, noun.last):
                if any(word.startswith(stems) for word in self.word(at).split()) and not self.name(at):
                    inner = self.inner(at, noun.last)
                    return replace(inner, first=noun.first, prep=noun.prep) if at == noun.head else inner
        row = [at for first, last in clause.pieces for at in range(first, last) if self.word(at).startswith(stems)]
        bare = [at for at in row if not self.nominal(at)]
        return Noun(bare[0], bare[0] + 1, bare[0], "", ANY, bare[0]) if bare else None

    # --- roles

    def listed(self, clause: Clause, noun: Noun, frame: Frame) -> list[Noun]:
        """A noun of a role with those in one list with it."""
        return self._listed(clause, noun, lambda one: self.pick(one, frame.patient, frame) is not None)

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

    def _first_of_row(self, clause: Clause, at: int) -> int:
        """The first of the verbs that share a subject: "broke into X and installed Y"."""
        while self.among(at - 1, "joining") or (self.among(at - 1, "negators") and self.among(at - 2, "joining")):
            others = [n for first, last in clause.pieces for n in range(first, last) if n < at and self.finite(n)]
            if not others:
                break
            at = others[-1]
        return at

    def near(self, clause: Clause, at: int, test: Any, *, before: bool = False, listed: Any = None) -> list[Noun]:
        """The nearest noun phrase that passes a test, on the wanted side first, with those that are listed with it."""
        others = [
            n
            for first, last in clause.pieces
            for n in range(first, last)
            if n != at and self.finite(n) and not any(self.among(n, name) for name in ("modal", "real", "auxiliaries"))
        ]
        low = max((n for n in others if n < at), default=-1)
        high = min((n for n in others if n > at), default=len(self.tokens))
        ahead = [noun for noun in clause.nouns if at < noun.head < high]
        behind = [noun for noun in reversed(clause.nouns) if (-1 if before else low) < noun.head < at]
        for row in (behind, ahead) if before else (ahead, behind):
            for noun in row:
                if test(noun):
                    found = self._listed(clause, noun, listed or test)
                    joined = any(self.among(n, "conjunctions") for n in range(found[0].last, found[-1].first))
                    return found if joined or not before else found[:1]
        return []

    def _listed(self, clause: Clause, noun: Noun, test: Any) -> list[Noun]:
        """A noun phrase with those that stand in one list with it."""
        if noun.options is not None:
            return [noun]
        number = clause.nouns.index(noun)
        found = [noun]
        for step in (1, -1):
            place = number
            while 0 <= place + step < len(clause.nouns):
                one, other = sorted((clause.nouns[place], clause.nouns[place + step]), key=lambda n: n.at)
                between = [self.word(at) for at in range(one.last, other.at)]
                begun = other.first if other.prep else other.at
                between = [word for at in range(one.last, begun) if (word := self.word(at)) != other.prep]
                between = [word for word in between if not self.lexicon.among(word, "negators")]
                new = clause.nouns[place + step]
                if (
                    not between
                    or any(not self.lexicon.among(word, "lists") for word in between)
                    or new.prep not in ("", noun.prep)
                ):
                    break
                if not test(replace(new, prep=noun.prep)) or new.options is not None or self._owned(one, other):
                    break
                found.append(new)
                place += step
        return sorted(found, key=lambda one: one.at)

    def _owned(self, one: Noun, other: Noun) -> bool:
        """True for a noun that goes on with the genitives of the one before it: "organisations of A and B"."""
        last = self.tokens[one.last - 1].kind
        return one.last - one.head > 1 and bool(last) and last == self.tokens[other.head].kind and other.case(GEN)

    def subject(self, clause: Clause, verb: Verb, frame: Frame, taken: Sequence[Noun]) -> list[Noun]:
        """Who a finite verb is said of: in its clause, else in the clause before it or around it."""
        genders = verb.form.codes

        dative = verb.form.mood == INFINITIVE and self.among(self.governor(clause, verb.at), "impersonal")

        def test(noun: Noun) -> bool:
            if self.among_word(noun.prep, "inside") and genders == frozenset("p") and "houses" in frame.whole:
                return (
                    self.pick(noun, frame.agent & frozenset({"org", "body", "actor", "place"}), frame, agent=True)
                    is not None
                )
            if noun.prep or noun in taken or not noun.case(DAT if dative else NOM):
                return False
            agrees = dative or (
                not genders or noun.codes == ANY or any(code[0] in genders and code[1] == NOM for code in noun.codes)
            )
            return agrees and self.fits(noun, frame, agent=True)

        def loose(noun: Noun) -> bool:
            fits = not noun.prep and noun not in taken and noun.case(DAT if dative else NOM)
            return fits and self.fits(noun, frame, agent=True)

        found = self.near(clause, self._first_of_row(clause, verb.at), test, before=True, listed=loose)
        if found or clause.kind == RELATIVE:
            return found
        blocked = any(
            noun not in taken and not noun.prep and noun.case(NOM) and not noun.case(ACC) and noun.options is None
            for noun in clause.nouns
        )
        if not found and (last := self._before(clause, verb.at)) is not None and last not in taken and loose(last):
            return [last]
        host, steps = clause.host, 0
        while host is not None and not blocked and steps < 3:
            verbs = [n for first, last in host.pieces for n in range(first, last) if self.finite(n)]
            ahead = [noun for noun in host.nouns if not verbs or noun.head < verbs[0]]
            found = [noun for noun in ahead if noun not in taken and test(noun)]
            if found:
                return self._listed(host, found[0], test)
            host, steps = host.host, steps + 1
        return []

    def _before(self, clause: Clause, at: int) -> Noun | None:
        """A name right before a verb that was taken for a genitive of the noun before it."""
        at -= self.among(at - 1, "negators")
        whole = next((noun for noun in clause.nouns if noun.last == at and noun.head < at - 1), None)
        return self.inner(at - 1, at) if whole is not None and self.tokens[at - 1].kind in NAMES else None

    def governed(self, clause: Clause, verb: Verb) -> list[Noun]:
        """What a verb governs: a noun in its case, or behind its preposition."""
        frame, governed = verb.phrase.frame, verb.phrase.governed
        fixed = self.fixed(clause, verb.phrase.fixed[-1]) if verb.phrase.fixed else None
        if fixed is not None and "+g" in governed:
            row = [*self.owner(fixed), *(self.inner(at, fixed.last) for at in range(fixed.head + 1, fixed.last))]
            found = [noun for noun in row if self.fits(noun, frame)][:1]
            if found:
                return found

        def test(noun: Noun) -> bool:
            return (
                noun.governed_by(governed)
                and self.fits(noun, frame)
                and not (noun.prep and self._of_hole(clause, noun))
            )

        at = fixed.at if fixed is not None else verb.at
        if fixed is not None and governed == ("+a",) and fixed.last > fixed.head + 1:
            beside = self.inner(fixed.head + 1, fixed.last)
            if test(beside):
                return self._listed(clause, beside, test) if beside in clause.nouns else [beside]
        if frame.glued:
            return [noun for noun in self.near(clause, at, test, before=True) if noun.head < at]
        clear = self.near(clause, at, lambda noun: noun.codes != ANY and test(noun)) if frame.other else []
        found = clear or self.near(clause, at, test)
        if fixed is not None and not found and (at < verb.at or governed[0].startswith("+")):
            found = self.near(clause, verb.at, test)
        return self._aimed(clause, found, frame) if frame.predicate is Predicate.CLAIMS_RESPONSIBILITY else found

    def _of_hole(self, clause: Clause, noun: Noun) -> bool:
        """True for a noun that says where a flaw is: "уязвимость в X"."""
        before = [one for one in clause.nouns if one.last <= noun.first][-1:]
        near = bool(before) and noun.first - before[0].last <= 1
        return near and (self.among(before[0].head, "holes") or self.tokens[before[0].head].kind == "vuln")

    def _aimed(self, clause: Clause, found: list[Noun], frame: Frame) -> list[Noun]:
        """Whom an attack hit that somebody claims, where that is said."""
        behind = [
            noun for noun in clause.nouns if found and noun.first > found[-1].head and noun.prep in ("на", "против")
        ]
        hit = [noun for noun in behind[:1] if self.fits(noun, frame)]
        return hit or found

    def acting(self, clause: Clause, verb: Verb) -> list[Noun]:
        """Who does it beside a passive: in the instrumental or behind a preposition of its own."""
        frame = verb.phrase.frame

        def test(noun: Noun) -> bool:
            if noun.prep:
                stands = self.lexicon.among(noun.prep, "by")
            else:
                stands = noun.case(INS) and (noun.codes != ANY or self.name(noun.head))
            return stands and self.pick(noun, frame.agent, frame, agent=True) is not None

        return self.near(clause, verb.at, test)[:1]

    def described(self, clause: Clause, verb: Verb) -> tuple[list[Noun], list[Noun]]:
        """Agents and patients of a participle: of the noun before its comma, or of the noun that it stands before."""
        frame, form = verb.phrase.frame, verb.form
        kinds = frame.patient if form.passive else frame.agent
        beside = self.acting(clause, verb) if form.passive else self.governed(clause, verb)
        first = clause.pieces[0][0]
        if clause.kind == APART and (verb.at == first or self.participle(first, verb.at + 1) == verb.at):
            told = self.antecedents(clause.before, form.codes)
        else:
            behind = [noun for noun in clause.nouns if noun.head > verb.at and not noun.prep and noun not in beside]
            told = (noun for noun in behind if noun.codes & form.codes and noun.options is None)
        found = [noun for noun in told if self.pick(noun, kinds, frame, agent=not form.passive) is not None][:1]
        return (beside, found) if form.passive else (found, beside)

    def undergone(self, clause: Clause, verb: Verb) -> tuple[list[Noun], list[Noun]]:
        """Agents and patients of "fell victim to", "underwent an attack by": the subject is what it is done to."""
        frame = verb.phrase.frame

        def test(noun: Noun) -> bool:
            return not noun.prep and noun.case(NOM) and self.fits(noun, frame)

        patients = self.near(clause, verb.at, test, before=True)
        fixed = self.fixed(clause, verb.phrase.fixed[-1]) if verb.phrase.fixed else None
        inner = [self.inner(at, fixed.last) for at in range(fixed.head + 1, fixed.last)] if fixed is not None else []
        inner += self.owner(fixed) if fixed is not None else []
        agents = [noun for noun in inner if self.pick(noun, frame.agent - {OPEN}, frame, agent=True) is not None][:1]
        return agents or [noun for noun in self.acting(clause, verb) if noun not in patients], patients

    def beside(self, clause: Clause, verb: Verb, frame: Frame, taken: Sequence[Noun]) -> list[Noun]:
        """What fills the frame's other role."""

        def test(noun: Noun) -> bool:
            fits = noun not in taken and noun.governed_by(frame.prepositions)
            return fits and self.pick(noun, frame.other, frame) is not None

        found = self.near(clause, verb.at, test) if frame.other else []
        fixed = self.fixed(clause, verb.phrase.fixed[-1]) if frame.other and verb.phrase.fixed and not found else None
        inner = [self.inner(at, fixed.last) for at in range(fixed.head + 1, fixed.last)] if fixed is not None else []
        return found or [noun for noun in inner if self.pick(noun, frame.other, frame) is not None][:1]

    def unreal(self, clause: Clause, verb: Verb) -> bool:
        """True for a condition, a purpose, a capability, an attempt: nothing that is said to have happened."""
        words = [self.word(at) for first, last in clause.pieces for at in range(first, last)]
        if self.supposed or any(self.lexicon.among(word, "conditions") for word in words):
            return True
        if verb.form.mood != INFINITIVE:
            return False
        governor = self.governor(clause, verb.at)
        if governor < 0 or self.among(governor, "unreal"):
            return True
        if verb.phrase.attempt or self.among(governor, "plans"):
            return not self.among(governor, "plans") or verb.phrase.frame.predicate is not Predicate.TARGETS
        return not (self.among(governor, "real") or self.among(governor, "modal"))

    def denied(self, clause: Clause, verb: Verb) -> bool:
        """True for a statement that is negated at its verb or at what governs it."""
        if self.negated(verb.at) or self.doubted(clause, verb.at):
            return True
        if verb.form.mood != INFINITIVE:
            return False
        governor = self.governor(clause, verb.at)
        return self.among(governor, "refusals") or self.negated(governor)
