"""Engines that compute the shared expressions over canonical Parquet: one module each.

A member has `ENGINE`, its name, and

    rows(name: str, files: Sequence[Path], settings: Settings) -> list[tuple[int | str, ...]]

which gives the rows of the expression `name` (`geppo.telemetry.expressions`) over Parquet files of
`geppo.telemetry.canonical`, in the order of its key, equal on every engine. What an engine needs is imported when
`rows` is called; where it is missing, UsageError says what to install.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.registry import family

Row = tuple[int | str, ...]


def engines() -> dict[str, ModuleType]:
    """The engines by name."""
    return {str(member.ENGINE): member for member in family(__name__).members}


def rows(engine: str, name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """The rows of an expression on the engine of that name. Raises UsageError for an unknown or missing engine."""
    known = engines()
    if engine not in known:
        raise UsageError(f"engine {engine!r}: expected one of {', '.join(sorted(known))}")
    made: list[Row] = known[engine].rows(name, files, settings)
    return made


def needs(engine: str, error: ImportError) -> UsageError:
    """What to say when an engine's library is not there."""
    return UsageError(f"engine {engine} needs {error.name}; install geppo with the extra: pip install 'geppo[scale]'")
