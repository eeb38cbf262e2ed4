"""What Zeek's two ways of logging have in common, for flows and services.

TSV: https://docs.zeek.org/en/master/log-formats.html; the field names of a log stand in its `#fields` line, in any
order and with further ones before or after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geppo.errors import InputError
from geppo.telemetry.layout import Layout, Paths, Split, Table, quoted
from geppo.telemetry.source import Head

_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The `#` lines of a log. `line` is its `#fields` line as it stands."""

    separator: str
    unset: str
    empty: str
    path: str
    fields: tuple[str, ...]
    line: str


def header(head: Head) -> Header | None:
    """The header of a TSV log, or None for another file. Raises InputError when `#fields` is missing."""
    lines = [line for line in head.lines[:40] if line.startswith("#")]
    if not head.lines or not head.lines[0].startswith(("#separator", "#fields", "#path", "#set_separator")):
        return None
    separator = "\t"
    for line in lines:
        if line.startswith("#separator"):
            separator = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), line[len("#separator") :].strip()) or "\t"
    rows = {key: (line, rest) for line in lines for key, _, rest in [line[1:].partition(separator)]}
    path = rows.get("path", ("", ""))[1]
    if "fields" not in rows:
        raise InputError(
            "no-fields",
            f"{head.source.name}: a Zeek log without its #fields line; put it back (other hours have it)",
        )
    line, rest = rows["fields"]
    return Header(
        separator=separator,
        unset=rows.get("unset_field", ("", "-"))[1],
        empty=rows.get("empty_field", ("", "(empty)"))[1],
        path=path,
        fields=tuple(rest.split(separator)),
        line=line,
    )


def tsv(head: Head, found: Header, table: Table, names: Mapping[str, Any], format_: str) -> Layout:
    """The layout of a TSV log; `names` maps canonical columns to Zeek's, or to a list of candidates."""
    at = {field: i for i, field in reversed(list(enumerate(found.fields, 1)))}
    values = []
    for column, fields in names.items():
        i = next((at[field] for field in ([fields] if isinstance(fields, str) else fields) if field in at), None)
        if i is not None:
            text = f"nullif(nullif(f[{i}], {quoted(found.unset)}), {quoted(found.empty)})"
            values.append((column, _unescaped(column, text)))
    _demand(head, table, [column for column, _ in values], names)
    fields_mark = quoted("#fields" + found.separator)
    return Layout(
        format=format_,
        table=table,
        fields=Split(delimiter=found.separator, width=len(found.fields)),
        values=tuple(values),
        header=found.line,
        skip=f"starts_with(line, '#') AND NOT starts_with(line, {fields_mark})",
        changed=f"starts_with(line, {fields_mark})",
    )


def _unescaped(column: str, text: str) -> str:
    """Zeek doubles the backslash in TSV; a list is cut to its first value, the leaf of a certificate chain."""
    if column in {"cert_subject", "cert_issuer"}:
        return rf"replace({text}, '\\', '\')"
    return f"nullif(split_part({text}, ',', 1), '')" if column == "_cert" else text


def _demand(head: Head, table: Table, present: list[str], names: Mapping[str, Any]) -> None:
    missing = [str(names.get(column, column)) for column in table.needed if column not in present]
    if missing:
        raise InputError("columns", f"{head.source.name}: its #fields line lacks {', '.join(missing)}")


def records(head: Head, most: int = 50) -> list[dict[str, Any]]:
    """The first JSON objects of a file with one object a line; empty for other files."""
    found: list[dict[str, Any]] = []
    if not head.data.lstrip(b"\xef\xbb\xbf\x00 \t\r\n").startswith(b"{"):
        return found
    for line in head.lines:
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(one, dict):
            found.append(one)
        if len(found) >= most:
            break
    return found


def path_of(field: str) -> str:
    """A JSON path to a top-level name, dots and all."""
    return '$."' + field.replace('"', '\\"') + '"'


def json_lines(table: Table, names: Mapping[str, Any], format_: str) -> Layout:
    """The layout of a JSON log."""
    paths: list[str] = []
    values: list[tuple[str, str]] = []
    for column, fields in names.items():
        texts = []
        for field in [fields] if isinstance(fields, str) else fields:
            if column == CERTIFICATE and field.endswith(("fps", "fuids")):
                paths.append(path_of(field) + "[0]")
            else:
                paths.append(path_of(field))
            texts.append(f"f[{len(paths)}]")
        values.append((column, texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"))
    return Layout(format=format_, table=table, fields=Paths(paths=tuple(paths)), values=tuple(values))


CERTIFICATE = "_cert"
