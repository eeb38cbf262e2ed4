"""Fields of hostile JSON: of the expected type, or an empty value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

DEEPEST = 60
"""Levels of nesting that are read; formats of reports have fewer than twenty."""


@cache
def sayings() -> dict[str, Any]:
    """`structured.toml`."""
    return tomllib.loads(resources.files("geppo.read.text").joinpath("structured.toml").read_text(encoding="utf-8"))


def depth(raw: Any) -> int:
    """Levels of nesting, counted without recursion and no further than needed."""
    level, here = 0, [raw]
    while here and level <= DEEPEST:
        inner: list[Any] = []
        for one in here:
            inner += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        here, level = inner, level + 1
    return level


def text(raw: Any, *names: str) -> str:
    """The text at a path of fields, or an empty one."""
    for name in names:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    return raw.strip() if isinstance(raw, str) else ""


def rows(raw: Any, *names: str) -> Iterator[Mapping[str, Any]]:
    """The objects of the list at a path of fields."""
    for name in names:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    if isinstance(raw, list):
        yield from (one for one in raw if isinstance(one, Mapping))


def texts(raw: Any, name: str) -> tuple[str, ...]:
    """The texts of the list in a field."""
    found = raw.get(name) if isinstance(raw, Mapping) else None
    return (
        tuple(one.strip() for one in found if isinstance(one, str) and one.strip()) if isinstance(found, list) else ()
    )


def day(raw: str) -> date | None:
    """The day of an ISO date or time."""
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return None


def said(value: date) -> str:
    """A day as English text prints it."""
    return f"{value.day} {value:%B} {value.year}"


def sentence(raw: str) -> str:
    """One line that ends like a sentence; empty stays empty."""
    line = " ".join(raw.split())
    return line if not line or line.endswith((".", "!", "?", "。")) else f"{line}."
