"""Which grammar reads a language's frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from geppo.errors import DataError
from geppo.language.sentences import Span
from geppo.read.frames import cases, characters, inflected, isolating, nouns, sov, svo
from geppo.read.frames.frame import Statement, frames
from geppo.read.typed import Item


@cache
def _lexicon(language: str) -> nouns.Lexicon | sov.Lexicon | cases.Lexicon | characters.Lexicon | None:
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
    raise DataError(f"language/{language}/frames.toml: no grammar {known.grammar!r}")


def possible(language: str, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where a first look at `text[start:end]` shows that it holds no statement of a frame."""
    lexicon = _lexicon(language)
    if isinstance(lexicon, nouns.Lexicon):
        return svo.possible(lexicon, text, start, end, items)
    if isinstance(lexicon, cases.Lexicon):
        return inflected.possible(lexicon, text, start, end)
    if isinstance(lexicon, characters.Lexicon):
        return isolating.possible(lexicon, text, start, end)
    return lexicon is not None and sov.possible(lexicon, text, start, end)


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
    elif lexicon is not None:
        found = sov.statements(lexicon, text, start, end, items, clauses)
    for one in found:
        if one.frame.needs is None or one.frame.needs.search(text[start:end]) is not None:
            yield one
