# ruff: noqa: S608 - SQL is put together from sections and literals that quoted() made
"""The stage made by another engine: addresses, legs and counted sides come as Parquet, the detectors stay here.

What grows with the records (reading them, giving each end its host, counting sides) is done where the records are; what
is left reads the legs of one host bucket after the other, from files that are parted by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.relay.detect._sql import sections
from geppo.telemetry.engines import write
from geppo.telemetry.layout import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """An engine by name, the canonical Parquet files that it reads, and an empty folder that it can write to."""

    engine: str
    files: tuple[Path, ...]
    folder: Path
    settings: Settings


def texts(connection: Any, place: Elsewhere) -> None:
    """The view `seen`: the addresses of the records. Raises UsageError where the engine is missing."""
    write(place.engine, ["addresses"], place.files, None, place.folder, place.settings)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW seen AS SELECT address AS text FROM read_parquet({_files(place, 'addresses')})"
    )


def legs(connection: Any, place: Elsewhere, buckets: int) -> None:
    """`stage.leg` and `stage.pair` as the engine makes them, with the hosts of the table `host`."""
    part = sections("_stage.sql")
    known = place.folder / "known.parquet"
    connection.execute(part["known"], {"buckets": buckets})
    connection.execute(f"COPY known TO {quoted(str(known))} (FORMAT parquet)")
    write(place.engine, ["legs", "sides"], place.files, known, place.folder, place.settings)
    if next((place.folder / "legs").rglob("*.parquet"), None) is None:
        # No host of the house occurs, so that no file was written: the stage made here is as empty and has the columns.
        connection.execute(part["leg"], {"buckets": buckets})
        return
    for name in ("legs", "sides"):
        connection.execute(part[f"{name}_elsewhere"].replace("$files", _files(place, name)))


def _files(place: Elsewhere, name: str) -> str:
    return quoted(str(place.folder / name / "**" / "*.parquet").replace("[", "[[]"))
