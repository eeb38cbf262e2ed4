"""What `frames.toml` says of a language without spaces and inflection, as expressions over the text (Chinese)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from geppo import linear
from geppo.language._lexicon import sorter
from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.frames.frame import Able, Frame, Frames

KEPT = 8
"""Sentences of which it is kept which verbs are in them: each is asked about twice in a row."""

NAMES = frozenset({"actor", "malware", "tool", "campaign", "network", "vuln", "org", "product", "agreement"})
PAIRS = frozenset({Predicate.SHARES, Predicate.COOPERATES, Predicate.SAME_AS})
PROGRAMS = frozenset({"malware", "malware-kind", "tool"})
"""Who uses one of them does what is said behind it: "hackers used X to attack Y"."""
THEY = frozenset({"actor"})
"""Whom a pronoun stands for where no name is in the sentence."""

SLOT, AFTER = "{}", ">>"
LONGEST_SLOT = 48
"""Characters between the two parts of a verb that takes its object between them."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A frame's verb at its place; `slot` is the stretch inside it in which its object stands."""

    frame: Frame
    start: int
    end: int
    slot: Span | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that tells what the noun behind it does: `passive` the one who acts, else what it is done to."""

    start: int
    end: int
    word: str
    passive: bool


class Lexicon:
    """Verbs of all frames as expressions, and the closed classes of words of the language."""

    def __init__(self, known: Frames) -> None:
        words = known.words
        self.expressions = {name: linear.compile(source) for name, source in words.items()}
        rows = [(frame, source) for frame in known.frames for source in _expressions(frame)]
        self.verbs = [(number, frame, linear.compile(source)) for number, (frame, source) in enumerate(rows)]
        nouns = [(frame, "|".join(frame.nouns)) for frame in known.frames if frame.nouns]
        self.nouns = [(frame, linear.compile(source)) for frame, source in nouns]
        self._all = linear.matcher(sorter([source for _, source in (*rows, *nouns)], whole=False, blanks=False))
        self.able = Able(known.frames)
        self.present = lru_cache(KEPT)(self._present)

    def _present(self, words: str) -> tuple[int, ...]:
        """Numbers of the verbs' expressions that match in a sentence, ascending, in one pass; higher ones are of
        nouns."""
        return tuple(sorted(self._all(words.encode()) or ()))

    def possible(self, words: str, kinds: frozenset[str]) -> bool:
        """False where no frame that a sentence of these kinds can fill is in its words."""
        present = self.present(words)
        if not present:
            return False
        if present[-1] >= len(self.verbs):
            return True
        may = self.able(kinds)
        return any(self.verbs[number][1].id in may for number in present)

    def search(self, name: str, text: str) -> bool:
        """True where a class of words is in a text."""
        return self.expressions[name].search(text) is not None

    def begins(self, name: str, text: str) -> int:
        """Characters of a class of words at the beginning of a text."""
        match = self.expressions[name].match(text)
        return match.end() if match is not None else 0

    def whole(self, name: str, text: str) -> bool:
        """True where a text is of a class of words."""
        return self.expressions[name].fullmatch(text) is not None

    def each(self, name: str, text: str) -> Iterator[tuple[int, int]]:
        """The places of a class of words in a text."""
        for match in self.expressions[name].finditer(text):
            yield match.start(), match.end()


def _expressions(frame: Frame) -> list[str]:
    """The expressions of a frame's verbs: groups `slot` (the object inside) and `after` (what must follow)."""
    plain = [phrase for phrase in frame.phrases if SLOT not in phrase and AFTER not in phrase]
    made = ["|".join(sorted(plain, key=len, reverse=True))] if plain else []
    for phrase in frame.phrases:
        if phrase not in plain:
            verb, _, after = phrase.partition(AFTER)
            before, slot, behind = verb.partition(SLOT)
            inner = f"(?P<slot>[^，。；：？！,;]{{1,{LONGEST_SLOT}}}?)(?:{behind})" if slot else ""
            made.append(f"(?:{before}){inner}(?P<after>{after})")
    return made
