"""The stage: passes over buckets change nothing, and the engine's memory is as it was afterwards."""

from __future__ import annotations

from typing import Any

import duckdb

from geppo import config
from geppo.config import Settings
from geppo.relay.detect._quality import conditions
from geppo.relay.detect._stage import staged
from tests.relay.scenes import load, make, rows

_PAIRS = """
SELECT count(*), sum(n), sum(failed), sum(b_in), sum(b_out), min(first), max(last), max(longest),
  sum(hash(host, peer, port, opened))
FROM stage.pair
"""
_KNOWN = "SELECT sum(hash(peer, hosts)), count(*) FROM stage.popularity"
_USED = "SELECT sum(hash(port, hosts)), count(*) FROM stage.port_use"


def _staged(bucket_rows: int) -> tuple[int, list[Any], str, bool]:
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
    before = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    load(make(rows()["cut"], 14), connection)
    settings = Settings(known=config.load().known, values={"relay.flows.bucket_rows": bucket_rows})
    with staged(connection, settings, ("10.0.0.0/8",)) as stage:
        limited = connection.execute("SELECT current_setting('memory_limit')").fetchall() != before
        found = [connection.execute(sql).fetchall() for sql in (_PAIRS, _KNOWN, _USED)]
        (cut,) = [one.text for one in conditions(stage) if one.name == "cut"]
        passes = stage.passes
    assert connection.execute("SELECT current_setting('memory_limit')").fetchall() == before
    return passes, found, cut, limited


def test_passes_over_buckets_change_nothing() -> None:
    once, several = _staged(3_000_000), _staged(5_000)
    assert once[0] == 1 and several[0] > 2
    assert once[1:3] == several[1:3]
    assert (once[3], several[3]) == (True, False)
