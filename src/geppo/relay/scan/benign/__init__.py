"""Benign kinds of groups, one a file: what looks like a relay network in a scan and is none.

A member has `KIND` (its class by name) and `fits(seen) -> Fit | None`: whether the figures of a group are those of its
kind, how many bits that takes from the odds, and why. It never looks at single rows. A group that a member fits is
printed under the member's name if it would have been called a network without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from geppo.errors import DataError
from geppo.model.relay import NetworkClass
from geppo.registry import family
from geppo.relay.scan._measure import Features


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A benign kind fits: bits against (negative), and why."""

    kind: NetworkClass
    bits: float
    text: str


@lru_cache(maxsize=1)
def members() -> tuple[ModuleType, ...]:
    """The kinds of the package. Raises DataError if one is broken."""
    found = family("geppo.relay.scan.benign")
    if found.broken:
        raise DataError("; ".join(f"benign kind {one.name}: {one.reason}" for one in found.broken))
    return found.members


def fits(seen: Features) -> list[Fit]:
    """The benign kinds that fit, the strongest first."""
    found = [fit for member in members() if (fit := member.fits(seen)) is not None]
    return sorted(found, key=lambda fit: (fit.bits, fit.kind))
