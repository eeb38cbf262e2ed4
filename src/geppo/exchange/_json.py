"""JSON from outside, within bounds, with the places at which its parts stand.

A passage must be a verbatim slice of a document's text, so what is read from JSON is read with its offsets. The
standard library's scanner does the reading; this module only walks from part to part.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from geppo.config import Settings
from geppo.errors import InputError

_BLANK = re.compile(r"[ \t\n\r]*")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"a number out of range: {text[:20]}")
    return value


def _never(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_never)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is taken at most: bytes, levels of nesting, parts (objects of a bundle, attributes of an event)."""

    bytes: int
    depth: int
    parts: int

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """The bounds in force."""
        return cls(
            bytes=settings.integer("exchange.most_bytes"),
            depth=settings.integer("exchange.most_depth"),
            parts=settings.integer("exchange.most_parts"),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A value and where it stands in the text; the slice of a text value includes its quotes."""

    value: Any
    start: int
    end: int


def text_of(data: bytes, name: str, bounds: Bounds) -> str:
    """The text of a JSON file. Raises InputError("too-large" or "encoding")."""
    if len(data) > bounds.bytes:
        raise InputError(
            "too-large", f"{name}: {len(data)} bytes of JSON; at most {bounds.bytes} are taken (exchange.most_bytes)"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("encoding", f"{name}: JSON must be UTF-8: {error}") from error


def whole(text: str, name: str, bounds: Bounds) -> Part:
    """The one value of a JSON text. Raises InputError("json" or "too-deep")."""
    try:
        part = _part(text, 0)
        end = _skip(text, part.end)
    except RecursionError as error:
        raise InputError("too-deep", f"{name}: JSON nested deeper than {bounds.depth} levels") from error
    except (ValueError, IndexError) as error:
        raise InputError("json", f"{name}: expected JSON, got: {error}") from error
    if end != len(text):
        raise InputError("json", f"{name}: expected one JSON value, found more at character {end}")
    _check_depth(part.value, name, bounds)
    return part


def _check_depth(value: Any, name: str, bounds: Bounds) -> None:
    level = [value]
    for _ in range(bounds.depth + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        if not inner:
            return
        level = inner
    raise InputError("too-deep", f"{name}: JSON nested deeper than {bounds.depth} levels (exchange.most_depth)")


def _skip(text: str, place: int) -> int:
    match = _BLANK.match(text, place)
    return match.end() if match else place


def _part(text: str, place: int) -> Part:
    start = _skip(text, place)
    value, end = _DECODER.raw_decode(text, start)
    return Part(value, start, end)


def members(text: str, part: Part) -> dict[str, Part]:
    """The members of an object that was read from `text`, with their places; of a name that comes twice the last."""
    found: dict[str, Part] = {}
    place = _skip(text, part.start + 1)
    while text[place] != "}":
        key, place = scanstring(text, place + 1, True)
        inner = _part(text, _skip(text, place) + 1)
        found[key] = inner
        place = _skip(text, inner.end)
        if text[place] == ",":
            place = _skip(text, place + 1)
    return found


def elements(text: str, part: Part) -> Iterator[Part]:
    """The elements of an array that was read from `text`, with their places."""
    place = _skip(text, part.start + 1)
    while text[place] != "]":
        inner = _part(text, place)
        yield inner
        place = _skip(text, inner.end)
        if text[place] == ",":
            place = _skip(text, place + 1)


def inside(text: str, part: Part, value: str) -> tuple[int, int]:
    """Where a text stands inside a quoted text value, as written there; the whole value where it is escaped."""
    found = text.find(value, part.start, part.end) if value else -1
    if found < 0:
        return part.start + 1, part.end - 1
    return found, found + len(value)


MOST_MISSES = 100
"""Values that are sought in vain before none is sought any more: no text is searched again and again."""


def successive(text: str, part: Part, values: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Values that stand one behind the other in a quoted text value, with their places; see `inside`."""
    place, misses = part.start, 0
    for value in values:
        found = text.find(value, place, part.end) if value and misses < MOST_MISSES else -1
        if found < 0:
            misses += 1
            yield value, part.start + 1, part.end - 1
        else:
            place = found + len(value)
            yield value, found, place


def words(value: Any) -> str:
    """A text out of JSON that files can hold: no lone surrogates, no NUL; empty where it is no text."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def texts(value: Any) -> list[str]:
    """The texts of an array."""
    return [words(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []
