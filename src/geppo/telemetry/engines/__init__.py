"""Engines that compute the shared expressions over canonical Parquet: one module each.

A member has `ENGINE`, its name, and

    rows(name: str, files: Sequence[Path], settings: Settings) -> list[tuple[int | str, ...]]
    write(names: Sequence[str], files: Sequence[Path], known: Path | None, out: Path, settings: Settings) -> None

`rows` gives the rows of the expression `name` (`geppo.telemetry.expressions`) over Parquet files of
`geppo.telemetry.canonical`, in the order of its key, equal on every engine. `write` puts the rows of expressions of
`geppo.telemetry.legs` into Parquet files below `out/NAME/`, by `bucket` where the expression is parted, in no order;
`known` is a Parquet file with the columns `legs.KNOWN`, not needed for `addresses`. What an engine needs is imported
when it is called; where it is missing, UsageError says what to install.
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


def _engine(engine: str) -> ModuleType:
    known = engines()
    if engine not in known:
        raise UsageError(f"engine {engine!r}: expected one of {', '.join(sorted(known))}")
    return known[engine]


def rows(engine: str, name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """The rows of an expression on the engine of that name. Raises UsageError for an unknown or missing engine."""
    made: list[Row] = _engine(engine).rows(name, files, settings)
    return made


def write(
    engine: str, names: Sequence[str], files: Sequence[Path], known: Path | None, out: Path, settings: Settings
) -> None:
    """Write expressions of `geppo.telemetry.legs` on the engine of that name; raises as `rows` does."""
    _engine(engine).write(names, files, known, out, settings)


def needs(engine: str, error: ImportError) -> UsageError:
    """What to say when an engine's library is not there."""
    return UsageError(f"engine {engine} needs {error.name}; install geppo with the extra: pip install 'geppo[scale]'")
