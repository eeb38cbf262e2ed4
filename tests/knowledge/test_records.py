"""One codec, two forms of a record: what earlier versions wrote is read, and written again with the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from geppo.errors import DataError, InputError
from geppo.exchange import Package, _record
from geppo.exchange._restored import TYPES
from geppo.knowledge import codec
from geppo.model.claim import Claim, Hedge
from geppo.model.report import Document
from tests.conftest import CASES
from tests.exchange.made import packages

FORMS: dict[str, dict[str, str]] = json.loads((CASES / "records" / "forms.json").read_text(encoding="utf-8"))
"""Records as version 0.1.0 wrote them into its store and into STIX and MISP."""


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("name", sorted(FORMS))
def test_records_of_an_earlier_version(name: str) -> None:
    kind, said = TYPES[name], FORMS[name]
    stored = codec.loads(kind, said["store"])
    assert codec.dumps(stored) == said["store"]
    foreign = _record.build(kind, json.loads(said["foreign"]))
    assert compact(_record.plain(foreign)) == said["foreign"]
    assert foreign == stored


def test_the_forms_differ_where_they_have_to() -> None:
    assert '"marking":"AMBER_STRICT"' in FORMS["claim"]["store"] or '"marking":"CLEAR"' in FORMS["claim"]["store"]
    assert '"marking":"TLP:' in FORMS["claim"]["foreign"]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(packages())
def test_any_value_survives_both_forms(package: Package) -> None:
    month = package.issue.month
    values = [*month.documents, *month.claims, *month.assessments, *month.stories, *package.reports, *package.hosts]
    for value in [*values, *package.networks, *package.sightings]:
        text = codec.dumps(value)
        assert codec.loads(type(value), text) == value
        record = _record.plain(value)
        assert _record.plain(_record.build(type(value), json.loads(json.dumps(record)))) == record


MISFITS: tuple[tuple[str, Any], ...] = (
    ("not an object", []),
    ("a field that is none", {"rung": "likely", "strength": 1}),
    ("a field that is missing", {"text": "x"}),
    ("no member", {"rung": "certainly"}),
    ("another type", {"rung": "likely", "text": 7}),
    ("null where something has to be", {"rung": None}),
    ("an object for a member", {"rung": {}}),
    ("an array for a member", {"rung": ["likely"]}),
    ("no grade", {"rung": "likely", "grade": 0}),
)


@pytest.mark.parametrize(("what", "raw"), MISFITS, ids=[what for what, _ in MISFITS])
def test_what_does_not_fit_is_refused(what: str, raw: Any) -> None:
    with pytest.raises(DataError, match="geppo"):
        codec.build(Hedge, raw)
    with pytest.raises(InputError) as caught:
        _record.build(Hedge, raw)
    assert caught.value.kind == "record"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published", "2031-13-01"),
        ("published", 7),
        ("links", "a"),
        ("collected", "yesterday"),
        ("marking", "TLP:PINK"),
    ],
)
def test_fields_that_do_not_fit(field: str, value: Any) -> None:
    with pytest.raises(DataError):
        codec.build(Document, {**json.loads(FORMS["document"]["store"]), field: value})
    with pytest.raises(InputError):
        _record.build(Document, {**json.loads(FORMS["document"]["foreign"]), field: value})


def test_only_the_form_for_others_is_strict_on_moments_and_numbers() -> None:
    document = json.loads(FORMS["document"]["store"])
    codec.build(Document, {**document, "collected": "2031-05-01T00:00:00"})
    with pytest.raises(InputError, match="zone"):
        _record.build(Document, {**json.loads(FORMS["document"]["foreign"]), "collected": "2031-05-01T00:00:00"})
    claim = json.loads(FORMS["claim"]["foreign"])
    for value in (float("inf"), True, "7"):
        with pytest.raises(InputError):
            _record.build(Claim, {**claim, "count": {**claim["count"], "value": value}})
    assert _record.build(Claim, {**claim, "count": {**claim["count"], "value": 7}}).count.value == 7.0
