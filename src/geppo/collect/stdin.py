"""One document from standard input, for pipes: the address of the source is `-`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import datetime

from geppo.collect import Entry
from geppo.collect._made import plain_name, taken
from geppo.collect._visit import failing_as_gap
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "stdin"
OPTIONS = {"name": "name of the document; its ending helps to tell its form"}


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """What standard input holds up to its end. Gaps: bad-address, terminal, too-large, empty."""
    if entry.place != "-":
        raise InputError("bad-address", f"{entry.name}: a source of kind stdin has the address -, got {entry.place!r}")
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("terminal", f"{entry.name}: nothing is piped in; use it as `… | geppo collect {entry.name}`")
    most = settings.integer("collect.max_bytes")
    data = sys.stdin.buffer.read(most + 1)
    if len(data) > most:
        raise InputError("too-large", f"{entry.name}: more than {most} bytes on standard input (collect.max_bytes)")
    if not data.strip():
        raise InputError("empty", f"{entry.name}: nothing came on standard input")
    name = entry.option("name") or f"{entry.name}-{hashlib.sha256(data).hexdigest()[:12]}.txt"
    yield taken(entry, plain_name(name), data, now)
