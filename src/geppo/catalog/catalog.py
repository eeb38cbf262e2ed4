"""Who is who: one object that finds names, places, sectors, concepts, publishers and agreements, and resolves them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from geppo.catalog import ready
from geppo.catalog.agreements import Agreement, between, read_agreements
from geppo.catalog.apart import addresses, detections, joined, named, not_inside, outside, paths
from geppo.catalog.edits import Edits, read_edits
from geppo.catalog.extra import Extra
from geppo.catalog.folding import Folded, folded
from geppo.catalog.forms import (
    Use,
    agreement_forms,
    compound_forms,
    mark_forms,
    name_forms,
    place_forms,
    publisher_forms,
    rule_forms,
    term_forms,
)
from geppo.catalog.hits import Hit, longest
from geppo.catalog.kept import BySize, ByTuple
from geppo.catalog.matching import Finder, Votes, confirmed, framed
from geppo.catalog.names import Alias, Entry, Name, Names, best_id, best_kind, read_names, read_overlay
from geppo.catalog.places import read_compounds, read_places
from geppo.catalog.publishers import Publisher, by_key, find_publisher, read_publishers
from geppo.catalog.rules import Rules, read_rules
from geppo.catalog.sectors import SectorWords, judged
from geppo.catalog.tables import LANGUAGES, Folder, packaged
from geppo.catalog.terms import COUNTER, read_concepts, read_sectors
from geppo.model.edit import Edit
from geppo.model.entity import Kind, Mention, Term
from geppo.script import plain

SEEN = 2_000_000
"""Characters of texts whose hits are kept: one is asked about up to three times while its own new names are found, and
once more when those of the whole month are known."""

ROUNDS = 4
"""Answers kept for one text: mostly all rounds know the same of its names."""

LONGEST_NAME = 80
"""Characters of a text that may be a name or a title; a month's pages ask about the same ones again and again."""

EXTRA = 4
"""Sets of a month's names whose automata are kept: what a document adds itself comes and goes, the rest stays."""

NAMED = 4096
"""Printed names whose publisher and hits are kept: a month names the same houses again and again."""


class Seen(NamedTuple):
    """A text as it is searched: what the catalogue's forms hit that may be named, words of a kind, and the stretches in
    which nothing is looked for. `kept` are its mentions by what the names that only this month knows hit, and `known`
    what the month's names hit in it. `made` are the mentions made of hits so far, each with its hit, by the hit's
    identity; those of names with several readings were made with `told`.
    """

    view: Folded
    hits: tuple[Hit, ...]
    votes: Votes
    apart: list[tuple[int, int]]
    kept: dict[tuple[Hit, ...], tuple[Mention, ...]]
    known: list[tuple[Extra, list[Hit]]]
    made: dict[int, tuple[Hit, Mention]]
    told: dict[str, int]


class Catalog:
    """The catalogue in memory. `load` gives the packaged one; the parts of a language are made when first asked for."""

    def __init__(self, data: Traversable, overlays: Sequence[Traversable] = (), edits: Edits | None = None) -> None:
        folder = Folder(data)
        self.rules: Rules = read_rules(folder)
        self.places = read_places(folder)
        self._compounds = read_compounds(folder)
        self.terms = read_sectors(folder) + read_concepts(folder)
        self.publishers = _over(read_publishers(folder), edits.publishers if edits else ())
        self._agreements = read_agreements(folder)
        self.names, self._name_finder = self._read_names(folder, overlays, edits)
        self._by_id = {
            **{place.id: (Kind.LOCATION, place.name, place.name_ja) for place in self.places},
            **{term.id: (term.kind, term.name, term.name_ja) for term in self.terms},
            **{row.id: (Kind.AGREEMENT, row.name, row.name_ja) for row in self._agreements},
            **{row.id: (Kind.IDENTITY, row.name, row.name_ja or row.name) for row in self.publishers},
        }
        self._term_by_id = {term.id: term for term in self.terms}
        self._publisher_by_key = by_key(self.publishers)
        self._publisher_by_id = {row.id: row for row in self.publishers}
        self._finders: dict[str, Finder] = {}
        self._sector_words: dict[str, SectorWords] = {}
        self._extra = ByTuple(partial(Extra, rules=self.rules), EXTRA)
        self._seen = BySize(self._look, lambda text, _: len(text), SEEN)
        self._seen_name = lru_cache(maxsize=NAMED)(self._look)
        self._publisher = lru_cache(maxsize=NAMED)(partial(find_publisher, self._publisher_by_key))
        self._grades = {self._graded(subject): letter for subject, letter in (edits.grades if edits else ())}

    def _read_names(self, folder: Folder, overlays: Sequence[Traversable], edits: Edits | None) -> tuple[Names, Finder]:
        """The names and what finds them, as the compiled file keeps them where there is no overlay of a workspace."""
        rules, kept = self.rules, None if overlays or (edits and edits.overlay.aliases) else ready.kept(folder)
        own = [read_overlay(path) for path in (folder.home.joinpath("overlay.toml"), *overlays)]
        own += [edits.overlay] if edits else []
        known = None if kept is None else (ready.Readings(kept["readings"]), kept["same"])
        lines = partial(read_names, folder.home.joinpath("names.jsonl.gz"))
        names = Names(lines, own, rules.suffixes, rules.withheld, known)
        if kept is not None:
            return names, Finder(rule_forms(rules), rules, ready.spellings(kept))
        return names, Finder(chain(name_forms(names), rule_forms(rules)), rules)

    @staticmethod
    def load(overlay: Path | None = None, edits: Sequence[Edit] = ()) -> Catalog:
        """The packaged catalogue, made once; with an overlay file of a workspace, and edits of it, on top where given.

        Raises DataError, with file and entry or the edit, for data that break their format.
        """
        return _load(overlay, tuple(edits))

    def _finder(self, language: str) -> Finder:
        if language not in self._finders:
            marks = self.rules.marks.get(language)
            codes = {place.code: place.bare_name for place in self.places}
            compounds = [row for row in self._compounds if row.language in (language, "en")]
            forms = chain(
                place_forms(self.places, language),
                term_forms(self.terms, language),
                publisher_forms(self.publishers),
                agreement_forms(self._agreements, language),
                compound_forms(compounds, self.places, marks),
                mark_forms(marks, codes) if marks else (),
            )
            self._finders[language] = Finder(
                (
                    form._replace(pattern=plain(form.pattern, language), printed=plain(form.printed, language))
                    for form in forms
                    if form.printed not in self.rules.forms
                ),
                self.rules,
            )
        return self._finders[language]

    def match(
        self, text: str, language: str, extra: Sequence[Name] = (), own: Sequence[Name] = ()
    ) -> tuple[Mention, ...]:
        """Everything of the catalogue that a text names, in order, without overlap, the longest first.

        Forms of the text's language and English forms count. Offsets are into the text as given. `extra` are names
        that only this month knows (as one tuple for all its texts they are made ready once), `own` those that the
        document adds.
        """
        look = self._seen if len(text) > LONGEST_NAME else self._seen_name
        seen = look(text, language if language in LANGUAGES else "en")
        more = tuple(outside(self._more(seen, tuple(extra), tuple(own)), seen.apart)) if extra or own else ()
        if more not in seen.kept:
            if len(seen.kept) >= ROUNDS:
                seen.kept.clear()
            chosen = longest([*seen.hits, *more])
            seen.kept[more] = tuple(self._mentions(text, seen, chosen))
        return seen.kept[more]

    def _more(self, seen: Seen, extra: tuple[Name, ...], own: tuple[Name, ...]) -> list[Hit]:
        """What names that only this month or this document knows hit in a text."""
        finder = self._extra(extra)
        if not seen.known or seen.known[0][0] is not finder:
            seen.known[:] = [(finder, finder.find(seen.view))]
        hits = seen.known[0][1]
        return finder.with_own(hits, seen.view, own) if own else hits

    def _look(self, text: str, language: str) -> Seen:
        view = folded(text)
        hits = self._name_finder.find(view) + self._finder(language).find(_plain(view, language))
        labels = detections(view.raw, self.rules.detections)
        apart = joined([*addresses(view.raw), *paths(view.raw), *labels])
        by_use: dict[Use, list[Hit]] = {use: [] for use in Use}
        for hit in chain(outside(hits, apart), named(view.raw, labels, hits, self.rules.detections)):
            by_use[hit.form.use].append(hit)
        votes = Votes(view, by_use[Use.VOTE], self.rules.nearby)
        states, whole = framed(by_use[Use.FRAME])
        phrases = by_use[Use.PHRASE]
        no_names = _spans(hit for hit in phrases if hit.form.kind is Kind.TEXT)
        no_places = sorted([*_spans(hit for hit in phrases if hit.form.kind is Kind.LOCATION), *whole])
        places = not_inside([*by_use[Use.PLACE], *states], no_places)
        kept = [*by_use[Use.ORGANISATION], *by_use[Use.NAME], *by_use[Use.EXTRA], *places]
        kept += confirmed(view, by_use[Use.ORDINARY_NAME], votes, no_names)
        kept += [hit for hit in by_use[Use.TERM] if hit.form.kind is not Kind.SECTOR]
        kept += self._sectors(view, [hit for hit in by_use[Use.TERM] if hit.form.kind is Kind.SECTOR], places, language)
        return Seen(view, tuple(kept), votes, apart, {}, [], {}, {})

    def _sectors(self, view: Folded, hits: Sequence[Hit], places: Sequence[Hit], language: str) -> list[Hit]:
        """Sector words that speak of a sector where they stand."""
        if not hits:
            return []
        known = language if language in self.rules.sectors else "en"
        if known not in self._sector_words:
            self._sector_words[known] = SectorWords(self.rules.sectors[known], self.rules.sector_states)
        return judged(view, longest(hits), places, self._sector_words[known])

    def _told(self, hits: Sequence[Hit], votes: Votes) -> dict[str, int]:
        """How often a text says plainly which of several things a name means: by id, mentions with one kind only."""
        told: dict[str, int] = defaultdict(int)
        for hit in hits:
            if hit.form.key:
                readings = self.names.readings[hit.form.key]
                kinds = {reading.kind for reading in readings}
                said = {kind: n for kind, n in votes.kinds(hit.start, hit.end).items() if kind in kinds}
                if len(kinds) == 1 or said:
                    kind = best_kind(readings, said, {}, self.rules.nearby)
                    for reading in readings:
                        if reading.kind is kind:
                            told[reading.id] += 1
        return told

    def _mentions(self, text: str, seen: Seen, hits: Sequence[Hit]) -> Iterator[Mention]:
        """The mention of each hit. Each round of names hits most of what the one before did."""
        told = self._told(hits, seen.votes)
        if told != seen.told:
            seen.told.clear()
            seen.told.update(told)
            for number in [number for number, (hit, _) in seen.made.items() if hit.form.key]:
                del seen.made[number]
        for hit in hits:
            known = seen.made.get(id(hit))
            if known is None:
                # The hit is kept beside its mention: its id is no other's as long as it lives.
                known = seen.made[id(hit)] = (hit, self._mention(text, seen.view, hit, seen.votes, told))
            yield known[1]

    def _mention(self, text: str, view: Folded, hit: Hit, votes: Votes, told: Mapping[str, int]) -> Mention:
        start, end = view.span(hit.start, hit.end)
        surface, form = text[start:end], hit.form
        kind, identity, name = form.kind, form.id, form.name
        if form.key:
            readings = self.names.readings[form.key]
            kind = best_kind(readings, votes.kinds(hit.start, hit.end), told, self.rules.nearby)
            identity = best_id(readings, kind, self.names.canonical)
            if kind is Kind.MALWARE and votes.is_group(hit.start, hit.end):
                kind = Kind.INTRUSION_SET
                identity = best_id(readings, kind, self.names.canonical) or identity
            name = self._printed(surface, identity)
        elif form.use is Use.EXTRA:
            name = self._printed(surface, "") if surface.isascii() else form.name
        return Mention(kind=kind, id=identity, name=name, surface=surface, start=start, end=end)

    def _printed(self, surface: str, identity: str) -> str:
        """A Latin name as it stands there; one in another script by its entry's name, which all editions can print."""
        entry = None if surface.isascii() else self.names.entry(identity)
        return entry.name if entry else " ".join(surface.split())

    def entry(self, identity: str) -> Entry | None:
        """What an id stands for, or None."""
        if identity in self._by_id:
            kind, name, _ = self._by_id[identity]
            return Entry(id=identity, kind=kind, name=name)
        return self.names.entry(identity)

    def label(self, term: Term, language: str) -> str | None:
        """How we print a country, sector, concept, agreement or publisher in ja or en.

        None for names of groups and programs, which are printed as they are, and for ids that nobody knows.
        """
        known = self._by_id.get(term.id)
        return None if known is None else known[2] if language == "ja" else known[1]

    def canonical(self, identity: str) -> str:
        """The id that stands for a thing with several entries; any other id comes back as it is."""
        return self.names.canonical(identity)

    def bare(self, printed: str) -> str:
        """A name without a suffix that only says what it is of: "Ochre Lynx" of "Ochre Lynx Group"."""
        return self.names.bare(printed)

    def knows(self, identity: str) -> bool:
        """True for an id that stands for something here."""
        return self.entry(identity) is not None

    def aliases(self, identity: str) -> tuple[Alias, ...]:
        """Other names of a group or program, each with who says so, where and when."""
        return self.names.aliases(identity)

    def nexus(self, identity: str) -> str:
        """`country/…` of the state that the lists suspect behind a group, or empty."""
        state = self.names.nexus(identity)
        return f"country/{state}" if state else ""

    def agreements(self, a: str, b: str, on: date) -> tuple[Agreement, ...]:
        """Agreements in force between two states (`RU` or `country/RU`) on a day, the closest kind first."""
        return between(self._agreements, a.removeprefix("country/"), b.removeprefix("country/"), on)

    def partners(self, a: str, b: str, on: date) -> Agreement | None:
        """The closest agreement in force between two states on a day, or None."""
        return next(iter(self.agreements(a, b, on)), None)

    def agreement(self, identity: str) -> Agreement | None:
        """The agreement of an id, with its dates and source."""
        return next((row for row in self._agreements if row.id == identity), None)

    def publisher(self, name: str) -> Publisher | None:
        """The publisher of a printed name, an alias or an id (`org/…`)."""
        return self._publisher_by_id.get(name) or self._publisher(name)

    def grade(self, name: str) -> str:
        """The grade (A to F) that an edit gives a publisher, by id or any of its names; empty where none does."""
        return self._grades.get(self._graded(name), "")

    def _graded(self, name: str) -> str:
        """The id of a publisher, or the name of one that the catalogue does not have."""
        publisher = self.publisher(name)
        return publisher.id if publisher else name

    def counter(self, identity: str) -> str:
        """The Japanese counter of a concept."""
        term = self._term_by_id.get(identity)
        return term.counter if term else COUNTER

    def plural(self, identity: str) -> str:
        """The English plural of a concept, or an empty text."""
        term = self._term_by_id.get(identity)
        return term.plural if term else ""

    def technique(self, number: str) -> str:
        """The name of an ATT&CK technique, or an empty text for a number that is not in the catalogue."""
        entry = self.names.entry(f"technique/{number}")
        return entry.name if entry else ""


def _plain(view: Folded, language: str) -> Folded:
    """A view in the script of the language's data."""
    raw = plain(view.raw, language)
    return view if raw is view.raw else replace(view, text=plain(view.text, language), raw=raw)


def _spans(hits: Iterable[Hit]) -> list[tuple[int, int]]:
    return [(hit.start, hit.end) for hit in longest(hits)]


def _over(base: Sequence[Publisher], changed: Sequence[Publisher]) -> tuple[Publisher, ...]:
    """Changed and new publishers first, so that theirs is a name that two share."""
    ids = {publisher.id for publisher in changed}
    return (*changed, *(publisher for publisher in base if publisher.id not in ids))


@lru_cache(maxsize=4)
def _load(overlay: Path | None, edits: tuple[Edit, ...]) -> Catalog:
    return Catalog(packaged(""), () if overlay is None else (overlay,), read_edits(edits) if edits else None)
