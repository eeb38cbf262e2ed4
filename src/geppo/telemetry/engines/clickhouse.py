"""ClickHouse in this process (chdb), with the SQL that Ibis compiles for ClickHouse."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.telemetry.engines import Row, needs
from geppo.telemetry.expressions import build

ENGINE = "clickhouse"
_EVENTS = """
SELECT toUnixTimestamp64Micro(ts) AS ts_us, assumeNotNull("id.orig_h") AS orig_h, "id.orig_p" AS orig_p,
       assumeNotNull("id.resp_h") AS resp_h, "id.resp_p" AS resp_p, proto, orig_bytes, resp_bytes
FROM file('{path}', Parquet) WHERE NOT copy
"""


def rows(name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """See `geppo.telemetry.engines`. Raises UsageError for a path that ClickHouse would take for a pattern."""
    try:
        import ibis
        from chdb.session import Session
    except ImportError as error:
        raise needs(ENGINE, error) from error
    paths = [str(path.resolve()) for path in files]
    odd = next((path for path in paths if set(path) & set("{}*?',\\")), None)
    if odd is not None:
        raise UsageError(f"{odd}: the engine clickhouse takes {{}}*?', in a path for a pattern; rename it")
    events = " UNION ALL ".join(_EVENTS.format(path=path) for path in paths)
    sql = ibis.to_sql(build(name), dialect="clickhouse")
    limit = settings.integer("telemetry.clickhouse_bytes")
    with tempfile.TemporaryDirectory(dir=settings.text("telemetry.temp_directory") or None) as folder:
        session = Session(folder)
        try:
            session.query(f"CREATE VIEW events AS {events}")
            answer = str(session.query(f"{sql} SETTINGS max_memory_usage = {limit}", "JSONCompactEachRow"))
        finally:
            session.close()
    return [tuple(int(value) if isinstance(value, str) and _whole(value) else value for value in json.loads(line))
            for line in answer.splitlines()]  # fmt: skip


def _whole(text: str) -> bool:
    """ClickHouse prints 64-bit numbers as JSON text; addresses hold a dot or a colon."""
    return text.removeprefix("-").isdigit()
