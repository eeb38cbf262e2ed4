"""The same file on both sides. Files of public tools, empty files and test files say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import common

KIND = "hash"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Hashes that both reports list. All of them are one group: several hashes may be one file, or one package."""
    for value in values_in_common(KIND, a, b):
        drop = "zero list: empty file, test file or public tool" if value in common().hashes else ""
        yield item(KIND, value, a, b, background, group="sample", drop=drop)
