"""`geppo export`."""

from __future__ import annotations

from pathlib import Path

from geppo.cli import _place
from geppo.errors import UsageError


def run(
    month: str | None = None,
    *,
    format: str = "stix",
    profile: str = "strict",
    ceiling: str | None = None,
    as_of: str | None = None,
    out: Path | None = None,
    archive: Path | None = None,
    workspace: Path | None = None,
) -> int:
    """Write a month for other programs (STIX 2.1, a MISP feed, CSV), or the whole workspace as one file.

    Examples: `geppo export 2025-11 --format misp --out feed`, `geppo export 2025-11 --profile opencti`,
    `geppo export --archive backup.tar` (back with `geppo migrate backup.tar DIR`)

    Parameters
    ----------
    month
        The month, YYYY-MM.
    format
        stix, misp or csv.
    profile
        For STIX: strict, opencti or misp.
    ceiling
        The most closed marking that may go out, such as TLP:CLEAR; by default the setting exchange.ceiling.
    as_of
        As it was known at this time (ISO 8601 with zone, or a date); by default when the month was last written.
    out
        Where to write; by default `out/YYYY-MM` in the workspace, for a MISP feed `out/misp-feed`.
    archive
        One file with everything: archived bytes, documents, claims, months, edits.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    if archive is not None:
        return _archive(archive, workspace)
    if month is None:
        raise UsageError("export: say what: a month as YYYY-MM, or --archive FILE.tar")
    from geppo.cli._export_formats import export

    for path in export(month, format, profile=profile, ceiling=ceiling, as_of=as_of, out=out, workspace=workspace):
        print(path)
    return 0


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
