"""From figures to arguments: what a group's features say for and against a relay network, in bits by family.

Log-odds = prior + sum over families of the strongest argument for and the strongest against, each within the family's
cap. The weights are in `weights.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geppo.model.assessment import Evidence, Likelihood
from geppo.relay.scan._data import read_toml
from geppo.relay.scan._measure import Features

_LEAST, _MOST = 0.01, 0.99
_AGED = 50 * 365
_PROVIDER = 300
"""From how many addresses on a group in few systems of one country may be a provider's devices."""
_LABELS = 10
"""Fewest labelled endpoints that a statement about devices rests on."""
_UNSURE = 0.35
"""Share of each weight that its 5-95 % range is taken to be, either way: the weights are judgements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One observation: its kind, family, weight in bits, and what was seen, in words."""

    kind: str
    family: str
    bits: float
    value: str
    text: str


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    return read_toml("weights.toml")


def argument(
    kind: str, family: str, value: str, text: str, *, factor: float = 1.0, bits: float | None = None
) -> Argument:
    """An argument whose weight is in the table, times a factor in 0..1 for how far the observation goes."""
    weight = _weights()["bits"][kind] if bits is None else bits
    return Argument(kind=kind, family=family, bits=round(weight * factor, 2), value=value, text=text)


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _identity(seen: Features) -> Iterator[Argument]:
    default = seen.library_share > 0.5
    size = min(1.0, 0.6 + seen.hosts / 250)
    if seen.with_cert > 0.7 and seen.certs and seen.top_cert_share >= 0.7 and seen.hosts > 4:
        kind = "library-certificate" if default else "shared-certificate"
        kind = "shared-public-certificate" if seen.public_share > 0.5 else kind
        text = f"one certificate on {_percent(seen.top_cert_share)} of {seen.endpoints} endpoints"
        yield argument(kind, "identity", seen.name, text, factor=size)
    elif seen.with_cert > 0.7 and seen.mask_share >= 0.9 and not seen.public_share > 0.5:
        kind = "library-certificate" if default else "issuer-pattern"
        text = f"{seen.certs} certificates of one issuer pattern on {seen.endpoints} endpoints"
        yield argument(kind, "identity", seen.name, text, factor=size)
    elif seen.with_cert > 0.7 and seen.ja4x_share >= 0.9 and seen.jarm_share >= 0.9 and not seen.public_share > 0.5:
        yield argument(
            "issuer-shape",
            "identity",
            seen.name,
            "one certificate form and TLS stack",
            factor=min(1.0, seen.hosts / 60),
        )
    elif seen.banner_share >= 0.9 or seen.jarm_share >= 0.9:
        yield argument("one-stack", "identity", "", "one banner or TLS stack on all endpoints", factor=size)
    if seen.with_cert > 0.7 and seen.jarm_share and seen.jarm_share < 0.7 and seen.top_cert_share < 0.7:
        yield argument("mixed-stacks", "identity", "", f"commonest TLS stack on {_percent(seen.jarm_share)} only")


def _odd_form(seen: Features) -> bool:
    """True for certificates as no product ships them: valid for half a century, or of names that say nothing."""
    return seen.median_days >= _AGED or seen.trivial_share >= 0.7


def _form(seen: Features) -> Iterator[Argument]:
    long = seen.median_days >= _AGED
    odd_names = seen.trivial_share >= 0.7
    if long and odd_names:
        yield argument(
            "long-and-trivial", "form", seen.name, f"names that say nothing, valid {seen.median_days / 365:.0f} years"
        )
    elif long:
        yield argument(
            "long-validity", "form", f"{seen.median_days:.0f} d", f"valid {seen.median_days / 365:.0f} years"
        )
    elif odd_names:
        yield argument("trivial-names", "form", seen.name, "certificate names that say nothing")
    labelled = seen.labelled_share * seen.endpoints
    unlike = (
        seen.maker_share > 0.5
        and seen.labelled_share > 0.3
        and labelled >= _LABELS
        and seen.agreement < 0.05
        and seen.edge_share > 0.25
        and seen.public_share < 0.5
    )
    if unlike and seen.with_cert > 0.7 and seen.library_share < 0.5:
        text = f"certificate names no maker of the devices it is on ({seen.top_device} and others)"
        yield argument("names-no-product", "form", seen.name, text)


def _by_batch(seen: Features) -> bool:
    """True where each batch has its port, and not because all of them have the same."""
    return seen.batches >= 3 and seen.burst_share > 0.5 and seen.batch_port_share > max(0.7, seen.top_port_share + 0.25)


def _port(seen: Features) -> Iterator[Argument]:
    customary = max(seen.customary.values(), default=0.0)
    if customary > 0.6:
        yield argument(
            "customary-port", "port", str(seen.top_port), f"customary ports of a product, {_percent(customary)}"
        )
    elif seen.odd_share > 0.8 and (seen.top_port_share > 0.6 or seen.ports <= 3):
        lift = min(1.0, 0.4 + seen.port_stands_out / 20)
        text = (
            f"odd port {seen.top_port} on {_percent(seen.top_port_share)}, {seen.port_stands_out:.0f}x its neighbours"
        )
        yield argument("odd-port", "port", str(seen.top_port), text, factor=lift)
    elif _by_batch(seen) and seen.odd_share > 0.5:
        text = f"{seen.batches} batches, {_percent(seen.batch_port_share)} of a batch on one port"
        yield argument("odd-port-by-batch", "port", str(seen.ports), text)
    elif seen.odd_share > 0.8 and seen.with_cert > 0.7:
        kind = "odd-port-range" if seen.port_range < 0.2 and seen.ports >= 10 else "odd-ports"
        text = f"TLS on {seen.ports} odd ports within {seen.port_range:.0%} of the port space"
        yield argument(kind, "port", str(seen.ports), text)


def _leased(seen: Features) -> bool:
    """True where a group looks like rented servers: by labels or systems, or few enough or in more than one country."""
    return seen.server_share > 0.3 or seen.cloud_share > 0.5 or seen.countries > 1 or seen.hosts < _PROVIDER


def _spread(seen: Features) -> Iterator[Argument]:
    value = f"{seen.systems} AS, {seen.countries} countries"
    if seen.systems == 1 or seen.top_system_share > 0.9:
        yield argument("one-system", "spread", value, f"{_percent(seen.top_system_share)} in one autonomous system")
    elif seen.effective_systems >= 8:
        yield argument("wide", "spread", value, f"spread over {seen.systems} autonomous systems")
    elif seen.effective_systems >= 2.5:
        yield argument("few-systems", "spread", value, f"spread over {seen.systems} autonomous systems")
    else:
        yield argument("two-systems", "spread", value, f"in {seen.systems} autonomous systems")
    if seen.countries == 1 and 1 < seen.systems <= 4 and (seen.edge_share > 0.3 or not _leased(seen)):
        yield argument("one-country-few-systems", "spread", value, "one country, few providers")


def _device(seen: Features) -> Iterator[Argument]:
    few = seen.effective_systems < 4
    gathered = seen.odd_share > 0.8 and seen.top_port_share > 0.6 and seen.top_cert_share > 0.7 and seen.with_cert > 0.7
    if seen.edge_share < 0.1 and gathered and (_leased(seen) if few else seen.server_share > 0.4):
        kind = "servers-of-few-hosters" if few else "servers-of-many-hosters"
        text = f"one certificate and odd port on servers in {seen.systems} autonomous systems"
        yield argument(kind, "device", str(seen.systems), text)
    if seen.labelled_share < 0.1 or seen.labelled_share * seen.endpoints < _LABELS:
        return
    value = f"{seen.effective_devices:.1f} kinds"
    if seen.edge_share > 0.2 and seen.effective_devices >= 1.8 and seen.makers >= 2:
        factor = min(1.0, 0.6 + (seen.effective_devices - 1.8) / 3)
        text = f"one stack on {seen.effective_devices:.1f} kinds of device ({seen.top_device} first)"
        yield argument("mixed-devices", "device", value, text, factor=factor)
    elif seen.edge_share > 0.2 and seen.maker_share > 0.5 and seen.device_coverage < 0.6:
        text = f"on {_percent(seen.device_coverage)} of the scan's {seen.top_device}"
        yield argument("part-of-devices", "device", value, text)
    elif (
        seen.server_share < 0.1 and seen.top_device_share > 0.9 and seen.device_coverage >= 0.8 and not _odd_form(seen)
    ):
        text = f"on {_percent(seen.device_coverage)} of the scan's {seen.top_device}: part of the product"
        yield argument("all-of-devices", "device", value, text)


def _batch(seen: Features) -> Iterator[Argument]:
    if seen.batches < 3 or seen.burst_share < 0.6:
        return
    text = f"{seen.batches} bursts of certificates within a day, {_percent(seen.burst_share)} of all"
    kind = "bursts-on-one-port" if _by_batch(seen) else "bursts"
    yield argument(kind, "batch", str(seen.batches), text)


def _graph(seen: Features) -> Iterator[Argument]:
    if seen.ports_a_host >= 1.6 and seen.odd_share > 0.8:
        text = f"{seen.ports_a_host:.1f} of its odd ports open on an address"
        yield argument("several-ports-a-host", "graph", f"{seen.ports_a_host:.1f}", text)


_RULES = (_identity, _form, _port, _spread, _device, _batch, _graph)


def arguments(seen: Features) -> list[Argument]:
    """All arguments that the figures of a group give, for and against."""
    return [one for rule in _RULES for one in rule(seen)]


def counted(found: Iterable[Argument]) -> list[tuple[Argument, bool]]:
    """Each argument, and whether it counts: the strongest for and the strongest against of its family."""
    order = sorted(found, key=lambda one: (one.family, -abs(one.bits), one.kind))
    taken: set[tuple[str, bool]] = set()
    out: list[tuple[Argument, bool]] = []
    for one in order:
        slot = (one.family, one.bits >= 0)
        out.append((one, slot not in taken))
        taken.add(slot)
    return out


def bits(found: Sequence[Argument]) -> float:
    """Log-odds in bits of prior and counted arguments."""
    caps: dict[str, float] = _weights()["families"]
    prior: float = _weights()["prior"]
    return prior + sum(min(one.bits, caps[one.family]) for one, used in counted(found) if used)


def likelihood(found: Sequence[Argument]) -> Likelihood:
    """The probability with its 5-95 % range, from weights that are each unsure by a third."""
    middle = bits(found)
    width = sum((_UNSURE * one.bits) ** 2 for one, used in counted(found) if used) ** 0.5
    low, point, high = (min(max(1 / (1 + 2 ** -(middle + step)), _LEAST), _MOST) for step in (-width, 0.0, width))
    return Likelihood(low=round(low, 3), point=round(point, 3), high=round(high, 3))


def rows(found: Sequence[Argument]) -> tuple[Evidence, ...]:
    """The arguments as evidence, strongest first; those that do not count say so."""
    pairs = sorted(counted(found), key=lambda pair: (not pair[1], -abs(pair[0].bits), pair[0].kind, pair[0].value))
    return tuple(
        Evidence(
            kind=one.kind,
            value=one.value,
            group=one.family,
            weight=one.bits if used else 0.0,
            used=used,
            reason=one.text if used else f"{one.text} (not added: same family as a stronger one)",
        )
        for one, used in pairs
    )
