"""Text folded for matching: one character out for each character in, so that offsets stay those of the text as read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_HALF_WIDTH_KANA = "ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_BLANKS = "\t\n\r\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
_QUOTES = "\u2018\u2019\u02bc\u0060\u00b4"
_DOTS = "\u00b7\u2027\u2219\u2022\uff65"

_TABLE: dict[int, str] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{ord(c): unicodedata.normalize("NFKC", c) for c in _HALF_WIDTH_KANA},
    **dict.fromkeys(map(ord, _BLANKS), " "),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _QUOTES), "'"),
    **dict.fromkeys(map(ord, _DOTS), "・"),
    ord("İ"): "i",
    ord("Ё"): "е",
    ord("ё"): "е",
}
_ASCII_TABLE: dict[int, str] = dict.fromkeys(map(ord, "\t\n\r"), " ") | {ord("`"): "'"}
_ASCII_KEY: dict[int, str | None] = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
_REMOVED: dict[int, None] = dict.fromkeys(map(ord, _INVISIBLE))


def fold(text: str) -> str:
    """Lower case, full-width forms as ASCII, one kind of blank, dash, apostrophe and middle dot, ё as е.

    Never changes the length: `lower` alone lengthens only U+0130, which the table takes out before.
    """
    if text.isascii():
        return text.translate(_ASCII_TABLE).lower()
    return text.translate(_TABLE).lower()


def key(text: str) -> str:
    """Letters and digits of the folded text: what is left when case, spacing and punctuation do not count."""
    if text.isascii():
        return text.translate(_ASCII_KEY)
    return "".join(c for c in fold(text) if c.isalnum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text as it is matched: `text` folded, `raw` the same characters as printed.

    `offsets` is None where no invisible character had to be taken out.
    """

    text: str
    raw: str
    offsets: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text as offsets into the text as read."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def folded(text: str) -> Folded:
    """Fold a text and take out zero-width and soft characters, which split names and are not seen."""
    if text.isascii() or not any(c in text for c in _INVISIBLE):
        return Folded(text=fold(text), raw=text, offsets=None)
    kept = [place for place, c in enumerate(text) if ord(c) not in _REMOVED]
    raw = "".join([text[place] for place in kept])
    return Folded(text=fold(raw), raw=raw, offsets=kept)


_WORD = frozenset(c for c in map(chr, (*range(0x590), *range(0x1E00, 0x2000))) if c == "_" or c.isalnum())


def is_word(c: str) -> bool:
    """True for a Latin, Greek or Cyrillic letter, a digit or `_`: next to such a form it is no edge."""
    return c in _WORD


def is_katakana(c: str) -> bool:
    """True for a katakana letter or the long-vowel mark, not for the middle dot."""
    return "ァ" <= c <= "ヺ" or "ー" <= c <= "ヿ"


def is_hangul(c: str) -> bool:
    """True for a hangul syllable."""
    return "가" <= c <= "힣"


def is_kanji(c: str) -> bool:
    """True for a Chinese character."""
    return "一" <= c <= "鿿"
