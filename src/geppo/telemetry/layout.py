"""What a format tells about a file, and the SQL that makes canonical rows of it.

Every text format comes down to this: a line is cut into fields `f` (at a delimiter or by JSON paths), each canonical
column is a text expression over `f`, and the column's type makes a value of the text. Typing, checking and counting
are thereby the same for all formats, and a member of the family is little more than a table of names.
"""

# ruff: noqa: S608 - SQL is put together from names and literals that name() and quoted() made
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geppo.config import Settings
from geppo.model.telemetry import FLOW, SERVICE, Column

CERTIFICATE_KEY = "_cert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A canonical table: its columns, those that a row must have, and its view's name."""

    name: str
    columns: tuple[Column, ...]
    needed: tuple[str, ...]


FLOW_TABLE = Table(name="flow", columns=FLOW, needed=("ts", "id.orig_h", "id.resp_h", "proto"))
SERVICE_TABLE = Table(
    name="service",
    columns=(*SERVICE, Column(name=CERTIFICATE_KEY, type="VARCHAR", meaning="joins a certificate log", optional=True)),
    needed=("ts", "ip", "port"),
)
CERTIFICATE_TABLE = Table(
    name="certificate",
    columns=(
        Column(name=CERTIFICATE_KEY, type="VARCHAR", meaning="what the service's record calls the certificate"),
        *(column for column in SERVICE if column.name in {"ts", "cert_sha256", "cert_subject", "cert_issuer"}),
        *(column for column in SERVICE if column.name in {"not_before", "not_after"}),
    ),
    needed=(CERTIFICATE_KEY, "ts"),
)
"""Certificates logged apart from the services that showed them (Zeek's x509.log)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Fields by a delimiter. `width` is the number of fields of every record; `quoted`: fields may stand in quotes."""

    delimiter: str
    width: int
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Fields by JSON paths. With `each`, a SQL list over `line`, one line holds several records, and `item_paths`
    gives the fields `g` of each."""

    paths: tuple[str, ...]
    each: str = ""
    item_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """No text: Parquet. Values are over the file's columns, named c1, c2, … in the order of `columns`.

    `direct` are the canonical columns as values of their own type, for files in which nothing has to be mended;
    `known` says that geppo wrote the file and its addresses are in normal form.
    """

    columns: tuple[str, ...]
    direct: tuple[tuple[str, str], ...]
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read files of one make. Equal layouts are read together.

    `values` maps canonical columns to SQL text expressions. `header` is a line that may come again and is no record,
    `skip` a SQL condition over `line` for lines that are no records, `other` one over the fields for records of
    another kind, `changed` one over `line` for a line after which the layout no longer holds.
    `prepare` makes a text file from one that has no lines (source, target, settings); it raises InputError.
    """

    format: str
    table: Table
    fields: Split | Paths | Typed
    values: tuple[tuple[str, str], ...]
    header: str = ""
    skip: str = ""
    other: str = ""
    changed: str = ""
    prepare: Callable[[Path, Path, Settings], None] | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOver:
    """A file that is known and holds something else, such as Zeek's dns.log."""

    what: str


def quoted(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A SQL name."""
    return '"' + text.replace('"', '""') + '"'


_TYPED: Mapping[str, str] = {
    "id.orig_h": "as_address({0})",
    "id.resp_h": "as_address({0})",
    "ip": "as_address({0})",
    "id.orig_p": "as_port({0})",
    "id.resp_p": "as_port({0})",
    "port": "as_port({0})",
    "proto": "lower({0})",
    "asn": "as_asn({0})",
    "country": "as_country({0})",
    "cert_sha256": "as_fingerprint({0})",
    "cert_subject": "as_subject({0})",
    "cert_issuer": "as_subject({0})",
    "not_before": "as_validity({0})",
    "not_after": "as_validity({0})",
}
_BY_TYPE: Mapping[str, str] = {
    "TIMESTAMP": "as_time({0})",
    "BIGINT": "as_count({0})",
    "DOUBLE": "as_seconds({0})",
    "VARCHAR": "{0}",
}
_PORTED = "('tcp', 'udp', 'sctp')"
GOOD, DOUBTFUL, BAD, OTHER, CHANGED = range(5)
"""Kinds of staged rows."""


def _fields(layout: Layout) -> str:
    match layout.fields:
        case Split(delimiter=delimiter, quoted=True):
            cut = f"string_split(line, {quoted(delimiter)})"
            return f"CASE WHEN contains(line, '\"') THEN quoted_fields(line, {quoted(delimiter)}) ELSE {cut} END AS f"
        case Split(delimiter=delimiter):
            return f"string_split(line, {quoted(delimiter)}) AS f"
        case Paths(paths=paths):
            listed = ", ".join(quoted(path) for path in paths)
            return f"CASE WHEN json_valid(line) THEN json_extract_string(line, [{listed}]) END AS f"
    raise TypeError(f"{layout.format}: Parquet has no lines to cut")


def _items(layout: Layout, lines: str) -> str:
    """Lines with their fields, one row a record."""
    if isinstance(layout.fields, Typed):
        return lines
    cut = f"SELECT line, _file, {_fields(layout)} FROM ({lines})"
    if isinstance(layout.fields, Paths) and layout.fields.each:
        listed = ", ".join(quoted(path) for path in layout.fields.item_paths)
        each = f"CASE WHEN json_valid(line) THEN {layout.fields.each} END"
        listing = f"SELECT *, {each} AS e FROM ({cut})"
        many = f"SELECT *, unnest(CASE WHEN len(e) > 0 THEN e ELSE [NULL] END) AS item FROM ({listing})"
        return f"SELECT *, json_extract_string(item, [{listed}]) AS g FROM ({many})"
    return cut


def _bad(layout: Layout, at: Mapping[str, int]) -> str:
    """The first reason why a record cannot be taken, else null."""
    table, cases = layout.table, []
    match layout.fields:
        case Split(width=width):
            cases.append(f"WHEN len(f) <> {width} THEN 'expected {width} fields, got ' || len(f)")
        case Paths():
            cases.append("WHEN f IS NULL THEN 'expected a JSON object on one line'")
    for column in table.needed:
        i = at[column]
        cases.append(
            f"WHEN t{i} IS NULL THEN {quoted(column)} || coalesce(': cannot read ' || left(r{i}, 60), ' is missing')"
        )
    for column in ("id.orig_p", "id.resp_p"):
        if column in at:
            i, proto = at[column], at["proto"]
            reason = f"{quoted(column)} || coalesce(': cannot read ' || left(r{i}, 60), ' is missing')"
            cases.append(f"WHEN t{i} IS NULL AND t{proto} IN {_PORTED} THEN {reason}")
    return f"CASE {' '.join(cases)} END"


def staging(layout: Layout, lines: str) -> str:
    """SQL that turns `lines` (columns line, _file) into canonical columns plus _file, _kind, _problem and _line."""
    table, given = layout.table, dict(layout.values)
    at = {column.name: i for i, column in enumerate(table.columns)}
    raws = ", ".join(
        f"CAST({given.get(column.name, 'NULL')} AS VARCHAR) AS r{i}" for i, column in enumerate(table.columns)
    )
    typed = ", ".join(
        f"{_TYPED.get(column.name, _BY_TYPE.get(column.type, '{0}')).format(f'r{i}')} AS t{i}"
        for i, column in enumerate(table.columns)
    )
    doubts = " ".join(
        f"WHEN r{i} IS NOT NULL AND t{i} IS NULL THEN {quoted(column.name + ': cannot read ')} || left(r{i}, 60)"
        for i, column in enumerate(table.columns)
        if column.name not in table.needed
    )
    skips = [f"line <> {quoted(layout.header)}"] if layout.header else []
    skips += [f"NOT ({layout.skip})"] if layout.skip else []
    other, changed = layout.other or "false", layout.changed or "false"
    final = ", ".join(
        f"CASE WHEN _kind < {BAD} THEN t{i} END AS {name(column.name)}" for i, column in enumerate(table.columns)
    )
    kept = f"SELECT * FROM ({lines}) WHERE {' AND '.join(skips) or 'true'}"
    first = f"SELECT *, {raws} FROM ({_items(layout, kept)})"
    second = f"SELECT *, {typed} FROM ({first})"
    third = f"SELECT *, {_bad(layout, at)} AS bad, CASE {doubts} END AS doubt FROM ({second})"
    fourth = (
        f"SELECT *, CASE WHEN {changed} THEN {CHANGED} WHEN coalesce({other}, false) THEN {OTHER} "
        f"WHEN bad IS NOT NULL THEN {BAD} WHEN doubt IS NOT NULL THEN {DOUBTFUL} ELSE {GOOD} END AS _kind "
        f"FROM ({third})"
    )
    problem = f"CASE WHEN _kind IN ({DOUBTFUL}, {BAD}) THEN coalesce(bad, doubt) END AS _problem"
    shown = f"CASE WHEN _kind IN ({DOUBTFUL}, {BAD}) THEN left(line, 200) END AS _line"
    return f"SELECT {final}, _file, CAST(_kind AS TINYINT) AS _kind, {problem}, {shown} FROM ({fourth})"
