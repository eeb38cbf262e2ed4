"""Text as it is archived: composed (NFC), one kind of line end, nothing that does not show."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_KEPT = "\n\t"
# UAX 15 section 13: a stream-safe text has at most 30 combining marks in a row. Sorting an endless run takes quadratic
# time, and no language needs it.
_MARKS = 30


def clean(text: str) -> str:
    """Remove control, direction and tag characters, compose, and reduce runs of empty lines to one.

    Zero-width characters stay: they are part of the text as read, and matching drops them with an offset map.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    unwanted = {ord(char): None for char in set(text) if _unwanted(char)}
    text = text.translate(unwanted) if unwanted else text
    if not text.isascii():
        text = unicodedata.normalize("NFC", _without_long_marks(text))
    lines = [line.rstrip() for line in text.split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


@lru_cache(maxsize=5_000)
def _unwanted(char: str) -> bool:
    """Control characters, byte order marks, direction overrides and the tag block, all used to hide or reorder text."""
    if char in _KEPT:
        return False
    category = unicodedata.category(char)
    return (
        category in {"Cc", "Cs"}
        or ord(char) & 0xFFFE == 0xFFFE
        or char == "\ufeff"
        or "\u202a" <= char <= "\u202e"
        or "\u2066" <= char <= "\u2069"
        or "\U000e0000" <= char <= "\U000e0fff"
    )


def _without_long_marks(text: str) -> str:
    marks = {char for char in set(text) if unicodedata.combining(char)}
    if not marks:
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if char in marks else 0
        if run <= _MARKS:
            kept.append(char)
    return "".join(kept)


def one_line(text: str, most: int = 300) -> str:
    """A field for display: clean, on one line, cut to `most` characters. An ideographic blank stays one."""
    words = clean(text).replace("\n", " ").replace("\t", " ").replace("\u00a0", " ").split(" ")
    return " ".join(word for word in words if word)[:most].strip()
