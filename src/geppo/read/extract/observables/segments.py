"""Where a run of folders separated by backslashes ends: names may hold blanks, and no mark says where prose goes on."""

from __future__ import annotations

from geppo.read.extract.observables import _data
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import QUOTES

LONGEST = 320
_STOPS = frozenset("\"*<>|,;`'“”‘’「」『』«»、。，：；[]:?") | frozenset(map(chr, (*range(32), *range(127, 160))))
_PLACEHOLDERS = {"[": "]", "<": ">"}
_QUOTED = frozenset("'?:[]<>")
_WORDS, _NAME, _CJK_NAME = 5, 60, 40


def end_of(clean: Clean, start: int, place: int) -> int:
    """The end of the path whose first backslash stands at `place`; `start` is where its drive or hive begins.

    In quotes it ends where they end. Else a name with blanks counts only between two backslashes, and the last name
    ends at its first blank.
    """
    text = clean.text
    limit = min(len(text), start + LONGEST)
    closing = QUOTES.get(text[start - 1 : start]) if start else None
    if closing:
        end = text.find(closing, place, limit)
        inside = text[place:end]
        if end >= 0 and not (_STOPS - _QUOTED) & set(inside) and ": " not in inside:
            return _trimmed(text, place, end)
    while place < limit and text[place] == "\\":
        first = place + 1 + (text[place + 1 : place + 2] == "\\")
        stop = _behind_placeholder(text, first, limit)
        while stop < limit and text[stop] != "\\" and text[stop] not in _STOPS:
            stop += 1
        if stop < limit and text[stop] == "\\" and _inner(text[first:stop]):
            place = stop
            continue
        return _trimmed(text, place, first + _last(text[first:stop]))
    return _trimmed(text, place, place)


def _behind_placeholder(text: str, first: int, limit: int) -> int:
    """The end of a name such as `[username]` or `<random>` that stands for another one, or `first`."""
    closing = _PLACEHOLDERS.get(text[first : first + 1])
    end = text.find(closing, first, min(limit, first + _NAME)) if closing else -1
    return end + 1 if end > first and text[end + 1 : end + 2] == "\\" and "\n" not in text[first:end] else first


def _inner(name: str) -> bool:
    """True for what can be the name of a folder between two others."""
    if not name or name != name.strip() or len(name) > _NAME or name.count("  "):
        return False
    words = name.split(" ")
    if len(words) == 1 or name[0] in _PLACEHOLDERS:
        return True
    ended = any(
        _is_file(word) or (word.endswith((".", "!", "%", ")")) and not word.startswith("(")) for word in words[:-1]
    )
    return len(words) <= _WORDS and not ended and not set(name) & {"%", "/"} and not _hive(words[-1])


def _hive(word: str) -> bool:
    return word.startswith(("HKEY_", "HKLM", "HKCU", "HKCR", "HKU"))


def _is_file(word: str) -> bool:
    stem, dot, top = word.lower().rpartition(".")
    return bool(stem and dot) and (top in _data.suffixes("files") or top in _data.suffixes("both"))


def _last(name: str) -> int:
    """How much of a run of characters is the last name: up to a blank, or to letters that show no edge of words."""
    for place, char in enumerate(name):
        if char == " " or (char > "\x7f" and not _data.cased(char)):
            return place if char == " " else _foreign_name(name, place)
    return len(name)


def _foreign_name(name: str, place: int) -> int:
    """Kana, kanji or hangul belong to the name where a file's ending closes them."""
    dot = name.find(".", place, place + _CJK_NAME)
    if place or dot < 0 or " " in name[:dot]:
        return place
    end = dot + 1
    while end < len(name) and name[end].isascii() and name[end].isalnum():
        end += 1
    return end if name[dot + 1 : end].lower() in _data.suffixes("files") | _data.suffixes("both") else place


def _trimmed(text: str, start: int, end: int) -> int:
    kept = text[start:end]
    while kept:
        shorter = kept.rstrip(".,;:!\\ ")
        for opening, closing in ("()", "{}"):
            if shorter.endswith(closing) and shorter.count(opening) < shorter.count(closing):
                shorter = shorter[:-1]
        if shorter == kept:
            break
        kept = shorter
    return start + len(kept)


def single(path: str) -> str:
    """Doubled backslashes, as program text writes them, as single ones."""
    return path.replace("\\\\", "\\") if "\\\\" in path else path
