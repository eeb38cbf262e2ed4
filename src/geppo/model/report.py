"""A document as archived, the report read from it, and the passages that claims point at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from geppo.model.entity import Mention
from geppo.model.marking import Tlp
from geppo.model.observable import Observable


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Bytes that a source gave, before anything is read from them.

    `declared` holds what the source itself says of them (publisher, language, url …); fields of the document win.
    `headers` are those of the answer that brought them, as sent, in their order; empty for files.
    """

    source: str
    name: str
    data: bytes
    collected: datetime
    declared: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Archived bytes and the text taken from them. `sha256` is of the bytes; offsets count characters of `text`.

    `note` marks a note of ours that retells a page: screens say so. `links` are addresses that the text points to.
    """

    sha256: str
    name: str
    media_type: str
    collected: datetime
    publisher: str
    title: str
    url: str
    language: str
    published: date
    text: str
    links: tuple[str, ...] = ()
    note: bool = False
    marking: Tlp = Tlp.CLEAR


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Passage:
    """A verbatim slice of a document's text."""

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was read from one document. Its id is the document's hash: one document, one report."""

    id: str
    document: Document
    mentions: tuple[Mention, ...]
    observables: tuple[Observable, ...]
    cites: tuple[str, ...]
    own_observation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that the month could not use, and why. `source` is a file name, an address or a source's name."""

    source: str
    kind: str
    message: str
