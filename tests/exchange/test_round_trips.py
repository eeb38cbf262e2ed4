"""What goes out comes back, but for what limits.toml says is lost."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from geppo.exchange import Package, _restored, misp, stix
from geppo.exchange._ids import NAMESPACE
from geppo.exchange._record import hints
from tests.exchange.made import LOST, fetched, forget, made_package, packages

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("consumer", ["strict", "opencti", "misp"])
def test_the_made_month_survives_stix(consumer: str) -> None:
    package = made_package()
    assert stix.from_bundle(fetched(stix.to_bundle(package, consumer=consumer))).restored == forget(package, "stix")


@QUICK
@given(packages())
def test_any_package_survives_stix(package: Package) -> None:
    assert stix.from_bundle(fetched(stix.to_bundle(package))).restored == forget(package, "stix")


def test_the_made_month_survives_misp() -> None:
    package = made_package()
    files = misp.to_feed(package)
    event = next(data for name, data in files.items() if len(name) == 41)
    for data in (event, misp.to_event(package)):
        assert misp.from_event(fetched(data)).restored == forget(package, "misp")


@QUICK
@given(packages())
def test_any_package_survives_misp(package: Package) -> None:
    assert misp.from_event(fetched(misp.to_event(package))).restored == forget(package, "misp")


def test_limits_name_fields_that_are_there() -> None:
    types = {type_.__name__: type_ for type_ in _restored.TYPES.values()}
    for row in LOST:
        type_, _, name = row["field"].partition(".")
        if type_ in types:
            assert name in {field.name for field in fields(types[type_])} and name in hints(types[type_])
        assert row["why"] and row["formats"]


def test_the_document_tells_what_is_lost() -> None:
    text = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
    for row in LOST:
        assert f"| `{row['field']}` | {row['why']} |" in text, row["field"]
    assert str(NAMESPACE) in text and "urn:geppo:exchange" in text


def test_examples_of_the_document_run() -> None:
    text = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.S)
    assert examples
    for example in examples:
        exec(compile(example, "docs/exchange.md", "exec"), {"__name__": "example"})
