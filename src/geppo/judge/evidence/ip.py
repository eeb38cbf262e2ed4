"""The same address on both sides: a coin toss by itself, and worth little where the block is let to everybody."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import crowded_block, special_address
from geppo.judge.evidence._side import net24

KIND = "ip"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Addresses that both reports list, or that both name as the server of something."""
    for value in values_in_common(KIND, a, b):
        block = net24(value)
        yield item(
            KIND,
            value,
            a,
            b,
            background,
            group=f"server:{value}",
            implies=(("net24", block),),
            crowded=crowded_block(background.count("net24", block)),
            drop=special_address(value),
        )
