"""Addresses that a page or a mail points to, without what tracks its readers."""

from __future__ import annotations

from functools import cache
from urllib.parse import parse_qsl, urljoin, urlsplit

from geppo.read.text._fields import fields

_WEB = ("http://", "https://")
_LONGEST = 2_000
_NESTED = 2


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(str(word) for word in fields()["links"][kind])


def web_address(url: str) -> str:
    """The address where it is http or https with a host, else ""."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and host and " " not in url else ""


def untracked(url: str) -> str:
    """The address itself: what a redirecting one leads to, and without parameters that only track."""
    for _ in range(_NESTED):
        inner = _target(url)
        if not inner:
            break
        url = inner
    head, mark, query = url.partition("?")
    if not mark or len(url) > _LONGEST:
        return url
    query, hash_, fragment = query.partition("#")
    kept = [part for part in query.split("&") if part.partition("=")[0].lower() not in _names("tracking")]
    return head + ("?" if kept and kept != [""] else "") + "&".join(kept) + hash_ + fragment


def _target(url: str) -> str:
    if "?" not in url or len(url) > _LONGEST:
        return ""
    try:
        query = parse_qsl(urlsplit(url).query)
    except ValueError:
        return ""
    for name, value in query:
        if name.lower() in _names("target") and value.startswith(_WEB):
            return web_address(value)
    return ""


def resolved(base: str, href: str) -> str:
    """An absolute web address, or ""."""
    href = href.strip()
    if href.startswith("#"):
        return ""
    try:
        return web_address(urljoin(base, href))
    except ValueError:
        return ""
