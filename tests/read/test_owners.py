"""Whose systems and data a statement speaks of: from the words beside them, or from a page that tells of one house."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geppo.catalog import Catalog, Name
from geppo.model.entity import Kind
from geppo.pipeline import loose_document
from geppo.read.names import slug
from geppo.read.reading import new_names, read_document
from tests.conftest import CASES

OWNERS = tomllib.loads((CASES / "owners.toml").read_text(encoding="utf-8"))["case"]
NOTHING = "-"
"""In a case: no claim of the predicate at all."""


@pytest.mark.parametrize("case", OWNERS, ids=[case["id"] for case in OWNERS])
def test_whose_it_is(case: dict[str, Any]) -> None:
    document = replace(
        loose_document(case["text"], case["language"], date(2031, 5, 20)), publisher=case.get("publisher", "")
    )
    known = tuple(
        Name(kind=Kind.IDENTITY, id=f"new:{slug(name)}", name=name, forms=(name,)) for name in case["known"]
    )  # fmt: skip
    catalog = Catalog.load()
    reading = read_document(document, catalog, (*known, *new_names(document, catalog, known)))
    claims = [claim for claim in reading.claims if claim.predicate.value == case["predicate"]]
    if case["owner"] == NOTHING:
        assert not claims
        return
    owners = [claim.qualifier("owner") for claim in claims]
    assert {owner.name for owner in owners if owner is not None} == ({case["owner"]} if case["owner"] else set())
    things = [claim.object.name for claim in claims if claim.object is not None]
    assert claims
    assert case.get("object") in (None, *things)
