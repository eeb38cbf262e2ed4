"""Model values as JSON records inside a foreign format, and back; the schema of such a record.

The form is that of `geppo.model.record` with a marking as its label and moments in UTC.
"""

from __future__ import annotations

from typing import Any

from geppo.errors import InputError
from geppo.model.marking import Tlp
from geppo.model.record import Codec, Form, hints

__all__ = ["LABELS", "build", "hints", "plain", "schema"]

LABELS = {marking.label: marking for marking in Tlp}

_CODEC = Codec(
    Form(ordered=lambda member: Tlp(member).label, zone=True, sound=True),
    lambda message: InputError("record", message),
)


def plain(value: Any) -> Any:
    """A model value as JSON-ready data."""
    return _CODEC.plain(value)


def build(kind: Any, raw: Any) -> Any:
    """JSON data to a model value of the type `kind`. Raises InputError("record") where it does not fit."""
    return _CODEC.build(kind, raw)


def schema(kind: Any, definitions: dict[str, Any]) -> Any:
    """JSON Schema (2020-12) of the records of a type; dataclasses go into `definitions` by name."""
    return _CODEC.schema(kind, definitions)
