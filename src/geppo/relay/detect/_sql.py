"""SQL kept in files beside the detectors, cut into named sections by lines `-- section: NAME`."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def sections(file: str) -> dict[str, str]:
    """Sections of a file of `geppo.relay.detect`, by name. A KeyError at the caller names a section that is missing."""
    text = resources.files("geppo.relay.detect").joinpath(file).read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for part in text.split("-- section: ")[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body.strip()
    return found
