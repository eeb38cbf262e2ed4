"""No story, name or number of the shipped month stands in code, rules or templates."""

from __future__ import annotations

from pathlib import Path

import geppo
from tests.conftest import made_month

SOURCE = Path(geppo.__file__).parent
PLACES_OF_NAMES = ("sample", "catalog/data", "relay/fingerprints")
"""The shipped documents; the catalogue and the fingerprints, whose names have sources of their own."""


def _files() -> list[Path]:
    return [
        path
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in {".py", ".toml", ".j2", ".typ", ".css", ".sql"}
        and not str(path.relative_to(SOURCE)).startswith(PLACES_OF_NAMES)
    ]


def test_names_of_the_month_are_nowhere_else() -> None:
    claims = made_month("sample").month.claims
    names = {
        term.name
        for claim in claims
        for term in (claim.subject, claim.object)
        if term is not None and term.id.startswith(("new:", "actor/", "malware/", "campaign/"))
    }
    assert len(names) > 15
    found = [(path.name, name) for path in _files() for name in names if name in path.read_text(encoding="utf-8")]
    assert found == []
