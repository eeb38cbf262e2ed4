"""From detections to a role: what does the host do, and is that its work? Roles come before verdicts."""

from __future__ import annotations

import operator
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.errors import DataError
from geppo.model.relay import Detection, HostRole
from geppo.relay.detect._ports import ports
from geppo.relay.detect._stage import Asset

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq,
}  # fmt: skip
_TEST = re.compile(r"(\w+) (>=|<=|==|>|<) (-?[\d.]+)")
_TUNNEL = "conservation"
_PAIRS = "pairs"
_NAT = "nat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """A known look-alike: name, tests over figures, bits and a text with places for figures.

    `chance` is True where the rule says that one detection came by chance, and not what the host is.
    """

    name: str
    tests: tuple[tuple[str, str, float], ...]
    bits: float
    text: str
    chance: bool = False

    def holds(self, figures: Mapping[str, float]) -> bool:
        """True if all tests hold; a figure that is not known fails its test."""
        return all(name in figures and _OPERATORS[sign](figures[name], value) for name, sign, value in self.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The parsed `classify.toml`."""

    likes: tuple[Like, ...]
    words: Mapping[str, Any]


@cache
def table() -> Table:
    """Rules and words. Raises DataError for a test that is no comparison."""
    raw = tomllib.loads(resources.files("geppo.relay").joinpath("classify.toml").read_text(encoding="utf-8"))
    likes = []
    for row in raw.pop("like"):
        found = [_TEST.fullmatch(test) for test in row["when"]]
        if not all(found):
            raise DataError(f"classify.toml: {row['name']}: expected tests such as 'exits >= 3', got {row['when']}")
        tests = tuple((one[1], one[2], float(one[3])) for one in found if one)
        chance = row.get("chance", False)
        likes.append(Like(name=row["name"], tests=tests, bits=row["bits"], text=row["text"], chance=chance))
    return Table(likes=tuple(likes), words=raw)


def is_several(detections: Iterable[Detection]) -> bool:
    """True where the address stands for several hosts."""
    return any(one.detector == _NAT for one in detections)


def of_one_host(detections: tuple[Detection, ...], least_hosts: int) -> tuple[Detection, ...]:
    """Without what comes of several hosts at one address: a regular connection to a service of `least_hosts` hosts or
    more. Behind the address it is the sum of many, which has another period and size than theirs and looks rare."""
    if not is_several(detections):
        return detections
    return tuple(one for one in detections if one.family != "control channel" or one.figure("peer_hosts") < least_hosts)


def is_sanctioned(asset: Asset | None) -> bool:
    """True if the inventory says that relaying is the host's work."""
    return asset is not None and asset.sanctioned


def has_word(text: str, words: Iterable[str]) -> bool:
    """True if one of the words stands in a text as a word or words of its own."""
    folded = " " + re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip() + " "
    return any(f" {word} " in folded for word in words)


def is_user_device(asset: Asset | None) -> bool:
    """True for a device that a person works or plays at."""
    return asset is not None and has_word(asset.asset_class, table().words["assets"]["user"])


def is_edge_device(asset: Asset | None) -> bool:
    """True for a device at the edge: router, camera, storage and the like."""
    return asset is not None and has_word(asset.asset_class, table().words["assets"]["edge"])


def by_chance(one: Detection) -> float:
    """What speaks for a detection's having come by chance, in bits (0 or less)."""
    figures = {"pairs": float(one.detector == _PAIRS), "share": _share(one)}
    return min((like.bits for like in table().likes if like.chance and like.holds(figures)), default=0.0)


def _share(one: Detection) -> float:
    return one.figure("hits") / max(one.figure("legs"), 1.0) if one.detector == _PAIRS else 1.0


def figures_of(
    detections: tuple[Detection, ...], best: Detection | None, profile: Mapping[str, float], sharing: int
) -> dict[str, float]:
    """Figures for the rules: the host's profile and those of its most telling relay detection.

    `sharing` hosts, this one among them, stand out by the same peer: they do not make it a service of the house, and
    `users` leaves the others out of the hosts that know it.
    """
    figures = {name: value for name, value in profile.items() if not name.startswith("listen:")}
    figures["relaying"] = float(best is not None)
    figures["several"] = float(is_several(detections))
    if best is None:
        return figures
    figures.update(best.figures)
    port = int(best.figure("port"))
    known = ports()
    figures.update(
        service_inside=profile.get(f"listen:{port}:inside", 0.0),
        service_outside=profile.get(f"listen:{port}:outside", 0.0),
        pairs=float(best.detector == _PAIRS),
        tunnel=float(best.detector == _TUNNEL),
        share=_share(best),
        vpn_port=float(port in known["vpn"]),
        proxy_port=float(port in known["proxy"]),
        mail_port=float(port in known["mail"]),
        up_down=max(best.figure("up"), best.figure("down")),
        users=best.figure("peer_hosts") - max(sharing - 1, 0),
    )
    return figures


def likes(figures: Mapping[str, float]) -> tuple[Like, ...]:
    """Rules that hold: at most the strongest for and the strongest against, in that order."""
    held = [like for like in table().likes if like.holds(figures)]
    best = max((like for like in held if like.bits > 0), key=lambda like: like.bits, default=None)
    worst = min((like for like in held if like.bits < 0), key=lambda like: like.bits, default=None)
    return tuple(like for like in (best, worst) if like is not None)


def role(
    detections: tuple[Detection, ...],
    best: Detection | None,
    held: tuple[Like, ...],
    asset: Asset | None,
    *,
    clear: bool,
) -> HostRole:
    """The role; `clear` says that relaying without leave is more likely than not after all that was weighed."""
    scans = any(one.detector == "fan" for one in detections)
    if best is not None and is_sanctioned(asset) and not scans:
        return HostRole.SANCTIONED_RELAY
    if best is not None and clear:
        return HostRole.PROXYWARE if _proxyware(best, asset) else HostRole.RELAY
    if scans:
        return HostRole.SCANNER
    if is_several(detections):
        return HostRole.NAT_GATEWAY
    if any(like.bits < 0 for like in held):
        return HostRole.UNKNOWN
    if any(one.family == "control channel" for one in detections):
        return HostRole.CONTROL_CHANNEL
    return HostRole.UNKNOWN


def _proxyware(best: Detection, asset: Asset | None) -> bool:
    """A user's device that an outside server steers through connections of its own, to many web sites."""
    limits = table().words["proxyware"]
    return (
        is_user_device(asset)
        and best.figure("opened") == 1.0
        and best.figure("target_web") >= limits["web"]
        and best.figure("exits") >= limits["exits"]
    )
