"""What was kept against what it was, and what retention may drop."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from geppo.knowledge.store import Fault

if TYPE_CHECKING:
    from geppo.knowledge._sql import SqlStore

_PIECE = 1 << 20


def verify(store: SqlStore) -> Iterator[Fault]:
    """Archived bytes against their hash, rows against their digest, and rows that lead nowhere."""
    names = dict(store.run("SELECT sha256, max(name) FROM retrieval GROUP BY sha256").fetchall())
    for (sha,) in store.run("SELECT sha256 FROM archive ORDER BY seq").fetchall():
        row = store.run("SELECT size, data, digest, dropped FROM archive WHERE sha256 = ?", (sha,)).fetchone()
        problem = _bytes(sha, *row)
        if problem:
            yield Fault(subject=sha, name=names.get(sha, ""), message=problem)
    for table, subject in (("document", "sha256"), ("month", "period"), ("edit", "known")):
        for key, seq, mark, body in store.run(f"SELECT {subject}, seq, digest, body FROM {table} ORDER BY seq"):  # noqa: S608
            if _digest(body) != mark:
                yield Fault(subject=key, name=names.get(key, ""), message=f"{table} {seq} is not as it was kept")
    yield from _readings(store, names)
    lost = "SELECT sha256 FROM archive AS a WHERE NOT EXISTS (SELECT 1 FROM document AS d WHERE d.sha256 = a.sha256)"
    for (sha,) in store.run(lost):
        yield Fault(subject=sha, name=names.get(sha, ""), message="bytes without a document")


def _digest(*parts: str) -> str:
    from geppo.knowledge._sql import digest

    return digest(*parts)


def _bytes(sha: str, size: int, data: Any, mark: str, dropped: str) -> str:
    if data is None:
        return "" if dropped else "the archived bytes are gone"
    whole, count, unpack = hashlib.sha256(), 0, zlib.decompressobj()
    try:
        piece = unpack.decompress(bytes(data), _PIECE)
        while piece:
            whole.update(piece)
            count += len(piece)
            if count > size:
                return f"the archived bytes are more than the {size} that were kept"
            piece = unpack.decompress(unpack.unconsumed_tail, _PIECE)
    except zlib.error as error:
        return f"the archived bytes are damaged ({error})"
    if not unpack.eof or count != size:
        return f"{count} of {size} archived bytes are left"
    if whole.hexdigest() != sha:
        return "the archived bytes do not have this hash"
    # A bit between the end of the packed stream and its checksum changes nothing that is read, but tells of decay.
    packed = hashlib.sha256(bytes(data)).hexdigest()
    return "" if packed == mark else "the compressed bytes are not as they were written; what they hold is whole"


def _readings(store: SqlStore, names: dict[str, str]) -> Iterator[Fault]:
    for seq, report, mark, body in store.run("SELECT seq, report, digest, body FROM reading ORDER BY seq").fetchall():
        claims = store.run("SELECT body FROM claim WHERE reading = ? ORDER BY id", (seq,)).fetchall()
        if _digest(body, *(row[0] for row in claims)) != mark:
            yield Fault(subject=report, name=names.get(report, ""), message=f"reading {seq} is not as it was kept")


def cited(store: SqlStore) -> frozenset[str]:
    """Hashes of documents that a claim of any reading or month rests on."""
    found = {row[0] for row in store.run("SELECT DISTINCT r.report FROM reading AS r JOIN claim AS c"
                                         " ON c.reading = r.seq")}  # fmt: skip
    for (body,) in store.run("SELECT body FROM month"):
        month = json.loads(body)
        found |= {claim["report"] for claim in month["claims"]}
        found |= {claim["passage"]["document"] for claim in month["claims"]}
    return frozenset(found)
