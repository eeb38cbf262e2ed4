"""The same tool by name on both sides. Public tools say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import common

KIND = "tool"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Tools that both reports name. A tool and its samples are one group."""
    for value in values_in_common(KIND, a, b):
        plain = "".join(sign for sign in value.lower() if sign.isalnum())
        drop = "zero list: public tool" if plain in common().tools else ""
        yield item(KIND, value, a, b, background, group="sample", drop=drop)
