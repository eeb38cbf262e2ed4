"""English words: what is one of them is no new name because it has a capital."""

from __future__ import annotations

import gzip
from functools import cache

from geppo.catalog.tables import packaged
from geppo.errors import DataError

_ENDINGS = ("'s", "s", "es", "ed", "d", "ing", "ly", "er", "ers")


@cache
def _words() -> frozenset[str]:
    try:
        text = gzip.decompress(packaged("words.txt.gz").read_bytes()).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"words.txt.gz: expected gzip of words, got: {error}") from error
    return frozenset(text.split())


def is_word_of_english(word: str) -> bool:
    """True for a word of `words.txt.gz` or an inflected form of one."""
    low = word.casefold().replace("\u2019", "'")
    words = _words()
    if low in words:
        return True
    stems = (low.removesuffix(ending) for ending in _ENDINGS if low.endswith(ending))
    return any(stem in words or f"{stem}e" in words for stem in stems if len(stem) > 2)


def is_phrase_of_english(name: str) -> bool:
    """True where every word of a name is an ordinary one; a word with an inner capital or a digit never is."""
    parts = name.replace("-", " ").replace("/", " ").split()
    return all(part[1:].islower() and part.isalpha() and is_word_of_english(part) for part in parts if len(part) > 1)
