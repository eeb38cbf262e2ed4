"""Stores copied: one into another, and into one file and back.

The file is a plain tar: `geppo.json` (format and row counts), `archive/<hash>` with the bytes as they came, and one
file of JSON lines a table. The same store gives the same bytes. What comes in is checked: hashes, sizes, names.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from geppo.errors import InputError, UsageError
from geppo.knowledge._sql import TABLES, SqlStore

FORMAT = "geppo-archive"
VERSION = 2
MOST = 1 << 30
"""Bytes of one file inside that are taken at most."""


def copy(source: SqlStore, target: SqlStore) -> int:
    """Every row of a store into an empty one; all or nothing. Gives the rows. UsageError if it is not empty."""
    _empty(target)
    with source.batch(), target.batch():
        return sum(target.put(table, source.rows(table)) for table in TABLES)


def _empty(target: SqlStore) -> None:
    full = [f"{count} rows in {name}" for name, count in target.counts() if count]
    if full:
        raise UsageError(f"migrate: the target is not empty ({full[0]}); name a new file or an empty database")


def write(store: SqlStore, path: Path) -> int:
    """The whole store as one file, put in place only when it is whole. Gives the number of files inside."""
    part = path.with_name(path.name + ".part")
    count = 0
    with (
        store.batch(),
        part.open("wb") as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        head = {"format": FORMAT, "version": VERSION, "rows": dict(store.counts())}
        _add(tar, "geppo.json", json.dumps(head, indent=1).encode())
        hashes = [row[0] for row in store.run("SELECT sha256 FROM archive WHERE data IS NOT NULL ORDER BY sha256")]
        for sha in hashes:
            _add(tar, f"archive/{sha}", store.data(sha))
            count += 1
        for table in TABLES:
            lines = io.BytesIO()
            for row in store.rows(table):
                lines.write(json.dumps(_line(table, row), ensure_ascii=False).encode() + b"\n")
            _add(tar, f"{table}.jsonl", lines.getvalue())
            count += 1
    part.replace(path)
    return count + 1


def _line(table: str, row: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(TABLES[table], row, strict=True))
    if table == "archive":
        # Compressed bytes depend on the library; the file holds the bytes as they came.
        del found["data"], found["digest"]
    return found


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o644
    tar.addfile(info, io.BytesIO(data))


def read(path: Path, target: SqlStore) -> int:
    """A file of `write` into an empty store; all or nothing. Gives the number of rows.

    Raises InputError that names the part for a file that is damaged or no archive of ours.
    """
    _empty(target)
    try:
        with path.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:") as tar, target.batch():
            return _read(path.name, tar, target)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "unreadable", f"{path.name}: expected an archive of `geppo export --archive` ({error})"
        ) from error


def _read(name: str, tar: tarfile.TarFile, target: SqlStore) -> int:
    head = json.loads(_member(tar, "geppo.json").read())
    if (head["format"], head["version"]) != (FORMAT, VERSION):
        raise InputError("version", f"{name}: expected {FORMAT} of version {VERSION}, got {head}")
    rows = 0
    for table in TABLES:
        lines = _lines(tar, table)
        rows += target.put(table, _archived(name, tar, lines) if table == "archive" else lines)
    for table, count in target.counts():
        if head["rows"].get(table, 0) != count:
            raise InputError("damaged", f"{name}: {table} has {count} rows, expected {head['rows'].get(table, 0)}")
    return rows


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    member = tar.getmember(name)
    if not member.isfile() or member.size > MOST:
        raise InputError("damaged", f"{name}: expected a plain file of at most {MOST} bytes")
    found = tar.extractfile(member)
    if found is None:
        raise KeyError(name)
    return found


def _lines(tar: tarfile.TarFile, table: str) -> Iterator[tuple[Any, ...]]:
    for line in _member(tar, f"{table}.jsonl"):
        row = json.loads(line)
        yield tuple(row.get(column) for column in TABLES[table])


def _archived(name: str, tar: tarfile.TarFile, lines: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for seq, sha, size, _, _, dropped in lines:
        if dropped:
            yield seq, sha, size, None, "", dropped
            continue
        data = _member(tar, f"archive/{sha}").read()
        if hashlib.sha256(data).hexdigest() != sha:
            raise InputError("damaged", f"{name}: archive/{sha} does not have this hash")
        packed = zlib.compress(data, 6)
        yield seq, sha, size, packed, hashlib.sha256(packed).hexdigest(), dropped
