"""Model types to JSON text and back: the store's row format.

The form is that of `geppo.model.record` with a marking as its name and moments as they are.
"""

from __future__ import annotations

import json
from typing import Any

from geppo.errors import DataError
from geppo.model.record import Codec, Form

_CODEC = Codec(Form(ordered=lambda member: member.name, zone=False, sound=False), DataError)


def plain(value: Any) -> Any:
    """A model value as JSON-ready data."""
    return _CODEC.plain(value)


def dumps(value: Any) -> str:
    """Model value to compact JSON text with sorted keys."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def build(kind: Any, raw: Any) -> Any:
    """JSON data to a model value of the type `kind`. Raises DataError where it does not fit."""
    return _CODEC.build(kind, raw)


def loads(kind: Any, text: str) -> Any:
    """JSON text to a model value."""
    return build(kind, json.loads(text))
