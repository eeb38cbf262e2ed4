"""Which grammar reads a language's frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from geppo.errors import DataError
from geppo.language.sentences import Span
from geppo.read.frames import cases, characters, eojeol, headfinal, inflected, isolating, nouns, sov, svo
from geppo.read.frames.frame import Statement, frames
from geppo.read.typed import Item


@cache
def _lexicon(language: str) -> nouns.Lexicon | sov.Lexicon | cases.Lexicon | characters.Lexicon | eojeol.Lexicon | None:
    known = frames(language)
    if known is None:
        return None
    if known.grammar == "svo":
        return nouns.Lexicon(known)
    if known.grammar == "sov":
        return sov.Lexicon(known)
    if known.grammar == "inflected":
        return cases.Lexicon(known)
    if known.grammar == "isolating":
        return characters.Lexicon(known)
    if known.grammar == "head-final":
        return eojeol.Lexicon(known)
    raise DataError(f"language/{language}/frames.toml: no grammar {known.grammar!r}")


def statements(
    language: str, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames of a language find in `text[start:end]`; items are in order."""
    lexicon = _lexicon(language)
    found: Iterator[Statement] = iter(())
    if isinstance(lexicon, nouns.Lexicon):
        found = svo.statements(lexicon, text, start, end, items)
    elif isinstance(lexicon, cases.Lexicon):
        found = inflected.statements(lexicon, text, start, end, items)
    elif isinstance(lexicon, characters.Lexicon):
        found = isolating.statements(lexicon, text, start, end, items)
    elif isinstance(lexicon, eojeol.Lexicon):
        found = headfinal.statements(lexicon, text, start, end, items)
    elif lexicon is not None:
        found = sov.statements(lexicon, text, start, end, items, clauses)
    for one in found:
        if one.frame.needs is None or one.frame.needs.search(text[start:end]) is not None:
            yield one
