"""Model values as JSON records inside a foreign format, and back; the schema of such a record.

A dataclass becomes an object with the model's field names, an enum its value, a marking its label, a day or a moment
ISO 8601, a tuple an array. Reading goes by the type annotations and refuses what does not fit.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any

from geppo.errors import InputError
from geppo.model.marking import Tlp

LABELS = {marking.label: marking for marking in Tlp}


def plain(value: Any) -> Any:
    """A model value as JSON-ready data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Tlp):
        return value.label
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


@cache
def hints(kind: type) -> dict[str, Any]:
    """Field names and types of a dataclass of the model."""
    return typing.get_type_hints(kind)


def build(kind: Any, raw: Any) -> Any:
    """JSON data to a model value of the type `kind`. Raises InputError("record") where it does not fit."""
    try:
        return _build(kind, raw)
    except InputError:
        raise
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise InputError("record", f"no {getattr(kind, '__name__', kind)} of geppo: {error}") from error


def _build(kind: Any, raw: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        options = [one for one in typing.get_args(kind) if one is not type(None)]
        return None if raw is None else _build(options[0], raw)
    if origin is tuple:
        return _tuple(typing.get_args(kind), raw)
    if kind is Tlp:
        return LABELS[raw]
    if kind is datetime:
        return _moment(raw)
    if kind is date:
        return date.fromisoformat(raw)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _instance(kind, raw)
    return _scalar(kind, raw)


def _moment(raw: str) -> datetime:
    found = datetime.fromisoformat(raw)
    if found.tzinfo is None:
        raise ValueError(f"a moment needs a zone, got {raw!r}")
    return found


def _instance(kind: type, raw: Any) -> Any:
    known = hints(kind)
    if not isinstance(raw, dict) or set(raw) - set(known):
        raise InputError("record", f"expected an object with the fields of {kind.__name__}")
    return kind(**{name: _build(known[name], value) for name, value in raw.items()})


def _scalar(kind: Any, raw: Any) -> Any:
    if kind is float and isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        return float(raw)
    if kind is float or not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        raise InputError("record", f"expected {kind.__name__}, got {type(raw).__name__}")
    return raw.encode("utf-8", "replace").decode("utf-8") if isinstance(raw, str) else raw


def _tuple(arguments: tuple[Any, ...], raw: Any) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise InputError("record", f"expected an array, got {type(raw).__name__}")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_build(arguments[0], item) for item in raw)
    return tuple(_build(kind, item) for kind, item in zip(arguments, raw, strict=True))


_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema(kind: Any, definitions: dict[str, Any]) -> Any:
    """JSON Schema (2020-12) of the records of a type; dataclasses go into `definitions` by name."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        options = [one for one in typing.get_args(kind) if one is not type(None)]
        return {"anyOf": [schema(options[0], definitions), {"type": "null"}]}
    if origin is tuple:
        arguments = typing.get_args(kind)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": schema(arguments[0], definitions)}
        return {"type": "array", "prefixItems": [schema(one, definitions) for one in arguments], "items": False}
    if kind is Tlp:
        return {"enum": list(LABELS)}
    if kind in (datetime, date):
        return {"type": "string", "format": "date-time" if kind is datetime else "date"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            known = hints(kind)
            definitions[kind.__name__] = {
                "type": "object",
                "properties": {name: schema(one, definitions) for name, one in known.items()},
                "required": [field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING],
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{kind.__name__}"}
    return {"type": _JSON_TYPES[kind]}
