"""Services as Parquet with the canonical names (`geppo.model.telemetry.SERVICE`)."""

from __future__ import annotations

from geppo.telemetry.columnar import parquet
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import SERVICE_TABLE, Layout, PassOver
from geppo.telemetry.source import Head

FORMAT = "parquet"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A Parquet file with a time, an address and a port."""
    return parquet(head, SERVICE_TABLE, columns(__package__)["canonical"], FORMAT)
