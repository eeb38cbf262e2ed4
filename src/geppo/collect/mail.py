"""Mails: a mailbox over IMAP with TLS, a folder of `.eml` files, a Maildir, or an mbox file.

With `split = "yes"` a newsletter becomes one document an item (`_newsletter`); a mail that has no items stays whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from geppo.collect import Entry, folder
from geppo.collect._access import OPTIONS as ACCESS
from geppo.collect._http import PASSING
from geppo.collect._imap import opened, place_of
from geppo.collect._made import plain_name, taken
from geppo.collect._newsletter import parts
from geppo.collect._visit import Item, Visit, current, failing_as_gap, limited
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

KIND = "mail"
OPTIONS = {**ACCESS, "split": '"yes" makes a document of each item of a newsletter'}
_BOXES = frozenset({"cur", "new"})


@failing_as_gap
def fetch(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    """New mails in the order of the box.

    Gaps: missing, too-large, empty, no-mail; over IMAP also bad-address, no-secret, dns, private-address, tls, timeout,
    refused, denied, truncated, connect, protocol.
    """
    if "://" in entry.place:
        yield from _over_imap(entry, settings, now)
        return
    found = _box(entry, settings) if Path(entry.place).is_file() else _files(entry, settings, now)
    for one in found:
        if isinstance(one, Gap):
            yield one
        else:
            yield from _documents(entry, one[0], one[1], now)


def _documents(entry: Entry, name: str, data: bytes, now: datetime) -> Iterator[Fetched]:
    pieces = parts(data, entry.language) if entry.option("split") == "yes" else []
    if not pieces:
        yield taken(entry, name, data, now)
    for number, piece in enumerate(pieces, 1):
        yield taken(entry, f"{name}#{number}.html", piece.page, now, url=piece.url)


def _over_imap(entry: Entry, settings: Settings, now: datetime) -> Iterator[Fetched | Gap]:
    visit = current(settings)
    place = place_of(entry.place)
    with opened(entry, settings, visit.client.resolve, visit.client.tls) as box:
        offered = (
            Item(name=plain_name(f"{place.host}/{place.mailbox}/{box.validity}.{number}.eml"), stamp="", what=number)
            for number in box.numbers(visit.since)
        )
        for item in limited(visit.pending(offered), entry, settings):
            if isinstance(item, Gap):
                yield item
                return
            try:
                data = box.mail(item.what)
            except InputError as error:
                yield Gap(source=item.name, kind=error.kind, message=str(error))
                if error.kind not in PASSING:
                    visit.done(entry, item)
                continue
            yield from _kept(item, data, entry, now, visit)


def _kept(item: Item[int], data: bytes, entry: Entry, now: datetime, visit: Visit) -> Iterator[Fetched | Gap]:
    if data.strip():
        yield from _documents(entry, item.name, data, now)
    else:
        yield Gap(source=item.name, kind="empty", message=f"{item.name}: the mail is empty")
    visit.done(entry, item)


def _files(entry: Entry, settings: Settings, now: datetime) -> Iterator[Gap | tuple[str, bytes]]:
    """Files that are named `.eml` or lie in a Maildir's `cur` and `new`."""
    for one in folder.fetch(entry, settings, now):
        if isinstance(one, Gap):
            yield replace(one, source=entry.name) if one.kind in {"missing", "unreadable"} else one
        elif one.name.lower().endswith(".eml"):
            yield one.name, one.data
        elif _BOXES & set(one.name.split("/")[:-1]):
            yield _steady(one.name), one.data
        elif one.name.lower().endswith(".mbox"):
            yield from _box(replace(entry, place=str(Path(entry.place, one.name))), settings)


def _steady(name: str) -> str:
    """A Maildir name without what changes when a mail is read: the flags at its end, and `new` for `cur`."""
    parts = name.partition(":")[0].split("/")
    return "/".join("cur" if part == "new" else part for part in parts) + ".eml"


def _box(entry: Entry, settings: Settings) -> Iterator[Gap | tuple[str, bytes]]:
    """Mails of an mbox file, read line by line; a single mail in a file is taken as it is.

    A mail's name is a digest of it: numbers change when mails are deleted.
    """
    most = settings.integer("collect.max_bytes")
    name = Path(entry.place).name
    number = 0
    for data in _mails(entry.place, most):
        number += 1
        if data is None:
            yield Gap(
                source=f"{name} {number}", kind="too-large", message=f"{name}: mail {number} is over {most} bytes"
            )
        elif data.strip():
            yield f"{name}/{hashlib.sha256(data).hexdigest()[:16]}.eml", data
    if not number:
        raise InputError("no-mail", f"{entry.name}: no mail in {name}; expected an mbox file or a folder of .eml files")


def _mails(path: str, most: int) -> Iterator[bytes | None]:
    """None for a mail that is too large."""
    lines: list[bytes] = []
    size, blank, begun = 0, True, False
    try:
        with Path(path).open("rb") as stream:
            while line := stream.readline(most + 1):
                if blank and line.startswith(b"From "):
                    if begun:
                        yield b"".join(lines) if size <= most else None
                    lines, size, begun = [], 0, True
                    continue
                begun = begun or (blank and b":" in line[:100])
                blank = not line.strip()
                size += len(line)
                if size <= most:
                    lines.append(line[1:] if line.startswith(b">From ") else line)
    except OSError as error:
        raise InputError("unreadable", f"{path}: cannot be read ({error.strerror})") from error
    if begun:
        yield b"".join(lines) if size <= most else None
