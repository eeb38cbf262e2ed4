"""What retention drops: old archived bytes that no claim rests on. Texts, records and claims always stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geppo.config import Settings
from geppo.knowledge._sql import SqlStore, utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Droppable:
    """Bytes that the rule lets go: a document's hash, its name and how large it is."""

    sha256: str
    name: str
    size: int


def droppable(store: SqlStore, settings: Settings, now: datetime) -> tuple[Droppable, ...]:
    """What may be dropped, the oldest first; nothing under the default, which keeps everything."""
    days = settings.integer("store.keep_days")
    if days <= 0:
        return ()
    needed = store.cited()
    rows = store.run(
        "SELECT a.sha256, a.size, max(r.name), max(r.known) FROM archive AS a JOIN retrieval AS r"
        " ON r.sha256 = a.sha256 WHERE a.data IS NOT NULL GROUP BY a.sha256, a.size HAVING max(r.known) < ?"
        " ORDER BY 4, 1",
        (utc(now - timedelta(days=days)),),
    ).fetchall()
    return tuple(Droppable(sha256=sha, name=name, size=size) for sha, size, name, _ in rows if sha not in needed)


def apply(store: SqlStore, settings: Settings, now: datetime) -> tuple[Droppable, ...]:
    """Drop what may be dropped; gives what it was."""
    with store.batch():
        gone = droppable(store, settings, now)
        for one in gone:
            store.drop(one.sha256, now)
    return gone
