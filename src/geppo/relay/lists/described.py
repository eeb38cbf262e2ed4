"""A value on a line, and on the next what is said of it: First Seen: …; Last Seen: …; Description: …"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from geppo.relay.lists import Listed, Unread, value_of

NAME = "value, then description"

_SAID = re.compile(
    r"^\s*(?:First Seen:\s*(?P<first>[^;]{1,40});\s*Last Seen:\s*(?P<last>[^;]{1,40});\s*)?"
    r"Description:\s*(?P<role>.{0,200})$"
)


def reads(lines: Sequence[str]) -> bool:
    """True where a value is followed by a line with a description."""
    return any(_SAID.match(line) is not None and value_of(before) is not None for before, line in pairwise(lines))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def entries(lines: Sequence[str]) -> Iterator[Listed | Unread]:
    """An entry for each value that has a description below it."""
    waiting: tuple[int, tuple[str, str, int | None]] | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        said = _SAID.match(line)
        if said is None:
            found = value_of(line)
            waiting = (number, found) if found else None
            continue
        if waiting is None:
            yield Unread(line=number, text=line)
            continue
        place, (kind, value, port) = waiting
        waiting = None
        first, last = _day(said["first"]), _day(said["last"])
        present = (said["last"] or "").strip().casefold() == "present"
        if first and last and last < first:
            yield Unread(line=number, text=line)
            continue
        yield Listed(
            line=place, kind=kind, value=value, port=port, role=said["role"].strip(), first_seen=first, last_seen=last,
            open_ended=present or last is None,
        )  # fmt: skip
