"""A PDF by its address; or, with `pattern`, the PDF files that a page links to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from geppo.collect import Entry, web
from geppo.collect._visit import failing_as_gap
from geppo.config import Settings
from geppo.model.report import Fetched, Gap

KIND = "pdf"
OPTIONS = {"pattern": web.OPTIONS["pattern"]}
_HEAD = 1_024
"""PDFium looks for the mark in the first kilobyte."""


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """As `web`; an answer that is no PDF is a gap of kind not-a-pdf (sites answer with a login page instead)."""
    for item in web.fetch(entry, settings, now):
        if isinstance(item, Gap) or b"%PDF-" in item.data[:_HEAD]:
            yield item
        else:
            message = f"{item.name}: expected a PDF, got something else; open the address in a browser"
            yield Gap(source=item.name if entry.option("pattern") else entry.name, kind="not-a-pdf", message=message)
