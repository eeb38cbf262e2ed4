"""Stores by what the user writes: a file, or the address of a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path

from geppo.knowledge._sql import SqlStore
from geppo.knowledge.sqlite import SqliteStore

POSTGRES = ("postgresql://", "postgres://")


def open_store(where: str | Path) -> SqlStore:
    """The store at a place, made where there is none. Raises UsageError where it cannot be opened."""
    if isinstance(where, str) and where.startswith(POSTGRES):
        from geppo.knowledge.postgres import PostgresStore

        return PostgresStore(where)
    return SqliteStore(where)
