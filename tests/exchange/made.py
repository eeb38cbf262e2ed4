"""Packages for the tests of exchange: one made by hand, and strategies for any."""

from __future__ import annotations

import dataclasses
import importlib.util
import tomllib
import typing
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from geppo.exchange import Package
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Evidence, Likelihood, Origins
from geppo.model.claim import Bound, Claim, Count, Grade, Hedge, Predicate, Rung
from geppo.model.edition import Edition, EditionKind, Issue, Month, Reference, Role, Section, Sentence, Story
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.observable import Role as Use
from geppo.model.relay import (
    Fingerprint,
    HostFinding,
    HostRole,
    Member,
    NetworkClass,
    RelayNetwork,
    Sighting,
    Tier,
)
from geppo.model.report import Document, Fetched, Gap, Passage, Report
from geppo.model.time import Period, When

COLLECTED = datetime(2031, 7, 1, tzinfo=UTC)
ORGANISATION = "Example analysis desk"


def _deliver() -> Any:
    spec = importlib.util.spec_from_file_location(
        "made_issue_for_exchange", Path(__file__).parents[1] / "deliver" / "conftest.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ISSUE: Issue = _deliver().made_issue()
"""The made month of tests/cases/deliver."""


def seen(type_: str, value: str, verdict: str, **more: Any) -> Observable:
    """A value at some place."""
    return Observable(
        type=ObservableType(type_),
        value=value,
        start=0,
        end=len(value),
        defanged=True,
        verdict=Verdict(verdict),
        reason="the text says so",
        **more,
    )


def _values() -> dict[str, tuple[Observable, ...]]:
    """Values by the publisher that prints them."""
    hash_ = "0123456789abcdef" * 4
    return {
        "Tidewater Labs": (
            seen("ipv4", "198.51.100.23", "malicious", role=Use.RELAY, detail=(("port", "8443"),)),
            seen("domain", "updates.glassweir-cdn.example.com", "malicious", role=Use.C2),
            seen("url", "http://updates.glassweir-cdn.example.com/it's\\a", "malicious"),
            seen("sha256", hash_, "malicious"),
            seen("sha256", hash_[::-1], "malicious", detail=(("of", "certificate"),)),
            seen("md5", "0" * 32, "malicious", detail=(("of", "imphash"),)),
            seen("domain", "tidewater.example", "publisher-own"),
            seen("technique", "T1090.003", "unknown"),
            seen("cve", "CVE-2031-20417", "unknown"),
            seen("jarm", "27d" + "0" * 59, "unknown"),
            seen("ipv4", "192.0.2.44", "malicious"),
        ),
        "汐見脅威研究所": (
            seen("ipv4", "203.0.113.77", "unknown"),
            seen("ipv4", "192.0.2.44", "stated-benign"),
            seen("ipv6", "2001:db8::7", "victim", role=Use.VICTIM),
        ),
        "한빛사이버센터": (seen("domain", "green-only.example", "malicious"),),
    }


def made_package() -> Package:
    """The made month with values of its documents and findings of relays."""
    values = _values()
    reports = tuple(
        Report(
            id=document.sha256,
            document=document,
            mentions=(),
            observables=values.get(document.publisher, ()),
            cites=(),
            own_observation=document.publisher in values,
        )
        for document in ISSUE.month.documents
    )
    first, last = datetime(2031, 5, 2, 3, tzinfo=UTC), datetime(2031, 5, 20, 4, tzinfo=UTC)
    likelihood = Likelihood(low=0.6, point=0.7, high=0.8)
    members = tuple(
        Member(ip=f"192.0.2.{n}", port=8443, tier=tier, first_seen=first, last_seen=last)
        for n, tier in enumerate((Tier.RELAY_SERVER, Tier.NODE, Tier.NODE), start=1)
    )
    network = RelayNetwork(
        id="n1",
        kind=NetworkClass.ORB,
        members=members,
        fingerprints=(Fingerprint(kind="jarm", value="27d", inside=3, outside=0, weight=9.5),),
        likelihood=likelihood,
        confidence=Confidence.MODERATE,
        evidence=(Evidence(kind="jarm", value="27d", group="tls", weight=9.5, used=True, reason=""),),
    )
    host = HostFinding(
        host="10.0.0.7",
        role=HostRole.RELAY,
        likelihood=likelihood,
        confidence=Confidence.LOW,
        peers=("192.0.2.1", "inside.example"),
        first_seen=first,
        last_seen=last,
        evidence=(),
    )
    sighting = Sighting(
        network="n1",
        value=3,
        counted="services",
        rule="distinct address and port",
        vantage="one scan",
        first_seen=first,
        last_seen=last,
    )
    return Package(
        issue=ISSUE,
        organisation=ORGANISATION,
        reports=reports,
        networks=(network,),
        hosts=(host,),
        sightings=(sighting,),
        telemetry_marking=Tlp.AMBER_STRICT,
    )


def fetched(data: bytes, name: str = "file.json", **declared: str) -> Fetched:
    """A file as a source gives it."""
    return Fetched(
        source="partner", name=name, data=data, collected=COLLECTED, declared=tuple(sorted(declared.items()))
    )


# --- any package ---

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
"""Texts as others write them, quotes, controls and all planes; lone surrogates cannot be archived."""
NAME = TEXT.filter(lambda text: text == text.strip() and bool(text))
DAY = st.dates(date(2001, 1, 1), date(2031, 5, 31))
MOMENT = st.datetimes(datetime(2001, 1, 1), datetime(2031, 5, 31)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
SHARE = st.floats(0, 1, allow_nan=False)
MARKING = st.sampled_from([Tlp.CLEAR, Tlp.RED, *Tlp])
LIKELIHOOD = (
    st.lists(SHARE, min_size=3, max_size=3)
    .map(sorted)
    .map(lambda ends: Likelihood(low=ends[0], point=ends[1], high=ends[2]))
)
WHEN = st.tuples(DAY, st.integers(0, 400)).map(lambda span: When(start=span[0], end=span[0] + timedelta(span[1])))
TERM = st.one_of(
    st.builds(Term, kind=st.sampled_from([kind for kind in Kind if kind is not Kind.OBSERVABLE]), id=TEXT, name=NAME),
    st.sampled_from(["ipv4/192.0.2.7", "domain/evil.example", "md5/" + "a" * 32, "technique/T1090", "jarm/27d"]).map(
        lambda value: Term(kind=Kind.OBSERVABLE, id=value, name=value.partition("/")[2])
    ),
)
VALUE = st.sampled_from(
    [("ipv4", "192.0.2.7"), ("domain", "evil.example"), ("sha256", "ab" * 32), ("cve", "CVE-2031-1"), ("jarm", "27d")]
)
OBSERVABLE = st.builds(
    lambda value, **rest: Observable(type=ObservableType(value[0]), value=value[1], **rest),
    value=VALUE,
    start=st.integers(0, 99),
    end=st.integers(100, 999),
    defanged=st.booleans(),
    verdict=st.sampled_from(Verdict),
    reason=TEXT,
    role=st.sampled_from(Use),
    detail=st.sampled_from([(), (("port", "443"),)]),
)
EVIDENCE = st.builds(
    Evidence, kind=TEXT, value=TEXT, group=TEXT, weight=NUMBER, used=st.booleans(), reason=st.just("") | TEXT
)


def _document(n: int) -> st.SearchStrategy[Document]:
    return st.builds(
        Document,
        sha256=st.just(f"{n:064x}"),
        name=NAME,
        media_type=st.just("text/html"),
        collected=MOMENT,
        publisher=NAME,
        title=st.just("") | NAME,
        url=st.sampled_from(["", "https://a.example/x", "javascript:x", "https://例え.jp/"]),
        language=st.sampled_from(["en", "ja", "", "xx-long"]),
        published=DAY,
        text=TEXT,
        links=st.just(("https://b.example/",)),
        note=st.booleans(),
        marking=MARKING,
    )


@st.composite
def claims(draw: Any, documents: list[Document], n: int) -> Claim:
    """Any claim of one of the documents."""
    document = draw(st.sampled_from(documents))
    return Claim(
        id=f"c{n}",
        report=document.sha256,
        publisher=document.publisher,
        predicate=draw(st.sampled_from(Predicate)),
        subject=draw(TERM),
        object=draw(st.none() | TERM),
        qualifiers=tuple(draw(st.lists(st.tuples(st.sampled_from(["what", "place"]), TERM), max_size=2))),
        count=draw(
            st.none() | st.builds(Count, value=NUMBER, bound=st.sampled_from(Bound), unit=TERM, high=st.none() | NUMBER)
        ),
        when=draw(st.none() | WHEN),
        hedge=draw(
            st.builds(
                Hedge, rung=st.sampled_from(Rung), text=st.just("") | TEXT, grade=st.none() | st.sampled_from(Grade)
            )
        ),
        negated=draw(st.booleans()),
        voices=tuple(draw(st.lists(NAME, max_size=2))),
        passage=Passage(
            document=document.sha256, start=draw(st.integers(0, 9)), end=draw(st.integers(10, 99)), text=draw(TEXT)
        ),
        published=document.published,
        rule=draw(TEXT),
        about=draw(st.sampled_from(["", "c0", "c1"])),
        marking=draw(MARKING),
    )


@st.composite
def _assessment(draw: Any, month: list[Claim], documents: list[Document], n: int) -> Assessment:
    chosen = draw(st.lists(st.sampled_from(month), max_size=3, unique_by=lambda one: one.id)) if month else []
    ids = [document.sha256 for document in documents]
    return Assessment(
        id=f"a{n}",
        kind=draw(st.sampled_from(AssessmentKind)),
        subjects=tuple(dict.fromkeys(claim.subject for claim in chosen)),
        claims=tuple(claim.id for claim in chosen),
        likelihood=draw(st.none() | LIKELIHOOD),
        confidence=draw(st.none() | st.sampled_from(Confidence)),
        origins=Origins(roots=tuple(draw(st.lists(st.sampled_from(ids), max_size=2))), repeats=()),
        evidence=tuple(draw(st.lists(EVIDENCE, max_size=2))),
        rivals=tuple(draw(st.lists(st.tuples(TEXT, SHARE), max_size=1))),
        detail=draw(st.sampled_from([(), (("word", "insufficient"),), (("word", "likely"),)])),
        would_change=tuple(draw(st.lists(st.tuples(TEXT, NUMBER), max_size=1))),
    )


@st.composite
def _telemetry(draw: Any) -> tuple[tuple[RelayNetwork, ...], tuple[HostFinding, ...], tuple[Sighting, ...]]:
    first = draw(MOMENT)
    last = first + timedelta(hours=draw(st.integers(0, 99)))
    member = st.builds(
        Member,
        ip=st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1"]),
        port=st.integers(1, 65535),
        tier=st.sampled_from(Tier),
        first_seen=st.just(first),
        last_seen=st.just(last),
    )
    sure = {"likelihood": draw(LIKELIHOOD), "confidence": draw(st.sampled_from(Confidence))}
    evidence = tuple(draw(st.lists(EVIDENCE, max_size=1)))
    network = RelayNetwork(
        id=draw(NAME),
        kind=draw(st.sampled_from(NetworkClass)),
        members=tuple(draw(st.lists(member, max_size=3))),
        fingerprints=(),
        evidence=evidence,
        **sure,
    )
    host = HostFinding(
        host=draw(st.sampled_from(["10.0.0.7", "printer.inside.example"])),
        role=draw(st.sampled_from(HostRole)),
        peers=tuple(draw(st.lists(st.sampled_from(["192.0.2.9", "x"]), max_size=2))),
        first_seen=first,
        last_seen=last,
        evidence=evidence,
        **sure,
    )
    sighting = Sighting(
        network=draw(st.sampled_from([network.id, "other"])),
        value=draw(st.integers(0, 10**9 - 1)),
        counted=draw(TEXT),
        rule=draw(TEXT),
        vantage=draw(TEXT),
        first_seen=first,
        last_seen=last,
    )
    return (network,), (host,), (sighting,)


def prose(month: Month) -> tuple[Edition, ...]:
    """An edition that says every claim and every assessment, and cites every document."""
    references = tuple(
        Reference(
            n=n,
            report=one.sha256,
            publisher=one.publisher,
            title=one.title,
            url=one.url,
            published=one.published,
            accessed=one.published,
            note=one.note,
        )
        for n, one in enumerate(month.documents, start=1)
    )
    number = {one.report: one.n for one in references}
    said = [
        Sentence(
            id=f"s{n}",
            text=f"{claim.subject.name} / {claim.passage.text}",
            role=Role.CLAIM,
            claims=(claim.id,),
            assessments=(),
            citations=(number[claim.report],),
        )
        for n, claim in enumerate(month.claims)
    ]
    opening = Section(
        id="o",
        heading="",
        heading_claims=tuple(claim.id for claim in month.claims[:1]),
        heading_assessments=(),
        story="",
        paragraphs=(tuple(said),) if said else (),
    )
    heading = dataclasses.replace(opening, heading=month.claims[0].subject.name) if month.claims else opening
    return tuple(
        Edition(
            language=language,
            kind=EditionKind.MEMBER,
            title=f"title {heading.heading}",
            subject=f"subject {heading.heading}",
            opening=heading,
            sections=(heading,),
            references=references,
        )
        for language in ("en", "ja")
    )


@st.composite
def packages(draw: Any, least: int = 0) -> Package:
    """Any package: up to three documents of any marking, claims, assessments, a story, prose, relay findings.

    `least` is the least number of claims; with 1 or more there are two documents and two assessments at least.
    """
    documents = [draw(_document(n)) for n in range(draw(st.integers(min(least, 1) + 1, 3)))]
    month_claims = [draw(claims(documents, n)) for n in range(draw(st.integers(least, max(3, least))))]
    assessments = tuple(
        draw(_assessment(month_claims, documents, n)) for n in range(draw(st.integers(2 * min(least, 1), 2)))
    )
    story = Story(
        id="t0",
        subjects=tuple(dict.fromkeys(claim.subject for claim in month_claims)),
        reports=tuple(document.sha256 for document in documents),
        origins=tuple(document.sha256 for document in documents),
        claims=tuple(claim.id for claim in month_claims),
        assessments=tuple(one.id for one in assessments),
        theme=draw(TEXT),
        score=(("effect", draw(NUMBER)),),
        rank=1,
    )
    month = Month(
        period=Period(year=2031, month=5),
        as_of=datetime(2031, 6, 3, tzinfo=UTC),
        documents=tuple(documents),
        claims=tuple(month_claims),
        assessments=assessments,
        stories=(story,),
        gaps=(Gap(source="x", kind="y", message="z"),),
    )
    reports = tuple(
        Report(
            id=one.sha256,
            document=one,
            mentions=(),
            observables=tuple(draw(st.lists(OBSERVABLE, max_size=2))),
            cites=tuple(other.sha256 for other in documents if other is not one),
            own_observation=draw(st.booleans()),
        )
        for one in documents
        if draw(st.booleans())
    )
    networks, hosts, sightings = draw(_telemetry())
    return Package(
        issue=Issue(month=month, editions=prose(month) if draw(st.booleans()) else ()),
        organisation=draw(NAME),
        reports=reports,
        networks=networks,
        hosts=hosts,
        sightings=sightings,
        telemetry_marking=draw(MARKING),
        grades=tuple(sorted({one.publisher: draw(st.sampled_from("ABCDEF")) for one in documents}.items())),
    )


# --- what a round trip may lose ---

LOST: list[dict[str, Any]] = tomllib.loads(
    resources.files("geppo.exchange").joinpath("limits.toml").read_text(encoding="utf-8")
)["lost"]


def forget(value: Any, form: str) -> Any:
    """The value as a format gives it back: without what `limits.toml` says is lost, parts in the store's order."""
    if isinstance(value, tuple):
        return tuple(forget(one, form) for one in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changed = {field.name: forget(getattr(value, field.name), form) for field in dataclasses.fields(value)}
    for row in LOST:
        type_, _, name = row["field"].partition(".")
        if form in row["formats"] and type_ == type(value).__name__ and _applies(row, value):
            changed[name] = {"none": None, "": ""}.get(row["becomes"], ()) if row["becomes"] != [] else ()
    return _ordered(dataclasses.replace(value, **changed))


def _applies(row: dict[str, Any], value: Any) -> bool:
    return "only" not in row or tuple(row["only"]) in typing.cast(Assessment, value).detail


def _ordered(value: Any) -> Any:
    if isinstance(value, Month):
        return dataclasses.replace(
            value,
            documents=tuple(sorted(value.documents, key=lambda one: (one.published, one.sha256))),
            claims=tuple(sorted(value.claims, key=lambda one: one.id)),
            assessments=tuple(sorted(value.assessments, key=lambda one: one.id)),
            stories=tuple(sorted(value.stories, key=lambda one: (one.rank, one.id))),
        )
    if isinstance(value, Package):
        return dataclasses.replace(
            value, reports=tuple(sorted(value.reports, key=lambda one: (one.document.published, one.id)))
        )
    return value
