"""Words of an inflected language by their endings: verbs with their voice, nouns with the cases they may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, TypeVar

from geppo import linear
from geppo.errors import DataError
from geppo.read.frames.frame import Able, Frame, Frames

FINITE, INFINITIVE, GERUND, PARTICIPLE = "finite", "infinitive", "gerund", "participle"
MAIN, RELATIVE, APART, INSERTED = "main", "relative", "apart", "inserted"

NOM, GEN, DAT, ACC, INS, LOC = "ngdail"
ANY = frozenset(number + case for number in "mfnp" for case in "ngdail")
COUNTED = frozenset(number + case for number in "mfnp" for case in "ngai")

NAMES = frozenset(
    {"actor", "malware", "tool", "campaign", "network", "org", "product", "vuln", "observable", "agreement"}
)
PERSONAL = frozenset({"actor", "malware", "tool", "campaign", "network"})
"""Kinds of names that a pronoun stands for."""

LONGEST_ENDING = 6
FARTHEST = 14
"""Tokens before a comma among which the noun of a relative clause is looked for."""

NEAR = 40
"""Characters before a verb in which its subject belongs to the stretch that a hedge may stand in."""

OPENING = 3
"""Tokens at the beginning of a stretch between commas among which its participle stands."""

NAMING = 8
"""Tokens behind a noun in which a word of naming may bring its name."""

LONGEST_NAME = 4
"""Words of a quoted name."""

LONGEST_TITLE = 60
"""Characters of a quoted stretch that may be a name."""

BARE = {"group-kind": "actor", "malware-kind": "malware"}
PASSIVE_ONLY = "!"
"""Stands behind a verb that makes the statement only where it is passive."""

TRIED = "?"
"""Stands behind a verb that makes the statement only where somebody tried to do it."""

MOST_WORDS = 50_000
"""Words of which it is kept what they may be; a month of reports has about as many."""

LONGEST_WORD = 60
"""Letters of words and mentions of which that is kept: what is longer is no word of a language."""

Known = TypeVar("Known")

EVERY = "*"
"""Stands for any verb."""

CLASS = "="
"""Stands in `whole` before a class of nouns that the other roles may be."""

HOUSES = frozenset({"org", "body", "place"})
OWNERS = frozenset({"sector", "org", "body", "unit", "actor", "malware", "network"})
CODE = frozenset({"malware", "tool", "malware-kind"})
QUOTES = {"«": "»", "“": "”", "„": "“", '"': '"'}
CLOSING = frozenset("»”“\"'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A verb (or noun) of a frame: what words must stand with it, and the prepositions or "+" and a case it governs.

    With `attempt` the statement is that somebody tried to.
    """

    frame: Frame
    fixed: tuple[tuple[str, ...], ...]
    governed: tuple[str, ...]
    attempt: bool = False


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

    def like(self, other: Noun) -> bool:
        """True where both may have one oblique case."""
        shared = {code[1] for code in self.codes} & {code[1] for code in other.codes}
        return ANY in (self.codes, other.codes) or bool(shared - {NOM})

    def governed_by(self, governed: Sequence[str]) -> bool:
        """True where it stands as a verb wants it: behind one of its prepositions, or in one of its cases."""
        if self.prep:
            return self.prep in governed
        cases = "".join(part[1:] for part in governed if part.startswith("+"))
        return bool(cases) and self.case(cases + (GEN if ACC in cases else ""))


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
        self.infinitive, self.adverb, self.verbal, self.apart, self.letters = (
            _whole(words[name]) for name in ("infinitive", "adverb", "verbal", "apart", "letters")
        )
        # Texts repeat their words: what a word may be is worked out once.
        self.classes_of = _remembered(self._classes_of)
        self.adjective = _remembered(self._adjective)
        self.noun = _remembered(self._noun)
        self.events_of = _remembered(self._events_of)
        self.frames_of = _remembered(self._frames_of)
        self.adverbial = _remembered(self._adverbial)
        self.sequences = _by_first(words["skipped"])
        self.joined = _by_first(entry for entry in words["prepositions"] if " " in entry)
        self.verbs: dict[str, list[tuple[Phrase, Form]]] = {}
        self.every: list[Phrase] = []
        self.events: list[tuple[tuple[str, ...], Phrase]] = []
        for frame in known.frames:
            for entry in frame.phrases:
                lemma, phrase = _phrase(frame, entry)
                if lemma == EVERY:
                    self.every.append(phrase)
                    continue
                only, tried = lemma.endswith(PASSIVE_ONLY), lemma.endswith(TRIED)
                phrase = replace(phrase, attempt=tried)
                for form, what in forms_of(lemma.rstrip(PASSIVE_ONLY + TRIED), words):
                    if (only and not what.passive) or (tried and what.mood != INFINITIVE):
                        continue
                    if frame.stative and what.passive:
                        what = replace(what, passive=False)
                    self.verbs.setdefault(_plain(form), []).append((phrase, what))
            for entry in frame.nouns:
                stem, phrase = _phrase(frame, entry)
                self.events.append((tuple(stem.rstrip("~").split("|")), phrase))
        self._last_words = {phrase.governed: self._ending(phrase.governed) for phrase in self.every}
        self.stems = tuple({stem for stems, _ in self.events for stem in stems})
        self.fillable = Able(known.frames)

    def _ending(self, governed: Sequence[str]) -> frozenset[str]:
        """Words of which one stands in a sentence that has one of some prepositions. Raises DataError for a case."""
        if any(one.startswith("+") for one in governed):
            raise DataError(f"frames: {EVERY!r} governs prepositions only, not {' '.join(governed)!r}")
        last = {one.rpartition(" ")[2] for one in governed}
        return frozenset(last | {word for word, plain in self.variants.items() if plain in last})

    def among(self, word: str, name: str) -> bool:
        """True for a word of a class."""
        return name in self.classes_of(word)

    def _classes_of(self, word: str) -> frozenset[str]:
        """The names of the classes that a word is of."""
        return frozenset(name for name, known in self.classes.items() if word in known)

    def able(self, words: Iterable[str], kinds: frozenset[str]) -> bool:
        """True where a sentence of these words may hold a verb or noun of a frame that it can fill with these kinds."""
        plain = set(map(_plain, words))
        if not any(word in self.verbs or word.startswith(self.stems) for word in plain):
            return False
        may = self.fillable(kinds)
        if any(not may.isdisjoint(self.frames_of(word)) for word in plain):
            return True
        return any(phrase.frame.id in may for phrase in self.every_of(plain))

    def every_of(self, words: Set[str]) -> list[Phrase]:
        """The phrases of any verb whose prepositions may be among some words."""
        return [phrase for phrase in self.every if not words.isdisjoint(self._last_words[phrase.governed])]

    def _adverbial(self, word: str) -> bool:
        """True for an adverb, which says nothing of who does what."""
        classes = self.classes_of(word)
        if word in self.verbs or "no_adverb" in classes:
            return False
        return "adverbs" in classes or (not self.verbal(word) and self.adverb(word))

    def _events_of(self, word: str) -> tuple[Phrase, ...]:
        """The phrases of nouns that a word begins like."""
        return tuple(phrase for stems, phrase in self.events if word.startswith(stems))

    def _frames_of(self, word: str) -> frozenset[str]:
        """The ids of the frames that a word is a verb or a noun of."""
        phrases = (*(phrase for phrase, _ in self.verbs.get(word, ())), *self.events_of(word))
        return frozenset(phrase.frame.id for phrase in phrases)

    def _adjective(self, word: str) -> frozenset[str]:
        """What a word may be as an adjective, by its ending."""
        return frozenset() if word in self.classes["no_adjective"] else _by_ending(word, self.adjectives)

    def _noun(self, word: str) -> frozenset[str]:
        """Genders and cases that a noun may have; all of them where its letters tell nothing."""
        if word in self.odd:
            return self.odd[word]
        if not self.letters(word):
            last = word.rpartition("-")[2]
            return self.noun(last) if last != word and self.letters(last) else ANY
        return _by_ending(word, self.nouns) or ANY


def _whole(source: str) -> Callable[[str], bool]:
    """Says of a word whether an expression matches all of it."""
    compiled = linear.compile(source)
    return _remembered(lambda word: compiled.fullmatch(word) is not None)


def _remembered(of: Callable[[str], Known]) -> Callable[[str], Known]:
    """A function of words that keeps what it found of those of usual length."""
    kept = lru_cache(MOST_WORDS)(of)
    return lambda word: kept(word) if len(word) <= LONGEST_WORD else of(word)


def _plain(word: str) -> str:
    """One spelling of words that are written with or without the marks of "ё"."""
    return word.replace("ё", "е")


def _by_first(entries: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    """Sequences of words by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in sorted((tuple(entry.split()) for entry in entries), key=len, reverse=True):
        found.setdefault(row[0], []).append(row)
    return found


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

    A verb of the irregular table has its stems there: past, present, conjugation (1 or 2), participle. Raises DataError
    for a verb of no conjugation.
    """
    tables = words["form"]
    if lemma in words["adjectives"]:
        short, stem = words["adjectives"][lemma].split()
        yield short, Form(FINITE, True, frozenset("m"))
        yield from _suffering(stem, stem, tables)
        return
    lemma, _, given = lemma.partition("/")
    back = tables["reflexive"].split()
    own = lemma.endswith(tuple(back))
    bare = lemma[: -len(back[0])] if own else lemma
    past, present, conjugation, participle = _stems(bare, words)
    consonant = past.endswith("-")
    past, _, male = past.rstrip("-").partition(":")
    yield from _row(bare, {"": ""}, INFINITIVE, own, tables)
    yield from _row(past, tables["past"], FINITE, own, tables)
    yield from _row(male or past + ("" if consonant else tables["male"]), {"": "m"}, FINITE, own, tables)
    yield from _row(present, tables[f"present{conjugation}"], FINITE, own, tables)
    gerunds = tables[f"gerund{conjugation}"]
    if present.endswith(tuple(tables["hushers"])) or conjugation == "1":
        yield from _row(present, gerunds, GERUND, own, tables)
    else:
        yield from _row(present, {end: "" for end in gerunds if end not in tables["hushed"]}, GERUND, own, tables)
    whole = bare[:-2] if consonant else past
    yield from _row(whole, dict.fromkeys(tables["gerund"].split(), ""), GERUND, own, tables)
    short, full = tables["acted"].split()
    acting = [past + short, whole + full, *(present + end for end in tables[f"acting{conjugation}"].split())]
    for stem in acting:
        yield from _row(stem, tables["soft"], PARTICIPLE, own, tables)
    participle = given or participle
    if participle != "-" and not own:
        doubled = participle + participle[-1] if participle.endswith(tables["doubled"]) else participle
        yield from _suffering(participle, doubled, tables)
    for end in () if own else tables[f"suffering{conjugation}"].split():
        yield from _suffering(present + end, present + end, tables)


def _stems(bare: str, words: Mapping[str, Any]) -> list[str]:
    """Past, present, conjugation and participle of a verb."""
    if bare in words["irregular"]:
        given: str = words["irregular"][bare]
        return given.split()
    ending = max((end for end in words["conjugation"] if bare.endswith(end)), key=len, default="")
    if not ending:
        raise DataError(f"frames: no conjugation for {bare!r}; give its stems in [words.irregular]")
    stem = bare[: len(bare) - len(ending)]
    return [part.replace("~", stem) for part in words["conjugation"][ending].split()]


@cache
def _form(mood: str, passive: bool, codes: str) -> Form:
    """The form with these codes: some hundreds serve all the forms of all verbs."""
    return Form(mood, passive, frozenset(codes.split()))


def _row(
    stem: str, endings: Mapping[str, str], mood: str, own: bool, tables: Mapping[str, Any]
) -> Iterator[tuple[str, Form]]:
    """A stem with its endings, and with those of the passive that verbs in -ся make."""
    plain, vowel = tables["reflexive"].split()
    for ending, codes in endings.items():
        form = stem + ending
        tail = vowel if form[-1] in tables["vowels"] and mood != PARTICIPLE else plain
        if not own:
            yield form, _form(mood, False, codes)
        if mood in (FINITE, PARTICIPLE) or own:
            yield form + tail, _form(mood, not own, codes)


def _suffering(short: str, long: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, Form]]:
    """Passive participles: the short ones stand as a verb, the long ones before a noun."""
    for ending, codes in tables["short"].items():
        yield short + ending, _form(FINITE, True, codes)
    for ending, codes in tables["hard"].items():
        yield long + ending, _form(PARTICIPLE, True, codes)
