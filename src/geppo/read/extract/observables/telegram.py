"""Accounts of Telegram: `@name` beside the word, and the first part of a t.me address."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate, Taken, word_byte
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import Surroundings

_BEFORE, _AFTER, _SHORTEST = 60, 24, 4


def find(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """Handles in a sentence behind the word, or with the word right behind them; a list of handles counts whole."""
    if "@" not in clean.text or not around.places("label:telegram"):
        return
    last = -1
    for match in _data.pattern("account", "handle").finditer(clean.view):
        start, end = match.span()
        if not _handle(clean, start, end) or not taken.free(start, end):
            continue
        first, stop = around.sentence(start, end)
        listed = last >= first and around.only("chain", last, start)
        if not (
            listed
            or around.cue("label:telegram", max(first, start - _BEFORE), start)
            or around.cue("label:telegram", end, min(stop, end + _AFTER))
        ):
            continue
        last = end
        taken.take(start, end)
        yield Candidate(type=ObservableType.TELEGRAM, value=clean.text[start:end], start=start, end=end)


def _handle(clean: Clean, start: int, end: int) -> bool:
    after = clean.view[end : end + 1]
    joined = after in {b".", b"-", b"@"} and (after == b"@" or word_byte(clean.view, end + 1))
    return not (word_byte(clean.view, start - 1) or word_byte(clean.view, end) or joined)


def account(host: str, path: str) -> str:
    """The account that an address of Telegram names, or ""."""
    hosts, pages = _data.telegram()
    if host.removeprefix("www.") not in hosts:
        return ""
    name = path.removeprefix("/s/").removeprefix("/").partition("/")[0].partition("?")[0]
    plain = name.replace("_", "").isalnum() and name.isascii() and name[:1].isalpha()
    return f"@{name}" if plain and len(name) >= _SHORTEST and name.lower() not in pages else ""
