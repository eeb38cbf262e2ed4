"""`edition.json`: as the command contract says, valid by the schema that ships, nothing lost."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import jsonschema
import pytest

from geppo.deliver import edition_json
from geppo.deliver._paper import packaged
from geppo.model.assessment import Assessment
from geppo.model.claim import Claim
from geppo.model.edition import EditionKind, Issue


@pytest.fixture(scope="module")
def record(issue: Issue) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(edition_json.render_issue(issue))
    return made


def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(packaged("edition.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_valid_by_its_schema(record: dict[str, Any]) -> None:
    assert [error.message for error in _validator().iter_errors(record)] == []


@pytest.mark.parametrize(
    "name", ["period", "as_of", "editions", "stories", "claims", "assessments", "references", "gaps"]
)
def test_the_schema_wants_the_parts_of_the_contract(record: dict[str, Any], name: str) -> None:
    assert list(_validator().iter_errors({key: value for key, value in record.items() if key != name}))


def test_the_schema_refuses_a_sentence_that_rests_on_nothing(record: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(record))
    broken["editions"][0]["sections"][0]["sentences"][0] |= {"claims": [], "assessments": []}
    assert list(_validator().iter_errors(broken))


def test_shape_of_the_contract(record: dict[str, Any], issue: Issue) -> None:
    assert record["period"] == "2031-05" and record["as_of"] == "2031-06-03T06:01:00+00:00"
    edition = record["editions"][0]
    assert {"language", "kind", "sections"} <= edition.keys()
    assert {"heading", "story", "sentences"} <= edition["sections"][1].keys()
    sentence = edition["sections"][1]["sentences"][0]
    assert {"id", "text", "claims", "assessments", "citations"} <= sentence.keys()
    story = record["stories"][0]
    assert story["score"] == {"effect": 0.8, "novelty": 0.6, "support": 0.5} and story["independent_origins"] == 2
    assert record["gaps"][0].keys() == {"source", "kind", "message"}
    assert {"n", "publisher", "title", "url", "published", "accessed"} <= record["references"][0].keys()


def test_claims_and_assessments_are_whole(record: dict[str, Any], issue: Issue) -> None:
    claim, assessment = record["claims"][0], record["assessments"][0]
    assert {field.name for field in fields(Claim)} <= claim.keys()
    assert {field.name for field in fields(Assessment)} <= assessment.keys()
    first = issue.month.claims[0]
    assert claim["passage"]["text"] == first.passage.text and claim["speaker"] == first.speaker
    assert assessment["likelihood"] == {"low": 0.05, "point": 0.2, "high": 0.55, "word": "unlikely"}


def test_too_little_for_a_likelihood_is_said(record: dict[str, Any]) -> None:
    nothing = next(one for one in record["assessments"] if one["id"] == "a-nothing")
    assert nothing["likelihood"]["word"] == "insufficient" and nothing["detail"]["word"] == "insufficient"


def test_every_id_resolves(record: dict[str, Any]) -> None:
    claims = {claim["id"] for claim in record["claims"]}
    assessments = {one["id"] for one in record["assessments"]}
    for edition in record["editions"]:
        numbers = {reference["n"] for reference in edition["references"]}
        for section in edition["sections"]:
            assert [one for group in section["paragraphs"] for one in group] == [s["id"] for s in section["sentences"]]
            for sentence in section["sentences"]:
                assert set(sentence["claims"]) <= claims and set(sentence["assessments"]) <= assessments
                assert set(sentence["citations"]) <= numbers


def test_text_stays_verbatim(record: dict[str, Any], issue: Issue) -> None:
    hostile = next(claim for claim in record["claims"] if claim["id"] == "c-hostile")
    assert hostile["passage"]["text"].startswith("<script>")
    assert record["references"][2]["url"] == "javascript:alert(document.domain)"


def test_references_tell_which_editions_number_them_so(issue: Issue) -> None:
    member = issue.editions[0]
    public = next(one for one in reversed(issue.editions) if one.kind is EditionKind.PUBLIC)
    moved = replace(public, references=tuple(replace(ref, n=ref.n + 1) for ref in public.references))
    record = edition_json.record(replace(issue, editions=(member, moved)))
    twos = [(row["report"], row["editions"]) for row in record["references"] if row["n"] == 2]
    assert sorted(editions for _, editions in twos) == [["member.ja"], ["public.en"]]
