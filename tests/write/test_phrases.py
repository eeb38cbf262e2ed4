"""The words of both languages: every predicate and rung can be said, and no slot is left without a value."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

import pytest

from geppo.catalog import Catalog
from geppo.model.claim import Predicate, Rung
from geppo.read.rules import rules
from geppo.write.edition import LANGUAGES
from geppo.write.printable import UNPRINTED

_FORMS = {"relay-class/undetermined", "role/human"}
"""Constants that no text prints: each picks a form of its predicate's phrase."""
_READ = ("en", "ja", "zh", "ru", "ko")


def _data(language: str, name: str) -> dict[str, Any]:
    source = resources.files("geppo.language").joinpath(language, name)
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _shape(value: Any) -> Any:
    """Keys of a table and, of its texts, the slots: what both languages must share."""
    if isinstance(value, dict):
        return {key: _shape(part) for key, part in sorted(value.items())}
    return None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("predicate", [one for one in Predicate if one not in UNPRINTED])
def test_every_predicate_has_its_four_forms(predicate: Predicate, language: str) -> None:
    row = _data(language, "phrases.toml")["predicate"][predicate.value]
    for form in (row, *(part for part in row.values() if isinstance(part, dict))):
        assert {"clause", "negated", "heading", "noun"} <= set(form), form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rung", [one for one in Rung if one is not Rung.OPEN])
def test_every_rung_has_a_tail(rung: Rung, language: str) -> None:
    tails = _data(language, "phrases.toml")["tail"][rung.value]
    assert tails
    assert all("{G}" in tail and "{X}" in tail for tail in tails)


def test_both_languages_have_the_same_variants() -> None:
    english, japanese = (_data(language, "phrases.toml")["predicate"] for language in ("en", "ja"))
    for predicate in english:
        mine = {key for key, value in english[predicate].items() if isinstance(value, dict)}
        theirs = {key for key, value in japanese[predicate].items() if isinstance(value, dict)}
        assert mine == theirs, predicate


def test_both_languages_have_the_same_forms() -> None:
    english, japanese = (_shape(_data(language, "forms.toml")["form"]) for language in ("en", "ja"))
    assert english == japanese


@pytest.mark.parametrize("language", _READ)
def test_constants_of_rules_are_entries_of_the_catalogue(language: str) -> None:
    catalog = Catalog.load()
    unknown = []
    for rule in rules(language).rules:
        for slot, value in rule.constants:
            for one in re.split(r"[|?]", str(value)):
                known = one in _FORMS or slot.startswith("what.") or catalog.entry(one) is not None
                if "/" in one and not known:
                    unknown.append(f"{rule.id}: {slot} = {one}")
    assert unknown == []
