"""How wide a label is, without a font at hand: a little too wide, so that nothing overflows with another font."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NARROW = frozenset("iljI.,:;|!'`()[]{}ft \u00a0")
_BROAD = frozenset("mwMW@%&—…")
_NO_START = frozenset("、。，．・：；？！）］｝」』】〉》〕ー〜々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}%…\u00a0")
_NO_END = frozenset("（［｛「『【〈《〔([{")


@lru_cache(maxsize=4096)
def _advance(char: str) -> float:
    """Width of a character in em. Noto Sans CJK: digits .555, lower case about .54, capitals .65."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0.0
    if ord(char) >= 0x1F000:
        return 1.3
    if unicodedata.east_asian_width(char) in ("W", "F", "A"):
        return 1.0
    if char in _NARROW:
        return 0.36
    if char in _BROAD:
        return 0.95
    if char.isupper():
        return 0.69
    return 0.58


def text_width(text: str, size: float) -> float:
    """Width of `text` at a font size, in the unit of `size`."""
    return sum(_advance(char) for char in text) * size


def shorten(text: str, size: float, width: float) -> str:
    """`text` if it fits into `width`, else its beginning with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    room = width - _advance("…") * size
    kept: list[str] = []
    for char in text:
        room -= _advance(char) * size
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A label in lines. `whole` is the full text; `cut` tells that the lines do not show all of it."""

    lines: tuple[str, ...]
    whole: str
    cut: bool

    def width(self, size: float) -> float:
        """Width of the longest line."""
        return max((text_width(line, size) for line in self.lines), default=0.0)


def _pieces(text: str) -> list[str]:
    """Parts that may not be divided: Latin words with their punctuation, single kana and Han with what clings."""
    out: list[str] = []
    for char in text:
        wide = unicodedata.east_asian_width(char) in ("W", "F")
        last = out[-1] if out else ""
        clings = bool(last) and (char in _NO_START or last[-1] in _NO_END)
        joined = bool(last) and not wide and char != " " and last[-1] != " "
        latin_run = joined and unicodedata.east_asian_width(last[-1]) not in ("W", "F")
        if clings or latin_run:
            out[-1] += char
        else:
            out.append(char)
    return out


def _split_long(piece: str, size: float, width: float) -> list[str]:
    if text_width(piece, size) <= width:
        return [piece]
    out = [""]
    for char in piece:
        if out[-1] and text_width(out[-1] + char, size) > width:
            out.append("")
        out[-1] += char
    return out


def wrap(text: str, size: float, width: float, most: int) -> Wrapped:
    """Break `text` into at most `most` lines of `width`; what does not fit ends in an ellipsis.

    Japanese breaks between characters, but not before closing marks, small kana or the long mark.
    """
    text = " ".join(part for part in text.split(" ") if part)
    lines = [""]
    for whole in _pieces(text):
        for piece in _split_long(whole, size, width):
            if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > width:
                lines.append("")
            lines[-1] += piece if lines[-1] else piece.lstrip()
    lines = [line.rstrip() for line in lines]
    if len(lines) <= most:
        return Wrapped(lines=tuple(lines), whole=text, cut=False)
    rest = shorten(lines[most - 1] + "…" * 99, size, width)
    return Wrapped(lines=(*lines[: most - 1], rest.rstrip("…") + "…"), whole=text, cut=True)
