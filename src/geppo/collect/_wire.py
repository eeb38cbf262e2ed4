"""The transport below the cache: chooses how a request leaves (checked, to an own host, through a proxy)."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable, Iterator, Mapping
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from geppo.collect._guard import Backend, Deadline, Resolve, checked, is_public, resolved
from geppo.errors import InputError

_IDLE = 20.0
"""Seconds for which an unused connection is kept."""


class _Body(httpx2.SyncByteStream):
    def __init__(self, inner: Iterable[bytes]) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()


class Wire(httpx2.BaseTransport):
    """Sends requests over pools with a checking backend. The request's extension `anywhere` permits private addresses.

    Proxies are taken from the environment (`https_proxy`, `no_proxy` …). A proxy resolves names itself, so a name that
    is private as seen from here is refused before the proxy is asked, and rebinding is the proxy's to prevent.
    """

    def __init__(
        self,
        *,
        deadline: Deadline,
        resolve: Resolve,
        tls: ssl.SSLContext,
        seconds: float,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self._deadline, self._resolve, self._tls, self._seconds = deadline, resolve, tls, seconds
        self._proxies = dict(getproxies() if proxies is None else proxies)
        self._pools: dict[str, httpcore2.ConnectionPool] = {}
        for name, anywhere in (("checked", False), ("own", True)):
            backend = Backend(deadline, resolve, anywhere=anywhere)
            self._pools[name] = httpcore2.ConnectionPool(
                ssl_context=tls, max_connections=None, keepalive_expiry=_IDLE, network_backend=backend
            )
        for address in sorted(set(self._proxies.values())):
            if address.startswith(("http://", "https://")):
                self._pools[address] = self._proxy_pool(address)

    def _proxy_pool(self, address: str) -> httpcore2.HTTPProxy:
        proxy = httpx2.Proxy(address)
        return httpcore2.HTTPProxy(
            proxy_url=httpcore2.URL(
                scheme=proxy.url.raw_scheme,
                host=proxy.url.raw_host,
                port=proxy.url.port,
                target=proxy.url.raw_path,
            ),
            proxy_auth=proxy.raw_auth,
            ssl_context=self._tls,
            max_connections=None,
            keepalive_expiry=_IDLE,
            network_backend=Backend(self._deadline, self._resolve, anywhere=True),
        )

    def _pool(self, url: httpx2.URL, anywhere: bool) -> httpcore2.ConnectionPool:
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all", "")
        if proxy not in self._pools or proxy_bypass(url.host) or (anywhere and self._private(url)):
            return self._pools["own" if anywhere else "checked"]
        if not anywhere:
            self._check_name(url)
        return self._pools[proxy]

    def _addresses(self, url: httpx2.URL) -> tuple[str, ...]:
        """Empty where only the proxy can resolve the name."""
        try:
            return resolved(url.host, url.port or 0, self._resolve, self._deadline.left(self._seconds))
        except InputError:
            return ()

    def _private(self, url: httpx2.URL) -> bool:
        return not all(is_public(one) for one in self._addresses(url))

    def _check_name(self, url: httpx2.URL) -> None:
        try:
            checked(url.host, (str(ipaddress.ip_address(url.host)),))
        except InputError:
            raise
        except ValueError:
            checked(url.host, self._addresses(url))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises what httpcore2 raises, and InputError("dns") or ("private-address")."""
        assert isinstance(request.stream, httpx2.SyncByteStream)
        anywhere = bool(request.extensions.get("anywhere", False))
        # The cache above is told to ask again; caches on the way are welcome to answer.
        headers = [(key, value) for key, value in request.headers.raw if key.lower() != b"cache-control"]
        response = self._pool(request.url, anywhere).handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=headers,
                content=request.stream,
                extensions={"timeout": request.extensions.get("timeout", {})},
            )
        )
        assert isinstance(response.stream, Iterable)
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response.stream),
            extensions=response.extensions,
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
