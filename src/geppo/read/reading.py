"""One document to its report and claims, in two passes: names first (also for the whole month), then relations."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from geppo.catalog import Catalog, Name
from geppo.catalog.kept import BySize
from geppo.language import voices as voicing
from geppo.language.dates import find_dates
from geppo.language.numbers import Number, find_counts
from geppo.language.sentences import Block, Span, blocks, clauses, sentences
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Mention, Term
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Document, Report
from geppo.read import agreements, apposition, counts, owners
from geppo.read.anaphora import Salience, resolve, without_speaker
from geppo.read.extract.observables import find as find_observables
from geppo.read.frames import possible
from geppo.read.gangs import as_groups
from geppo.read.names import designators, house_forms, introduced, naming, people, settle, slug, spelled
from geppo.read.namesakes import OPERATED, for_document, short_forms, without
from geppo.read.relate import Source, claims_of
from geppo.read.rules import rules
from geppo.read.script import Printed, plain, plain_names
from geppo.read.sentence import Sentence
from geppo.read.shortened import called_in_short, in_full
from geppo.read.typed import Item, marks_of, names_only, pattern_kind, typed_line

PAGES = 16_000_000
"""Characters of the documents whose sentences and values are kept between the two passes, each with two bytes in prose
and ten in lists of values. The second pass begins when the first is over: of documents with more characters than this
(a process's share of 3,000 reports has fewer) it finds none again."""

NAMED = 2_000_000
"""Characters of the documents whose names are kept as typed items too, which take more room than the text."""

LEAST_ITEMS = 2
"""Headed items that make a page a roundup."""

_VALUE_KINDS = {ObservableType.CVE: Kind.VULNERABILITY}
_NOT_STATED = frozenset({Verdict.PUBLISHER_OWN, Verdict.VERSION_NUMBER, Verdict.CLOCK_TIME, Verdict.FILE_NAME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from one document."""

    report: Report
    claims: tuple[Claim, ...]


class _Span(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Placed = TypeVar("Placed", bound=_Span)


class _Page:
    """What a text holds whatever names are known, each part found when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._text, self._language = document.text, document.language

    @cached_property
    def observables(self) -> tuple[Observable, ...]:
        """Values, those that stand in others among them."""
        domain = self._document.url.partition("//")[2].partition("/")[0]
        return find_observables(self._text, publisher_domain=domain, language=self._language)

    @cached_property
    def dates(self) -> tuple[Item, ...]:
        """Dates as typed items."""
        return tuple(
            Item(kind="date", start=found.start, end=found.end, when=found.when, opening=found.open)
            for found in find_dates(self._text, self._language, self._document.published)
        )

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers."""
        return tuple(find_counts(self._text, self._language))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences in order."""
        return tuple(sentences(self._text, self._language))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Story blocks in order."""
        return blocks(self._text)

    @cached_property
    def outermost(self) -> list[Observable]:
        """Values that stand in no other."""
        return _outermost([value for value in self.observables if value.start < value.end])

    @cached_property
    def stated(self) -> list[Item]:
        """Values that the text speaks of, as typed items."""
        return [_valued(value) for value in _outermost([v for v in self.observables if v.verdict not in _NOT_STATED])]


class _Named:
    """The names that a text was last found to have, without those in values, and the typed items of both."""

    def __init__(self, _document: Document) -> None:
        self.found: Sequence[Mention] | None = None
        self.mentions: list[Mention] = []
        self.items: list[Item] = []
        self.of: dict[int, tuple[Mention, Item | None]] = {}


_page = BySize(_Page, lambda document: len(document.text), PAGES)
_names = BySize(_Named, lambda document: len(document.text), NAMED)


class _Inside:
    """Items in order of their places, to be asked by stretch."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self._starts = [item.start for item in items]

    def __call__(self, start: int, end: int) -> list[Item]:
        """Items that lie in a stretch."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [item for item in self.items[first:last] if item.end <= end]


def _apart(ones: Sequence[Placed], others: Sequence[_Span]) -> list[Placed]:
    """The ones that overlap none of the others; both in order of their places, the others without overlap."""
    starts = [other.start for other in others]
    kept = []
    for one in ones:
        at = bisect_left(starts, one.end) - 1
        if at < 0 or others[at].end <= one.start:
            kept.append(one)
    return kept


_Shown = list[tuple[str, int, int]]
"""How a sentence looks to a rule: kinds and places of its mentions."""


def new_names(document: Document, catalog: Catalog, known: Sequence[Name] = ()) -> tuple[Name, ...]:
    """Names that this document introduces and the catalogue does not hold.

    Two rounds, because an alias can only be seen beside a name that is already known.
    """
    known, read = tuple(known), plain(document)
    if read is not document:
        made = Printed(document, read)
        return tuple(map(made.name, new_names(read, catalog, plain_names(known, document.language))))
    found = [(kind, name) for kind, name in designators(document.text) if not _known(name, catalog, document.language)]
    shown: dict[int, _Shown] = {}
    if short := short_forms(known, document):
        thinned = without(known, short)
        found += [
            (kind, name)
            for kind, name in _introductions(document, catalog, thinned, (), {})
            if name in short and kind in OPERATED
        ]
    for _ in range(2):
        before = len(found)
        found += [
            (kind, name)
            for kind, name in _introductions(document, catalog, known, settle(found), shown)
            if not _known(name, catalog, document.language)
        ]
        if len(found) == before:
            break
    if any(kind is Kind.IDENTITY for kind, _ in found):
        others = {slug(name) for kind, name in found if kind in OPERATED} | people(document.text, document.language)
        found = [(kind, name) for kind, name in found if kind is not Kind.IDENTITY or slug(name) not in others]
    names = settle(found)
    spellings = spelled(document.text, known, names, catalog, document.language)
    other = {slug(form) for name in spellings for form in name.forms}
    return (*(name for name in names if slug(name.name) not in other or name.name.isascii()), *spellings)


def _introductions(
    document: Document, catalog: Catalog, names: Sequence[Name], own: Sequence[Name], shown: dict[int, _Shown]
) -> Iterator[tuple[Kind, str]]:
    """Names that sentences introduce, with their kinds; `names` are known already, `own` were found in this document.

    `shown` keeps the mentions of each sentence: one that has the same in the second round says nothing new.
    """
    asking = naming(document.language)
    if asking is None:
        return
    items = _Inside(_typed(document, catalog, names, own)[1])
    for span in _page(document).sentences:
        inside = items(span.start, span.end)
        looks = [(item.kind, item.start, item.end) for item in inside]
        if shown.get(span.start) == looks:
            continue
        shown[span.start] = looks
        asked = asking.prefilter.of_sentence(document.text[span.start : span.end], marks_of(inside))
        if not asked:
            continue
        line = typed_line(document.text, span.start, span.end, inside, ())
        yield from introduced(line, document.language, asked)
        bare = names_only(inside)
        if len(bare) < len(inside) and (asked := asking.prefilter.of_kinds(asked, marks_of(bare))):
            yield from introduced(typed_line(document.text, span.start, span.end, bare, ()), document.language, asked)


def _known(name: str, catalog: Catalog, language: str) -> bool:
    """True where the whole name is in the catalogue already (as a name, a place, a sector, a concept)."""
    forms = (name, name.capitalize()) if name.isascii() and name.islower() else (name,)
    return any(mention.end - mention.start >= len(name) for form in forms for mention in catalog.match(form, language))


def publisher_names(documents: Iterable[Document], catalog: Catalog) -> tuple[Name, ...]:
    """The month's publishers as names: a page that names another page's publisher speaks of its source."""
    found: dict[str, Name] = {}
    for document in documents:
        forms = house_forms(document.publisher)
        if forms and not any(_known(form, catalog, document.language) for form in forms):
            key = f"org/{slug(forms[0])}"
            found[key] = Name(kind=Kind.IDENTITY, id=key, name=forms[0], forms=forms)
    return tuple(found[key] for key in sorted(found))


def _typed(
    document: Document, catalog: Catalog, names: Sequence[Name], own: Sequence[Name] = ()
) -> tuple[list[Mention], list[Item]]:
    """Names outside of values, and the typed items of names and values, in order; neither list may be changed."""
    named = _names(document)
    found = catalog.match(document.text, document.language, names, own)
    if named.found is not found:
        named.mentions = _apart(found, _page(document).outermost)
        named.items = _named(document, named, catalog)
        named.found = found
    return named.mentions, named.items


def _outermost(values: Sequence[Observable]) -> list[Observable]:
    """Values that stand in no other, in order: what is stated is the address and not the host in it."""
    kept: list[Observable] = []
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if not kept or kept[-1].end < value.end:
            kept.append(value)
    return kept


def _named(document: Document, named: _Named, catalog: Catalog) -> list[Item]:
    """Names and values as typed items, in order. Those of mentions that an earlier round had are at hand."""
    before, named.of = named.of, {}
    items: list[Item] = []
    for mention in named.mentions:
        known = named.of[id(mention)] = before.get(id(mention)) or (mention, _item(mention, catalog))
        if known[1] is not None:
            items.append(known[1])
    ordered = sorted([*items, *_page(document).stated], key=lambda item: item.start)
    return as_groups(document.text, ordered, document.language)


def _item(mention: Mention, catalog: Catalog) -> Item | None:
    """A name as a typed item, None for one of a kind that rules know nothing of."""
    term = Term(kind=mention.kind, id=catalog.canonical(mention.id) or f"new:{slug(mention.name)}", name=mention.name)
    kind = pattern_kind(term)
    return Item(kind=kind, start=mention.start, end=mention.end, terms=(term,)) if kind else None


def _valued(value: Observable) -> Item:
    """A value as a typed item."""
    term = Term(
        kind=_VALUE_KINDS.get(value.type, Kind.OBSERVABLE), id=f"{_type_of(value)}/{value.value}", name=value.value
    )
    return Item(kind=pattern_kind(term), start=value.start, end=value.end, terms=(term,))


def _type_of(value: Observable) -> str:
    """The first part of a value's id: the hash of a certificate is not the hash of a file."""
    of = dict(value.detail).get("of")
    return f"{of}-{value.type.value}" if of else value.type.value


def _items(document: Document, named: Sequence[Item], catalog: Catalog) -> tuple[Item, ...]:
    """All typed items: names and values, agreements by their parties, dates, and counts with what they count."""
    page = _page(document)
    items = agreements.bind(document, named, catalog)
    items = sorted([*items, *_apart(page.dates, items)], key=lambda item: item.start)
    counted = counts.join(document.text, page.numbers, items, document.language, catalog)
    return apposition.joined(document.text, counted, document.language)


def read_document(document: Document, catalog: Catalog, names: Sequence[Name] = ()) -> Reading:
    """Read a document with the names known for its month. Names it introduces itself must be among `names`."""
    read = plain(document)
    if read is not document:
        return _printed(read_document(read, catalog, plain_names(names, document.language)), document)
    names = for_document(names, document)
    mentions, named = _typed(document, catalog, names)
    if own := called_in_short(document, mentions, catalog):
        mentions, named = _typed(document, catalog, names, own)
    mentions, named = in_full(document, mentions, named)
    items = _Inside(_items(document, named, catalog))
    spans = _page(document).sentences
    starts = [span.start for span in spans]
    title = _title_terms(document, catalog, names)
    claims: list[Claim] = []
    cited: dict[str, None] = {}
    for block in _page(document).blocks:
        salience = Salience()
        for item in title:
            salience.see(item)
        last_link = ""
        for span in spans[bisect_left(starts, block.start) : bisect_left(starts, block.end)]:
            if span.end > block.end:
                continue
            inside = items(span.start, span.end)
            resolved = resolve(document.text, span.start, span.end, inside, salience, document.language)
            spoken = _voices(document, span, resolved)
            cited.update(dict.fromkeys(spoken))
            for claim in _stated(document, span, resolved, spoken, salience, catalog):
                claim = owners.owned(_tied(claim, last_link), document.text, span, resolved, document.language)
                if claim.predicate in (Predicate.SHARES, Predicate.COOPERATES):
                    last_link = claim.id
                claims.append(claim)
    if not _is_roundup(document):
        claims = owners.of_the_page(claims, document, items, catalog)
    report = Report(
        id=document.sha256,
        document=document,
        mentions=tuple(mentions),
        observables=_page(document).observables,
        cites=() if _is_roundup(document) else _cites(document, cited, mentions, catalog),
        own_observation=_observes(document),
    )
    return Reading(report=report, claims=tuple(claims))


def _printed(reading: Reading, document: Document) -> Reading:
    """What was read of a document in the script of the data, as it prints it."""
    made, report = Printed(document, reading.report.document), reading.report
    mentions, cites = tuple(map(made.mention, report.mentions)), made.words(report.cites)
    return Reading(
        report=replace(report, document=document, mentions=mentions, cites=cites),
        claims=tuple(map(made.claim, reading.claims)),
    )


def _stated(
    document: Document, span: Span, items: list[Item], voices: dict[str, int], salience: Salience, catalog: Catalog
) -> tuple[Claim, ...]:
    """The claims of a sentence whose pronouns are resolved; nothing is prepared for one that no rule can match."""
    ruleset = rules(document.language)
    asked = ruleset.prefilter.of_sentence(document.text[span.start : span.end], marks_of(items))
    framed = possible(document.language, document.text, span.start, span.end, items)
    if not asked and not framed:
        return ()
    sentence = Sentence(
        text=document.text,
        span=span,
        clauses=clauses(document.text, span, document.language),
        items=tuple(items),
        spoken_of=tuple(without_speaker(document.text, span.start, span.end, items, document.language)),
        language=document.language,
        voices=tuple(voices),
        later={name: start for name, start in voices.items() if start > span.start},
        asked=asked,
        framed=framed,
    )
    source = Source(
        document=document.sha256,
        publisher=_speaker(document),
        published=document.published,
        marking=document.marking,
    )
    return claims_of(sentence, ruleset, salience, source, catalog)


def _is_roundup(document: Document) -> bool:
    """A page of several headed items has no source as a whole; its items name theirs."""
    return len([block for block in _page(document).blocks if block.heading]) >= LEAST_ITEMS


def _tied(claim: Claim, last_link: str) -> Claim:
    """A statement about the shared thing itself speaks about the link that the block has just stated."""
    shared = claim.subject.id.partition("/")[0] in {"address", "shared-thing", "device", "ipv4", "ipv6", "domain"}
    if last_link and shared and claim.predicate is Predicate.CLASSIFIES:
        return replace(claim, about=last_link)
    return claim


def _speaker(document: Document) -> str:
    """The publisher's name without what it was copied from: "Politico (copy on …)" is Politico speaking."""
    return document.publisher.partition("(")[0].strip() or document.publisher


def _observes(document: Document) -> bool:
    """True where the page speaks of what its house has seen itself: as "we", or by the house's own name."""
    text, language = document.text, document.language
    return bool(voicing.own_observation(text, language)) or voicing.observes(text, language, _speaker(document))


def _title_terms(document: Document, catalog: Catalog, names: Sequence[Name]) -> tuple[Item, ...]:
    out = []
    for mention in catalog.match(document.title, document.language, names):
        term = Term(kind=mention.kind, id=catalog.canonical(mention.id) or mention.id, name=mention.name)
        if pattern_kind(term):
            out.append(Item(kind=pattern_kind(term), start=0, end=0, terms=(term,)))
    return tuple(out)


def _voices(document: Document, span: Span, items: Sequence[Item]) -> dict[str, int]:
    """Who is named in a sentence as saying it, and from where on: an organisation that stands where a voice stands."""
    heard = voicing.voices(document.text, span, document.language)
    if not heard:
        return {}
    own = slug(_speaker(document))
    spoken: dict[str, int] = {}
    for voice in heard:
        for item in items:
            if item.kind == "org" and item.start < voice.name_end and voice.name_start < item.end:
                name = item.terms[0].name
                if not own or (slug(name) not in own and own not in slug(name)):
                    spoken.setdefault(name, voice.start if voice.apart else span.start)
    return spoken


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
