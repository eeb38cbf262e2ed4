"""Packaged language data: one folder for each language, with `neutral` for those that have none."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from geppo import shipped
from geppo.errors import DataError

NEUTRAL = "neutral"
"""The folder with the rules for a language that has none of its own."""


@lru_cache(maxsize=256)
def code(language: str) -> str:
    """The folder name of a language tag: `zh-Hans-CN` is `zh`; anything that is no plain tag is neutral."""
    head = language.strip().lower().replace("_", "-").partition("-")[0]
    return head if head.isascii() and head.isalpha() else NEUTRAL


@cache
def table(language: str, name: str) -> Mapping[str, Any]:
    """The data file `name` of a language (a folder name), or an empty table where the language does not have it.

    Raises DataError where the file is no TOML.
    """
    folder = resources.files("geppo.language").joinpath(language)
    file = folder.joinpath(f"{name}.toml")
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    try:
        return shipped.loads(text, folder)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"language/{language}/{name}.toml: expected TOML, got: {error}") from error


def own_or_neutral(language: str, name: str) -> Mapping[str, Any]:
    """A language's own file, or the neutral one."""
    return table(language, name) or table(NEUTRAL, name)


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have a folder of their own, sorted."""
    home = resources.files("geppo.language")
    return tuple(
        sorted(
            entry.name
            for entry in home.iterdir()
            if entry.name != NEUTRAL and entry.is_dir() and entry.joinpath("language.toml").is_file()
        )
    )


def section(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """A table inside a file, empty where it is missing. Raises DataError where something else stands there."""
    here: Any = data
    for name in path:
        here = here.get(name, {})
        if not isinstance(here, Mapping):
            raise DataError(f"[{'.'.join(path)}]: expected a table, got {type(here).__name__}")
    return dict(here)


def words(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, empty where it is missing. Raises DataError where something else stands there."""
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DataError(f"{name}: expected a list of texts, got {value!r}")
    return tuple(value)


def text(data: Mapping[str, Any], name: str) -> str:
    """A text, empty where it is missing. Raises DataError where something else stands there."""
    value = data.get(name, "")
    if not isinstance(value, str):
        raise DataError(f"{name}: expected a text, got {value!r}")
    return value


def integers(data: Mapping[str, Any]) -> dict[str, int]:
    """A table from words to whole numbers. Raises DataError for any other value."""
    for word, value in data.items():
        if not isinstance(value, int):
            raise DataError(f"{word}: expected a whole number, got {value!r}")
    return dict(data)
