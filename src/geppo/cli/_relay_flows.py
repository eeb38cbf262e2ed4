"""`geppo relay flows`."""

from __future__ import annotations

import ipaddress
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from geppo.cli import _relay_settings
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.config import Settings
    from geppo.model.relay import HostFinding
    from geppo.relay.detect._stage import Asset
    from geppo.relay.flows import FlowReport
    from geppo.telemetry.report import Report

_PRIVATE = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
_REASONS = 3
_ROLES = ("fan", "address translation")
"""What says what a host is, and nothing for or against relaying."""
_BARS = " ▁▂▃▄▅▆▇█"


def run(
    *paths: Path,
    internal: str = _PRIVATE,
    inventory: Path | None = None,
    engine: Literal["duckdb", "spark", "clickhouse"] = "duckdb",
    json_: bool = False,
) -> int:
    """Find hosts that relay in flow records that you already have.

    Examples: `geppo relay flows conn/ --internal 10.0.0.0/8`, `geppo relay flows day.parquet --inventory hosts.csv`

    Parameters
    ----------
    paths
        Zeek conn logs (TSV or JSON, also gzip), nfdump CSV or Parquet with Zeek's names, or folders of them.
    internal
        Ranges of your own network, by commas; by default the private ones.
    inventory
        CSV with the columns host,asset_class,role,sanctioned: what is allowed to relay.
    engine
        What reads the records and counts them for the detectors: duckdb on this machine, or spark or clickhouse (extra
        `scale`), which take canonical Parquet as it is and any other records after they were written as such.
    json_
        Print one JSON line a host that stands out.
    """
    if not paths:
        raise UsageError("relay flows: give a file or a folder of flow records")
    report, read, gaps = run_flows(paths, internal=internal, inventory=inventory, engine=engine)
    if json_:
        from geppo.relay.flows import line

        for one in report.findings:
            print(json.dumps(line(one), ensure_ascii=False))
    else:
        print(*read, sep="\n")
        print_report(report)
    for condition in report.conditions if json_ else ():
        print(f"{condition.name}: {condition.text}", file=sys.stderr)
    for text in (*report.broken, *gaps):
        print(text, file=sys.stderr)
    return 3 if gaps or report.broken else 0


def run_flows(
    paths: tuple[Path, ...], *, internal: str, inventory: Path | None, engine: str
) -> tuple[FlowReport, list[str], list[str]]:
    """The report, what was read (lines for a person), and what could not be read."""
    from geppo.relay.flows import find, read_inventory
    from geppo.telemetry.engine import flows

    settings = _relay_settings.settings()
    ranges = [text for text in internal.split(",") if text.strip()]
    known = {_normal(host): asset for host, asset in read_inventory(inventory).items()} if inventory else {}
    if engine == "duckdb":
        with flows(paths, settings, ranges) as source:
            report, done = find(source.connection, settings, ranges, known), source.report
    else:
        report, done = _elsewhere(paths, engine, settings, ranges, known)
    read = [f"read {done.rows:,} flows from {len(done.files)} files, {done.bad:,} bad lines"]
    read += [f"  {file.name}: {file.bad} bad lines, first {_where(file.samples)}" for file in done.files if file.bad]
    if done.joined or done.unpaired:
        read.append(f"  one-way records: {done.joined:,} joined to others, {done.unpaired:,} left with one direction")
    gaps = [f"not read: {gap}" for gap in done.gaps]
    return report, read, gaps


def _elsewhere(
    paths: tuple[Path, ...], engine: str, settings: Settings, ranges: list[str], known: dict[str, Asset]
) -> tuple[FlowReport, Report]:
    """The report with another engine's tables, and what was read of the records as they came."""
    from geppo.relay.detect._elsewhere import Elsewhere
    from geppo.relay.flows import find
    from geppo.telemetry import canonical
    from geppo.telemetry.engine import flows

    with tempfile.TemporaryDirectory(prefix="geppo-", dir=settings.text("telemetry.temp_directory") or None) as work:
        folder, read = Path(work), None
        if not all(canonical.is_canonical(path) for path in paths):
            read = canonical.to_parquet(paths, folder / "canonical", settings, ranges)
            if not canonical.is_canonical(folder / "canonical"):
                # No flow could be read: there is nothing for the engine to do, and the report says what was given.
                with flows(paths, settings, ranges) as source:
                    return find(source.connection, settings, ranges, known), source.report
            paths = (folder / "canonical",)
        files = tuple(part.path for path in paths for part in canonical.parts(path))
        place = Elsewhere(engine=engine, files=files, folder=folder, settings=settings)
        with flows(paths, settings, ranges) as source:
            return find(source.connection, settings, ranges, known, place), read or source.report


def _where(samples: Any) -> str:
    first = next(iter(samples), None)
    return f"line {first.line}: {first.reason}" if first else "unknown"


def _normal(host: str) -> str:
    """The normal form of an address of the inventory; a name stays as it is."""
    try:
        value = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(getattr(value, "ipv4_mapped", None) or value)


def sparkline(values: tuple[int, ...]) -> str:
    """Bytes over time as bars on a square-root scale, so that small hours stay visible."""
    top = max(values, default=0)
    if not top:
        return " " * len(values)
    return "".join(
        _BARS[0 if not value else max(round((value / top) ** 0.5 * (len(_BARS) - 1)), 1)] for value in values
    )


def print_report(report: FlowReport) -> None:
    """The ranked table for a person."""
    if report.first and report.last:
        print(f"{report.hosts:,} hosts of yours, {report.first:%Y-%m-%d %H:%M} to {report.last:%Y-%m-%d %H:%M} UTC")
    for condition in report.conditions:
        print(f"note ({condition.name}): {condition.text}")
    if not report.findings:
        print("no host stands out")
    for number, one in enumerate(report.findings, 1):
        _print(number, one, report)


def _print(number: int, one: HostFinding, report: FlowReport) -> None:
    said = one.likelihood
    print(f"\n{number:3}. {one.host}  {one.role}: relays without leave: {said.word} "
          f"({said.point:.0%}, range {said.low:.0%}-{said.high:.0%}). Confidence: {one.confidence}.")  # fmt: skip
    if one.peers:
        more = f" and {len(one.peers) - 3} more" if len(one.peers) > 3 else ""
        print(
            f"     peers {', '.join(one.peers[:3])}{more}; {one.first_seen:%m-%d %H:%M} to {one.last_seen:%m-%d %H:%M}"
        )
    for item in [item for item in one.evidence if item.used][:_REASONS]:
        print(f"     {item.weight:+5.1f} bits  {item.reason}")
    for item in [item for item in one.evidence if item.group in _ROLES]:
        print(f"                {item.reason}")
    inward, outward = report.activity[one.host]
    print(f"     in  {sparkline(inward)} {_size(sum(inward))}\n     out {sparkline(outward)} {_size(sum(outward))}")


def _size(count: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 10_000 or unit == "GB":
            return f"{count:,.0f} {unit}"
        count = round(count / 1000)
    return ""
