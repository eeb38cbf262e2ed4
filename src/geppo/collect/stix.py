"""STIX 2.1 bundles: a file, a folder of `.json` files, or an address. Each file is one document, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from geppo.collect import Entry, folder
from geppo.collect._access import OPTIONS as ACCESS
from geppo.collect._access import basic_or_bearer
from geppo.collect._made import json_of, name_of, taken
from geppo.collect._visit import Item, current, failing_as_gap
from geppo.collect.web import text_digest
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "stix"
OPTIONS = ACCESS


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """New bundles. Gaps: what `_http` or `folder` gives, not-json, not-stix."""
    if "://" not in entry.place:
        yield from _files(entry, settings, now)
        return
    visit = current(settings)
    page = visit.client.get(entry.place, entry, accept="application/json", private=basic_or_bearer(entry))
    _check(page.data, page.url)
    item = Item(name=name_of(page.url), stamp=text_digest(page.data), what=page)
    if not visit.known(item.name, item.stamp):
        yield taken(entry, item.name, page.data, now, url=page.url)
        visit.done(entry, item)


def _files(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    for one in folder.fetch(entry, settings, now):
        if isinstance(one, Gap):
            yield replace(one, source=entry.name) if one.kind == "missing" else one
        elif one.name.lower().endswith((".json", ".stix", ".stix2")):
            try:
                _check(one.data, one.name)
            except InputError as error:
                yield Gap(source=one.name, kind=error.kind, message=str(error))
                continue
            yield one


def _check(data: bytes, where: str) -> None:
    found = json_of(data, where)
    if not isinstance(found, dict) or found.get("type") != "bundle" or not isinstance(found.get("objects"), list):
        raise InputError("not-stix", f"{where}: expected a STIX 2.1 bundle with objects")
