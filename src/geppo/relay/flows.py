"""Flow records to hosts that stand out: run the detectors, settle roles, weigh, and say what could not be judged."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.model.relay import Detection, HostFinding, HostRole
from geppo.registry import family
from geppo.relay.classify import figures_of, is_sanctioned, is_several, likes, of_one_host, role, table
from geppo.relay.detect._elsewhere import Elsewhere
from geppo.relay.detect._quality import Condition, conditions, translated
from geppo.relay.detect._stage import Asset, Stage, moment, staged
from geppo.relay.detect.fan import profiles
from geppo.relay.odds import confidence, detection_bits, likelihood, most_telling, stratum_of, weigh

BINS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """What was found in a table of flows.

    `activity` holds for each finding's host bytes received and sent in `BINS` equal parts of [first, last].
    `conditions` are what weakens or forbids an answer, `broken` detectors that could not be loaded, with reasons.
    """

    findings: tuple[HostFinding, ...]
    activity: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    conditions: tuple[Condition, ...]
    broken: tuple[str, ...]
    rows: int
    hosts: int
    first: datetime | None
    last: datetime | None


def read_inventory(path: Path) -> dict[str, Asset]:
    """The inventory by host. Columns `host,asset_class,role,sanctioned`; only `host` is needed.

    Where `sanctioned` is empty, a role that relays by trade counts as leave. Raises UsageError for a file that cannot
    be read or has no column `host`.
    """
    words = table().words["sanctioned"]
    found: dict[str, Asset] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if "host" not in (rows.fieldnames or ()):
                raise UsageError(f"{path}: expected a CSV file with the columns host,asset_class,role,sanctioned")
            for row in rows:
                name = (row.get("host") or "").strip()
                job = (row.get("role") or "").strip()
                said = (row.get("sanctioned") or "").strip().casefold()
                leave = said in words["yes"] or (
                    said not in words["no"] and any(word in job.casefold() for word in words["roles"])
                )
                if name:
                    kind = (row.get("asset_class") or "").strip()
                    found[name] = Asset(asset_class=kind, role=job, sanctioned=leave)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: expected a CSV file as inventory, got: {error}") from error
    return found


def find(
    connection: Any,
    settings: Settings,
    internal: Iterable[str],
    inventory: Mapping[str, Asset] | None = None,
    place: Elsewhere | None = None,
) -> FlowReport:
    """Hosts that stand out in the view `flow` of a DuckDB connection, likeliest first.

    `internal` are the CIDR ranges of the house; with `place` another engine makes the tables that the detectors read.
    Raises UsageError for a range that is none and for an engine that is missing.
    """
    with staged(connection, settings, internal, inventory, place) as stage:
        members = family("geppo.relay.detect")
        detections: dict[str, list[Detection]] = defaultdict(list)
        if stage.legs:
            for member in members.members:
                if member.FAMILY != "baseline":
                    for one in member.detect(stage):
                        detections[one.host].append(one)
        weak = conditions(stage)
        found = _findings(stage, detections, degraded=any(one.degrades for one in weak))
        shared = [host for host, own in sorted(detections.items()) if is_several(own)]
        return FlowReport(
            findings=found,
            activity=_activity(stage, [one.host for one in found]),
            conditions=(*weak, *translated(shared)),
            broken=tuple(f"{one.name}: {one.reason}" for one in members.broken),
            rows=stage.rows,
            hosts=len(stage.hosts),
            first=moment(stage.first) if stage.legs else None,
            last=moment(stage.last) if stage.legs else None,
        )


def _sharing(stage: Stage, detections: Mapping[str, list[Detection]]) -> dict[str, int]:
    """For each host, how many hosts share its steering peer, if those that stand out are most of those that know it.

    Only where one of them is seen to relay: a server that a few hosts call at a steady pace, and nothing else, is what
    software looks like.
    """
    by_peer: dict[str, set[str]] = defaultdict(set)
    steers: set[str] = set()
    for host, own in detections.items():
        for one in own:
            if one.family in ("relay behaviour", "control channel") and one.figure("peers_inside") < 0.5:
                for peer in one.peers[:8]:
                    by_peer[peer].add(host)
                if one.family == "relay behaviour" and detection_bits(one, stage.settings) > 0:
                    steers.update(one.peers[:8])
    counts: dict[str, int] = defaultdict(int)
    known = _known(stage, sorted(peer for peer in steers if len(by_peer[peer]) > 1))
    for peer in steers:
        hosts = by_peer[peer]
        if known.get(peer, len(hosts)) <= 1.5 * len(hosts):
            for host in hosts:
                counts[host] = max(counts[host], len(hosts))
    return counts


def _known(stage: Stage, peers: list[str]) -> dict[str, int]:
    """How many hosts of the house have to do with each peer."""
    rows = stage.connection.execute(
        """SELECT a.text, max(p.hosts) FROM address a JOIN stage.popularity p ON p.peer = a.id
        WHERE a.text IN (SELECT unnest($peers::VARCHAR[])) GROUP BY a.text""",
        {"peers": peers},
    ).fetchall()
    return {str(peer): int(hosts) for peer, hosts in rows}


def _findings(stage: Stage, detections: Mapping[str, list[Detection]], *, degraded: bool) -> tuple[HostFinding, ...]:
    numbers = {text: number for number, text in enumerate(stage.hosts)}
    known = profiles(stage, [numbers[host] for host in detections]) if detections else {}
    sharing = _sharing(stage, detections)
    found: list[HostFinding] = []
    for host in sorted(detections):
        one = _finding(stage, host, tuple(detections[host]), known[numbers[host]], sharing.get(host, 0), degraded)
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (-one.likelihood.point, one.role.value, one.host)))


def _finding(
    stage: Stage, host: str, own: tuple[Detection, ...], profile: Mapping[str, float], sharing: int, degraded: bool
) -> HostFinding | None:
    settings, asset = stage.settings, stage.inventory.get(host)
    own = of_one_host(own, settings.integer("relay.nat.least_hosts"))
    best = most_telling(own, settings)
    figures = figures_of(own, best, profile, sharing)
    held = likes(figures)
    weighed = weigh(own, held, figures, asset, sharing, settings)
    kind = role(own, best, held, asset, clear=weighed.clear)
    enough = settings.number("relay.flows.relaying_bits")
    seen = any(
        one.family == "control channel" or (one.family == "relay behaviour" and one.score >= enough) for one in own
    )
    relays = kind in (HostRole.RELAY, HostRole.PROXYWARE)
    ceiling = 1.0 if relays else settings.number("relay.flows.channel_ceiling")
    # Which of the hosts behind a shared address it is stays open.
    sure = confidence(weighed, degraded or is_several(own))
    likely = likelihood(weighed.bits, sure, ceiling, stratum_of(weighed.evidence))
    told = kind in (HostRole.SCANNER, HostRole.NAT_GATEWAY)
    if likely.point < settings.number("relay.flows.least_shown") and not seen and not told:
        return None
    peers = tuple(dict.fromkeys(peer for one in sorted(own, key=_strength) for peer in one.peers))[:20]
    return HostFinding(
        host=host,
        role=kind,
        likelihood=likely,
        confidence=sure,
        peers=peers,
        first_seen=min(one.first_seen for one in own),
        last_seen=max(one.last_seen for one in own),
        evidence=tuple(sorted(weighed.evidence, key=lambda item: (not item.used, -abs(item.weight), item.kind))),
    )


def _strength(one: Detection) -> tuple[bool, float, str]:
    return (one.family != "relay behaviour", -one.score, one.detector)


def _activity(stage: Stage, hosts: list[str]) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Bytes in and out of hosts in equal parts of time, by start."""
    numbers = [number for number, text in enumerate(stage.hosts) if text in set(hosts)]
    width = max((stage.last - stage.first) // BINS + 1, 1)
    rows = stage.connection.execute(
        """SELECT host, (t - $first) // $width AS bin, sum(coalesce(b_in, 0))::BIGINT, sum(coalesce(b_out, 0))::BIGINT
        FROM stage.leg WHERE host IN (SELECT unnest($hosts::UINTEGER[])) GROUP BY ALL ORDER BY ALL""",
        {"first": stage.first, "width": width, "hosts": numbers},
    ).fetchall()
    inward = {number: [0] * BINS for number in numbers}
    outward = {number: [0] * BINS for number in numbers}
    for number, place, b_in, b_out in rows:
        inward[number][place] += b_in
        outward[number][place] += b_out
    return {stage.hosts[number]: (tuple(inward[number]), tuple(outward[number])) for number in numbers}


def leave(one: HostFinding, inventory: Mapping[str, Asset]) -> bool:
    """True if the inventory lets the host relay."""
    return is_sanctioned(inventory.get(one.host))


def line(one: HostFinding) -> dict[str, Any]:
    """The JSON line of a host (command contract of `geppo relay flows --json`)."""
    return {
        "host": one.host,
        "role": one.role.value,
        "likelihood": {"low": one.likelihood.low, "point": one.likelihood.point, "high": one.likelihood.high},
        "word": one.likelihood.word.value,
        "confidence": one.confidence.value,
        "peers": list(one.peers),
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "evidence": [
            {"kind": item.kind, "value": item.value, "weight": item.weight if item.used else 0.0, "text": item.reason}
            for item in one.evidence
        ],
    }
