"""JVN iPedia: its RDF feeds, or MyJVN's list of vulnerabilities (getVulnOverviewList), page by page of the interface.

Each entry's page is fetched as a feed's item is; the overview in the list stands in for a page that cannot be had.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

import re2

from geppo.collect import Entry
from geppo.collect._visit import current, failing_as_gap
from geppo.collect.feed import OPTIONS as FEED
from geppo.collect.feed import from_feed
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "jvn"
OPTIONS = FEED
_PAGE = 50
_MOST_PAGES = 100
_STATUS = re2.compile(rb"<[A-Za-z]*:?Status\b[^<>]*>")
_FIELD = re2.compile(rb'\b(totalRes|retCd|errMsg)="([^"]{0,300})"')


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """New and changed entries. Gaps: as `feed`, and refused-query with the message of the interface."""
    visit = current(settings)
    most = settings.integer("collect.feed_bytes")
    if "/myjvn" not in entry.place:
        yield from from_feed(visit.client.get(entry.place, entry, most=most), entry, settings, now, visit)
        return
    for number in range(_MOST_PAGES):
        query = urlencode({"startItem": 1 + number * _PAGE, "maxCountItem": _PAGE})
        url = entry.place + ("&" if "?" in entry.place else "?") + query
        page = visit.client.get(url, entry, robots=False, most=most)
        status = _STATUS.search(page.data)
        fields = dict(_FIELD.findall(status.group())) if status else {}
        if fields.get(b"retCd", b"0") != b"0":
            message = fields.get(b"errMsg", b"").decode("utf-8", "replace")
            raise InputError("refused-query", f"{url}: the interface refuses the query ({message})")
        yield from from_feed(page, entry, settings, now, visit)
        total = fields.get(b"totalRes", b"0")
        if not total.isdigit() or (number + 1) * _PAGE >= int(total[:9]):
            return
