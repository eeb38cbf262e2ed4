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
        The same, but for archives: an empty or new store. A folder that is none yet becomes a workspace.
    """
    from geppo.knowledge import transfer
    from geppo.knowledge.place import open_store

    if not source.startswith("postgres") and not Path(source).exists():
        raise UsageError(f"migrate: no store at {source}")
    if target.endswith(".tar"):
        raise UsageError("migrate: an archive file is written by `geppo export --archive FILE`")
    where = _target(target)
    into = open_store(where)
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
    if target.startswith("postgres"):
        print(f"{rows} rows copied; set `url` under [store] in geppo.toml to that address, then run `geppo verify`")
    else:
        print(f"{rows} rows copied to {where}; check them with `geppo verify`")
    return 0


def _target(text: str) -> str | Path:
    """Where to copy to: a database, a store's file by its ending, else a workspace, made where there is none."""
    path = Path(text)
    if text.startswith("postgres") or path.is_file() or path.suffix in {".sqlite", ".sqlite3", ".db"}:
        return _where(text)
    _place.make(path)
    return _place.store_of(path)


def _where(text: str) -> str | Path:
    if text.startswith("postgres"):
        return text
    return _place.store_of(Path(text)) if (Path(text) / "geppo.toml").is_file() else Path(text)
