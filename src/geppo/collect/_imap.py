"""IMAP over TLS (RFC 9051), read-only, with a limit on size and time and the same check of addresses as for HTTP."""

from __future__ import annotations

import imaplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

import re2

from geppo.collect import Entry
from geppo.collect._access import secret
from geppo.collect._guard import Resolve, checked, resolved
from geppo.config import Settings
from geppo.errors import InputError

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re2.compile(rb"RFC822\.SIZE (\d{1,12})")
_PIECE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the mails are: `imaps://host[:port]/mailbox`."""

    host: str
    port: int
    mailbox: str


def place_of(address: str) -> Place:
    """Raises InputError("bad-address"); a password in the address is refused, it belongs in the environment."""
    try:
        parts = urlsplit(address)
        port = parts.port or 993
    except ValueError as error:
        raise InputError("bad-address", f"{address!r}: not an address ({error})") from error
    mailbox = unquote(parts.path.strip("/")) or "INBOX"
    if parts.scheme != "imaps" or not parts.hostname or parts.password or not mailbox.isprintable():
        raise InputError("bad-address", f"{address!r}: expected imaps://host/mailbox, without a password in it")
    return Place(host=parts.hostname, port=port, mailbox=mailbox)


class _Connection(imaplib.IMAP4_SSL):
    """imaplib's, to an address that was checked, ending at a deadline, with literals of a limited size."""

    def __init__(
        self, place: Place, *, addresses: tuple[str, ...], tls: ssl.SSLContext, seconds: float, most: int
    ) -> None:
        self._addresses, self._place, self._most = addresses, place, most
        self._seconds = seconds
        self.begin()
        self._tls = tls
        super().__init__(place.host, place.port, ssl_context=tls, timeout=seconds)

    def begin(self) -> None:
        """A new command begins, with the whole time before it."""
        self._end = time.monotonic() + self._seconds

    def _create_socket(self, timeout: Any) -> Any:
        last: OSError = OSError("no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self._place.port), timeout)
            except OSError as error:
                last = error
                continue
            return self._tls.wrap_socket(plain, server_hostname=self._place.host)
        raise last

    def _in_time(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self.sock.settimeout(left)

    def read(self, size: int) -> bytes:
        """A literal, in pieces, so that neither its announced size nor slowness costs more than allowed."""
        if size > self._most:
            raise InputError("too-large", f"a mail of {size} bytes, at most {self._most} are taken (collect.max_bytes)")
        pieces: list[bytes] = []
        while size > 0:
            self._in_time()
            piece = super().read(min(size, _PIECE))
            if not piece:
                raise self.abort("the connection ended within a mail")
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def readline(self) -> bytes:
        self._in_time()
        return super().readline()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An open mailbox: `validity` and a mail's number name it for good (RFC 9051 section 2.3.1.1)."""

    validity: str
    _connection: _Connection
    _most: int

    def numbers(self, since: date | None) -> list[int]:
        """UIDs of the mails, ascending; with `since` only what arrived from that day on."""
        self._connection.begin()
        words = ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"] if since else ["ALL"]
        _, data = self._connection.uid("SEARCH", *words)
        found = data[0] if data and isinstance(data[0], bytes) else b""
        return sorted({int(one) for one in found.split() if one.isdigit() and len(one) < 12})

    def mail(self, number: int) -> bytes:
        """A mail as it is, left unread. Raises InputError: too-large, missing."""
        self._connection.begin()
        _, data = self._connection.uid("FETCH", str(number), "(RFC822.SIZE)")
        size = _SIZE.search(b" ".join(one for one in data if isinstance(one, bytes)))
        if size and int(size.group(1)) > self._most:
            raise InputError("too-large", f"mail {number}: {int(size.group(1))} bytes, at most {self._most} are taken")
        _, data = self._connection.uid("FETCH", str(number), "(BODY.PEEK[])")
        for one in data:
            if isinstance(one, tuple) and len(one) > 1 and isinstance(one[1], bytes):
                return one[1]
        raise InputError("missing", f"mail {number}: the server lists it and does not give it")


@contextmanager
def opened(entry: Entry, settings: Settings, resolve: Resolve, tls: ssl.SSLContext) -> Iterator[Mailbox]:
    """A mailbox opened for reading. Raises InputError by what went wrong, also for what goes wrong in the block."""
    place = place_of(entry.place)
    seconds = settings.number("collect.deadline")
    most = settings.integer("collect.max_bytes")
    addresses = resolved(place.host, place.port, resolve, settings.number("collect.connect"))
    if not entry.allow_private:
        checked(place.host, addresses)
    try:
        connection = _Connection(place, addresses=addresses, tls=tls, seconds=seconds, most=most)
        try:
            yield _selected(connection, place, entry, most)
        finally:
            connection.shutdown()
    except InputError:
        raise
    except (OSError, imaplib.IMAP4.error, ValueError, IndexError) as error:
        raise _fault(error, place) from error


def _selected(connection: _Connection, place: Place, entry: Entry, most: int) -> Mailbox:
    user, key = secret(entry, "user_env"), secret(entry, "secret_env")
    if user:
        try:
            connection.login(user, key)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise InputError(
                "denied", f"{place.host}: the server refuses the login; check user_env and secret_env"
            ) from error
    quoted = '"' + place.mailbox.replace("\\", "\\\\").replace('"', '\\"') + '"'
    answer, _ = connection.select(quoted, readonly=True)
    if answer != "OK":
        raise InputError("missing", f"{place.host}: no mailbox {place.mailbox!r}")
    _, data = connection.response("UIDVALIDITY")
    found = data[0] if data and isinstance(data[0], bytes) and data[0].isdigit() else b"0"
    return Mailbox(validity=found.decode(), _connection=connection, _most=most)


def _fault(error: Exception, place: Place) -> InputError:
    where = f"imaps://{place.host}:{place.port}"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return InputError("tls", f"{where}: no trusted connection ({error.reason or error}); check the certificate")
    if isinstance(error, TimeoutError):
        return InputError("timeout", f"{where}: no whole answer in time (setting collect.deadline)")
    if isinstance(error, ConnectionRefusedError):
        return InputError("refused", f"{where}: nothing listens there; check the address")
    if isinstance(error, imaplib.IMAP4.abort | ssl.SSLEOFError):
        return InputError("truncated", f"{where}: the connection ended ({error}); collect again later")
    if isinstance(error, OSError):
        return InputError("connect", f"{where}: the connection failed ({error})")
    return InputError("protocol", f"{where}: not an answer in IMAP ({error})")
