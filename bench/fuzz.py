"""Parsers of what comes from outside, on damaged and hostile input: no crash, bounded time and memory.

`python -m bench.fuzz [INPUTS] [SEED]`. Each parser gets INPUTS mutations of the test cases of its format: bytes are
flipped, cut, doubled, spliced and grown to LARGEST bytes, JSON is taken apart and put together wrongly. A parser may
refuse an input in the way that it documents (InputError, a gap). A fault in reading a text becomes a gap that asks to
be reported; anything else that is raised is a crash. Time is processor time of one input, memory the peak of the
parser's process beside that of its import.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from geppo import config
from geppo.collect import Entry
from geppo.collect._http import Client, Page
from geppo.collect._visit import Visit, visiting
from geppo.errors import InputError
from geppo.model.report import Fetched, Gap

LARGEST = 200_000
CASES = Path(__file__).parent.parent / "tests" / "cases"
NOW = datetime(2031, 6, 1, tzinfo=UTC)
_TOKENS = (
    b"<", b"</", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#x110000;", b"&#0;", b"]]>", b"<![CDATA[", b"<!--",
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n\r\n", b"\r\n--", b"=?iso-2022-jp?B?", b"=?x?Q?=00?=",
    b"Content-Type: ", b"multipart/mixed; boundary=", b"[", b"[" * 500, b'{"a":' * 500, b"}", b'"',
    b"\\ud800", b"\\u0000", b"1e999", b"NaN",
    b"9" * 400, b"-", b"null", b"\x1b$B", b"' OR ", b"]" * 50, b"(" * 200, b"a" * 3000, b"\xe3\x80\x80" * 200,
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**40, 1e308, "", "x" * 5000, "\ud800", "\x00", [], {}, [[]], {"": ""}, "2031-13-45T99:00:00Z",
    "0000-00-00", "https://[", "javascript:1", "file:///etc/passwd", "[ipv4-addr:value = '", "' AND '" * 200,
)  # fmt: skip


class _ReadingError(Exception):
    """A fault in reading a document's text: the pipeline makes a gap of kind `fault` of it and goes on."""


class _Canned:
    """A client with one answer, whatever it is asked."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def get(self, url: str, _entry: Entry, **_rest: Any) -> Page:
        return Page(url=url, data=self._data, headers={})


@cache
def _settings() -> config.Settings:
    return config.load()


def _fetched(data: bytes, name: str) -> Fetched:
    return Fetched(source="fuzz", name=name, data=data, collected=NOW)


def _read(data: bytes, name: str) -> None:
    from geppo.read.text import read_text

    try:
        read_text(_fetched(data, name), _settings())
    except InputError:
        raise
    except Exception as error:
        raise _ReadingError(f"{type(error).__name__}: {error}") from error


def _source(kind: str, data: bytes) -> None:
    from geppo.collect import sources

    entry = Entry(kind=kind, name="fuzz", place="https://desk.example/x", language="ja")
    with visiting(Visit(client=cast(Client, _Canned(data)))):
        for item in sources()[kind].fetch(entry, _settings(), NOW):
            assert isinstance(item, Fetched | Gap)


def _feed(data: bytes) -> None:
    _source("feed", data)


def _mail(data: bytes) -> None:
    from geppo.collect._newsletter import parts

    list(parts(data))
    _read(data, "x.eml")


def _stix(data: bytes) -> None:
    from geppo.exchange import stix

    _source("taxii", data)
    stix.from_bundle(_fetched(data, "x.json"))


def _misp(data: bytes) -> None:
    from geppo.exchange import misp

    _source("misp", data)
    misp.from_event(_fetched(data, "x.json"))


def _csaf(data: bytes) -> None:
    _source("csaf", data)
    _read(data, "x.json")


def _page(data: bytes) -> None:
    _read(data, "x.html")


PARSERS: dict[str, Callable[[bytes], None]] = {
    "feed": _feed, "mail": _mail, "STIX": _stix, "MISP": _misp, "CSAF": _csaf, "page": _page,
}  # fmt: skip


def seeds(name: str) -> list[bytes]:
    """Well-formed input of a format, from the test cases."""
    if name == "feed":
        rows = tomllib.loads((CASES / "collect" / "feeds.toml").read_text(encoding="utf-8"))["case"]
        return [row["text"].encode(row["encoding"], "replace") for row in rows if row["text"].strip()]
    if name == "mail":
        return _mails()
    if name == "page":
        return [path.read_bytes() for path in sorted((CASES / "text" / "pages").iterdir())]
    found = [*sorted((CASES / "exchange").glob("*.json")), *sorted((CASES / "text" / "structured").glob("*.json"))]
    words = {"STIX": '"objects"', "MISP": '"Attribute"', "CSAF": '"document"'}
    return [path.read_bytes() for path in found if words[name] in path.read_text(encoding="utf-8")]


def _mails() -> list[bytes]:
    head = "From: Desk <desk@northgate.example>\r\nDate: Mon, 02 Mar 2026 06:01:00 +0900\r\nMIME-Version: 1.0\r\n"
    items = "".join(f"<h2>Item {n}</h2><p>{'Dune Marten moved again. ' * 8}</p><hr>" for n in range(5))
    plain = "".join(f"■ 項目 {n}\n{'攻撃者は中継サーバーを使った。' * 8}\n==========\n" for n in range(5))
    both = (
        f"{head}Subject: =?UTF-8?B?5pyI5aCx?=\r\nContent-Type: multipart/alternative; boundary=b1\r\n\r\n--b1\r\n"
        f"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    ).encode() + plain.encode("iso-2022-jp", "replace")
    both += f"\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{items}\r\n--b1--\r\n".encode()
    quoted = f"{head}Subject: Note\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return [both, quoted.encode() + items.replace("=", "=3D").encode(), head.encode() + b"\r\nDune Marten moved.\r\n"]


def _bytes(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        match rng.randrange(7):
            case 0:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:end] + data[at:]
            case 3:
                data = data[:at] + rng.choice(_TOKENS) + data[at:]
            case 4:
                other = rng.choice(others)
                data = data[:at] + other[rng.randint(0, len(other)) :]
            case 5:
                data = data[:at]
            case _:
                piece = data[at : min(end, at + rng.choice((1, 10, 200)))] or rng.choice(_TOKENS)
                data = data[:at] + piece * rng.choice((10, 100, LARGEST // len(piece))) + data[at:]
        data = data[:LARGEST]
    return data


def _tree(data: bytes, rng: random.Random) -> bytes:
    """JSON with parts of it in the wrong places."""
    raw = json.loads(data)
    nodes: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            nodes.append((node, key))
            walk(node[key])

    walk(raw)
    for _ in range(rng.choice((1, 2, 5, 20))):
        owner, key = rng.choice(nodes)
        value = rng.choice(_VALUES) if rng.random() < 0.6 else json.loads(json.dumps(rng.choice(nodes)[0]))
        if isinstance(owner, dict) or key < len(owner):
            owner[key] = value
        if isinstance(owner, list) and rng.random() < 0.1:
            # What making an input takes would be counted as the parser's memory.
            most = LARGEST // len(json.dumps(owner[:1]))
            owner.extend(owner[:1] * min(most, rng.choice((10, 300))))
        if len(json.dumps(raw)) > LARGEST:
            break
    return json.dumps(raw).encode()[:LARGEST]


def inputs(name: str, count: int, seed: int) -> Iterator[bytes]:
    """Mutations of the seeds of a format, the same for the same seed."""
    rng, known = random.Random(f"{name} {seed}"), seeds(name)
    structured = name in ("STIX", "MISP", "CSAF")
    for _ in range(count):
        data = rng.choice(known)
        yield _tree(data, rng) if structured and rng.random() < 0.5 else _bytes(data, rng, known)


def fuzz(name: str, count: int, seed: int) -> tuple[str, int, int, int, float, float, int, float, list[str]]:
    """A row of the table; the last part holds crashes."""
    parser, refused, faults, crashes = PARSERS[name], 0, 0, list[str]()
    for data in seeds(name):
        parser(data)
    # What is loaded once for all documents (the model that tells languages apart) is no input's memory.
    _page(b"<p>Dune Marten moved on 2 March 2031.</p>" * 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    longest, size, whole = 0.0, 0, time.process_time()
    for number, data in enumerate(inputs(name, count, seed)):
        start = time.process_time()
        try:
            parser(data)
        except InputError:
            refused += 1
        except _ReadingError as error:
            faults += 1
            crashes.append(f"fault: {name} input {number} of seed {seed}: {error}"[:300])
        except BaseException as error:
            crashes.append(f"{name} input {number} of seed {seed}: {type(error).__name__}: {error}"[:300])
        taken = time.process_time() - start
        if taken > longest:
            longest, size = taken, len(data)
    whole = time.process_time() - whole
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return name, count, refused, faults, whole / count, longest, size, grown / 1024, crashes


def main(count: int = 2000, seed: int = 1) -> None:
    """Print the table; exit 1 where a parser crashed."""
    print(f"\nfuzz: {count} inputs a parser, seed {seed}, at most {LARGEST:,} bytes")
    print("parser    inputs  refused  faults  mean ms  longest s  of bytes  peak MB  crashes")
    crashes: list[str] = []
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for row in pool.imap(_row, [(name, count, seed) for name in PARSERS]):
            name, done, refused, faults, mean, longest, size, grown, found = row
            print(
                f"{name:<8}{done:>8}{refused:>9}{faults:>8}{mean * 1e3:>9.2f}{longest:>11.2f}{size:>10}{grown:>9.0f}"
                f"{len(found) - faults:>9}",
                flush=True,
            )
            crashes += found
    for line in crashes[:20]:
        print(line)
    sys.exit(1 if any(not line.startswith("fault") for line in crashes) else 0)


def _row(given: tuple[str, int, int]) -> tuple[str, int, int, int, float, float, int, float, list[str]]:
    return fuzz(*given)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
