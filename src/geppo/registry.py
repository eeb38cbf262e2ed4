"""Families of members (sources, extractors, languages, evidence, detectors, formats, channels, stores).

A member is one module of the family's package; importing the package's modules is the whole registration. A module
whose name starts with an underscore is no member. A member that cannot be imported is listed with its reason and never
takes the others down.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A member that could not be imported, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The members of one package, sorted by name."""

    members: tuple[ModuleType, ...]
    broken: tuple[Broken, ...]


def family(package: str) -> Family:
    """Import every member module or sub-package of `package`.

    Raises ModuleNotFoundError only if the package itself does not exist.
    """
    home = importlib.import_module(package)
    members: list[ModuleType] = []
    broken: list[Broken] = []
    for info in sorted(pkgutil.iter_modules(home.__path__), key=lambda item: item.name):
        if info.name.startswith("_"):
            continue
        try:
            members.append(importlib.import_module(f"{package}.{info.name}"))
        except ImportError as error:
            broken.append(Broken(name=info.name, reason=str(error)))
    return Family(members=tuple(members), broken=tuple(broken))
