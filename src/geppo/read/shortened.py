"""Short forms of houses inside one document: "Kestrel Foods" is "Kestrel" once it was named in full.

No other document takes the short form for the house. What counts as one is data: `language/<code>/naming.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from geppo.catalog import Catalog, Name
from geppo.catalog.words import is_phrase_of_english
from geppo.model.entity import Kind, Mention, Term
from geppo.model.report import Document
from geppo.read.names import Naming, naming
from geppo.read.typed import Item

SHORTEST = 4
"""Letters of a short form; what is shorter is an abbreviation, which texts introduce in brackets."""

LONGEST_BRACKET = 32
"""Characters of a bracket with the name by which a house is called from there on."""


def called_in_short(document: Document, mentions: Iterable[Mention], catalog: Catalog) -> tuple[Name, ...]:
    """Houses that the document names in full and by their first word alone."""
    known = naming(document.language)
    if known is None or known.in_short is None:
        return ()
    full = {mention.name: mention.id for mention in mentions if _is_found(mention, document.text)}
    named: dict[str, list[str]] = {}
    for name in full:
        named.setdefault(name.partition(" ")[0], []).append(name)
    found = []
    for word in sorted(named):
        if len(named[word]) > 1 or len(word) < SHORTEST or word.casefold() in known.full_only:
            continue
        (name,) = named[word]
        if _stands_alone(word, name, document.text, known.in_short) and not catalog.match(word, document.language):
            found.append(Name(kind=Kind.IDENTITY, id=full[name], name=name, forms=(word,)))
    return tuple(found)


def in_full(document: Document, mentions: list[Mention], items: list[Item]) -> tuple[list[Mention], list[Item]]:
    """The mentions and items of a document with each house by its whole name, also where the text prints it short.

    「浜風」 beside 「浜風ホールディングス」 is that house, and so is what a bracket behind the name gives.
    """
    known = naming(document.language)
    whole = _whole_names(document.text, mentions, known) if known is not None and known.tail is not None else {}
    if not whole:
        return mentions, items
    named = [replace(one, id=whole[one.id].id, name=whole[one.id].name) if one.id in whole else one for one in mentions]
    return named, [
        replace(item, terms=tuple(whole.get(term.id, term) for term in item.terms))
        if any(term.id in whole for term in item.terms)
        else item
        for item in items
    ]


def _whole_names(text: str, mentions: Iterable[Mention], known: Naming) -> dict[str, Term]:
    """By the id of a house's short name, the house by its whole name, where a document has but one such."""
    houses = [one for one in mentions if one.kind is Kind.IDENTITY and one.id.startswith("new:")]
    terms = {one.name: Term(kind=one.kind, id=one.id, name=one.name) for one in houses}
    wholes: dict[str, set[str]] = {}
    for name in terms:
        for other in terms:
            if name != other and other.startswith(name) and known.tail.fullmatch(other[len(name) :]) is not None:
                wholes.setdefault(name, set()).add(other)
    for one in houses:
        said = known.abbreviated.match(text[one.end : one.end + LONGEST_BRACKET])
        if said is not None and said[1] in terms and said[1] != one.name:
            wholes.setdefault(said[1], set()).add(one.name)
    longest = {name: max(others, key=lambda other: (len(other), other)) for name, others in wholes.items()}
    return {
        terms[name].id: terms[longest[name]]
        for name, others in wholes.items()
        if longest[name] not in wholes and all(longest[name].startswith(other) for other in others)
    }


def _is_found(mention: Mention, text: str) -> bool:
    """True for a house that no catalogue holds, where the text prints its whole name of several words."""
    whole = text[mention.start : mention.end] == mention.name
    return mention.kind is Kind.IDENTITY and whole and mention.id.startswith("new:") and " " in mention.name


def _stands_alone(word: str, name: str, text: str, behind: Any) -> bool:
    """True where a text prints the first word of a name as a name of its own, and in no other one."""
    if is_phrase_of_english(word) and next(_places(word.lower(), text), -1) >= 0:
        return False
    others = [at + len(word) for at in _places(word, text) if not text.startswith(name, at)]
    return bool(others) and all(behind.match(text[at : at + 3]) is not None for at in others)


def _places(word: str, text: str) -> Iterator[int]:
    """Where a text has a whole word."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (text[max(0, at - 1) : at].isalnum() or text[end : end + 1].isalnum()):
            yield at
        at = text.find(word, end)
