"""Files as others write them, and hostile ones: what is read stands in the file, and nothing breaks."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geppo.config import Settings, load
from geppo.errors import InputError
from geppo.exchange import Imported, misp, stix
from geppo.model.marking import Tlp
from tests.exchange.made import COLLECTED, fetched, made_package

CASES = Path(__file__).parents[1] / "cases" / "exchange"
EXPECTED = tomllib.loads((CASES / "expected.toml").read_text(encoding="utf-8"))
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SMALL = Settings(
    known=load().known,
    values={"exchange.most_bytes": 2_000_000, "exchange.most_depth": 30, "exchange.most_parts": 500},
)


def read(name: str, data: bytes, **declared: str) -> Imported:
    """Read a file by what its name says."""
    reader = misp.from_event if name.startswith("misp") else stix.from_bundle
    return reader(fetched(data, f"{name}.json", **declared), SMALL)


def stands(found: Imported) -> None:
    """All that is read is a slice of the file, and what is kept can be written down."""
    text = found.document.text
    for claim in found.claims:
        passage = claim.passage
        assert passage.text and text[passage.start : passage.end] == passage.text
        assert passage.document == claim.report == found.document.sha256
        assert claim.published <= COLLECTED.date() and claim.marking <= Tlp.RED
    for mention in found.report.mentions:
        assert text[mention.start : mention.end] == mention.surface
    for seen in found.report.observables:
        assert 0 <= seen.start <= seen.end <= len(text) and seen.value
    assert found.document.published <= COLLECTED.date()
    repr(found).encode("utf-8", "replace")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_others_write(name: str) -> None:
    found = read(name, (CASES / f"{name}.json").read_bytes())
    wanted = EXPECTED[name]
    document = found.document
    assert (document.publisher, document.title, document.language) == tuple(
        wanted[key] for key in ("publisher", "title", "language")
    )
    assert (document.published, document.marking.label) == (wanted["published"], wanted["marking"])
    mentions = [f"{one.kind.value} {one.name}" for one in found.report.mentions]
    assert sorted(mentions) == sorted(wanted["mentions"])
    values = [f"{one.type.value} {one.value} {one.verdict.value}" for one in found.report.observables]
    assert sorted(values) == sorted(wanted["observables"])
    claims = [
        " | ".join(
            (
                claim.subject.name,
                claim.predicate.value,
                claim.object.name if claim.object else "",
                claim.hedge.rung.value,
                claim.marking.label,
                ", ".join(claim.voices),
                claim.when.iso() if claim.when else "",
                claim.published.isoformat(),
            )
        )
        for claim in found.claims
    ]
    assert sorted(claims) == sorted(wanted["claims"])
    assert [gap.message for gap in found.gaps] == wanted["gaps"]
    for mention in found.report.mentions:
        assert json.loads(f'"{mention.surface}"') == mention.name
    for seen in found.report.observables:
        there = json.loads(f'"{document.text[seen.start : seen.end]}"')
        assert there.lower() == seen.value.lower().removeprefix("as" if seen.type.value == "asn" else ""), seen
    assert found.restored is None
    stands(found)


def test_the_source_may_say_what_the_file_does_not() -> None:
    data = (CASES / "attack.json").read_bytes()
    found = read("attack", data, publisher="Example matrix", marking="TLP:CLEAR", url="https://matrix.example/")
    assert found.document.publisher == "Example matrix" and found.document.marking is Tlp.CLEAR
    assert found.document.url == "https://matrix.example/" and {claim.voices for claim in found.claims} == {()}


def test_a_catalogue_may_resolve_names() -> None:
    data = (CASES / "opencti.json").read_bytes()
    found = stix.from_bundle(
        fetched(data), SMALL, resolve=lambda kind, name: f"{kind.value}/known" if name == "Marsh Osprey" else ""
    )
    assert {claim.subject.id for claim in found.claims} == {"intrusion-set/known", "new:SALT­REED"}


def test_an_unknown_marking_is_the_most_closed() -> None:
    raw = json.loads((CASES / "opencti.json").read_bytes())
    for one in raw["objects"]:
        if one["type"] == "relationship":
            one["object_marking_refs"] = ["marking-definition--00000000-0000-4000-8000-000000000000"]
    found = read("opencti", json.dumps(raw).encode())
    said = {claim.marking for claim in found.claims if claim.predicate.value != "same-as"}
    assert said == {Tlp.RED} and found.document.marking is Tlp.RED
    assert any("taken for TLP:RED" in gap.message for gap in found.gaps)


def test_a_date_after_the_day_of_collection_is_that_day() -> None:
    raw = json.loads((CASES / "opencti.json").read_bytes())
    for one in raw["objects"]:
        one["modified"] = "2099-01-01T00:00:00.000Z"
    found = read("opencti", json.dumps(raw).encode())
    assert {claim.published for claim in found.claims} == {COLLECTED.date()} == {found.document.published}
    raw = json.loads((CASES / "misp-feed.json").read_bytes())
    raw["Event"]["date"] = "2099-01-01"
    assert read("misp-feed", json.dumps(raw).encode()).document.published == COLLECTED.date()


def test_misp_without_a_tag_goes_by_distribution() -> None:
    raw = json.loads((CASES / "misp-feed.json").read_bytes())
    raw["Event"]["Tag"] = []
    for level, marking in {"0": Tlp.AMBER_STRICT, "3": Tlp.CLEAR, "9": Tlp.AMBER}.items():
        raw["Event"]["distribution"] = level
        assert read("misp-feed", json.dumps(raw).encode()).document.marking is marking
    raw["Event"]["Tag"] = [{"name": "tlp:ultraviolet"}]
    assert read("misp-feed", json.dumps(raw).encode()).document.marking is Tlp.RED


def test_claims_of_our_own_bundle_are_told_as_of_those_who_said_them() -> None:
    package = made_package()
    for found in (
        stix.from_bundle(fetched(stix.to_bundle(package), publisher="desk")),
        misp.from_event(fetched(misp.to_event(package), publisher="desk")),
    ):
        told = [claim for claim in found.claims if claim.rule.endswith("/record")]
        assert len(told) == len(package.issue.month.claims)
        said = {(claim.predicate, claim.subject, claim.voices) for claim in told}
        assert said == {
            (claim.predicate, claim.subject, (claim.publisher, *claim.voices)) for claim in package.issue.month.claims
        }
        stands(found)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"[]", "not-"),
        (b"null", "not-"),
        (b'"objects"', "not-"),
        (b'{"objects": {}}', "not-"),
        (b'{"objects": []} x', "json"),
        (b'{"a": NaN}', "json"),
        (b'{"a": 1e999}', "json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "json"),
        (b"\xff\xfe{}", "encoding"),
        (b"[" * 200_000, "too-deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too-deep"),
        (b" " * 2_000_001, "too-large"),
    ],
)
@pytest.mark.parametrize("name", ["stix", "misp"])
def test_what_is_no_such_file(data: bytes, kind: str, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read(name, data)
    assert caught.value.kind.startswith(kind) and f"{name}.json" in str(caught.value)


def test_too_many_parts() -> None:
    with pytest.raises(InputError) as caught:
        read("stix", json.dumps({"type": "bundle", "objects": [{}] * 501}).encode())
    assert caught.value.kind == "too-many"
    attributes = [{"type": "domain", "value": "a.example"}] * 501
    with pytest.raises(InputError) as caught:
        read("misp", json.dumps({"Event": {"info": "x", "Attribute": attributes}}).encode())
    assert caught.value.kind == "too-many"


def test_one_object_cannot_fill_the_memory() -> None:
    """Many claims on one long object, many values in one pattern, one attribute of many parts: bounded and quick."""
    names = [f"name {n}" for n in range(600)]
    malware = {"type": "malware", "id": "malware--1", "name": "x", "aliases": names, "description": "y" * 500_000}
    found = read("stix", json.dumps({"objects": [malware]}).encode())
    assert len(found.claims) == 600 and all(len(claim.passage.text) <= 4000 for claim in found.claims)
    stands(found)
    composite = {"type": "|".join(["domain"] * 9000), "value": "|".join(["a.example"] * 9000)}
    event = {"info": "x", "Orgc": {"name": "y"}, "Attribute": [composite]}
    assert len(read("misp", json.dumps({"Event": event}).encode()).report.observables) <= 2
    kinds = [{"type": f"x-made-{n}", "id": f"x-made-{n}--1"} for n in range(300)]
    assert len(read("stix", json.dumps({"objects": kinds}).encode()).gaps) == 101


def test_more_than_is_read_is_told() -> None:
    names = [f"name {n}" for n in range(5000)]
    with pytest.raises(InputError) as caught:
        read(
            "stix", json.dumps({"objects": [{"type": "tool", "id": "tool--1", "name": "x", "aliases": names}]}).encode()
        )
    assert caught.value.kind == "too-many"


def test_values_of_a_pattern_stand_where_they_are_said() -> None:
    values = ["it's.example", "b.example", "b.example", "c.example"]
    pattern = " OR ".join("[domain-name:value = '{}']".format(value.replace("'", "\\'")) for value in values)
    one = {"type": "indicator", "id": "indicator--1", "pattern": pattern}
    found = read("stix", json.dumps({"objects": [one]}).encode())
    text = found.document.text
    said = [(seen.value, text[seen.start : seen.end]) for seen in found.report.observables]
    assert [value for value, there in said if value == there] == ["b.example", "b.example", "c.example"]
    assert ("it's.example", json.dumps(pattern)[1:-1]) in said


# --- mutations ---

SEEDS: dict[str, Any] = {name: json.loads((CASES / f"{name}.json").read_bytes()) for name in EXPECTED}
SEEDS["stix-own"] = json.loads(stix.to_bundle(made_package()))
SEEDS["misp-own"] = json.loads(misp.to_event(made_package()))
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["\ud800", "\x00", "bundle", "relationship", "9" * 400, "0001-01-01", "9999-12-31T23:59:59-14:00"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] + [place for key, inner in rows for place in _places(inner, (*at, key))]


PLACES = {name: _places(seed)[1:] for name, seed in SEEDS.items()}


def _replace(whole: Any, place: tuple[Any, ...], junk: Any, drop: bool) -> None:
    for key in place[:-1]:
        whole = whole[key] if (isinstance(whole, dict) and key in whole) or isinstance(whole, list) else {}
        if not isinstance(whole, dict | list):
            return
    key = place[-1]
    if isinstance(whole, list) and (not isinstance(key, int) or key >= len(whole)):
        return
    if drop and (isinstance(whole, list) or key in whole):
        del whole[key]
    elif not drop:
        whole[key] = junk


@QUICK
@given(st.data())
def test_mutated_files_give_what_stands_in_them_or_a_clear_error(data: Any) -> None:
    name = data.draw(st.sampled_from(sorted(SEEDS)))
    whole = copy.deepcopy(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        _replace(whole, data.draw(st.sampled_from(PLACES[name])), data.draw(JUNK), data.draw(st.booleans()))
    try:
        stands(read(name, json.dumps(whole).encode()))
    except InputError as error:
        assert error.kind in {"not-stix", "not-misp", "json", "too-deep", "too-many", "too-large"}


@QUICK
@given(st.sampled_from(["opencti", "misp-api"]), st.integers(0, 10**6), st.binary(max_size=4), st.integers(0, 3))
def test_torn_files_give_what_stands_in_them_or_a_clear_error(name: str, at: int, new: bytes, cut: int) -> None:
    data = (CASES / f"{name}.json").read_bytes()
    place = at % len(data)
    try:
        stands(read(name, data[:place] + new + data[place + cut :]))
    except InputError as error:
        assert error.kind in {"not-stix", "not-misp", "json", "encoding", "too-deep"}
