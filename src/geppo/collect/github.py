"""Releases, tags or commits of a GitHub repository by its Atom feeds. The texts are in the feed; no page is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from geppo.collect import Entry
from geppo.collect._visit import current, failing_as_gap
from geppo.collect.feed import from_feed
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "github"
OPTIONS = {"list": '"releases" (the default), "tags" or "commits"', "pages": '"yes" fetches the page of each item too'}
_LISTS = ("releases", "tags", "commits")


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """As `feed`, with the items' own texts. The address is of the repository, or of an Atom feed of it."""
    visit = current(settings)
    chosen = entry.option("list") or _LISTS[0]
    if chosen not in _LISTS:
        raise InputError("bad-option", f"{entry.name}: list = {chosen!r}; expected one of {', '.join(_LISTS)}")
    address = entry.place if entry.place.endswith(".atom") else f"{entry.place.rstrip('/')}/{chosen}.atom"
    plain = replace(entry, options=(("pages", entry.option("pages") or "no"),))
    most = settings.integer("collect.feed_bytes")
    page = visit.client.get(address, plain, accept="application/atom+xml", robots=False, most=most)
    yield from from_feed(page, plain, settings, now, visit)
