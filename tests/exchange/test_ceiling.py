"""Nothing above the ceiling leaves, in no format: no text, name, value, hash, id or tag of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geppo.exchange import Package, below, misp, stix
from geppo.exchange.csv import to_csv
from geppo.model.assessment import Assessment, Evidence
from geppo.model.claim import Claim, Hedge
from geppo.model.edition import Issue
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.relay import HostFinding
from geppo.model.report import Document, Gap
from tests.exchange.made import made_package, packages, prose, seen

SECRET = "canary"
Out = Callable[[Package, Tlp], dict[str, bytes]]
OUT: dict[str, Out] = {
    "stix": lambda package, ceiling: {"bundle": stix.to_bundle(package, ceiling=ceiling)},
    "opencti": lambda package, ceiling: {"bundle": stix.to_bundle(package, consumer="opencti", ceiling=ceiling)},
    "misp": lambda package, ceiling: {"event": misp.to_event(package, ceiling=ceiling)},
    "feed": lambda package, ceiling: misp.to_feed(package, ceiling=ceiling),
    "csv": lambda package, ceiling: {"table": to_csv(package, ceiling=ceiling)},
}


def _hide_document(document: Document, n: int) -> Document:
    word = f"{SECRET}{n}"
    return replace(
        document, title=word, name=word, publisher=word, url=f"https://{word}.example/", sha256=_sha(document)
    )


def _sha(document: Document) -> str:
    return hashlib.sha256(document.sha256.encode()).hexdigest()


def _hide_claim(claim: Claim, n: int) -> Claim:
    word = f"{SECRET}{n}"
    term = Term(kind=Kind.INTRUSION_SET, id=f"new:{word}", name=word)
    return replace(
        claim,
        id=word,
        subject=term,
        object=replace(term, kind=Kind.MALWARE),
        qualifiers=(("what", term),),
        count=None,
        hedge=Hedge(rung=claim.hedge.rung, text=word),
        voices=(word,),
        passage=replace(claim.passage, text=word),
        rule=word,
    )


def _hide_assessment(assessment: Assessment) -> Assessment:
    evidence = Evidence(kind=SECRET, value=SECRET, group="", weight=1, used=True, reason=SECRET)
    return replace(assessment, id=f"{SECRET}{assessment.id}", evidence=(evidence,), rivals=((SECRET, 0.5),))


def _judged(one: Assessment, documents: dict[str, Document], claims: dict[str, Claim], closed: set[str]) -> Assessment:
    """An assessment over the claims as they are now, with a canary where it rests on something hidden."""
    moved = replace(
        one,
        claims=tuple(claims[old].id for old in one.claims),
        subjects=tuple(claims[old].subject for old in one.claims),
        origins=replace(one.origins, roots=tuple(documents[root].sha256 for root in one.origins.roots)),
    )
    hidden = any(claims[old].id != old for old in one.claims) or any(root in closed for root in one.origins.roots)
    return _hide_assessment(moved) if hidden else moved


def secret(package: Package, ceiling: Tlp) -> tuple[Package, list[str]]:
    """The package with a canary in all that is above the ceiling, and the hashes that must not be seen."""
    month = package.issue.month
    closed = {one.sha256 for one in month.documents if one.marking > ceiling}
    documents = {
        one.sha256: _hide_document(one, n) if one.sha256 in closed else one for n, one in enumerate(month.documents)
    }
    claims = {}
    for n, claim in enumerate(month.claims):
        document = documents[claim.report]
        moved = replace(
            claim,
            report=document.sha256,
            publisher=document.publisher,
            passage=replace(claim.passage, document=document.sha256),
        )
        hidden = claim.report in closed or claim.marking > ceiling
        claims[claim.id] = _hide_claim(moved, n) if hidden else moved
    claims = {
        old: replace(one, about=claims[one.about].id if one.about in claims else "") for old, one in claims.items()
    }
    judged = {one.id: _judged(one, documents, claims, closed) for one in month.assessments}
    stories = tuple(
        replace(
            story,
            subjects=tuple(dict.fromkeys(claim.subject for claim in claims.values())),
            reports=tuple(documents[one].sha256 for one in story.reports),
            origins=tuple(documents[one].sha256 for one in story.origins),
            claims=tuple(claims[one].id for one in story.claims),
            assessments=tuple(judged[one].id for one in story.assessments),
        )
        for story in month.stories
    )
    lower = replace(
        month,
        documents=tuple(documents.values()),
        claims=tuple(claims.values()),
        assessments=tuple(judged.values()),
        stories=stories,
        gaps=(Gap(source=SECRET, kind=SECRET, message=SECRET),) if closed else (),
    )
    reports = tuple(
        replace(
            report,
            id=documents[report.id].sha256,
            document=documents[report.id],
            cites=tuple(documents[one].sha256 for one in report.cites),
            observables=(
                (*report.observables, seen("domain", f"{SECRET}.example", "malicious"))
                if report.id in closed
                else report.observables
            ),
        )
        for report in package.reports
    )
    whole = replace(
        package, issue=Issue(month=lower, editions=prose(lower) if package.issue.editions else ()), reports=reports
    )
    if package.telemetry_marking > ceiling:
        hosts: tuple[HostFinding, ...] = tuple(replace(one, host=SECRET) for one in package.hosts)
        networks = tuple(replace(one, id=SECRET) for one in package.networks)
        sightings = tuple(replace(one, network=SECRET, rule=SECRET) for one in package.sightings)
        whole = replace(whole, hosts=hosts, networks=networks, sightings=sightings)
    return whole, [documents[one].sha256 for one in closed]


CEILING = st.sampled_from([Tlp.CLEAR, Tlp.CLEAR, *Tlp])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(packages(least=2), CEILING)
def test_nothing_above_the_ceiling_is_handed_to_a_writer(package: Package, ceiling: Tlp) -> None:
    whole, hashes = secret(package, ceiling)
    lower = below(whole, ceiling)
    assert below(lower, ceiling) == lower
    assert SECRET not in repr(lower).lower()
    assert not [one for one in hashes if one in repr(lower)]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(packages(least=2), CEILING)
def test_nothing_above_the_ceiling_leaves(package: Package, ceiling: Tlp) -> None:
    whole, hashes = secret(package, ceiling)
    digest = hashlib.md5(f"{SECRET}.example".encode(), usedforsecurity=False).hexdigest()
    for data in (data for write in OUT.values() for data in write(whole, ceiling).values()):
        text = data.decode().lower()
        assert SECRET not in text and digest not in text
        assert not [one for one in hashes if one in text]
        for marking in Tlp:
            if marking > ceiling and marking is not Tlp.AMBER_STRICT:
                assert f'"{marking.label.lower()}"' not in text


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(packages(least=2), CEILING)
def test_no_object_says_what_is_marked_above_it(package: Package, ceiling: Tlp) -> None:
    """A consumer that goes by the markings of objects sees nothing that a closer marking covers."""
    whole, _ = secret(package, ceiling)
    # An id of another claim says nothing of it.
    claims = tuple(replace(claim, about="") for claim in whole.issue.month.claims)
    whole = replace(whole, issue=replace(whole.issue, month=replace(whole.issue.month, claims=claims)))
    objects = json.loads(stix.to_bundle(whole))["objects"]
    names = {one["id"]: one["name"] for one in objects if one["type"] == "marking-definition"}
    levels = {marking.label: marking for marking in Tlp}
    for one in objects:
        marking = max((levels[names[ref]] for ref in one.get("object_marking_refs", ())), default=Tlp.CLEAR)
        if marking <= ceiling and one["type"] != "identity":
            assert SECRET not in json.dumps(one).lower(), one["type"]
    event = json.loads(misp.to_event(whole))["Event"]
    for thing in event["Object"]:
        for row in thing["Attribute"]:
            (label,) = (tag["name"] for tag in row["Tag"] if tag["name"].startswith("tlp:"))
            if levels[label.upper()] <= ceiling:
                assert SECRET not in row["value"].lower(), (thing["name"], row["object_relation"])


def test_all_is_there_where_nothing_is_above() -> None:
    package = made_package()
    assert below(package, Tlp.RED) == package
    assert below(package, Tlp.AMBER_STRICT) == package


def test_green_and_own_telemetry_leave_only_where_they_may() -> None:
    package = made_package()
    lower = below(package, Tlp.GREEN)
    assert not (lower.networks or lower.hosts or lower.sightings) and lower.issue == package.issue
    clear = to_csv(package, ceiling=Tlp.CLEAR).decode()
    assert "green-only.example" in to_csv(package, ceiling=Tlp.GREEN).decode() and "green-only.example" not in clear
    assert "updates.glassweir-cdn.example.com" in clear
    assert b"10.0.0.7" in stix.to_bundle(package) and b"10.0.0.7" not in stix.to_bundle(package, ceiling=Tlp.GREEN)


def test_a_value_of_two_sources_is_marked_as_the_closer_one_but_for_the_bare_value() -> None:
    package = made_package()
    both = seen("domain", "both.example", "malicious")
    reports = tuple(
        replace(one, observables=(both,)) if one.document.publisher in ("Tidewater Labs", "한빛사이버센터") else one
        for one in package.reports
    )
    package = replace(package, reports=reports)
    rows = {line.split(",")[0]: line.split(",")[5] for line in to_csv(package).decode().splitlines()}
    assert rows["both.example"] == "tlp:green"
    objects = {one["id"]: one for one in json.loads(stix.to_bundle(package))["objects"]}
    marks = {
        one["type"]: objects[one["object_marking_refs"][0]]["name"]
        for one in objects.values()
        if one.get("value") == "both.example" or one.get("name") == "both.example"
    }
    assert marks == {"domain-name": "TLP:CLEAR", "indicator": "TLP:GREEN"}


def test_the_letter_of_a_hidden_house_goes_with_it() -> None:
    package = made_package()
    documents = package.issue.month.documents
    graded = replace(package, grades=tuple(sorted((one.publisher, "B") for one in documents)))
    kept = below(graded, Tlp.CLEAR)
    assert {house for house, _ in kept.grades} == {one.publisher for one in kept.issue.month.documents}
    assert 0 < len(kept.grades) < len(graded.grades)


def test_what_rests_on_something_hidden_goes_with_it() -> None:
    package = made_package()
    month = package.issue.month
    hidden = next(claim for claim in month.claims if any(claim.id in one.claims for one in month.assessments))
    closed = tuple(replace(one, marking=Tlp.RED) if one is hidden else one for one in month.claims)
    lower = below(replace(package, issue=replace(package.issue, month=replace(month, claims=closed))), Tlp.AMBER)
    left = lower.issue.month
    assert hidden.id not in {claim.id for claim in left.claims}
    assert left.assessments and not any(hidden.id in one.claims for one in left.assessments)
    assert not any(hidden.id in one.claims for one in left.stories)
    said = [one for edition in lower.issue.editions for one in edition.sentences()]
    assert said and not any(hidden.id in one.claims for one in said)
    assert not any(edition.tables or edition.figures for edition in lower.issue.editions) and not left.gaps


@pytest.mark.parametrize("ceiling", list(Tlp))
def test_every_object_is_marked_up_to_the_ceiling(ceiling: Tlp) -> None:
    objects = json.loads(stix.to_bundle(made_package(), ceiling=ceiling))["objects"]
    names = {one["name"] for one in objects if one["type"] == "marking-definition"}
    assert names <= {marking.label for marking in Tlp if marking <= ceiling}
