"""`geppo export`."""

from __future__ import annotations

from pathlib import Path

from geppo.cli import _place
from geppo.errors import UsageError


def run(*, archive: Path | None = None, workspace: Path | None = None) -> int:
    """Write what the workspace holds.

    Example: `geppo export --archive backup.tar` (back with `geppo migrate backup.tar DIR`)

    Parameters
    ----------
    archive
        One file with everything: archived bytes, documents, claims, months, edits.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    if archive is not None:
        return _archive(archive, workspace)
    raise UsageError("export: say what: --archive FILE.tar")


def _archive(path: Path, workspace: Path | None) -> int:
    from geppo.knowledge import transfer

    if path.suffix != ".tar":
        raise UsageError(f"export: --archive: expected a name that ends in .tar, got {path}")
    place = _place.open_workspace(workspace)
    try:
        count = transfer.write(place.store, path)
    except OSError as error:
        raise UsageError(f"export: {path}: cannot be written ({error.strerror})") from error
    finally:
        place.store.close()
    print(f"{path}: {count} files")
    return 0
