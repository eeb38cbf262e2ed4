"""JSON of known form: fields, text, markings; other forms are refused; hostile ones cost little."""

from __future__ import annotations

import json
import time
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo import config
from geppo.errors import InputError
from geppo.model.report import Document, Fetched
from geppo.read.text import read_text
from tests.conftest import CASES

ALL = tomllib.loads((CASES / "text" / "structured.toml").read_text(encoding="utf-8"))["case"]
SETTINGS = config.load()


def _read(data: str) -> Document:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    return read_text(Fetched(source="desk", name="file.json", data=data.encode(), collected=now), SETTINGS)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_a_form_becomes_a_document(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(InputError) as caught:
            _read(case["data"])
        assert caught.value.kind == case["refused"]
        return
    document = _read(case["data"])
    for name in ("title", "publisher"):
        assert getattr(document, name) == case.get(name, getattr(document, name))
    assert document.published.isoformat() == case["published"]
    assert document.marking.name == case.get("marking", "CLEAR")
    for part in case["text"]:
        assert part in document.text


WORDS = [
    "objects",
    "id",
    "type",
    "name",
    "description",
    "report",
    "vulnerabilities",
    "cve",
    "cveID",
    "Event",
    "info",
    "date",
    "document",
    "tracking",
    "title",
    "notes",
    "text",
    "Tag",
    "data",
    "epss",
    "object_marking_refs",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)


@given(JSON)
def test_any_json_is_a_document_or_refused(value: Any) -> None:
    with suppress(InputError):
        assert _read(json.dumps(value)).text


def test_hostile_forms_cost_little() -> None:
    deep = '{"objects":' * 50_000
    many = json.dumps({"objects": [{"id": "a", "type": "report", "description": "x" * 100}] * 40_000})
    start = time.process_time()
    for data in (deep, many):
        with pytest.raises(InputError):
            _read(data)
    assert time.process_time() - start < 5
