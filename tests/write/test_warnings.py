"""A warning names what threatens, and the gate lets it through for each danger and each thing in danger."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources

import pytest

from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.write.edition import LANGUAGES
from geppo.write.forms import form_of
from geppo.write.weighting import weights
from tests.write.test_gate_claims import desk, plain_claim

AGENCY = Term(kind=Kind.IDENTITY, id="publisher/jpcert-cc", name="JPCERT/CC")


def _concepts(kind: str) -> list[Term]:
    data = resources.files("geppo.catalog").joinpath("data/concepts.toml").read_text(encoding="utf-8")
    rows = [row for row in tomllib.loads(data)["concept"] if row["kind"] == kind]
    return [Term(kind=Kind.CONCEPT, id=f"{kind}/{row['id']}", name=row["name"]["en"]) for row in rows]


@pytest.mark.parametrize("kind", weights()["warned_of"])
def test_what_is_warned_of_is_said_and_passes(kind: str) -> None:
    dangers, things = _concepts(kind), _concepts("device")
    # Every danger with some things, and every thing with some dangers: each word is read back at least once.
    pairs = [(what, thing) for n, what in enumerate(dangers) for m, thing in enumerate(things) if n < 2 or m < 3]
    for what, thing in pairs:
        for language in LANGUAGES:
            claim = replace(
                plain_claim(), predicate=Predicate.WARNS, subject=AGENCY, object=thing, qualifiers=(("what", what),)
            )
            assert form_of(claim)
            made = desk(claim)
            text = made.sentence(language, claim)
            assert text is not None
            assert not made.findings(language, text), text
