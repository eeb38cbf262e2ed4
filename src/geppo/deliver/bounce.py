"""Bounces (delivery status notifications, RFC 3464) from a folder or an mbox: which mail of ours came back, and why.

Anyone can write a bounce. One counts only where it quotes the Message-ID of a mail in the ledger, and what it moves is
the address in the ledger, never one that the bounce names.
"""

from __future__ import annotations

import email
import mailbox
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32
from pathlib import Path
from typing import Any

import re2

from geppo.deliver._shown import visible
from geppo.deliver.ledger import Entry, Ledger, State
from geppo.errors import UsageError

_STATUS = re2.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})")
_ID = re2.compile(r"<[!-~]{3,250}>")
_NO_SUCH_ADDRESS = "1"
"""Subject of the status codes about the address itself (RFC 3463 section 3.2)."""
_MOST_PARTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One recipient's part of one notification: which mail, what happened, why."""

    file: str
    message_id: str
    action: str
    status: str
    diagnostic: str

    @property
    def final(self) -> bool:
        """True where the mail will not arrive: failed, with a permanent status."""
        return self.action == "failed" and self.status.startswith("5")

    @property
    def unknown(self) -> bool:
        """True where the address does not exist or cannot."""
        return self.final and self.status.split(".")[1] == _NO_SUCH_ADDRESS


def _field(message: Any, name: str) -> str:
    """A field of a mail or a block, as one visible line."""
    value = message.get(name)
    return visible(str(value)).strip() if value is not None else ""


def _original(message: Message[Any, Any]) -> str:
    """Message-ID of the mail that the notification returns, whole or its head only."""
    for part in message.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            found = _ID.search(_field(payload[0], "Message-ID"))
        elif kind == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            head = email.message_from_bytes(raw if isinstance(raw, bytes) else b"", policy=compat32)
            found = _ID.search(_field(head, "Message-ID"))
        else:
            continue
        if found:
            return str(found.group())
    return ""


def read_bounce(data: bytes, file: str) -> tuple[Bounce, ...]:
    """The failed recipients of one notification; nothing where the mail is none."""
    message: Message[Any, Any] = email.message_from_bytes(data, policy=compat32)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return ()
    original = _original(message)
    made: list[Bounce] = []
    for part in message.walk():
        payload = part.get_payload()
        if part.get_content_type() != "message/delivery-status" or not isinstance(payload, list):
            continue
        for block in payload[:_MOST_PARTS]:
            status = _STATUS.search(_field(block, "Status"))
            if status and original:
                made.append(
                    Bounce(
                        file=file,
                        message_id=original,
                        action=_field(block, "Action").lower(),
                        status=status.group(),
                        diagnostic=_field(block, "Diagnostic-Code"),
                    )
                )
    return tuple(made)


def _mails(path: Path, limit: int) -> Iterator[tuple[str, bytes | None]]:
    """The mails of an mbox, or of a folder's files (a Maildir too); None for one that is too large or unreadable."""
    if path.is_dir():
        for file in sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith(".")):
            yield str(file), file.read_bytes() if file.stat().st_size <= limit else None
        return
    if not path.is_file():
        raise UsageError(f"{path}: expected an mbox or a folder with bounces")
    box = mailbox.mbox(path, create=False)
    try:
        for key in sorted(box.keys()):
            data = box.get_bytes(key)
            yield f"{path}: message {key}", data if len(data) <= limit else None
    finally:
        box.close()


def take_bounces(path: Path, ledger: Ledger, limit: int, issues: int) -> Counter[str]:
    """Read all bounces and record them: `bounced`, `delayed`, `suppressed`, `known`, `foreign` (not ours), `unread`.

    `issues`: an address is suppressed once mail of so many issues came back for good, and at once where the address
    does not exist. Reading the same bounce again changes nothing.
    """
    done: Counter[str] = Counter()
    for file, data in _mails(path, limit):
        bounces = read_bounce(data, file) if data is not None else ()
        done["unread"] += not bounces
        for bounce in bounces:
            entries = ledger.parcels_of(bounce.message_id)
            done["foreign"] += not entries
            for entry in entries:
                done[_record(bounce, entry, ledger, issues)] += 1
    return done


def _record(bounce: Bounce, entry: Entry, ledger: Ledger, issues: int) -> str:
    if not bounce.final:
        if bounce.action == "delayed":
            ledger.note(entry, "delayed", f"{bounce.status} {bounce.diagnostic}")
        return "delayed"
    if entry.state is State.BOUNCED:
        return "known"
    ledger.bounce(entry, bounce.status, bounce.diagnostic)
    if bounce.unknown or ledger.bounced_issues(entry.recipient) >= issues:
        ledger.suppress(entry.recipient, f"{entry.issue} came back: {bounce.status} {bounce.diagnostic}")
        return "suppressed"
    return "bounced"
