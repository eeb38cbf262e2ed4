"""A document read in the script of its language's data, and what was read of it as the document prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial

from geppo import script
from geppo.catalog import Name
from geppo.catalog.kept import ByTuple
from geppo.model.claim import Claim
from geppo.model.entity import Mention, Term
from geppo.model.report import Document

_OF_TEXT = ("new:", "text/")
"""How ids of terms begin that are called as the text calls them; others go by the catalogue's name."""
MONTHS = 2
"""Tuples of names whose forms are kept."""


@lru_cache(maxsize=8)
def plain(document: Document) -> Document:
    """The document with its text in the script of its language's data; itself where it is written in it."""
    text = script.plain(document.text, document.language)
    if text is document.text:
        return document
    return replace(document, text=text, title=script.plain(document.title, document.language))


def plain_names(names: Sequence[Name], language: str) -> tuple[Name, ...]:
    """Names with the forms that they have in the script of a language's data, too."""
    return _names(language)(tuple(names))


@cache
def _names(language: str) -> ByTuple[tuple[Name, ...]]:
    return ByTuple(partial(_both, language), MONTHS)


def _both(language: str, names: tuple[Name, ...]) -> tuple[Name, ...]:
    return tuple(
        name
        if all(map(str.isascii, name.forms))
        else replace(
            name, forms=tuple(dict.fromkeys((*name.forms, *(script.plain(form, language) for form in name.forms))))
        )
        for name in names
    )


class Printed:
    """What was read of a plain document, as the document prints it."""

    def __init__(self, document: Document, read: Document) -> None:
        self._text, self._plain = document.text, read.text

    def _word(self, word: str) -> str:
        at = -1 if word.isascii() else self._plain.find(word)
        return word if at < 0 else self._text[at : at + len(word)]

    def name(self, name: Name) -> Name:
        """A name that the document introduces; it goes by both its forms."""
        forms = dict.fromkeys((*map(self._word, name.forms), *name.forms))
        return replace(name, name=self._word(name.name), forms=tuple(forms))

    def mention(self, mention: Mention) -> Mention:
        """A mention with the words that stand at its place."""
        surface = self._text[mention.start : mention.end]
        return replace(mention, surface=surface, name=surface if mention.name == mention.surface else mention.name)

    def _term(self, term: Term) -> Term:
        return replace(term, name=self._word(term.name)) if term.id.startswith(_OF_TEXT) else term

    def claim(self, claim: Claim) -> Claim:
        """A claim with its passage, its hedge and its own names as printed."""
        passage = claim.passage
        words = self._text[passage.start : passage.end]
        at = passage.text.find(claim.hedge.text) if claim.hedge.text else -1
        hedge = claim.hedge if at < 0 else replace(claim.hedge, text=words[at : at + len(claim.hedge.text)])
        return replace(
            claim,
            subject=self._term(claim.subject),
            object=None if claim.object is None else self._term(claim.object),
            qualifiers=tuple((role, self._term(term)) for role, term in claim.qualifiers),
            voices=tuple(map(self._word, claim.voices)),
            hedge=hedge,
            passage=replace(passage, text=words),
        )

    def words(self, words: Sequence[str]) -> tuple[str, ...]:
        """Names of houses."""
        return tuple(map(self._word, words))
