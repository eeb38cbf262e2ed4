"""Tab-separated columns with a head that names IOC, Type, First Seen, Last Seen and Category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from geppo.relay.lists import Listed, Unread, value_of

NAME = "tabbed columns"

_NEEDED = {"ioc", "type", "first seen", "last seen"}


def _head(line: str) -> list[str]:
    return [cell.strip().casefold() for cell in line.split("\t")]


def reads(lines: Sequence[str]) -> bool:
    """True where one of the first twenty lines is the head."""
    return any(set(_head(line)) >= _NEEDED for line in lines[:20])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def entries(lines: Sequence[str]) -> Iterator[Listed | Unread]:
    """An entry a line below the head; a later head changes the order of columns."""
    columns: list[str] = []
    for number, line in enumerate(lines, start=1):
        cells = _head(line)
        if set(cells) >= _NEEDED:
            columns = cells
            continue
        if not columns or not line.strip():
            continue
        row = dict(zip(columns, (cell.strip() for cell in line.split("\t")), strict=False))
        found = value_of(row.get("ioc", ""))
        first, last = _day(row.get("first seen", "")), _day(row.get("last seen", ""))
        if found is None or (first and last and last < first):
            yield Unread(line=number, text=line)
            continue
        kind, value, port = found
        role = row.get("category", "") or row.get("type", "")
        yield Listed(
            line=number,
            kind=kind,
            value=value,
            port=port,
            role=role,
            first_seen=first,
            last_seen=last,
            open_ended=last is None,
        )
