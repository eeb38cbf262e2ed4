"""The gate: no sentence leaves that says more than its claims.

A sentence is refused where a name, number, date, hedge or negation in it is not in what it rests on, where a likelihood
and a confidence level meet, where it holds an address, is too long, or repeats a run of a source's words. What geppo
writes, geppo reads back: the reader reads the finished sentence, and every claim it finds must be one of the sentence's
own or weaker.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Protocol

from geppo.catalog import Catalog
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.edition import Edition, EditionKind
from geppo.model.entity import Kind, Mention, Term
from geppo.model.time import month
from geppo.write.compose import Composer
from geppo.write.facts import UNORDERED
from geppo.write.outline import HOSTILE, Planner
from geppo.write.statement import Statement
from geppo.write.weighting import limit

NAMED = frozenset(
    {
        Kind.INTRUSION_SET, Kind.MALWARE, Kind.TOOL, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.VULNERABILITY,
        Kind.IDENTITY, Kind.LOCATION, Kind.PRODUCT, Kind.AGREEMENT,
    }
)  # fmt: skip
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"\w+")
OURS = frozenset(
    {
        "alternative",
        "contradiction",
        "corroboration",
        "counting",
        "drift",
        "gloss",
        "heading",
        "network",
        "opening",
        "origins",
        "overlap",
        "partner",
        "tempo",
        "trend",
    }
)
"""Forms that state our own view, and headings, whose hedge is fixed by data: read for names and numbers only."""


class Readback(Protocol):
    """Reads a sentence as the reader reads a document, with the month's names known."""

    def claims(self, text: str, language: str) -> tuple[Claim, ...]:
        """The claims that the sentence makes."""
        ...

    def mentions(self, text: str, language: str) -> tuple[Mention, ...]:
        """The names in it."""
        ...


@cache
def _data() -> dict[str, Any]:
    raw = tomllib.loads(resources.files("geppo.write").joinpath("gate.toml").read_text(encoding="utf-8"))
    return {
        name: {key: re.compile(value) if isinstance(value, str) else value for key, value in row.items()}
        for name, row in raw.items()
    }


@dataclass(slots=True)
class Gate:
    """Checks the sentences of one language and audience."""

    language: str
    kind: EditionKind
    catalog: Catalog
    composer: Composer
    planner: Planner
    readback: Readback
    _known: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def check(self, said: Statement, text: str) -> tuple[str, ...]:
        """Findings for one sentence; none means that it may be printed."""
        key = (said.id, text)
        if key not in self._known:
            found = [*self.form(text), *self.words(said, text), *self._strength(said, text)]
            self._known[key] = tuple(f"{said.id} ({self.language}): {finding} in: {text}" for finding in found)
        return self._known[key]

    # -- form --------------------------------------------------------------------------------------------------

    def form(self, text: str) -> Iterable[str]:
        """Findings that need no grounds: likelihood beside confidence, an address, the length."""
        rules = _data()[self.language]
        if rules["likelihood"].search(text) and rules["confidence"].search(text):
            yield "a likelihood and a confidence level in one sentence"
        if _data()["common"]["address"].search(text):
            yield "an address or hash"
        if self.language == "ja" and len(text) > limit("sentence_ja_most"):
            yield f"{len(text)} characters, at most {limit('sentence_ja_most')}"

    # -- words -------------------------------------------------------------------------------------------------

    def grounds(self, said: Statement) -> tuple[list[Claim], list[Term], list[str]]:
        """Claims, terms and printed texts that a sentence may draw on."""
        ids = list(said.claims)
        terms = [term for _, term in said.terms]
        texts = [value for _, value in said.values]
        for identifier in said.assessments:
            one = self.planner.assessments.get(identifier)
            if one is not None:
                ids += one.claims
                terms += one.subjects
                texts += [value for _, value in one.detail]
                texts += [
                    self.composer.views.state_name(value) for _, value in one.detail if value.startswith("country/")
                ]
                if one.get("agreement"):
                    pact = Term(kind=Kind.AGREEMENT, id=one.get("agreement"), name=one.get("agreement_name"))
                    terms.append(pact)
                    texts.append(self.composer.wording.term(pact))
                if one.likelihood is not None:
                    texts += [
                        f"{part * 100:.0f}" for part in (one.likelihood.low, one.likelihood.point, one.likelihood.high)
                    ]
        claims = [self.planner.claims[one] for one in dict.fromkeys(ids) if one in self.planner.claims]
        for claim in claims:
            terms += [claim.subject, *([claim.object] if claim.object else []), *(t for _, t in claim.qualifiers)]
            houses = self.composer.publishers
            document = self.planner.documents.get(claim.report)
            names = (claim.publisher, *claim.voices, *((document.publisher,) if document else ()))
            texts += [text for name in names for text in (name, houses.get(name, name))]
        return claims, terms, texts

    def words(self, said: Statement, text: str) -> Iterable[str]:
        """Findings for names and numbers that the grounds do not hold, and for a run of a source's words."""
        claims, terms, texts = self.grounds(said)
        word = self.composer.wording
        printed = [*texts, *(word.term(term) for term in terms), *(term.name for term in terms)]
        printed += self._own_words(said)
        allowed = [_folded(one) for one in printed if one]
        ids = {self.catalog.canonical(term.id) for term in terms}
        for mention in self.readback.mentions(text, self.language):
            if mention.kind not in NAMED or self.catalog.canonical(mention.id) in ids:
                continue
            folded = _folded(mention.surface)
            if not any(folded in one for one in allowed):
                yield f"the name {mention.surface!r} that its grounds do not hold"
        numbers = {digits for one in printed for digits in _numbers(one)}
        for claim in claims:
            numbers |= set(_numbers(word.month(claim.published)))
            numbers |= set(_numbers(word.count(claim.count))) if claim.count else set()
            numbers |= set(_numbers(word.at(claim.when))) if claim.when else set()
        numbers |= set(_numbers(word.month(self.planner.month.period.span.start)))
        for digits in _numbers(text):
            if digits not in numbers:
                yield f"the number {digits} that its grounds do not hold"
        yield from self._copied(claims, text)

    def _own_words(self, said: Statement) -> list[str]:
        """Texts of our own data that a form prints: definitions and the wording of trends."""
        phrases = self.composer.phrases
        out = []
        for _, term in said.terms:
            if phrases.has("glossary", term.id):
                out.append(phrases.text("glossary", term.id))
        theme = said.value("theme")
        if theme and phrases.has("trend", theme):
            out.append(phrases.text("trend", theme))
        out.append(phrases.text("form", "partner", "apart"))
        out += [phrases.text("house", "tongue", tongue) for tongue in phrases.keys("house", "tongue")]
        return out

    def _copied(self, claims: Sequence[Claim], text: str) -> Iterable[str]:
        length = int(_data()[self.language]["run"])
        for report in dict.fromkeys(claim.report for claim in claims):
            document = self.planner.documents.get(report)
            if document is None or document.language != self.language:
                continue
            if self.language == "ja":
                plain, source = _folded(text), _folded(document.text)
                runs = (plain[at : at + length] for at in range(len(plain) - length + 1))
                if any(run in source for run in runs):
                    yield f"a run of {length} characters of a source"
            else:
                words, source = _WORD.findall(text.casefold()), " ".join(_WORD.findall(document.text.casefold()))
                runs = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
                if any(run in source for run in runs):
                    yield f"a run of {length} words of a source"

    # -- strength ----------------------------------------------------------------------------------------------

    def _strength(self, said: Statement, text: str) -> Iterable[str]:
        if said.form.partition(".")[0] in OURS:
            return
        claims, _, _ = self.grounds(said)
        found = self.readback.claims(text, self.language)
        if said.form == "fact":
            yield from self._unheard(said, claims, found)
        hearsay = all(claim.hedge.rung is Rung.REPORTED for claim in claims)
        if said.form == "fact" and claims and hearsay and not _data()[self.language]["hearsay"].search(text):
            yield "hearsay that is not called so"
        for read in found:
            if not any(self.entails(claim, read) for claim in claims):
                polarity = "not " if read.negated else ""
                object_ = f" {read.object.name}" if read.object else ""
                yield (
                    f"reads back as “{read.subject.name} {polarity}{read.predicate.value}{object_}” "
                    f"({read.hedge.rung.value}, {read.rule}), which its claims do not say"
                )

    def _unheard(self, said: Statement, claims: Sequence[Claim], found: Sequence[Claim]) -> Iterable[str]:
        """Facts of a sentence that nobody would read out of it; each must be heard by itself."""
        if not _stands_alone(claims):
            return
        for fact in said.facts:
            mine = [claim for claim in claims if claim.id in fact.ids]
            if not any(self.entails(claim, read) for claim in mine for read in found):
                yield f"reads back as nothing that its claims say ({fact.best.predicate.value})"

    def entails(self, claim: Claim, read: Claim) -> bool:
        """True where a claim says what was read back, at least as strongly."""
        if read.predicate is Predicate.DISCLOSES and read.subject.name in (*claim.voices, claim.publisher):
            return not read.negated
        if read.predicate is Predicate.COUNTS and claim.predicate is not Predicate.COUNTS and read.count is not None:
            named = {self._id(claim.subject), self._id(claim.object)}
            return claim.count is not None and claim.count.value == read.count.value and self._id(read.subject) in named
        follows = claim.predicate.value in _data()["follows"].get(read.predicate.value, ())
        if not (claim.predicate is read.predicate or follows) or claim.negated != read.negated:
            return False
        read = _narrowed(claim, read)
        mine = [self._id(claim.subject), self._id(claim.object)]
        other = [self._id(read.subject), self._id(read.object)]
        houses = {_folded(name) for name in (claim.publisher, *claim.voices)}
        if read.object is not None and _folded(read.object.name) in houses:
            other[1] = ""
        if _folded(read.subject.name) == _folded(claim.subject.name):
            other[0] = mine[0]
        if claim.predicate in UNORDERED:
            mine.sort()
            other.sort()
        counted = claim.predicate is Predicate.LEAKS and claim.count is not None and read.count is not None
        if not counted and not (_fits(mine[0], other[0]) and _fits(mine[1], other[1])):
            return False
        if read.count is not None and (claim.count is None or claim.count.value != read.count.value):
            return False
        reported = month(claim.published.year, claim.published.month)
        said = read.when if read.when != reported else None
        if said is not None and claim.when is not None and not claim.when.within(said):
            return False
        if read.hedge.rung is Rung.NOT_FOUND:
            return claim.hedge.rung is Rung.NOT_FOUND or claim.negated
        if read.hedge.rung is Rung.REPORTED:
            return claim.hedge.rung in _FLAT
        return STRENGTH[read.hedge.rung] <= STRENGTH[claim.hedge.rung]

    def _id(self, term: Term | None) -> str:
        return "" if term is None else self.catalog.canonical(term.id) or term.name

    # -- whole editions ----------------------------------------------------------------------------------------

    def whole(self, edition: Edition) -> tuple[str, ...]:
        """Findings for a finished edition: citations, lengths."""
        found = [
            f"{sentence.id}: a sentence without a citation: {sentence.text}"
            for section in edition.sections
            for paragraph in section.paragraphs
            for sentence in paragraph
            if not sentence.citations
        ]
        return (*found, *self.overlong(edition))

    def overlong(self, edition: Edition) -> tuple[str, ...]:
        """A finding where an excerpt is longer than an excerpt may be."""
        if self.kind is not EditionKind.PUBLIC:
            return ()
        sentences = [
            sentence
            for section in (edition.opening, *edition.sections)
            for paragraph in section.paragraphs
            for sentence in paragraph
        ]
        japanese = edition.language == "ja"
        length = sum(len(one.text) if japanese else len(one.text.split()) for one in sentences)
        most, unit = (limit("public_ja_most"), "characters") if japanese else (limit("public_en_most"), "words")
        return (f"the excerpt has {length} {unit}, at most {most}",) if length > most else ()

    @staticmethod
    def same_ids(one: Edition, other: Edition) -> tuple[str, ...]:
        """Both languages rest on the same claims and assessments, sentence by sentence."""
        mine = [(s.id, s.claims, s.assessments) for s in one.sentences()]
        theirs = [(s.id, s.claims, s.assessments) for s in other.sentences()]
        return () if mine == theirs else (f"{one.language} and {other.language} do not hold the same ids",)


_FLAT = frozenset({Rung.REPORTED, Rung.CONFIRMED, Rung.DENIES})
"""Rungs of claims that "X reports that …" may say: it states flatly what another says, so a hedged claim is none."""
_ANYTHING = frozenset({"unit/victim", "role/attacker", "role/suspect", "data/information"})


def _narrowed(claim: Claim, read: Claim) -> Claim:
    """What was read back, with the claim's object where it names it by its place, its unit or its danger.

    Who broke into eight companies broke into organisations; who warns of attacks on routers warns of attacks.
    """
    if read.object is None or claim.object is None:
        return read
    others: set[str] = set()
    if claim.predicate in HOSTILE:
        told = (claim.qualifier("place"), claim.qualifier("owner"), claim.count.unit if claim.count else None)
        others = {term.id for term in told if term is not None}
    elif claim.predicate is Predicate.WARNS:
        danger = claim.qualifier("what")
        others = {danger.id} if danger else set()
    return replace(read, object=claim.object) if read.object.id in others else read


def _stands_alone(claims: Sequence[Claim]) -> bool:
    """False for the few forms that lean on the sentence before them ("the treaty", "the report")."""
    return not any(claim.subject.kind is Kind.AGREEMENT or claim.predicate is Predicate.DENIES for claim in claims)


def _fits(mine: str, read: str) -> bool:
    """The same thing, or a named thing read back as nothing in particular."""
    return mine == read or not read or read in _ANYTHING


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _numbers(text: str) -> Iterable[str]:
    return (digits.replace(",", "").rstrip(".") for digits in _DIGITS.findall(unicodedata.normalize("NFKC", text)))
