"""One reader's mail: the edition's mail file with a head of its own. The body's bytes are never touched.

Per reader: `To`, a `Message-ID` that depends on issue, edition, language and address only, the way out of the list
(RFC 2369, RFC 8058), and for a correction the id of what it corrects (RFC 5322 section 3.6.4). No tracking: the mails
of two readers differ in nothing else, and the id does not show the address.
"""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

import re2

from geppo.config import Settings
from geppo.deliver._shown import shown
from geppo.deliver.subscribers import Subscriber, canonical
from geppo.errors import InputError, UsageError
from geppo.model.marking import Tlp

KEY = "unsubscribe.key"
_OWN = frozenset((b"to", b"message-id", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post"))
_QUOTED = re2.compile(r'([\\"])')
_LONGEST_LINE = 998
"""RFC 5322 section 2.1.1."""
_TOKEN = 24
_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")


def message_id(issue: str, edition: str, language: str, address: str, domain: str) -> str:
    """The id of one reader's mail of an issue, with its angle brackets."""
    text = "\n".join((issue, edition, language, canonical(address)))
    return f"<{issue}.{edition}.{language}.{hashlib.sha256(text.encode()).hexdigest()[:24]}@{domain}>"


def token(address: str, key: bytes) -> str:
    """What the unsubscribe address carries: tells the reader to whoever has the key, and nobody else."""
    digest = hmac.new(key, canonical(address).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_TOKEN]


def owner(given: str, subscribers: Sequence[Subscriber], key: bytes) -> Subscriber | None:
    """The reader whose token this is, or None."""
    found = (
        [one for one in subscribers if hmac.compare_digest(token(one.address, key), given)] if given.isascii() else []
    )
    return found[0] if found else None


def unsubscribe_key(folder: Path) -> bytes:
    """The workspace's key for tokens; made where it is missing. Losing it breaks the links of mails already sent."""
    file = folder / KEY
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise UsageError(f"{file}: expected hexadecimal digits; delete it to have a new one made") from error
    if len(key) < 16:
        raise UsageError(f"{file}: expected at least 32 hexadecimal digits; delete it to have a new one made")
    return key


def _mailbox(name: str, address: str) -> str:
    """`"Name" <address>`; a name that is not plain ASCII as encoded words (RFC 2047), folded."""
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        escaped = str(_QUOTED.sub(r"\\\1", name))
        return f'"{escaped}"\r\n <{address}>'
    words = Header(name, "utf-8", header_name="To").encode(linesep="\r\n")
    return f"{words}\r\n <{address}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The way out of the list: address that takes one-click posts (may be empty), mail address, key of the tokens."""

    url: str
    mail: str
    key: bytes

    @classmethod
    def of(cls, settings: Settings, key: bytes) -> Exit:
        """From the settings. Raises UsageError where one is no address of its kind."""
        url = settings.text("deliver.unsubscribe_url")
        if url and (not url.startswith("https://") or not url.isascii() or set(url) & set(' <>,"')):
            raise UsageError(f"setting deliver.unsubscribe_url: expected an https address (RFC 8058), got {url!r}")
        mail = settings.text("deliver.unsubscribe_mail") or parseaddr(settings.text("deliver.mail_from"))[1]
        if "@" not in mail or not mail.isascii() or set(mail) & set(' <>,"?&'):
            raise UsageError(f"setting deliver.unsubscribe_mail: expected a mail address, got {mail!r}")
        return cls(url=url, mail=mail, key=key)

    def headers(self, address: str) -> list[str]:
        """The headers for a reader; one-click only where there is an https address."""
        mark = token(address, self.key)
        mail = f"<mailto:{self.mail}?subject=unsubscribe%20{mark}>"
        if not self.url:
            return [f"List-Unsubscribe: {mail}"]
        return [
            f"List-Unsubscribe: <{self.url}{mark}>,\r\n {mail}",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An edition's mail file: fields that all readers share, and the body."""

    fields: tuple[bytes, ...]
    body: bytes
    sender: str
    subject: str
    date: datetime
    sha256: str

    def matches(self, as_of: datetime, subject: str, label: str) -> bool:
        """True where the mail file is the one of an issue's edition: same moment, same subject, same label."""
        marked = self.subject.startswith("[TLP:")
        labelled = f"[{label}] " in self.subject if label != Tlp.CLEAR.label else not marked
        return self.date == as_of and labelled and self.subject.endswith(" ".join(shown(subject).split()))

    @property
    def domain(self) -> str:
        """Where the sender's address and all message ids end."""
        return self.sender.rpartition("@")[2]

    @classmethod
    def read(cls, data: bytes, name: str) -> Template:
        """Take a mail file apart. Raises InputError where it is none that `geppo month` wrote."""
        problems = check(data)
        if problems:
            raise InputError("unreadable", f"{name}: expected a mail file of geppo: {'; '.join(problems)}")
        head, _, body = data.partition(b"\r\n\r\n")
        fields: list[bytes] = []
        for line in head.split(b"\r\n"):
            if line[:1] in (b" ", b"\t"):
                fields[-1] += b"\r\n" + line
            else:
                fields.append(line)
        shared = [field for field in fields if field.partition(b":")[0].lower() not in _OWN]
        message = email.message_from_bytes(head + b"\r\n\r\n", policy=SMTP)
        return cls(
            fields=tuple(shared),
            body=body,
            sender=message["From"].addresses[0].addr_spec,
            subject=str(message["Subject"]),
            date=message["Date"].datetime,
            sha256=hashlib.sha256(data).hexdigest(),
        )


def letter(template: Template, reader: Subscriber, id_: str, way_out: Exit, corrects: Sequence[str] = ()) -> bytes:
    """The mail for one reader. `corrects` are ids of earlier mails to the same reader that this one corrects."""
    own = [f"To: {_mailbox(reader.name, reader.address)}", f"Message-ID: {id_}"]
    own.append(f"List-Id: <geppo.{template.domain}>")
    own += way_out.headers(reader.address)
    if corrects:
        own += [f"In-Reply-To: {corrects[-1]}", "References: " + "\r\n ".join(corrects)]
    head = [*template.fields, *(line.encode("ascii") for line in own)]
    return b"\r\n".join(head) + b"\r\n\r\n" + template.body


def _part_problems(part: EmailMessage) -> list[str]:
    problems = [f"{part.get_content_type()}: {type(defect).__name__}" for defect in part.defects]
    if part.is_multipart():
        return problems
    try:
        part.get_content()
    except (LookupError, ValueError, KeyError) as error:
        problems.append(f"{part.get_content_type()}: cannot be decoded ({error})")
    return problems


def check(data: bytes) -> tuple[str, ...]:
    """What a strict reader would object to: lines, signs, fields that must stand once, parts that cannot be decoded."""
    problems: list[str] = []
    if any(len(line) > _LONGEST_LINE for line in data.split(b"\r\n")):
        problems.append(f"a line of more than {_LONGEST_LINE} bytes")
    if not data.isascii() or b"\0" in data:
        problems.append("signs that are not ASCII outside an encoding")
    if b"\n" in data.replace(b"\r\n", b"") or b"\r" in data.replace(b"\r\n", b""):
        problems.append("a line that does not end in CR LF")
    message = email.message_from_bytes(data, policy=SMTP)
    assert isinstance(message, EmailMessage)
    for name in _ONCE:
        values = message.get_all(name, [])
        if len(values) != 1 or list(getattr(values[0], "defects", [])):
            problems.append(f"{name}: expected one sound field, got {len(values)}")
    if message.get_content_type() != "multipart/alternative":
        problems.append(f"expected multipart/alternative, got {message.get_content_type()}")
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        problems += _part_problems(part)
    return tuple(problems)
