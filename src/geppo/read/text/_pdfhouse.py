"""Sheets of a PDF from the process that opens it: kept from file to file, ended when one takes too long."""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from geppo.config import Settings
from geppo.errors import InputError
from geppo.read.text._glyphs import Piece, Rule, Sheet

_lock = threading.Lock()
_kept: list[_House] = []


def sheets_of(data: bytes, name: str, settings: Settings) -> tuple[list[Sheet], dict[str, str]]:
    """The pages of a PDF and its fields.

    Raises InputError: "unreadable" for a broken or locked file, "too-large" for one that takes too much of anything.
    """
    with _lock:
        house = _house()
        try:
            found = list(house.answers(data, settings))
        except InputError as error:
            house.close()
            _kept.clear()
            raise InputError(error.kind, f"{name}: {error}") from None
    refused = next((answer for answer in found if "error" in answer), None)
    if refused is not None:
        raise InputError(refused["error"], f"{name}: {refused['message']}.")
    fields = {str(key): str(value) for key, value in found[0]["fields"].items()}
    return [_sheet(answer["sheet"]) for answer in found if "sheet" in answer], fields


def _sheet(values: list[Any]) -> Sheet:
    width, height, pieces, across, down = values
    return Sheet(
        width=width,
        height=height,
        pieces=tuple(Piece(*piece) for piece in pieces),
        across=tuple(Rule(*rule) for rule in across),
        down=tuple(Rule(*rule) for rule in down),
    )


def _house() -> _House:
    """The process that is kept, if it still serves this one; else a new one."""
    if _kept and _kept[0].serves():
        return _kept[0]
    _kept[:] = [_House()]
    return _kept[0]


class _House:
    """One process and what it answers."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._file = 0
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "geppo.read.text._pdfworker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with suppress(ValueError, OSError):
            for line in stream:
                self._answers.put(line)
        self._answers.put(b"")

    def serves(self) -> bool:
        """True while the process lives and belongs to this one (not to a parent that forked)."""
        return self._owner == os.getpid() and self._process.poll() is None

    def answers(self, data: bytes, settings: Settings) -> Iterator[dict[str, Any]]:
        """What the process says of a file. Raises InputError where it ends or takes too long."""
        self._file += 1
        order = {
            "file": self._file,
            "length": len(data),
            "pages": settings.integer("collect.max_pages"),
            "characters": settings.integer("text.pdf.page_characters"),
            "pieces": settings.integer("text.pdf.pieces"),
            "memory": settings.integer("text.pdf.memory"),
        }
        seconds, whole = settings.number("text.pdf.page_seconds"), settings.number("text.pdf.seconds")
        most = settings.integer("collect.max_text")
        begun, length = time.monotonic(), 0
        self._send(json.dumps(order).encode() + b"\n" + data)
        while True:
            answer = self._next(min(seconds, whole - (time.monotonic() - begun)))
            yield answer
            if "end" in answer or "error" in answer:
                return
            length += sum(len(piece[4]) for piece in answer["sheet"][2]) if "sheet" in answer else 0
            if length > most:
                raise InputError("too-large", f"more than {most} characters of text.")

    def _send(self, data: bytes) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(data)
            stream.flush()
        except OSError:
            raise InputError("unreadable", "the process that opens PDF files ended.") from None

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise InputError("too-large", f"a page takes more than {seconds:.0f} seconds to read.") from None
        if not line:
            raise InputError(
                "unreadable", "opening it takes more memory than a report needs, or breaks the PDF reader."
            )
        answer: dict[str, Any] = json.loads(line)
        return answer if answer["file"] == self._file else self._next(seconds)

    def close(self) -> None:
        """End the process."""
        if self._owner != os.getpid():
            return
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()


@atexit.register
def _close() -> None:
    for house in _kept:
        house.close()
    _kept.clear()
