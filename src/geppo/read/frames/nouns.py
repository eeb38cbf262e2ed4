"""Noun phrases and the phrases of frames in a sentence of a language with blanks (English).

A noun phrase is what stands between words of the closed classes (`frames.toml`, `[words]`); no word is parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from geppo.model.entity import Kind, Term
from geppo.read.frames.adjuncts import apart, while_ago
from geppo.read.frames.forms import BASE, ING, PARTICIPLE, PAST, S, forms_of
from geppo.read.frames.frame import OPEN, Able, Frame, Frames, filling
from geppo.read.frames.tokens import Token, tokens, unquoted
from geppo.read.names import slug
from geppo.read.typed import Item

AND, COMMA = "and", ","
SLOTS = frozenset({"~", "*"})
GAP = 3
"""Words that a `*` of a phrase may stand for."""

FARTHEST = 14
"""Tokens behind a verb in which its agent ("by …") or its other role is looked for."""

NAMES = frozenset({"actor", "malware", "tool", "campaign", "network", "org", "place", "agreement", "product", "vuln"})
_BEARERS = frozenset({"actor", "malware", "tool", "campaign", "network"})
"""Names that may stand before the noun that says what they are."""
_ACTING = _BEARERS | {"org"}
"""Names behind which a word in -ed is their verb and no adjective."""
_BOUNDS = frozenset({("at", "least"), ("at", "most"), ("up", "to"), ("more", "than"), ("fewer", "than")})

_QUOTES = ("“", '"', "‘", "'")
_DOERS = frozenset(
    {"actor", "malware", "campaign", "network", "group-kind", "malware-kind", "campaign-kind", "role", "relay-class"}
)
"""Behind these a participle in -ing tells what they do ("a campaign targeting the …")."""

_PUNCTUATION = frozenset(',;:.!?()[]{}"“”„«»—–…')


@dataclass(frozen=True, slots=True)
class Verb:
    """A frame's phrase from token `first` up to `last`; an object may stand in it from `slot` to `until`."""

    frame: Frame
    first: int
    last: int
    forms: frozenset[str]
    slot: int
    until: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: tokens `first` to `last`, the last not included."""

    first: int
    last: int


class _Row(NamedTuple):
    """A phrase behind its first word, what the first word's form may be, and the words that must stand behind it."""

    frame: Frame
    rest: tuple[str, ...]
    forms: frozenset[str]
    needed: frozenset[str]


class Lexicon:
    """Phrases of all frames by their first word's forms, and the closed classes of the language."""

    def __init__(self, known: Frames) -> None:
        words = known.words
        self.words = {name: frozenset(value) for name, value in words.items() if isinstance(value, list)}
        irregular = words["irregular"]
        self.verbs: dict[str, dict[str, list[_Row]]] = {}
        self.nouns: dict[str, list[tuple[Frame, tuple[str, ...]]]] = {}
        for frame in known.frames:
            for phrase in frame.phrases:
                first, *rest = phrase.split(" ")
                if first in ("be", "have"):
                    forms = dict.fromkeys(self.words[first], frozenset({BASE, S, PAST}))
                else:
                    forms = forms_of(first, irregular)
                second = rest[0] if rest and rest[0] not in SLOTS else ""
                for form, names in forms.items():
                    row = _Row(frame, tuple(rest), names, frozenset(rest) - SLOTS)
                    self.verbs.setdefault(form, {}).setdefault(second, []).append(row)
            for phrase in frame.nouns:
                first, *rest = phrase.split(" ")
                self.nouns.setdefault(first, []).append((frame, tuple(rest)))
        self.breaks = _PUNCTUATION.union(
            *(self.words[name] for name in ("prepositions", "conjunctions", "be", "have", "modals", "relative",
                                            "subordinate", "pronouns", "adverbs", "not_nouns", "naming"))
        )  # fmt: skip

        self.able = Able(known.frames)
        rows: dict[tuple[str, frozenset[str]], set[str]] = {}
        for form, phrases in self.verbs.items():
            for one in chain.from_iterable(phrases.values()):
                rows.setdefault((form, one.needed), set()).add(one.frame.id)
        for first, nouns in self.nouns.items():
            for frame, words_ in nouns:
                rows.setdefault((first, frozenset(words_)), set()).add(frame.id)
        # By their first word, those that begin with a form of "be" or "have", as any sentence does, by their longest.
        common = self.words["be"] | self.words["have"]
        self._phrases: dict[str, list[tuple[frozenset[str], set[str]]]] = {}
        for (form, needed), frames in rows.items():
            telling = max(needed, key=len) if needed and form in common else form
            self._phrases.setdefault(telling, []).append((needed | {form}, frames))

    def possible(self, words: Set[str], kinds: frozenset[str]) -> bool:
        """False where no frame can be in a sentence of these words and kinds: it need not be looked at."""
        may = self.able(kinds)
        for word in words & self._phrases.keys():
            for phrase, frames in self._phrases[word]:
                if phrase <= words and not may.isdisjoint(frames):
                    return True
        return False

    def adverb(self, token: Token) -> bool:
        """True for a word between the parts of a verb group."""
        word = token.lower
        return token.item is None and (
            word in self.words["adverbs"] or word in self.words["negators"] or (word.endswith("ly") and len(word) > 4)
        )


class _Words(dict[int, str]):
    """The words of a sentence by their places."""

    def __missing__(self, at: int) -> str:
        return ""


class Sentence:
    """One sentence: its tokens, the phrases of frames in it, and its noun phrases."""

    def __init__(
        self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item], may: Set[str] = frozenset()
    ) -> None:
        self.lexicon = lexicon
        self.text = text
        self._may = may
        self.tokens = unquoted(tokens(text, start, end, items))
        self._lower = [token.lower for token in self.tokens]
        self.word: Callable[[int], str] = _Words(enumerate(self._lower)).__getitem__
        """The small letters of a token, an empty text outside of the sentence: asked some hundred times a sentence."""

    def among(self, at: int, name: str) -> bool:
        """True where a token is a word of a class."""
        return self.word(at) in self.lexicon.words[name]

    @cached_property
    def found(self) -> list[Verb]:
        """Every frame's phrase in the sentence."""
        made = []
        words = {*self._lower, *(part for word in self._lower if " " in word for part in word.split(" "))}
        for at, word in enumerate(self._lower):
            phrases = self.lexicon.verbs.get(word)
            if phrases is None:
                continue
            behind = self._over_adverbs(at + 1) if word in self.lexicon.words["be"] else at + 1
            rows = [(at + 1, row) for row in phrases.get("", ())]
            rows += [(behind, row) for following in self._readings(behind) for row in phrases.get(following, ())]
            if place := apart(self, at + 1):
                rows += [(place, row) for row in phrases.get(self.word(place), ()) if PARTICIPLE not in row.forms]
            for place, row in rows:
                told = PARTICIPLE in row.forms
                last, slot, until = self._rest(place, row.rest, told=told) if row.needed <= words else (0, 0, 0)
                if last:
                    made.append(Verb(row.frame, at, last, row.forms, slot, until))
        longest: dict[int, int] = {}
        for verb in made:
            idle = verb.frame.id not in self._may and self.among(verb.last - 1, "adding")
            longest[verb.first] = max(longest.get(verb.first, 0), 0 if verb.slot or idle else verb.last)
        kept: dict[tuple[int, str], Verb] = {}
        for verb in made:
            if verb.slot or verb.last >= longest[verb.first]:
                kept.setdefault((verb.first, verb.frame.id), verb)
        return list(kept.values())

    @cached_property
    def verbs_at(self) -> dict[int, list[Verb]]:
        """The frames' phrases by the places where they begin."""
        places: dict[int, list[Verb]] = {}
        for verb in self.found:
            places.setdefault(verb.first, []).append(verb)
        return places

    def _over_adverbs(self, at: int) -> int:
        """The place behind "not", "also" and the like in "was also hit by"."""
        while at < len(self.tokens) and self.lexicon.adverb(self.tokens[at]):
            at += 1
        return at

    @cached_property
    def starts(self) -> frozenset[int]:
        """Places at which a verb stands that is finite by its form, and no plural of a noun is spelt so."""
        return frozenset(
            verb.first
            for verb in self.found
            if verb.forms & {S, PAST}
            and verb.forms.isdisjoint({PARTICIPLE})
            and not self.among(verb.first, "plurals")
            and not (S in verb.forms and (self._object_place(verb.first) or self._helped(verb.last)))
        )

    def _helped(self, at: int) -> bool:
        """True where the verb of a clause begins, so that the word in -s before it is a noun ("addresses were")."""
        return any(self.among(at, name) for name in ("be", "have", "modals"))

    def _object_place(self, at: int) -> bool:
        """True right behind a verb's past, where a word in -s is its object ("accessed names", "detailed attacks")."""
        return any(PAST in verb.forms and verb.last == at for verb in self.verbs_at.get(at - 1, ()))

    def _readings(self, at: int) -> tuple[str, ...]:
        """What a token may begin or end with in a phrase: a mention of several words by its first and last one."""
        word = self.word(at)
        if " " not in word:
            return (word,) if word else ()
        return (word.partition(" ")[0], word.rpartition(" ")[2])

    def _rest(self, at: int, rest: Sequence[str], *, told: bool) -> tuple[int, int, int]:
        """Where a phrase ends whose first word stands before `at`, its slot and the end of that; zeros where it is
        another phrase. A participle needs nothing in its slot (`told`): "was taken offline"."""
        slot = until = within = 0
        for number, word in enumerate(rest):
            if within:
                within -= 1
            elif word == "~":
                slot = at
                if number + 1 < len(rest):
                    place = self._seek(at, rest[number + 1], FARTHEST)
                    if place < at or (place == at and not told):
                        return 0, 0, 0
                    slot, at, until = (slot, place, place) if place > at else (0, at, 0)
            elif word == "*":
                place = self._seek(at, rest[number + 1], GAP)
                if place < 0:
                    return 0, 0, 0
                at = place
            elif self.word(at) == word or self.word(at).endswith(f" {word}"):
                at += 1
            elif (within := self._spelt(at, rest[number:])) > 0:
                at, within = at + 1, within - 1
            else:
                return 0, 0, 0
        return at, slot, until

    def _spelt(self, at: int, rest: Sequence[str]) -> int:
        """How many words of a phrase a mention of several words stands for ("unauthorised access"); 0 for another."""
        here = self.word(at).split(" ")
        return len(here) if len(here) > 1 and here == list(rest[: len(here)]) else 0

    def _seek(self, at: int, word: str, most: int) -> int:
        ends = ";.:?!," if most == GAP else ";.:?!"
        for place, here in enumerate(self._lower[at : at + most + 1], at):
            if here == word or here.endswith(f" {word}"):
                return place
            if here in ends or here in self.lexicon.words["gap_ends"]:
                return -1
        return -1

    def noun(self, at: int) -> bool:
        """True for a token that may stand in a noun phrase."""
        if not 0 <= at < len(self.tokens):
            return False
        token = self.tokens[at]
        if token.item is not None:
            return token.item.kind not in ("date",)
        if token.lower in self.lexicon.breaks or at in self.starts:
            return False
        return not (token.lower.endswith("ly") and not token.capital)

    def ending(self, last: int) -> Phrase | None:
        """The noun phrase whose last token is `last`."""
        first = last
        while self.noun(first) and not self.among(first, "articles"):
            first -= 1
        if first < last and self.among(first, "modals"):
            return None
        return Phrase(first + 1, last + 1) if first < last else None

    def beginning(self, first: int) -> Phrase | None:
        """The noun phrase that begins at `first`, behind articles, adverbs and "hundreds of"."""
        begin = first = self._over_quantity(first)
        while first < len(self.tokens) and (
            self.among(first, "determiners")
            or (first > begin and self.word(first) == "of" and self.among(first - 1, "determiners"))
            or (first > begin and self.word(first) == "known" and self.noun(first + 1))
            or (not self.noun(first) and self.lexicon.adverb(self.tokens[first]))
        ):
            first += 1
        last = first
        while self.noun(last) and not (last > first and self._ends_before(last)):
            last += 1
        if last == first:
            return None
        named = self._named(last)
        return named or Phrase(first, last)

    def _over_quantity(self, at: int) -> int:
        """The place behind "at least" and the like before a number."""
        here = (self.word(at), self.word(at + 1))
        if here in _BOUNDS:
            return at + 2
        return at + 3 if here == ("as", "many") and self.word(at + 2) == "as" else at

    def _ends_before(self, at: int) -> bool:
        """True where a noun phrase ends before a token: an article, or what a named doer did ("X surprised …")."""
        token = self.tokens[at]
        before = self.tokens[at - 1].kind
        did = token.item is None and ((token.lower.endswith("ed") and before in _ACTING) or self.among(at, "finite"))
        if before in ("role", "group-kind"):  # "the intruders used …"
            did = did or any(PAST in verb.forms for verb in self.verbs_at.get(at, ()))
        return did or self.among(at, "articles") or self._verb_here(at) or while_ago(self, at)

    def _verb_here(self, at: int) -> bool:
        """True where a participle behind a noun says what was done to it ("servers hijacked by …")."""
        verbs = self.verbs_at.get(at)
        if verbs is None:
            return False
        if any(PARTICIPLE in verb.forms for verb in verbs) and not self.noun(at + 1):
            return True
        return self.tokens[at - 1].kind in _DOERS and any(ING in verb.forms for verb in verbs)

    def _named(self, at: int) -> Phrase | None:
        """The name behind "called", "dubbed" or a comma: "a new implant, LeadenEye,"."""
        place = at + (self.word(at) in (",", "(", *_QUOTES))
        if self.among(place, "naming"):
            place += 1
            while self.among(place, "determiners") or self.word(place) in ("as", *_QUOTES):
                place += 1
        elif self.word(at) != "," or self.tokens[at - 1].kind in _BEARERS:
            return None
        item = self.tokens[place].item if place < len(self.tokens) else None
        names: tuple[str, ...] = ("actor", "malware", "tool", "campaign", "network")
        if item is not None and item.kind == "org" and self.tokens[at - 1].kind in ("unit", "role"):
            names = ("org",) if not self.word(at - 1).endswith("s") else ()
        if item is None or item.kind not in names or self.word(place + 1) == "'s":
            return None
        if (
            self.among(place - 1, "naming")
            or self.word(place - 1) in ("as", *_QUOTES)
            or self.word(place + 1) in (",", ".", "")
        ):
            return Phrase(place, place + 1)
        return None

    def _is_naming(self, at: int) -> bool:
        """True where a word of naming stands at a place, "as" and an article aside."""
        while self.word(at) in ("as", *_QUOTES) or self.among(at, "determiners"):
            at -= 1
        return self.among(at, "naming")

    def listed(self, first: int) -> list[Phrase]:
        """The noun phrases of a list that begins at `first`: "A, B and C", each with what "of" adds to it."""
        found: list[Phrase] = []
        sure = 0
        at = first
        while (phrase := self.beginning(at)) is not None:
            found.append(phrase)
            at = phrase.last
            inner = self._of(at)
            while inner is not None:
                found.append(inner)
                at = inner.last
                inner = self._of(at)
            following, joined = self._join(at)
            sure = sure or len(found)
            if not joined or self._clause_follows(following) or self.word(following) in ("no", "not"):
                break
            if joined == AND:
                sure = -1
            at = following
        return found if sure < 0 else found[: max(sure, 1)]

    def _join(self, at: int) -> tuple[int, str]:
        """Where the next noun of a list begins, and whether "and" or only a comma stands before it."""
        following, joined = at, ""
        while self.word(following) in (",", "and", "or", "nor", "&") or self.text_at(following, ("as", "well", "as")):
            joined = AND if self.word(following) != "," or joined == AND else COMMA
            following += 3 if self.word(following) == "as" else 1
        return following, joined

    def text_at(self, at: int, words: Sequence[str]) -> bool:
        """True where these words stand from a place on."""
        return all(self.word(at + number) == word for number, word in enumerate(words))

    def _of(self, at: int) -> Phrase | None:
        return self.beginning(at + 1) if self.among(at, "inner") else None

    def _clause_follows(self, at: int) -> bool:
        """True where a new verb and not another noun stands behind "and"."""
        while at < len(self.tokens) and self.lexicon.adverb(self.tokens[at]):
            at += 1
        if any(not self.adjective(verb) for verb in self.verbs_at.get(at, ())):
            return True
        phrase = self.beginning(at)
        return phrase is not None and (
            self.among(phrase.last, "be") or self.among(phrase.last, "have") or self.among(phrase.last, "modals")
            or phrase.last in self.starts
        )  # fmt: skip

    def pick(self, phrase: Phrase, kinds: frozenset[str], whole: frozenset[str] = frozenset()) -> Item | None:
        """The mention (or, where the kinds allow any noun, the words) that a noun phrase stands for."""
        inside = self.tokens[phrase.first : phrase.last]
        for token in reversed(inside):
            if token.item is None:
                continue
            fitting = filling(token.item, kinds)
            whole_value = token.kind in ("observable", "vuln")
            if fitting is not None and (whole_value or token is inside[-1] or self._modifies(inside, token, whole)):
                return fitting
        last = inside[-1]
        if OPEN not in kinds or last.lower in self.lexicon.words["empty"] or last.lower == "'s":
            return None
        if (
            last.item is None
            and last.lower.endswith(("ed", "ing"))
            and last.lower not in self.lexicon.words["ing_nouns"]
        ):
            return None
        first = phrase.first
        while first < phrase.last - 1 and (
            self.among(first, "determiners") or self.among(first, "numbers") or self.tokens[first].lower[:1].isdigit()
        ):
            first += 1
        return self._words(first, phrase.last)

    def _modifies(self, inside: Sequence[Token], token: Token, whole: frozenset[str]) -> bool:
        """True where a mention before the last noun is still what is meant: "Weldon's network", "Cisco routers"."""
        last = inside[-1]
        if last.item is not None and token.kind == "place":
            return last.item.kind in ("sector", "body", "unit", "org")
        if last.item is not None and last.item.kind in ("number", "count"):
            return False
        if token.kind == "place" and last.lower in self.lexicon.words["organs"]:
            return True
        said = last.item is None or (token.kind in _BEARERS and last.kind in ("unit", "role", "malware-kind"))
        return last.lower in self.lexicon.words["containers"] or (
            said and last.lower in self.lexicon.words["kind_nouns"]
        )

    def _words(self, first: int, last: int) -> Item | None:
        tokens_ = [token for token in self.tokens[first:last] if token.lower != "'s"]
        if not tokens_ or not any(character.isalpha() for character in tokens_[-1].lower):
            return None
        start, end = tokens_[0].start, tokens_[-1].end
        name = " ".join(self.text[start:end].split())
        term = Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name)
        item = tokens_[-1].item
        if item is not None and len(tokens_) == 1:
            if item.kind in NAMES or not item.terms:
                return None
            term = item.terms[0]
        return Item(kind=OPEN, start=start, end=end, terms=(term,))

    def adjective(self, verb: Verb) -> bool:
        """True for a participle that stands before its noun: "stolen data", "the compromised routers"."""
        if PARTICIPLE not in verb.forms or verb.last - verb.first > 1:
            return False
        before = verb.first - 1
        if self.word(before) == "both" and self.noun(before - 1):
            return False
        if not self.noun(verb.last) or self.among(verb.last, "determiners"):
            return False
        if self.word(before) == "that" and self.noun(before - 1):
            return False
        return (
            before < 0
            or any(self.among(before, name) for name in ("determiners", "prepositions", "numbers"))
            or self.word(before) == "'s"
            or (PAST not in verb.forms and self.word(before) in (",", "and", "or"))
            or self.word(before) == "or"
            or (self.tokens[before].lower[:1].isdigit())
            or (PAST not in verb.forms and not self.among(before, "be") and not self.among(before, "have"))
            or any(
                v.last == verb.first and v is not verb and not self.among(v.first - 1, "articles") for v in self.found
            )
        )

    def inner(self, phrase: Phrase) -> bool:
        """True where a noun phrase stands behind "of" or another word that ties it to the noun before it."""
        before = phrase.first - 1
        while self.among(before, "determiners"):
            before -= 1
        return self.among(before, "inner")

    def holds(self, phrase: Phrase) -> bool:
        """True for a noun that only holds what is meant: "the network of …", "86 gigabytes of …"."""
        return self.word(phrase.last - 1).rpartition(" ")[2] in self.lexicon.words["containers"]
