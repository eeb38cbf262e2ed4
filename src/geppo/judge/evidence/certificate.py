"""The same certificate, and so its private key, on both sides. Default certificates of frameworks say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import common

KIND = "certificate"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Certificates (SHA-256) that both reports list. Seen on one server, they are part of that server's observation."""
    for value in values_in_common(KIND, a, b):
        drop = "zero list: default certificate of a framework" if value in common().certificates else ""
        yield item(KIND, value, a, b, background, group="key", drop=drop)
