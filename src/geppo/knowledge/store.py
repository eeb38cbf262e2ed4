"""What a store must do, in model types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from geppo.model.claim import Claim
from geppo.model.edition import Month
from geppo.model.report import Document, Gap, Report
from geppo.model.time import Period


class Store(Protocol):
    """Keeps what was collected, read, judged and issued."""

    def add_document(self, document: Document, data: bytes) -> bool:
        """Keep a document and its bytes. False if these bytes are known already."""
        ...

    def add_gap(self, gap: Gap, known: datetime) -> None:
        """Keep what could not be used, and why."""
        ...

    def documents(self, as_of: datetime) -> tuple[Document, ...]:
        """Documents known at a time, by publication date and hash."""
        ...

    def data(self, sha256: str) -> bytes:
        """The archived bytes. Raises KeyError for an unknown hash."""
        ...

    def gaps(self, as_of: datetime) -> tuple[Gap, ...]:
        """Gaps known at a time, by source."""
        ...

    def add_reading(self, report: Report, claims: Sequence[Claim], known: datetime) -> None:
        """Keep what was read from a document."""
        ...

    def claims(self, as_of: datetime) -> tuple[Claim, ...]:
        """Claims known at a time, by id."""
        ...

    def add_month(self, month: Month) -> None:
        """Keep what a month was judged to be, for the months after it and for `why`."""
        ...

    def month(self, period: Period, as_of: datetime | None = None) -> Month | None:
        """The latest judgement of a month (not later than `as_of`), or None."""
        ...
