"""A sentence of an inflected language as clauses and noun phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from geppo.read.frames.cases import (
    ANY,
    APART,
    COUNTED,
    FARTHEST,
    FINITE,
    GEN,
    GERUND,
    INSERTED,
    MAIN,
    NAMES,
    NOM,
    OPENING,
    PARTICIPLE,
    PERSONAL,
    RELATIVE,
    Clause,
    Lexicon,
    Noun,
)
from geppo.read.frames.wordforms import Wordforms
from geppo.read.typed import Item

NAMED = frozenset({"fn"})
"""The form in which adjectives end like gerunds."""


class Clauses(Wordforms):
    """One sentence: its clauses and noun phrases."""

    def __init__(self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> None:
        super().__init__(lexicon, text, start, end, items)
        self._inner: dict[tuple[int, int], Noun] = {}

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses with their noun phrases."""
        found = self._clauses()
        for clause in found:
            clause.nouns = [noun for piece in clause.pieces for noun in self._nouns(*piece)]
        for clause in found:
            clause.nouns = [self._resolved(noun, clause) for noun in clause.nouns]
        return found

    # --- noun phrases

    def _nouns(self, at: int, end: int) -> Iterator[Noun]:
        prep, negated = "", False
        before: Noun | None = None
        low = at
        while at < end:
            word, classes = self.tokens[at].lower, self._classes[at]
            if "negators" in classes:
                negated, at = True, at + 1
                continue
            if "likening" in classes and not self.among(at - 1, "stops"):
                prep, at = word, at + 1
                continue
            size = self._joint(at) if word in self.lexicon.joined else 0
            if size or "prepositions" in classes or word in self.lexicon.variants:
                prep = " ".join(self.word(at + n) for n in range(size or 1))
                prep = self.lexicon.variants.get(prep, prep)
                at += size or 1
                continue
            if word in self.lexicon.pronouns or word in self.lexicon.relative:
                codes = self.lexicon.pronouns.get(word) or self.lexicon.relative[word]
                owned = "possessive" in classes and at + 1 < end and self.nominal(at + 1)
                if not owned:
                    yield Noun(at, at + 1, at, prep, codes, at, negated, ())
                    prep, negated = "", False
                    at += 1
                    continue
            doer = self._by_name(at, end)
            if doer:
                # "взломанная X", "атакованные X компании": the participle's own doer, and no noun that it describes.
                yield Noun(doer, doer + 1, doer, "", ANY, doer)
                at, prep, negated = doer + 1, "", False
                continue
            noun = self._noun(at, end, prep, negated, led=self._led(low, at)) if self.nominal(at) else None
            if noun is not None:
                joined = before is not None and self.among(at - 1, "joining") and before.last == at - 1
                if before is not None and joined and before.prep and not prep and before.like(noun):
                    noun = replace(noun, prep=before.prep)
                before = noun
                yield noun
                at = noun.last
            else:
                at += 1
            prep, negated = "", False

    def _by_name(self, at: int, end: int) -> int:
        """The name behind a passive participle that says who did it, 0 where the participle describes the name.

        A name in other letters has no case: it acts where the participle opens its stretch behind a comma, or where the
        noun behind the name agrees with the participle.
        """
        if at + 1 >= end or self.tokens[at + 1].kind not in PERSONAL or self.among(at, "naming"):
            return 0
        forms = [form for _, form in self.lexicon.verbs.get(self.word(at), ()) if form.mood == PARTICIPLE]
        codes = frozenset().union(*(form.codes for form in forms if form.passive))
        behind = at + 2 < end and self.nominal(at + 2) and not self.name(at + 2) and bool(codes & self.codes(at + 2))
        opening = at > 0 and self.word(at - 1) == ","
        return at + 1 if codes and (behind or opening) else 0

    def staging(self, clause: Clause, deed: Noun) -> list[Noun]:
        """Who is named between a participle and the noun of a deed: "совершённая X атака на Y"."""
        before = [n for n in clause.nouns if n.last == deed.first and n.head == n.first and not n.prep]
        return before if before and self._by_name(before[0].head - 1, deed.head + 1) else []

    def _joint(self, at: int) -> int:
        """How many words the preposition of several words has that begins at a token."""
        rows = self.lexicon.joined[self.word(at)]
        return max((len(row) for row in rows if all(self.word(at + n) == w for n, w in enumerate(row))), default=0)

    def _led(self, low: int, at: int) -> bool:
        """True where a noun before a place may be the subject."""
        row = [n for n in range(low, at) if self.nominal(n) and not self.among(n - 1, "prepositions")]
        return any(self.codes(n) != ANY and any(code[1] == NOM for code in self.codes(n)) for n in row)

    def _noun(self, at: int, end: int, prep: str, negated: bool, *, led: bool = True) -> Noun:
        """The noun phrase that begins at a token: adjectives, head, and the genitives and names behind it.

        A name right before a verb is its subject where there is no other (`led`).
        """
        first = at
        agreed, counted = ANY, False
        while codes := self._modifier(at, end):
            counted = counted or codes is COUNTED
            agreed = (agreed & codes) or codes
            at += 1
        head = at
        own = self.codes(head)
        codes = COUNTED if counted else (own & agreed) or own
        at += 1
        while at < end and self.nominal(at):
            inner, place = ANY, at
            while more := self._modifier(place, end):
                inner = (inner & more) or more
                place += 1
            if self.name(place) and place == at:
                house = self.tokens[place - 1].kind == "org" or self.tokens[place - 1].start in self.quoted
                managed = self.tokens[place].kind in PERSONAL and self._managed(place + 1)
                managed = managed or (self.tokens[place].kind == "vuln" and self.among(head, "houses"))
                if (
                    managed
                    or self.among(head, "times")
                    or (house and self.tokens[place].kind == "actor" and place > head + 1)
                ):
                    break
                behind = at + 1 + self.among(at + 1, "negators")
                if (
                    not led
                    and behind < end
                    and self.finite(behind)
                    and not self._subject_of(head, behind)
                    and ((prep and self._of_person(head, at)) or not (self._names(head, at) or self._names(at - 1, at)))
                ):
                    break
                at += 1
                continue
            found = (self.codes(place) & inner) or self.codes(place)
            number = place > at and any(self._number(n) for n in range(at, place))
            number = number or self.codes(place) is COUNTED
            volume = self.lexicon.among(self.word(place).rpartition(" ")[2], "volumes")
            holds = not volume and self.among(head, "owned")
            if not any(code[1] == GEN for code in found) or (number and not holds):
                break
            at = place + 1
        return Noun(first, at, head, prep, codes, first, negated)

    def _managed(self, at: int) -> bool:
        """True where it is said that somebody named before did, or did not, manage to: "… X не удалось"."""
        place = at + self.among(at, "negators")
        return self.among(place, "impersonal") or (place > at and self.among(place, "real"))

    def _names(self, head: int, at: int) -> bool:
        """True where a noun says what a name behind it is."""
        kind = self.tokens[at].kind
        return (
            kind in ("", "observable", "vuln")
            or kind in self.lexicon.apposed.get(self.tokens[head].kind, ())
            or (kind in self.lexicon.apposed["house"] and self.among(head, "houses"))
        )

    def _subject_of(self, head: int, at: int) -> bool:
        """True for a plural noun that agrees with the plural verb behind the name of its owner."""
        forms = [form.codes for _, form in self.lexicon.verbs.get(self.word(at), ()) if form.mood == FINITE]
        return any("p" in codes for codes in forms) and "pn" in self.codes(head) and self.codes(head) != ANY

    def _of_person(self, head: int, at: int) -> bool:
        """True for a name of code or of a group behind the word for a person: "оператор X" need not be of X."""
        person = self.tokens[head].kind == "role" or self.among(head, "attackers")
        return person and self.tokens[at].kind in PERSONAL

    def _resolved(self, noun: Noun, clause: Clause) -> Noun:
        """A pronoun with what it may stand for."""
        if noun.options is None:
            return noun
        genders = {code[0] for code in noun.codes}
        if self.word(noun.head) in self.lexicon.relative:
            last = clause.before if clause.kind == RELATIVE else noun.at
            return replace(
                noun, options=tuple(self.antecedents(last, frozenset(g + c for g in genders for c in "ngdail")))
            )
        found = [self.inner(at, at + 1) for at in range(noun.at - 1, -1, -1) if self.tokens[at].kind in PERSONAL]
        return replace(noun, options=tuple(found))

    def antecedents(self, before: int, codes: frozenset[str]) -> Iterator[Noun]:
        """The nouns before a comma that what stands behind it may describe, the nearest first."""
        found = False
        for at in range(before, max(-1, before - FARTHEST), -1):
            if self.word(at) in ";:" or (found and self.finite(at)):
                return
            if not self.nominal(at) or self._modifier(at, before + 1):
                continue
            own = self.codes(at)
            if self.name(at) and at and self.nominal(at - 1) and not self.name(at - 1):
                own = own if self.word(at - 1) in self.lexicon.verbs else self.codes(at - 1)
            if own & codes:
                found = True
                yield self.inner(at, before + 1)

    def inner(self, first: int, end: int) -> Noun:
        """The noun phrase that begins at a token inside of another."""
        if (first, end) not in self._inner:
            self._inner[first, end] = self._noun(first, end, "", False)
        return self._inner[first, end]

    # --- clauses

    def _clauses(self) -> list[Clause]:
        """Clauses by commas and other marks: a relative or participle clause interrupts the one around it."""
        found: list[Clause] = []
        main = last = Clause(MAIN, [])
        begun = depth = 0
        for at in range(len(self.tokens) + 1):
            if at < len(self.tokens) and (self.tokens[at].item is not None or not self.among(at, "stops")):
                continue
            first, begun, inside = begun, at + 1, depth > 0
            depth += (self.word(at) == "(") - (self.word(at) == ")")
            if first >= at:
                continue
            kind = INSERTED if inside else self._kind(first, at)
            if kind in (RELATIVE, APART, INSERTED):
                within = kind != RELATIVE and last.kind == RELATIVE and not self._has_verb(last)
                made = Clause(kind, [(first, at)], first - 2, last if within else main)
                found.append(made)
                last = last if within else made
                continue
            finite = any(self.finite(place) for place in range(first, at))
            opened = self.among(first, "openers") or self.word(first - 1) in (";",)
            open_end = last.kind == RELATIVE and not self._has_verb(last)
            if found and finite and not opened and open_end and self._has_verb(main):
                last.pieces.append((first, at))
            elif not found or opened or (finite and self._has_verb(main)):
                main = last = Clause(MAIN, [(first, at)], first - 2, main)
                found.append(main)
            elif not finite and last.kind in (RELATIVE, APART) and self._has_verb(main):
                last.pieces.append((first, at))
            else:
                main.pieces.append((first, at))
                if main not in found:
                    found.append(main)
        return found

    def _has_verb(self, clause: Clause) -> bool:
        return any(self.finite(at) for first, last in clause.pieces for at in range(first, last))

    def participle(self, first: int, last: int) -> int:
        """The first participle in the nominative between two tokens, -1 if there is none."""
        for at in range(first, last):
            for _, form in self.lexicon.verbs.get(self.word(at), ()):
                if form.mood == PARTICIPLE and any(code[1] == NOM for code in form.codes):
                    return at
        return -1

    def _kind(self, first: int, end: int) -> str:
        """What a stretch between commas is."""
        begin = first
        while begin < end - 1 and any(self.among(begin, name) for name in ("prepositions", "joining", "negators")):
            begin += 1
        if self.word(begin) in self.lexicon.relative or (
            end - begin > 2 and self.word(begin + 1) in self.lexicon.relative
        ):
            return RELATIVE
        word = self.word(begin)
        moods = {form.mood for _, form in self.lexicon.verbs.get(word, ())}
        described = moods & {PARTICIPLE, GERUND} or (self.lexicon.apart(word) and not self._describes(begin, end))
        later = begin < first + 1 and first > 0 and self.participle(begin, min(begin + OPENING, end)) >= 0
        bare = self.tokens[begin].item is None or (self.tokens[begin].kind == "role" and end - begin > 1)
        plain = bare and not any(self.finite(at) for at in range(begin + 1, end))
        if plain and (described or later):
            return APART
        if first > 0 and (self.among(first, "inserted") or self.among(begin, "sayings")):
            return INSERTED
        return MAIN

    def _describes(self, at: int, end: int) -> bool:
        """True for an adjective in the nominative of the noun right behind it, which has the ending of a gerund."""
        own = self.lexicon.adjective(self.word(at)) & NAMED
        return bool(own) and at + 1 < end and self.nominal(at + 1) and bool(own & self.codes(at + 1))

    def owner(self, noun: Noun) -> list[Noun]:
        """What a possessive pronoun in a noun phrase stands for: "его вариант", "её эксплуатация"."""
        for at in range(noun.first, noun.last):
            if self.among(at, "possessive"):
                before = tuple(self.inner(n, n + 1) for n in range(at - 1, -1, -1) if self.tokens[n].kind in NAMES)
                return [Noun(at, at + 1, at, "", ANY, at, options=before)]
        return []

    # --- what is not said to be so

    def governor(self, clause: Clause, at: int) -> int:
        """The verb that an infinitive depends on, -1 if none."""
        begin = min(first for first, _ in clause.pieces)
        for place in range(at - 1, begin - 1, -1):
            if self.finite(place) or any(self.among(place, name) for name in ("real", "modal", "plans", "unreal")):
                return place
        end = next((last for first, last in clause.pieces if first <= at < last), at)
        behind = next((place for place in range(at + 1, end) if self.finite(place) or self.among(place, "real")), -1)
        return behind if behind >= 0 and self.among(behind, "real") else -1

    def negated(self, at: int) -> bool:
        """True for a verb that is denied."""
        behind = self.among(at + 1, "negators") and self.among(at + 2, "auxiliaries")
        while self.among(at - 1, "auxiliaries"):
            at -= 1
        return behind or self.among(at - 1, "negators")

    def opens(self, clause: Clause) -> bool:
        """True for a clause that begins with a conjunction of its own ("that", "but")."""
        return self.among(clause.pieces[0][0], "openers")

    def doubted(self, clause: Clause, at: int) -> bool:
        """True for what is called unlikely before it is said, or untrue in the same sentence."""
        host = clause.host if self.opens(clause) else None
        row = [n for one in (clause, host) if one for first, last in one.pieces for n in range(first, last) if n < at]
        return self.untrue or any(
            self.among(n, "doubts") or (host is not None and self.among(n, "excluding") and not self._stays_open(n))
            for n in row
        )

    def stance(self, clause: Clause) -> str:
        """The hedge of what somebody denies, or does not rule out, in the clause before it; else an empty text."""
        if clause.host is None or not self.opens(clause):
            return ""
        row = [n for first, last in clause.host.pieces for n in range(first, last) if self.among(n, "excluding")]
        if any(self._stays_open(n) for n in row):
            return "open"
        return "denies" if any(self.among(n, "denying") for n in row) else ""

    def _stays_open(self, at: int) -> bool:
        """True for what is not ruled out, or cannot be ("не исключают", "нельзя исключать")."""
        return self.negated(at) or self.among(at - 1, "impossible")

    def sought(self, clause: Clause) -> bool:
        """True for what somebody looked for and did not find ("не нашли свидетельств того, что …", "… того, что …,
        нет")."""
        if clause.host is None or not self.opens(clause):
            return False
        proof = any(self.among(at, "evidence") for first, last in clause.host.pieces for at in range(first, last))
        behind = [at for first, last in clause.pieces[1:] for at in range(first, last)] if proof else []
        lost = any(self.among(at, "without") or (self.among(at, "finding") and self.negated(at)) for at in behind)
        return lost or self.missing(clause.host)

    @cached_property
    def untrue(self) -> bool:
        """True for a sentence that says that something is not so."""
        return any(self.among(n, "untrue") and self.negated(n) for n in range(len(self.tokens)))

    def excluded(self, clause: Clause) -> bool:
        """True for a clause that rules out what it names; not for one that cannot rule it out."""
        row = [at for first, last in clause.pieces for at in range(first, last)]
        open_still = any(self.among(at, "impossible") for at in row)
        return not open_still and any(self.among(at, "excluding") and not self.negated(at) for at in row)

    def missing(self, clause: Clause) -> bool:
        """True for a clause that says of its noun that it was not found or not confirmed."""
        row = [at for first, last in clause.pieces for at in range(first, last)]
        if any(self.among(at, "evidence") for at in row) and any(self.among(at, "negators") for at in row):
            return True
        return any(self.among(at, "without") or (self.among(at, "finding") and self.negated(at)) for at in row)

    @cached_property
    def able(self) -> bool:
        """True for a sentence that says what somebody is able to do."""
        return any(self.among(at, "capable") for at in range(len(self.tokens)))

    @cached_property
    def supposed(self) -> bool:
        """True for a sentence about what is only supposed."""
        return any(self.among(at, "supposed") for at in range(len(self.tokens)))

    @cached_property
    def unfound(self) -> bool:
        """True where the sentence says that something was not found or not confirmed."""
        return any(self.missing(clause) for clause in self.clauses)
