"""Who does what to whom in a sentence of an inflected language: verbs and the nouns that fill their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from geppo.model.claim import Predicate
from geppo.read.frames.cases import (
    ACC,
    ANY,
    APART,
    COUNTED,
    DAT,
    FINITE,
    GEN,
    GERUND,
    INFINITIVE,
    INS,
    NAMES,
    NOM,
    RELATIVE,
    Clause,
    Form,
    Noun,
    Phrase,
    Verb,
)
from geppo.read.frames.frame import OPEN, Frame
from geppo.read.frames.referents import Referents

SPEAKING = frozenset({"org", "body", "actor", "place", OPEN})
"""Kinds of those of whom a plural verb says something "in" them: "в компании сообщили"."""

HELPING = frozenset({"modal", "real", "auxiliaries"})
"""Classes of finite words beside which another verb says what is done."""

FARTHEST_HOST = 3
"""Clauses outwards in which a subject is looked for."""


class Reader(Referents):
    """One sentence: its verbs, and the noun phrases around them."""

    @cached_property
    def _full(self) -> dict[int, list[int]]:
        """What was found of the clauses, which live as long as the sentence."""
        return {}

    @cached_property
    def every(self) -> list[Phrase]:
        """The phrases that stand with any verb and whose prepositions the sentence may have."""
        return self.lexicon.every_of({token.lower for token in self.tokens})

    def verbs(self, may: frozenset[str]) -> list[tuple[Clause, Verb]]:
        """The verbs of the frames with these ids, each with its clause."""
        found = []
        for clause in self.clauses:
            for first, last in clause.pieces:
                for at in range(first, last):
                    found += [(clause, verb) for verb in self._verbs_at(clause, at, may)]
        return found

    def _verbs_at(self, clause: Clause, at: int, may: frozenset[str]) -> list[Verb]:
        token = self.tokens[at]
        if token.kind in NAMES or token.kind == "role":
            return []
        row = [
            Verb(at, phrase, form)
            for phrase, form in self.lexicon.verbs.get(token.lower, ())
            if phrase.frame.id in may and all(self.fixed(clause, stems) is not None for stems in phrase.fixed)
        ]
        every = [phrase for phrase in self.every if phrase.frame.id in may]
        if every and self.finite(at):
            row += [Verb(at, phrase, Form(FINITE, False, frozenset())) for phrase in every]
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
                words = self.word(at).replace("-", " ").split() if "-" in self.word(at) else self.word(at).split()
                if any(word.startswith(stems) for word in words) and not self.name(at):
                    inner = self.inner(at, noun.last)
                    return replace(inner, first=noun.first, prep=noun.prep) if at == noun.head else inner
        row = [at for first, last in clause.pieces for at in range(first, last) if self.word(at).startswith(stems)]
        bare = [at for at in row if not self.nominal(at) or not any(n.first <= at < n.last for n in clause.nouns)]
        return Noun(bare[0], bare[0] + 1, bare[0], "", ANY, bare[0]) if bare else None

    # --- roles

    def listed(self, clause: Clause, noun: Noun, frame: Frame) -> list[Noun]:
        """A noun of a role with those in one list with it."""
        return self._listed(clause, noun, lambda one: self.pick(one, frame.patient, frame) is not None)

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
        others = self._full_verbs(clause)
        low = max((n for n in others if n < at), default=-1)
        high = min((n for n in others if n > at), default=len(self.tokens))
        ahead = [noun for noun in clause.nouns if at < noun.head < high]
        behind = [noun for noun in reversed(clause.nouns) if (-1 if before else low) < noun.head < at]
        for row in (behind, ahead) if before else (ahead, behind):
            for noun in row:
                if test(noun):
                    found = self._listed(clause, noun, listed or test)
                    joined = any(self.among(n, "conjunctions") for n in range(found[0].last, found[-1].first))
                    return found if joined or not before or row is ahead else found[:1]
        return []

    def _full_verbs(self, clause: Clause) -> list[int]:
        """The finite verbs of a clause but those that only help another."""
        if id(clause) not in self._full:
            self._full[id(clause)] = [
                n
                for first, last in clause.pieces
                for n in range(first, last)
                if self.finite(n) and self._classes[n].isdisjoint(HELPING)
            ]
        return self._full[id(clause)]

    def _listed(self, clause: Clause, noun: Noun, test: Any) -> list[Noun]:
        """A noun phrase with those that stand in one list with it, each perhaps with a place or a means of its own."""
        if noun.options is not None:
            return [noun]
        number = clause.nouns.index(noun)
        found = [noun]
        for step in (1, -1):
            place = number
            while (place := self._next(clause, place, step, noun.prep)) >= 0:
                new = clause.nouns[place]
                beside = clause.nouns[place - 1] if step > 0 else new
                behind = new if step > 0 else clause.nouns[place + 1]
                if not test(replace(new, prep=noun.prep)) or new.options is not None or self._owned(beside, behind):
                    break
                found.append(new)
        return sorted(found, key=lambda one: one.at)

    def _next(self, clause: Clause, place: int, step: int, prep: str) -> int:
        """The number of the noun phrase that is joined to one in front of or behind it, -1 if none is."""
        rows = clause.nouns
        if step > 0:
            while (
                place + 1 < len(rows) and rows[place + 1].prep not in ("", prep) and not self._apart(clause, place + 1)
            ):
                place += 1
            place += 1
            if place >= len(rows) or not self._joined(clause, place):
                return -1
        else:
            if place < 1 or not self._joined(clause, place):
                return -1
            place -= 1
            while place > 0 and rows[place].prep not in ("", prep) and not self._apart(clause, place):
                place -= 1
        return place if rows[place].prep in ("", prep) else -1

    def _apart(self, clause: Clause, number: int) -> list[str]:
        """The words between a noun phrase and the one before it, without its preposition and "not"."""
        one, other = clause.nouns[number - 1], clause.nouns[number]
        begun = other.first if other.prep else other.at
        words = (self.word(at) for at in range(one.last, begun))
        return [word for word in words if word != other.prep and not self.lexicon.among(word, "negators")]

    def _joined(self, clause: Clause, number: int) -> bool:
        """True where nothing but commas and conjunctions stands between a noun phrase and the one before it."""
        words = self._apart(clause, number)
        return bool(words) and all(self.lexicon.among(word, "lists") for word in words)

    def _owned(self, one: Noun, other: Noun) -> bool:
        """True for a noun that goes on with the genitives of the one before it: "organisations of A and B"."""
        last, head = self.tokens[one.last - 1].kind, self.tokens[one.head].kind
        head = "craft" if not head and self.among(one.head, "crafts") else head
        if last in self.lexicon.apposed.get(head, ()):
            return False
        return one.last - one.head > 1 and bool(last) and last == self.tokens[other.head].kind and other.case(GEN)

    def subject(self, clause: Clause, verb: Verb, frame: Frame, taken: Sequence[Noun]) -> list[Noun]:
        """Who a finite verb is said of: in its clause, else in the clause before it or around it."""
        genders = verb.form.codes

        dative = verb.form.mood == INFINITIVE and self.among(self.governor(clause, verb.at), "impersonal")

        def test(noun: Noun) -> bool:
            if self.among_word(noun.prep, "inside") and genders == frozenset("p") and "houses" in frame.whole:
                return self.pick(noun, frame.agent & SPEAKING, frame, agent=True) is not None
            if dative and noun.prep == "у":
                return self.fits(replace(noun, prep=""), frame, agent=True)
            if noun.prep or noun in taken or not noun.case(DAT if dative else NOM):
                return False
            agrees = dative or (
                not genders or noun.codes == ANY or any(code[0] in genders and code[1] == NOM for code in noun.codes)
            )
            return agrees and self.fits(noun, frame, agent=True)

        def loose(noun: Noun) -> bool:
            fits = not noun.prep and noun not in taken and noun.case(DAT if dative else NOM)
            return fits and self.fits(noun, frame, agent=True)

        def plural(noun: Noun) -> bool:
            return noun.codes != ANY and test(noun)

        if clause.kind == APART and verb.form.mood == GERUND:
            return self._of_host(clause, test, gerund=True)
        own = self._relative_subject(clause, verb, taken)
        if own is not None:
            return [own] if test(own) else []
        first = self._first_of_row(clause, verb.at)
        found = self.near(clause, first, plural, before=True, listed=loose) if genders == frozenset("p") else []
        found = found or self.near(clause, first, test, before=True, listed=loose)
        if found and self._of_another(clause, verb, found[0], taken):
            return []
        if found or clause.kind == RELATIVE:
            return found
        blocked = any(
            noun not in taken and not noun.prep and noun.case(NOM) and not noun.case(ACC) and noun.options is None
            for noun in clause.nouns
        ) or self.led(clause, verb, taken)
        if not found and (last := self._before(clause, verb.at)) is not None and last not in taken and loose(last):
            return [last]
        return [] if blocked else self._of_host(clause, test)

    def _relative_subject(self, clause: Clause, verb: Verb, taken: Sequence[Noun]) -> Noun | None:
        """The pronoun of a relative clause whose object is said: "компании, которые предоставляли X серверы"."""
        if clause.kind != RELATIVE or verb.form.mood != FINITE or not any(noun.case(ACC) for noun in taken):
            return None
        genders = verb.form.codes
        return next(
            (
                noun
                for noun in clause.nouns
                if not noun.prep
                and noun not in taken
                and self.word(noun.head) in self.lexicon.relative
                and any(code[0] in genders and code[1] == NOM for code in noun.codes)
            ),
            None,
        )

    def _of_another(self, clause: Clause, verb: Verb, found: Noun, taken: Sequence[Noun]) -> bool:
        """True where a stretch of its own says who did it, and the noun found stands in one before: "X: Y did it"."""
        genders = verb.form.codes
        first, last = next(((low, high) for low, high in clause.pieces if low <= verb.at < high), (0, 0))
        if first <= found.head < last or verb.form.mood != FINITE or not genders:
            return False
        return any(
            noun not in taken
            and not noun.prep
            and first <= noun.head < last
            and noun.options is None
            and noun.codes not in (ANY, COUNTED)
            and not noun.case(ACC)
            and any(code[0] in genders and code[1] == NOM for code in noun.codes)
            for noun in clause.nouns
        )

    def led(self, clause: Clause, verb: Verb, taken: Sequence[Noun] = ()) -> bool:
        """True where a noun before a finite verb agrees with it: it is its subject, known or not."""
        genders = verb.form.codes
        return verb.form.mood == FINITE and any(
            noun not in taken
            and not noun.prep
            and noun.head < verb.at
            and noun.options is None
            and noun.codes not in (ANY, COUNTED)
            and any(code[0] in genders and code[1] == NOM for code in noun.codes)
            for noun in clause.nouns
        )

    def _of_host(self, clause: Clause, test: Any, *, gerund: bool = False) -> list[Noun]:
        """Who the clause before or around a clause speaks of; a gerund has the subject of its verb, wherever it is."""
        host, steps = clause.host, 0
        while host is not None and steps < FARTHEST_HOST:
            verbs = [n for first, last in host.pieces for n in range(first, last) if self.finite(n)]
            ahead = [noun for noun in host.nouns if not verbs or noun.head < verbs[0]]
            found = next((noun for noun in (*ahead, *(host.nouns if gerund else ())) if test(noun)), None)
            if found is not None:
                return self._listed(host, found, test)
            host, steps = host.host, steps + 1
        return []

    def _before(self, clause: Clause, at: int) -> Noun | None:
        """A name right before a verb that was taken for a genitive of the noun before it."""
        at -= self.among(at - 1, "negators")
        whole = next((n for n in clause.nouns if n.last == at and n.head < at - 1 and not n.prep), None)
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
        """True for a condition, a question, a purpose, an ability, an attempt: what is not said to be so."""
        within = [clause, clause.host] if clause.kind == APART and clause.host is not None else [clause]
        if any(self.among(first, "asking") for first, _ in clause.pieces):
            return True
        row = (at for one in within for first, last in one.pieces for at in range(first, last))
        if self.supposed or any(self.among(at, "conditions") for at in row):
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
