"""The slow way for files that the engine refuses as they are, one line after the other.

Reads what a broken archive still gives, leaves out lines that are too long or hold a NUL byte, replaces bytes that are
no UTF-8, and cuts a file where its layout changes, so that each piece can be read the fast way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from geppo.telemetry.report import Sample
from geppo.telemetry.source import DAMAGE, Source, unpacked

_CHUNK = 1 << 20
_FIELDS = b"#fields"
_KEPT = (b"#separator", b"#set_separator", b"#empty_field", b"#unset_field", b"#path")
"""Zeek's header lines that hold for all pieces of a log."""


@dataclass(slots=True)
class Mended:
    """The pieces of a file, and what was found on the way."""

    pieces: list[Path] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    bad: int = 0
    replaced: int = 0
    damage: str = ""


def lines(stream: BinaryIO, most: int, mended: Mended) -> Iterator[tuple[int, bytes, bool]]:
    """(number, line without its end, whole) of each line; of a line longer than `most` bytes only the beginning."""
    number, rest, cut = 1, b"", False
    while True:
        try:
            chunk = stream.read1(_CHUNK) if hasattr(stream, "read1") else stream.read(_CHUNK)
        except DAMAGE as error:
            mended.damage = str(error) or type(error).__name__
            chunk = b""
        parts = (rest + chunk).split(b"\n")
        rest = parts.pop()
        for part in parts:
            yield number, part, not cut and len(part) <= most
            number, cut = number + 1, False
        if len(rest) > most:
            rest, cut = rest[:200], True
        if not chunk:
            break
    if rest and not mended.damage:
        yield number, rest, not cut


def mend(source: Source, compression: str, folder: Path, *, most: int, samples: int) -> Mended:
    """Write the readable lines of a file to pieces in `folder`."""
    mended = Mended()
    out: BinaryIO | None = None
    kept: dict[bytes, bytes] = {}
    fields = b""
    with unpacked(source.path, compression) as stream:
        for number, line, whole in lines(stream, most, mended):
            if not whole or b"\0" in line:
                _refuse(mended, number, line, f"longer than {most} bytes" if not whole else "holds a NUL byte", samples)
                continue
            line = line.removesuffix(b"\r")
            if line.startswith(_FIELDS) and line != fields:
                fields = line
                out = _next(mended, folder, out, [*kept.values(), fields])
                continue
            key = next((key for key in _KEPT if line.startswith(key)), None)
            if key is not None:
                kept[key] = line
                continue
            if out is None:
                out = _next(mended, folder, out, list(kept.values()))
            out.write(_utf8(line, mended) + b"\n")
    if out is not None:
        out.close()
    return mended


def _refuse(mended: Mended, number: int, line: bytes, reason: str, samples: int) -> None:
    mended.bad += 1
    if len(mended.samples) < samples:
        text = line[:200].decode("utf-8", errors="replace").replace("\0", "\\0")
        mended.samples.append(Sample(line=number, reason=reason, text=text))


def _next(mended: Mended, folder: Path, out: BinaryIO | None, above: list[bytes]) -> BinaryIO:
    """A new piece that begins with the lines that hold for it."""
    if out is not None:
        out.close()
    path = folder / f"piece-{len(mended.pieces):04d}"
    mended.pieces.append(path)
    piece = path.open("wb")
    piece.writelines(line + b"\n" for line in above)
    return piece


def _utf8(line: bytes, mended: Mended) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        mended.replaced += 1
        return line.decode("utf-8", errors="replace").encode()
    return line


def numbers(source: Source, compression: str, wanted: set[str], most: int) -> dict[str, int]:
    """The numbers of the first lines that begin as each of `wanted` (200 characters at most) does."""
    found: dict[str, int] = {}
    scratch = Mended()
    with unpacked(source.path, compression) as stream:
        for number, line, _ in lines(stream, most, scratch):
            shown = line[:1000].removesuffix(b"\r").partition(b"\0")[0].decode("utf-8", errors="replace")[:200]
            if shown in wanted:
                found.setdefault(shown, number)
                if len(found) == len(wanted):
                    break
    return found
