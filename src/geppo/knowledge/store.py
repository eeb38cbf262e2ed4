"""What a store must do, in model types. Every question names the time it asks for; every record names who and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from geppo.model.claim import Claim
from geppo.model.edit import Edit
from geppo.model.edition import Month
from geppo.model.report import Document, Gap, Report
from geppo.model.time import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a search asks for. Blanks part words, all of which have to be there; "…" holds a phrase together.

    `since` and `until` are days of publication, both included; `publisher` is part of its name in any case.
    """

    text: str
    since: date | None = None
    until: date | None = None
    publisher: str = ""
    language: str = ""
    most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a document's history. `withdrawn` records say that it no longer counts."""

    document: Document
    known: datetime
    reader: str
    withdrawn: bool
    author: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """How bytes came: the first time under a name and address, with the headers of the answer."""

    name: str
    url: str
    known: datetime
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state of a store: version of its tables, bytes on disk, rows, and what a quick check says (`ok`)."""

    kind: str
    version: int
    size: int
    rows: tuple[tuple[str, int], ...]
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something kept that is not what it was. `subject` is a document's hash or the row."""

    subject: str
    name: str
    message: str


class Store(Protocol):
    """Keeps what was collected, read, judged and issued."""

    def close(self) -> None:
        """Let go of it."""
        ...

    def batch(self) -> AbstractContextManager[None]:
        """All that is kept inside stays together: an error, or the end of the process, leaves none of it."""
        ...

    def add_document(self, document: Document, data: bytes, headers: Sequence[tuple[str, str]] = ()) -> bool:
        """Keep a document and its bytes. False if these bytes are known already.

        Raises ValueError where the bytes are not those that the document's hash names.
        """
        ...

    def correct(self, document: Document, known: datetime, author: str, reason: str) -> None:
        """From `known` on the document counts as given here; before, as it was. Raises KeyError for an unknown hash."""
        ...

    def withdraw(self, sha256: str, known: datetime, author: str, reason: str) -> None:
        """From `known` on the document does not count. Raises KeyError for an unknown hash."""
        ...

    def documents(
        self,
        as_of: datetime,
        since: date | None = None,
        until: date | None = None,
        known_since: datetime | None = None,
    ) -> tuple[Document, ...]:
        """Documents as they counted at a time, by publication date and hash.

        Of several versions of a page only the newest known then; none that was withdrawn by then. `since` and `until`
        are days of publication, both included; `known_since` leaves out what we had before.
        """
        ...

    def history(self, sha256: str) -> tuple[Record, ...]:
        """Every record of a document, the oldest first."""
        ...

    def versions(self, sha256: str) -> tuple[str, ...]:
        """Hashes of all versions of the page that a document is a version of, the oldest first."""
        ...

    def retrievals(self, sha256: str) -> tuple[Retrieval, ...]:
        """How the bytes came, the first first."""
        ...

    def data(self, sha256: str) -> bytes:
        """The archived bytes. Raises KeyError for an unknown hash, and for bytes dropped under a retention rule."""
        ...

    def add_gap(self, gap: Gap, known: datetime) -> None:
        """Keep what could not be used, and why, each time that it was so."""
        ...

    def gaps(self, as_of: datetime, since: date | None = None) -> tuple[Gap, ...]:
        """Gaps known at a time, by source and kind; of each the last one. None that got known before `since` (UTC), and
        none of a document that came later, under that name.
        """
        ...

    def add_reading(self, report: Report, claims: Sequence[Claim], known: datetime) -> None:
        """Keep what was read from a document by this version of geppo. The same reading again is kept once."""
        ...

    def claims(self, as_of: datetime) -> tuple[Claim, ...]:
        """Claims known at a time, by id: of each document its last reading then."""
        ...

    def add_month(self, month: Month, known: datetime | None = None) -> None:
        """Keep what a month was judged to be (`known`: when it was judged, by default its as-of time)."""
        ...

    def month(self, period: Period, as_of: datetime | None = None) -> Month | None:
        """The latest judgement of a month (not later than `as_of`), or None."""
        ...

    def add_edit(self, edit: Edit) -> bool:
        """Keep an edit of the catalogue. False if it is known already."""
        ...

    def edits(self, as_of: datetime) -> tuple[Edit, ...]:
        """Edits known at a time, in the order in which they were made."""
        ...

    def search(self, query: Query, as_of: datetime) -> tuple[Document, ...]:
        """Documents as of a time whose title or text has what is asked for, the last known first."""
        ...

    def drop(self, sha256: str, known: datetime) -> bool:
        """Drop archived bytes under a retention rule; everything else stays. False where there were none."""
        ...

    def cited(self) -> frozenset[str]:
        """Hashes of documents that any claim, of any reading or month, rests on."""
        ...

    def verify(self) -> Iterator[Fault]:
        """Hash everything again; yields what is not as it was."""
        ...

    def state(self) -> State:
        """Version, size, rows and a quick check."""
        ...
