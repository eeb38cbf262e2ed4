"""Addresses that may stand in a file that others open."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNSAFE = frozenset(' <>"{}|\\^`')


def sound_url(url: str) -> bool:
    """Whether an address of a page is a web address as RFC 3986 writes it."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return sound and url.isascii() and url.isprintable() and not set(url) & _UNSAFE


def encoded_url(url: str) -> str:
    """A URL as RFC 3986 writes it, which STIX asks for; an empty text where it cannot be one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.scheme or not (parts.netloc or parts.path):
        return ""
    whole = _STRAY.sub("%25", url)
    head = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    if not whole.lower().startswith(head.lower()):
        return ""
    host = quote(parts.netloc, safe="[]:@!$&'()*+,;=%-._~")
    return (
        f"{parts.scheme}://{host}" * bool(parts.netloc)
        + f"{parts.scheme}:" * (not parts.netloc)
        + quote(whole[len(head) :], safe="/?#:@!$&'()*+,;=%-._~")
    )
