"""The STIX bundle: valid in strict mode, all references inside, names apart, denials never asserted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from geppo.config import Settings
from geppo.deliver import stix
from geppo.exchange import Package
from geppo.exchange import stix as exchange
from geppo.exchange._ids import stable_id
from geppo.exchange._stix_bundle import relationship_type
from geppo.model.claim import Claim, Predicate
from geppo.model.edition import Issue
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp

TLP_IDS = {
    "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
Objects = list[dict[str, Any]]


def to_bundle(issue: Issue, organisation: str) -> bytes:
    return exchange.to_bundle(Package(issue=issue, organisation=organisation))


def _objects(data: bytes) -> Objects:
    found: Objects = json.loads(data)["objects"]
    return found


@pytest.fixture(scope="module")
def bundle(issue: Issue, settings: Settings) -> bytes:
    return stix.render_issue(issue, settings)


@pytest.fixture(scope="module")
def objects(bundle: bytes) -> Objects:
    return _objects(bundle)


def _strict_findings(data: bytes) -> list[str]:
    from stix2validator import ValidationOptions, validate_string

    options = ValidationOptions(version="2.1", strict=True, enforce_refs=True)
    result = validate_string(data.decode("utf-8"), options)
    return [str(one) for one in (*result.errors, *result.warnings)]


def test_strict_validation_finds_nothing(bundle: bytes) -> None:
    assert _strict_findings(bundle) == []


def test_two_runs_give_the_same_bytes(issue: Issue, settings: Settings, bundle: bytes) -> None:
    assert stix.render_issue(issue, settings) == bundle


def test_every_reference_is_inside(objects: Objects) -> None:
    ids = {one["id"] for one in objects}
    assert len(ids) == len(objects)
    for one in objects:
        for name, value in one.items():
            refs = value if name.endswith("_refs") else [value] if name.endswith("_ref") else []
            assert set(refs) <= ids, (one["id"], name)


def test_markings_are_those_of_oasis(objects: Objects) -> None:
    found = {one["name"]: one["id"] for one in objects if one["type"] == "marking-definition"}
    assert found == {name: TLP_IDS[name] for name in ("TLP:CLEAR", "TLP:GREEN")}
    assert all(one.get("object_marking_refs") for one in objects if one["type"] != "marking-definition")


def test_the_bundle_of_an_issue_holds_nothing_above_the_member_edition(issue: Issue, settings: Settings) -> None:
    closed = replace(issue.month.documents[0], marking=Tlp.AMBER, title="only for a few")
    month = replace(issue.month, documents=(closed, *issue.month.documents[1:]))
    data = stix.render_issue(replace(issue, month=month), settings)
    assert b"only for a few" not in data and closed.sha256.encode() not in data
    assert "c-osprey-uses" not in data.decode() and "c-shares" in data.decode()


def test_names_are_never_merged(objects: Objects) -> None:
    assert not any("aliases" in one for one in objects)
    assert sum(one["type"] == "intrusion-set" for one in objects) == 2


def test_claims_keep_their_hedge_and_their_publisher(objects: Objects, issue: Issue) -> None:
    claims = {
        extension["claim_id"]: one
        for one in objects
        for extension in one.get("extensions", {}).values()
        if "claim_id" in extension
    }
    assert claims.keys() == {claim.id for claim in issue.month.claims}
    uses = claims["c-osprey-uses"]
    assert (uses["type"], uses["relationship_type"], uses["confidence"]) == ("relationship", "uses", 70)
    assert claims["c-cooperates"]["relationship_type"] == "related-to" and claims["c-cooperates"]["confidence"] == 15
    assert claims["c-exploits"]["relationship_type"] == "exploits"
    publishers = {one["id"]: one["name"] for one in objects if one["type"] == "identity"}
    for claim in issue.month.claims:
        assert publishers[claims[claim.id]["created_by_ref"]] == claim.publisher


def test_what_is_denied_is_never_asserted(objects: Objects) -> None:
    for one in objects:
        if one["type"] == "relationship":
            extension = next(iter(one["extensions"].values()))
            assert "negated" not in extension and extension["hedge_rung"] not in ("not-found", "denies")


def test_our_view_holds_likelihood_and_confidence_apart(objects: Objects) -> None:
    ours = [one for one in objects if any("assessment_id" in e for e in one.get("extensions", {}).values())]
    assert {one["type"] for one in ours} == {"opinion", "note"}
    overlap = next(one for one in ours if next(iter(one["extensions"].values()))["assessment_id"] == "a-overlap")
    extension = next(iter(overlap["extensions"].values()))
    assert (extension["likelihood_point"], extension["analytic_confidence"], overlap["confidence"]) == (0.2, "low", 15)
    sentences = overlap["explanation"].split(". ")
    assert not any("Likelihood" in one and "Confidence" in one for one in sentences)


def test_too_little_for_a_likelihood_is_no_opinion(objects: Objects) -> None:
    nothing = next(
        one for one in objects if any(e.get("assessment_id") == "a-nothing" for e in one.get("extensions", {}).values())
    )
    assert nothing["type"] == "note" and "Insufficient to state a likelihood." in nothing["content"]
    assert "likelihood_word" not in next(iter(nothing["extensions"].values()))


def test_two_languages(objects: Objects) -> None:
    contents = [one for one in objects if one["type"] == "language-content"]
    names = [one["contents"]["ja"]["name"] for one in contents]
    assert "条約を結んだ国を狙う攻撃グループと、貸し出される中継ネットワーク" in names
    modified = {one["id"]: one.get("modified") for one in objects}
    assert all(modified[one["object_ref"]] == one["object_modified"] for one in contents)


def test_a_later_issue_keeps_ids_and_creation(issue: Issue, objects: Objects) -> None:
    later = replace(issue, month=replace(issue.month, as_of=issue.month.as_of + timedelta(days=3)))
    again = {one["id"]: one for one in _objects(to_bundle(later, "Example analysis desk"))}
    for one in objects:
        if one["type"] != "bundle" and "created" in one:
            assert again[one["id"]]["created"] == one["created"]


VALUES = [
    ("ipv4/192.0.2.7", "ipv4-addr"),
    ("ipv6/2001:db8::7", "ipv6-addr"),
    ("domain/evil.example", "domain-name"),
    ("url/http://evil.example/a", "url"),
    ("email/a@evil.example", "email-addr"),
    ("sha256/" + "a" * 64, "file"),
    ("md5/" + "b" * 32, "file"),
    ("asn/AS64500", "autonomous-system"),
    ("filename/dropper.exe", "file"),
    ("md5/nonsense", ""),
    ("asn/none", ""),
    ("technique/T1090.003", ""),
    ("", ""),
]


def _with_claims(issue: Issue, claims: list[Claim]) -> Issue:
    return replace(issue, month=replace(issue.month, claims=tuple(claims), assessments=(), stories=()))


def test_observables(issue: Issue) -> None:
    base = next(claim for claim in issue.month.claims if claim.id == "c-c2")
    for id_, type_ in VALUES:
        claim = replace(base, object=Term(kind=Kind.OBSERVABLE, id=id_, name="printed so"))
        types = {one["type"] for one in _objects(to_bundle(_with_claims(issue, [claim]), "desk"))}
        values = types & {known for _, known in VALUES if known}
        assert values == ({type_} if type_ else set()), id_
    every = [
        replace(base, id=f"c-{place}", object=Term(kind=Kind.OBSERVABLE, id=id_, name="printed so"))
        for place, (id_, _) in enumerate(VALUES)
    ]
    assert _strict_findings(to_bundle(_with_claims(issue, every), "desk")) == []


def test_every_kind_of_term_and_predicate_is_valid(issue: Issue) -> None:
    names = [("new:y", "Y <script>"), ("", "no id"), ("country/KP", "K"), ("country/XK", "XK"), ("country/gulf", "G")]
    claims = [
        replace(
            issue.month.claims[0],
            id=f"c-{kind}-{number}-{place}",
            predicate=predicate,
            subject=Term(kind=Kind.INTRUSION_SET, id="new:x", name="X"),
            object=Term(kind=kind, id=id_, name=name),
            count=None,
        )
        for kind in Kind
        for number, (id_, name) in enumerate(names)
        for place, predicate in enumerate(Predicate)
        if place % 5 == number
    ]
    assert _strict_findings(to_bundle(_with_claims(issue, claims), "desk")) == []


def test_odd_documents(issue: Issue) -> None:
    documents = tuple(
        replace(document, title="", publisher="", url=url, language="", marking=Tlp.AMBER_STRICT)
        for document, url in zip(
            issue.month.documents, ["", "https://[bad", "ftp://x/", "https://例え.jp/"], strict=False
        )
    )
    month = replace(issue.month, documents=documents, claims=(), assessments=(), stories=())
    assert _strict_findings(to_bundle(replace(issue, month=month), "desk")) == []


@pytest.mark.parametrize(
    ("predicate", "source", "target", "expected"),
    [
        ("targets", "intrusion-set", "location", "targets"),
        ("exploits", "intrusion-set", "vulnerability", "targets"),
        ("exploits", "malware", "vulnerability", "exploits"),
        ("uses", "infrastructure", "malware", "related-to"),
        ("same-as", "intrusion-set", "intrusion-set", "related-to"),
        ("attributed-to", "campaign", "intrusion-set", "attributed-to"),
        ("signs", "identity", "identity", "related-to"),
    ],
)
def test_relationships_are_those_that_the_standard_suggests(
    predicate: str, source: str, target: str, expected: str
) -> None:
    assert relationship_type(predicate, source, target) == expected


def test_ids_depend_on_what_the_object_is() -> None:
    assert stable_id("malware", "x") == stable_id("malware", "x") != stable_id("malware", "y")
    assert stable_id("malware", "a", "b") != stable_id("malware", "ab")
