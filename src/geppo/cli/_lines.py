"""`geppo read --jsonl`: each line of a stream answered in order, in several processes where much of it waits.

Whoever sends one line and waits for its answer gets it: lines are handed to processes only once so many have come that
the start of the processes is paid for.
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from geppo.cli import EXIT_USE
from geppo.cli.read import answer, json_line
from geppo.crew import GROUP, LOST, Crew, cores
from geppo.errors import GeppoError, UsageError

if TYPE_CHECKING:
    from geppo.catalog import Catalog
    from geppo.model.report import Document

PARALLEL_FROM = 300_000
"""Bytes of waiting lines from which they are answered in several processes: starting these takes some tenths of a
second and the memory of each."""

AHEAD = 4_000_000
"""Bytes of lines, waiting or answered out of their turn, beyond which no more are read."""

_PIECE = 1 << 18

_catalogs: list[Catalog] = []
"""Set before processes are forked, which then have it without a copy."""

Answer = tuple[bool, str]
"""Whether a line could not be read, and what is said of it."""


def answer_lines(path: str) -> int:
    """Answer each line of a file, or of standard input for `-`. Raises UsageError where there is no such file."""
    from geppo.catalog import Catalog

    stream = sys.stdin.buffer if path == "-" else _opened(path)
    failed = False
    _catalogs.append(Catalog.load())
    try:
        together = cores() > 1 and _has_number(stream)
        for bad, said in _in_turn(stream) if together else map(_answered, enumerate(stream, start=1)):
            failed = failed or bad
            if said:
                print(said, flush=True)
    finally:
        _catalogs.pop()
        if path != "-":
            stream.close()
    return EXIT_USE if failed else 0


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"read: {path}: {error.strerror}; expected a file of JSON lines, or -") from error


def _has_number(stream: BinaryIO) -> bool:
    """True where the system knows the stream, so that we can see whether more has come."""
    try:
        return stream.fileno() >= 0
    except OSError:
        return False


class _Waiting:
    """The lines of a stream that came and were not taken yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self.file = stream.fileno()
        self.lines: deque[tuple[int, bytes]] = deque()
        self.size = 0
        self.ended = False
        self._rest: list[bytes] = []
        self._count = 0

    def read(self) -> None:
        """Take what has come; waits where nothing has."""
        piece = os.read(self.file, _PIECE)
        self.ended = not piece
        *whole, rest = piece.split(b"\n")
        for line in whole:
            self._add(b"".join([*self._rest, line]))
            self._rest = []
        self._rest.append(rest)
        if self.ended and any(self._rest):
            self._add(b"".join(self._rest))

    def _add(self, line: bytes) -> None:
        self._count += 1
        self.size += len(line)
        self.lines.append((self._count, line))

    def has_more(self) -> bool:
        """True where more can be read without waiting."""
        return not self.ended and bool(select.select([self.file], [], [], 0)[0])

    def take(self) -> tuple[int, bytes]:
        """The next line with its number."""
        number, line = self.lines.popleft()
        self.size -= len(line)
        return number, line


def _in_turn(stream: BinaryIO) -> Iterator[Answer]:
    """The answers in the order of the lines."""
    waiting = _Waiting(stream)
    while True:
        while not waiting.ended and (not waiting.lines or (waiting.size < PARALLEL_FROM and waiting.has_more())):
            waiting.read()
        if waiting.size >= PARALLEL_FROM:
            break
        if not waiting.lines:
            return
        yield _answered(waiting.take())
    with ExitStack() as stack:
        yield from _together(waiting, stack.enter_context(Crew(cores())))


def _together(waiting: _Waiting, crew: Crew) -> Iterator[Answer]:
    """The answers of several processes in the order of the lines."""
    done: dict[int, Answer] = {}
    held = given = 0
    wanted = waiting.lines[0][0]
    idle = crew.idle()
    while waiting.lines or given or not waiting.ended:
        for number in idle:
            group = _group(waiting)
            if group:
                given += len(group)
                crew.give(number, _answered, group)
        beside = [waiting.file] if not waiting.ended and waiting.size + held < AHEAD else []
        if not beside and not given:
            continue
        results, ready, _ = crew.take(beside)
        for number, result in results:
            done[number] = _lost(number) if result is LOST else result
            held += len(done[number][1])
        given -= len(results)
        if ready:
            waiting.read()
        while wanted in done:
            held -= len(done[wanted][1])
            yield done.pop(wanted)
            wanted += 1
        idle = crew.idle()


def _group(waiting: _Waiting) -> list[tuple[int, tuple[int, bytes]]]:
    """Lines for one process: together of some size, and no more than leaves others some, too."""
    group: list[tuple[int, tuple[int, bytes]]] = []
    size = 0
    most = min(GROUP, waiting.size // cores() + 1)
    while waiting.lines and size < most:
        number, line = waiting.take()
        size += len(line)
        group.append((number, (number, line)))
    return group


def _lost(number: int) -> Answer:
    message = f"line {number}: the process that read it ended; please report it with the line"
    return True, json_line({"id": str(number), "error": message})


def _answered(numbered: tuple[int, bytes]) -> Answer:
    """What is said of a line; nothing of an empty one."""
    from geppo.read.reading import new_names, read_document
    from geppo.read.text._tongue import language_of

    number, line = numbered
    if not line.strip():
        return False, ""
    identifier: object = str(number)
    catalog = _catalogs[-1]
    try:
        row = json.loads(line.decode("utf-8"))
        identifier = row.get("id", identifier) if isinstance(row, dict) else identifier
        _check(row)
        language = str(row.get("language") or language_of(row["text"]))
        document = _loose(row["text"], language, _published(row))
        return False, json_line(answer(identifier, read_document(document, catalog, new_names(document, catalog))))
    except (GeppoError, ValueError, RecursionError) as error:
        return True, json_line({"id": identifier, "error": f"line {number}: {error}"})


def _check(row: object) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError('expected an object with "id" and "text", both of them text')


def _published(row: dict[str, Any]) -> date:
    given = row.get("published")
    return date.fromisoformat(str(given)[:10]) if given else datetime.now(UTC).date()


def _loose(text: str, language: str, published: date) -> Document:
    """A text without an archive behind it. The pipeline has the same, but importing it brings every stage in."""
    from geppo.model.report import Document

    return Document(
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        name="text",
        media_type="text/plain",
        collected=datetime(published.year, published.month, published.day, tzinfo=UTC),
        publisher="",
        title="",
        url="",
        language=language,
        published=published,
        text=text,
    )
