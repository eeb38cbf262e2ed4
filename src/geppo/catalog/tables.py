"""Strict reading of the catalogue's data files: an unknown or missing field is an error that names file and entry."""

from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from geppo.errors import DataError

LANGUAGES = ("en", "ja", "zh", "ru", "ko")
COMPILED = "compiled.json.gz"


def packaged(name: str) -> Traversable:
    """A data file of the catalogue."""
    return resources.files("geppo.catalog").joinpath("data", name)


class Row:
    """One entry of a data file. Every getter takes its field away; `finish` refuses what is left."""

    def __init__(self, file: str, label: str, data: Mapping[str, Any]) -> None:
        self.place = f"{file}: {label}"
        self._data = dict(data)

    def wrong(self, message: str) -> DataError:
        """An error that names this entry."""
        return DataError(f"{self.place}: {message}")

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not empty."""
        value = self._data.pop(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(f"{name} should be a text that is not empty, got {value!r}")
        return value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """A text out of a fixed list."""
        value = self.text(name)
        if value not in allowed:
            raise self.wrong(f"{name} should be one of {', '.join(allowed)}, got {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty where it is left out."""
        value = self._data.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(f"{name} should be a list of texts that are not empty, got {value!r}")
        return tuple(value)

    def number(self, name: str) -> float:
        """A number that must be there."""
        value = self._data.pop(name, None)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"{name} should be a number, got {value!r}")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false; false where it is left out."""
        value = self._data.pop(name, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{name} should be true or false, got {value!r}")
        return value

    def drop(self, *names: str) -> None:
        """Let texts pass that the catalogue does not use."""
        for name in names:
            self.text(name, default="")

    def day(self, name: str) -> date | None:
        """A date as YYYY-MM-DD (text or TOML date), None where it is empty or left out."""
        value = self._data.pop(name, "")
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value) if value else None
        except (TypeError, ValueError) as error:
            raise self.wrong(f"{name} should be a date as YYYY-MM-DD, got {value!r}") from error

    def inner(self, name: str) -> Row:
        """A table inside the entry, empty where it is left out."""
        value = self._data.pop(name, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{name} should be a table, got {value!r}")
        return Row(self.place, name, value)

    def by_language(self, name: str) -> dict[str, tuple[str, ...]]:
        """Lists of texts by language code."""
        table = self.inner(name)
        lists = {language: table.texts(language) for language in LANGUAGES}
        table.finish()
        return lists

    def names(self) -> tuple[str, ...]:
        """Names of the fields that are left, for a table whose field names are data themselves."""
        return tuple(self._data)

    def finish(self) -> None:
        """Refuse fields that nobody asked for."""
        if self._data:
            raise self.wrong(f"unknown field {', '.join(sorted(self._data))}")


class Folder:
    """A folder of catalogue files.

    Parsing the TOML files takes most of the start, so tools/compile_catalog.py keeps what they say, with the hash of
    each file, in `compiled.json.gz`. A file whose hash differs is parsed: an edited file always counts.
    """

    def __init__(self, home: Traversable) -> None:
        self.home = home
        self._tables: dict[str, dict[str, Any]] = {}
        compiled = home.joinpath(COMPILED)
        self._compiled: Mapping[str, Any] = _compiled(compiled.read_bytes()) if compiled.is_file() else {}

    def ready(self, name: str) -> Mapping[str, Any]:
        """What the compiled file keeps under a name that is no file, empty where it keeps nothing."""
        found: Mapping[str, Any] = self._compiled.get(name, {})
        return found

    def tables(self, name: str) -> dict[str, Any]:
        """What a TOML file holds, empty where there is no such file. Raises DataError for a file that is no TOML."""
        if name not in self._tables:
            path = self.home.joinpath(name)
            data = path.read_bytes() if path.is_file() else b""
            known = self._compiled.get(name, {})
            if known.get("sha256") == hashlib.sha256(data).hexdigest():
                self._tables[name] = known["tables"]
            else:
                self._tables[name] = parsed(name, data)
        return self._tables[name]

    def entries(self, name: str, table: str) -> Iterator[Row]:
        """The entries `[[table]]` of a TOML file. Raises DataError where an id is there twice."""
        return entries(name, self.tables(name), table)


@lru_cache(maxsize=1)
def _compiled(data: bytes) -> Mapping[str, Any]:
    """Kept, because names and techniques are asked for one after the other. Nobody may change it."""
    try:
        found: dict[str, Any] = json.loads(gzip.decompress(data))
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{COMPILED}: expected gzip of JSON, got: {error}") from error
    return found


def parsed(name: str, data: bytes) -> dict[str, Any]:
    """The tables of a TOML file. Raises DataError, with the file's name, for bytes that are no TOML."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{name}: expected a TOML file, got: {error}") from error


def entries(name: str, tables: Mapping[str, Any], table: str) -> Iterator[Row]:
    """The entries `[[table]]` of parsed tables. Raises DataError where an id is there twice."""
    seen: set[str] = set()
    for number, data in enumerate(tables.get(table, []), start=1):
        label = f"[[{table}]] {data.get('id') or data.get('name') or data.get('form') or number}"
        if "id" in data and data["id"] in seen:
            raise DataError(f"{name}: {label}: the id is there twice")
        seen.add(data.get("id", ""))
        yield Row(name, label, data)
