"""Likelihood and confidence that a host relays and that nobody of the house allowed it.

Log-odds in bits: a base rate, and one figure a family of evidence, the best of the family and not the sum, each with a
cap. Every figure is an Evidence with its bits, used or not.
"""

from __future__ import annotations

import bisect
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from geppo.config import Settings
from geppo.model.assessment import Confidence, Evidence, Likelihood
from geppo.model.relay import Detection
from geppo.relay.classify import Like, by_chance, is_edge_device, is_sanctioned, table
from geppo.relay.detect._stage import Asset

_LEAST, _MOST = 0.01, 0.99
_INDEPENDENT_BITS = 2.5
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The sum of the bits (base rate included), the evidence, and whether relaying itself is beyond chance."""

    bits: float
    evidence: tuple[Evidence, ...]
    clear: bool


RELAYING, CHANNEL = "relaying", "channel"
"""Strata of calibration: hosts with evidence of relaying or with none of steadiness, and hosts with a steady connection
and nothing that shows that they pass anything on."""


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("geppo.relay").joinpath("words.toml").read_text(encoding="utf-8"))


def prior_bits(settings: Settings) -> float:
    """Log-odds of the base rate, bits."""
    prior = settings.number("relay.flows.prior")
    return math.log2(prior / (1 - prior))


def bits_of(evidence: Iterable[Evidence], settings: Settings) -> float:
    """Log-odds in bits: the base rate and all evidence that is used."""
    return prior_bits(settings) + sum(item.weight for item in evidence if item.used)


def stratum_of(evidence: Iterable[Evidence]) -> str:
    """In which table of `calibration.toml` a host's bits are looked up."""
    used = {item.group for item in evidence if item.used}
    return CHANNEL if "control channel" in used and "relay behaviour" not in used else RELAYING


def detection_bits(one: Detection, settings: Settings) -> float:
    """What a detection says of relaying without leave, bits, after discounts and caps.

    The empirical false rate of decoys is a posterior for the hosts listed; it bounds the bits at its log-odds less the
    prior's, so that a score which decoys reach too says nothing.
    """
    if one.detector == "pairs":
        bits = one.score - settings.number("relay.flows.pairs_discount")
        if one.false_rate is not None:
            rate = min(max(one.false_rate, 1e-6), 1 - 1e-6)
            bits = min(bits, math.log2((1 - rate) / rate) - prior_bits(settings))
        return min(max(bits, 0.0), settings.number("relay.flows.behaviour_cap"))
    if one.detector == "conservation":
        bits = one.score - settings.number("relay.flows.conservation_discount")
        return min(max(bits, 0.0), settings.number("relay.flows.behaviour_cap"))
    if one.detector == "control":
        return min(one.score * settings.number("relay.flows.control_share"), settings.number("relay.flows.control_cap"))
    return 0.0


def most_telling(detections: tuple[Detection, ...], settings: Settings) -> Detection | None:
    """The relay detection that says most, after what speaks for chance."""
    found = [one for one in detections if one.family == "relay behaviour"]
    return max(found, key=lambda one: (detection_bits(one, settings) + by_chance(one), one.score), default=None)


def explained(one: Detection) -> tuple[str, str, str]:
    """Kind, value and text of a detection for a person."""
    words = _words()[one.detector]
    figures = dict(one.figures)
    text = words["out" if one.figure("opened") else "in"].format(**figures)
    return words["kind"], words["value"].format(**figures), text


def _by_family(detections: tuple[Detection, ...], settings: Settings) -> list[Evidence]:
    """Evidence of the detections; inside a family only the most telling counts."""
    found: list[Evidence] = []
    best: dict[str, float] = {}
    telling = most_telling(detections, settings)
    ordered = sorted(
        detections, key=lambda one: (one is not telling, -detection_bits(one, settings), -one.score, one.detector)
    )
    for one in ordered:
        kind, value, text = explained(one)
        bits = detection_bits(one, settings)
        first = one.family not in best and bits > 0
        best.setdefault(one.family, bits)
        found.append(Evidence(kind=kind, value=value, group=one.family, weight=round(bits, 2), used=first, reason=text))
    return found


def _shared(count: int) -> Evidence | None:
    """Several hosts of the house that stand out by the same outside peer speak for one hand that steers them."""
    if count < 2:
        return None
    bits = min(1.5 * math.log2(count) + 1.5, 5.0)
    text = f"{count} hosts that stand out share its peer"
    return Evidence(kind="shared-peer", value=str(count), group="graph", weight=round(bits, 2), used=True, reason=text)


def weigh(
    detections: tuple[Detection, ...],
    held: tuple[Like, ...],
    figures: Mapping[str, float],
    asset: Asset | None,
    sharing: int,
    settings: Settings,
) -> Weighed:
    """Put everything about one host together."""
    evidence = _by_family(detections, settings)
    relaying = any(item.used and item.group == "relay behaviour" for item in evidence)
    regular = any(item.used and item.group == "control channel" for item in evidence)
    shared = _shared(sharing) if relaying or regular else None
    if shared:
        evidence.append(shared)
    if (relaying or regular) and is_edge_device(asset) and asset is not None:
        bits = float(table().words["assets"]["edge_bits"])
        text = f"the inventory calls it {asset.asset_class}: devices that relay networks take"
        evidence.append(
            Evidence(kind="asset", value=asset.asset_class, group="asset", weight=bits, used=True, reason=text)
        )
    for like in held:
        text = like.text.format(**figures)
        evidence.append(Evidence(kind=like.name, value="", group="role", weight=like.bits, used=True, reason=text))
    if is_sanctioned(asset) and asset is not None:
        text = f"the inventory says that this is its work: {asset.role or asset.asset_class}"
        evidence.append(
            Evidence(kind="inventory", value=asset.role, group="inventory", weight=-16.0, used=True, reason=text)
        )
    bits = bits_of(evidence, settings)
    return Weighed(bits=bits, evidence=tuple(evidence), clear=relaying and calibrated(bits) >= 0.5)


def likelihood(bits: float, confidence: Confidence, ceiling: float, stratum: str = RELAYING) -> Likelihood:
    """Calibrated probability of a sum of bits, with a range that is wider the less it rests on."""
    wide = {Confidence.LOW: 2.0, Confidence.MODERATE: 1.3, Confidence.HIGH: 0.8}[confidence]
    low, point, high = (
        round(min(max(calibrated(bits + change, stratum), _LEAST), min(ceiling, _MOST)), _DIGITS)
        for change in (-wide, 0.0, wide)
    )
    return Likelihood(low=low, point=point, high=high)


@cache
def _calibration(stratum: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Middles of the bins and log-odds (bits) of their relays: counts with the law as a weak prior, made monotone."""
    raw = tomllib.loads(resources.files("geppo.relay").joinpath("calibration.toml").read_text(encoding="utf-8"))
    weight, innocent = float(raw["prior_hosts"]), float(raw["innocent_weight"])
    pools: list[list[float]] = []
    for row in raw[stratum]:
        middle = (row["from"] + row["to"]) / 2
        hosts = row["relays"] + innocent * (row["hosts"] - row["relays"])
        pools.append([middle, row["relays"] + weight * logistic(middle), hosts + weight, 1])
        # Pool adjacent violators: a bin below its left neighbour is taken together with it.
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            whole = pools[-1][3] + last[3]
            pools[-1] = [
                (pools[-1][0] * pools[-1][3] + last[0] * last[3]) / whole, pools[-1][1] + last[1],
                pools[-1][2] + last[2], whole,
            ]  # fmt: skip
    shares = [min(max(pool[1] / pool[2], 1e-4), 1 - 1e-4) for pool in pools]
    return tuple(pool[0] for pool in pools), tuple(math.log2(share / (1 - share)) for share in shares)


def logistic(bits: float) -> float:
    """Probability of log-odds in bits."""
    return 1 / (1 + 2 ** min(max(-bits, -60.0), 60.0))


def calibrated(bits: float, stratum: str = RELAYING) -> float:
    """Probability of a sum of bits by the counts of `calibration.toml`: between the bins straight in log-odds."""
    places, odds = _calibration(stratum)
    if not places:
        return logistic(bits)
    if bits <= places[0]:
        return logistic(odds[0] + bits - places[0])
    if bits >= places[-1]:
        return logistic(odds[-1] + bits - places[-1])
    right = bisect.bisect_right(places, bits)
    left = right - 1
    part = (bits - places[left]) / (places[right] - places[left])
    return logistic(odds[left] + part * (odds[right] - odds[left]))


def confidence(weighed: Weighed, degraded: bool) -> Confidence:
    """By the number of families that speak for the side that the sum is on; one step less on degraded data."""
    signed = [(item.group, item.weight if weighed.bits > 0 else -item.weight) for item in weighed.evidence if item.used]
    families = {group for group, weight in signed if weight >= _INDEPENDENT_BITS}
    steps = (Confidence.LOW, Confidence.MODERATE, Confidence.HIGH)
    return steps[max(min(len(families), 3) - 1 - degraded, 0)]
