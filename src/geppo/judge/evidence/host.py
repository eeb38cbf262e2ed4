"""The same host name on both sides. Names of services that everybody uses say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import common, service
from geppo.judge.evidence._side import platform, registered_domain

KIND = "host"


def _drop(value: str) -> str:
    if service(value):
        return "zero list: public service"
    return "zero list: a provider's own name" if value in common().platforms else ""


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Hosts that both reports list, or that both name in a URL or as the server of something."""
    for value in values_in_common(KIND, a, b):
        implies = (("domain", registered_domain(value)), ("platform", platform(value)))
        yield item(KIND, value, a, b, background, group=f"server:{value}", implies=implies, drop=_drop(value))
