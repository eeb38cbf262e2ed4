"""Paths: of addresses, standing alone or behind a host without a scheme, and of Unix file systems."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data, names, telegram, urls
from geppo.read.extract.observables._candidate import Candidate, Taken, behind_digits
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import Surroundings

_CUE = 24


def behind(clean: Clean, host: Candidate) -> Candidate | None:
    """The path of an address that is written without a scheme."""
    start = host.end
    if clean.text[start : start + 1] == ":":
        start = behind_digits(clean.view, start + 1, urls.LONGEST)
    if host.type not in {ObservableType.DOMAIN, ObservableType.IPV4} or clean.text[start : start + 1] != "/":
        return None
    match = _data.pattern("address", "tail").match(clean.view, start, min(start + urls.LONGEST, len(clean.view)))
    tail = urls.trim(clean.text[start : match.end()], "") if match else ""
    first = tail[1:].partition("/")[0]
    end = start + len(tail)
    if len(tail) < 2 or (clean.marked(start, start + 1 + len(first)) and _names_host(first)):
        return None
    defanged = host.defanged or clean.marked(start, end)
    account = telegram.account(host.host, tail)
    kind = ObservableType.TELEGRAM if account else ObservableType.PATH
    return Candidate(type=kind, value=account or tail, start=start, end=end, defanged=defanged)


def _names_host(text: str) -> bool:
    return names.is_ipv4(text) or (names.well_formed(text.lower()) and names.public(text.lower().rpartition(".")[2]))


def find(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """Paths that stand alone. Those of file systems leave the names in them to be found too."""
    for match in _data.pattern("host", "path").finditer(clean.view):
        start, end = match.span()
        if not taken.free(start, end):
            continue
        surface = clean.text[start:end]
        kept = surface[: len(surface) if surface.isascii() else next(i for i, c in enumerate(surface) if c > "\x7f")]
        kept = kept.rstrip(".,;:!?&")
        home = clean.text[start - 1 : start] == "~"
        start, end = start - home, start + len(kept)
        if len(kept) < 3 or not _stands_free(clean, taken, start, end):
            continue
        system = home or _in_file_system(clean, around, start, end)
        if not system and not _of_address(clean, around, start, end):
            continue
        kind = ObservableType.FILE_PATH if system else ObservableType.PATH
        if not system:
            taken.take(start, end)
        value = clean.text[start:end]
        yield Candidate(type=kind, value=value, start=start, end=end, defanged=clean.marked(start, end))


def _stands_free(clean: Clean, taken: Taken, start: int, end: int) -> bool:
    surface = clean.text[start:end]
    before = clean.text[start - 1 : start] if start else ""
    if (start and not taken.free(start - 1, start)) or clean.text[max(0, start - 2) : start] == "](":
        return False
    letters = surface.replace("/", "")
    if letters.isalpha() and letters.isupper():
        return False
    if clean.text[max(0, start - 7) : start] == "base64,":
        return False
    return not before or not (before in "/\\.:~<%&=-_*" or (before.isascii() and before.isalnum()))


def _segments(surface: str) -> list[str]:
    return [part for part in surface.lower().partition("?")[0].split("/") if part]


def _in_file_system(clean: Clean, around: Surroundings, start: int, end: int) -> bool:
    """True for a path of two segments or more under a folder of the file system, unless it was asked of a server."""
    segments = _segments(clean.text[start:end])
    if len(segments) < 2 or segments[0] not in _data.suffixes("folders") or "?" in clean.text[start:end]:
        return False
    return not _requested(clean, around, start)


def _requested(clean: Clean, around: Surroundings, start: int) -> bool:
    if clean.text[max(0, start - 5) : start].strip(" `") in {"GET", "POST", "PUT", "HEAD"}:
        return True
    return bool(around.cue("request", max(0, start - _CUE), start))


def _of_address(clean: Clean, around: Surroundings, start: int, end: int) -> bool:
    surface = clean.text[start:end]
    segments = _segments(surface)
    asked = bool(around.cue("path", max(0, start - _CUE), start))
    if not segments or (segments[0] in _data.suffixes("folders") and not _requested(clean, around, start)):
        return False
    if all(part.isdigit() for part in segments) and len(segments) < 3:
        return asked
    if len(segments) > 1 or "?" in surface:
        return True
    return asked or segments[0].endswith(tuple(_data.suffixes("pages")))
