"""A local server that answers as a case says, well or badly, and the pieces that tests of sources share."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import ssl
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import NamedTemporaryFile

import httpx2

from geppo import config
from geppo.collect._http import Client, Clock
from geppo.collect._state import Mark, Seen
from geppo.collect._visit import Visit, visiting
from geppo.config import Settings

PAGE = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
    "<meta property='article:published_time' content='2026-03-0{day}T06:01:00+09:00'></head><body><article>"
    "<h1>{title}</h1><p>Northgate Labs saw Dune Marten use 192.0.2[.]1{day} as a C2 server. {title}.</p>"
    "</article></body></html>"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `mode` says how it is sent: plain, drip, endless, short, hang, drop, nothing."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    mode: str = "plain"


def html(title: str, day: int = 1) -> Reply:
    """A page with a date and a sentence."""
    return Reply(headers={"content-type": "text/html"}, body=PAGE.format(title=title, day=day).encode())


@dataclass(slots=True)
class Site:
    """Answers by path: the first request gets the first one, later ones the next, the last one for good."""

    port: int
    scheme: str = "http"
    routes: dict[str, Sequence[Reply]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    conditional: Counter[str] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    etags: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def reply(self, path: str) -> Reply:
        """The next answer for a path; 404 where nothing is known."""
        with self.lock:
            replies = self.routes.get(path) or self.routes.get(path.partition("?")[0])
            number = self.asked[path]
            self.asked[path] += 1
        if not replies:
            return Reply(status=404, body=b"not here")
        return replies[min(number, len(replies) - 1)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else a body waits 40 ms behind its head on each connection that is kept open.
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        """Answer, or answer 304 to a request that names the current version."""
        site = self.server.site
        with site.lock:
            site.headers.append({key.lower(): value for key, value in self.headers.items()})
            if "if-none-match" in self.headers:
                site.conditional[self.path] += 1
        reply = site.reply(self.path)
        reply = replace(reply, body=reply.body.replace(b"{base}", site.base.encode()))
        tag = f'"{zlib.crc32(reply.body):x}"'
        tagged = site.etags and reply.status == 200 and reply.mode == "plain"
        if tagged and self.headers.get("if-none-match") == tag:
            reply = Reply(status=304)
        with suppress(OSError):
            self._send(reply, tag if tagged else "")

    def do_POST(self) -> None:
        """The same, with the body kept."""
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        with self.server.site.lock:
            self.server.site.bodies.append(body)
        self.do_GET()

    def _send(self, reply: Reply, tag: str) -> None:
        self.close_connection = reply.mode != "plain"
        if reply.mode in {"drop", "hang"}:
            time.sleep(1.5 if reply.mode == "hang" else 0)
            return
        self.send_response(reply.status)
        for key, value in reply.headers.items():
            self.send_header(key, value.replace("{base}", self.server.site.base))
        if tag:
            self.send_header("etag", tag)
        given = {key.lower() for key in reply.headers}
        if reply.mode == "endless":
            self.send_header("transfer-encoding", "chunked")
        elif reply.mode == "short":
            self.send_header("content-length", str(len(reply.body) + 500))
        elif "content-length" not in given and reply.mode == "plain":
            self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        self._body(reply)

    def _body(self, reply: Reply) -> None:
        if reply.mode == "drip":
            for _ in range(60):
                self.wfile.write(b"x")
                time.sleep(0.03)
        elif reply.mode == "endless":
            while True:
                self.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        elif reply.status != 304:
            self.wfile.write(reply.body)


@cache
def certificate() -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file that lives as long as the tests."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    start = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    with NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return Path(file.name)


def server_tls() -> ssl.SSLContext:
    """For a server with the made certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate())
    return context


def trusting() -> ssl.SSLContext:
    """For a client that trusts the made certificate."""
    return ssl.create_default_context(cafile=str(certificate()))


@contextmanager
def served(routes: Mapping[str, Sequence[Reply]], *, tls: bool = False) -> Iterator[Site]:
    """A server on loopback for as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.site = Site(port=server.server_port, scheme="https" if tls else "http", routes=dict(routes))
    if tls:
        server.socket = server_tls().wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()


@cache
def _known() -> Mapping[str, config.Setting]:
    return config.load().known


def settings(**values: float | str) -> Settings:
    """The packaged settings with short times; `a__b` names `a.b`."""
    known = _known()
    short: dict[str, config.Value] = {"collect.deadline": 0.4, "collect.connect": 0.4, "collect.max_bytes": 200_000}
    return Settings(known=known, values={**short, **{key.replace("__", "."): value for key, value in values.items()}})


@dataclass(slots=True)
class Hand:
    """A clock set by hand: sleeping moves it and is noted."""

    time: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Moves the clock."""
        self.slept.append(round(seconds, 3))
        self.time += seconds

    @property
    def clock(self) -> Clock:
        """For a client; today is 1 April 2026."""
        today = datetime.datetime(2026, 4, 1, 6, 1, tzinfo=datetime.UTC)
        return Clock(now=lambda: self.time, sleep=self.sleep, today=lambda: today)


@cache
def _authorities() -> ssl.SSLContext:
    """What a client trusts by default, read once."""
    return httpx2.create_ssl_context()


def client(hand: Hand | None = None, chosen: Settings | None = None, **rest: object) -> Client:
    """A client without waits, proxies of the environment, or a cache file."""
    rest.setdefault("proxies", {})
    rest.setdefault("tls", _authorities())
    return Client(chosen or settings(), clock=(hand or Hand()).clock, **rest)  # type: ignore[arg-type]


def packed(body: bytes, how: str) -> bytes:
    """Bytes as a server packs them."""
    if how == "gzip":
        return gzip.compress(body, mtime=0)
    if how == "deflate":
        return zlib.compress(body)
    if how == "raw-deflate":
        return zlib.compress(body)[2:-4]
    return body


@contextmanager
def visit(
    made: Client | None = None, *, seen: Mapping[str, Seen] | None = None, since: datetime.date | None = None
) -> Iterator[list[Mark]]:
    """Sources that run in the block have a client without waits; what they ask to be remembered is in the list."""
    marks: list[Mark] = []
    with closing(made or client()) as one:
        sitting = Visit(client=one, seen=seen or {}, since=since, remember=marks.append)
        with visiting(sitting):
            yield marks
