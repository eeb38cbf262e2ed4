"""The gate against made claims: what passes says no more than its claim, and a stronger sentence never passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geppo.catalog import Catalog, Name
from geppo.model.claim import STRENGTH, Bound, Claim, Count, Hedge, Predicate, Rung
from geppo.model.edition import EditionKind, Month, Role, Story
from geppo.model.entity import Kind, Term
from geppo.model.report import Document, Passage
from geppo.model.time import Period
from geppo.pipeline import MonthReader
from geppo.write.edition import LANGUAGES, Writer
from geppo.write.facts import Fact
from geppo.write.statement import Statement, statement

_HOUSE = "Velmora Research"


def _term(kind: Kind, identifier: str, name: str) -> Term:
    return Term(kind=kind, id=identifier, name=name)


ACTORS = tuple(
    _term(Kind.INTRUSION_SET, f"actor/new/{name.casefold().replace(' ', '-')}", name)
    for name in ("Ochre Lantern", "Sable Wren", "Quartz Heron")
)
MALWARE = tuple(
    _term(Kind.MALWARE, f"malware/new/{name.casefold()}", name) for name in ("Kelprattle", "Mudvane", "Snarlgate")
)
PLACES = tuple(
    _term(Kind.LOCATION, f"country/{code}", name)
    for code, name in (("NO", "Norway"), ("CL", "Chile"), ("KE", "Kenya"), ("PE", "Peru"))
)
SECTORS = tuple(
    _term(Kind.SECTOR, f"sector/{name}", name) for name in ("finance", "energy", "healthcare", "manufacturing")
)
CVES = tuple(_term(Kind.VULNERABILITY, f"cve/{name}", name) for name in ("CVE-2031-10001", "CVE-2031-20002"))
UNITS = (
    _term(Kind.CONCEPT, "device/device", "devices"),
    _term(Kind.CONCEPT, "unit/organisation", "organisations"),
    _term(Kind.CONCEPT, "device/router", "routers"),
)
NAMES = tuple(Name(kind=term.kind, id=term.id, name=term.name) for term in (*ACTORS, *MALWARE))
SHAPES: Mapping[Predicate, tuple[tuple[Term, ...], tuple[Term, ...]]] = {
    Predicate.TARGETS: (ACTORS, (*SECTORS, *PLACES)),
    Predicate.USES: (ACTORS, MALWARE),
    Predicate.EXPLOITS: (ACTORS, CVES),
    Predicate.HAS_NEXUS: (ACTORS, PLACES),
    Predicate.COOPERATES: (ACTORS, ACTORS),
    Predicate.VARIANT_OF: (MALWARE, MALWARE),
    Predicate.COUNTS: (MALWARE, ()),
}
RUNGS = (Rung.POSSIBLE, Rung.SUGGESTS, Rung.LIKELY, Rung.VERY_LIKELY, Rung.CONFIRMED)
_DAY = date(2031, 5, 10)
_TEXT = "A made page."


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """A claim of any predicate below, any hedge, either polarity."""
    predicate = draw(st.sampled_from(list(SHAPES)))
    subjects, objects = SHAPES[predicate]
    subject = draw(st.sampled_from(subjects))
    object_ = draw(st.sampled_from([term for term in objects if term != subject])) if objects else None
    count = None
    if predicate is Predicate.COUNTS:
        bound = draw(st.sampled_from([Bound.EXACT, Bound.MORE_THAN]))
        count = Count(value=float(draw(st.integers(150, 900_000))), bound=bound, unit=draw(st.sampled_from(UNITS)))
    return Claim(
        id="c1", report="d1", publisher=_HOUSE, predicate=predicate, subject=subject, object=object_, qualifiers=(),
        count=count, when=None, hedge=Hedge(rung=draw(st.sampled_from(RUNGS))),
        negated=predicate is not Predicate.COUNTS and draw(st.booleans()), voices=(),
        passage=Passage(document="d1", start=0, end=len(_TEXT), text=_TEXT), published=_DAY, rule="made",
    )  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """One claim's writer, and the statement that says it."""

    writer: Writer
    said: Statement

    def sentence(self, language: str, claim: Claim) -> str | None:
        """The sentence that says a claim; None where a language cannot."""
        said = replace(self.said, facts=(Fact(claims=(claim,), score=1.0),))
        return self.writer.composers[language].sentence(said)

    def findings(self, language: str, text: str) -> tuple[str, ...]:
        """What the gate holds against a text that stands on this desk's claim."""
        return self.writer.gates[language].check(self.said, text)


@cache
def _catalog() -> Catalog:
    return Catalog.load()


@cache
def _reader() -> MonthReader:
    return MonthReader(_catalog(), NAMES, _DAY)


def plain_claim() -> Claim:
    """That a group targeted a sector, stated flatly."""
    return Claim(
        id="c1", report="d1", publisher=_HOUSE, predicate=Predicate.TARGETS, subject=ACTORS[0], object=SECTORS[0],
        qualifiers=(), count=None, when=None, hedge=Hedge(rung=Rung.CONFIRMED), negated=False, voices=(),
        passage=Passage(document="d1", start=0, end=len(_TEXT), text=_TEXT), published=_DAY, rule="made",
    )  # fmt: skip


def desk(claim: Claim) -> Desk:
    """A month that holds this claim and nothing else."""
    document = Document(
        sha256="d1", name="d1", media_type="text/plain", collected=datetime(2031, 6, 1, tzinfo=UTC), publisher=_HOUSE,
        title="A page", url="https://example.com/a", language="en", published=_DAY, text=_TEXT,
    )  # fmt: skip
    story = Story(
        id="t1", subjects=(claim.subject,), reports=("d1",), origins=("d1",), claims=("c1",), assessments=(),
        theme="espionage", score=(("impact", 1.0),), rank=1,
    )  # fmt: skip
    month = Month(
        period=Period.parse("2031-05"), as_of=datetime(2031, 6, 1, tzinfo=UTC), documents=(document,), claims=(claim,),
        assessments=(), stories=(story,), gaps=(),
    )  # fmt: skip
    fact = Fact(claims=(claim,), score=1.0)
    said = statement("fact", Role.CLAIM, "t1", 1.0, claims=("c1",), facts=(fact,))
    return Desk(writer=Writer(month, EditionKind.MEMBER, _catalog(), _reader()), said=said)


def stronger(claim: Claim) -> list[tuple[str, Claim]]:
    """Claims that say more than a claim does, or another thing."""
    out = [
        (f"hedge {rung.value}", replace(claim, hedge=Hedge(rung=rung)))
        for rung in RUNGS
        if STRENGTH[rung] > STRENGTH[claim.hedge.rung]
    ]
    subjects, objects = SHAPES[claim.predicate]
    if claim.predicate is not Predicate.COUNTS:
        out.append(("polarity", replace(claim, negated=not claim.negated)))
    other = next(term for term in subjects if term not in (claim.subject, claim.object))
    out.append(("subject", replace(claim, subject=other)))
    if claim.object is not None:
        another = next((term for term in objects if term not in (claim.subject, claim.object)), None)
        out += [("object", replace(claim, object=another))] if another else []
    if claim.count is not None:
        count = replace(claim.count, value=claim.count.value * 2 + 1)
        out.append(("number", replace(claim, count=count)))
    return out


_SLOW = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SLOW
@given(claims())
def test_what_passes_reads_back_as_its_claim_or_weaker(claim: Claim) -> None:
    made = desk(claim)
    for language in LANGUAGES:
        text = made.sentence(language, claim)
        if text is None or made.findings(language, text):
            continue
        found = [one for one in _reader().claims(text, language) if one.predicate is not Predicate.DISCLOSES]
        assert found, text
        for read in found:
            assert read.negated == claim.negated, text
            assert STRENGTH[read.hedge.rung] <= STRENGTH[claim.hedge.rung], text
            named = {term.name for term in (claim.subject, claim.object) if term}
            assert (
                not {term.name for term in (read.subject, read.object) if term and term in (*ACTORS, *MALWARE)} - named
            )
            if read.count is not None:
                assert claim.count is not None
                assert read.count.value == claim.count.value


@_SLOW
@given(claims(), st.data())
def test_a_stronger_sentence_is_refused(claim: Claim, data: st.DataObject) -> None:
    made = desk(claim)
    what, more = data.draw(st.sampled_from(stronger(claim)))
    for language in LANGUAGES:
        text = made.sentence(language, more)
        assume(text is not None)
        assert text is not None
        assert made.findings(language, text), f"{what}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("predicate", "rung"), list(product(SHAPES, RUNGS)))
def test_every_plain_claim_can_be_said(predicate: Predicate, rung: Rung, language: str) -> None:
    subjects, objects = SHAPES[predicate]
    count = Count(value=2500.0, bound=Bound.MORE_THAN, unit=UNITS[0]) if predicate is Predicate.COUNTS else None
    claim = Claim(
        id="c1", report="d1", publisher=_HOUSE, predicate=predicate, subject=subjects[0],
        object=objects[-1] if objects else None, qualifiers=(), count=count, when=None, hedge=Hedge(rung=rung),
        negated=False, voices=(), passage=Passage(document="d1", start=0, end=len(_TEXT), text=_TEXT), published=_DAY,
        rule="made",
    )  # fmt: skip
    made = desk(claim)
    text = made.sentence(language, claim)
    assert text is not None
    assert made.findings(language, text) == ()


@pytest.mark.parametrize(
    ("language", "text", "finding"),
    [
        (
            "en",
            "Velmora Research reports that Ochre Lantern targeted the financial sector, see https://a.example.",
            "address",
        ),
        ("ja", "Velmora Research は、Ochre Lantern が金融分野を標的にしたと報告しています（192.0.2.7）。", "address"),
        ("en", "Velmora Research reports that Ochre Lantern targeted the financial sector in 2019.", "number 2019"),
        ("ja", "Velmora Research は、2019 年に Ochre Lantern が金融分野を標的にしたと報告しています。", "number 2019"),
        ("en", "Velmora Research reports that Ochre Lantern, like Sable Wren, targeted the financial sector.", "name"),
        ("ja", "Velmora Research は、Sable Wren に続き Ochre Lantern が金融分野を標的にしたと報告しています。", "name"),
        ("en", "It is likely, with low confidence, that Ochre Lantern targeted the financial sector.", "likelihood"),
        ("ja", "Ochre Lantern が金融分野を標的にした可能性が高く、確信度は「低」です。", "likelihood"),
        ("en", "Velmora Research is well known.", "reads back as nothing"),
        ("ja", "Velmora Research は有名です。", "reads back as nothing"),
    ],
)
def test_each_check_of_the_gate(language: str, text: str, finding: str) -> None:
    claim = Claim(
        id="c1", report="d1", publisher=_HOUSE, predicate=Predicate.TARGETS, subject=ACTORS[0], object=SECTORS[0],
        qualifiers=(), count=None, when=None, hedge=Hedge(rung=Rung.CONFIRMED), negated=False, voices=(),
        passage=Passage(document="d1", start=0, end=len(_TEXT), text=_TEXT), published=_DAY, rule="made",
    )  # fmt: skip
    assert any(finding in one for one in desk(claim).findings(language, text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_hearsay_is_called_so(language: str) -> None:
    claim = Claim(
        id="c1", report="d1", publisher=_HOUSE, predicate=Predicate.TARGETS, subject=ACTORS[0], object=SECTORS[0],
        qualifiers=(), count=None, when=None, hedge=Hedge(rung=Rung.REPORTED), negated=False, voices=(),
        passage=Passage(document="d1", start=0, end=len(_TEXT), text=_TEXT), published=_DAY, rule="made",
    )  # fmt: skip
    made = desk(claim)
    plain = made.sentence(language, claim)
    flat = made.sentence(language, replace(claim, hedge=Hedge(rung=Rung.CONFIRMED)))
    assert plain is not None
    assert flat is not None
    assert made.findings(language, plain) == ()
    assert made.findings(language, flat)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("predicate", sorted(SHAPES))
def test_a_heading_of_what_is_denied_denies_it_and_a_noun_is_none(predicate: Predicate, language: str) -> None:
    subjects, objects = SHAPES[predicate]
    object_ = next((term for term in objects if term != subjects[0]), None)
    count = None if objects else Count(value=400.0, bound=Bound.EXACT, unit=UNITS[0])
    denied = replace(
        plain_claim(), predicate=predicate, subject=subjects[0], object=object_, count=count, negated=True
    )  # fmt: skip
    fact = Fact(claims=(denied,), score=1.0)
    composer = desk(denied).writer.composers[language]
    heading = composer.heading(statement("heading", Role.LEAD, "t1", 0.0, claims=("c1",), facts=(fact,)))
    assert heading is not None
    assert re.search(" not |ない", heading)
    assert composer.sentence(statement("opening.main", Role.LEAD, "", 0.0, claims=("c1",), facts=(fact,))) is None
