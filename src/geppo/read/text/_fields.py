"""Field names and file marks of `fields.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from geppo import shipped


@cache
def fields() -> dict[str, Any]:
    """The table as read."""
    return shipped.table(__package__, "fields.toml")
