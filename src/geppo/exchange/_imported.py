"""What a foreign file gives: a document, what it says in our terms, and what of it could not be taken."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from geppo.errors import InputError
from geppo.exchange._json import words
from geppo.exchange._package import Package
from geppo.exchange._record import LABELS
from geppo.model.claim import Claim
from geppo.model.entity import Kind, Mention, Term
from geppo.model.marking import Tlp
from geppo.model.observable import Observable
from geppo.model.report import Document, Fetched, Gap, Passage, Report

Resolve = Callable[[Kind, str], str]
"""The catalogue's id of a name, or an empty text: the exchange knows no catalogue, whoever calls it may."""


LONGEST_PASSAGE = 4000
"""Characters of a passage: several times a relationship as exports write it (about 900)."""
MOST_GAPS = 100
"""Kinds of things left that are told apart."""


def unresolved(_kind: Kind, _name: str) -> str:
    """No catalogue at hand."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A foreign file in our terms.

    `document` is the file itself: its text is the JSON as it stands, and every passage, mention and observable is a
    slice of it. Its publisher is who handed it over; whoever the file names as the author of a statement is a voice.
    `restored` is what geppo wrote, where the file is one of ours: see `docs/exchange.md` for what no file can hold.
    """

    document: Document
    report: Report
    claims: tuple[Claim, ...]
    restored: Package | None
    gaps: tuple[Gap, ...]


@dataclass(slots=True)
class Reading:
    """A foreign file while it is read. `room` is how many things may still be read, `sha256` is of the file."""

    fetched: Fetched
    text: str
    room: int
    resolve: Resolve = unresolved
    mentions: dict[tuple[int, int, str], Mention] = field(default_factory=dict)
    observables: dict[tuple[int, int, str], Observable] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    markings: list[Tlp] = field(default_factory=list)
    dates: list[date] = field(default_factory=list)

    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        self.sha256 = hashlib.sha256(self.fetched.data).hexdigest()

    def declared(self, name: str) -> str:
        """What the source says of the file."""
        return next((value for key, value in self.fetched.declared if key == name), "")

    @property
    def unmarked(self) -> Tlp:
        """The marking of what bears none: the source's, else AMBER, as what is shared is not public by default."""
        return LABELS.get(self.declared("marking"), Tlp.AMBER)

    def term(self, kind: Kind, name: str, id_: str = "") -> Term:
        """A thing by the catalogue's id, or by `id_` or its name where the catalogue does not know it."""
        return Term(kind=kind, id=self.resolve(kind, name) or id_ or f"new:{name}", name=name)

    def take(self) -> None:
        """Make room for one more thing. Raises InputError("too-many") where there is none."""
        self.room -= 1
        if self.room < 0:
            raise InputError("too-many", f"{self.fetched.name}: holds more than is read (exchange.most_parts)")

    def mention(self, term: Term, start: int, end: int) -> None:
        """A name at a place."""
        self.take()
        self.mentions[start, end, term.id] = Mention(
            kind=term.kind, id=term.id, name=term.name, surface=self.text[start:end], start=start, end=end
        )

    def value(self, seen: Observable) -> None:
        """A value at a place."""
        self.take()
        self.observables[seen.start, seen.end, f"{seen.type.value} {seen.value}"] = seen

    def passage(self, start: int, end: int) -> Passage:
        """A slice of the file, of a long object its beginning: many claims may rest on one object."""
        self.take()
        end = min(end, start + LONGEST_PASSAGE)
        return Passage(document=self.sha256, start=start, end=end, text=self.text[start:end])

    def day(self, value: str) -> date:
        """The day of a moment in ISO 8601 or of seconds since 1970; the day of collection where there is none."""
        found = day_of(value)
        collected = self.fetched.collected.astimezone(UTC).date()
        return found if found and found <= collected else collected

    def finish(
        self, *, media_type: str, publisher: str, title: str, language: str, restored: Package | None
    ) -> Imported:
        """Put the document, its report and its claims together."""
        house = words(self.declared("publisher")) or publisher or self.fetched.source
        published = max(self.dates, default=self.fetched.collected.astimezone(UTC).date())
        document = Document(
            sha256=self.sha256,
            name=self.fetched.name,
            media_type=media_type,
            collected=self.fetched.collected,
            publisher=house,
            title=words(self.declared("title")) or title or self.fetched.name,
            url=words(self.declared("url")),
            language=language if len(language) == 2 and language.isascii() else "en",
            published=published,
            text=self.text,
            marking=max(self.markings, default=self.unmarked),
        )
        report = Report(
            id=self.sha256,
            document=document,
            mentions=tuple(self.mentions[key] for key in sorted(self.mentions)),
            observables=tuple(self.observables[key] for key in sorted(self.observables)),
            cites=(),
            own_observation=False,
        )
        kinds = sorted(self.left.items())
        rest = sum(number for _, number in kinds[MOST_GAPS:])
        kinds = [*kinds[:MOST_GAPS], *([("further things", rest)] if rest else [])]
        gaps = tuple(
            Gap(source=self.fetched.name, kind="not-taken", message=f"{number} x {what}") for what, number in kinds
        )
        claims = tuple(_said_by(self.claims[key], house) for key in sorted(self.claims))
        return Imported(document=document, report=report, claims=claims, restored=restored, gaps=gaps)


def _said_by(claim: Claim, house: str) -> Claim:
    """The claim as a statement of the file's publisher, who quotes its author where that is somebody else."""
    author = claim.publisher
    voices = claim.voices if not author or author == house else (author, *claim.voices)
    return replace(claim, publisher=house, voices=voices)


def claim_id(*parts: str) -> str:
    """Id of a claim read from a file."""
    return "c" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:12]


def day_of(value: object) -> date | None:
    """The UTC day of a moment in ISO 8601 or of seconds since 1970 (MISP), or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > 40 or not value.isascii():
        return None
    try:
        if value.isdigit() and len(value) > 8:
            return datetime.fromtimestamp(int(value), UTC).date()
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo is None else found.astimezone(UTC)).date()
    except (ValueError, OverflowError, OSError):
        return None
