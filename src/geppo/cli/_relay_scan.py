"""`geppo relay scan`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from geppo.cli import EXIT_GAPS, _relay_settings
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.model.relay import RelayNetwork
    from geppo.relay.scan import Found

_SHOWN = 5


def run(*paths: Path, json_: bool = False, map_: Path | None = None) -> int:
    """Find relay networks in scan records that you already have.

    Examples: `geppo relay scan services.parquet`, `geppo relay scan scans/ --json`

    Parameters
    ----------
    paths
        Parquet or JSON lines of services, or folders of them. Columns: ts ip port, and where known asn country
        cert_sha256 cert_subject cert_issuer not_before not_after ja4x jarm banner_hash device.
    json_
        Print one JSON line a network, with all members.
    map_
        Also write a map of each network, as SVG, into this folder.
    """
    if not paths:
        raise UsageError("relay scan: give a file or a folder of service records")
    from geppo.relay.scan import find, line

    found = find(paths, _relay_settings.settings())
    for one in found.networks:
        if json_:
            print(json.dumps(line(one), ensure_ascii=False))
        else:
            _print(one)
    if not found.networks and not json_:
        print(f"no network in {found.endpoints} endpoints")
    if map_ is not None:
        _draw(found, map_)
    _report(found)
    if found.left_out:
        print(f"{found.left_out} candidate groups were too large to look at; raise relay.scan.rows", file=sys.stderr)
    return EXIT_GAPS if found.report.gaps else 0


def _report(found: Found) -> None:
    """What could not be read, on stderr: counts and the first sample of each file."""
    for one in found.report.files:
        if one.bad or one.doubtful:
            sample = f"; first: {one.samples[0].reason}" if one.samples else ""
            print(f"{one.name}: {one.bad} bad lines, {one.doubtful} with a value left out{sample}", file=sys.stderr)
    for name, what in found.report.passed_over:
        print(f"{name}: passed over, {what}", file=sys.stderr)
    for gap in found.report.gaps:
        print(f"{gap.source}: {gap.message}", file=sys.stderr)


def _draw(found: Found, folder: Path) -> None:
    from geppo.model.relay import BENIGN
    from geppo.relay.map import draw

    folder.mkdir(parents=True, exist_ok=True)
    for one in found.networks:
        if one.kind not in BENIGN:
            (folder / f"{one.id}.svg").write_text(draw(one, found.places[one.id]), encoding="utf-8")


def _print(one: RelayNetwork) -> None:
    from geppo.model.relay import BENIGN

    hosts = len({member.ip for member in one.members})
    if one.kind in BENIGN:
        print(f"{one.id}  not a network: {one.kind}, {hosts} addresses")
    else:
        said = one.likelihood
        print(f"{one.id}  {one.kind}, {hosts} addresses, {len(one.members)} services: {said.word} one relay network "
              f"({said.point:.0%}, range {said.low:.0%}-{said.high:.0%})")  # fmt: skip
        print(f"  Our confidence is {one.confidence}.")
    for item in one.evidence[:_SHOWN]:
        weight = f"{item.weight:+.1f} bits" if item.used else "not counted"
        print(f"  {item.kind}: {weight}; {item.reason}")
    for trait in one.fingerprints[:_SHOWN]:
        print(f"  {trait.kind} {trait.value}: {trait.inside} inside, {trait.outside} elsewhere")
