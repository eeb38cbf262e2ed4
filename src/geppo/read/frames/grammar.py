"""Which grammar reads a language's frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from geppo.errors import DataError
from geppo.language.sentences import Span
from geppo.read.frames.frame import Statement, frames
from geppo.read.typed import Item

_GRAMMARS = {
    "svo": "svo",
    "sov": "sov",
    "inflected": "inflected",
    "isolating": "isolating",
    "head-final": "headfinal",
}
"""Modules beside this one by the grammar's name; each is imported when a text of its languages comes."""


class _Grammar(Protocol):
    """What a module of a grammar offers; `Lexicon` takes the frames of a language."""

    Lexicon: Any

    def possible(self, lexicon: Any, text: str, start: int, end: int, items: Sequence[Item]) -> bool: ...

    def statements(
        self, lexicon: Any, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
    ) -> Iterator[Statement]: ...


class _Known(NamedTuple):
    grammar: _Grammar
    lexicon: Any


@cache
def _known(language: str) -> _Known | None:
    known = frames(language)
    if known is None:
        return None
    if known.grammar not in _GRAMMARS:
        raise DataError(f"language/{language}/frames.toml: no grammar {known.grammar!r}")
    grammar: Any = import_module(f"geppo.read.frames.{_GRAMMARS[known.grammar]}")
    return _Known(grammar, grammar.Lexicon(known))


def possible(language: str, text: str, start: int, end: int, items: Sequence[Item]) -> bool:
    """False where a first look at `text[start:end]` shows that it holds no statement of a frame."""
    known = _known(language)
    return known is not None and known.grammar.possible(known.lexicon, text, start, end, items)


def statements(
    language: str, text: str, start: int, end: int, items: Sequence[Item], clauses: Sequence[Span]
) -> Iterator[Statement]:
    """All statements that the frames of a language find in `text[start:end]`, which may hold some (`possible`); items
    are in order."""
    known = _known(language)
    if known is None:
        return
    for one in known.grammar.statements(known.lexicon, text, start, end, items, clauses):
        needs, unless = one.frame.needs, one.frame.unless
        if needs is not None and needs.search(text[start:end]) is None:
            continue
        if unless is None or unless.search(text[start:end]) is None:
            yield one
