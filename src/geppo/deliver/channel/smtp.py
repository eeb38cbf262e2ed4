"""Mail through the organisation's mail server: one message a reader, signed (DKIM, RFC 6376), over one connection."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiosmtplib

from geppo.deliver.channel import Config, Field, Parcel, Secret, Takes
from geppo.deliver.ledger import Outcome, Reply
from geppo.errors import UsageError

KIND = "smtp"
FIELDS = (
    Field(name="host", kind=str, meaning="the mail server", needed=True),
    Field(name="port", kind=int, meaning="its port", default=587),
    Field(
        name="security",
        kind=str,
        meaning="how the line is closed",
        default="starttls",
        one_of=("starttls", "tls", "none"),
    ),
    Field(name="ca_file", kind=str, meaning="certificates to trust instead of the system's", default=""),
    Field(name="username", kind=str, meaning="who logs in", default=""),
    Field(name="password", kind=Secret, meaning="the password"),
    Field(name="hello", kind=str, meaning="our name in EHLO; the machine's by default", default=""),
    Field(name="bounces_to", kind=str, meaning="envelope sender, where bounces go; From by default", default=""),
    Field(name="connections", kind=int, meaning="how many at once", default=1),
    Field(name="dkim_domain", kind=str, meaning="d= of the signature", default=""),
    Field(name="dkim_selector", kind=str, meaning="s= of the signature", default=""),
    Field(name="dkim_key", kind=Secret, meaning="the private key in PEM (RSA)"),
)

SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"content-language",
    b"auto-submitted", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"in-reply-to", b"references",
)  # fmt: skip
"""Fields that the signature covers; RFC 8058 section 4 wants both fields of the way out among them. A field that is
absent is signed as absent, and each is signed once more than it stands, so that none can be added."""

_TRANSIENT, _PERMANENT = 400, 500
_UNAVAILABLE = 421
"""The server is about to close the connection (RFC 5321 section 3.8)."""


def takes(_config: Config) -> Takes:
    """One mail a reader."""
    return Takes.MAIL


class Signer:
    """Signs mails with one key."""

    def __init__(self, domain: str, selector: str, key: str) -> None:
        self._domain, self._selector, self._key = domain.encode(), selector.encode(), key.encode()

    def signed(self, data: bytes) -> bytes:
        """`data` with a signature in front. Raises UsageError where the key is none."""
        import dkim

        present = [line.partition(b":")[0].strip().lower() for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n")]
        names = [name for name in SIGNED for _ in range(present.count(name) + 1)]
        try:
            mark: bytes = dkim.sign(
                data,
                self._selector,
                self._domain,
                self._key,
                canonicalize=(b"relaxed", b"simple"),
                include_headers=names,
            )
        except (dkim.DKIMException, ValueError) as error:
            raise UsageError(f"the mail cannot be signed: {error}; expected an RSA key in PEM") from error
        return mark + data


def _signer(config: Config) -> Signer | None:
    key, domain, selector = config.secret("dkim_key"), config.text("dkim_domain"), config.text("dkim_selector")
    if key is None and not domain and not selector:
        return None
    if key is None or not domain or not selector:
        raise UsageError(f"channel {config.name}: dkim_domain, dkim_selector and dkim_key go together")
    return Signer(domain, selector, key.reveal())


def _outcome(code: int) -> Outcome:
    return Outcome.REFUSED if code >= _PERMANENT else Outcome.DEFERRED if code >= _TRANSIENT else Outcome.SENT


class _Session:
    """One connection, opened with the first parcel and again after it was lost."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._signer = _signer(config)
        self._client: aiosmtplib.SMTP | None = None

    async def _connect(self) -> aiosmtplib.SMTP:
        config, password = self._config, self._config.secret("password")
        mode = config.text("security")
        if mode == "none" and password is not None:
            raise UsageError(f"channel {config.name}: a password needs security starttls or tls")
        context = ssl.create_default_context(cafile=config.text("ca_file") or None) if mode != "none" else None
        client = aiosmtplib.SMTP(
            hostname=config.text("host"),
            port=config.integer("port"),
            username=config.text("username") or None,
            password=password.reveal() if password else None,
            local_hostname=config.text("hello") or None,
            timeout=config.timeout,
            use_tls=mode == "tls",
            start_tls=mode == "starttls",
            tls_context=context,
        )
        await client.connect()
        return client

    async def send(self, parcel: Parcel) -> Reply:
        data = parcel.files[0][1]
        signed = self._signer.signed(data) if self._signer else data
        if self._client is None:
            try:
                self._client = await self._connect()
            except aiosmtplib.SMTPAuthenticationError as error:
                raise UsageError(f"channel {self._config.name}: the server refused the login ({error.code})") from error
            except aiosmtplib.SMTPResponseException as error:
                return Reply(outcome=Outcome.UNREACHABLE, code=error.code, text=error.message)
            except (aiosmtplib.SMTPException, OSError) as error:
                return Reply(outcome=Outcome.UNREACHABLE, code=0, text=f"{type(error).__name__}: {error}")
        return await self._offer(self._client, parcel, signed)

    async def _offer(self, client: aiosmtplib.SMTP, parcel: Parcel, data: bytes) -> Reply:
        sender = self._config.text("bounces_to") or parcel.sender
        try:
            _, answer = await client.sendmail(sender, [parcel.recipient], data)
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            return await self._refused(first.code, first.message)
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code < _PERMANENT:
                return await self._refused(error.code, error.message)
            raise UsageError(
                f"channel {self._config.name}: the server refuses the sender {sender}: {error.code} {error.message}"
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            return await self._refused(error.code, error.message)
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
            await self.close()
            text = f"the connection was lost; the mail may have arrived ({type(error).__name__}: {error})"
            return Reply(outcome=Outcome.DEFERRED, code=0, text=text, doubt=True)
        return Reply(outcome=Outcome.SENT, code=250, text=answer)

    async def _refused(self, code: int, text: str) -> Reply:
        if code == _UNAVAILABLE:
            await self.close()
        return Reply(outcome=_outcome(code), code=code, text=text)

    async def close(self) -> None:
        """Say good-bye where anybody listens; a dead line is dropped."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=min(5, self._config.timeout))
        client.close()


@asynccontextmanager
async def session(config: Config) -> AsyncIterator[_Session]:
    """A session with the mail server. Raises UsageError for a wrong key or login."""
    made = _Session(config)
    try:
        yield made
    finally:
        await made.close()
