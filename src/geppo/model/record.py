"""Model values as JSON records, and back; the schema of such a record.

A dataclass becomes an object with the model's field names, an enum its value, days and moments ISO 8601, a tuple an
array. Reading goes by the type annotations and refuses what does not fit. Two forms of it are in use and neither may
change, since stores and files of earlier versions hold them: that of the store, and that inside a foreign format.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from functools import cache
from typing import Any

_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_MISFITS = (TypeError, ValueError, KeyError, OverflowError)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How records of one kind are spelled.

    `ordered` is how a member of an ordered enum is written (a marking: by its name or by its label). `zone` says that
    moments are written in UTC and have to have a zone. `sound` replaces lone surrogates, which no UTF-8 file holds, and
    refuses numbers that are not finite.
    """

    ordered: Callable[[IntEnum], str]
    zone: bool
    sound: bool


class Codec:
    """Values to records of a form and back. `wrong` makes the error that a misfit raises, from a message."""

    def __init__(self, form: Form, wrong: Callable[[str], Exception]) -> None:
        self._form, self._wrong = form, wrong
        self._builders: dict[Any, Callable[[Any], Any]] = {}

    def plain(self, value: Any) -> Any:
        """A model value as JSON-ready data."""
        if isinstance(value, str) and not isinstance(value, Enum):
            return _sound(value) if self._form.sound else value
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {one.name: self.plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
        if isinstance(value, IntEnum):
            return self._form.ordered(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, datetime):
            return self._moment_out(value).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, tuple | list):
            return [self.plain(one) for one in value]
        if isinstance(value, Mapping):
            return {str(key): self.plain(one) for key, one in sorted(value.items())}
        return value

    def _moment_out(self, value: datetime) -> datetime:
        if not self._form.zone:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def build(self, kind: Any, raw: Any) -> Any:
        """JSON data to a model value of the type `kind`. Raises the codec's error where it does not fit."""
        try:
            return self._builder(kind)(raw)
        except _MISFITS as error:
            raise self._wrong(f"no {getattr(kind, '__name__', kind)} of geppo: {error}") from error

    def _builder(self, kind: Any) -> Callable[[Any], Any]:
        """What builds a value of a type. Made once a type: a month's question builds ten thousands of each."""
        if kind not in self._builders:
            # A type that holds itself finds this one while its own builder is being made.
            self._builders[kind] = lambda raw: self._builders[kind](raw)
            self._builders[kind] = self._made(kind)
        return self._builders[kind]

    def _made(self, kind: Any) -> Callable[[Any], Any]:
        origin = typing.get_origin(kind)
        if origin in (typing.Union, types.UnionType):
            return self._union(typing.get_args(kind))
        if origin is tuple:
            return self._tuple(typing.get_args(kind))
        if kind is datetime:
            return self._moment
        if kind is date:
            return date.fromisoformat
        if isinstance(kind, type) and issubclass(kind, IntEnum):
            return {self._form.ordered(member): member for member in kind}.__getitem__
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._instance(kind)
        return self._number if kind is float else self._scalar(kind)

    def _moment(self, raw: str) -> datetime:
        found = datetime.fromisoformat(raw)
        if self._form.zone and found.tzinfo is None:
            raise ValueError(f"a moment needs a zone, got {raw!r}")
        return found

    def _instance(self, kind: type) -> Callable[[Any], Any]:
        builders = {name: self._builder(one) for name, one in hints(kind).items()}

        def made(raw: Any) -> Any:
            if not isinstance(raw, dict):
                raise TypeError(f"expected an object for {kind.__name__}, got {type(raw).__name__}")
            if not raw.keys() <= builders.keys():
                raise ValueError(f"{kind.__name__} has no field {', '.join(sorted(map(str, raw.keys() - builders)))}")
            return kind(**{name: builders[name](value) for name, value in raw.items()})

        return made

    def _tuple(self, arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
        builders = [self._builder(one) for one in arguments if one is not Ellipsis]
        endless = len(arguments) == 2 and arguments[1] is Ellipsis

        def made(raw: Any) -> Any:
            if not isinstance(raw, list | tuple):
                raise TypeError(f"expected an array, got {type(raw).__name__}")
            if endless:
                return tuple(map(builders[0], raw))
            return tuple(build(one) for build, one in zip(builders, raw, strict=True))

        return made

    def _union(self, arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
        builders = [self._builder(one) for one in arguments if one is not type(None)]
        nothing = len(builders) < len(arguments)

        def made(raw: Any) -> Any:
            if raw is None and nothing:
                return None
            problems = []
            for build in builders:
                try:
                    return build(raw)
                except _MISFITS as error:
                    problems.append(str(error))
            raise ValueError("; ".join(problems))

        return made

    def _number(self, raw: Any) -> float:
        if not isinstance(raw, int | float) or isinstance(raw, bool) or (self._form.sound and not math.isfinite(raw)):
            raise TypeError(f"expected a number, got {type(raw).__name__}")
        return float(raw)

    def _scalar(self, kind: Any) -> Callable[[Any], Any]:
        sound = self._form.sound and kind is str

        def made(raw: Any) -> Any:
            if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
                raise TypeError(f"expected {kind.__name__}, got {type(raw).__name__}")
            return _sound(raw) if sound else raw

        return made

    def schema(self, kind: Any, definitions: dict[str, Any]) -> Any:
        """JSON Schema (2020-12) of the records of a type; dataclasses go into `definitions` by name."""
        origin = typing.get_origin(kind)
        if origin in (typing.Union, types.UnionType):
            options = [one for one in typing.get_args(kind) if one is not type(None)]
            return {"anyOf": [*(self.schema(one, definitions) for one in options), {"type": "null"}]}
        if origin is tuple:
            arguments = typing.get_args(kind)
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return {"type": "array", "items": self.schema(arguments[0], definitions)}
            items = [self.schema(one, definitions) for one in arguments]
            return {"type": "array", "prefixItems": items, "items": False}
        if kind in (datetime, date):
            return {"type": "string", "format": "date-time" if kind is datetime else "date"}
        if isinstance(kind, type) and issubclass(kind, IntEnum):
            return {"enum": [self._form.ordered(member) for member in kind]}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [member.value for member in kind]}
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            return self._object(kind, definitions)
        return {"type": _JSON_TYPES[kind]}

    def _object(self, kind: Any, definitions: dict[str, Any]) -> Any:
        if kind.__name__ not in definitions:
            # The place is taken first: a type that holds itself refers to it.
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = {
                "type": "object",
                "properties": {name: self.schema(one, definitions) for name, one in hints(kind).items()},
                "required": [one.name for one in dataclasses.fields(kind) if one.default is dataclasses.MISSING],
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{kind.__name__}"}


@cache
def hints(kind: type) -> dict[str, Any]:
    """Field names and types of a dataclass of the model."""
    return typing.get_type_hints(kind)


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
