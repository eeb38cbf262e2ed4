"""The word lists of `hidden.toml`, and the words in names of classes."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import re2

_SPLIT = re2.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_LONGEST = 80


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("hidden.toml").read_text(encoding="utf-8"))


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
