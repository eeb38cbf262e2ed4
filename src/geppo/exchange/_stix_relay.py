"""What our own records show, in STIX: relay networks as infrastructure, nodes as observed data, counts as sightings.

That a host relays, that it belongs to a network, and that somebody uses the network are three statements; only the
first two are made here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from geppo.exchange._stix_bundle import Bundle, moment, printable, tables
from geppo.model.assessment import Confidence, Likelihood
from geppo.model.marking import Tlp
from geppo.model.relay import HostFinding, Member, RelayNetwork, Sighting


def add_telemetry(bundle: Bundle) -> None:
    """Networks, sightings and hosts of the package."""
    for network in bundle.package.networks:
        _network(bundle, network)
    for sighting in bundle.package.sightings:
        _sighting(bundle, sighting)
    for host in bundle.package.hosts:
        _host(bundle, host)


def add_campaigns(bundle: Bundle) -> None:
    """A named relay network that a source calls an ORB network is a campaign, too, as ATT&CK models it (C0052)."""
    for key in sorted(bundle.orbs):
        infrastructure = bundle.id("infrastructure", key)
        if infrastructure not in bundle.objects:
            continue
        marking = bundle.orbs[key]
        name = bundle.objects[infrastructure]["name"]
        common = bundle.named(object_marking_refs=bundle.marked(marking))
        campaign = bundle.add("Campaign", id=bundle.id("campaign", "orb", key), name=name, **common)
        _join(bundle, "uses", campaign, infrastructure, marking, "the network as a campaign, after ATT&CK C0052")


def _marks(bundle: Bundle) -> dict[str, Any]:
    marking = bundle.package.telemetry_marking
    return {**bundle.ours(marking), "labels": bundle.labelled(marking)}


def _join(bundle: Bundle, kind: str, source: str, target: str, marking: Tlp, description: str) -> None:
    bundle.add(
        "Relationship",
        id=bundle.id("relationship", kind, source, target),
        relationship_type=kind,
        source_ref=source,
        target_ref=target,
        description=description,
        labels=bundle.labelled(marking),
        **bundle.ours(marking),
    )


def _address(bundle: Bundle, text: str) -> str | None:
    """The observable of an address; None for a host by name: an internal name stays inside."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    kind = "IPv4Address" if address.version == 4 else "IPv6Address"
    return bundle.add(kind, value=str(address), object_marking_refs=bundle.marked(bundle.package.telemetry_marking))


def _how_sure(likelihood: Likelihood, confidence: Confidence) -> str:
    low, high = round(likelihood.low * 100), round(likelihood.high * 100)
    return f"Likelihood: {likelihood.word.value} ({low}-{high} %). Confidence: {confidence.value}."


def _observed(
    bundle: Bundle, parts: tuple[str, ...], refs: Iterable[str], members: tuple[Any, ...], **more: Any
) -> str:
    return bundle.add(
        "ObservedData",
        id=bundle.id("observed-data", *parts),
        first_observed=moment(min(one.first_seen for one in members)),
        last_observed=moment(max(one.last_seen for one in members)),
        number_observed=max(1, len(members)),
        object_refs=sorted(set(refs)),
        **more,
        **_marks(bundle),
    )


def _network(bundle: Bundle, network: RelayNetwork) -> None:
    members: tuple[Member, ...] = network.members
    made = bundle.add(
        "Infrastructure",
        id=bundle.id("infrastructure", "network", network.id),
        name=f"{network.kind.value} {network.id}",
        description=_how_sure(network.likelihood, network.confidence),
        infrastructure_types=[tables()["network_types"].get(network.kind.value, "unknown")],
        first_seen=moment(min(one.first_seen for one in members)) if members else None,
        last_seen=moment(max(one.last_seen for one in members)) if members else None,
        confidence=tables()["confidence"]["level"][network.confidence.value],
        extensions=bundle.extended("network", network, network_id=network.id),
        **_marks(bundle),
    )
    addresses = [one for one in (_address(bundle, member.ip) for member in members) if one]
    for address in sorted(set(addresses)):
        _join(bundle, "consists-of", made, address, bundle.package.telemetry_marking, "seen in our own records")
    if addresses:
        _observed(bundle, ("network", network.id), addresses, members)


def _sighting(bundle: Bundle, sighting: Sighting) -> None:
    network = bundle.id("infrastructure", "network", sighting.network)
    if network not in bundle.objects:
        bundle.add("Infrastructure", id=network, name=printable(sighting.network), **_marks(bundle))
    observed = bundle.id("observed-data", "network", sighting.network)
    parts = (sighting.network, sighting.counted, sighting.rule, sighting.vantage, moment(sighting.first_seen))
    bundle.add(
        "Sighting",
        id=bundle.id("sighting", *parts),
        sighting_of_ref=network,
        count=min(max(0, sighting.value), 999_999_999),
        first_seen=moment(sighting.first_seen),
        last_seen=moment(sighting.last_seen),
        description=f"{printable(sighting.counted)}: {printable(sighting.rule)} ({printable(sighting.vantage)})",
        where_sighted_refs=[bundle.us],
        observed_data_refs=[observed] if observed in bundle.objects else None,
        summary=True,
        extensions=bundle.extended("sighting", sighting),
        **_marks(bundle),
    )


def _host(bundle: Bundle, host: HostFinding) -> None:
    address = _address(bundle, host.host)
    peers = [one for one in (_address(bundle, peer) for peer in host.peers) if one]
    refs = [one for one in (address, *peers) if one]
    parts = (host.host, host.role.value, moment(host.first_seen))
    about = [_observed(bundle, ("host", *parts), refs, (host,))] if refs else [bundle.us]
    bundle.add(
        "Note",
        id=bundle.id("note", "host", *parts),
        abstract=f"host role: {host.role.value}",
        content=_how_sure(host.likelihood, host.confidence),
        authors=[bundle.organisation],
        lang="en",
        object_refs=about,
        confidence=tables()["confidence"]["level"][host.confidence.value],
        extensions=bundle.extended("host", host),
        **_marks(bundle),
    )
