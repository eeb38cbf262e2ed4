"""JSON of known kinds becomes text that the reader understands; other JSON is refused with what was expected."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo import config
from geppo.catalog import Catalog
from geppo.errors import InputError
from geppo.model.claim import Predicate
from geppo.model.marking import Tlp
from geppo.model.observable import Verdict
from geppo.model.report import Document, Fetched
from geppo.pipeline import read_documents
from geppo.read.text import read_text

CASES = Path(__file__).parent.parent / "cases" / "text" / "structured"
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def _document(data: bytes, name: str = "x.json") -> Document:
    return read_text(Fetched(source="case", name=name, data=data, collected=NOW), config.load())


def _read(name: str) -> tuple[Document, Any]:
    document = _document((CASES / name).read_bytes(), name)
    return document, read_documents([document], Catalog.load())


def test_a_list_of_exploited_vulnerabilities() -> None:
    document, readings = _read("kev.json")
    assert (document.publisher, document.published, document.language) == ("CISA", date(2026, 3, 19), "en")
    assert document.title == "CISA Catalog of Known Exploited Vulnerabilities, 19 March 2026"
    listed = {
        (claim.object.name, claim.when.iso() if claim.when else "")
        for claim in readings.claims
        if claim.predicate is Predicate.LISTS and claim.object
    }
    assert {("CVE-2026-10417", "2026-03-18"), ("CVE-2026-09921", "2026-03-04")} <= listed
    assert "CVE-2021-00001" not in document.text
    assert "1 entries that were added before" in document.text
    assert document.text.index("CVE-2026-10417") < document.text.index("CVE-2026-09921")
    assert document.text.count("ransomware") == 1


def test_an_advisory() -> None:
    document, readings = _read("csaf.json")
    assert (document.publisher, document.published, document.marking) == (
        "Ostrander PSIRT",
        date(2026, 3, 17),
        Tlp.GREEN,
    )
    assert document.url == "https://ostrander.example/OST-2026-004"
    assert "https://lab.example/edge" in document.links
    assert "No warranty" not in document.text
    assert "9.8" in document.text
    fixed = [claim.object.name for claim in readings.claims if claim.predicate is Predicate.FIXES and claim.object]
    assert "CVE-2026-10417" in fixed


def test_half_a_character_in_a_field_breaks_nothing() -> None:
    data = (CASES / "csaf.json").read_bytes()
    assert b'"lang": "en' in data
    document = _document(data.replace(b'"lang": "en', b'"lang": "\\ud800en', 1))
    assert document.language == "en"


def test_a_bundle() -> None:
    document, readings = _read("bundle.json")
    assert (document.publisher, document.published) == ("Osterlund Labs", date(2026, 3, 10))
    assert document.marking is Tlp.GREEN
    assert document.url == "https://osterlund.example/lynx"
    said = {(c.subject.name, c.predicate, c.object.name) for c in readings.claims if c.object}
    assert ("Copper Lynx", Predicate.USES, "Brinewell") in said
    assert "dances" not in document.text
    (report,) = readings.reports
    bad = {seen.value for seen in report.observables if seen.verdict is Verdict.MALICIOUS}
    assert {"203.0.113.77", "c2.lynx-harbour.com"} <= bad


def test_an_event() -> None:
    document, readings = _read("event.json")
    assert (document.publisher, document.published, document.marking) == ("CERT Harbour", date(2026, 3, 11), Tlp.AMBER)
    head, _, tail = document.text.partition("Further values")
    for value in ("203.0.113.78", "gate.lynx-harbour.com", "203.0.113.79", "9f86d081884c7d659a2f"):
        assert value in head
    assert "https://osterlund.example/lynx" in tail
    assert "Nobody" not in document.text
    said = {(c.subject.name, c.predicate, c.object.name) for c in readings.claims if c.object}
    assert ("Copper Lynx", Predicate.USES, "Brinewell") in said


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('{"title": "catalogue"}', "unsupported"),
        ('{"vulnerabilities": [{"id": "x"}]}', "unsupported"),
        ('{"type": "bundle"}', "unsupported"),
        ("[1, 2]", "unsupported"),
        ('{"type": "bundle", "objects": []}', "no-date"),
        ('{"Event": {"info": "x", "Attribute": []}}', "no-date"),
        ('{"document": {"csaf_version": "2.0", "title": "x"}}', "no-date"),
        ('{"type": "bundle", "objects": [', "unreadable"),
        ('{"a": ' + "[" * 70 + "]" * 70 + "}", "unreadable"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "unreadable"),
    ],
)
def test_refused(data: str, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        _document(data.encode())
    assert caught.value.kind == kind


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["type", "objects", "id", "name", "value", "description", "Event", "Attribute", "document", "notes", "cve"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(["kev.json", "csaf.json", "bundle.json", "event.json"]), st.integers(0, 400), VALUES)
def test_changed_files_never_break_the_reader(name: str, place: int, value: object) -> None:
    """One value anywhere in a good file is replaced by anything: a document comes out, or a clear refusal."""
    raw = json.loads((CASES / name).read_text())
    places: list[tuple[Any, Any]] = []
    queue: list[Any] = [raw]
    while queue:
        here = queue.pop()
        for key, inner in here.items() if isinstance(here, dict) else enumerate(here):
            places.append((here, key))
            if isinstance(inner, dict | list):
                queue.append(inner)
    holder, key = places[place % len(places)]
    holder[key] = value
    try:
        document = _document(json.dumps(raw).encode())
    except InputError as error:
        assert error.kind in {"unsupported", "no-date", "unreadable", "empty", "marking", "future-date"}
    else:
        assert document.text
