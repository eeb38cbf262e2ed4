"""The process that opens PDF files: PDFium is C, and a hostile file must cost neither the caller's memory nor its time.

On standard input comes a line of JSON with the limits and the length of the file, then the file; on standard output go
lines of JSON: the fields, one sheet a page, and the end, or an error with its kind. The caller counts the time; memory
is limited here where the system can.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any, BinaryIO

from geppo.read.text import _glyphs

_MIB = 1024 * 1024


def main() -> None:
    """Serve files until standard input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    source = sys.stdin.buffer
    while line := source.readline():
        order = json.loads(line)
        _limit(order["memory"])
        data = _exactly(source, order["length"])
        for answer in _answers(data, order):
            out.write(json.dumps({**answer, "file": order["file"]}).encode() + b"\n")
            out.flush()


def _exactly(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise EOFError("the file ended early")
    return data


def _limit(mib: int) -> None:
    """Limit the memory of this process, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = mib * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _answers(data: bytes, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        yield from _read(data, order)
    except MemoryError:
        yield {"error": "too-large", "message": "takes more memory than a report needs"}


def _read(data: bytes, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        yield {"error": "unreadable", "message": f"not readable as PDF ({error}). A locked PDF must be unlocked first"}
        return
    try:
        if len(document) > order["pages"]:
            yield {"error": "too-large", "message": f"{len(document)} pages, at most {order['pages']} are read"}
            return
        yield {"fields": document.get_metadata_dict(skip_empty=True), "pages": len(document)}
        for number in range(len(document)):
            answer = _page(document, number, order)
            yield answer
            if "error" in answer:
                return
        yield {"end": True}
    finally:
        document.close()


def _page(document: Any, number: int, order: dict[str, Any]) -> dict[str, Any]:
    import pypdfium2

    try:
        page = document[number]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        return {"error": "unreadable", "message": f"page {number + 1} is broken ({error})"}
    try:
        count = _glyphs.count(textpage)
        if count > order["characters"]:
            most = order["characters"]
            return {
                "error": "too-large",
                "message": f"{count} characters on page {number + 1}, at most {most} are read",
            }
        return {"sheet": astuple(_glyphs.sheet(page, textpage, order["pieces"]))}
    finally:
        textpage.close()
        page.close()


if __name__ == "__main__":
    main()
