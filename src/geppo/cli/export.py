"""`geppo export`."""

from __future__ import annotations

from pathlib import Path


def run(
    month: str,
    *,
    format: str = "stix",
    profile: str = "strict",
    ceiling: str | None = None,
    as_of: str | None = None,
    out: Path | None = None,
    workspace: Path | None = None,
) -> int:
    """Write a month for other programs: STIX 2.1, a MISP feed, or CSV.

    Examples: `geppo export 2025-11 --format misp --out feed`, `geppo export 2025-11 --profile opencti`

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
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.cli._export_formats import export

    for path in export(month, format, profile=profile, ceiling=ceiling, as_of=as_of, out=out, workspace=workspace):
        print(path)
    return 0
