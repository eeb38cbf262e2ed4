"""Who publishes: vendors, press, agencies and others, with the names that they go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from geppo.catalog.folding import is_word, key
from geppo.catalog.tables import Folder

KINDS = (
    "vendor",
    "press",
    "agency",
    "cert",
    "university",
    "platform",
    "encyclopedia",
    "blog",
    "aggregator",
)

SHORTEST_PART = 3
"""Letters of a name that is looked for inside a longer one."""


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """A publisher. `country` is an ISO 3166-1 alpha-2 code or empty; `forms` are further names."""

    id: str
    name: str
    name_ja: str
    kind: str
    country: str
    forms: tuple[str, ...]

    @cached_property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Names that may be known inside a longer one, as they are and folded."""
        folded = ((name, name.casefold()) for name in self.names)
        return tuple((name, part) for name, part in folded if len(part) >= SHORTEST_PART)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, the printed one first."""
        return tuple(dict.fromkeys((self.name, *filter(None, [self.name_ja]), *self.forms)))


def read_publishers(folder: Folder) -> tuple[Publisher, ...]:
    """Read `publishers.toml`. Raises DataError for an entry that breaks the format."""
    found = []
    for row in folder.entries("publishers.toml", "publisher"):
        found.append(
            Publisher(
                id=f"org/{row.text('id')}",
                name=row.text("name"),
                name_ja=row.text("name_ja", default=""),
                kind=row.choice("kind", KINDS),
                country=row.text("country", default=""),
                forms=row.texts("forms"),
            )
        )
        row.finish()
    return tuple(found)


def by_key(publishers: Sequence[Publisher]) -> dict[str, Publisher]:
    """Publishers by folded name; where two share one, the earlier entry has it."""
    index: dict[str, Publisher] = {}
    for publisher in publishers:
        for name in publisher.names:
            index.setdefault(key(name), publisher)
    return index


def _contains(name: str, part: str) -> bool:
    """True where `part` stands in `name` as whole words (both lower case)."""
    at = name.find(part)
    while at >= 0:
        end = at + len(part)
        if not (at and is_word(name[at - 1]) and is_word(part[0])) and not (
            end < len(name) and is_word(name[end]) and is_word(part[-1])
        ):
            return True
        at = name.find(part, at + 1)
    return False


def find_publisher(index: Mapping[str, Publisher], name: str) -> Publisher | None:
    """The publisher of a name as pages print it.

    The whole name wins; then the part before a bracket; then the known name inside it that ends last (a unit stands
    behind its house: "House Unit"), the longer one of two that end together.
    """
    for attempt in (name, name.partition("(")[0], name.partition("（")[0]):
        if found := index.get(key(attempt)):
            return found
    lower = name.partition("(")[0].casefold()
    best: tuple[int, int, str] | None = None
    for publisher in {id(one): one for one in index.values()}.values():
        for form, part in publisher.parts:
            if part in lower and _contains(lower, part):
                rank = (lower.rfind(part) + len(part), len(part), form)
                best = max(best, rank) if best else rank
    return index[key(best[2])] if best else None
