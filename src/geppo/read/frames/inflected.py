"""The grammar of inflected languages with free word order and blanks between words (Russian).

No parser: endings (`frames.toml`, `[words]`) tell verbs, their voice, and the cases that a noun may have; commas bound
clauses, as spelling demands. Who does it stands in the nominative, or in the instrumental beside a passive; what it is
done to in the accusative, or behind the preposition that the verb governs. A name in other letters has no case: there
the kind noun before it, kinds and order decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import re2

from geppo.errors import DataError
from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.frames.frame import OPEN, Frame, Frames, Statement, able, filled, filling, kinds_in
from geppo.read.frames.tokens import Token, tokens, words_of
from geppo.read.names import slug
from geppo.read.typed import Item

FINITE, INFINITIVE, GERUND, PARTICIPLE = "finite", "infinitive", "gerund", "participle"
MAIN, RELATIVE, APART, INSERTED = "main", "relative", "apart", "inserted"

NOM, GEN, DAT, ACC, INS, LOC = "ngdail"
ANY = frozenset(number + case for number in "mfnp" for case in "ngdail")
COUNTED = frozenset(number + case for number in "mfnp" for case in "ngai")

NAMES = frozenset(
    {"actor", "malware", "tool", "campaign", "network", "org", "product", "vuln", "observable", "agreement"}
)
LONGEST_ENDING = 6
FARTHEST = 14
"""Tokens before a comma among which the noun of a relative clause is looked for."""

NEAR = 40
"""Characters before a verb in which its subject belongs to the stretch that a hedge may stand in."""

NAMING = 8
"""Tokens behind a noun in which a word of naming may bring its name."""

LONGEST_NAME = 4
"""Words of a quoted name."""

LONGEST_TITLE = 60
"""Characters of a quoted stretch that may be a name."""

BARE = {"group-kind": "actor", "malware-kind": "malware"}
CLASS = "="
"""Stands in `whole` before a class of nouns that the other roles may be."""

HOUSES = frozenset({"org", "body", "place"})
OWNERS = frozenset({"sector", "org", "body", "unit", "actor", "malware", "network"})
CODE = frozenset({"malware", "tool", "malware-kind"})
_QUOTES = {"«": "»", "“": "”", "„": "“", '"': '"'}
_CLOSING = frozenset("»”“\"'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A verb (or noun) of a frame: what words must stand with it, and the prepositions or "+" and a case it governs."""

    frame: Frame
    fixed: tuple[tuple[str, ...], ...]
    governed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a verb; `codes` are gender (m f n p) and case of a participle, genders of a finite form."""

    mood: str
    passive: bool
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase: tokens `first` to `last` (not included), its head, and its place in the clause.

    A relative or personal pronoun has the nouns that it may stand for as `options`.
    """

    first: int
    last: int
    head: int
    prep: str
    codes: frozenset[str]
    at: int
    negated: bool = False
    options: tuple[Noun, ...] | None = None

    def case(self, cases: str) -> bool:
        """True where it may have one of the cases."""
        return any(code[1] in cases for code in self.codes)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb at its place."""

    at: int
    phrase: Phrase
    form: Form


@dataclass(slots=True)
class Clause:
    """Stretches of tokens that belong together; `before` is the token at which what it describes ends."""

    kind: str
    pieces: list[tuple[int, int]]
    before: int = -1
    host: Clause | None = None
    nouns: list[Noun] = field(default_factory=list)

    def holds(self, at: int) -> bool:
        """True for a token of the clause."""
        return any(first <= at < last for first, last in self.pieces)


class Words:
    """A class of words; an entry with `*` is a stem."""

    def __init__(self, entries: Iterable[str]) -> None:
        entries = tuple(entries)
        self.whole = frozenset(entry for entry in entries if not entry.endswith("*"))
        self.stems = tuple(entry[:-1] for entry in entries if entry.endswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self.whole or (bool(self.stems) and word.startswith(self.stems))


class Lexicon:
    """The forms of all verbs, the nouns of all frames, the endings and closed classes of the language."""

    def __init__(self, known: Frames) -> None:
        words = known.words
        self.classes = {name: Words(value) for name, value in words.items() if isinstance(value, list)}
        self.adjectives = _endings(words["adjective"])
        self.doubtful = _endings(words["doubtful"])
        self.nouns = _endings(words["noun"])
        self.odd = _endings(words["odd"])
        self.pronouns = _endings(words["pronoun"])
        self.relative = _endings(words["relative"])
        self.variants: Mapping[str, str] = words["variants"]
        self.apposed: Mapping[str, Sequence[str]] = words["apposed"]
        self.adverb, self.verbal = re2.compile(words["adverb"]), re2.compile(words["verbal"])
        self.apart, self.letters = re2.compile(words["apart"]), re2.compile(words["letters"])
        self.sequences = sorted((tuple(entry.split()) for entry in words["skipped"]), key=len, reverse=True)
        self.joined = {tuple(entry.split()) for entry in words["prepositions"] if " " in entry}
        self.verbs: dict[str, list[tuple[Phrase, Form]]] = {}
        self.events: list[tuple[tuple[str, ...], Phrase]] = []
        for frame in known.frames:
            for entry in frame.phrases:
                lemma, phrase = _phrase(frame, entry)
                for form, what in forms_of(lemma, words):
                    if frame.stative and what.passive:
                        what = replace(what, passive=False)
                    self.verbs.setdefault(_plain(form), []).append((phrase, what))
            for entry in frame.nouns:
                stem, phrase = _phrase(frame, entry)
                self.events.append((tuple(stem.rstrip("~").split("|")), phrase))
        self.stems = tuple({stem for stems, _ in self.events for stem in stems})

    def among(self, word: str, name: str) -> bool:
        """True for a word of a class."""
        return word in self.classes[name]

    def able(self, words: Iterable[str]) -> bool:
        """True where a sentence of these words may hold a verb or noun of a frame."""
        return any(word in self.verbs or word.startswith(self.stems) for word in words)

    def adjective(self, word: str) -> frozenset[str]:
        """What a word may be as an adjective, by its ending."""
        return frozenset() if word in self.classes["no_adjective"] else _by_ending(word, self.adjectives)

    def noun(self, word: str) -> frozenset[str]:
        """Genders and cases that a noun may have; all of them where its letters tell nothing."""
        if word in self.odd:
            return self.odd[word]
        if self.letters.fullmatch(word) is None:
            return ANY
        return _by_ending(word, self.nouns) or ANY


def _plain(word: str) -> str:
    """One spelling of words that are written with or without the marks of "ё"."""
    return word.replace("ё", "е")


def _endings(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {ending: frozenset(codes.split()) for ending, codes in table.items()}


def _by_ending(word: str, table: Mapping[str, frozenset[str]]) -> frozenset[str]:
    for length in range(min(LONGEST_ENDING, len(word) - 1), 0, -1):
        if (codes := table.get(word[-length:])) is not None:
            return codes
    return table.get("", frozenset())


def _phrase(frame: Frame, entry: str) -> tuple[str, Phrase]:
    lemma, *rest = entry.split(" ")
    fixed = tuple(tuple(part.rstrip("~") for part in word.split("|")) for word in rest if word.endswith("~"))
    governed = tuple(part.replace("_", " ") for word in rest if not word.endswith("~") for part in word.split("|"))
    return lemma, Phrase(frame, fixed, governed or ("+a",))


def forms_of(lemma: str, words: Mapping[str, Any]) -> Iterator[tuple[str, Form]]:
    """Every form of a verb: its lemma, with its participle behind a stroke where that is not regular.

    A verb of the irregular table has its stems there: past, present, conjugation (1 or 2), participle.
    """
    tables = words["form"]
    if lemma in words["adjectives"]:
        short, stem = words["adjectives"][lemma].split()
        yield short, Form(FINITE, True, frozenset("m"))
        for ending, codes in tables["short"].items():
            yield stem + ending, Form(FINITE, True, frozenset(codes.split()))
        for ending, codes in tables["hard"].items():
            yield stem + ending, Form(PARTICIPLE, True, frozenset(codes.split()))
        return
    lemma, _, given = lemma.partition("/")
    own = lemma.endswith(("ся", "сь"))
    bare = lemma[:-2] if own else lemma
    if bare in words["irregular"]:
        past, present, conjugation, participle = words["irregular"][bare].split()
    else:
        ending = max((end for end in words["conjugation"] if bare.endswith(end)), key=len, default="")
        if not ending:
            raise DataError(f"frames: no conjugation for {lemma!r}; give its stems in [words.irregular]")
        stem = bare[: len(bare) - len(ending)]
        parts = words["conjugation"][ending].split()
        past, present, conjugation, participle = (part.replace("~", stem) for part in parts)
    participle = given or participle
    consonant = past.endswith("-")
    past = past.rstrip("-")

    def row(stem: str, endings: Mapping[str, str], mood: str) -> Iterator[tuple[str, Form]]:
        for ending, codes in endings.items():
            form = stem + ending
            tail = "сь" if form[-1] in "аеёиоуыэюя" and mood != PARTICIPLE else "ся"
            if not own:
                yield form, Form(mood, False, frozenset(codes.split()))
            if mood in (FINITE, PARTICIPLE) or own:
                yield form + tail, Form(mood, not own, frozenset(codes.split()))

    yield from row(bare, {"": ""}, INFINITIVE)
    yield from row(past, {**tables["past"], **({"": "m"} if consonant else {"л": "m"})}, FINITE)
    yield from row(present, tables[f"present{conjugation}"], FINITE)
    yield from row(present, tables[f"gerund{conjugation}"], GERUND)
    whole = bare[:-2] if consonant else past
    yield from row(whole, {"в": "", "вши": ""}, GERUND)
    acting = [past + "ш", whole + "вш", *(present + end for end in tables[f"acting{conjugation}"].split())]
    for stem in acting:
        yield from row(stem, tables["soft"], PARTICIPLE)
    if own:
        return
    for stem in (participle, *(present + end for end in tables[f"suffering{conjugation}"].split())):
        if stem == "-":
            continue
        for ending, codes in tables["short"].items():
            yield stem + ending, Form(FINITE, True, frozenset(codes.split()))
        long = stem + "н" if stem.endswith("н") and stem == participle else stem
        for ending, codes in tables["hard"].items():
            yield long + ending, Form(PARTICIPLE, True, frozenset(codes.split()))


class Reader:
    """One sentence: its tokens, clauses, noun phrases and verbs."""

    def __init__(self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> None:
        self.lexicon = lexicon
        self.text = text
        self.quoted: set[int] = set()
        self.tokens = list(self._kept(tokens(text, start, end, items)))
        self.clauses = self._clauses()
        for clause in self.clauses:
            clause.nouns = [noun for piece in clause.pieces for noun in self._nouns(*piece)]
        for clause in self.clauses:
            clause.nouns = [self._resolved(noun, clause) for noun in clause.nouns]

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
            if token.item is None and token.lower in _QUOTES and (close := self._closing(found, at)):
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
            if token.item is not None or (token.lower not in _CLOSING and not self._adverb(token)):
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
        for row in self.lexicon.sequences:
            if all(at + n < len(found) and found[at + n].lower == word for n, word in enumerate(row)):
                return len(row)
        return 0

    def _closing(self, found: Sequence[Token], at: int) -> int:
        for place in range(at + 1, len(found)):
            if found[place].start - found[at].start > LONGEST_TITLE:
                return 0
            if found[place].lower == _QUOTES[found[at].lower]:
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
        return not any(form.mood in (INFINITIVE, GERUND) for _, form in self.lexicon.verbs.get(word, ()))

    def name(self, at: int) -> bool:
        """True for a token without cases: a name, or a word in other letters."""
        token = self.tokens[at]
        if token.kind in NAMES or token.start in self.quoted:
            return True
        return token.item is None and token.capital and self.lexicon.letters.fullmatch(token.lower) is None

    def codes(self, at: int) -> frozenset[str]:
        """Genders and cases that a token may have as a noun."""
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
        while at < end:
            word = self.word(at)
            if word == "не":
                negated, at = True, at + 1
                continue
            rows = (row for row in self.lexicon.joined if all(self.word(at + n) == w for n, w in enumerate(row)))
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
            noun = self._noun(at, end, prep, negated) if self.nominal(at) else None
            if noun is not None:
                yield noun
                at = noun.last
            else:
                at += 1
            prep, negated = "", False

    def _noun(self, at: int, end: int, prep: str, negated: bool) -> Noun:
        """The noun phrase that begins at a token: adjectives, head, and the genitives and names behind it."""
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
                at += 1
                continue
            found = (self.codes(place) & inner) or self.codes(place)
            number = place > at and any(self._number(n) for n in range(at, place))
            number = number or self.codes(place) is COUNTED
            if not any(code[1] == GEN for code in found) or (number and not self.among(head, "containers")):
                break
            at = place + 1
        return Noun(first, at, head, prep, codes, first, negated)

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
        found = [self.inner(at, at + 1) for at in range(noun.at - 1, -1, -1) if self.tokens[at].kind in NAMES]
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

    def inner(self, head: int, end: int) -> Noun:
        noun = self._noun(head, end, "", False)
        return replace(noun, first=head, head=head) if noun.head != head else noun

    # --- clauses

    def _clauses(self) -> list[Clause]:
        """Clauses by commas and other marks: a relative or participle clause interrupts the one around it."""
        found: list[Clause] = []
        main = last = Clause(MAIN, [])
        begun = 0
        for at in range(len(self.tokens) + 1):
            if at < len(self.tokens) and (self.tokens[at].item is not None or not self.among(at, "stops")):
                continue
            first, begun = begun, at + 1
            if first >= at:
                continue
            kind = self._kind(first, at)
            if kind in (RELATIVE, APART, INSERTED):
                last = Clause(kind, [(first, at)], first - 2, main)
                found.append(last)
                continue
            finite = any(self.finite(place) for place in range(first, at))
            opened = self.among(first, "openers") or self.word(first - 1) in (";",)
            if not found or opened or (finite and self._has_verb(main)):
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

    def _kind(self, first: int, end: int) -> str:
        """What a stretch between commas is."""
        begin = first
        while begin < end - 1 and (self.among(begin, "prepositions") or self.word(begin) in ("и", "а", "не")):
            begin += 1
        if self.word(begin) in self.lexicon.relative or (
            end - begin > 2 and self.word(begin + 1) in self.lexicon.relative
        ):
            return RELATIVE
        word = self.word(begin)
        moods = {form.mood for _, form in self.lexicon.verbs.get(word, ())}
        described = moods & {PARTICIPLE, GERUND} or self.lexicon.apart.fullmatch(word) is not None
        if described and self.tokens[begin].item is None and not any(self.finite(at) for at in range(begin + 1, end)):
            return APART
        if first > 0 and (self.among(first, "inserted") or self.among(begin, "sayings")):
            return INSERTED
        return MAIN

    # --- what noun phrases stand for

    def pick(self, noun: Noun, kinds: frozenset[str], frame: Frame, *, agent: bool = False) -> Item | None:
        """The mention (or, where the kinds allow any noun, the words) that a noun phrase stands for."""
        if noun.options is not None:
            closed = kinds if self.word(noun.head) in self.lexicon.relative else kinds & NAMES
            return next(
                (item for option in noun.options if (item := self.pick(option, closed, frame, agent=agent))), None
            )
        head = self.tokens[noun.head]
        houses = "houses" in frame.whole
        if agent and not houses and head.kind not in NAMES and self.among(noun.head, "bystanders"):
            return None
        if (named := self._apposed(noun, kinds) or self._earlier(noun)) is not None:
            return named if named.kind in kinds or named.kind == OPEN else None
        if agent and self.guessed(noun, frame):
            return None
        found = self._inside(noun, kinds, frame, agent=agent) or self._filling(noun.head, kinds, frame)
        if found is None and self.among(noun.head, "containers") and not agent:
            found = self._behind(noun, kinds - {OPEN}, frame)
        if found is not None or OPEN not in kinds or head.kind in NAMES:
            return found
        if self.tokens[noun.head].start in self.quoted and frame.predicate is Predicate.SAME_AS:
            return self._text(noun.head, noun.head + 1)
        if self.name(noun.head):
            return None
        word = self.headword(noun.head)
        wanted = self._acting(word, frame) if agent else self._wanted(word, frame)
        return self._words(noun) if wanted else None

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
            reach = noun.last if head.kind == "unit" else noun.head
            sectors = (item for item in row[: reach - noun.first] if item is not None and item.kind == "sector")
            if (sector := next(sectors, None)) is not None:
                return sector
        if self.among(noun.head, "containers") and not (agent and head.item is None):
            return self._behind(noun, kinds & (NAMES if agent else OWNERS), frame)
        return None

    def _behind(self, noun: Noun, kinds: frozenset[str], frame: Frame) -> Item | None:
        """What fits among the genitives and names behind the head."""
        for at in range(noun.head + 1, noun.last):
            inner = self.inner(at, noun.last)
            if inner.head == at and (found := self.pick(inner, kinds, frame)) is not None:
                return found
        return None

    def headword(self, at: int) -> str:
        """The noun of a mention of several words."""
        words = self.word(at).split()
        return next((word for word in words if not self.lexicon.adjective(word)), words[-1] if words else "")

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

    def owner(self, noun: Noun) -> list[Noun]:
        """What a possessive pronoun in a noun phrase stands for: "его вариант", "её эксплуатация"."""
        for at in range(noun.first, noun.last):
            if self.among(at, "possessive"):
                before = tuple(self.inner(n, n + 1) for n in range(at - 1, -1, -1) if self.tokens[n].kind in NAMES)
                return [Noun(at, at + 1, at, "", ANY, at, options=before)]
        return []

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
                if self.word(at).startswith(stems) and not self.name(at):
                    inner = self.inner(at, noun.last)
                    return replace(inner, first=noun.first, prep=noun.prep) if at == noun.head else inner
        return None

    def negated(self, at: int) -> bool:
        """True for a verb that is denied."""
        while self.among(at - 1, "auxiliaries"):
            at -= 1
        return self.word(at - 1) == "не"

    def governor(self, clause: Clause, at: int) -> int:
        """The verb that an infinitive depends on, -1 if none."""
        begin = min(first for first, _ in clause.pieces)
        for place in range(at - 1, begin - 1, -1):
            if self.finite(place) or any(self.among(place, name) for name in ("real", "modal", "plans", "unreal")):
                return place
        following = self.word(at + 1)
        return at + 1 if following and self.lexicon.among(following, "real") else -1

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
        while self.among(at - 1, "joining") or (self.word(at - 1) == "не" and self.among(at - 2, "joining")):
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
        number = clause.nouns.index(noun)
        found = [noun]
        for step in (1, -1):
            place = number
            while 0 <= place + step < len(clause.nouns):
                one, other = sorted((clause.nouns[place], clause.nouns[place + step]), key=lambda n: n.at)
                between = [self.word(at) for at in range(one.last, other.at)]
                begun = other.first if other.prep else other.at
                between = [self.word(at) for at in range(one.last, begun) if self.word(at) not in ("не", other.prep)]
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
            if noun.prep == "в" and genders == frozenset("p") and "houses" in frame.whole:
                return self.pick(noun, frame.agent & frozenset({"org", "body"}), frame, agent=True) is not None
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
        host, steps = clause.host, 0
        while host is not None and not blocked and steps < 3:
            found = [noun for noun in host.nouns if noun not in taken and test(noun)]
            if found:
                return self._listed(host, found[0], test)
            host, steps = host.host, steps + 1
        return []

    def governed(self, clause: Clause, verb: Verb) -> list[Noun]:
        """What a verb governs: a noun in its case, or behind its preposition."""
        frame, governed = verb.phrase.frame, verb.phrase.governed
        fixed = self.fixed(clause, verb.phrase.fixed[-1]) if verb.phrase.fixed else None
        if fixed is not None and governed == ("+g",):
            row = [*self.owner(fixed), *(self.inner(at, fixed.last) for at in range(fixed.head + 1, fixed.last))]
            return [noun for noun in row if self.fits(noun, frame)][:1]

        def test(noun: Noun) -> bool:
            return _stands(noun, governed) and self.fits(noun, frame)

        at = fixed.head if fixed is not None else verb.at
        clear = self.near(clause, at, lambda noun: noun.codes != ANY and test(noun)) if frame.other else []
        return clear or self.near(clause, at, test)

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
        if clause.kind == APART and all(self.word(at) in ("не", "и", "а", "или") for at in range(first, verb.at)):
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
        agents = [noun for noun in inner if self.pick(noun, frame.agent - {OPEN}, frame, agent=True) is not None][:1]
        return agents or [noun for noun in self.acting(clause, verb) if noun not in patients], patients

    def beside(self, clause: Clause, at: int, frame: Frame, taken: Sequence[Noun]) -> list[Noun]:
        """What fills the frame's other role."""

        def test(noun: Noun) -> bool:
            fits = noun not in taken and _stands(noun, frame.prepositions)
            return fits and self.pick(noun, frame.other, frame) is not None

        return self.near(clause, at, test) if frame.other else []

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
        if self.among(governor, "plans"):
            return verb.phrase.frame.predicate.value != "targets"
        return not (self.among(governor, "real") or self.among(governor, "modal"))

    def denied(self, clause: Clause, verb: Verb) -> bool:
        """True for a statement that is negated at its verb or at what governs it."""
        if self.negated(verb.at):
            return True
        if verb.form.mood != INFINITIVE:
            return False
        governor = self.governor(clause, verb.at)
        return self.among(governor, "refusals") or self.negated(governor)

    def missing(self, clause: Clause) -> bool:
        """True for a clause that says of its noun that it was not found or not confirmed."""
        row = [at for first, last in clause.pieces for at in range(first, last)]
        return any(self.among(at, "without") or (self.among(at, "finding") and self.negated(at)) for at in row)

    @cached_property
    def supposed(self) -> bool:
        """True for a sentence about what is only supposed."""
        return any(self.among(at, "supposed") for at in range(len(self.tokens)))

    @cached_property
    def unfound(self) -> bool:
        """True where the sentence says that something was not found or not confirmed."""
        return any(
            self.among(at, "without") or (self.among(at, "finding") and self.negated(at))
            for at in range(len(self.tokens))
        )


def _stands(noun: Noun, governed: Sequence[str]) -> bool:
    """True where a noun stands as a verb wants it: behind one of its prepositions, or in one of its cases."""
    if noun.prep:
        return noun.prep in governed
    cases = "".join(part[1:] for part in governed if part.startswith("+"))
    return bool(cases) and noun.case(cases + (GEN if ACC in cases else ""))


def statements(lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> Iterator[Statement]:
    """All statements that the frames find in a sentence."""
    if text[start:end].rstrip("\"”»') ").endswith("?") or not lexicon.able(words_of(text, start, end)):
        return
    kinds = kinds_in(items)
    reader = Reader(lexicon, text, start, end, items)
    for clause, verb in reader.verbs:
        if clause.kind != INSERTED and able(verb.phrase.frame, kinds):
            yield from _of_verb(reader, clause, verb)
    for clause in reader.clauses:
        for first, last in clause.pieces:
            for at in range(first, last):
                for stems, phrase in lexicon.events:
                    if reader.word(at).startswith(stems) and able(phrase.frame, kinds):
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
    others = reader.beside(clause, verb.at, frame, [*agents, *patients])
    refused = reader.denied(clause, verb)
    for negated, rows in _sides((agents, patients, others)):
        statement = _statement(reader, clause, verb, rows, alone=alone)
        if statement is not None:
            yield replace(statement, constants={**statement.constants, **_polarity(reader, refused or negated)})


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
    if found or clause.kind != MAIN:
        return found
    return reader.subject(clause, verb, replace(frame, agent=frame.patient - {OPEN}), [])


def _led(reader: Reader, clause: Clause, patients: Sequence[Noun]) -> bool:
    """True where a plural verb may have a subject that no role knows."""
    return any(noun not in patients and not noun.prep and noun.case(NOM) for noun in clause.nouns)


def _statement(
    reader: Reader, clause: Clause, verb: Verb, rows: Sequence[Sequence[Noun]], *, alone: bool
) -> Statement | None:
    frame = verb.phrase.frame
    agents, patients, others = (
        [item for noun in row if (item := reader.pick(noun, kinds, frame, agent=number == 0)) is not None]
        for number, (row, kinds) in enumerate(zip(rows, (frame.agent, frame.patient, frame.other), strict=True))
    )
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
    if frame.never is not None and frame.never.search(reader.text[min(places) : max(places)]):
        return None
    first = min([*places, *(item.start for item in agents if min(places) - NEAR <= item.start)])
    constants = {"subject": guess} if guess else {}
    if _capability(reader, clause, verb, agents):
        return None
    return Statement(frame=frame, roles=roles, start=first, end=max(places), constants=constants)


def _capability(reader: Reader, clause: Clause, verb: Verb, agents: Sequence[Item]) -> bool:
    """True for what a program may do: its ability, no deed."""
    if verb.form.mood != INFINITIVE or not agents or any(item.kind not in CODE for item in agents):
        return False
    return reader.among(reader.governor(clause, verb.at), "modal")


def _of_event(reader: Reader, clause: Clause, at: int, phrase: Phrase) -> Iterator[Statement]:
    """What a noun says that names its doer ("the breach of A by B"), or that a sentence reports, or did not find."""
    frame = phrase.frame
    whole = next((noun for noun in clause.nouns if noun.first <= at < noun.last), None)
    if whole is None or any(reader.among(n, "unreal_nouns") for n in range(max(0, whole.first - 3), at)):
        return
    inner = [reader.inner(n, whole.last) for n in range(at + 1, whole.last)]
    behind = [noun for noun in clause.nouns if noun.at >= whole.last][:3]
    owned = phrase.governed == ("+g",)

    def agent(row: Iterable[Noun], kinds: frozenset[str]) -> list[Noun]:
        return [noun for noun in row if reader.pick(noun, kinds, frame, agent=True) is not None][:1]

    doing = [n for n in behind if (not n.prep and n.case(INS) and n.codes != ANY) or reader.among_word(n.prep, "by")]
    agents = agent(doing, frame.agent) or ([] if owned else agent(inner, frame.agent - {OPEN}))
    row = [*reader.owner(whole), *inner] if owned else [noun for noun in behind if noun.prep in phrase.governed]
    row += [noun for noun in behind[:1] if owned and noun.first == whole.last and noun.case(GEN)]
    patients = [noun for noun in row if noun not in agents and reader.pick(noun, frame.patient, frame) is not None][:1]
    told = [n for first, last in clause.pieces for n in range(first, last) if reader.among(n, "reporting")]
    unfound = bool(frame.nobody) and reader.missing(clause)
    if not patients or not (agents or unfound or (frame.nobody and told)):
        return
    patients = patients if owned else reader.listed(clause, patients[0], frame)
    verb = Verb(at, phrase, Form(FINITE, True, frozenset()))
    statement = _statement(reader, clause, verb, (agents, patients, ()), alone=True)
    if statement is not None:
        lost = {"negated": "true", "hedge": "not-found"}
        yield replace(statement, constants=lost if unfound else _polarity(reader, reader.negated(whole.first)))
