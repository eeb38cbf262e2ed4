"""A sentence of an inflected language as clauses and noun phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from geppo.read.frames.cases import (
    ANY,
    APART,
    CLOSING,
    COUNTED,
    FARTHEST,
    FINITE,
    GEN,
    GERUND,
    INFINITIVE,
    INSERTED,
    LONGEST_NAME,
    LONGEST_TITLE,
    MAIN,
    NAMES,
    NOM,
    OPENING,
    PARTICIPLE,
    PERSONAL,
    QUOTES,
    RELATIVE,
    Clause,
    Lexicon,
    Noun,
    _by_ending,
    _plain,
)
from geppo.read.frames.tokens import Token, tokens
from geppo.read.typed import Item


class Clauses:
    """One sentence: its tokens, clauses and noun phrases."""

    def __init__(self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> None:
        self.lexicon = lexicon
        self.text = text
        self.quoted: set[int] = set()
        # What was found of the tokens, by their places: it is asked for many times a sentence.
        self._finite: dict[int, bool] = {}
        self._nominal: dict[int, bool] = {}
        self._codes: dict[int, frozenset[str]] = {}
        self._headwords: dict[int, str] = {}
        self._inner: dict[tuple[int, int], Noun] = {}
        self.tokens = list(self._kept(tokens(text, start, end, items)))

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses with their noun phrases."""
        found = self._clauses()
        for clause in found:
            clause.nouns = [noun for piece in clause.pieces for noun in self._nouns(*piece)]
        for clause in found:
            clause.nouns = [self._resolved(noun, clause) for noun in clause.nouns]
        return found

    # --- tokens

    def word(self, at: int) -> str:
        """The small letters of a token, an empty text outside of the sentence."""
        return self.tokens[at].lower if 0 <= at < len(self.tokens) else ""

    def among(self, at: int, name: str) -> bool:
        """True where a token is a word of a class."""
        return self.lexicon.among(self.word(at), name)

    def among_word(self, word: str, name: str) -> bool:
        """True for a word of a class."""
        return bool(word) and self.lexicon.among(word, name)

    def _kept(self, found: Sequence[Token]) -> Iterator[Token]:
        """Tokens without adverbs, quantifiers and quotation marks; a quoted title is one token."""
        at, before = 0, ""
        while at < len(found):
            token = found[at]
            skipped = self._skipped(found, at)
            if skipped:
                at += skipped
                continue
            if token.item is None and token.lower in QUOTES and (close := self._closing(found, at)):
                inside = found[at + 1 : close]
                if self._titled(before, inside):
                    first, last = inside[0].start, inside[-1].end
                    item = inside[0].item if len(inside) == 1 else None
                    self.quoted.add(first)
                    yield Token(first, last, _plain(self.text[first:last].lower()), item, capital=True)
                else:
                    yield from self._kept(inside)
                at, before = close + 1, "»"
                continue
            token = token._replace(lower=_plain(token.lower))
            if token.item is not None or (token.lower not in CLOSING and not self._adverb(token)):
                yield token
                before = token.lower
            at += 1

    def _titled(self, before: str, inside: Sequence[Token]) -> bool:
        """True for a quoted stretch that is a name or title and no speech."""
        if (
            len(inside) <= LONGEST_NAME
            and inside[0].capital
            and not any(self.lexicon.verbs.get(t.lower) for t in inside)
        ):
            return len(inside) == 1 or not any(token.kind in NAMES for token in inside)
        noun = self.lexicon.letters.fullmatch(before.rpartition(" ")[2]) and not self.lexicon.among(before, "breaks")
        return bool(noun) and not any(token.kind in NAMES for token in inside)

    def _skipped(self, found: Sequence[Token], at: int) -> int:
        for row in self.lexicon.sequences.get(found[at].lower, ()):
            if all(at + n < len(found) and found[at + n].lower == word for n, word in enumerate(row)):
                return len(row)
        return 0

    def _closing(self, found: Sequence[Token], at: int) -> int:
        for place in range(at + 1, len(found)):
            if found[place].start - found[at].start > LONGEST_TITLE:
                return 0
            if found[place].lower == QUOTES[found[at].lower]:
                return place if place > at + 1 else 0
        return 0

    def _adverb(self, token: Token) -> bool:
        word = token.lower
        if word in self.lexicon.verbs or self.lexicon.among(word, "no_adverb"):
            return False
        if self.lexicon.verbal.fullmatch(word) is not None and not self.lexicon.among(word, "adverbs"):
            return False
        return self.lexicon.among(word, "adverbs") or self.lexicon.adverb.fullmatch(word) is not None

    def finite(self, at: int) -> bool:
        """True for a token that may be the verb of a clause."""
        if at not in self._finite:
            self._finite[at] = self._is_finite(at)
        return self._finite[at]

    def _is_finite(self, at: int) -> bool:
        word, token = self.word(at), self.tokens[at]
        if token.kind in NAMES or token.kind in ("role", "date") or (token.capital and at and token.item is None):
            return False
        if any(form.mood == FINITE for _, form in self.lexicon.verbs.get(word, ())):
            return not (token.item and token.kind != "document" and not self.lexicon.verbal.fullmatch(word))
        if token.item is not None or self.lexicon.among(word, "no_verb"):
            return False
        return self.lexicon.among(word, "verbs") or self.lexicon.verbal.fullmatch(word) is not None

    def nominal(self, at: int) -> bool:
        """True for a token that may stand in a noun phrase."""
        if at not in self._nominal:
            self._nominal[at] = self._is_nominal(at)
        return self._nominal[at]

    def _is_nominal(self, at: int) -> bool:
        token = self.tokens[at]
        if token.item is not None and token.kind != "document":
            return token.kind != "date" and not (token.kind not in NAMES and self.finite(at))
        word = token.lower
        if self.lexicon.among(word, "possessive") and at + 1 < len(self.tokens):
            return self.nominal(at + 1)
        if (
            self.lexicon.among(word, "stops")
            or self.lexicon.among(word, "breaks")
            or word in self.lexicon.pronouns
            or self.finite(at)
        ):
            return False
        if self.lexicon.among(word, "prepositions") or word in self.lexicon.variants:
            return False
        if word in self.lexicon.relative or not any(character.isalnum() for character in word):
            return False
        if self.lexicon.infinitive.fullmatch(word) is not None:
            return False
        return not any(form.mood in (INFINITIVE, GERUND) for _, form in self.lexicon.verbs.get(word, ()))

    def name(self, at: int) -> bool:
        """True for a token without cases: a name, or a word in other letters."""
        token = self.tokens[at]
        if token.kind in NAMES or token.start in self.quoted:
            return True
        return token.item is None and token.capital and self.lexicon.letters.fullmatch(token.lower) is None

    def codes(self, at: int) -> frozenset[str]:
        """Genders and cases that a token may have as a noun."""
        if at not in self._codes:
            self._codes[at] = self._codes_at(at)
        return self._codes[at]

    def _codes_at(self, at: int) -> frozenset[str]:
        token = self.tokens[at]
        if token.item is not None and token.item.count is not None:
            return COUNTED
        if token.kind in NAMES and token.kind not in ("agreement", "product"):
            return ANY
        printed = self.text[token.start : token.end]
        if printed.isupper() or token.lower[:1].isdigit() or (token.start in self.quoted and token.item is None):
            return ANY
        word = self.headword(at)
        return self.lexicon.adjective(word) or self.lexicon.noun(word)

    def _number(self, at: int) -> bool:
        token = self.tokens[at]
        return token.item is None and (token.lower[:1].isdigit() or self.lexicon.among(token.lower, "numerals"))

    def _modifier(self, at: int, end: int) -> frozenset[str]:
        """What an adjective or numeral may be; empty for the noun itself."""
        token = self.tokens[at]
        if at + 1 >= end or not self.nominal(at + 1) or token.kind in NAMES:
            return frozenset()
        if self._number(at):
            return COUNTED
        if self.lexicon.among(token.lower, "determiners") or self.lexicon.among(token.lower, "possessive"):
            return ANY
        word = token.lower.rpartition(" ")[2].rpartition("-")[2] or token.lower
        clear = self.lexicon.adjective(word)
        if clear:
            return clear
        doubtful = _by_ending(word, self.lexicon.doubtful)
        if token.item is not None and token.kind not in ("place", "sector"):
            return frozenset()
        following = self.codes(at + 1) | self.lexicon.adjective(self.word(at + 1))
        return doubtful if following != ANY and doubtful & following else frozenset()

    # --- noun phrases

    def _nouns(self, at: int, end: int) -> Iterator[Noun]:
        prep, negated = "", False
        before: Noun | None = None
        low = at
        while at < end:
            word = self.word(at)
            if self.lexicon.among(word, "negators"):
                negated, at = True, at + 1
                continue
            known = self.lexicon.joined.get(word, ())
            rows = (row for row in known if all(self.word(at + n) == w for n, w in enumerate(row)))
            size = max((len(row) for row in rows), default=0)
            if size or self.lexicon.among(word, "prepositions") or word in self.lexicon.variants:
                prep = " ".join(self.word(at + n) for n in range(size or 1))
                prep = self.lexicon.variants.get(prep, prep)
                at += size or 1
                continue
            if word in self.lexicon.pronouns or word in self.lexicon.relative:
                codes = self.lexicon.pronouns.get(word) or self.lexicon.relative[word]
                owned = self.lexicon.among(word, "possessive") and at + 1 < end and self.nominal(at + 1)
                if not owned:
                    yield Noun(at, at + 1, at, prep, codes, at, negated, ())
                    prep, negated = "", False
                    at += 1
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
                if (
                    not led
                    and at + 1 < end
                    and self.finite(at + 1)
                    and not self._names(head, at)
                    and not self._names(at - 1, at)
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

    def _names(self, head: int, at: int) -> bool:
        """True where a noun says what a name behind it is."""
        kind = self.tokens[at].kind
        return (
            kind in ("", "observable", "vuln")
            or kind in self.lexicon.apposed.get(self.tokens[head].kind, ())
            or (kind in self.lexicon.apposed["house"] and self.among(head, "houses"))
        )

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
        for at in range(before, max(-1, before - FARTHEST), -1):
            if self.word(at) in ";:":
                return
            if not self.nominal(at) or self._modifier(at, before + 1):
                continue
            own = self.codes(at)
            if self.name(at) and at and self.nominal(at - 1) and not self.name(at - 1):
                own = self.codes(at - 1)
            if own & codes:
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
        described = moods & {PARTICIPLE, GERUND} or self.lexicon.apart.fullmatch(word) is not None
        later = begin < first + 1 and first > 0 and self.participle(begin, min(begin + OPENING, end)) >= 0
        bare = self.tokens[begin].item is None or (self.tokens[begin].kind == "role" and end - begin > 1)
        plain = bare and not any(self.finite(at) for at in range(begin + 1, end))
        if plain and (described or later):
            return APART
        if first > 0 and (self.among(first, "inserted") or self.among(begin, "sayings")):
            return INSERTED
        return MAIN

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
        following = self.word(at + 1)
        return at + 1 if following and self.lexicon.among(following, "real") else -1

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
        untrue = any(self.among(n, "untrue") and self.negated(n) for n in range(len(self.tokens)))
        return untrue or any(self.among(n, "doubts") for n in row)

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

    def headword(self, at: int) -> str:
        """The noun of a mention of several words."""
        if at not in self._headwords:
            words = self.word(at).split()
            noun = next((word for word in words if not self.lexicon.adjective(word)), words[-1] if words else "")
            self._headwords[at] = noun
        return self._headwords[at]
