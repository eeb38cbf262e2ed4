"""Different hosts under the same registered domain. A domain that is let to many by name is context only."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import common, service

KIND = "domain"


def _drop(value: str) -> str:
    if service(value):
        return "zero list: public service"
    return "zero list: names under this domain are given to anybody" if value in common().platforms else ""


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Registered domains that both reports list or that follow from their hosts."""
    for value in values_in_common(KIND, a, b):
        yield item(KIND, value, a, b, background, group="names", drop=_drop(value))
