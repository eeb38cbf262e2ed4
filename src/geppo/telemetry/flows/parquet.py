"""Flows as Parquet with Zeek's field names; `ts` as a time, with or without zone (UTC), or as epoch seconds."""

from __future__ import annotations

from geppo.telemetry.columnar import parquet
from geppo.telemetry.formats import Hints, columns
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver
from geppo.telemetry.source import Head

FORMAT = "parquet"


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A Parquet file with both ends, a time and a protocol."""
    return parquet(head, FLOW_TABLE, columns(__package__)["parquet"], FORMAT)
