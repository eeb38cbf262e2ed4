"""Settings: every threshold with unit, meaning, default and origin, in `settings.toml`; a workspace overrides values.

The packaged file is the reference list. A workspace's `geppo.toml` may set any of them under `[settings]`; an unknown
name or a value of another type is an error that names the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geppo import shipped
from geppo.errors import DataError, UsageError

Value = float | int | str | bool

WORKSPACE_FILE = "geppo.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as documented in `settings.toml`."""

    name: str
    default: Value
    unit: str
    meaning: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Values in force. Ask with the type that the caller needs."""

    known: Mapping[str, Setting]
    values: Mapping[str, Value]

    def _value(self, name: str) -> Value:
        if name not in self.known:
            raise DataError(f"setting {name!r} is not in settings.toml; add it there with unit, meaning and origin")
        return self.values.get(name, self.known[name].default)

    def number(self, name: str) -> float:
        """A real-valued setting."""
        return float(self._value(name))

    def integer(self, name: str) -> int:
        """A whole-number setting."""
        return int(self._value(name))

    def text(self, name: str) -> str:
        """A text setting."""
        return str(self._value(name))

    def flag(self, name: str) -> bool:
        """A setting that is on or off."""
        return self._value(name) is True


def _known() -> dict[str, Setting]:
    raw = shipped.table("geppo", "settings.toml")
    return {
        name: Setting(name=name, default=row["default"], unit=row["unit"], meaning=row["meaning"], origin=row["origin"])
        for name, row in raw.items()
    }


def load(workspace_file: Path | None = None) -> Settings:
    """Read the packaged settings and, if given, the overrides in a workspace's `geppo.toml`.

    The table `[llm]` is the same as `[settings]` with `llm.` before each name.

    Raises UsageError for an unknown name, a wrong type or a file that is no TOML.
    """
    known = _known()
    if workspace_file is None:
        return Settings(known=known, values={})
    raw = _tables(workspace_file)
    values: dict[str, Value] = {}
    for name, value in _given(raw, workspace_file).items():
        if name not in known:
            raise UsageError(f"{workspace_file}: unknown setting {name!r}; `geppo doctor` lists the known ones")
        default = known[name].default
        # A bool is an int in Python, and `seed = true` is a mistake.
        switch = isinstance(default, bool) or isinstance(value, bool)
        number = isinstance(default, int | float) and isinstance(value, int | float)
        if not (type(value) is type(default) if switch else number or isinstance(value, type(default))):
            raise UsageError(f"{workspace_file}: {name} should be {type(default).__name__}, got {type(value).__name__}")
        values[name] = value
    return Settings(known=known, values=values)


def _given(raw: dict[str, Any], workspace_file: Path) -> dict[str, Any]:
    """What a workspace sets, by the full names of the settings."""
    out: dict[str, Any] = {}
    for table, prefix in (("settings", ""), ("llm", "llm.")):
        rows = raw.get(table, {})
        if not isinstance(rows, dict):
            raise UsageError(f"{workspace_file}: {table}: expected a table, [{table}], got {type(rows).__name__}")
        for name, value in rows.items():
            if prefix + name in out:
                raise UsageError(f"{workspace_file}: {prefix + name} is set twice, in [settings] and in [{table}]")
            out[prefix + name] = value
    return out


def _tables(workspace_file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(workspace_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{workspace_file}: expected a TOML file, got: {error}") from error


def store_url(workspace_file: Path) -> str:
    """`url` under `[store]` of a workspace's `geppo.toml`, empty where there is none.

    Raises UsageError for anything but the address of a PostgreSQL database.
    """
    table = _tables(workspace_file).get("store", {})
    url = table.get("url", "") if isinstance(table, dict) else None
    if not isinstance(url, str) or (url and not url.startswith(("postgresql://", "postgres://"))):
        raise UsageError(f"{workspace_file}: [store] url: expected postgresql://user@host/database, got {url!r}")
    return url


def workspace(start: Path) -> Path | None:
    """The nearest folder upward from `start` that holds a `geppo.toml`, or None."""
    for folder in (start, *start.parents):
        if (folder / WORKSPACE_FILE).is_file():
            return folder
    return None
