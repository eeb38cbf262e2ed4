"""Sectors and concepts (devices, services, products, units …) as texts name them, and how we print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geppo.catalog.tables import Folder
from geppo.model.entity import Kind

COUNTER = "件"
"""The Japanese counter of things that have none of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A sector or a concept.

    `counter` is the Japanese counter word, `plural` the English plural, `short` a word for tables and charts. `cased`
    forms count only in their printed case.
    """

    id: str
    kind: Kind
    name: str
    name_ja: str
    plural: str
    counter: str
    short: str
    short_ja: str
    forms: Mapping[str, tuple[str, ...]]
    cased: bool = False


def read_sectors(folder: Folder) -> tuple[Concept, ...]:
    """Read `sectors.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in folder.entries("sectors.toml", "sector"):
        name, names, short = row.text("id"), row.inner("name"), row.inner("short")
        english, name_ja = names.text("en"), names.text("ja")
        found.append(
            Concept(
                id=f"sector/{name}",
                kind=Kind.SECTOR,
                name=english,
                name_ja=name_ja,
                plural=english,
                counter=COUNTER,
                short=short.text("en", default="") or english,
                short_ja=short.text("ja", default="") or name_ja,
                forms=row.by_language("forms"),
                cased=row.flag("cased"),
            )
        )
        for part in (names, short, row):
            part.finish()
    return tuple(found)


_MASS = frozenset({"data", "ai", "technique-word", "body", "service", "act"})
"""Kinds whose entries without a plural of their own have none: "customer data", "phishing", "police"."""


def read_concepts(folder: Folder) -> tuple[Concept, ...]:
    """Read `concepts.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in folder.entries("concepts.toml", "concept"):
        name, kind, names, plural = row.text("id"), row.text("kind"), row.inner("name"), row.inner("plural")
        english, name_ja = names.text("en"), names.text("ja")
        found.append(
            Concept(
                id=f"{kind}/{name}",
                kind=Kind.PRODUCT if kind == "product" else Kind.CONCEPT,
                name=english,
                name_ja=name_ja,
                plural=plural.text("en", default="") or (english if kind in _MASS else f"{english}s"),
                counter=row.text("counter", default="") or COUNTER,
                short=english,
                short_ja=name_ja,
                forms=row.by_language("forms"),
                cased=row.flag("cased"),
            )
        )
        for part in (names, plural, row):
            part.finish()
    return tuple(found)
