"""What is known of one sentence before its statements are read, and a statement before its hedge is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.read.typed import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is known of one sentence before its relations are read.

    `spoken_of` are its items without the speaker; `asked` are the numbers of the rules that may match it,
    `framed` says whether a frame may be in it. `later` says from where on the voices of a second clause are heard.
    """

    text: str
    span: Span
    clauses: tuple[Span, ...]
    items: tuple[Item, ...]
    spoken_of: tuple[Item, ...]
    language: str
    voices: tuple[str, ...]
    asked: Sequence[int]
    framed: bool
    later: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One statement of a sentence, by whatever way it was found, before hedge, polarity and date are read."""

    rule: str
    predicate: Predicate
    constants: Mapping[str, str]
    roles: Mapping[str, tuple[Item, ...]]
    start: int
    end: int
    dated: tuple[Item, ...]
    framed: bool = False
