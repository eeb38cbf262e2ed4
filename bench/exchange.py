"""Speed of STIX and MISP in, beside the libraries that others read them with, in one run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from geppo.exchange import misp, stix
from geppo.model.report import Fetched

OBJECTS = 6_000
DAY = "2031-05-01T00:00:00.000Z"


def _bundle() -> bytes:
    """A made bundle: names, addresses, relations, a third each."""
    objects: list[dict[str, Any]] = []
    for n in range(OBJECTS // 3):
        common = {"spec_version": "2.1", "created": DAY, "modified": DAY}
        uuid = f"{n:08x}-1111-4111-8111-111111111111"
        objects += [
            {"type": "malware", "id": f"malware--{uuid}", "name": f"made {n}", "is_family": True, **common},
            {
                "type": "ipv4-addr",
                "spec_version": "2.1",
                "id": f"ipv4-addr--{uuid.replace('-4', '-5', 1)}",
                "value": f"10.{n // 65536}.{n // 256 % 256}.{n % 256}",
            },
            {
                "type": "relationship",
                "id": f"relationship--{uuid}",
                "relationship_type": "communicates-with",
                "source_ref": f"malware--{uuid}",
                "target_ref": f"ipv4-addr--{uuid.replace('-4', '-5', 1)}",
                "description": "made for a measurement " * 8,
                **common,
            },
        ]
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid}", "objects": objects}).encode()


def _event() -> bytes:
    attributes = [
        {
            "uuid": f"{n:08x}-2222-4222-8222-222222222222",
            "type": "ip-dst",
            "category": "Network activity",
            "value": f"10.1.{n // 256 % 256}.{n % 256}",
            "to_ids": True,
            "Tag": [{"name": "tlp:green"}],
        }
        for n in range(OBJECTS)
    ]
    event = {
        "uuid": "00000000-2222-4222-8222-222222222222",
        "info": "made",
        "date": "2031-05-01",
        "Orgc": {"name": "desk", "uuid": "10000000-2222-4222-8222-222222222222"},
        "Attribute": attributes,
    }
    return json.dumps({"Event": event}).encode()


def _timed(work: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print the table."""
    import stix2
    from pymisp import MISPEvent

    bundle, event = _bundle(), _event()
    when = datetime(2031, 6, 1, tzinfo=UTC)

    def fetched(data: bytes) -> Fetched:
        return Fetched(source="made", name="made.json", data=data, collected=when)

    def theirs() -> None:
        MISPEvent().load(event.decode())

    print(f"\nexchange: {OBJECTS} made objects or attributes (best of three, one process)")
    print(f"{'what':<44}{'seconds':>9}{'MB/s':>8}  beside")
    ours = _timed(lambda: stix.from_bundle(fetched(bundle)))
    peer = _timed(lambda: stix2.parse(bundle.decode(), allow_custom=True))
    print(
        f"{'STIX bundle to claims, values':<44}{ours:>9.2f}{len(bundle) / ours / 1e6:>8.2f}  stix2.parse {peer:.2f} s"
    )
    ours = _timed(lambda: misp.from_event(fetched(event)))
    peer = _timed(theirs)
    print(f"{'MISP event to values':<44}{ours:>9.2f}{len(event) / ours / 1e6:>8.2f}  PyMISP load {peer:.2f} s")


if __name__ == "__main__":
    main()
