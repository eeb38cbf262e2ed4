"""HTTP for channels: only the operator's own address, no redirect, no proxy or credentials from the environment."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx2

from geppo.deliver.channel import Config
from geppo.deliver.ledger import Outcome, Reply
from geppo.errors import UsageError

_LONGEST = 300
_AGAIN = frozenset((408, 423, 425, 429))
"""Answers below 500 that ask to come back later (RFC 9110, RFC 6585, RFC 8470)."""


def address(config: Config) -> str:
    """The `url` of a channel. Raises UsageError where it is no https address; http only to this machine."""
    url = config.text("url")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise UsageError(f"channel {config.name}: url: expected an https address") from error
    if parts.username or parts.password:
        raise UsageError(f"channel {config.name}: url: names and passwords have fields of their own")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))):
        raise UsageError(f"channel {config.name}: url: expected an https address, got scheme {parts.scheme!r}")
    return url


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def client(config: Config) -> httpx2.AsyncClient:
    """A client that goes nowhere but where it is told."""
    return httpx2.AsyncClient(timeout=config.timeout, follow_redirects=False, trust_env=False)


def reply(answer: httpx2.Response) -> Reply:
    """An HTTP answer as a Reply. A redirect is a refusal: the operator writes the new address down."""
    code = answer.status_code
    text = answer.text[:_LONGEST]
    if 200 <= code < 300:
        return Reply(outcome=Outcome.SENT, code=code, text=text)
    if 300 <= code < 400:
        return Reply(outcome=Outcome.REFUSED, code=code, text="the address moved; redirects are not followed")
    deferred = code >= 500 or code in _AGAIN
    return Reply(outcome=Outcome.DEFERRED if deferred else Outcome.REFUSED, code=code, text=text)


def lost(error: Exception) -> Reply:
    """No answer."""
    unreachable = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
    outcome = Outcome.UNREACHABLE if unreachable else Outcome.DEFERRED
    return Reply(outcome=outcome, code=0, text=f"{type(error).__name__}: {error}", doubt=not unreachable)
