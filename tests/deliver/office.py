"""A mail server on loopback that does as it is told, and a small workspace whose issue is ready to go out."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from geppo.config import load
from geppo.deliver import edition_json, stix
from geppo.deliver import email as mail
from geppo.model.edition import EditionKind, Issue
from tests.deliver.conftest import made_issue

NOW = datetime(2031, 6, 10, tzinfo=UTC)
DROP = "drop"
"""A hook that answers so cuts the connection."""
Hook = Callable[[str, int], str | None]
"""Called with the recipient and how often mail came for them; None takes the mail."""


@dataclass
class Office:
    """What the server saw. `taken` are mails it said yes to; `offered` counts all that it saw the whole of."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    offered: list[tuple[str, bytes]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    on_rcpt: Hook = lambda _address, _n: None
    on_data: Hook = lambda _address, _n: None
    delay: float = 0.0

    def ids(self) -> list[str]:
        """Message-IDs of the mails taken."""
        return [str(read(data)["Message-ID"]) for _, data in self.taken]

    # Names that aiosmtpd calls.
    async def handle_CONNECT(self, _server: SMTP, _session: Session, _envelope: Envelope, *_: Any) -> str:
        return "220 ready"

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.endswith("@refused.example"):
            return "553 5.7.1 not yours"
        envelope.mail_from = address
        return "250 fine"

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.on_rcpt(address, self.counts[address])
        if answer == DROP:
            return _cut(server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        address, data = envelope.rcpt_tos[0], envelope.content
        assert isinstance(data, bytes) and len(envelope.rcpt_tos) == 1
        n = self.counts[address]
        self.counts[address] += 1
        self.offered.append((address, data))
        if self.delay:
            await asyncio.sleep(self.delay)
        answer = self.on_data(address, n)
        if answer == DROP:
            return _cut(server)
        if answer is None:
            self.taken.append((address, data))
        return answer or "250 taken"


def _cut(server: SMTP) -> str:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    return "421 gone"


def read(data: bytes) -> EmailMessage:
    """A mail, parsed strictly."""
    message = message_from_bytes(data, policy=POLICY)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def office(**server: Any) -> Iterator[Office]:
    """A running server. `server` are further arguments of aiosmtpd's SMTP."""
    made = Office()
    loop = asyncio.new_event_loop()
    protocols: list[SMTP] = []
    ready = threading.Event()

    def factory() -> SMTP:
        made.connections += 1
        protocols.append(SMTP(made, loop=loop, hostname="office.example", ident="office", **server))
        return protocols[-1]

    async def serve() -> None:
        opened = await loop.create_server(factory, "127.0.0.1", 0)
        made.port = opened.sockets[0].getsockname()[1]
        ready.set()
        stopped = loop.create_future()
        made_stop.append(lambda: loop.call_soon_threadsafe(stopped.set_result, None))
        await stopped
        opened.close()

    made_stop: list[Callable[[], Any]] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield made
    finally:
        made_stop[0]()
        thread.join(5)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        # A client that has hung up may not be seen yet: its transport would be found open by whatever test comes next.
        for protocol in protocols:
            if isinstance(protocol.transport, asyncio.WriteTransport):
                protocol.transport.abort()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()


@cache
def small_issue() -> Issue:
    """The made month without figures: drawing takes longer than all the rest."""
    from dataclasses import replace

    whole = made_issue()
    editions = tuple(
        replace(one, figures=(), tables=() if one.kind is EditionKind.PUBLIC else one.tables) for one in whole.editions
    )
    return replace(whole, editions=editions)


@cache
def _files() -> tuple[tuple[str, bytes], ...]:
    issue, settings = small_issue(), load()
    made = [
        (edition_json.FILE, edition_json.render_issue(issue)),
        (stix.FILE, stix.render_issue(issue, settings)),
    ]
    made += [(f"{one.kind.value}.{one.language}.eml", mail.render(issue, one, settings)) for one in issue.editions]
    return tuple(made)


def put_issue(root: Path) -> None:
    """Write the month's files into `out/2031-05` of a workspace."""
    folder = root / "out" / "2031-05"
    folder.mkdir(parents=True)
    for name, data in _files():
        (folder / name).write_bytes(data)


def workspace(root: Path, port: int, readers: Sequence[str], extra: str = "", settings: str = "") -> Path:
    """A workspace with a list of readers of the member edition and one channel to a server on loopback."""
    root.mkdir(parents=True, exist_ok=True)
    ceiling = '"deliver.ceiling.public" = "TLP:GREEN"\n"deliver.retry" = 0\n'
    (root / "geppo.toml").write_text(f"[settings]\n{ceiling}{settings}", encoding="utf-8")
    rows = [
        f'[[subscriber]]\naddress = "{one}"\nname = "読者 {n}"\nlanguage = "{"ja" if n % 2 else "en"}"\n'
        'edition = "member"\nclearance = "TLP:GREEN"\ntimezone = "Asia/Tokyo"\n'
        for n, one in enumerate(readers)
    ]
    (root / "subscribers.toml").write_text("\n".join(rows), encoding="utf-8")
    (root / "channels.toml").write_text(
        '[[channel]]\nname = "mail"\nkind = "smtp"\nhost = "127.0.0.1"\nsecurity = "none"\nhello = "geppo.example"\n'
        f'port = {port}\neditions = "member,public"\nclearance = "TLP:GREEN"\n{extra}',
        encoding="utf-8",
    )
    put_issue(root)
    return root
