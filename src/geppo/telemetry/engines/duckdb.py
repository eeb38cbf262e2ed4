"""DuckDB on this machine, with the compiled SQL; needs no Ibis."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from geppo.config import Settings
from geppo.telemetry.connect import connect
from geppo.telemetry.engines import Row
from geppo.telemetry.expressions import compiled
from geppo.telemetry.layout import quoted

ENGINE = "duckdb"
_EVENTS = """
CREATE TEMP VIEW events AS
SELECT epoch_us(ts) AS ts_us, "id.orig_h" AS orig_h, "id.orig_p" AS orig_p, "id.resp_h" AS resp_h,
       "id.resp_p" AS resp_p, proto, orig_bytes, resp_bytes
FROM read_parquet([{files}], hive_partitioning = false) WHERE NOT copy
"""


def rows(name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """See `geppo.telemetry.engines`."""
    with tempfile.TemporaryDirectory(dir=settings.text("telemetry.temp_directory") or None) as spill:
        connection = connect(settings, Path(spill))
        try:
            listed = ", ".join(quoted(str(path).replace("[", "[[]")) for path in files)
            connection.execute(_EVENTS.format(files=listed))
            return connection.execute(compiled(name)).fetchall()
        finally:
            connection.close()
