"""Countries and regions with their names in five languages, the cities that stand for a government, and others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geppo.catalog.tables import LANGUAGES, Folder
from geppo.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country (`code` is ISO 3166-1 alpha-2) or a region (`code` is a word of ours in lower case).

    `forms` are names and adjectives by language, `metonyms` are cities that stand for the state, also by language.
    `cities` are cities and provinces in it. `cased` forms count only in their printed case. `name` is the English name
    as a sentence prints it, article and all.
    """

    code: str
    name: str
    name_ja: str
    adjective: str
    forms: Mapping[str, tuple[str, ...]]
    metonyms: Mapping[str, tuple[str, ...]]
    cities: Mapping[str, tuple[str, ...]]
    cased: bool = False

    @property
    def bare_name(self) -> str:
        """The English name without its article."""
        return self.name.removeprefix("the ")

    @property
    def id(self) -> str:
        """Catalogue id."""
        return f"country/{self.code}"


def read_places(folder: Folder) -> tuple[Place, ...]:
    """Read `countries.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    cities = _read_cities(folder)
    for row in folder.entries("countries.toml", "country"):
        code, names, adjective = row.text("id"), row.inner("name"), row.inner("adjective")
        place = Place(
            code=code,
            name=names.text("en"),
            name_ja=names.text("ja"),
            adjective=adjective.text("en", default=""),
            forms=row.by_language("forms"),
            metonyms=row.by_language("metonym"),
            cities=cities.pop(code, {}),
            cased=row.flag("cased"),
        )
        names.drop("zh", "ru", "ko")
        for part in (names, adjective, row):
            part.finish()
        found.append(place)
    if cities:
        raise DataError(f"countries.toml: [[city]] of the unknown countries {', '.join(sorted(cities))}")
    return tuple(found)


def _read_cities(folder: Folder) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Cities and provinces by the code of their country."""
    cities: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for row in folder.entries("countries.toml", "city"):
        cities[row.text("country")] = {language: row.texts(language) for language in LANGUAGES}
        row.finish()
    return cities


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """A form that names several states at once, or a trap whose only state stands in its second half."""

    form: str
    language: str
    codes: tuple[str, ...]


def read_compounds(folder: Folder) -> tuple[Compound, ...]:
    """Read the compounds of `countries.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in folder.entries("countries.toml", "compound"):
        found.append(
            Compound(form=row.text("form"), language=row.choice("language", LANGUAGES), codes=row.texts("ids"))
        )
        row.finish()
    return tuple(found)
