"""Phrases of a writing language, as data, and the small template notation that they use.

`{S}` is a slot. `[…]` is dropped where a slot in it is empty. `{n|one origin|# origins}` chooses by a number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.errors import DataError

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_CHOICE = re.compile(r"\{([A-Za-z_]+)\|([^|{}]*)\|([^|{}]*)\}")
_SLOT = re.compile(r"\{([A-Za-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The phrases of one language."""

    language: str
    data: Mapping[str, Any]

    def text(self, *path: str) -> str:
        """A phrase by its path. Raises DataError that names the path."""
        found = self._find(path)
        if not isinstance(found, str):
            raise DataError(f"language/{self.language}/phrases: no phrase {'.'.join(path)}")
        return found

    def choices(self, *path: str) -> tuple[str, ...]:
        """Several wordings of one thing."""
        found = self._find(path)
        if isinstance(found, str):
            return (found,)
        if not isinstance(found, list) or not found:
            raise DataError(f"language/{self.language}/phrases: no phrases {'.'.join(path)}")
        return tuple(found)

    def has(self, *path: str) -> bool:
        """True where the path has a phrase."""
        return self._find(path) is not None

    def keys(self, *path: str) -> tuple[str, ...]:
        """The names of the phrases at a path; none where there is nothing."""
        found = self._find(path)
        return tuple(found) if isinstance(found, Mapping) else ()

    def _find(self, path: tuple[str, ...]) -> Any:
        at: Any = self.data
        for step in path:
            if not isinstance(at, Mapping) or step not in at:
                return None
            at = at[step]
        return at


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language that geppo writes (ja, en)."""
    folder = resources.files("geppo.language").joinpath(language)
    data: dict[str, Any] = {}
    for name in ("phrases.toml", "forms.toml", "glossary.toml"):
        data.update(tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")))
    return Phrases(language=language, data=data)


def fill(template: str, slots: Mapping[str, str]) -> str:
    """Fill a template. Raises DataError for a slot that has no value outside an optional part."""

    def optional(found: re.Match[str]) -> str:
        names = [name for name, *_ in _CHOICE.findall(found.group(1))] + _SLOT.findall(found.group(1))
        return found.group(1) if all(slots.get(name) for name in names) else ""

    def choice(found: re.Match[str]) -> str:
        number = slots.get(found.group(1), "")
        return (found.group(2) if number == "1" else found.group(3)).replace("#", number)

    def slot(found: re.Match[str]) -> str:
        if found.group(1) not in slots:
            raise DataError(f"no value for {{{found.group(1)}}} in {template!r}")
        return slots[found.group(1)]

    return _SLOT.sub(slot, _CHOICE.sub(choice, _OPTIONAL.sub(optional, template)))


def missing(template: str, slots: Mapping[str, str]) -> bool:
    """True where the template needs what the fact does not have."""
    bare = _bare(template)
    return any(f"{{{name}}}" in bare and not slots[name] for name in ("S", "O", "C", "D", "Place", "Due", "Act"))


def _bare(template: str) -> str:
    """A template without its optional parts."""
    out, depth = [], 0
    for character in template:
        depth += character == "["
        if not depth:
            out.append(character)
        depth -= character == "]"
    return "".join(out)
