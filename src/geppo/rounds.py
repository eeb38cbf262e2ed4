"""Reading the documents of a month: first the names that they introduce, then what they state, in several processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from geppo import crew
from geppo.catalog import Catalog, Name
from geppo.model.claim import Claim
from geppo.model.entity import Kind
from geppo.model.report import Document, Gap, Report
from geppo.read.namesakes import OPERATED, is_house_in_short
from geppo.read.reading import Reading, new_names, publisher_names, read_document

Found = TypeVar("Found")
Progress = Callable[[str, int, int], None]
"""Called with a step's name, how much is done and how much there is."""


def silent(_step: str, _done: int, _all: int) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Everything read, with the names that only this set of documents knows."""

    reports: tuple[Report, ...]
    claims: tuple[Claim, ...]
    names: tuple[Name, ...]
    gaps: tuple[Gap, ...]


def _month_names(
    documents: Sequence[Document], catalog: Catalog, progress: Progress, gaps: list[Gap], readers: _Readers
) -> tuple[Name, ...]:
    """Names that the documents introduce, and their publishers: a name found in one page is known in all."""
    publishers = publisher_names(documents, catalog)
    readers.know(publishers)
    found: dict[str, list[Name]] = {name.id: [name] for name in publishers}
    operated: set[str] = set()
    for number, (names, gap) in enumerate(readers.each(_introduced, range(len(documents)))):
        gaps += [gap] if gap else []
        for name in names or ():
            found.setdefault(name.id, []).append(name)
            operated |= {name.id} if name.kind in OPERATED else set()
        progress("names", number + 1, len(documents))
    for key in sorted(operated):
        houses = [name for name in found[key] if is_house_in_short(name)]
        if houses and len(houses) < len(found[key]):
            found[key] = [name for name in found[key] if not is_house_in_short(name)]
            found[f"org/{key}"] = [replace(name, id=f"org/{key}") for name in houses]
    return _without_products([_agreed(found[key]) for key in sorted(found)])


def _without_products(names: Sequence[Name]) -> tuple[Name, ...]:
    """Without campaigns that are a product in short: "the Tidewall intrusions" beside "Tidewall SSL Gateway"."""
    first = {name.name.partition(" ")[0] for name in names if name.kind is Kind.PRODUCT and " " in name.name}
    return tuple(name for name in names if name.kind is not Kind.CAMPAIGN or name.name not in first)


def _agreed(names: Sequence[Name]) -> Name:
    """One name out of what several documents make of it: the kind that most give, all forms, the first print."""
    kinds = Counter(name.kind for name in names)
    kind = max(kinds, key=lambda kind: (kinds[kind], -[name.kind for name in names].index(kind)))
    forms = tuple(dict.fromkeys(form for name in names for form in name.forms))
    return Name(kind=kind, id=names[0].id, name=names[0].name, forms=forms)


def read_documents(documents: Sequence[Document], catalog: Catalog, progress: Progress = silent) -> Readings:
    """Read all documents: first the names of the month, then the statements."""
    gaps: list[Gap] = []
    readings: list[Reading] = []
    with _Readers(documents, catalog) as readers:
        names = _month_names(documents, catalog, progress, gaps, readers)
        readers.know(names)
        failed = {gap.source for gap in gaps}
        whole = [number for number, document in enumerate(documents) if document.name not in failed]
        for number, (reading, gap) in enumerate(readers.each(_stated, whole)):
            gaps += [gap] if gap else []
            readings += [reading] if reading else []
            progress("statements", number + 1, len(whole))
    return Readings(
        reports=tuple(reading.report for reading in readings),
        claims=tuple(claim for reading in readings for claim in reading.claims),
        names=names,
        gaps=tuple(gaps),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What documents are read with."""

    catalog: Catalog
    documents: Sequence[Document]
    names: tuple[Name, ...] = ()


_rounds: list[_Round] = []
"""Set before processes are forked, which then have it without a copy; each has its own from then on."""


def _know(names: tuple[Name, ...]) -> None:
    _rounds[-1] = replace(_rounds[-1], names=names)


def _introduced(number: int) -> tuple[tuple[Name, ...] | None, Gap | None]:
    now = _rounds[-1]
    document = now.documents[number]
    return _guarded(document, lambda: new_names(document, now.catalog, now.names))


def _stated(number: int) -> tuple[Reading | None, Gap | None]:
    now = _rounds[-1]
    document = now.documents[number]
    return _guarded(document, lambda: read_document(document, now.catalog, now.names))


PARALLEL_FROM = 300_000
"""Characters from which documents are read in several processes: below, starting them costs more than it saves."""


class _Readers:
    """Does the two rounds over a month's documents: in processes where there is enough to read."""

    def __init__(self, documents: Sequence[Document], catalog: Catalog) -> None:
        self._documents = documents
        self._sizes = [len(document.text) for document in documents]
        _rounds.append(_Round(catalog=catalog, documents=documents))
        count = crew.cores()
        self._crew = crew.Crew(count) if count > 1 and sum(self._sizes) >= PARALLEL_FROM else None

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        _rounds.pop()
        if self._crew is not None:
            self._crew.__exit__()

    def know(self, names: tuple[Name, ...]) -> None:
        """Read with these names from here on."""
        _know(names)
        if self._crew is not None:
            self._crew.tell(_know, names)

    def each(
        self, work: Callable[[int], tuple[Found | None, Gap | None]], numbers: Sequence[int]
    ) -> Iterator[tuple[Found | None, Gap | None]]:
        """The work on each document of some numbers, in order."""
        if self._crew is None:
            yield from map(work, numbers)
            return
        for number, done in zip(
            numbers, self._crew.each(work, numbers, [self._sizes[number] for number in numbers]), strict=True
        ):
            yield (None, _lost(self._documents[number])) if done is crew.LOST else done


def _lost(document: Document) -> Gap:
    message = "could not be read (the process that read it ended); please report it with the document"
    return Gap(source=document.name, kind="reading", message=message)


def _guarded(document: Document, work: Callable[[], Found]) -> tuple[Found | None, Gap | None]:
    """Do the work on one document; where it fails, note a gap and go on.

    Any error is caught here, and only here: the text comes from outside, and one page must not cost the month.
    """
    try:
        return work(), None
    except Exception as error:
        message = f"could not be read ({type(error).__name__}: {error}); please report it with the document"
        return None, Gap(source=document.name, kind="reading", message=message)
