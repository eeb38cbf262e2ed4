"""Data files that ship with geppo, parsed when the package was made: TOML is slow to parse at every start.

`tools/compile_rules.py` writes a `tables.json.gz` into each folder of data that reading needs. It keeps what a file
says by the SHA-256 of its text, so that an edited file always counts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

FILE = "tables.json.gz"


def table(package: str, name: str) -> dict[str, Any]:
    """What a TOML file of a package says; the caller may change it."""
    folder = resources.files(package)
    return loads(folder.joinpath(name).read_text(encoding="utf-8"), folder)


def loads(text: str, folder: Traversable) -> dict[str, Any]:
    """What a TOML file of a folder says, given its text; the caller may change it. Raises tomllib.TOMLDecodeError."""
    place = str(folder)
    if place not in _KEPT:
        _KEPT[place] = _kept(folder)
    kept = _KEPT[place].get(fingerprint(text))
    made: dict[str, Any] = tomllib.loads(text) if kept is None else json.loads(kept)
    return made


def fingerprint(text: str) -> str:
    """SHA-256 of a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


_KEPT: dict[str, dict[str, str]] = {}
"""By the place of the folder."""


def _kept(folder: Traversable) -> dict[str, str]:
    source = folder.joinpath(FILE)
    found: dict[str, str] = json.loads(gzip.decompress(source.read_bytes())) if source.is_file() else {}
    return found
