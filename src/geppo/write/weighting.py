"""The table of weights and limits of writing (weights.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def weights() -> Mapping[str, Any]:
    """The table of weights and limits."""
    return tomllib.loads(resources.files("geppo.write").joinpath("weights.toml").read_text(encoding="utf-8"))


def limit(name: str) -> int:
    """A limit of the table."""
    return int(weights()["limits"][name])
