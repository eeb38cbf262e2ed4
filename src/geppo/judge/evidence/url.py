"""The same full URL on both sides. It implies its host or address, its path, and what follows from those."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from geppo.judge.evidence import Background, Item, Side, item, values_in_common
from geppo.judge.evidence._common import crowded_block, service, special_address
from geppo.judge.evidence._side import is_address, net24, path_parts, platform, registered_domain, url_host

KIND = "url"


def _implies(value: str) -> tuple[tuple[str, str], ...]:
    host, path = url_host(value), urlsplit(value).path
    name, directory = path_parts(path)
    if is_address(host):
        server: tuple[tuple[str, str], ...] = (("ip", host), ("net24", net24(host)))
    else:
        server = (("host", host), ("domain", registered_domain(host)), ("platform", platform(host)))
    return (*server, ("path", path), ("filename", name), ("directory", directory))


def _drop(host: str, path: str) -> str:
    if is_address(host):
        return special_address(host)
    return "zero list: front page of a public service" if service(host) and not path.strip("/") else ""


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """URLs that both reports list. On a bare address the URL only says that the address is the same."""
    for value in values_in_common(KIND, a, b):
        host = url_host(value)
        address = is_address(host)
        yield item(
            KIND,
            value,
            a,
            b,
            background,
            group=f"server:{host}",
            row="ip" if address else KIND,
            crowded=address and crowded_block(background.count("net24", net24(host))),
            implies=_implies(value),
            drop=_drop(host, urlsplit(value).path),
        )
