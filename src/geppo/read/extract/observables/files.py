"""Paths of Windows: behind a drive, a variable of the environment, or the name of a server.

The names of files and hosts in them are found as well, by `hosts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data, segments
from geppo.read.extract.observables._candidate import Candidate, Taken, word_byte
from geppo.read.extract.observables.refang import Clean


def find(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Every path of Windows. Nothing is marked as taken."""
    if "\\" not in clean.text and ":/" not in clean.text:
        return
    done = 0
    for match in _data.pattern("system", "anchor").finditer(clean.view):
        start = match.start()
        if start < done or not _opens(clean, start) or not taken.free(start, start + 2):
            continue
        if clean.text[start + 1 : start + 3] == ":/":
            end = _slashes(clean, start)
        else:
            end = segments.end_of(
                clean, start, clean.text.index("\\", start + 2 * clean.text.startswith("\\\\", start))
            )
        value = clean.text[start:end]
        if not _path(value):
            continue
        done = end
        prefix = "\\\\" if value.startswith("\\\\") else ""
        yield Candidate(
            type=ObservableType.FILE_PATH, value=prefix + segments.single(value[len(prefix) :]), start=start, end=end
        )


def _opens(clean: Clean, start: int) -> bool:
    before = clean.text[start - 1 : start] if start else ""
    return not word_byte(clean.view, start - 1) and before not in {"\\", "/", ":", "_"}


def _slashes(clean: Clean, start: int) -> int:
    match = _data.pattern("host", "path").match(clean.view, start + 2, min(len(clean.view), start + segments.LONGEST))
    surface = clean.text[start : match.end()] if match else ""
    kept = surface[: len(surface) if surface.isascii() else next(i for i, c in enumerate(surface) if c > "\x7f")]
    return start + len(kept.rstrip(".,;:!?"))


def _path(value: str) -> bool:
    """A drive with a folder, or a server with one; escapes of program text and patterns are none."""
    if value.startswith("\\\\"):
        server, _, rest = value[2:].partition("\\")
        code = server[:1] in "xu" and all(char in "0123456789abcdefABCDEF" for char in server[1:])
        return bool(rest) and not code and any(char.isalnum() for char in server)
    _, _, rest = value.replace("/", "\\").partition("\\")
    return any(char.isalnum() for char in rest)
