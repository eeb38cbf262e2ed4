"""The same file name in URLs or on disk, under different paths."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import everyday_name, telling_name

KIND = "filename"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """File names that both reports list or that follow from their paths."""
    for value in values_in_common(KIND, a, b):
        drop = "zero list: everyday file name" if everyday_name(value) else ""
        yield item(KIND, value, a, b, background, group="protocol", ordinary=not telling_name(value), drop=drop)
