"""Files as they lie there: found below a path, unpacked as they are read, and looked at by their first bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from geppo.errors import InputError, UsageError
from geppo.model.report import Gap

HEAD_BYTES = 1 << 18
"""How much of a file is looked at to tell its format: enough for a long header and some records."""

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What the unpackers raise on damaged input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file: `name` as the user would find it, `path` where it lies."""

    name: str
    path: Path


@dataclass(frozen=True, kw_only=True)
class Head:
    """The first bytes of a file, unpacked. `whole` says that the file ends there."""

    source: Source
    compression: str
    data: bytes
    whole: bool

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Complete lines of the head, decoded; bytes that are no UTF-8 are replaced."""
        text = self.data.decode("utf-8-sig", errors="replace")
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        return tuple(lines if self.whole and lines[-1] else lines[:-1])


def find(paths: list[Path]) -> tuple[list[Source], list[Gap]]:
    """Files at or below `paths`, each once, sorted by name; hidden ones and links out of the folder are left out.

    Raises UsageError for a path that does not exist.
    """
    found: dict[Path, Source] = {}
    gaps: list[Gap] = []
    for root in paths:
        if not root.exists():
            raise UsageError(f"{root}: expected a file or folder there; check the path")
        for path in [root] if root.is_file() else _below(root):
            real = path.resolve()
            if root.is_dir() and not real.is_relative_to(root.resolve()):
                gaps.append(Gap(source=str(path), kind="outside", message=f"{path}: the link leads out of {root}."))
            elif path.is_file():
                found.setdefault(real, Source(name=str(path), path=real))
    return sorted(found.values(), key=lambda source: source.name), gaps


def _below(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(names) if not name.startswith("."))


def unpacked(path: Path, compression: str) -> BinaryIO:
    """The bytes of a file as a stream. Raises InputError for a compression that is not read here."""
    if compression == "zstd":
        raise InputError("compression", f"{path}: zstd is not read here; unpack it first (zstd -d)")
    openers = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    opener = openers.get(compression)
    return opener(path, "rb") if opener else path.open("rb")  # type: ignore[operator]


def head(source: Source) -> Head:
    """Look at a file. Raises InputError when it cannot be read or unpacked at all."""
    try:
        with source.path.open("rb") as file:
            start = file.read(8)
        compression = next((name for magic, name in _MAGIC if start.startswith(magic)), "none")
        with unpacked(source.path, compression) as stream:
            data, whole = _most(stream)
    except PermissionError as error:
        raise InputError("unreadable", f"{source.name}: {error.strerror}; check who may read it") from error
    except DAMAGE as error:
        raise InputError("damaged", f"{source.name}: nothing could be unpacked: {error}") from error
    return Head(source=source, compression=compression, data=data, whole=whole)


def _most(stream: BinaryIO) -> tuple[bytes, bool]:
    """Up to HEAD_BYTES, and less from a packed file that breaks off."""
    data = b""
    while len(data) < HEAD_BYTES:
        try:
            more = stream.read1(1 << 14) if hasattr(stream, "read1") else stream.read(1 << 14)
        except DAMAGE:
            if not data:
                raise
            return data, False
        if not more:
            return data, True
        data += more
    return data, False
