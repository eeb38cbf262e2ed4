"""The word lists of `hidden.toml`, and the words in names of classes."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from geppo import linear, shipped

_SPLIT = linear.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_LONGEST = 80


@cache
def _table() -> dict[str, Any]:
    return shipped.table(__package__, "hidden.toml")


@cache
def words(name: str) -> frozenset[str]:
    """A list as a set."""
    return frozenset(str(word) for word in _table()[name])


@cache
def ordered(name: str) -> tuple[str, ...]:
    """A list in its order."""
    return tuple(str(word) for word in _table()[name])


@lru_cache(maxsize=4_000)
def pieces(name: str) -> tuple[str, ...]:
    """The words of a class or id (`share-buttons`, `entryMeta`) in lower case."""
    return tuple(piece.lower() for piece in _SPLIT.findall(name[:_LONGEST]))
