"""Bytes to text: marks first, then UTF-8, then what the file declares, then a strict trial by frequent characters."""

from __future__ import annotations

import codecs
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import re2

from geppo.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re2.compile(rb"(?i)(?:charset|encoding)\s*=\s*[\"']?\s*([a-z0-9_.:-]{2,40})")
_HEAD = 4096
_SAMPLE = 200_000


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("encodings.toml").read_text(encoding="utf-8"))


def declared_charset(data: bytes) -> str:
    """The encoding that the head of a page or an XML declaration names, or ""."""
    match = _DECLARED.search(data[:_HEAD])
    return match.group(1).decode("ascii").lower() if match else ""


def decode(data: bytes, declared: str = "") -> str:
    """The text of `data`. Raises InputError("encoding") where no encoding fits."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, name) or _refuse(declared)
    if b"\x1b$" in data or b"\x1b(" in data:
        text = _strict(data, "iso2022_jp") or _strict(data, "iso2022_kr")
        if text is not None:
            return text
    text = _strict(data, "utf-8")
    if text is None and declared:
        text = _strict(data, _python_name(declared))
    if text is None:
        text = _by_trial(data)
    return text if text is not None else _refuse(declared)


def _refuse(declared: str) -> str:
    said = f"; the file says {declared}" if declared else ""
    raise InputError("encoding", f"no encoding fits all bytes{said}. Save the file as UTF-8 and add it again.")


def _python_name(declared: str) -> str:
    return str(_table()["alias"].get(declared, declared))


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _by_trial(data: bytes) -> str | None:
    """The trial whose frequent characters make up the largest share; for text that is nearly ASCII, Western."""
    best: tuple[float, str] | None = None
    for trial in _table()["trial"]:
        text = _strict(data, trial["name"])
        if text is None:
            continue
        beyond = [char for char in text[:_SAMPLE] if char > "\x7f"]
        share = sum(char in trial["common"] for char in beyond) / len(beyond) if beyond else 0.0
        if share >= trial["share"] and (best is None or share > best[0]):
            best = (share, text)
    if best is not None:
        return best[1]
    if sum(byte > 0x7F for byte in data) * 20 < len(data):
        return _strict(data, "cp1252")
    return None
