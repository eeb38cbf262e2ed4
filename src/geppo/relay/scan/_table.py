"""The working table of a scan: one row an endpoint and stack, in a database of its own that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from geppo.config import Settings
from geppo.relay.scan._data import authority_pattern, label_has, ordinary_ports, sql
from geppo.telemetry.engine import services as open_engine
from geppo.telemetry.report import Report


class Row(NamedTuple):
    """An endpoint with its stack. Texts are 64-bit hashes of the values, None where the record has none."""

    id: int
    ip: str
    port: int
    cert: int | None
    jarm: int | None
    banner: int | None
    ja4x: int | None
    issuer: int | None
    subject: int | None
    begins: int | None
    days: int | None
    asn: int | None
    country: str | None
    device: str | None
    first_seen: Any
    last_seen: Any
    issuer_mask: int | None
    issuer_fine: int | None
    issuer_coarse: int | None
    public: bool
    odd: bool


ROW_COLUMNS = ", ".join(f"e.{name}" for name in Row._fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowded:
    """An address with so many open ports that it answers everything: a honeypot or a sinkhole."""

    ip: str
    ports: int
    lowest: int
    first_seen: Any
    last_seen: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The tables `endpoint` and `name` on a connection, with what is known of the whole."""

    connection: Any
    endpoints: int
    hosts: int
    odd_share: float
    crowded: tuple[Crowded, ...]
    first_seen: Any
    last_seen: Any

    def all(self, query: str, values: object = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = self.connection.execute(query, values).fetchall()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A calendar month of records: its begin, the begin of the next, and the last record in it."""

    begin: datetime
    end: datetime
    last: datetime


def months(paths: Iterable[Path], settings: Settings) -> list[Window]:
    """The calendar months (UTC) that the records cover, oldest first."""
    with open_services(paths, settings) as source:
        rows = source.connection.execute(
            "SELECT date_trunc('month', ts)::TIMESTAMP AS begin, max(ts) FROM record GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return [
        Window(
            begin=begin.replace(tzinfo=UTC),
            end=(begin.replace(day=28) + timedelta(days=4)).replace(day=1, tzinfo=UTC),
            last=last.replace(tzinfo=UTC),
        )
        for begin, last in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where `record` (columns of `geppo.model.telemetry.SERVICE`) can be asked, and what became of each file."""

    connection: Any
    report: Report


@contextmanager
def open_services(paths: Iterable[Path], settings: Settings, window: Window | None = None) -> Iterator[Source]:
    """Service records for as long as the block runs; with a window, only those inside it.

    Working tables go to a database file in a temporary folder, which DuckDB keeps compressed, so that memory stays
    under `telemetry.memory`. Raises UsageError for a path that is not there.
    """
    with open_engine(list(paths), settings) as engine, TemporaryDirectory(prefix="geppo-scan-") as folder:
        connection = engine.connection
        connection.execute(f"ATTACH '{Path(folder) / 'scan.duckdb'}' AS work")
        # Trying these on each column costs a fifth of the writing, and addresses hardly shrink.
        connection.execute("SET disabled_compression_methods = 'fsst,dict_fsst'")
        connection.execute("SET search_path = 'work.main,memory.main'")
        # Scanners write a name with and without a space after its commas.
        plain = ", ".join(f"replace({name}, ', ', ',') AS {name}" for name in ("cert_issuer", "cert_subject"))
        inside = f"WHERE ts >= '{window.begin:%Y-%m-%d}' AND ts < '{window.end:%Y-%m-%d}'" if window else ""
        connection.execute(f"CREATE TEMP VIEW record AS SELECT * REPLACE ({plain}) FROM service {inside}")  # noqa: S608
        yield Source(connection=connection, report=engine.report)


def prepare(connection: Any, settings: Settings) -> Scan:
    """Build the working tables from the view `record`; addresses that answer on everything are set aside."""
    connection.execute("CREATE TABLE ordinary_port AS SELECT unnest(?::INTEGER[]) AS port", [sorted(ordinary_ports())])
    labels = [row[0] for row in connection.execute("SELECT DISTINCT device FROM record WHERE device <> ''").fetchall()]
    edge = sorted(label for label in labels if label_has(label, "edge"))
    connection.execute("CREATE TABLE edge_device AS SELECT unnest(?::VARCHAR[]) AS device", [edge])
    connection.execute(sql("columns.sql").replace("$authority", "'" + authority_pattern().replace("'", "''") + "'"))
    most = settings.integer("relay.scan.crowded")
    crowded = tuple(
        Crowded(ip=ip, ports=ports, lowest=lowest, first_seen=first, last_seen=last)
        for ip, ports, lowest, first, last in connection.execute(
            "SELECT ip, count(DISTINCT port), min(port), min(first_seen), max(last_seen) FROM endpoint "
            "WHERE ip IN (SELECT ip FROM endpoint GROUP BY ip HAVING count(*) >= $most) "
            "GROUP BY ip HAVING count(DISTINCT port) >= $most ORDER BY ip",
            {"most": most},
        ).fetchall()
    )
    if crowded:
        connection.execute("DELETE FROM endpoint WHERE ip IN (SELECT unnest(?))", [[one.ip for one in crowded]])
    total, hosts, odd, first, last = connection.execute(
        "SELECT count(*), approx_count_distinct(ip), count(*) FILTER (odd), min(first_seen), max(last_seen) "
        "FROM endpoint"
    ).fetchone()
    return Scan(
        connection=connection,
        endpoints=total,
        hosts=hosts,
        odd_share=odd / total if total else 0.0,
        crowded=crowded,
        first_seen=first,
        last_seen=last,
    )
