"""Letters of Korean syllables: which consonant ends one, and classes of all syllables that end in one."""

from __future__ import annotations

FIRST, LAST = 0xAC00, 0xD7A3
"""The codes of the first and the last syllable."""
_FINALS = 28
"""Finals of a syllable, none among them."""
N, L, M, B, SS = 4, 8, 16, 17, 20
"""The finals ㄴ, ㄹ, ㅁ, ㅂ and ㅆ: what an ending adds to the last syllable of a stem."""
_PLACEHOLDERS = {"<ㄴ>": N, "<ㄹ>": L}


def syllable(char: str) -> bool:
    """True for a Korean syllable; letters of other scripts have no final."""
    return FIRST <= ord(char) <= LAST


def final(char: str) -> int:
    """The number of the consonant that ends a syllable, 0 without one."""
    return (ord(char) - FIRST) % _FINALS if syllable(char) else 0


def expanded(source: str) -> str:
    """An expression whose `<ㄴ>` and `<ㄹ>` stand for any syllable with that final.

    A list of syllables forgets some (가로챌, 띄울), and an act that is only planned is then told as done.
    """
    for name, number in _PLACEHOLDERS.items():
        if name in source:
            source = source.replace(name, "[" + "".join(map(chr, range(FIRST + number, LAST + 1, _FINALS))) + "]")
    return source
