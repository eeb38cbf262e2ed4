"""The forms in which a language writes dates, compiled from its data. Notation: `neutral/dates.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from geppo import linear
from geppo.errors import DataError
from geppo.language import _data
from geppo.language._lexicon import Test, alternation, finder, pattern, sorter

_FIELD = linear.compile(r"\{([A-Za-z]+2?)\}")
_NUMBERS = {
    "y": "(?:19[5-9][0-9]|20[0-4][0-9])",
    "yy": "[0-9]{2}",
    "mn": "(?:1[0-2]|0?[1-9])",
    "d": "(?:[12][0-9]|3[01]|0?[1-9])",
    "ey": "(?:元|[0-9]{1,2})",
}
_TABLES = {
    "m": "months",
    "part": "parts",
    "block": "blocks",
    "era": "eras",
    "ry": "relative_years",
    "rm": "relative_months",
    "rd": "relative_days",
    "sy": "short_years",
    "near": "near",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What must not stand before and after a form that is a date only sometimes."""

    before: Test | None
    after: Test | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What may stand between two dates that are the ends of one span.

    `before` must stand before the first, if given; with `years` both must be bare years that follow each other.
    """

    between: Test
    before: Test | None
    years: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Words around a date: an open end, or that it is still to come."""

    since_before: Test | None
    since_after: Test | None
    until_before: Test | None
    until_after: Test | None
    forward: Test | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """All forms of one language: `union` finds them, `which` tells which one it is, `parsers` take it apart."""

    union: Any
    which: Any
    parsers: tuple[Any, ...]
    guards: tuple[Guard | None, ...]
    tables: Mapping[str, Mapping[str, Any]]
    joins: tuple[Join, ...]
    cues: Cues
    parts_of: Mapping[str, Mapping[str, list[int]]]
    limits: Mapping[str, int]
    words: bool


def _maybe(data: Mapping[str, Any], name: str) -> Test | None:
    source = _data.text(data, name)
    return Test("(?i)" + source) if source else None


def _expanded(source: str, data: Mapping[str, Any]) -> str:
    """A form with macros replaced by their text and fields by named groups."""
    macros = _data.section(data, "macros")

    def macro(match: Any) -> str:
        return str(macros.get(match.group(1), match.group(0)))

    def field(match: Any) -> str:
        name = match.group(1)
        base = name.removesuffix("2")
        if base in _NUMBERS:
            return f"(?P<{name}>{_NUMBERS[base]})"
        words = _data.section(data, _TABLES[base]) if base in _TABLES else {}
        if not words:
            raise DataError(f"date form {source!r}: nothing known of {{{name}}}")
        body = alternation([re2.escape(word).replace("\\ ", " ") for word in sorted(words, key=len, reverse=True)])
        flag = "(?-i:" if base == "m" and data.get("months_keep_case") else "(?:"
        return f"(?P<{name}>{flag}{body}))"

    for _ in range(3):
        source = _FIELD.sub(macro, source)
    return str(_FIELD.sub(field, source))


def _joins(data: Mapping[str, Any]) -> tuple[Join, ...]:
    return tuple(
        Join(
            between=Test(f"(?i)^(?:{_data.text(row, 'between')})$"),
            before=_maybe(row, "before"),
            years=bool(row.get("years", False)),
        )
        for row in data.get("join", [])
    )


@cache
def forms(code: str) -> Forms:
    """The forms of a language: the neutral ones and its own. Raises DataError for a form that cannot be read."""
    common = _data.table(_data.NEUTRAL, "dates")
    own = _data.table(code, "dates") if code != _data.NEUTRAL else {}
    data = {**common, **own}
    sources: list[tuple[str, Guard | None]] = [(source, None) for source in _data.words(common, "forms")]
    sources += [(source, None) for source in _data.words(own, "forms")]
    sources += [
        (row["form"], Guard(before=_maybe(row, "not_before"), after=_maybe(row, "not_after")))
        for row in [*common.get("guarded", []), *own.get("guarded", [])]
    ]
    named = ["(?i)" + _expanded(source, data) for source, _ in sources]
    plain = [re2.sub(r"\(\?P<[a-z0-9]+>", "(?:", source) for source in named]
    return Forms(
        union=finder(plain),
        which=sorter(plain),
        parsers=tuple(pattern(source) for source in named),
        guards=tuple(guard for _, guard in sources),
        tables={field: _lowered(_data.section(data, table)) for field, table in _TABLES.items()},
        joins=_joins(data),
        cues=Cues(**{name: _maybe(data, name) for name in Cues.__dataclass_fields__}),
        parts_of=_data.section(common, "parts_of"),
        limits=_data.integers(_data.section(common, "year")),
        words=_data.text(_data.table(code, "language"), "edges") != "none",
    )


def _lowered(words: Mapping[str, Any]) -> dict[str, Any]:
    return {word.lower(): value for word, value in words.items()}
