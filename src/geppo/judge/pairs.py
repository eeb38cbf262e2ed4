"""`judge overlap --pairs`: JSON lines of two sides in, one judgement a line out.

A line is `{id, a: {date, publisher, artefacts, techniques}, b: {…}}`; unknown types and fields are errors that name the
field and the line. The question is whether both reports are about the same operators.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import urlsplit

import re2

from geppo.config import Settings
from geppo.errors import InputError
from geppo.judge.evidence import UNKNOWN_BACKGROUND, Artefact, Background, Side
from geppo.judge.evidence._side import HASHES
from geppo.judge.overlap import SAME_CLUSTER, Judgement, assess
from geppo.model import time
from geppo.model.time import When

_NAMES = frozenset({"domain", "filename", "host", "path", "url"})
_OTHER = frozenset({"account", "asn", "certificate", "ip", "ja4x", "jarm", "port", "ssh-key", "tool"})
TYPES = _NAMES | _OTHER | frozenset(HASHES)
"""Artefact types of the pairs format."""

INSUFFICIENT = "insufficient"
"""The word where nothing, or too wide a range, speaks."""

MAX_LINE = 32_000_000
"""Characters of one line; a longer one is refused."""

MAX_VALUE = 8_192
"""Characters of one value; a longer one is refused."""

_LINE_FIELDS = frozenset({"id", "a", "b"})
_SIDE_FIELDS = frozenset({"date", "publisher", "artefacts", "techniques"})
_ARTEFACT_FIELDS = frozenset({"type", "value", "first_seen", "last_seen", "server"})
_HEX = re2.compile(r"[0-9a-f]+")
_TECHNIQUE = re2.compile(r"T\d{4}(\.\d{3})?")
_DATE = re2.compile(r"\d{4}(-\d{2}(-\d{2}([T ].*)?)?)?")
_PORTS = 65_535
_ASNS = 4_294_967_295


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One line of the input."""

    id: str
    a: Side
    b: Side


def _refuse(place: str, problem: str) -> NoReturn:
    raise InputError("pairs", f"{place}: {problem}")


def _fields(raw: object, known: frozenset[str], place: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        _refuse(place, f"expected an object, got {type(raw).__name__}")
    if not raw.keys() <= known:
        unknown = min(key for key in raw if key not in known)
        _refuse(f"{place}.{unknown}", f"unknown field; expected one of {', '.join(sorted(known))}")
    return raw


def _text(raw: object, place: str) -> str:
    if not isinstance(raw, str):
        _refuse(place, f"expected a text, got {type(raw).__name__}")
    if len(raw) > MAX_VALUE:
        _refuse(place, f"expected at most {MAX_VALUE} characters, got {len(raw)}")
    return raw.strip()


@lru_cache(maxsize=4096)
def _when(text: str) -> When | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        if len(text) == len("2025"):
            return time.year(int(text))
        if len(text) == len("2025-07"):
            return time.month(int(text[:4]), int(text[5:7]))
        return time.day(date.fromisoformat(text[:10]))
    except ValueError:
        return None


def _span(raw: object, place: str) -> When | None:
    text = "" if raw is None else _text(raw, place)
    if not text:
        return None
    found = _when(text)
    return found or _refuse(place, f"expected a date as YYYY, YYYY-MM or YYYY-MM-DD, got {text!r}")


def _name(text: str) -> str:
    return text.lower().rstrip(".")


def _address(text: str, place: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        _refuse(place, f"expected an IPv4 or IPv6 address, got {text!r}")


def _number(raw: object, most: int, place: str) -> str:
    text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else _text(raw, place)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        _refuse(place, f"expected a number up to {most}, got {text!r}")
    return str(int(text))


def _url(text: str, place: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError as error:
        _refuse(place, f"expected a URL, got {text!r} ({error})")
    if not parts.scheme or not host:
        _refuse(place, f"expected a URL with scheme and host, got {text!r}")
    return text


def _value(kind: str, raw: object, place: str) -> str:
    """The normal form of a value of a type."""
    if kind in ("port", "asn"):
        return _number(raw, _PORTS if kind == "port" else _ASNS, place)
    text = _text(raw, place)
    if not text:
        _refuse(place, "expected a value, got an empty text")
    if kind in ("host", "domain"):
        return _name(text)
    if kind == "ip":
        return _address(text, place)
    if kind == "url":
        return _url(text, place)
    if kind in HASHES:
        low = text.lower()
        if len(low) != HASHES[kind] or not _HEX.fullmatch(low):
            _refuse(place, f"expected {HASHES[kind]} hexadecimal digits, got {text!r}")
        return low
    return text.lower() if kind in ("certificate", "jarm", "account") else text


def _server(raw: object, place: str) -> str:
    text = _name(_text(raw, place))
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def _artefact(raw: object, place: str) -> Artefact:
    fields = _fields(raw, _ARTEFACT_FIELDS, place)
    if "type" not in fields or "value" not in fields:
        _refuse(place, "expected the fields type and value")
    kind = fields["type"]
    if not isinstance(kind, str) or kind not in TYPES:
        _refuse(f"{place}.type", f"unknown type {kind!r}; expected one of {', '.join(sorted(TYPES))}")
    value = _value(kind, fields["value"], f"{place}.value")
    if len(fields) == 2:
        return Artefact(type=kind, value=value)
    first = _span(fields.get("first_seen"), f"{place}.first_seen")
    last = _span(fields.get("last_seen"), f"{place}.last_seen")
    if first and last and first.start > last.end:
        _refuse(f"{place}.first_seen", f"expected a date up to last_seen ({last.iso()}), got {first.iso()}")
    return Artefact(
        type=kind,
        value=value,
        first_seen=first.start if first else None,
        last_seen=last.end if last else None,
        server=_server(fields["server"], f"{place}.server") if fields.get("server") else "",
    )


def _list(raw: object, place: str) -> list[Any]:
    if not isinstance(raw, list):
        _refuse(place, f"expected a list, got {type(raw).__name__}")
    return raw


def _technique(raw: object, place: str) -> str:
    text = _text(raw, place).upper()
    return text if _TECHNIQUE.fullmatch(text) else _refuse(place, f"expected an ATT&CK id, got {text!r}")


def read_side(raw: object, place: str) -> Side:
    """Read one side. `place` is how errors name it. Raises InputError that names the field."""
    fields = _fields(raw, _SIDE_FIELDS, place)
    artefacts = enumerate(_list(fields.get("artefacts", []), f"{place}.artefacts"))
    techniques = enumerate(_list(fields.get("techniques", []), f"{place}.techniques"))
    return Side(
        date=_span(fields.get("date"), f"{place}.date"),
        publisher=_text(fields.get("publisher") or "", f"{place}.publisher"),
        artefacts=tuple(_artefact(item, f"{place}.artefacts[{number}]") for number, item in artefacts),
        techniques=tuple(_technique(item, f"{place}.techniques[{number}]") for number, item in techniques),
    )


def _pair(line: str, number: int) -> Pair:
    place = f"line {number}"
    if len(line) > MAX_LINE:
        _refuse(place, f"expected at most {MAX_LINE} characters, got {len(line)}")
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        _refuse(place, f"expected one JSON object a line, got: {error}")
    fields = _fields(raw, _LINE_FIELDS, place)
    if missing := sorted(_LINE_FIELDS - fields.keys()):
        _refuse(place, f"expected the field {missing[0]}")
    return Pair(
        id=_text(fields["id"], f"{place}: id"),
        a=read_side(fields["a"], f"{place}: a"),
        b=read_side(fields["b"], f"{place}: b"),
    )


def read_pairs(stream: Iterable[str]) -> Iterator[Pair]:
    """Read the lines; blank ones are passed over. Raises InputError that names line and field at the first bad one."""
    for number, line in enumerate(stream, start=1):
        text = line.removeprefix("\ufeff").strip()
        if text:
            yield _pair(text, number)


def answer(pair_id: str, judgement: Judgement) -> dict[str, Any]:
    """A judgement in the output form of the pairs format."""
    likelihood = judgement.likelihood
    return {
        "id": pair_id,
        "likelihood": {"low": likelihood.low, "point": likelihood.point, "high": likelihood.high},
        "word": str(judgement.word) if judgement.word else INSUFFICIENT,
        "confidence": str(judgement.confidence),
        "evidence": [
            {
                "kind": row.kind,
                "value": row.value,
                "group": row.group,
                "weight": row.weight,
                "used": row.used,
                "reason": row.reason,
            }
            for row in judgement.evidence
        ],
    }


def judge_pairs(
    lines: Iterable[str], settings: Settings, background: Background = UNKNOWN_BACKGROUND
) -> Iterator[dict[str, Any]]:
    """Judge each pair by itself, in order; no answer depends on another pair. Raises InputError as read_pairs does."""
    for pair in read_pairs(lines):
        found = assess(pair.a, pair.b, question=SAME_CLUSTER, settings=settings, background=background, outlook=False)
        yield answer(pair.id, found)
