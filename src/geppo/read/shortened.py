"""Short forms of houses inside one document: "Kestrel Foods" is "Kestrel" once it was named in full.

No other document takes the short form for the house. What counts as one is data: `language/<code>/naming.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from geppo.catalog import Catalog, Name
from geppo.catalog.words import is_phrase_of_english
from geppo.model.entity import Kind, Mention
from geppo.model.report import Document
from geppo.read.names import naming

SHORTEST = 4
"""Letters of a short form; what is shorter is an abbreviation, which texts introduce in brackets."""


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
