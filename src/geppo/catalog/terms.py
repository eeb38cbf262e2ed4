"""Sectors and concepts (devices, services, products, units …) as texts name them, and how we print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from geppo.catalog.tables import entries
from geppo.model.entity import Kind

COUNTER = "件"
"""The Japanese counter of things that have none of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A sector or a concept. `counter` is the Japanese counter word, `plural` the English plural."""

    id: str
    kind: Kind
    name: str
    name_ja: str
    plural: str
    counter: str
    forms: Mapping[str, tuple[str, ...]]


def read_sectors(path: Traversable) -> tuple[Concept, ...]:
    """Read `sectors.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in entries(path, "sector"):
        name, names = row.text("id"), row.inner("name")
        english = names.text("en")
        found.append(
            Concept(
                id=f"sector/{name}",
                kind=Kind.SECTOR,
                name=english,
                name_ja=names.text("ja"),
                plural=f"{english}s",
                counter=COUNTER,
                forms=row.by_language("forms"),
            )
        )
        names.finish()
        row.finish()
    return tuple(found)


def read_concepts(path: Traversable) -> tuple[Concept, ...]:
    """Read `concepts.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in entries(path, "concept"):
        name, kind, names, plural = row.text("id"), row.text("kind"), row.inner("name"), row.inner("plural")
        english = names.text("en")
        found.append(
            Concept(
                id=f"{kind}/{name}",
                kind=Kind.PRODUCT if kind == "product" else Kind.CONCEPT,
                name=english,
                name_ja=names.text("ja"),
                plural=plural.text("en", default="") or f"{english}s",
                counter=row.text("counter", default="") or COUNTER,
                forms=row.by_language("forms"),
            )
        )
        for part in (names, plural, row):
            part.finish()
    return tuple(found)
