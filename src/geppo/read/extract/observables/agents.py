"""User agents: what a browser or a program calls itself in a request. The numbers in them are versions."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate, Taken
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import QUOTES, Surroundings

_LONGEST, _WORDS = 400, 3


def find(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """Browsers by their shape, anything else behind the words "user agent". Addresses in it stay values too."""
    spans = [*_browsers(clean), *_labelled(clean, around)]
    done = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < done or start >= end:
            continue
        done = end
        taken.take(start, end)
        yield Candidate(type=ObservableType.USER_AGENT, value=clean.text[start:end], start=start, end=end)


def _browsers(clean: Clean) -> Iterator[tuple[int, int]]:
    place = clean.view.find(b"Mozilla/")
    while place >= 0:
        end = _products(clean, place)
        if " (" in clean.text[place:end]:
            yield place, end
        place = clean.view.find(b"Mozilla/", max(end, place + 1))


def _products(clean: Clean, start: int) -> int:
    """The end of the products and comments that begin at `start`."""
    match = _data.pattern("agent", "agent").match(clean.view, start, min(len(clean.view), start + _LONGEST))
    return start + len(clean.text[start : match.end()].rstrip(".,;:-+_")) if match else start


def _labelled(clean: Clean, around: Surroundings) -> Iterator[tuple[int, int]]:
    done = 0
    for first, last in around.places("label:agent"):
        found = _behind(clean, around, first, last) if first >= done else None
        if found:
            done = found[1]
            yield found


def _behind(clean: Clean, around: Surroundings, first: int, last: int) -> tuple[int, int] | None:
    text = clean.text
    for place in range(last, min(len(text), around.past("label", last) + 1)):
        char = text[place]
        if char in "\n.。!?":
            break
        if char in QUOTES and around.only("label", last, place):
            end = text.find(QUOTES[char], place + 1, place + 1 + _LONGEST)
            inside = text[place + 1 : end] if end > 0 else ""
            if inside and "\n" not in inside and inside == inside.strip():
                return place + 1, end
        if char.isascii() and char.isalpha() and not _word(text[place - 1]) and around.only("label", last, place):
            end = _products(clean, place)
            if end > place and any(digit.isdigit() for digit in text[place:end]):
                return place, end
    return _header(clean, around, first, last)


def _word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _header(clean: Clean, around: Surroundings, first: int, last: int) -> tuple[int, int] | None:
    """The line of a request: the word opens it, and a few words follow the colon."""
    start, end = around.line(first)
    rest = clean.text[last:end].rstrip()
    if clean.text[start:first].strip("> \t`-*") or not rest.startswith(":"):
        return None
    value = rest[1:].strip(" \t`*\"'")
    plain = value.isascii() and value.isprintable() and not value.endswith(".")
    if not value or len(value) > _LONGEST or len(value.split()) > _WORDS or not plain:
        return None
    at = last + rest.index(value)
    return at, at + len(value)
