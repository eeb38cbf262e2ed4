"""A technique of ATT&CK that a text names, numbers or describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A technique at a place of the text as read.

    `how` is `number` (T1566.001 as printed), `name` (the name as ATT&CK prints it) or `behaviour` (words that describe
    it). `cue` is what fired: the number, the name, or the pattern as it stands in `cues.toml`.
    """

    id: str
    name: str
    start: int
    end: int
    how: Literal["number", "name", "behaviour"]
    cue: str
