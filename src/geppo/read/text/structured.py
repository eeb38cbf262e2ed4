"""JSON and XML: told apart, and not read yet."""

from __future__ import annotations

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text._page import Page

RANK = 30


def can_read(data: bytes, name: str) -> bool:
    """Data that opens like JSON and is named so, or opens like an XML file that is no page."""
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"{", b"[")):
        return name.lower().endswith((".json", ".jsonl")) or _like_json(head)
    if head.startswith((b"<?xml", b"<rss", b"<feed")):
        return b"<html" not in data[:4000].lower()
    return False


def _like_json(head: bytes) -> bool:
    """A brace with a quoted key, or a list of such; a line of text may open with a bracket."""
    return head.lstrip(b"[ \t\r\n").startswith(b"{") and head.lstrip(b"[{ \t\r\n").startswith(b'"')


def read(fetched: Fetched, settings: Settings) -> Page:
    """Always raises InputError("unsupported")."""
    del settings
    raise InputError(
        "unsupported",
        f"{fetched.name}: JSON and XML (KEV, STIX, MISP, CSAF, feeds) are not read yet; "
        "expected HTML, Markdown, text, PDF or mail.",
    )
