"""Files and folders by path.

Names are paths relative to the folder with forward slashes (a single file: its name), so that two runs from different
places give the same names. Hidden files and folders are skipped. Symbolic links that lead out of the folder are not
followed, and none that lead to folders. Size is checked before a file is opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from geppo.collect import Entry
from geppo.config import Settings
from geppo.model.report import Fetched, Gap

KIND = "folder"


def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """Every file below `entry.place`, sorted by name; gaps: missing, outside, too-large, empty, unreadable."""
    root = Path(entry.place)
    most = settings.integer("collect.max_bytes")
    if root.is_file():
        yield _take(entry, root, root.name, most, now)
        return
    if not root.is_dir():
        kind, expected = (
            ("missing", "a file or folder") if not os.path.lexists(root) else ("unreadable", "a plain file or folder")
        )
        yield Gap(source=entry.name, kind=kind, message=f"{entry.place}: expected {expected} there.")
        return
    for name, path in sorted(_files(root)):
        yield _take(entry, path, name, most, now) if _inside(path, root) else _outside(name)


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(folder)
        for name in names:
            if not name.startswith("."):
                yield (here / name).relative_to(root).as_posix(), here / name


def _inside(path: Path, root: Path) -> bool:
    if not path.is_symlink():
        return True
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _outside(name: str) -> Gap:
    return Gap(
        source=name,
        kind="outside",
        message=f"{name}: a link that leads out of the folder is not followed; copy the file.",
    )


def _take(entry: Entry, path: Path, name: str, most: int, now: datetime) -> Fetched | Gap:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Gap(source=name, kind="unreadable", message=f"{name}: expected a plain file.")
        if status.st_size > most:
            return Gap(
                source=name, kind="too-large", message=f"{name}: {status.st_size} bytes, at most {most} are read."
            )
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        return Gap(source=name, kind="unreadable", message=f"{name}: cannot be read ({error.strerror}).")
    if len(data) > most:
        return Gap(source=name, kind="too-large", message=f"{name}: more than {most} bytes.")
    if not data:
        return Gap(source=name, kind="empty", message=f"{name}: the file is empty.")
    return Fetched(source=entry.name, name=name, data=data, collected=now, declared=entry.declared)
