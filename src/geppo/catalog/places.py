"""Countries and regions with their names in five languages, and the cities that stand for a government."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from geppo.catalog.tables import entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country (`code` is ISO 3166-1 alpha-2) or a region (`code` is a word of ours, such as EU).

    `forms` are names and adjectives by language, `metonyms` are cities that stand for the state, also by language.
    """

    code: str
    name: str
    name_ja: str
    adjective: str
    forms: Mapping[str, tuple[str, ...]]
    metonyms: Mapping[str, tuple[str, ...]]

    @property
    def id(self) -> str:
        """Catalogue id."""
        return f"country/{self.code}"


def read_places(path: Traversable) -> tuple[Place, ...]:
    """Read `countries.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in entries(path, "country"):
        code, names, adjective = row.text("id"), row.inner("name"), row.inner("adjective")
        place = Place(
            code=code,
            name=names.text("en"),
            name_ja=names.text("ja"),
            adjective=adjective.text("en", default=""),
            forms=row.by_language("forms"),
            metonyms=row.by_language("forms_metonym"),
        )
        for part in (names, adjective, row):
            part.finish()
        found.append(place)
    return tuple(found)
