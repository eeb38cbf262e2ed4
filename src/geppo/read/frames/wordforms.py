"""The words of a sentence of an inflected language, and what each may be by its letters and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from geppo.read.frames.cases import (
    ANY,
    CLOSING,
    COUNTED,
    FINITE,
    GERUND,
    INFINITIVE,
    LONGEST_NAME,
    LONGEST_TITLE,
    NAMES,
    QUOTES,
    Lexicon,
    _by_ending,
    _plain,
)
from geppo.read.frames.tokens import Token, tokens
from geppo.read.typed import Item

_JOINS = re.compile(r"-|[0-9][.,][0-9]")
"""What a text has where tokens may belong together. Python's own engine: it never goes back."""


def _joined(found: Sequence[Token]) -> list[Token]:
    """Tokens with those in one that a hyphen joins to a mention, by their last word, and the parts of one number."""
    rows: list[Token] = []
    for token in found:
        last = rows[-1] if rows else None
        if last is None or last.end != token.start:
            rows.append(token)
            continue
        if token.item is not None and last.item is None and last.lower.endswith("-") and token.kind not in NAMES:
            rows[-1] = token._replace(start=last.start)
            continue
        before = rows[-2] if len(rows) > 1 and rows[-2].end == last.start else None
        if before is not None and last.lower == "-" and before.item is not None and token.lower[:1].isalpha():
            item = before.item if before.kind in NAMES else token.item or before.item
            rows[-2:] = [token._replace(start=before.start, item=item, capital=True)]
        elif before is not None and last.lower in (".", ",") and token.lower.isdigit() and before.lower[-1:].isdigit():
            whole = before.lower + last.lower + token.lower
            rows[-2:] = [before._replace(end=token.end, lower=whole)] if before.item is None else [last, token]
        else:
            rows.append(token)
    return rows


_UNBOUND = frozenset({"stops", "breaks", "prepositions"})
_DETERMINING = frozenset({"determiners", "possessive"})
"""Classes of words that stand in no noun phrase, and of those that open one."""


class Wordforms:
    """One sentence: its tokens, without adverbs and quotation marks, and what each may be."""

    def __init__(self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> None:
        self.lexicon = lexicon
        self.text = text
        self.quoted: set[int] = set()
        # What was found of the tokens, by their places: it is asked for many times a sentence.
        self._finite: dict[int, bool] = {}
        self._nominal: dict[int, bool] = {}
        self._codes: dict[int, frozenset[str]] = {}
        self._headwords: dict[int, str] = {}
        found = tokens(text, start, end, items)
        joined = _joined(found) if _JOINS.search(text, start, end) is not None else found
        self.tokens = list(self._kept(joined))
        self._classes = [lexicon.classes_of(token.lower) for token in self.tokens]

    def word(self, at: int) -> str:
        """The small letters of a token, an empty text outside of the sentence."""
        return self.tokens[at].lower if 0 <= at < len(self.tokens) else ""

    def among(self, at: int, name: str) -> bool:
        """True where a token is a word of a class."""
        return 0 <= at < len(self._classes) and name in self._classes[at]

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
            if token.item is not None or (token.lower not in CLOSING and not self.lexicon.adverbial(token.lower)):
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
        noun = self.lexicon.letters(before.rpartition(" ")[2]) and not any(
            self.lexicon.among(before, name) for name in ("breaks", "prepositions")
        )
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
            return not (token.item and token.kind != "document" and not self.lexicon.verbal(word))
        if token.item is not None or "no_verb" in self._classes[at]:
            return False
        return "verbs" in self._classes[at] or self.lexicon.verbal(word)

    def nominal(self, at: int) -> bool:
        """True for a token that may stand in a noun phrase."""
        if at not in self._nominal:
            self._nominal[at] = self._is_nominal(at)
        return self._nominal[at]

    def _is_nominal(self, at: int) -> bool:
        token = self.tokens[at]
        if token.item is not None and token.kind != "document":
            return token.kind != "date" and not (token.kind not in NAMES and self.finite(at))
        word, classes = token.lower, self._classes[at]
        if "possessive" in classes and at + 1 < len(self.tokens):
            return self.nominal(at + 1)
        if not classes.isdisjoint(_UNBOUND) or word in self.lexicon.pronouns or self.finite(at):
            return False
        if word in self.lexicon.variants:
            return False
        if word in self.lexicon.relative or not any(character.isalnum() for character in word):
            return False
        if self.lexicon.infinitive(word):
            return False
        return not any(form.mood in (INFINITIVE, GERUND) for _, form in self.lexicon.verbs.get(word, ()))

    def name(self, at: int) -> bool:
        """True for a token without cases: a name, or a word in other letters."""
        token = self.tokens[at]
        if token.kind in NAMES or token.start in self.quoted:
            return True
        if token.item is not None or not token.capital:
            return False
        return not self.lexicon.letters(token.lower.rpartition("-")[2])

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
        return token.item is None and (token.lower[:1].isdigit() or "numerals" in self._classes[at])

    def _modifier(self, at: int, end: int) -> frozenset[str]:
        """What an adjective or numeral may be; empty for the noun itself."""
        token = self.tokens[at]
        if at + 1 >= end or not self.nominal(at + 1) or token.kind in NAMES:
            return frozenset()
        if self._number(at):
            return COUNTED
        if not self._classes[at].isdisjoint(_DETERMINING):
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

    def headword(self, at: int) -> str:
        """The noun of a mention of several words."""
        if at not in self._headwords:
            words = self.word(at).split()
            noun = next((word for word in words if not self.lexicon.adjective(word)), words[-1] if words else "")
            self._headwords[at] = noun
        return self._headwords[at]
