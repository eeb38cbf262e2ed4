"""The same URL path on both sides: the layout of a kit or panel. On one server it only says that the tenant is one."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import everyday_path, telling_path
from geppo.judge.evidence._side import path_parts

KIND = "path"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Paths that both reports list or that follow from their URLs."""
    for value in values_in_common(KIND, a, b):
        name, directory = path_parts(value)
        yield item(
            KIND,
            value,
            a,
            b,
            background,
            group="protocol",
            ordinary=not telling_path(value),
            implies=(("filename", name), ("directory", directory)),
            drop="zero list: everyday path" if everyday_path(value) else "",
        )
