"""Names of one house in two scripts, compared by how they sound."""

from __future__ import annotations

from functools import cache

from anyascii import anyascii

from geppo.judge._reference import speaker_words

_LETTERS, _CONSONANTS = 4, 2
"""Fewest letters, and fewest consonants, by which two beginnings are the same."""


@cache
def _latin(name: str) -> str:
    letters = [c for c in anyascii(name).casefold() if c.isalpha() or c == " "]
    return "".join(c for at, c in enumerate(letters) if at == 0 or letters[at - 1] != c).strip()


def _skeleton(text: str) -> str:
    """The consonants of a text, equal neighbours once."""
    words = speaker_words()
    kept = [c for c in text.translate(words.sounds) if c.isalpha() and c not in words.silent]
    return "".join(c for at, c in enumerate(kept) if at == 0 or kept[at - 1] != c)


def sound_of(word: str) -> str:
    """How a word sounds as a key: its consonants, and its first letters where they are few; empty where it has none.

    Words of two scripts with one key are transcriptions of one name, or nearly so.
    """
    latin = _latin(word)
    key = _skeleton(latin)
    if len(key) >= _LETTERS:
        return key
    return f"{latin[:_CONSONANTS]}:{key}" if len(key) > _CONSONANTS else ""


def spelled_alike(name: str, other: str) -> bool:
    """True where two folded names of different scripts are one name, letter by letter, and say the same trade.

    Stricter than `sound_alike`, since two houses become one by it: what is transcribed with other vowels, or with a
    consonant that its script lacks, is not recognised.
    """
    (one, trades), (two, others) = _taken_apart(name), _taken_apart(other)
    return len(one) >= LEAST_LETTERS and one == two and (trades == others or not (trades and others))


LEAST_LETTERS = 5
"""Letters of a name, without its trade, by which two scripts may print one house."""


@cache
def _taken_apart(name: str) -> tuple[str, frozenset[str]]:
    """The Latin letters of a folded name without the words of its trade, `l` for `r`, and what those words say."""
    words = speaker_words().trades
    trades: set[str] = set()
    core: list[str] = []
    for token in name.split():
        while token:
            found = next((word for word in words if token == word or _ends_in(token, word)), "")
            if not found:
                core.append(token)
                break
            trades.add(words[found])
            token = token.removesuffix(found)
    return _latin("".join(core)).replace("r", "l"), frozenset(trades)


def _ends_in(token: str, word: str) -> bool:
    """True for a name in a script without blanks that ends in a word of its trade."""
    return not token.isascii() and token.endswith(word)


def sound_alike(name: str, other: str) -> bool:
    """True where two names of different scripts begin with the same sounds, or one word of one with the other's.

    The transcription is anyascii's, letter by letter: hangul, kana and Cyrillic are compared as they are read, Han
    characters as in Chinese only. A name that was translated and not transcribed is not recognised.
    """
    one, two = _latin(name), _latin(other)
    first, second = one.partition(" ")[0], two.partition(" ")[0]
    if min(len(first), len(second)) < _LETTERS:
        return first == second
    if first[:_LETTERS] == second[:_LETTERS]:
        return True
    short, long = sorted((_skeleton(first), _skeleton(second)), key=len)
    return len(short) >= _CONSONANTS and long.startswith(short)
