"""DuckDB on this machine, with the compiled SQL; needs no Ibis."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from duckdb import DuckDBPyConnection

from geppo.config import Settings
from geppo.telemetry.connect import connect
from geppo.telemetry.engines import Row
from geppo.telemetry.expressions import compiled
from geppo.telemetry.layout import quoted
from geppo.telemetry.legs import PARTED

ENGINE = "duckdb"
_EVENTS = """
CREATE TEMP VIEW events AS
SELECT epoch_us(ts) AS ts_us, "id.orig_h" AS orig_h, "id.orig_p" AS orig_p, "id.resp_h" AS resp_h,
       "id.resp_p" AS resp_p, proto, orig_bytes, resp_bytes, duration, resp_pkts, conn_state
FROM read_parquet([{files}], hive_partitioning = false) WHERE NOT copy
"""


@contextmanager
def _events(files: Sequence[Path], settings: Settings) -> Iterator[DuckDBPyConnection]:
    """A connection with the view `events` over the files."""
    with tempfile.TemporaryDirectory(dir=settings.text("telemetry.temp_directory") or None) as spill:
        connection = connect(settings, Path(spill))
        try:
            listed = ", ".join(_parquet(path) for path in files)
            connection.execute(_EVENTS.format(files=listed))
            yield connection
        finally:
            connection.close()


def _parquet(path: Path) -> str:
    return quoted(str(path).replace("[", "[[]"))


def rows(name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """See `geppo.telemetry.engines`."""
    with _events(files, settings) as connection:
        return connection.execute(compiled(name)).fetchall()


def write(names: Sequence[str], files: Sequence[Path], known: Path | None, out: Path, settings: Settings) -> None:
    """See `geppo.telemetry.engines`."""
    with _events(files, settings) as connection:
        if known is not None:
            connection.execute(f"CREATE TEMP VIEW known AS FROM read_parquet({_parquet(known)})")
        for name in names:
            folder = out / name
            folder.mkdir(parents=True)
            parted = name in PARTED
            place = folder if parted else folder / "part.parquet"
            how = "FORMAT parquet, COMPRESSION zstd" + (", PARTITION_BY (bucket)" if parted else "")
            connection.execute(f"COPY ({compiled(name)}) TO {quoted(str(place))} ({how})")
