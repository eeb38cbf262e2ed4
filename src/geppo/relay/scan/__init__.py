"""Relay networks in scan records: groups of services that one hand seems to run, told from what products look like.

`find` reads service records (columns of `geppo.model.telemetry.SERVICE`), groups them by values and tuples, weighs each
group against the benign kinds, and returns networks and the benign groups that stand out. Nothing is contacted.
"""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.model.relay import BENIGN, NetworkClass, RelayNetwork, Sighting
from geppo.relay.map import Place
from geppo.relay.scan import _answer
from geppo.relay.scan._answer import line
from geppo.relay.scan._classify import classify
from geppo.relay.scan._data import named
from geppo.relay.scan._evidence import bits
from geppo.relay.scan._groups import Group, candidates, fetch, sampled, whole
from geppo.relay.scan._known import Carriers, carriers, classes, matched
from geppo.relay.scan._measure import World
from geppo.relay.scan._resolve import Draft, assess, networks, order
from geppo.relay.scan._table import ROW_COLUMNS, Row, Scan, Window, months, open_services, prepare
from geppo.relay.scan._tiers import link
from geppo.telemetry.report import Report

__all__ = ["Found", "Window", "find", "find_in", "line", "months", "services", "sightings", "vantages"]

services = open_services

_BEFORE = -1.0
_SAME = 0.5
_FAINTEST = -4.0
_BATCHES = 4.5
_UNSETTLED = 1.5
"""Bits that a judgement on few rows may be short of: by batches (port and burst), and by chance."""
_MOST_FAINT = 100
_LARGEST_FAINT = 5000
"""Most groups that are no network by themselves but may be a tier of one."""
_MOST_BENIGN = 25
"""Most benign groups that are printed, those that stand out most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Networks, most likely first, then the benign groups that stand out; and how far the look went.

    `left_out` counts candidate groups that were too large to look at within `relay.scan.rows`. `places` says, by
    network id, where its addresses stand; `report` what became of each file.
    """

    networks: tuple[RelayNetwork, ...]
    places: Mapping[str, tuple[Place, ...]]
    endpoints: int
    left_out: int
    report: Report = field(default_factory=Report)


def _whole(scan: Scan) -> World:
    """What the whole scan says; names are added for the rows that are looked at."""
    devices = "SELECT device, count(DISTINCT ip) FROM endpoint WHERE device IS NOT NULL GROUP BY 1"
    return World(
        named={},
        names={},
        device_hosts=dict(scan.all(devices)),
        port_endpoints=dict(scan.all("SELECT port, count(*) FROM endpoint GROUP BY 1")),
        odd_share=scan.odd_share,
    )


def _with_names(world: World, scan: Scan, *, subjects: bool = True) -> World:
    """With the issuers of the rows in `looked_at`, and their subjects, which cost a pass over the records."""
    scan.connection.execute(
        "CREATE OR REPLACE TABLE spoken AS "
        "SELECT id, name FROM name WHERE id IN (SELECT issuer FROM endpoint SEMI JOIN looked_at USING (id))"
    )
    of_subjects = (
        "SELECT DISTINCT hash(cert_subject), cert_subject FROM record "
        "WHERE hash(cert_subject) IN (SELECT subject FROM endpoint SEMI JOIN looked_at USING (id))"
    )
    return replace(
        world,
        names={**(dict(scan.all(of_subjects)) if subjects else {}), **dict(scan.all("SELECT id, name FROM spoken"))},
        named={kind: _named(scan, kind) for kind in ("library", "panel", "vpn")},
    )


def _named(scan: Scan, kind: str) -> dict[int | None, str]:
    """Ids of the issuers in `spoken` that carry a packaged name of a kind."""
    known = named(kind)
    parts = [re.escape(one.parts[0]) for one in known if one.parts] + [
        f"^{re.escape(text)}$" for one in known for text in one.exact
    ]
    hits = scan.all("SELECT id, lower(name) FROM spoken WHERE regexp_matches(lower(name), ?)", ["|".join(parts)])
    return {id_: one.name for id_, text in hits for one in known if one.fits(text)}


def _renewed(draft: Draft, rows: dict[int, Row], scan: Scan) -> Draft:
    """With the endpoints whose certificate changed while address, port and TLS stack (or banner) stayed."""
    scan.connection.execute(
        "CREATE OR REPLACE TABLE inside AS SELECT unnest(?::BIGINT[]) AS id", [sorted(draft.members)]
    )
    more = scan.all(
        f"SELECT {ROW_COLUMNS} FROM endpoint e JOIN "  # noqa: S608
        "(SELECT DISTINCT ip, port, jarm, banner FROM endpoint SEMI JOIN inside USING (id)) m "
        "ON e.ip = m.ip AND e.port = m.port "
        "AND (e.jarm = m.jarm OR (e.jarm IS NULL AND m.jarm IS NULL AND e.banner = m.banner)) "
        "WHERE e.id NOT IN (SELECT id FROM inside)"
    )
    if not more:
        return draft
    rows.update({row[0]: Row(*row) for row in more})
    return replace(draft, members=draft.members | {row[0] for row in more})


def _published(draft: Draft, published: list[Carriers], total: int) -> tuple[Draft, list[NetworkClass]]:
    """With what published fingerprints say of it, and the classes that they state."""
    found = matched(published, draft.members, total)
    own = tuple(one for one in draft.arguments if one.family != "fingerprint")
    kept = (*own, *(said for _, said in found))
    return replace(draft, arguments=kept, bits=bits(kept)), classes(found)


def _standing_out(found: Sequence[Draft], taken: Iterable[Draft]) -> list[Draft]:
    """Benign groups that would have been called, or nearly, were they not what they are; each endpoint once."""
    used: set[int] = {one for draft in taken for one in draft.members}
    kept: list[Draft] = []
    for draft in sorted(found, key=lambda one: (-len(one.members), -one.before, min(one.members))):
        if draft.benign is None or draft.before < _BEFORE or len(draft.members & used) > _SAME * len(draft.members):
            continue
        used |= draft.members
        kept.append(draft)
    return sorted(kept, key=lambda one: (-one.before - math.log2(len(one.members)), min(one.members)))[:_MOST_BENIGN]


def _looked_at(scan: Scan, plain: World, settings: Settings) -> list[tuple[Draft, Group]]:
    """Every group worth a look with what a sample of it says, the most likely first.

    A few rows settle most groups; subjects, which can only speak for a benign kind, are read for the rest. Batches do
    not show on few rows, so what they could add is granted before.
    """
    groups, rows = candidates(scan, settings)
    world = _with_names(plain, scan, subjects=False)
    done: list[tuple[Draft, Group]] = []
    open_: list[Group] = []
    for group in groups:
        few = assess(frozenset(group.sample), group.keys, rows, world, size=group.size)
        if len(group.sample) < group.size and few.bits + (_BATCHES if group.clumped else _UNSETTLED) > 0.0:
            open_.append(group)
        else:
            done.append((few, group))
    groups, rows = sampled(scan, open_, settings.integer("relay.scan.sample"), rows)
    world = _with_names(plain, scan)
    done += [(assess(frozenset(one.sample), one.keys, rows, world, size=one.size), one) for one in groups]
    return sorted(done, key=lambda pair: (-pair[0].bits, -pair[1].size, pair[1].number, pair[1].value))


def _worth_all(found: Sequence[tuple[Draft, Group]]) -> tuple[list[Group], list[Group]]:
    """Of the groups, those to fetch whole: networks and what may be a tier of one; and benign ones that stand out."""
    called = [group for draft, group in found if draft.bits > 0.0]
    faint = [
        group
        for draft, group in found
        if _FAINTEST < draft.bits <= 0.0 and draft.benign is None and group.size <= _LARGEST_FAINT
    ]
    innocent = sorted(
        (pair for pair in found if pair[0].benign is not None and pair[0].bits <= 0.0 and pair[0].before > _BEFORE),
        key=lambda pair: (-pair[0].before - math.log2(pair[1].size), pair[1].number, pair[1].value),
    )
    return [*called, *faint[:_MOST_FAINT]], [group for _, group in innocent[: 2 * _MOST_BENIGN]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Groups with all their endpoints, where a sample says that they may matter, and what is needed to weigh them."""

    drafts: list[Draft]
    rows: dict[int, Row]
    world: World
    published: list[Carriers]
    left_out: int


def _look(scan: Scan, settings: Settings) -> _Look:
    plain = _whole(scan)
    chosen, benign = _worth_all(_looked_at(scan, plain, settings))
    room, least = settings.integer("relay.scan.rows"), settings.integer("relay.scan.least")
    members, left_out = whole(scan, chosen, room)
    members |= whole(scan, benign, room // 4)[0]
    published = carriers(scan, room)
    carried = [one for one in published if len(one.ids) >= least]
    rows = fetch(scan, {id_ for ids in (*members.values(), *(one.ids for one in carried)) for id_ in ids})
    world = _with_names(plain, scan)
    keys = {(group.number, group.value): group.keys for group in (*chosen, *benign)}
    found = [assess(ids, keys[key], rows, world) for key, ids in members.items()]
    found += [
        _published(assess(one.ids, (one.match.text,), rows, world), published, scan.endpoints)[0] for one in carried
    ]
    return _Look(drafts=order(found), rows=rows, world=world, published=published, left_out=left_out)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for reference cycles: rows hold none, and it walks through all of them again and again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def find_in(connection: Any, settings: Settings) -> Found:
    """Networks in the view `record` of a DuckDB connection (columns of `geppo.model.telemetry.SERVICE`).

    Makes working tables on that connection, so give it one of its own.
    """
    with _uncollected():
        return _found_in(connection, settings)


def _found_in(connection: Any, settings: Settings) -> Found:
    scan = prepare(connection, settings)
    if not scan.endpoints:
        return Found(networks=(), places={}, endpoints=0, left_out=0)
    look = _look(scan, settings)
    every, rows, world = look.drafts, look.rows, look.world
    least = settings.integer("relay.scan.least")
    called = link(networks(every, rows, world, least), [one for one in every if one.bits <= 0], rows, scan, world)
    kept: list[tuple[Draft, NetworkClass]] = []
    for draft in called:
        renewed, said = _published(_renewed(draft, rows, scan), look.published, scan.endpoints)
        kept.append((renewed, classify(renewed.seen, said)))
    answers, places = _answers(kept, _standing_out(every, called), rows, scan, settings)
    return Found(networks=answers, places=places, endpoints=scan.endpoints, left_out=look.left_out)


def _answers(
    kept: Sequence[tuple[Draft, NetworkClass]],
    benign: Sequence[Draft],
    rows: Mapping[int, Row],
    scan: Scan,
    settings: Settings,
) -> tuple[tuple[RelayNetwork, ...], dict[str, tuple[Place, ...]]]:
    every = [*kept, *((draft, draft.benign or NetworkClass.UNKNOWN) for draft in benign)]
    known = _answer.texts(scan, _answer.wanted_texts((draft for draft, _ in every), rows))
    counts = _answer.counts(scan, (draft for draft, _ in every), rows)
    out = [_answer.network(draft, kind, rows, scan, known, counts) for draft, kind in every]
    if scan.crowded:
        out.append(_answer.crowd(scan.crowded, settings.integer("relay.scan.crowded")))
    first = {one.id: place for place, one in reversed(list(enumerate(out)))}
    out = [one for place, one in enumerate(out) if one.kind not in BENIGN or first[one.id] == place]
    places = {one.id: _answer.places(draft, rows) for one, (draft, _) in zip(out, every, strict=False)}
    ranked = sorted(out, key=lambda one: (one.kind in BENIGN, -one.likelihood.point, -len(one.members), one.id))
    return tuple(ranked), places


def find(paths: Iterable[Path], settings: Settings) -> Found:
    """Networks in files or folders of service records (Parquet or JSON lines).

    Raises UsageError for a path that is not there or a file that lacks a needed column.
    """
    with open_services(paths, settings) as source:
        return replace(find_in(source.connection, settings), report=source.report)


def sightings(found: Iterable[RelayNetwork], vantage: str) -> tuple[Sighting, ...]:
    """Our own counts of the networks that are not benign, with their counting rule."""
    return tuple(
        Sighting(
            network=one.id,
            value=len({member.ip for member in one.members}),
            counted="addresses",
            rule="distinct addresses whose services showed the network's fingerprints at least once in the records",
            vantage=vantage,
            first_seen=min(member.first_seen for member in one.members),
            last_seen=max(member.last_seen for member in one.members),
        )
        for one in found
        if one.kind not in BENIGN
    )


def vantages(connection: Any, network: RelayNetwork) -> dict[str, frozenset[str]]:
    """Addresses of a network that each vantage saw; empty where records name no vantage."""
    columns = [[one.ip for one in network.members], [one.port for one in network.members]]
    rows = connection.execute(
        "SELECT vantage, list(DISTINCT s.ip) FROM record s "
        "JOIN (SELECT unnest(?::VARCHAR[]) AS ip, unnest(?::INTEGER[]) AS port) m "
        "ON s.ip = m.ip AND s.port = m.port WHERE vantage <> '' GROUP BY vantage ORDER BY vantage",
        columns,
    ).fetchall()
    return {name: frozenset(found) for name, found in rows}
