"""From paths to readings: what `geppo read` does before it shows anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from geppo import config
from geppo.config import Settings
from geppo.errors import InputError, UsageError
from geppo.model.claim import Claim
from geppo.model.report import Document, Fetched, Gap
from geppo.read.reading import Reading
from geppo.read.rules import rules
from geppo.read.text import read_text

if TYPE_CHECKING:
    from geppo.deliver._marked import Marked

_STDIN = "standard input"
_NO_PUBLISHER = "publisher not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A reading, and whether the document itself gave its date."""

    reading: Reading
    dated: bool

    def marked(self, lang: str) -> Marked:
        """The document with its marks, with labels in `lang`."""
        from geppo.deliver._marking import mark_up
        from geppo.read.behaviour import described

        document = self.reading.report.document
        return mark_up(
            self.reading.report,
            self.reading.claims,
            lang,
            techniques=described(self.reading.report),
            dated=self.dated,
            named=document.publisher != _NO_PUBLISHER,
            readable=bool(rules(document.language).rules),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Readings of several documents with their paths, in order, and what could not be read."""

    read: tuple[tuple[str, One], ...]
    gaps: tuple[Gap, ...]

    @property
    def faults(self) -> tuple[Gap, ...]:
        """Gaps but for the copies of what was read."""
        return tuple(gap for gap in self.gaps if gap.kind != "duplicate")


def one(path: str) -> One:
    """Read a file, or standard input for `-`. Raises UsageError that says what, where and what was expected."""
    from geppo.catalog import Catalog
    from geppo.read.reading import new_names, read_document

    settings = config.load()
    try:
        document, dated = _document(_fetched(path, settings), settings)
    except InputError as error:
        raise _misuse(str(error)) from error
    catalog = Catalog.load()
    return One(reading=read_document(document, catalog, new_names(document, catalog)), dated=dated)


def several(paths: Sequence[str]) -> Several:
    """Read files and folders together, as a month would: a name that one document introduces is known in all.

    Raises UsageError for a path that is not there, and where nothing could be read.
    """
    from geppo.catalog import Catalog
    from geppo.cli._progress import bar
    from geppo.pipeline import read_documents

    settings = config.load()
    documents: dict[str, Document] = {}
    undated: set[str] = set()
    gaps: list[Gap] = []
    for item in _each(paths, settings):
        if isinstance(item, Gap):
            gaps.append(item)
            continue
        try:
            document, dated = _document(item, settings)
        except InputError as error:
            gaps.append(Gap(source=item.name, kind=error.kind, message=_without_name(str(error), item.name)))
            continue
        if document.sha256 in documents:
            same = f"the same bytes as {documents[document.sha256].name}"
            gaps.append(Gap(source=item.name, kind="duplicate", message=same))
            continue
        documents[document.sha256] = document
        undated |= set() if dated else {document.sha256}
    with bar() as progress:
        readings = read_documents(tuple(documents.values()), Catalog.load(), progress)
    gaps += readings.gaps
    if not readings.reports:
        raise _misuse("nothing to read in " + ", ".join(paths) + _first(gaps))
    claims: dict[str, list[Claim]] = {}
    for claim in readings.claims:
        claims.setdefault(claim.report, []).append(claim)
    made = [
        One(reading=Reading(report=report, claims=tuple(claims.get(report.id, ()))), dated=report.id not in undated)
        for report in readings.reports
    ]
    return Several(read=tuple((one.reading.report.document.name, one) for one in made), gaps=tuple(gaps))


def _misuse(message: str) -> UsageError:
    """A wrong use in words that a terminal may show: names of files come from outside, too."""
    from geppo.deliver._shown import visible

    return UsageError(visible(f"read: {message}"))


def _first(gaps: Sequence[Gap]) -> str:
    reason = f"{gaps[0].source}: {gaps[0].message}" if gaps else "no file there"
    return f" ({reason}); expected HTML, Markdown, text, PDF or mail"


def _without_name(message: str, name: str) -> str:
    return message.removeprefix(f"{name}: ")


def _each(paths: Sequence[str], settings: Settings) -> Iterator[Fetched | Gap]:
    """Files as they are named, folders file by file; names are paths as the user gave them."""
    from geppo.collect import Entry, folder

    for path in paths:
        if path == "-" or not Path(path).is_dir():
            fetched = _fetched(path, settings)
            yield fetched if path == "-" else replace(fetched, name=path)
            continue
        entry = Entry(kind=folder.KIND, name=_NO_PUBLISHER, place=path)
        for item in folder.fetch(entry, settings, datetime.now(UTC)):
            if isinstance(item, Gap):
                named = PurePath(path, item.source).as_posix()
                yield replace(item, source=named, message=_without_name(item.message, item.source))
            else:
                yield replace(item, name=PurePath(path, item.name).as_posix())


def _fetched(path: str, settings: Settings) -> Fetched:
    """The bytes of a file or of standard input. Raises UsageError that says what was expected."""
    most = settings.integer("collect.max_bytes")
    if path == "-" and sys.stdin.isatty():
        print("geppo: read: reading what you type, up to Ctrl-D; a file can be named instead", file=sys.stderr)
    try:
        if path == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with Path(path).open("rb") as stream:
                data = stream.read(most + 1)
    except OSError as error:
        wanted = "a file with a report, a folder of them, or - for standard input"
        raise _misuse(f"{path}: {error.strerror}; expected {wanted}") from error
    name = _STDIN if path == "-" else Path(path).name
    if len(data) > most:
        raise _misuse(f"{name}: more than {most} bytes; expected at most that (setting collect.max_bytes)")
    return Fetched(source=_NO_PUBLISHER, name=name, data=data, collected=datetime.now(UTC))


def _document(fetched: Fetched, settings: Settings) -> tuple[Document, bool]:
    """The document, and whether its date is its own; one without a date is read as of today."""
    try:
        return read_text(fetched, settings), True
    except InputError as error:
        if error.kind != "no-date":
            raise
    today = fetched.collected.date().isoformat()
    return read_text(replace(fetched, declared=(*fetched.declared, ("published", today))), settings), False
