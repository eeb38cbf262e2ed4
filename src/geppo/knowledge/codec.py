"""Model types to JSON text and back: the store's row format.

A dataclass becomes an object with its fields; enums their value; dates and times ISO 8601; tuples arrays. Reading goes
by the type annotations and refuses what does not fit.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, IntEnum
from functools import cache
from typing import Any

from geppo.errors import DataError


def plain(value: Any) -> Any:
    """A model value as JSON-ready data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in sorted(value.items())}
    return value


def dumps(value: Any) -> str:
    """Model value to compact JSON text with sorted keys."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def build(kind: Any, raw: Any) -> Any:
    """JSON data to a model value of the type `kind`. Raises DataError where it does not fit."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(kind), raw)
    if origin is tuple:
        return _tuple(typing.get_args(kind), raw)
    if kind is datetime:
        return datetime.fromisoformat(raw)
    if kind is date:
        return date.fromisoformat(raw)
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return kind[raw]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(raw, dict):
            raise DataError(f"expected an object for {kind.__name__}, got {type(raw).__name__}")
        hints = _hints(kind)
        unknown = sorted(set(raw) - set(hints))
        if unknown:
            raise DataError(f"{kind.__name__} has no field {', '.join(unknown)}")
        return kind(**{name: build(hints[name], value) for name, value in raw.items()})
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if isinstance(kind, type) and not isinstance(raw, kind):
        raise DataError(f"expected {kind.__name__}, got {type(raw).__name__}: {raw!r}")
    return raw


def _tuple(arguments: tuple[Any, ...], raw: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(build(arguments[0], item) for item in raw)
    return tuple(build(kind, item) for kind, item in zip(arguments, raw, strict=True))


def _union(arguments: tuple[Any, ...], raw: Any) -> Any:
    if raw is None and type(None) in arguments:
        return None
    problems = []
    for kind in arguments:
        if kind is type(None):
            continue
        try:
            return build(kind, raw)
        except (DataError, TypeError, ValueError, KeyError) as error:
            problems.append(str(error))
    raise DataError("; ".join(problems))


def loads(kind: Any, text: str) -> Any:
    """JSON text to a model value."""
    return build(kind, json.loads(text))
