"""JSON of known kinds as text: KEV catalogues, CSAF advisories, STIX 2.1 bundles, MISP events, NVD and EPSS rows.

The kind is told by the content. What a record states becomes sentences (`structured.toml`), so that the same reader,
and the same person, can check them; the archive keeps the file itself. XML is left to the sources that fetch it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text._page import Page
from geppo.read.text._records import DEEPEST, depth

RANK = 30

Teller = Callable[[Mapping[str, Any], Fetched, Settings], Page]


def _kinds() -> tuple[tuple[Callable[[Mapping[str, Any]], bool], Teller], ...]:
    from geppo.read.text import _advisories, _bundles

    return (
        (_advisories.is_kev, _advisories.kev),
        (_advisories.is_csaf, _advisories.csaf),
        (_bundles.is_stix, _bundles.stix),
        (_bundles.is_misp, _bundles.misp),
    )


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
    """The page. Raises InputError of kind unsupported for other data, unreadable for broken JSON."""
    head = fetched.data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"{", b"[")):
        raise InputError(
            "unsupported",
            f"{fetched.name}: XML is no report; give the feed as a source (kind feed), or its pages as HTML.",
        )
    try:
        raw = json.loads(fetched.data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("unreadable", f"{fetched.name}: expected JSON in UTF-8 ({error}).") from error
    if depth(raw) > DEEPEST:
        raise InputError("unreadable", f"{fetched.name}: JSON nested deeper than {DEEPEST} levels; expected a report.")
    if isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, dict):
        from geppo.read.text import _forms

        for fits, tell in _kinds():
            if fits(raw):
                return tell(raw, fetched, settings)
        if (page := _forms.read_form(raw, fetched.name, settings)) is not None:
            return page
    raise InputError(
        "unsupported",
        f"{fetched.name}: JSON of no known kind; expected a KEV catalogue, a CSAF advisory, a STIX 2.1 bundle or "
        "a MISP event.",
    )
