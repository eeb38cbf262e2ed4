"""CSV with a head: ip, role, first_seen, last_seen; in any order, more columns allowed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date

from geppo.relay.lists import Listed, Unread, value_of

NAME = "CSV with ip, role, first_seen, last_seen"


def _head(lines: Sequence[str]) -> int | None:
    for place, line in enumerate(lines[:20]):
        cells = {cell.strip().casefold() for cell in line.split(",")}
        if {"ip", "first_seen", "last_seen"} <= cells:
            return place
    return None


def reads(lines: Sequence[str]) -> bool:
    """True where one of the first twenty lines is the head."""
    return _head(lines) is not None


def entries(lines: Sequence[str]) -> Iterator[Listed | Unread]:
    """An entry a row; an empty last_seen is a window that is still open."""
    place = _head(lines)
    if place is None:
        return
    columns = [cell.strip().casefold() for cell in lines[place].split(",")]
    for number, line in enumerate(lines[place + 1 :], start=place + 2):
        if not line.strip() or line.startswith("#"):
            continue
        row = dict(zip(columns, (cell.strip() for cell in next(csv.reader([line]))), strict=False))
        found = value_of(row.get("ip", ""))
        try:
            first = date.fromisoformat(row.get("first_seen", "")[:10]) if row.get("first_seen") else None
            last = date.fromisoformat(row.get("last_seen", "")[:10]) if row.get("last_seen") else None
        except ValueError:
            found = None
            first = last = None
        if found is None or (first and last and last < first):
            yield Unread(line=number, text=line)
            continue
        kind, value, port = found
        yield Listed(
            line=number, kind=kind, value=value, port=port, role=row.get("role", ""), first_seen=first, last_seen=last,
            open_ended=last is None,
        )  # fmt: skip
