"""Fetching over HTTP: politely (robots.txt, pauses, conditional requests) and safely (addresses, sizes, time).

Every way in which a server can fail ends in an InputError whose `kind` is a row of docs/collecting.md.
"""

from __future__ import annotations

import logging
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2
import stamina
from hishel import CacheOptions, SqliteStorage
from hishel.httpx2 import CacheTransport

from geppo import __version__
from geppo.collect import Entry
from geppo.collect._guard import Deadline, Resolve, system_resolve
from geppo.collect._polite import Gate, Origin
from geppo.collect._rest import RESTING, Hosts
from geppo.collect._robots import ALL, Robots, parse
from geppo.collect._wire import Wire
from geppo.config import Settings
from geppo.errors import InputError

for _name in ("stamina", "hishel"):
    # Without a handler their notes would be printed to stderr, between the lines of a program that asked for none.
    logging.getLogger(_name).addHandler(logging.NullHandler())

_MOVED = frozenset({301, 302, 303, 307, 308})
_KINDS = {
    204: "empty",
    401: "denied",
    402: "denied",
    403: "denied",
    404: "missing",
    407: "proxy",
    410: "missing",
    451: "denied",
}
_AGAIN = frozenset({"rate-limited", "server-error", "refused", "connect"})
"""Kinds after which a further try makes sense at once."""

PASSING = _AGAIN | {"timeout", "dns", "truncated", "tls", RESTING}
"""Kinds that may be gone at the next collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time and sleep, so that tests need neither. `now` is for waits, `today` for dates in headers."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    today: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole answer. `url` is where it was found after redirects."""

    url: str
    data: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What to ask for, the same for every hop and try."""

    url: str
    entry: Entry
    headers: Mapping[str, str]
    private: Mapping[str, str]
    """Headers that only the host of `url` may see."""
    robots: bool
    method: str
    body: bytes
    most: int


class _Busy(InputError):
    """A failure of a host with the wait that it asked for, or None."""

    def __init__(self, kind: str, message: str, wait: float | None, host: str) -> None:
        super().__init__(kind, message)
        self.wait = wait
        self.host = host


@dataclass(slots=True)
class _Rules:
    lock: threading.Lock = field(default_factory=threading.Lock)
    robots: Robots | None = None
    fault: InputError | None = None


class Client:
    """One for a collection; threads may share it. `cache` is the file of the HTTP cache, in memory if None.

    `resolve` and `tls` are in force for every protocol: mail over IMAP uses them too.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        cache: Path | None = None,
        clock: Clock | None = None,
        resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock or Clock()
        # The deadline is measured on the real clock: it bounds sockets, which a made clock cannot.
        self._deadline = Deadline(time.monotonic)
        self._gate = Gate(self._clock.now, self._clock.sleep)
        self._rules: dict[tuple[Origin, bool], _Rules] = {}
        self._lock = threading.Lock()
        self.hosts = Hosts(self._clock.today, settings.number("collect.rest_asked"))
        self.resolve = resolve
        self.tls = tls or httpx2.create_ssl_context()
        wire = Wire(
            deadline=self._deadline,
            resolve=resolve,
            tls=self.tls,
            seconds=settings.number("collect.connect"),
            proxies=proxies,
        )
        storage = SqliteStorage(connection=_kept(cache), max_size=settings.integer("collect.cache_bytes"))
        self._client = _client(CacheTransport(wire, storage, rfc=CacheOptions(shared=False)), settings)
        # The cache keeps the headers of a request with its answer: one with a key in it must not get there.
        self._plain = _client(wire, settings)
        self._spoken = {one.strip() for one in self._client.headers["accept-encoding"].split(",")} | {"identity", ""}

    def close(self) -> None:
        """Close connections and the cache."""
        self._client.close()
        self._plain.close()

    def get(
        self,
        url: str,
        entry: Entry,
        *,
        accept: str = "*/*",
        robots: bool = True,
        private: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most: int | None = None,
    ) -> Page:
        """The answer at `url`; a POST where `body` (JSON) is given. `private` headers never leave the host of `url`.

        `robots` is False for interfaces that are made for programs. `most` bytes are taken at most, by default
        `collect.max_bytes`. Raises InputError with a kind of docs/collecting.md.
        """
        headers = {"accept": accept, "content-type": "application/json"} if body is not None else {"accept": accept}
        return self._retried(
            _Wanted(
                url=url,
                entry=entry,
                headers=headers,
                private=private or {},
                robots=robots,
                method="GET" if body is None else "POST",
                body=body or b"",
                most=self._settings.integer("collect.max_bytes") if most is None else most,
            )
        )

    def _retried(self, wanted: _Wanted) -> Page:
        """stamina tells tries apart; the wait itself is on our clock and never follows the last try."""
        attempts = self._settings.integer("collect.attempts")
        longest = self._settings.number("collect.retry_after")
        tries = 0

        def again(error: Exception) -> bool | float:
            nonlocal tries
            tries += 1
            if not isinstance(error, InputError) or error.kind not in _AGAIN:
                return False
            wait = error.wait if isinstance(error, _Busy) and error.wait is not None else None
            if wait is None:
                wait = self._settings.number("collect.backoff") * 2 ** (tries - 1)
            if isinstance(error, _Busy) and error.wait is not None and wait > longest:
                self.hosts.ask(error.host, wait, error.kind)
            if tries >= attempts or wait > longest:
                return False
            self._clock.sleep(wait)
            return 0.0

        for attempt in stamina.retry_context(on=again, attempts=attempts, timeout=None, wait_jitter=0):
            with attempt:
                return self._followed(wanted)
        raise AssertionError("stamina re-raises the last error")

    def _followed(self, wanted: _Wanted) -> Page:
        url, seen = wanted.url, {_plain(wanted.url)}
        for _ in range(self._settings.integer("collect.redirects") + 1):
            answer = self._hop(wanted, url)
            target = answer.headers.get("location", "")
            if answer.status not in _MOVED or not target:
                return self._page(answer, url)
            following = urljoin(url, target)
            if urlsplit(url).scheme == "https" and urlsplit(following).scheme == "http":
                raise InputError("insecure-redirect", f"{url} leads from https to {following}; use another address")
            if _plain(following) in seen:
                raise InputError("redirect-loop", f"{url} leads back to {following}; check the address in a browser")
            seen.add(_plain(following))
            url = following
        raise InputError("redirect-loop", f"{wanted.url} was moved more often than collect.redirects allows")

    def _hop(self, wanted: _Wanted, url: str) -> _Answer:
        origin = _origin(url)
        anywhere = wanted.entry.allow_private and origin[1] == _home(wanted)
        rest = self.hosts.resting(place(url))
        if rest is not None:
            raise InputError(RESTING, f"{url}: {rest.message}")
        delay = 0.0 if anywhere else self._settings.number("collect.delay")
        if wanted.robots:
            rules = self._robots(origin, anywhere)
            if not rules.allows(url):
                raise InputError("robots", f"robots.txt of {origin[1]} asks programs not to fetch {url}")
            delay = max(delay, min(rules.delay, self._settings.number("collect.crawl_delay")))
        own = wanted.private if origin == _origin(wanted.url) else {}
        client = self._plain if own else self._client
        try:
            request = client.build_request(
                wanted.method,
                url,
                headers={**wanted.headers, **own},
                content=wanted.body or None,
                extensions={"anywhere": anywhere},
            )
        except _FAULTS as error:
            raise _fault(error, url) from error
        with self._gate.through(origin, delay):
            return self._sent(client, request, wanted.most)

    def _sent(self, client: httpx2.Client, request: httpx2.Request, most: int) -> _Answer:
        self._deadline.start(self._settings.number("collect.deadline"))
        try:
            with closing(client.send(request, stream=True)) as response:
                data = b"" if response.status_code in _MOVED else self._read(response, most)
                return _Answer(
                    status=response.status_code,
                    headers={key.lower(): value for key, value in response.headers.items()},
                    data=data,
                )
        except _FAULTS as error:
            raise _fault(error, str(request.url)) from error

    def _read(self, response: httpx2.Response, most: int) -> bytes:
        """The body. Raises InputError: too-large, bomb, encoding."""
        where = str(response.url)
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in self._spoken:
            raise InputError("encoding", f"{where}: packed as {encoding!r}, which was not asked for and is not read")
        size = response.headers.get("content-length", "")
        if size.isascii() and size.isdigit() and int(size[:20]) > most:
            raise InputError("too-large", f"{where}: {size[:20]} bytes, at most {most} are taken (collect.max_bytes)")
        ratio = self._settings.number("collect.bomb_ratio")
        pieces: list[bytes] = []
        length = 0
        for piece in response.iter_bytes():
            length += len(piece)
            wire = response.num_bytes_downloaded
            if wire > most or length > most:
                if length > max(wire, 1) * ratio:
                    raise InputError("bomb", f"{where}: {wire} bytes unpack to more than {length}; this is no report")
                raise InputError("too-large", f"{where}: more than {most} bytes (setting collect.max_bytes)")
            pieces.append(piece)
        return b"".join(pieces)

    def _page(self, answer: _Answer, url: str) -> Page:
        status = answer.status
        if status in {429, 503}:
            wait = retry_after(answer.headers.get("retry-after", ""), self._clock.today())
            kind = "rate-limited" if status == 429 or wait is not None else "server-error"
            later = f", asks to wait {wait:.0f} seconds" if wait is not None else ""
            raise _Busy(kind, f"{url}: the server is busy ({status}){later}; collect again later", wait, place(url))
        if status >= 500:
            raise _Busy("server-error", f"{url}: the server failed ({status}); collect again later", None, place(url))
        if status not in {200, 203}:
            kind = _KINDS.get(status, "client-error" if 400 <= status < 500 else "protocol")
            raise InputError(kind, f"{url}: the server answered {status}; check the address and the access to it")
        return Page(url=url, data=answer.data, headers=answer.headers)

    def _robots(self, origin: Origin, anywhere: bool) -> Robots:
        """The rules of a host, asked for once a collection.

        As RFC 9309 says: an answer 4xx means no rules; where the file cannot be had for another reason nothing of the
        host is fetched, and the gap has that reason's kind.
        """
        with self._lock:
            rules = self._rules.setdefault((origin, anywhere), _Rules())
        with rules.lock:
            if rules.fault is not None:
                raise rules.fault
            if rules.robots is None:
                try:
                    rules.robots = self._asked_robots(origin, anywhere)
                except InputError as error:
                    message = f"robots.txt could not be read, so nothing is fetched from {origin[1]}: {error}"
                    rules.fault = InputError(error.kind, message)
                    raise rules.fault from error
            return rules.robots

    def _asked_robots(self, origin: Origin, anywhere: bool) -> Robots:
        scheme, host, port = origin
        name = f"[{host}]" if ":" in host else host
        most = self._settings.integer("collect.robots_bytes")
        url = f"{scheme}://{name}:{port}/robots.txt"
        own = Entry(kind="web", name=host, place=url, allow_private=anywhere)
        try:
            page = self.get(url, own, accept="text/plain", robots=False, most=most)
        except InputError as error:
            if error.kind in {"denied", "missing", "client-error", "redirect-loop", "too-large", "bomb", "encoding"}:
                return ALL
            raise
        return parse(page.data.decode("utf-8", "replace"))


_FAULTS: tuple[type[Exception], ...] = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    OSError,
    ValueError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)


def _kept(cache: Path | None) -> sqlite3.Connection:
    """The cache's file, made anew if it is none; opened here, since hishel would put a `.gitignore` beside it."""
    for last in (False, True):
        made = sqlite3.connect(":memory:" if cache is None else cache, check_same_thread=False, isolation_level=None)
        try:
            made.execute("PRAGMA schema_version")
            made.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.DatabaseError:
            made.close()
            if last or cache is None:
                raise
            cache.unlink()
            continue
        break
    return made


def _client(transport: httpx2.BaseTransport, settings: Settings) -> httpx2.Client:
    """Asks caches on our side to check each answer, follows no redirect itself, and keeps no cookies."""
    limit = settings.number("collect.deadline")
    made = httpx2.Client(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(limit, connect=settings.number("collect.connect"), pool=None),
        headers={"user-agent": _agent(settings), "cache-control": "no-cache"},
    )
    made.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return made


def _agent(settings: Settings) -> str:
    contact = settings.text("collect.contact").strip()
    return f"geppo/{__version__} ({contact or 'reader of threat reports'})"


def _plain(url: str) -> str:
    return url.partition("#")[0]


def _origin(url: str) -> Origin:
    """Raises InputError("bad-address") for anything but http and https with a host and without a password."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise InputError("bad-address", f"{url!r}: not an address ({error})") from error
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise InputError("bad-address", f"{url!r}: expected an http or https address without a user name in it")
    return parts.scheme, host, port if port is not None else 443 if parts.scheme == "https" else 80


def place(url: str) -> str:
    """Host and port of an address, by which it is left alone. Raises InputError("bad-address")."""
    _, host, port = _origin(url)
    return f"{host}:{port}"


def _home(wanted: _Wanted) -> str:
    """The host on which `allow_private` holds: that of the source itself, whatever it links or redirects to."""
    place = wanted.entry.place
    return _origin(place if place.startswith(("http://", "https://")) else wanted.url)[1]


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header: a number, or a date (RFC 9110 section 10.2.3); None if it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _fault(error: Exception, url: str) -> InputError:
    """What went wrong on the wire, by its kind."""
    causes = list(_causes(error))
    known = next((one for one in causes if isinstance(one, InputError)), None)
    if known is not None:
        return InputError(known.kind, str(known))
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx2.TimeoutException | httpcore2.TimeoutException):
        return InputError("timeout", f"{url}: no whole answer in time (settings collect.deadline, collect.connect)")
    broken = next((one for one in causes if isinstance(one, ssl.SSLError)), None)
    if broken is not None:
        return InputError("tls", f"{url}: no trusted connection ({broken.reason or broken}); check the certificate")
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return InputError("refused", f"{url}: nothing listens there; check the address")
    if "complete message body" in reason or "incomplete" in reason or isinstance(error, httpcore2.ReadError):
        return InputError("truncated", f"{url}: the connection ended before the answer did; collect again later")
    if isinstance(error, httpcore2.NetworkError) or "without sending a response" in reason:
        return InputError("connect", f"{url}: the connection failed ({reason})")
    if isinstance(error, httpx2.DecodingError):
        return InputError("encoding", f"{url}: the packing of the answer is broken ({reason})")
    if isinstance(error, httpcore2.ProxyError):
        return InputError("proxy", f"{url}: the proxy refused ({reason}); check http_proxy and https_proxy")
    if isinstance(error, httpx2.InvalidURL | httpcore2.UnsupportedProtocol):
        return InputError("bad-address", f"{url}: {reason}")
    return InputError("protocol", f"{url}: not an answer in HTTP ({reason})")
