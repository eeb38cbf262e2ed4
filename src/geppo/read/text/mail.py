"""Mail as a file (RFC 5322): the text part, or the HTML part read like a page. Attachments are left out."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import html
from geppo.read.text._encoding import decode
from geppo.read.text._page import Page
from geppo.read.text.markdown import addresses

RANK = 20
_HEADERS = (
    b"from:",
    b"date:",
    b"subject:",
    b"received:",
    b"return-path:",
    b"mime-version:",
    b"message-id:",
    b"to:",
    b"delivered-to:",
)


def can_read(data: bytes, name: str) -> bool:
    """Three header lines at the top, or one in a file named `.eml`."""
    head = data[:4000].lower().replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n")
    seen = sum(line.startswith(_HEADERS) for line in head)
    first = head[0].startswith(_HEADERS) or head[0].startswith((b"x-", b"dkim-signature:", b"from "))
    return (seen >= 3 and first) or (seen >= 1 and name.lower().endswith(".eml"))


def read(fetched: Fetched, settings: Settings) -> Page:
    """Raises InputError("unreadable") where the message has no text part."""
    message = email.message_from_bytes(fetched.data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = _text_part(message)
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise InputError("unreadable", f"{fetched.name}: the text part of the mail cannot be decoded.")
    charset = str(part.get_content_charset() or "")
    if part.get_content_type() == "text/html":
        page = html.read_page(content, charset, settings)
    else:
        text = decode(content, charset)
        page = Page(text=text, media_type="text/plain", links=addresses(text))
    return _with_headers(page, message)


def _text_part(message: EmailMessage) -> EmailMessage:
    try:
        part = message.get_body(preferencelist=("plain", "html"))
    except (KeyError, ValueError, AttributeError, TypeError, RecursionError):
        part = None
    if part is None:
        raise InputError("unreadable", "the mail has neither a text nor an HTML part; expected one of them.")
    assert isinstance(part, EmailMessage)
    return part


def _with_headers(page: Page, message: EmailMessage) -> Page:
    name, address = parseaddr(_header(message, "From"))
    sent = _date(_header(message, "Date"))
    return replace(
        page,
        media_type="message/rfc822",
        title=_header(message, "Subject") or page.title,
        publisher=page.publisher or name or address.rpartition("@")[2],
        url=_header(message, "Archived-At").strip("<>") or page.url,
        language=_header(message, "Content-Language") or page.language,
        published=sent.date().isoformat() if sent else page.published,
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "") or "")
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
