"""Where a request may go: names are resolved once, every address is checked, and the checked address is connected to.

Checking a name and connecting to the name again would let a server answer differently the second time (DNS rebinding),
so the check sits in the network backend of httpcore2, below redirects, retries and pools.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from geppo.errors import InputError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], tuple[str, ...]]
"""Addresses of a host, in the order in which to try them. Raises OSError where it has none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in the last 32 bits."""


def system_resolve(host: str, port: int) -> tuple[str, ...]:
    """What the system's resolver says; it also reads the odd spellings of an IPv4 address (0x7f.1, 2130706433)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(text: str) -> bool:
    """True for an address of the public Internet, also inside IPv6 forms that carry an IPv4 address."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner: list[Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(address.packed[-4:]))
        if address.teredo is not None:
            inner += address.teredo
        if inner:
            return all(is_public(str(one)) for one in inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolved(host: str, port: int, resolve: Resolve, seconds: float) -> tuple[str, ...]:
    """The addresses of a host. Raises InputError("dns"), also when the resolver takes longer than `seconds`."""
    found: list[tuple[str, ...]] = []
    failed: list[OSError | UnicodeError] = []

    def work() -> None:
        try:
            found.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    # The system's resolver knows no time limit, so it runs in a thread that may be left behind.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if found and found[0]:
        return found[0]
    reason = str(failed[0]) if failed else "no answer in time" if not found else "no address"
    raise InputError("dns", f"the name {host!r} cannot be resolved ({reason}); check the address and the resolver")


def checked(host: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses, if all are public. Raises InputError("private-address") if one is not.

    One private address among public ones is refused as a whole: it is how rebinding looks.
    """
    found = tuple(addresses)
    for address in found:
        if not is_public(address):
            raise InputError(
                "private-address",
                f"{host} is at {address}, which is not on the public Internet; "
                "if the source is yours, add `allow_private = true` to it in sources.toml",
            )
    return found


class Deadline:
    """The time by which the request of the running thread has to be over."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._local = threading.local()

    def start(self, seconds: float) -> None:
        """From now on `left` counts down from `seconds` in this thread."""
        self._local.end = self._clock() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Seconds left, at most `timeout`. Raises httpcore2.ReadTimeout when there are none."""
        end = getattr(self._local, "end", None)
        left = self._left(end, timeout)
        if left <= 0:
            raise httpcore2.ReadTimeout("the deadline of the request has passed")
        return left

    def _left(self, end: float | None, timeout: float | None) -> float:
        if end is None:
            return timeout if timeout is not None else 60.0
        left = float(end) - self._clock()
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every read and write ends at the deadline: a server that drips bytes gains nothing."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(
            self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Connects to checked addresses. With `anywhere` private ones pass: own sources, and the proxy itself."""

    def __init__(self, deadline: Deadline, resolve: Resolve, *, anywhere: bool) -> None:
        self._deadline, self._resolve, self._anywhere = deadline, resolve, anywhere
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try the addresses in order. Raises InputError("dns") or ("private-address"), else what httpcore2 raises."""
        addresses = resolved(host, port, self._resolve, self._deadline.left(timeout))
        if not self._anywhere:
            checked(host, addresses)
        last: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
                continue
            return _Stream(stream, self._deadline)
        raise last
