"""`issues/YYYY-MM/issue.toml` of a workspace: what an analyst changed in an issue, as a file to be read and reviewed.

The file grows like a journal: what is read back from an edited copy is added at its end, a later edit of a sentence
counts, and no line of a person is rewritten.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import re2

from geppo.deliver._shown import visible
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.edits import Drop, Edits, Pin, Remark, Rephrase

FOLDER, FILE = "issues", "issue.toml"
_LARGEST = 2_000_000
_LONGEST = 2_000
"""Characters of one text: more than any limit of the gate, so that the gate says which."""
_ID = re2.compile(r"[A-Za-z0-9_.-]{1,80}")
_ORDER = re2.compile(r"(?m)^order[ \t]*=[ \t]*\[[^\]]*\][ \t]*(?:#.*)?$")
_TABLE = re2.compile(r"(?m)^[ \t]*\[")
_LANGUAGES = ("ja", "en")
_KEYS = frozenset(("pin", "drop", "order", "rephrase", "remark"))

Table = Mapping[str, Any]


def edits_file(root: Path, issue: str) -> Path:
    """Where the edits of an issue (`2025-11`, `2025-11.2`) stand."""
    return root / FOLDER / issue / FILE


def read_edits(root: Path, issue: str) -> Edits:
    """The edits of an issue; none where there is no file.

    A second issue of a month takes those of the first unless it has a file of its own. Raises UsageError where the file
    is wrong.
    """
    file = edits_file(root, issue)
    if not file.is_file():
        file = edits_file(root, issue.partition(".")[0])
    return parse_edits(read_text(file), str(file.relative_to(root))) if file.is_file() else Edits()


def read_text(file: Path) -> str:
    """The text of an edits file, empty where there is none. Raises UsageError for one that cannot be read."""
    try:
        if not file.exists():
            return ""
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"{file}: larger than {_LARGEST} bytes")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: expected a text file in UTF-8 ({type(error).__name__})") from error


def parse_edits(text: str, where: str) -> Edits:
    """Read edits. Raises UsageError that names the table and what was expected."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where}: expected TOML, got: {error}") from error
    if unknown := sorted(set(raw) - _KEYS):
        raise UsageError(f"{where}: {unknown[0]!r} is none of {', '.join(sorted(_KEYS))}")
    edits = Edits(
        pins=tuple(_pin(row, name) for row, name in _rows(raw, "pin", where)),
        drops=tuple(_drop(row, name) for row, name in _rows(raw, "drop", where)),
        order=_ids({"order": raw.get("order", [])}, "order", where),
        rephrases=tuple(_rephrase(row, name) for row, name in _rows(raw, "rephrase", where)),
        remarks=tuple(_remark(row, name) for row, name in _rows(raw, "remark", where)),
    )
    _check_stories(edits, where)
    return edits


def _rows(raw: Table, name: str, where: str) -> Iterable[tuple[Table, str]]:
    rows = raw.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{where}: {name}: expected [[{name}]] tables")
    return [(row, f"{where}: {name} {number}") for number, row in enumerate(rows, start=1)]


def _fields(row: Table, where: str, needed: Iterable[str], free: Iterable[str]) -> None:
    missing = [name for name in needed if name not in row]
    unknown = sorted(set(row) - {*needed, *free})
    if missing:
        raise UsageError(f"{where}: expected {missing[0]}")
    if unknown:
        raise UsageError(f"{where}: {unknown[0]!r} is none of {', '.join((*needed, *free))}")


def _text(row: Table, name: str, where: str) -> str:
    """A text on one line, without signs that show nothing."""
    value = row.get(name, "")
    if not isinstance(value, str):
        raise UsageError(f"{where}: {name}: expected a text in quotes, got {value!r}")
    text = " ".join(visible(value).split())
    if name in row and not text:
        raise UsageError(f"{where}: {name}: expected a text, got an empty one")
    if len(text) > _LONGEST:
        raise UsageError(f"{where}: {name}: {len(text)} characters, at most {_LONGEST}")
    return text


def _id(row: Table, name: str, where: str) -> str:
    value = row.get(name, "")
    if name in row and not (isinstance(value, str) and _ID.fullmatch(value)):
        raise UsageError(f"{where}: {name}: expected an id of edition.json, got {value!r}")
    return str(value)


def _ids(row: Table, name: str, where: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and _ID.fullmatch(one) for one in value):
        raise UsageError(f"{where}: {name}: expected a list of ids of edition.json, got {value!r}")
    if len(set(value)) != len(value):
        twice = next(one for one in value if value.count(one) > 1)
        raise UsageError(f"{where}: {name}: {twice} stands twice")
    return tuple(value)


def _choice(row: Table, name: str, choices: Iterable[str], where: str) -> str:
    value = row.get(name, "")
    if name in row and value not in tuple(choices):
        raise UsageError(f"{where}: {name}: expected {' or '.join(choices)}, got {value!r}")
    return str(value)


def _kinds() -> tuple[str, ...]:
    return tuple(kind.value for kind in EditionKind)


def _pin(row: Table, where: str) -> Pin:
    _fields(row, where, ("story",), ("by", "claims"))
    return Pin(story=_id(row, "story", where), by=_text(row, "by", where), claims=_ids(row, "claims", where))


def _drop(row: Table, where: str) -> Drop:
    _fields(row, where, ("story", "reason"), ("by", "claims"))
    return Drop(
        story=_id(row, "story", where),
        reason=_text(row, "reason", where),
        by=_text(row, "by", where),
        claims=_ids(row, "claims", where),
    )


def _rephrase(row: Table, where: str) -> Rephrase:
    _fields(row, where, ("sentence", "language", "was", "text", "by"), ("edition", "rests"))
    was = row["was"]
    if not isinstance(was, str) or not 0 < len(was) <= _LONGEST:
        raise UsageError(f"{where}: was: expected the machine's sentence that the edit was made for, got {was!r}")
    return Rephrase(
        sentence=_id(row, "sentence", where),
        language=_choice(row, "language", _LANGUAGES, where),
        text=_text(row, "text", where),
        was=was,
        by=_text(row, "by", where),
        edition=_choice(row, "edition", _kinds(), where),
        rests=_ids(row, "rests", where),
    )


def _remark(row: Table, where: str) -> Remark:
    _fields(row, where, ("language", "text", "by", "date"), ("section", "sentence", "edition", "own"))
    if ("section" in row) == ("sentence" in row):
        raise UsageError(f"{where}: expected either section or sentence: where the remark stands")
    day = row["date"]
    if not isinstance(day, date) or isinstance(day, datetime):
        raise UsageError(f"{where}: date: expected a date such as 2025-12-02 without quotes, got {day!r}")
    text = _text(row, "text", where)
    own = row.get("own", [])
    if not isinstance(own, list) or not all(isinstance(one, str) and one and one in text for one in own):
        raise UsageError(f"{where}: own: expected a list of names and numbers that stand in the text, got {own!r}")
    return Remark(
        language=_choice(row, "language", _LANGUAGES, where),
        text=text,
        by=_text(row, "by", where),
        day=day,
        section=_id(row, "section", where),
        sentence=_id(row, "sentence", where),
        edition=_choice(row, "edition", _kinds(), where),
        own=tuple(own),
    )


def _check_stories(edits: Edits, where: str) -> None:
    for name, stories in (("pin", [one.story for one in edits.pins]), ("drop", [one.story for one in edits.drops])):
        twice = next((story for story in stories if stories.count(story) > 1), "")
        if twice:
            raise UsageError(f"{where}: {name}: {twice} stands twice")
    dropped = {one.story for one in edits.drops}
    for story in (*(one.story for one in edits.pins), *edits.order):
        if story in dropped:
            raise UsageError(f"{where}: {story} is dropped, and pinned or put in order as well; leave one out")


def merged(old: Edits, new: Edits) -> Edits:
    """Both, the new ones last; a new order comes first, and what only the old one has keeps its place behind it."""
    dropped = {one.story for one in new.drops}
    order = tuple(story for story in dict.fromkeys((*new.order, *old.order)) if story not in dropped)
    return replace(
        old,
        pins=(*old.pins, *new.pins),
        drops=(*old.drops, *new.drops),
        order=order,
        rephrases=(*old.rephrases, *new.rephrases),
        remarks=(*old.remarks, *new.remarks),
    )


def appended(text: str, new: Edits, where: str) -> str:
    """The text of an edits file with new edits. What stands in it stays, but for the list of an order that changes.

    Raises UsageError where the outcome would not read back as both: then nothing is to be written.
    """
    old = parse_edits(text, where)
    wanted = merged(old, new)
    body = text if not text or text.endswith("\n") else text + "\n"
    if wanted.order != old.order:
        body = _with_order(body, wanted.order)
    tables = [*map(_pin_table, new.pins), *map(_drop_table, new.drops)]
    tables += [*map(_rephrase_table, new.rephrases), *map(_remark_table, new.remarks)]
    made = "\n".join((body, *tables)) if body and tables else body + "\n".join(tables)
    if parse_edits(made, where) != wanted:
        raise UsageError(
            f"{where}: the new edits cannot be added to it as it is written; put order = […] on lines of its own"
        )
    return made


def _with_order(text: str, order: tuple[str, ...]) -> str:
    line = f"order = {_listed(order)}"
    first = _TABLE.search(text)
    head = text[: first.start()] if first else text
    found = _ORDER.search(head)
    if found:
        return text[: found.start()] + line + text[found.end() :]
    return f"{line}\n\n{text}" if text else f"{line}\n"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _listed(values: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(value) for value in values) + "]"


def _table(name: str, rows: Iterable[tuple[str, str]]) -> str:
    return f"[[{name}]]\n" + "".join(f"{key} = {value}\n" for key, value in rows if value not in ('""', "[]"))


def _pin_table(one: Pin) -> str:
    return _table("pin", [("story", _quoted(one.story)), ("by", _quoted(one.by)), ("claims", _listed(one.claims))])


def _drop_table(one: Drop) -> str:
    rows = [("story", _quoted(one.story)), ("reason", _quoted(one.reason)), ("by", _quoted(one.by))]
    return _table("drop", [*rows, ("claims", _listed(one.claims))])


def _rephrase_table(one: Rephrase) -> str:
    names = ("sentence", "language", "edition", "was", "text", "by")
    return _table("rephrase", [*((name, _quoted(getattr(one, name))) for name in names), ("rests", _listed(one.rests))])


def _remark_table(one: Remark) -> str:
    names = ("section", "sentence", "language", "edition", "text", "by")
    rows = [(name, _quoted(getattr(one, name))) for name in names]
    return _table("remark", [*rows, ("date", one.day.isoformat()), ("own", _listed(one.own))])
