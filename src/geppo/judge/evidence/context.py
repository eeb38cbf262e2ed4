"""Traits that never carry a link: provider number, port, software fingerprints, hosting platform, techniques.

Their ratios are capped at 2, all together they are one group, and they never count for confidence.
"""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import common

KIND = "context"

KINDS = ("asn", "ja4x", "jarm", "platform", "port", "technique")
"""The kinds of items that this member yields."""


def _drop(kind: str, value: str) -> str:
    if kind == "technique":
        return "context only: techniques identify nobody"
    if kind == "port" and value in common().ports:
        return "zero list: everyday port"
    return "zero list: default fingerprint of a framework" if value in common().fingerprints else ""


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Context that both reports show, kind by kind."""
    for kind in KINDS:
        for value in values_in_common(kind, a, b):
            yield item(kind, value, a, b, background, group="context", drop=_drop(kind, value))
