"""STIX by consumer: what validators say, markings, indicators, relay findings, and the libraries that read it."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
import stix2

from geppo.errors import UsageError
from geppo.exchange import stix
from geppo.exchange._ids import NAMESPACE, stable_id
from geppo.exchange._record import schema
from geppo.exchange._restored import TYPES
from geppo.exchange._stix_bundle import extension_id
from geppo.exchange._stix_issue import SCHEMA
from geppo.model.assessment import Likelihood
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from tests.exchange.made import fetched, forget, made_package

PACKAGE = made_package()
Objects = dict[str, dict[str, Any]]


def objects(consumer: str = "strict", ceiling: Tlp = Tlp.RED) -> Objects:
    return {
        one["id"]: one for one in json.loads(stix.to_bundle(PACKAGE, consumer=consumer, ceiling=ceiling))["objects"]
    }


STRICT = objects()


def of_type(found: Objects, type_: str) -> list[dict[str, Any]]:
    return [one for one in found.values() if one["type"] == type_]


@pytest.mark.parametrize(
    ("consumer", "off"),
    [
        # Every check of the strict mode.
        ("strict", ""),
        # OpenCTI: ids of version 5 (103), its own x_opencti_ properties (401), `based-on` a value (202).
        ("opencti", "103,401,202"),
        # MISP: ids of version 5 (103), `based-on` a value (202).
        ("misp", "103,202"),
    ],
)
def test_validator_in_strict_mode(consumer: str, off: str) -> None:
    from stix2validator import ValidationOptions, validate_string

    data = stix.to_bundle(PACKAGE, consumer=consumer).decode()
    options = ValidationOptions(version="2.1", strict=True, enforce_refs=True, disabled=off)
    result = validate_string(data, options)
    assert [str(one) for one in (*result.errors, *result.warnings)] == []


GRADED = replace(PACKAGE, grades=(("Tidewater Labs", "B"), ("汐見脅威研究所", "F")))


@pytest.mark.parametrize(("consumer", "off"), [("strict", ""), ("opencti", "103,401,202"), ("misp", "103,202")])
def test_sources_have_the_letter_that_they_were_given_and_else_none(consumer: str, off: str) -> None:
    from stix2validator import ValidationOptions, validate_string

    data = stix.to_bundle(GRADED, consumer=consumer)
    options = ValidationOptions(version="2.1", strict=True, enforce_refs=True, disabled=off)
    result = validate_string(data.decode(), options)
    assert [str(one) for one in (*result.errors, *result.warnings)] == []
    assert stix.from_bundle(fetched(data)).restored == forget(GRADED, "stix")
    found = json.loads(data)["objects"]
    houses = {one["name"]: one for one in found if one["type"] == "identity" and one["identity_class"] != "class"}
    labels = {name: one["labels"] for name, one in houses.items() if "labels" in one}
    assert labels == {
        "Tidewater Labs": ['admiralty-scale:source-reliability="b"'],
        "汐見脅威研究所": ['admiralty-scale:source-reliability="f"'],
    }
    theirs = {name: one.get("x_opencti_reliability") for name, one in houses.items()}
    assert theirs["Tidewater Labs"] == ("B - Usually reliable" if consumer == "opencti" else None)
    assert len([one for one in theirs.values() if one]) == (2 if consumer == "opencti" else 0) < len(theirs)


@pytest.mark.parametrize("consumer", ["strict", "opencti", "misp"])
def test_the_library_of_the_consumers_reads_it(consumer: str) -> None:
    """OpenCTI's and MISP's importers stand on `stix2`; every reference is inside, as TAXII clients want it."""
    data = stix.to_bundle(PACKAGE, consumer=consumer)
    bundle = stix2.parse(data.decode(), allow_custom=consumer == "opencti")
    store = stix2.MemoryStore(bundle.objects, allow_custom=True)
    ids = {one["id"] for one in bundle.objects}
    indicators = store.query([stix2.Filter("type", "=", "indicator")])
    assert indicators and all(one.pattern_type == "stix" for one in indicators)
    for one in json.loads(data)["objects"]:
        for name, value in one.items():
            refs = value if name.endswith("_refs") else [value] if name.endswith("_ref") else []
            assert set(refs) <= ids, (one["id"], name)


def test_ids_of_two_layouts_differ_in_one_digit() -> None:
    assert str(NAMESPACE) == "33e529ef-2454-5ff4-8145-c0ae80722dc4"
    four, five = (stable_id("malware", "x", version=version) for version in (4, 5))
    assert [place for place, (a, b) in enumerate(zip(four, five, strict=True)) if a != b] == [len("malware--") + 14]
    assert uuid.UUID(five.partition("--")[2]) == uuid.uuid5(NAMESPACE, "malware\x1fx")
    opencti = objects("opencti")
    same = {one.replace("-5", "-4", 1) if one not in STRICT else one for one in opencti if one.startswith("ipv4-addr")}
    assert same == {one for one in STRICT if one.startswith("ipv4-addr")}


def test_observables_by_default_and_indicators_only_with_a_reason() -> None:
    values = {one["value"] for one in STRICT.values() if "value" in one}
    assert {"198.51.100.23", "203.0.113.77", "2001:db8::7", "192.0.2.44"} <= values
    assert "tidewater.example" not in values
    patterns = {one["pattern"] for one in of_type(STRICT, "indicator")}
    assert "[ipv4-addr:value = '198.51.100.23']" in patterns
    assert "[url:value = 'http://updates.glassweir-cdn.example.com/it\\'s%5Ca']" in patterns
    # Unknown, a victim's, doubted by a second source, a hash without a pattern: no reason.
    assert not [one for one in patterns if "203.0.113.77" in one or "2001:db8" in one or "192.0.2.44" in one]
    assert not [one for one in patterns if "0" * 32 in one]
    relay = next(one for one in of_type(STRICT, "indicator") if "198.51.100.23" in one["pattern"])
    assert relay["indicator_types"] == ["anonymization"] and "Tidewater Labs: malicious" in relay["description"]
    assert (relay["valid_from"][:10], relay["valid_until"][:10]) == ("2031-05-06", "2031-06-05")
    joined = [one for one in of_type(STRICT, "relationship") if one["source_ref"] == relay["id"]]
    assert {one["relationship_type"] for one in joined} == {"related-to", "indicates"}


def test_relay_findings_are_ours_and_marked() -> None:
    network = next(one for one in of_type(STRICT, "infrastructure") if one["name"] == "orb n1")
    assert network["infrastructure_types"] == ["anonymization"]
    members = [one for one in of_type(STRICT, "relationship") if one["source_ref"] == network["id"]]
    assert len(members) == 3 and {one["relationship_type"] for one in members} == {"consists-of"}
    sighting = of_type(STRICT, "sighting")[0]
    assert (sighting["sighting_of_ref"], sighting["count"]) == (network["id"], 3)
    assert STRICT[sighting["observed_data_refs"][0]]["type"] == "observed-data"
    for one in (network, sighting, *members):
        assert STRICT[one["object_marking_refs"][0]]["name"] == "TLP:AMBER+STRICT"
    assert "inside.example" not in {one.get("value") for one in STRICT.values()}


def test_a_network_that_is_called_orb_is_a_campaign_too() -> None:
    base = PACKAGE.issue.month.claims[0]
    claim = replace(
        base, id="c-orb", count=None, object=Term(kind=Kind.CONCEPT, id="relay-class/orb", name="ORB network")
    )
    month = replace(PACKAGE.issue.month, claims=(*PACKAGE.issue.month.claims, claim))
    package = replace(PACKAGE, issue=replace(PACKAGE.issue, month=month))
    found = {one["id"]: one for one in json.loads(stix.to_bundle(package))["objects"]}
    campaign = of_type(found, "campaign")[0]
    uses = next(one for one in of_type(found, "relationship") if one["source_ref"] == campaign["id"])
    assert campaign["name"] == "GLASSWEIR" == found[uses["target_ref"]]["name"]
    assert not of_type(STRICT, "campaign")


def test_a_likely_overlap_is_related_to_and_an_unlikely_one_is_not() -> None:
    def ours(point: float) -> list[dict[str, Any]]:
        overlap = next(one for one in PACKAGE.issue.month.assessments if one.id == "a-overlap")
        sure = Likelihood(low=point, point=point, high=point)
        month = replace(PACKAGE.issue.month, assessments=(replace(overlap, likelihood=sure),))
        package = replace(PACKAGE, issue=replace(PACKAGE.issue, month=month, editions=()))
        found = json.loads(stix.to_bundle(package))["objects"]
        return [one for one in found if one["type"] == "relationship" and "a-overlap" in one.get("description", "")]

    assert ours(0.2) == []
    (one,) = ours(0.7)
    assert one["relationship_type"] == "related-to" and one["confidence"] == 15
    assert not any("aliases" in found for found in STRICT.values())


@pytest.mark.parametrize(
    ("consumer", "marking", "ids"),
    [
        ("strict", Tlp.AMBER_STRICT, ["939a9414-2ddd-4d32-a0cd-375ea402b003"]),
        ("opencti", Tlp.AMBER_STRICT, ["826578e1-40ad-459f-bc73-ede076f81f37"]),
        ("opencti", Tlp.CLEAR, ["613f2e26-407d-48c7-9eca-b8e91df99dc9"]),
        ("misp", Tlp.CLEAR, ["613f2e26-407d-48c7-9eca-b8e91df99dc9"]),
        ("misp", Tlp.RED, ["5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]),
    ],
)
def test_markings_are_those_of_the_consumer(consumer: str, marking: Tlp, ids: list[str]) -> None:
    documents = tuple(replace(one, marking=marking) for one in PACKAGE.issue.month.documents)
    month = replace(PACKAGE.issue.month, documents=documents)
    package = replace(PACKAGE, issue=replace(PACKAGE.issue, month=month))
    found = json.loads(stix.to_bundle(package, consumer=consumer))["objects"]
    report = next(one for one in found if one["type"] == "report" and one["created_by_ref"] != ids)
    reports = [one for one in found if one["type"] == "report" and "record" in next(iter(one["extensions"].values()))]
    assert report and any(
        one["object_marking_refs"] == [f"marking-definition--{id_}" for id_ in ids] for one in reports
    )
    if consumer == "opencti" and marking is Tlp.AMBER_STRICT:
        own = next(one for one in found if one["id"].endswith(ids[0]))
        assert (own["x_opencti_definition_type"], own["x_opencti_definition"]) == ("TLP", "TLP:AMBER+STRICT")


def test_misp_has_amber_strict_as_amber_with_a_statement_and_a_tag() -> None:
    found = objects("misp")
    network = next(one for one in of_type(found, "infrastructure") if one["name"] == "orb n1")
    marks = [found[id_] for id_ in network["object_marking_refs"]]
    assert [one["definition_type"] for one in marks] == ["tlp", "statement"]
    assert marks[0]["definition"] == {"tlp": "amber"} and "AMBER+STRICT" in marks[1]["definition"]["statement"]
    assert network["labels"] == ["tlp:amber+strict"]
    assert not of_type(found, "language-content") and of_type(STRICT, "language-content")


def test_every_record_fits_the_schema_that_goes_with_it() -> None:
    told = json.loads(STRICT[extension_id(4)]["schema"])
    definitions: dict[str, Any] = {}
    branches = [
        {"properties": {"record_type": {"const": name}, "record": schema(type_, definitions)}}
        for name, type_ in TYPES.items()
    ]
    assert told["anyOf"] == branches and told["$defs"] == definitions, f"{SCHEMA} is older than the model"
    validator = jsonschema.Draft202012Validator(told)
    types = set()
    for one in STRICT.values():
        extension = one.get("extensions", {}).get(extension_id(4))
        if extension:
            assert [str(error) for error in validator.iter_errors(extension)] == []
            types.add(extension["record_type"])
    assert types == set(TYPES) - {"document"}


def test_an_unknown_consumer_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="expected one of misp, opencti, strict"):
        stix.to_bundle(PACKAGE, consumer="other")
