"""MISP by PyMISP: the event and the feed load, and say what they should."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from pymisp import MISPEvent

from geppo.errors import InputError
from geppo.exchange import misp
from geppo.exchange._misp_out import record_parts, tables
from geppo.model.marking import Tlp
from geppo.model.time import Period
from tests.exchange.made import fetched, made_package

PACKAGE = made_package()


def event(data: bytes) -> MISPEvent:
    made = MISPEvent(strict_validation=True)
    made.load(data.decode())
    return made


EVENT = event(misp.to_event(PACKAGE))


def _tags(thing: Any) -> set[str]:
    return {tag.name for tag in thing.tags}


def test_pymisp_loads_the_event() -> None:
    assert EVENT.info == "Example analysis desk: 2031-05" and EVENT.Orgc.name == "Example analysis desk"
    assert str(EVENT.date) == "2031-06-03" and int(EVENT.distribution) == 0
    assert len(EVENT.event_reports) == len(PACKAGE.issue.editions)
    names = {one.name for one in EVENT.objects}
    assert names == {entry.name[:-5] for entry in resources.files("geppo.exchange").joinpath("misp_objects").iterdir()}
    kinds = json.loads(resources.files("pymisp").joinpath("data", "describeTypes.json").read_text())
    allowed = kinds["result"]["category_type_mappings"]
    for one in (*EVENT.attributes, *(row for thing in EVENT.objects for row in thing.attributes)):
        assert one.type in allowed[one.category], (one.category, one.type)


def test_every_mapped_type_is_one_of_misp() -> None:
    kinds = json.loads(resources.files("pymisp").joinpath("data", "describeTypes.json").read_text())
    allowed = kinds["result"]["category_type_mappings"]
    for type_, category in tables()["attributes"].values():
        assert type_ in allowed[category], (type_, category)
    for name in tables()["values"]:
        assert name in kinds["result"]["types"] or name == "ip"


def test_to_ids_only_with_a_reason() -> None:
    found = {one.value: one for one in EVENT.attributes}
    assert found["198.51.100.23"].to_ids and "Tidewater Labs: malicious" in found["198.51.100.23"].comment
    for value in ("203.0.113.77", "192.0.2.44", "2001:db8::7", "CVE-2031-20417"):
        assert not found[value].to_ids, value
    assert "tidewater.example" not in found
    assert found["0123456789abcdef"[::-1] * 4].type == "x509-fingerprint-sha256"
    assert not any(row.to_ids for thing in EVENT.objects for row in thing.attributes)


def test_tags() -> None:
    tags = _tags(EVENT)
    assert {"tlp:amber+strict", 'misp:automation-level="unsupervised"'} <= tags
    assert 'misp-galaxy:threat-actor="Marsh Osprey"' in tags
    clear = event(misp.to_event(PACKAGE, ceiling=Tlp.CLEAR))
    assert "tlp:clear" in _tags(clear) and clear.uuid != EVENT.uuid
    claims = [one for one in EVENT.objects if one.name == "geppo-claim"]
    by_subject = {
        (one.get_attributes_by_relation("subject")[0].value, one.get_attributes_by_relation("predicate")[0].value): one
        for one in claims
    }
    uses = by_subject["Marsh Osprey", "uses"].get_attributes_by_relation("predicate")[0]
    assert 'admiralty-scale:information-credibility="2"' in _tags(uses)
    overlap = next(
        one
        for one in EVENT.objects
        if one.name == "geppo-assessment" and one.get_attributes_by_relation("kind")[0].value == "overlap"
    )
    likelihood = overlap.get_attributes_by_relation("likelihood")[0]
    confidence = overlap.get_attributes_by_relation("confidence")[0]
    assert 'estimative-language:likelihood-probability="unlikely"' in _tags(likelihood)
    assert 'estimative-language:confidence-in-analytic-judgment="low"' in _tags(confidence)
    assert not _tags(likelihood) & {tag for tag in _tags(confidence) if tag.startswith("estimative")}


def test_sources_have_the_letter_that_they_were_given_and_else_none() -> None:
    graded = replace(PACKAGE, grades=(("Tidewater Labs", "B"), ("汐見脅威研究所", "F")))
    found: dict[str, set[str]] = {}
    for one in event(misp.to_event(graded)).objects:
        if one.name == "geppo-document":
            (attribute,) = one.get_attributes_by_relation("publisher")
            found[attribute.value] = {tag for tag in _tags(attribute) if tag.startswith("admiralty")}
    assert found["Tidewater Labs"] == {'admiralty-scale:source-reliability="b"'}
    assert found["汐見脅威研究所"] == {'admiralty-scale:source-reliability="f"'}
    assert len(found) > 2 and {frozenset(tags) for name, tags in found.items() if name not in dict(graded.grades)} == {
        frozenset()
    }


def test_nobody_is_tagged_for_what_is_denied() -> None:
    denied = tuple(replace(one, negated=True) for one in PACKAGE.issue.month.claims)
    month = replace(PACKAGE.issue.month, claims=denied)
    made = event(misp.to_event(replace(PACKAGE, issue=replace(PACKAGE.issue, month=month))))
    assert not [tag for tag in _tags(made) if tag.startswith("misp-galaxy")]


def test_the_report_is_text_that_markdown_cannot_misread() -> None:
    text = EVENT.event_reports[0].content
    assert "<script>" not in text and "javascript:" not in text
    assert "https://tidewater.example/research/glassweir" in text
    references = [one for report in EVENT.event_reports for one in re.findall(r"(?m)^\d+\. ", report.content)]
    assert len(references) == sum(len(edition.references) for edition in PACKAGE.issue.editions)


def test_references_lead_to_objects_of_the_event() -> None:
    known = {one.uuid for one in EVENT.objects}
    references = [reference for one in EVENT.objects for reference in one.references]
    assert references and all(one.referenced_uuid in known for one in references)
    uuids = [one.uuid for one in EVENT.attributes] + [row.uuid for one in EVENT.objects for row in one.attributes]
    assert len(set(uuids)) == len(uuids)


def test_a_feed_is_what_pymisp_would_write() -> None:
    files = misp.to_feed(PACKAGE)
    (name,) = (one for one in files if one not in (misp.MANIFEST, misp.HASHES))
    made = event(files[name])
    assert name == f"{made.uuid}.json"
    theirs, ours = json.loads(json.dumps(made.manifest, default=str)), json.loads(files[misp.MANIFEST])
    for entry in (*theirs.values(), *ours.values()):
        entry["Tag"] = [tag["name"] for tag in entry["Tag"]]
        entry["timestamp"] = int(entry["timestamp"])
        entry["analysis"], entry["threat_level_id"] = int(entry["analysis"]), int(entry["threat_level_id"])
    assert theirs == ours
    lines = files[misp.HASHES].decode().splitlines()
    rows = [*made.attributes, *(row for one in made.objects for row in one.attributes)]
    digests = {digest for row in rows if not row.disable_correlation for digest in row.hash_values("md5")}
    assert set(lines) == {f"{digest},{made.uuid}" for digest in digests}
    assert digests <= set(made.attributes_hashes("md5")) and len(digests) > len(made.attributes)
    wire = files[name].decode()
    assert '"distribution"' not in wire


def test_months_gather_in_a_feed_and_a_month_is_replaced() -> None:
    first = misp.to_feed(PACKAGE)
    june = replace(PACKAGE.issue.month, period=Period(year=2031, month=6))
    second_month = replace(PACKAGE, issue=replace(PACKAGE.issue, month=june))
    both = misp.to_feed(second_month, manifest=first[misp.MANIFEST], hashes=first[misp.HASHES])
    assert len(json.loads(both[misp.MANIFEST])) == 2
    again = misp.to_feed(PACKAGE, manifest=both[misp.MANIFEST], hashes=both[misp.HASHES])
    assert again[misp.MANIFEST] == both[misp.MANIFEST] and again[misp.HASHES] == both[misp.HASHES]
    for broken in (b"{", b"[]", b"[" * 100_000):
        with pytest.raises(InputError, match="move the folder away"):
            misp.to_feed(PACKAGE, manifest=broken)


def test_equal_packages_give_equal_bytes() -> None:
    assert misp.to_event(made_package()) == misp.to_event(PACKAGE)
    assert misp.to_feed(made_package()) == misp.to_feed(PACKAGE)


def test_a_long_record_is_cut_where_misp_cuts_nothing() -> None:
    size = int(tables()["record_part"])
    record = {"text": ("x" * (size - 10) + " " * 20) * 3}
    parts = record_parts(record)
    assert len(parts) > 2 and all(part == part.strip() and len(part) <= 65_535 for part in parts)
    assert json.loads("".join(part.split(" ", 1)[1] for part in parts)) == record


def test_pymisp_writes_it_again_and_geppo_reads_that() -> None:
    again = EVENT.to_json().encode()
    read = misp.from_event(fetched(again))
    assert read.restored == misp.from_event(fetched(misp.to_event(PACKAGE))).restored
    assert read.restored is not None and read.restored.issue.month.claims


def test_hashes_are_md5_of_values() -> None:
    digest = hashlib.md5(b"198.51.100.23", usedforsecurity=False).hexdigest()
    assert digest in misp.to_feed(PACKAGE)[misp.HASHES].decode()
