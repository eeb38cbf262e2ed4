"""The same directory with different files."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import everyday_segment

KIND = "directory"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Directories that follow from paths of both reports."""
    for value in values_in_common(KIND, a, b):
        everyday = all(everyday_segment(segment) for segment in value.split("/") if segment)
        drop = "zero list: everyday directory" if everyday else ""
        yield item(KIND, value, a, b, background, group="protocol", drop=drop)
