"""Made documents for store tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from geppo.model.report import Document

EARLY = datetime(2026, 4, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """So many days after the first of April."""
    return EARLY + timedelta(days=number)


def document(
    data: str,
    *,
    known: datetime = EARLY,
    text: str | None = None,
    url: str = "",
    published: date = date(2026, 4, 1),
    publisher: str = "Example CERT",
    language: str = "ja",
    title: str = "",
    note: bool = False,
) -> Document:
    """A document of these bytes; its text is the same unless given."""
    return Document(
        sha256=hashlib.sha256(data.encode()).hexdigest(),
        name=f"{data[:12]}.html",
        media_type="text/html",
        collected=known,
        publisher=publisher,
        title=title,
        url=url,
        language=language,
        published=published,
        text=data if text is None else text,
        note=note,
    )
