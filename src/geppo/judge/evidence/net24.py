"""Different addresses in the same /24: weak, and worth nothing after a year."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import special_address

KIND = "net24"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """First three octets that addresses of both reports have in common. Several blocks are one observation."""
    for value in values_in_common(KIND, a, b):
        yield item(KIND, value, a, b, background, group="names", drop=special_address(f"{value}.0"))
