"""One document to its report and claims, in two passes: names first (also for the whole month), then relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geppo.catalog import Catalog, Name
from geppo.language import voices as voicing
from geppo.language.dates import find_dates
from geppo.language.numbers import find_counts
from geppo.language.sentences import Span, blocks, clauses, sentences
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Mention, Term
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Document, Report
from geppo.read import agreements, counts
from geppo.read.anaphora import Salience, resolve, without_speaker
from geppo.read.extract.observables import find as find_observables
from geppo.read.names import designators, house_forms, introduced, settle, slug, spelled
from geppo.read.relate import Sentence, Source, claims_of
from geppo.read.rules import rules
from geppo.read.typed import Item, names_only, pattern_kind, typed_line

LEAST_ITEMS = 2
"""Headed items that make a page a roundup."""

_VALUE_KINDS = {ObservableType.CVE: Kind.VULNERABILITY}
_NOT_STATED = frozenset({Verdict.PUBLISHER_OWN, Verdict.VERSION_NUMBER, Verdict.CLOCK_TIME, Verdict.FILE_NAME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from one document."""

    report: Report
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    observables: tuple[Observable, ...]
    mentions: tuple[Mention, ...]


def new_names(document: Document, catalog: Catalog, known: Sequence[Name] = ()) -> tuple[Name, ...]:
    """Names that this document introduces and the catalogue does not hold.

    Two rounds, because an alias can only be seen beside a name that is already known.
    """
    found: list[tuple[Kind, str]] = [
        (kind, name) for kind, name in designators(document.text) if not _known(name, catalog, document.language)
    ]
    for _ in range(2):
        names = settle(found)
        values = _values(document, catalog, (*known, *names))
        items = _items(document, values, catalog)
        for span in sentences(document.text, document.language):
            for shown in (items, names_only(items)):
                line = typed_line(document.text, span.start, span.end, shown, ())
                found += [
                    (kind, name)
                    for kind, name in introduced(line, document.language)
                    if not _known(name, catalog, document.language)
                ]
    names = settle(found)
    spellings = spelled(document.text, (*known, *names), catalog, document.language)
    other = {slug(form) for name in spellings for form in name.forms}
    return (*(name for name in names if slug(name.name) not in other or name.name.isascii()), *spellings)


def _known(name: str, catalog: Catalog, language: str) -> bool:
    """True where the whole name is in the catalogue already (as a name, a place, a sector, a concept)."""
    return any(mention.end - mention.start >= len(name) for mention in catalog.match(name, language))


def publisher_names(documents: Iterable[Document], catalog: Catalog) -> tuple[Name, ...]:
    """The month's publishers as names: a page that names another page's publisher speaks of its source."""
    found: dict[str, Name] = {}
    for document in documents:
        forms = house_forms(document.publisher)
        if forms and not any(_known(form, catalog, document.language) for form in forms):
            key = f"org/{slug(forms[0])}"
            found[key] = Name(kind=Kind.IDENTITY, id=key, name=forms[0], forms=forms)
    return tuple(found[key] for key in sorted(found))


def _values(document: Document, catalog: Catalog, names: Sequence[Name]) -> _Values:
    domain = document.url.partition("//")[2].partition("/")[0]
    observables = find_observables(document.text, publisher_domain=domain, language=document.language)
    mentions = catalog.match(document.text, document.language, names)
    taken = [(value.start, value.end) for value in observables]
    free = tuple(
        mention for mention in mentions if not any(start < mention.end and mention.start < end for start, end in taken)
    )
    return _Values(observables=observables, mentions=free)


def _items(document: Document, values: _Values, catalog: Catalog) -> tuple[Item, ...]:
    items: list[Item] = []
    for mention in values.mentions:
        term = Term(
            kind=mention.kind, id=catalog.canonical(mention.id) or f"new:{slug(mention.name)}", name=mention.name
        )
        kind = pattern_kind(term)
        if kind:
            items.append(Item(kind=kind, start=mention.start, end=mention.end, terms=(term,)))
    outer: list[Observable] = []
    for value in values.observables:
        if value.verdict in _NOT_STATED or any(v.start <= value.start and value.end <= v.end for v in outer):
            continue
        outer.append(value)
        kind_of_value = _VALUE_KINDS.get(value.type, Kind.OBSERVABLE)
        term = Term(kind=kind_of_value, id=f"{value.type.value}/{value.value}", name=value.value)
        items.append(Item(kind=pattern_kind(term), start=value.start, end=value.end, terms=(term,)))
    items = agreements.bind(document, sorted(items, key=lambda item: item.start), catalog)
    dates = [
        Item(kind="date", start=found.start, end=found.end, when=found.when, opening=found.open)
        for found in find_dates(document.text, document.language, document.published)
    ]
    dates = [one for one in dates if not any(i.start < one.end and one.start < i.end for i in items)]
    items = sorted([*items, *dates], key=lambda item: item.start)
    numbers = find_counts(document.text, document.language)
    return counts.join(document.text, numbers, items, document.language, catalog)


def read_document(document: Document, catalog: Catalog, names: Sequence[Name] = ()) -> Reading:
    """Read a document with the names known for its month. Names it introduces itself must be among `names`."""
    values = _values(document, catalog, names)
    items = _items(document, values, catalog)
    source = Source(
        document=document.sha256,
        publisher=_speaker(document),
        published=document.published,
        marking=document.marking,
    )
    title = _title_terms(document, catalog, names)
    ruleset = rules(document.language)
    spans = sentences(document.text, document.language)
    claims: list[Claim] = []
    cited: dict[str, None] = {}
    for block in blocks(document.text):
        salience = Salience()
        for item in title:
            salience.see(item)
        last_link = ""
        for span in spans:
            if not (block.start <= span.start and span.end <= block.end):
                continue
            inside = [item for item in items if span.start <= item.start and item.end <= span.end]
            resolved = resolve(document.text, span.start, span.end, inside, salience, document.language)
            parts = clauses(document.text, span, document.language)
            borders = [part.start for part in parts]
            spoken_of = without_speaker(document.text, span.start, span.end, resolved, document.language)
            line = typed_line(document.text, span.start, span.end, spoken_of, borders)
            bare = typed_line(document.text, span.start, span.end, names_only(spoken_of), borders)
            spoken = _voices(document, span, resolved)
            cited.update(dict.fromkeys(spoken))
            sentence = Sentence(
                text=document.text,
                span=span,
                clauses=parts,
                line=line,
                bare=bare,
                full=typed_line(document.text, span.start, span.end, resolved, borders),
                language=document.language,
                voices=spoken,
            )
            for claim in claims_of(sentence, ruleset, salience, source, catalog):
                claim = _tied(claim, last_link)
                if claim.predicate in (Predicate.SHARES, Predicate.COOPERATES):
                    last_link = claim.id
                claims.append(claim)
    report = Report(
        id=document.sha256,
        document=document,
        mentions=values.mentions,
        observables=values.observables,
        cites=() if _is_roundup(document) else _cites(document, cited, values.mentions, catalog),
        own_observation=bool(voicing.own_observation(document.text, document.language)),
    )
    return Reading(report=report, claims=tuple(claims))


def _is_roundup(document: Document) -> bool:
    """A page of several headed items has no source as a whole; its items name theirs."""
    return len([block for block in blocks(document.text) if block.heading]) >= LEAST_ITEMS


def _tied(claim: Claim, last_link: str) -> Claim:
    """A statement about the shared thing itself speaks about the link that the block has just stated."""
    shared = claim.subject.id.partition("/")[0] in {"address", "shared-thing", "device", "ipv4", "ipv6", "domain"}
    if last_link and shared and claim.predicate is Predicate.CLASSIFIES:
        return replace(claim, about=last_link)
    return claim


def _speaker(document: Document) -> str:
    """The publisher's name without what it was copied from: "Politico (copy on …)" is Politico speaking."""
    return document.publisher.partition("(")[0].strip() or document.publisher


def _title_terms(document: Document, catalog: Catalog, names: Sequence[Name]) -> tuple[Item, ...]:
    out = []
    for mention in catalog.match(document.title, document.language, names):
        term = Term(kind=mention.kind, id=catalog.canonical(mention.id) or mention.id, name=mention.name)
        if pattern_kind(term):
            out.append(Item(kind=pattern_kind(term), start=0, end=0, terms=(term,)))
    return tuple(out)


def _voices(document: Document, span: Span, items: Sequence[Item]) -> tuple[str, ...]:
    """Who is named in the sentence as saying it: an organisation that stands where a voice stands."""
    own = slug(_speaker(document))
    spoken: dict[str, None] = {}
    for voice in voicing.voices(document.text, span, document.language):
        for item in items:
            if item.kind == "org" and item.start < voice.name_end and voice.name_start < item.end:
                name = item.terms[0].name
                if slug(name) not in own and own not in slug(name):
                    spoken[name] = None
    return tuple(spoken)


def _cites(document: Document, spoken: Iterable[str], mentions: Sequence[Mention], catalog: Catalog) -> tuple[str, ...]:
    """Organisations that the page names as its sources: voices first, then publishers it merely names."""
    own = slug(document.publisher)
    cites = dict.fromkeys(spoken)
    for mention in mentions:
        if mention.kind is Kind.IDENTITY and slug(mention.name) not in own:
            publisher = catalog.publisher(mention.name)
            if publisher is not None or mention.id.startswith("org/"):
                cites.setdefault(mention.name)
    return tuple(cites)


def read_text(text: str, catalog: Catalog, language: str, published: date, document: Document) -> Reading:
    """Read a loose text (no archive behind it) with the names that it introduces itself."""
    made = replace(document, text=text, language=language, published=published)
    return read_document(made, catalog, new_names(made, catalog))


Reader = Callable[[str, str], tuple[Claim, ...]]
"""Reads a sentence in a language back to claims: what the gate asks."""
