"""`geppo migrate`."""

from __future__ import annotations

from pathlib import Path

from geppo.cli import _place
from geppo.errors import InputError, UsageError


def run(source: str, target: str) -> int:
    """Copy a whole store into an empty one, between SQLite, PostgreSQL and archive files.

    Examples: `geppo migrate briefing postgresql://geppo@db/geppo`, `geppo migrate backup.tar briefing`

    Parameters
    ----------
    source
        A workspace, a store's file, postgresql://…, or an archive that `geppo export --archive` wrote (.tar).
    target
        The same, but for archives: an empty or new store.
    """
    from geppo.knowledge import transfer
    from geppo.knowledge.place import open_store

    if not source.startswith("postgres") and not Path(source).exists():
        raise UsageError(f"migrate: no store at {source}")
    if target.endswith(".tar"):
        raise UsageError("migrate: an archive file is written by `geppo export --archive FILE`")
    into = open_store(_where(target))
    try:
        if source.endswith(".tar"):
            rows = transfer.read(Path(source), into)
        else:
            out = open_store(_where(source))
            try:
                rows = transfer.copy(out, into)
            finally:
                out.close()
    except InputError as error:
        raise UsageError(f"migrate: {error}") from error
    finally:
        into.close()
    print(f"{rows} rows copied; check with `geppo verify`, then set [store] url in geppo.toml if it is a database")
    return 0


def _where(text: str) -> str | Path:
    if text.startswith("postgres"):
        return text
    return _place.store_of(Path(text)) if (Path(text) / "geppo.toml").is_file() else Path(text)
