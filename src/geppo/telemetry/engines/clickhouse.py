# ruff: noqa: S608 - SQL is put together from compiled expressions and paths that _plain() let through
"""ClickHouse in this process (chdb), with the SQL that Ibis compiles for ClickHouse."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.telemetry import legs
from geppo.telemetry.engines import Row, needs
from geppo.telemetry.expressions import build

ENGINE = "clickhouse"
_EVENTS = """
SELECT toUnixTimestamp64Micro(ts) AS ts_us, assumeNotNull("id.orig_h") AS orig_h, "id.orig_p" AS orig_p,
       assumeNotNull("id.resp_h") AS resp_h, "id.resp_p" AS resp_p, proto, orig_bytes, resp_bytes,
       duration, resp_pkts, conn_state
FROM file('{path}', Parquet) WHERE NOT copy
"""


@contextmanager
def _session(files: Sequence[Path], settings: Settings) -> Iterator[Any]:
    """A session with the view `events`. Raises UsageError for a path that ClickHouse would take for a pattern."""
    try:
        from chdb.session import Session
    except ImportError as error:
        raise needs(ENGINE, error) from error
    events = " UNION ALL ".join(_EVENTS.format(path=_plain(path)) for path in files)
    with tempfile.TemporaryDirectory(dir=settings.text("telemetry.temp_directory") or None) as folder:
        session = Session(folder)
        try:
            _asked(session, f"CREATE VIEW events AS {events}")
            yield session
        finally:
            session.close()


def _plain(path: Path) -> str:
    text = str(path.resolve())
    if set(text) & set("{}*?',\\"):
        raise UsageError(f"{text}: the engine clickhouse takes {{}}*?', in a path for a pattern; rename it")
    return text


def _sql(expression: Any) -> str:
    try:
        import ibis
    except ImportError as error:
        raise needs(ENGINE, error) from error
    return str(ibis.to_sql(expression, dialect="clickhouse"))


def _limits(settings: Settings) -> str:
    most = settings.integer("telemetry.clickhouse_bytes")
    # Without the second setting a left join fills what has no match with 0 and "", not with null. The others make it
    # write to disk what does not fit, and read no more row groups at once than it has memory for.
    return (
        f"SETTINGS max_memory_usage = {most}, join_use_nulls = 1, max_threads = 2, "
        f"max_bytes_before_external_group_by = {most // 4}, max_bytes_before_external_sort = {most // 4}"
    )


def _asked(session: Any, query: str, form: str = "CSV") -> str:
    """The answer to a query. Raises UsageError with ClickHouse's own words where it refuses."""
    from chdb import ChdbError

    try:
        return str(session.query(query, form))
    except ChdbError as error:
        said = str(error).partition(": (")[0][:300]
        raise UsageError(f"engine {ENGINE}: {said}; give it more memory with telemetry.clickhouse_bytes") from error


def rows(name: str, files: Sequence[Path], settings: Settings) -> list[Row]:
    """See `geppo.telemetry.engines`. Raises UsageError for a path that ClickHouse would take for a pattern."""
    with _session(files, settings) as session:
        answer = _asked(session, f"{_sql(build(name))} {_limits(settings)}", "JSONCompactEachRow")
    return [tuple(int(value) if isinstance(value, str) and _whole(value) else value for value in json.loads(line))
            for line in answer.splitlines()]  # fmt: skip


def write(names: Sequence[str], files: Sequence[Path], known: Path | None, out: Path, settings: Settings) -> None:
    """See `geppo.telemetry.engines`. Raises UsageError for a path that ClickHouse would take for a pattern."""
    with _session(files, settings) as session:
        if known is not None:
            _asked(session, f"CREATE VIEW known AS SELECT * FROM file('{_plain(known)}', Parquet)")
        for name in names:
            folder = out / name
            folder.mkdir(parents=True)
            parted = name in legs.PARTED
            place = f"{_plain(folder)}/{'bucket={_partition_id}/' if parted else ''}all.parquet"
            _asked(
                session,
                f"INSERT INTO FUNCTION file('{place}', Parquet) {'PARTITION BY bucket ' if parted else ''}"
                f"{_sql(legs.build(name))} {_limits(settings)}",
            )


def _whole(text: str) -> bool:
    """ClickHouse prints 64-bit numbers as JSON text; addresses hold a dot or a colon."""
    return text.removeprefix("-").isdigit()
