"""Names of mutexes. Nothing in their shape says what they are, so only the word beside them does.

A name in quotes may be any; a bare one must look like a name (a digit, an underscore, a backslash, a brace or a capital
inside), or stand alone in a line under the word.
"""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate, Taken
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import QUOTES, Surroundings

_OPENING = {closing: opening for opening, closing in QUOTES.items()}
_SHORTEST, _LONGEST, _LEAD, _LINES, _BLANKS = 3, 120, 48, 40, 4
_BULLETS = "-*•|・◦‣ \t0123456789.)"


def find(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """The name behind the word, the name before it, or the lines under it."""
    done = -1
    for first, last in around.places("label:mutex"):
        if first < done:
            continue
        for start, end in _spans(clean, around, first, last):
            if start < done or not taken.free(start, end):
                continue
            taken.take(start, end)
            done = end
            yield Candidate(type=ObservableType.MUTEX, value=clean.text[start:end], start=start, end=end)


def _spans(clean: Clean, around: Surroundings, first: int, last: int) -> Iterator[tuple[int, int]]:
    if _heads(clean, around, first, last):
        yield from _listed(clean, around, last)
        return
    found = _behind(clean, around, first, last) or _before(clean, around, first)
    if found:
        yield found


def _heads(clean: Clean, around: Surroundings, first: int, last: int) -> bool:
    """True where the word is alone in its line."""
    start, end = around.line(first)
    return not (clean.text[start:first] + clean.text[last:end]).strip("#*_=-■●◆: \t\r：【】[]")


def _listed(clean: Clean, around: Surroundings, place: int) -> Iterator[tuple[int, int]]:
    """Lines of one word each, up to the first that is none; one empty line may follow the word."""
    for number in range(_LINES):
        start, end = around.line(around.line(place)[1] + 1)
        if start > len(clean.text) or start <= place:
            return
        line = clean.text[start:end]
        name = line.strip(_BULLETS[:8] + "\r`\"'")
        if not name:
            if number:
                return
            place = start
            continue
        at = start + line.find(name)
        if " " in name or not _SHORTEST <= len(name) <= _LONGEST or name.endswith((".", ":", "。")) or "://" in name:
            return
        yield at, at + len(name)
        place = end


def _behind(clean: Clean, around: Surroundings, first: int, last: int) -> tuple[int, int] | None:
    """A name in quotes or a bare one, with nothing but words such as "named" between."""
    text = clean.text
    for place in range(last, min(len(text), around.past("label", last) + 1)):
        char = text[place]
        if char in "\n.。!?;":
            return None
        if char in QUOTES and not (place == last and text[first - 1 : first] == char):
            return _quoted(text, place) if around.only("label", last, place) else None
        if _begins(text, place) and around.only("label", last, place):
            end = _bare(text, place)
            if _like_name(text[place:end]):
                return place, end
    return None


def _begins(text: str, place: int) -> bool:
    """True where a bare word begins behind something that is not part of it."""
    char, before = text[place], text[place - 1 : place]
    opens = char == "{" or (char.isascii() and char.isalnum())
    return opens and not (before.isascii() and (before.isalnum() or before in "_{\\-"))


def _bare(text: str, place: int) -> int:
    match = _data.pattern("system", "bare").match(text[place : place + _LONGEST].encode("ascii", "replace"))
    name = text[place : place + (match.end() if match else 0)]
    kept = name.rstrip(".,;:!?*")
    for opening, closing in ("()", "{}", "[]"):
        if kept.endswith(closing) and kept.count(opening) < kept.count(closing):
            kept = kept[:-1]
    return place + len(kept)


def _like_name(name: str) -> bool:
    if not len(name) > _SHORTEST or "://" in name or name.lower().startswith(("0x", "cve-", "http")):
        return False
    return any(char.isdigit() or char in "_\\{" for char in name) or (
        not name[1:].islower() and not name.isupper() and name.isalnum()
    )


def _quoted(text: str, place: int) -> tuple[int, int] | None:
    end = text.find(QUOTES[text[place]], place + 1, place + 1 + _LONGEST)
    name = text[place + 1 : end] if end > 0 else ""
    fits = (
        len(name) >= _SHORTEST
        and (name[0].isalnum() or name[0] in "{\\_%$@-[(")
        and "\n" not in name
        and name == name.strip()
        and name.count(" ") <= _BLANKS
    )
    return (place + 1, end) if fits else None


def _before(clean: Clean, around: Surroundings, first: int) -> tuple[int, int] | None:
    """A quoted name, or a bare one that looks like a name, right before the word."""
    text = clean.text
    place = first
    while place > 0 and first - place < _LEAD and not (text[place - 1] in _OPENING or _name_char(text[place - 1])):
        place -= 1
    if place == 0 or not around.only("label", place, first):
        return None
    if text[place - 1] in _OPENING:
        opening = _OPENING[text[place - 1]]
        start = text.rfind(opening, max(0, place - 1 - _LONGEST), place - 1)
        found = _quoted(text, start) if start >= 0 else None
        return found if found and found[1] == place - 1 else None
    start = place
    while start > 0 and place - start < _LONGEST and _name_char(text[start - 1]):
        start -= 1
    return (start, place) if _like_name(text[start:place]) else None


def _name_char(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "_-\\{}.")
